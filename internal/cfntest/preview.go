package cfntest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// resourceChange is a line of a change set.
type resourceChange struct {
	action, policyAction, replacement string
	res                               *resource // the new one, or the one that goes
	physical                          string
	scope                             []string
	details                           []detail
	before, after                     string // BeforeContext, AfterContext
}

// detail is a difference and what causes it.
type detail struct {
	change
	source, cause           string
	dynamic                 bool
	shownBefore, shownAfter string // values as text
}

// preview compares a deployment with what the stack has. Same is true when executing it would change nothing.
func (s *Server) preview(st *stack, d *deployment, before *state) (changes []*resourceChange, same bool) {
	p := &planner{srv: s, st: st, op: &operation{}, preview: true}
	have := map[string]*resource{}
	for _, in := range st.live(s.now()) {
		if in.made {
			have[in.res.logical] = in.res
		}
	}
	steps, now := p.steps(d, have)
	for _, id := range d.live {
		if step := steps[id]; step.old == nil {
			changes = append(changes, &resourceChange{action: "Add", res: step.new, after: contextOf(step.new)})
		} else if step.changes != nil {
			changes = append(changes, modification(d, before, step, steps))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		if _, stays := now[id]; !stays {
			r := have[id]
			policy := strings.Replace(r.policy, "RetainExceptOnCreate", "Retain", 1)
			changes = append(changes, &resourceChange{action: "Remove", policyAction: policy, res: r, physical: r.physical, before: contextOf(r)})
		}
	}
	for _, rc := range changes {
		rc.hide(d, before)
	}
	if before == nil {
		return changes, false
	}
	outputs := reflect.DeepEqual(d.tmpl.root["Outputs"], before.tmpl.root["Outputs"]) && reflect.DeepEqual(d.outputs(d.scope(st, now)), before.outputs)
	return changes, changes == nil && outputs && maps.Equal(d.tags, before.tags)
}

// modification describes the changes of a resource that stays or is replaced.
func modification(d *deployment, before *state, s *step, steps map[string]*step) *resourceChange {
	rc := &resourceChange{action: "Modify", replacement: "False", res: s.new, physical: s.old.physical, before: contextOf(s.old), after: contextOf(s.new)}
	for _, c := range s.changes {
		if !slices.Contains(rc.scope, c.scope) {
			rc.scope = append(rc.scope, c.scope)
		}
		details := causes(d, before, s.new.logical, c, steps)
		rc.details = append(rc.details, details...)
		switch dynamic := details[0].dynamic; {
		case c.recreates && !dynamic:
			rc.replacement = "True"
		case c.recreates && rc.replacement == "False":
			rc.replacement = "Conditional"
		}
	}
	if rc.replacement != "False" {
		rc.policyAction = "ReplaceAnd" + strings.Replace(s.new.replacePolicy, "RetainExceptOnCreate", "Retain", 1)
	}
	return rc
}

// hide masks the secrets of both templates in what a change shows.
func (rc *resourceChange) hide(d *deployment, before *state) {
	mask := d.mask
	if before != nil {
		mask = func(text string) string { return before.mask(d.mask(text)) }
	}
	rc.before, rc.after = mask(rc.before), mask(rc.after)
	for i, detail := range rc.details {
		rc.details[i].shownBefore, rc.details[i].shownAfter = mask(shown(detail.before)), mask(shown(detail.after))
	}
}

// causes tells why a property changes: its own expression did, or a parameter or a resource that it refers to.
func causes(d *deployment, before *state, id string, c change, steps map[string]*step) []detail {
	direct := []detail{{change: c, source: "DirectModification"}}
	if c.scope != "Properties" || before == nil {
		return direct
	}
	expr := expression(d.tmpl.resources[id].properties, c.path)
	if expr == nil || !reflect.DeepEqual(expr, expression(before.tmpl.resources[id].properties, c.path)) {
		return direct
	}
	var out []detail
	referred(d.tmpl, expr, func(name, attribute string) {
		added := detail{change: c, cause: name}
		switch step := steps[name]; {
		case step != nil && attribute == "" && step.changes != nil:
			added.source, added.dynamic = "ResourceReference", true
		case step != nil && (step.changes != nil || step.old == nil):
			added.source, added.cause, added.dynamic = "ResourceAttribute", name+"."+attribute, true
		case before.params[name] != d.params[name]:
			added.source = "ParameterReference"
		default:
			return
		}
		if !slices.ContainsFunc(out, func(other detail) bool { return other.cause == added.cause }) {
			out = append(out, added)
		}
	})
	if out == nil {
		return direct
	}
	slices.SortStableFunc(out, func(a, b detail) int { return strings.Compare(a.source+a.cause, b.source+b.cause) })
	if i := slices.IndexFunc(out, func(d detail) bool { return d.source == "ParameterReference" }); i > 0 {
		out[0], out[i] = out[i], out[0]
	}
	if out[0].source == "ParameterReference" {
		// CloudFormation adds the same difference as a dynamic one.
		out = append(out, detail{change: c, source: "DirectModification", dynamic: true})
	}
	return out
}

// expression is what a template has at a path of a resource's properties, or the function above it.
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

// referred calls f for the names that an expression refers to, those of its conditions included.
func referred(t *template, expr any, f func(name, attribute string)) {
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
				referred(t, t.conditions[textOf(args[0])], f)
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
