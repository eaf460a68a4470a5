package cfn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Check returns all errors of the template itself: a required property that is not
// set, an output without a value, a function with arguments that it does not take,
// an unknown deletion policy, a duplicate logical ID, a reference to something that
// is not declared, a parameter, condition or mapping that nothing uses.
func (t *Template) Check() error {
	c := checker{template: t, errs: slices.Clone(t.errs), used: map[reference]bool{}}
	c.declare()
	for _, r := range t.Resources {
		c.resource(r)
	}
	for _, o := range t.Outputs {
		value := t.tree(o.Value)
		c.tree("output "+o.ID, value)
		c.checkNotEmpty("output "+o.ID, value)
		c.condition("output "+o.ID, o.Condition)
	}
	c.conditions()
	c.rules()
	c.unused()
	return errors.Join(c.errs...)
}

// reference is a name that the template uses, with the kind of what it names.
type reference struct {
	kind kind
	name string
}

// kind is the kind of a name, as errors call it.
type kind string

const (
	kindValue     kind = "parameter or resource" // Ref and Sub
	kindResource  kind = "resource"              // GetAtt, Sub with an attribute, DependsOn
	kindCondition kind = "condition"
	kindMapping   kind = "mapping"
	kindParameter kind = "parameter"
)

type checker struct {
	template *Template
	declared map[reference]bool
	used     map[reference]bool
	errs     []error
}

func (c *checker) errorf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// declare records every name that may be referred to, and refuses duplicates.
func (c *checker) declare() {
	c.declared = map[reference]bool{}
	add := func(name string, kinds ...kind) {
		for _, k := range kinds {
			if c.declared[reference{k, name}] {
				c.errorf("%s: the %s is declared twice", name, k)
			}
			c.declared[reference{k, name}] = true
		}
	}
	for _, p := range c.template.Parameters {
		add(p.ID, kindParameter, kindValue)
	}
	for _, r := range c.template.Resources {
		add(r.ID, kindResource, kindValue)
	}
	for _, cond := range c.template.Conditions {
		add(cond.ID, kindCondition)
	}
	for _, name := range slices.Sorted(maps.Keys(c.template.Mappings)) {
		add(name, kindMapping)
	}
	outputs := map[string]bool{}
	for _, o := range c.template.Outputs {
		if outputs[o.ID] {
			c.errorf("%s: the output is declared twice", o.ID)
		}
		outputs[o.ID] = true
	}
}

func (c *checker) resource(r Resource) {
	c.tree(r.ID, r.Properties)
	c.tree(r.ID+" metadata", r.Metadata)
	c.checkNotEmpty(r.ID, r.Properties)
	c.condition(r.ID, r.Condition)
	c.deletionPolicy(r)
	for _, id := range r.DependsOn {
		c.refer(r.ID, reference{kindResource, id})
	}
}

func (c *checker) deletionPolicy(r Resource) {
	switch r.DeletionPolicy {
	case "", policyDelete, policyRetain, policyRetainInUse:
	case policySnapshot:
		if !slices.Contains(snapshotTypes, r.Type) {
			c.errorf("%s: %s does not support DeletionPolicy Snapshot", r.ID, r.Type)
		}
	default:
		c.errorf("%s: DeletionPolicy %q is not Delete, Retain, RetainExceptOnCreate or Snapshot",
			r.ID, r.DeletionPolicy)
	}
}

func (c *checker) tree(user string, tree any) {
	c.checkWellFormed(user, tree)
	for ref := range references(tree) {
		c.refer(user, ref)
	}
}

func (c *checker) condition(user, name string) {
	if name != "" {
		c.refer(user, reference{kindCondition, name})
	}
}

func (c *checker) refer(user string, ref reference) {
	if ref.kind == kindValue && strings.HasPrefix(ref.name, "AWS::") {
		return
	}
	if !c.declared[ref] {
		c.errorf("%s: %s is not a %s of the template", user, ref.name, ref.kind)
	}
	c.used[ref] = true
}

// conditions follows the conditions in use to the conditions and parameters
// that they need in turn.
func (c *checker) conditions() {
	done := map[string]bool{}
	for more := true; more; {
		more = false
		for _, cond := range c.template.Conditions {
			if c.used[reference{kindCondition, cond.ID}] && !done[cond.ID] {
				done[cond.ID], more = true, true
				c.tree("condition "+cond.ID, c.template.tree(cond.Expr))
			}
		}
	}
}

// rules checks the rules, which may refer to parameters only. A parameter that only
// rules refer to is not used.
func (c *checker) rules() {
	check := func(id, expr string) {
		tree := c.template.tree(expr)
		c.checkWellFormed("rule "+id, tree)
		for ref := range references(tree) {
			if !c.declared[reference{kindParameter, ref.name}] {
				c.errorf("rule %s: %s is not a parameter of the template", id, ref.name)
			}
		}
	}
	for _, r := range c.template.Rules {
		if r.When != "" {
			check(r.ID, r.When)
		}
		for _, a := range r.Assertions {
			check(r.ID, a.Assert)
		}
	}
}

func (c *checker) unused() {
	for _, p := range c.template.Parameters {
		if !c.used[reference{kindValue, p.ID}] {
			c.errorf("%s: nothing uses the parameter", p.ID)
		}
	}
	for _, cond := range c.template.Conditions {
		if !c.used[reference{kindCondition, cond.ID}] {
			c.errorf("%s: nothing uses the condition", cond.ID)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.template.Mappings)) {
		if !c.used[reference{kindMapping, name}] {
			c.errorf("%s: nothing uses the mapping", name)
		}
	}
}
