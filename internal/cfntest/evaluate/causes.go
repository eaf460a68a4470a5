package evaluate

import (
	"reflect"
	"slices"
	"strings"
)

// Cause is a cause of a change of a property.
type Cause struct {
	Source  string // DirectModification, ParameterReference, ResourceReference, ResourceAttribute
	Entity  string // the parameter, resource or attribute
	Dynamic bool   // the value is known only when the change set is executed
}

// Causes returns why a property changes: its own expression did, or a parameter or a resource that
// it refers to.
func (d *Deployment) Causes(
	before *Deployment, id string, c Change, steps map[string]*Step,
) []Cause {
	direct := []Cause{{Source: "DirectModification"}}
	if c.Scope != "Properties" || before == nil {
		return direct
	}
	expr := expression(d.Template.Resources[id].properties, c.Path)
	was := expression(before.Template.Resources[id].properties, c.Path)
	if expr == nil || !reflect.DeepEqual(expr, was) {
		return direct
	}
	var out []Cause
	referred(d.Template, expr, func(name, attribute string) {
		added := Cause{Entity: name}
		switch step := steps[name]; {
		case step != nil && attribute == "" && step.Changes != nil:
			added.Source, added.Dynamic = "ResourceReference", true
		case step != nil && (step.Changes != nil || step.Old == nil):
			added.Source, added.Entity, added.Dynamic = "ResourceAttribute", name+"."+attribute, true
		case before.Parameters[name] != d.Parameters[name]:
			added.Source = "ParameterReference"
		default:
			return
		}
		if !slices.ContainsFunc(out, func(other Cause) bool { return other.Entity == added.Entity }) {
			out = append(out, added)
		}
	})
	if out == nil {
		return direct
	}
	slices.SortStableFunc(out, func(a, b Cause) int {
		return strings.Compare(a.Source+a.Entity, b.Source+b.Entity)
	})
	isParameter := func(c Cause) bool { return c.Source == "ParameterReference" }
	if i := slices.IndexFunc(out, isParameter); i > 0 {
		out[0], out[i] = out[i], out[0]
	}
	if out[0].Source == "ParameterReference" {
		// CloudFormation adds the same difference as a dynamic one.
		out = append(out, Cause{Source: "DirectModification", Dynamic: true})
	}
	return out
}

// expression returns what a template has at a path of a resource's properties, or the function
// above it.
func expression(properties map[string]any, path []string) any {
	var v any = properties
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return v
		}
		if _, _, ok := function(m); ok {
			return v
		}
		v = m[key]
	}
	return v
}

// referred calls f for each name that an expression refers to, those of its conditions included.
func referred(t *Template, expr any, f func(name, attribute string)) {
	references(expr, f)
	var conditions func(v any)
	conditions = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				conditions(item)
			}
		case map[string]any:
			name, arg, ok := function(v)
			if args, isList := arg.([]any); ok && name == "Fn::If" && isList && len(args) == 3 {
				referred(t, t.conditions[Text(args[0])], f)
			}
			if condition, ok := v["Condition"].(string); ok {
				referred(t, t.conditions[condition], f)
			}
			for _, item := range v {
				conditions(item)
			}
		}
	}
	conditions(expr)
}
