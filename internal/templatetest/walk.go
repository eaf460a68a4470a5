package templatetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// walker goes over a resolved template and notes what must not be in it: a
// reference to a resource that does not exist, an undecided function, an empty
// string. It shares no code with the package that resolves.
type walker struct {
	exists   map[string]bool
	problems []string
}

// Walk returns the problems of a resolved template.
func Walk(t *cfn.Template) []string {
	w := &walker{exists: map[string]bool{}}
	for _, r := range t.Resources {
		w.exists[r.ID] = true
	}
	for _, r := range t.Resources {
		w.value(r.ID, r.Properties)
		w.value(r.ID+" metadata", r.Metadata)
		for i, id := range r.DependsOn {
			w.target(r.ID+" DependsOn", id)
			if slices.Contains(r.DependsOn[:i], id) {
				w.note(r.ID+" DependsOn", "names %s twice", id)
			}
		}
		if r.Condition != "" {
			w.note(r.ID, "has the condition %s", r.Condition)
		}
	}
	for _, o := range t.Outputs {
		w.value("output "+o.ID, o.Value)
	}
	if n := len(t.Parameters) + len(t.Conditions) + len(t.Rules) + len(t.Mappings); n > 0 {
		w.note("template", "has %d parameters, conditions, rules and mappings left", n)
	}
	return w.problems
}

func (w *walker) note(path, format string, args ...any) {
	w.problems = append(w.problems, path+" "+fmt.Sprintf(format, args...))
}

func (w *walker) value(path string, v any) {
	switch v := v.(type) {
	case nil:
		w.note(path, "is null")
	case string:
		if v == "" {
			w.note(path, "is empty")
		}
	case map[string]any:
		for key, item := range v {
			w.entry(path+"."+key, key, item)
		}
	case []any:
		for i, item := range v {
			w.value(fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
}

// entry is a property, or the one entry of a function.
func (w *walker) entry(path, key string, v any) {
	switch key {
	case "Ref":
		w.target(path, v.(string))
	case "Fn::GetAtt":
		w.target(path, v.([]any)[0].(string))
	case "Fn::Sub":
		w.places(path, v)
	case "Fn::If", "Fn::FindInMap", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		w.note(path, "is not decided")
	case "Fn::GetAZs": // the empty region is this one
	default:
		w.value(path, v)
	}
}

// places checks each ${Name} and ${Name.Attribute} of Fn::Sub.
func (w *walker) places(path string, v any) {
	text, ok := v.(string)
	if !ok { // variables would be left only where a function of a resource fills them
		w.note(path, "has variables left: %v", v)
		return
	}
	for _, part := range strings.Split(text, "${")[1:] {
		name, _, _ := strings.Cut(part, "}")
		if !strings.HasPrefix(name, "!") {
			name, _, _ = strings.Cut(name, ".")
			w.target(path, name)
		}
	}
}

func (w *walker) target(path, id string) {
	if !w.exists[id] && !strings.HasPrefix(id, "AWS::") {
		w.note(path, "refers to %q, which does not exist", id)
	}
}
