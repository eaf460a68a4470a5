package cfn

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// decide evaluates a condition function to true or false. where names the
// object for errors.
func (r *resolver) decide(where string, expr any) bool {
	name, arg, ok := call(expr)
	list, _ := arg.([]any)
	switch {
	case !ok:
	case name == "Condition":
		return r.holds(arg.(string))
	case name == "Fn::Not" && len(list) == 1:
		return !r.decide(where, list[0])
	case name == "Fn::And":
		return !slices.ContainsFunc(list, func(e any) bool { return !r.decide(where, e) })
	case name == "Fn::Or":
		return slices.ContainsFunc(list, func(e any) bool { return r.decide(where, e) })
	case name == "Fn::Equals" && len(list) == 2:
		a, b := r.known(where, list[0]), r.known(where, list[1])
		return a == b
	case name == "Fn::Contains" && len(list) == 2:
		choices, _ := list[0].([]any)
		return slices.Contains(choices, any(r.known(where, list[1])))
	}
	if !ok || !slices.Contains([]string{"Fn::Not", "Fn::And", "Fn::Or", "Fn::Equals", "Fn::Contains"}, name) {
		r.errorf("%s: %s decides nothing", where, compact(expr))
	}
	return false
}

// known is a value that must be decided by the parameters alone, as the string
// that CloudFormation compares.
func (r *resolver) known(where string, expr any) string {
	s, ok := word(r.fold(where, expr))
	if !ok {
		r.errorf("%s: %s is not decided by the parameters", where, compact(expr))
	}
	return s
}

// word is the text of a string, a number or a boolean.
func word(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// dropped stands for a value that AWS::NoValue removes.
type dropped struct{}

// fold evaluates what the parameters and conditions decide in a tree and keeps
// the rest, such as references to resources. The tree given stays as it is.
func (r *resolver) fold(where string, v any) any {
	if name, arg, ok := call(v); ok {
		return r.foldCall(where, name, arg)
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			if item = r.fold(where, item); item != (dropped{}) {
				out[key] = item
			}
		}
		return out
	case []any:
		return r.foldList(where, v)
	}
	return v
}

func (r *resolver) foldList(where string, items []any) []any {
	out := make([]any, 0, len(items))
	for _, item := range items {
		if item = r.fold(where, item); !isDropped(item) {
			out = append(out, item)
		}
	}
	return out
}

func isDropped(v any) bool {
	_, ok := v.(dropped)
	return ok
}

func (r *resolver) foldCall(where, name string, arg any) any {
	list, _ := arg.([]any)
	switch {
	case name == "Ref":
		return r.ref(where, arg)
	case name == "Condition":
		return r.holds(arg.(string))
	case name == "Fn::If" && len(list) == 3:
		if r.holds(list[0].(string)) {
			return r.fold(where, list[1])
		}
		return r.fold(where, list[2])
	case name == "Fn::GetAtt":
		r.exists(where, list[0].(string))
		return map[string]any{name: arg}
	case name == "Fn::Sub":
		return r.sub(where, arg)
	case name == "Fn::FindInMap" && len(list) == 3:
		return r.find(where, list)
	}
	folded := r.fold(where, arg)
	items, _ := folded.([]any)
	switch {
	case name == "Fn::Join" && len(items) == 2:
		if s, ok := join(items); ok {
			return s
		}
	case name == "Fn::Select" && len(items) == 2:
		if item, ok := pick(items); ok {
			return item
		}
	case name == "Fn::Split" && len(items) == 2:
		if parts, ok := split(items); ok {
			return parts
		}
	}
	return map[string]any{name: folded}
}

// ref is a parameter's value, or the reference to a resource that will exist.
func (r *resolver) ref(where string, arg any) any {
	name, _ := arg.(string)
	if name == "AWS::NoValue" {
		return dropped{}
	}
	if v, ok := r.params[name]; ok {
		return v
	}
	r.exists(where, name)
	return map[string]any{"Ref": arg}
}

func (r *resolver) exists(where, id string) {
	if strings.HasPrefix(id, "AWS::") || r.live[id] {
		return
	}
	r.errorf("%s: refers to %s, which will not exist", where, id)
}

func (r *resolver) find(where string, list []any) any {
	name, _ := list[0].(string)
	row, column := r.known(where, list[1]), r.known(where, list[2])
	v, ok := r.template.Mappings[name][row][column]
	if !ok {
		r.errorf("%s: mapping %s has no %s.%s", where, name, row, column)
	}
	return unmarked(v)
}

func join(items []any) (string, bool) {
	sep, ok := items[0].(string)
	list, isList := items[1].([]any)
	if !ok || !isList {
		return "", false
	}
	words := make([]string, len(list))
	for i, item := range list {
		if words[i], ok = word(item); !ok {
			return "", false
		}
	}
	return strings.Join(words, sep), true
}

func pick(items []any) (any, bool) {
	s, _ := word(items[0])
	i, err := strconv.Atoi(s)
	list, ok := items[1].([]any)
	if err != nil || !ok || i < 0 || i >= len(list) {
		return nil, false
	}
	return list[i], true
}

func split(items []any) ([]any, bool) {
	sep, ok := items[0].(string)
	s, known := items[1].(string)
	if !ok || !known {
		return nil, false
	}
	parts := []any{}
	for part := range strings.SplitSeq(s, sep) {
		parts = append(parts, part)
	}
	return parts, true
}

// sub fills in the places that are decided, moves references out of the
// variables into the text, and is a plain string where no place is left.
func (r *resolver) sub(where string, arg any) any {
	text, _ := arg.(string)
	vars := map[string]any{}
	if list, ok := arg.([]any); ok && len(list) == 2 {
		text, _ = list[0].(string)
		vars, _ = r.fold(where, list[1]).(map[string]any)
	}
	left := map[string]any{}
	text = place.ReplaceAllStringFunc(text, func(at string) string {
		name := at[2 : len(at)-1]
		v, given := vars[name]
		if !given {
			v = r.subName(where, name)
		}
		filled, ok := inline(v)
		if !ok {
			left[name] = v
			return at
		}
		return filled
	})
	switch {
	case len(left) > 0:
		return map[string]any{"Fn::Sub": []any{text, left}}
	case place.MatchString(text):
		return map[string]any{"Fn::Sub": text}
	}
	return strings.ReplaceAll(text, "${!", "${")
}

// subName is what a place means that is no variable.
func (r *resolver) subName(where, name string) any {
	id, attribute, isAttribute := strings.Cut(name, ".")
	if isAttribute {
		return r.foldCall(where, "Fn::GetAtt", []any{id, attribute})
	}
	return r.ref(where, name)
}

// inline is a value as part of Sub's text.
func inline(v any) (string, bool) {
	if s, ok := word(v); ok {
		return strings.ReplaceAll(s, "${", "${!"), true
	}
	name, arg, _ := call(v)
	switch name {
	case "Ref":
		return "${" + arg.(string) + "}", true
	case "Fn::GetAtt":
		list := arg.([]any)
		return "${" + list[0].(string) + "." + list[1].(string) + "}", true
	}
	return "", false
}
