package safety

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// template is a resolved template as its JSON says it, with the component that it
// is of and the parameter values that were asked for.
type template struct {
	subject   *subject
	values    map[string]string // of every parameter, defaults included
	doc       map[string]any
	resources []resource // by ID
}

// resource is one of the template.
type resource struct {
	id, kind   string
	raw        map[string]any
	properties map[string]any
}

// findings is what a rule has against a template.
type findings []string

func (f *findings) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// want compares the text of a property with what it must be; "" is none.
func (f *findings) want(r resource, path, want string) {
	if got := r.text(path); got != want {
		f.add("%s: %s is %q; wanted %q", r.id, path, got, want)
	}
}

// resolve is the JSON of what is created under the values.
func resolve(t testing.TB, whole *cfn.Template, values generator.Values) []byte {
	t.Helper()
	resolved, err := whole.Resolve(values)
	if err != nil {
		t.Fatalf("%v: %v", values, err)
	}
	data, err := resolved.JSON()
	if err != nil {
		t.Fatalf("%v: %v", values, err)
	}
	return data
}

func parse(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// read returns the template of a component in a document. What does not have the
// form of a resource reads as one without type or properties.
func read(s *subject, doc map[string]any, values map[string]string) *template {
	t := &template{subject: s, doc: doc, values: values}
	resources, _ := doc["Resources"].(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(resources)) {
		r := resource{id: id}
		r.raw, _ = resources[id].(map[string]any)
		r.kind, _ = r.raw["Type"].(string)
		r.properties, _ = r.raw["Properties"].(map[string]any)
		t.resources = append(t.resources, r)
	}
	return t
}

// of yields the resources of the types.
func (t *template) of(kinds ...string) iter.Seq[resource] {
	return func(yield func(resource) bool) {
		for _, r := range t.resources {
			if slices.Contains(kinds, r.kind) && !yield(r) {
				return
			}
		}
	}
}

// only yields the resource of that ID, if it exists.
func (t *template) only(id string) iter.Seq[resource] {
	return func(yield func(resource) bool) {
		if r, ok := t.find(id); ok {
			yield(r)
		}
	}
}

func (t *template) find(id string) (resource, bool) {
	for _, r := range t.resources {
		if r.id == id {
			return r, true
		}
	}
	return resource{}, false
}

func (t *template) has(id string) bool { _, ok := t.find(id); return ok }

// ours is the text of what a parameter reuses, or of our own where it is empty.
func (t *template) ours(parameter, own string) string {
	if given := t.values[parameter]; given != "" {
		return given
	}
	return own
}

// fargate is whether jobs run on Fargate.
func (t *template) fargate() bool { return strings.HasPrefix(t.values["ComputeType"], "FARGATE") }

func (r resource) at(path string) any      { return at(r.properties, path) }
func (r resource) text(path string) string { return text(r.at(path)) }

// at is the value at a path of keys and indices, or nil.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch parent := v.(type) {
		case map[string]any:
			v = parent[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(parent) {
				return nil
			}
			v = parent[i]
		default:
			return nil
		}
	}
	return v
}

// list is the items of a list; a single value is a list of one, as in policies.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func texts(v any) []string {
	var out []string
	for _, item := range list(v) {
		out = append(out, text(item))
	}
	return out
}

// text writes any value in the notation of Fn::Sub, so that ${Bucket.Arn} is
// what it refers to however it is written. A literal "${" is "${!", nothing "".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "${", "${!")
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		return "[" + strings.Join(texts(v), ", ") + "]"
	case map[string]any:
		if name, argument, ok := function(v); ok {
			return call(name, argument)
		}
		var entries []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			entries = append(entries, key+": "+text(v[key]))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	}
	return ""
}

// function is the function that an object calls.
func function(v map[string]any) (name string, argument any, ok bool) {
	if len(v) == 1 {
		for name, argument = range v {
			return name, argument, name == "Ref" || strings.HasPrefix(name, "Fn::")
		}
	}
	return "", nil, false
}

func call(name string, argument any) string {
	switch name {
	case "Ref", "Fn::GetAtt":
		var parts []string
		for _, part := range list(argument) {
			parts = append(parts, fmt.Sprint(part))
		}
		return "${" + strings.Join(parts, ".") + "}"
	case "Fn::Sub":
		parts := list(argument)
		template, _ := parts[0].(string)
		if len(parts) > 1 {
			variables, _ := parts[1].(map[string]any)
			for key, value := range variables {
				template = strings.ReplaceAll(template, "${"+key+"}", text(value))
			}
		}
		return template
	}
	return "${" + name + " " + text(argument) + "}"
}

// nodes yields every value in v, itself first, and calls of functions whole.
func nodes(v any) iter.Seq[any] {
	return func(yield func(any) bool) { visit(v, yield) }
}

func visit(v any, yield func(any) bool) bool {
	if !yield(v) {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !visit(item, yield) {
				return false
			}
		}
	case map[string]any:
		if _, _, ok := function(v); ok {
			return true
		}
		for _, item := range v {
			if !visit(item, yield) {
				return false
			}
		}
	}
	return true
}
