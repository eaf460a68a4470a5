package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Resolve returns the plain template of what will exist under the given
// parameter values: no parameters, rules, mappings or conditions are left. A
// parameter that is not named takes its default. All rules are asserted first; the
// error holds the description of each assertion that fails.
//
// The result depends on the template and the values alone: a condition that they
// do not decide, and a reference to a resource that will not exist, are errors.
func (t *Template) Resolve(values map[string]string) (*Template, error) {
	if err := errors.Join(t.errs...); err != nil {
		return nil, err
	}
	r, err := newResolver(t, values)
	if err != nil {
		return nil, err
	}
	if err := r.assert(); err != nil {
		return nil, err
	}
	if err := r.evalConditions(); err != nil {
		return nil, err
	}
	out := &Template{Description: t.Description}
	for _, res := range t.Resources {
		if r.live[res.ID] {
			out.Resources = append(out.Resources, r.resource(res))
		}
	}
	for _, o := range t.Outputs {
		if r.conditionHolds(o.Condition) {
			o.Condition = ""
			o.Value = r.fold("output "+o.ID, t.tree(o.Value))
			if o.Value == (noValue{}) {
				r.errorf("output %s: the value is AWS::NoValue", o.ID)
			}
			out.Outputs = append(out.Outputs, o)
		}
	}
	return out, errors.Join(r.errs...)
}

// Assert evaluates the rules alone: one error for each assertion that fails.
func (t *Template) Assert(values map[string]string) []error {
	r, err := newResolver(t, values)
	if err != nil {
		return []error{err}
	}
	if err := r.assert(); err != nil {
		return r.errs
	}
	return nil
}

// Live reports which resources will exist under the values, by logical ID. The
// rules are not asserted.
func (t *Template) Live(values map[string]string) (map[string]bool, error) {
	r, err := newResolver(t, values)
	if err != nil {
		return nil, err
	}
	return r.live, r.evalConditions()
}

// resolver evaluates one template under one set of values.
type resolver struct {
	template   *Template
	params     map[string]any    // values, by parameter
	exprs      map[string]string // expressions, by condition
	conditions map[string]bool   // results, by condition that is evaluated
	evaluating []string          // the conditions under way, to find circles
	live       map[string]bool   // the resources that will exist
	errs       []error
}

func newResolver(t *Template, values map[string]string) (*resolver, error) {
	r := &resolver{
		template: t, params: map[string]any{}, exprs: map[string]string{},
		conditions: map[string]bool{}, live: map[string]bool{},
	}
	given := maps.Clone(values)
	for _, p := range t.Parameters {
		v, ok := given[p.ID]
		delete(given, p.ID)
		if !ok && p.Default == nil {
			r.errorf("%s: the parameter has no default and needs a value", p.ID)
			continue
		}
		if !ok {
			v = *p.Default
		}
		r.params[p.ID] = r.typed(p, v)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		r.errorf("%s is not a parameter of the template", name)
	}
	for _, c := range t.Conditions {
		r.exprs[c.ID] = c.Expr
	}
	return r, errors.Join(r.errs...)
}

func (r *resolver) errorf(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf(format, args...))
}

// typed returns a value in the type of its parameter. It drops spaces around list
// items, as CloudFormation does.
func (r *resolver) typed(p Parameter, value string) any {
	if strings.ContainsAny(value, mark+listMark) {
		r.errorf("%s: %q contains a control character", p.ID, value)
	}
	switch p.Type {
	case "Number":
		if !json.Valid([]byte(value)) || strings.Trim(value, "-0123456789.eE+") != "" {
			r.errorf("%s: %q is not a number", p.ID, value)
		}
		return json.Number(value)
	case "CommaDelimitedList":
		items := []any{}
		for item := range strings.SplitSeq(value, ",") {
			items = append(items, strings.TrimSpace(item))
		}
		return items
	}
	return value
}

func (r *resolver) assert() error {
	for _, rule := range r.template.Rules {
		if rule.When != "" && !r.evalCondition("rule "+rule.ID, r.template.tree(rule.When)) {
			continue
		}
		for _, a := range rule.Assertions {
			for _, part := range a.parts() {
				if !r.evalCondition("rule "+rule.ID, r.template.tree(part.Assert)) {
					r.errs = append(r.errs, errors.New(part.Description))
				}
			}
		}
	}
	return errors.Join(r.errs...)
}

// parts returns the assertions to evaluate.
func (a Assertion) parts() []Assertion {
	if len(a.Parts) > 0 {
		return a.Parts
	}
	return []Assertion{a}
}

// evalConditions evaluates every condition, and records which resources will exist.
func (r *resolver) evalConditions() error {
	for _, c := range r.template.Conditions {
		r.conditionHolds(c.ID)
	}
	for _, res := range r.template.Resources {
		r.live[res.ID] = r.conditionHolds(res.Condition)
	}
	return errors.Join(r.errs...)
}

// resource returns a live resource with everything evaluated. References in the
// After of its Metadata become a plain DependsOn.
func (r *resolver) resource(res Resource) Resource {
	res.Condition = ""
	res.Properties, _ = r.fold(res.ID, res.Properties).(map[string]any)
	res.DependsOn = slices.DeleteFunc(slices.Clone(res.DependsOn), func(id string) bool {
		return !r.live[id]
	})
	if res.Metadata == nil {
		return res
	}
	metadata, _ := r.fold(res.ID, res.Metadata).(map[string]any)
	for ref := range references(metadata[After]) {
		if r.live[ref.name] && !slices.Contains(res.DependsOn, ref.name) {
			res.DependsOn = append(res.DependsOn, ref.name)
		}
	}
	delete(metadata, After)
	res.Metadata = metadata
	return res
}

// conditionHolds reports whether the condition of that name is true. No name stands
// for no condition, which is true.
func (r *resolver) conditionHolds(name string) bool {
	if name == "" {
		return true
	}
	if result, known := r.conditions[name]; known {
		return result
	}
	expr, declared := r.exprs[name]
	if !declared {
		r.errorf("%s is not a condition of the template", name)
		return false
	}
	if slices.Contains(r.evaluating, name) {
		r.errorf("condition %s depends on itself: %s", name, strings.Join(r.evaluating, " → "))
		return false
	}
	r.evaluating = append(r.evaluating, name)
	r.conditions[name] = r.evalCondition("condition "+name, r.template.tree(expr))
	r.evaluating = r.evaluating[:len(r.evaluating)-1]
	return r.conditions[name]
}
