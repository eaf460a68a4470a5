package generator

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Need is a row of the table of needs: a resource that the stack creates or
// reuses, with those that need it. A resource that nothing needs is not created.
// A row without a noun is a predicate: a condition between resources.
type Need struct {
	ID        string     // logical ID, or the name of a predicate
	Noun      string     // what people call it; empty for a predicate
	Existing  *Parameter // reuses it; nil where nothing can
	Attribute string     // by which other resources refer to it; empty: its Ref
	NeededBy  []string   // any of these resources or predicates; none: always needed
	When      string     // condition that must hold besides; empty: always
	External  bool       // not a resource of this component: it can only be reused
	IAM       string     // kind of its ARN, such as role, where its physical ID is a name

	// Shared lets --from fill Existing from another stack. Own lets a stack create
	// its own where the other one has none.
	Shared, Own bool
}

// Needs is the whole of reuse in a component: every condition under which a
// resource is created comes from it.
type Needs []Need

// find returns the row with that ID. The IDs are literals of the components.
func (n Needs) find(id string) Need {
	for _, need := range n {
		if need.ID == id {
			return need
		}
	}
	panic("generator: nothing is called " + id + " in the table of needs")
}

// Condition returns the name of the condition under which the resource is
// created, or the predicate holds: none where it always is, NewX where
// everything needs X, the condition of the only consumer where nothing else
// decides, and else CreateX.
func (n Needs) Condition(id string) string {
	need := n.find(id)
	switch {
	case need.Noun == "":
		return need.ID
	case need.always():
		return ""
	case need.Existing != nil && len(need.NeededBy) == 0:
		return "New" + need.ID
	case need.Existing == nil && need.When == "" && len(need.NeededBy) == 1:
		return n.Condition(need.NeededBy[0])
	}
	return "Create" + need.ID
}

// always reports whether nothing decides about the resource.
func (n Need) always() bool {
	return n.Existing == nil && n.When == "" && len(n.NeededBy) == 0
}

// Own returns the reference to the resource that the stack creates.
func (n Needs) Own(id string) string {
	if attribute := n.find(id).Attribute; attribute != "" {
		return cfn.GetAtt(id, attribute)
	}
	return cfn.Ref(id)
}

// Reference returns the reference that other resources use: to the resource that
// the stack creates, or to the reused one.
func (n Needs) Reference(id string) string {
	switch need := n.find(id); {
	case need.External:
		return need.Existing.Ref()
	case need.Existing == nil:
		return n.Own(id)
	default:
		return cfn.If("New"+id, n.Own(id), need.Existing.Ref())
	}
}

// conditions returns the conditions of all rows: NewX where X is not reused, and
// CreateX where moreover something needs it. References stand under NewX,
// resources under CreateX: cfn-lint rightly reports anything else.
func (n Needs) conditions() []cfn.Condition {
	var out []cfn.Condition
	for _, need := range n {
		if need.External {
			continue
		}
		if need.Existing != nil {
			out = append(out, cfn.Condition{ID: "New" + need.ID, Expr: need.Existing.Empty()})
		}
		if name := n.Condition(need.ID); name == "Create"+need.ID || name == need.ID {
			out = append(out, cfn.Condition{ID: name, Expr: n.expression(need)})
		}
	}
	return out
}

// expression returns the condition that the resource is needed and not reused.
func (n Needs) expression(need Need) string {
	var needed, all []string
	for _, id := range need.NeededBy {
		needed = append(needed, cfn.ConditionRef(n.Condition(id)))
	}
	if len(needed) > 0 {
		all = append(all, cfn.Or(needed...))
	}
	if need.When != "" {
		all = append(all, need.When)
	}
	if need.Existing != nil {
		all = append(all, cfn.ConditionRef("New"+need.ID))
	}
	return cfn.And(all...)
}
