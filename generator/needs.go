package generator

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Need is a row of the table of needs: a resource that the stack creates or reuses, and the
// resources that need it. A resource that nothing needs is not created. A row without a noun is a
// predicate: a condition between resources.
type Need struct {
	ID        string     // logical ID, or the name of a predicate
	Noun      string     // name for people; empty for a predicate
	Existing  *Parameter // parameter that reuses it; nil where none can
	Attribute string     // attribute by which other resources refer to it; empty: its Ref
	NeededBy  []string   // any of these resources or predicates; none: always needed
	When      string     // additional condition; empty: always
	External  bool       // not a resource of this component: it can only be reused
	IAM       string     // kind in its ARN, such as role, if its physical ID is a name

	// Shared lets --from fill Existing from another stack. Own lets a stack create its own resource
	// if the other stack has none.
	Shared, Own bool
}

// Needs defines all reuse in a component: every condition under which a resource is
// created is derived from it.
type Needs []Need

// find returns the row with that ID. The IDs are literals of the components.
func (n Needs) find(id string) Need {
	for _, need := range n {
		if need.ID == id {
			return need
		}
	}
	panic("generator: the table of needs has no row " + id)
}

// Condition returns the name of the condition under which the resource is created, or the predicate
// is true. It is empty if the resource is always created, NewX if everything needs X, the condition
// of the only consumer if nothing else decides, and CreateX otherwise.
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

// always reports whether the resource is created unconditionally.
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

// Reference returns the reference that other resources use: to the resource that the stack creates,
// or to the reused one.
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

// conditions returns the conditions of all rows: NewX if X is not reused, and CreateX if in
// addition something needs it. References use NewX and resources use CreateX: cfn-lint rightly
// reports anything else.
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
