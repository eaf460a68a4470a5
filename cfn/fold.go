package cfn

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// evalCondition evaluates a condition function. where names the object in errors.
func (r *resolver) evalCondition(where string, expr any) bool {
	name, arg, _ := call(expr)
	list, _ := arg.([]any)
	switch name {
	case "Condition":
		return r.conditionHolds(arg.(string))
	case "Fn::Not":
		return !r.evalCondition(where, list[0])
	case "Fn::And":
		return !slices.ContainsFunc(list, func(e any) bool { return !r.evalCondition(where, e) })
	case "Fn::Or":
		return slices.ContainsFunc(list, func(e any) bool { return r.evalCondition(where, e) })
	case "Fn::Equals":
		a, b := r.literal(where, list[0]), r.literal(where, list[1])
		return a == b
	case "Fn::Contains":
		if choices, ok := r.fold(where, list[0]).([]any); ok {
			return slices.Contains(choices, any(r.literal(where, list[1])))
		}
	}
	r.errorf("%s: %s does not evaluate to true or false", where, compact(expr))
	return false
}

// literal returns a value that the parameters alone must decide, as the string that
// CloudFormation compares.
func (r *resolver) literal(where string, expr any) string {
	s, ok := scalarText(r.fold(where, expr))
	if !ok {
		r.errorf("%s: %s is not decided by the parameters", where, compact(expr))
	}
	return s
}

// scalarText returns the text of a string, a number or a boolean.
func scalarText(v any) (string, bool) {
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

// noValue is the value that AWS::NoValue evaluates to: what holds it is removed.
type noValue struct{}

// fold evaluates what the parameters and conditions decide in a tree and keeps
// the rest, such as references to resources. It does not change the tree.
func (r *resolver) fold(where string, v any) any {
	if name, arg, ok := call(v); ok {
		return r.foldCall(where, name, arg)
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			if isFunction(key) {
				r.errorf("%s: %s does not take these arguments: %s", where, key, compact(v))
			}
			if item = r.fold(where, item); item != (noValue{}) {
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
		if item = r.fold(where, item); item != (noValue{}) {
			out = append(out, item)
		}
	}
	return out
}

func (r *resolver) foldCall(where, name string, arg any) any {
	list, _ := arg.([]any)
	switch name {
	case "Ref":
		return r.ref(where, arg.(string))
	case "Condition":
		return r.conditionHolds(arg.(string))
	case "Fn::If":
		if r.conditionHolds(list[0].(string)) {
			return r.fold(where, list[1])
		}
		return r.fold(where, list[2])
	case "Fn::GetAtt":
		r.exists(where, list[0].(string))
		return map[string]any{name: arg}
	case "Fn::Sub":
		return r.sub(where, arg)
	case "Fn::FindInMap":
		return r.find(where, list)
	}
	folded := r.fold(where, arg)
	items, _ := folded.([]any)
	if folded == (noValue{}) || len(items) != len(list) {
		r.errorf("%s: an argument of %s is AWS::NoValue", where, name)
		return noValue{}
	}
	return r.compute(where, name, folded, items)
}

// compute returns the result of a function whose arguments are decided, else the
// function.
func (r *resolver) compute(where, name string, arg any, list []any) any {
	switch name {
	case "Fn::Join":
		if s, ok := r.join(list); ok {
			return s
		}
	case "Fn::Select":
		if item, ok := r.pick(where, list); ok {
			return item
		}
	case "Fn::Split":
		if parts, ok := r.split(list); ok {
			return parts
		}
	}
	return map[string]any{name: arg}
}

// ref returns the value of a parameter, or the reference to a resource that will
// exist.
func (r *resolver) ref(where, name string) any {
	if name == "AWS::NoValue" {
		return noValue{}
	}
	if v, ok := r.params[name]; ok {
		return v
	}
	if !strings.HasPrefix(name, "AWS::") {
		r.exists(where, name)
	}
	return map[string]any{"Ref": name}
}

func (r *resolver) exists(where, id string) {
	if !r.live[id] {
		r.errorf("%s: refers to %s, which will not exist", where, id)
	}
}

func (r *resolver) find(where string, list []any) any {
	name, _ := list[0].(string)
	row, column := r.literal(where, list[1]), r.literal(where, list[2])
	v, ok := r.template.Mappings[name][row][column]
	if !ok {
		r.errorf("%s: mapping %s has no %s.%s", where, name, row, column)
	}
	return unmarked(v)
}

func (r *resolver) join(items []any) (string, bool) {
	sep, ok := items[0].(string)
	list, isList := items[1].([]any)
	if !ok || !isList {
		return "", false
	}
	texts := make([]string, len(list))
	for i, item := range list {
		if texts[i], ok = scalarText(item); !ok {
			return "", false
		}
	}
	return strings.Join(texts, sep), true
}

func (r *resolver) pick(where string, items []any) (any, bool) {
	s, decided := scalarText(items[0])
	list, ok := items[1].([]any)
	if !decided || !ok {
		return nil, false
	}
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 || i >= len(list) {
		r.errorf("%s: Fn::Select asks for item %s of a list of %d", where, s, len(list))
		return nil, false
	}
	return list[i], true
}

func (r *resolver) split(items []any) ([]any, bool) {
	sep, ok := items[0].(string)
	if parts := joined(sep, items[1]); ok && parts != nil {
		return parts, true
	}
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

// joined returns the items that a Join with the same separator has, nil for anything else. An item
// that is not decided is one of its own if it is a Sub whose text does not have the separator: what
// it is filled with are names and ARNs of AWS.
func joined(sep string, value any) (parts []any) {
	join, _ := value.(map[string]any)
	args, _ := join["Fn::Join"].([]any)
	if len(args) != 2 || args[0] != sep || sep == "" {
		return nil
	}
	list, _ := args[1].([]any)
	for _, item := range list {
		sub, _ := item.(map[string]any)
		text, open := sub["Fn::Sub"].(string)
		literal, decided := item.(string)
		switch {
		case decided:
			for part := range strings.SplitSeq(literal, sep) {
				parts = append(parts, part)
			}
		case open && !strings.Contains(text, sep):
			parts = append(parts, item)
		default:
			return nil
		}
	}
	return parts
}

// sub fills the places that are decided and moves references from the variables
// into the text. It returns a plain string where no place is left.
func (r *resolver) sub(where string, arg any) any {
	text, _ := arg.(string)
	var vars map[string]any
	if list, ok := arg.([]any); ok {
		text = list[0].(string)
		vars, _ = r.fold(where, list[1]).(map[string]any)
	}
	var out, plain strings.Builder // plain is the decided text since the last place left
	left := map[string]any{}
	end := 0
	for _, at := range place.FindAllStringSubmatchIndex(text, -1) {
		plain.WriteString(unescape.Replace(text[end:at[0]]))
		end = at[1]
		name := text[at[2]:at[3]]
		v, given := vars[name]
		if !given {
			v = r.subName(where, name)
		}
		if s, ok := scalarText(v); ok {
			plain.WriteString(s)
			continue
		}
		reference, ok := inline(v)
		if _, _, undecided := call(v); !undecided {
			r.errorf("%s: %s is not text, which Fn::Sub needs", where, name)
		} else if !ok {
			reference, left[name] = text[at[0]:at[1]], v
		}
		out.WriteString(escape.Replace(plain.String()) + reference)
		plain.Reset()
	}
	plain.WriteString(unescape.Replace(text[end:]))
	switch {
	case out.Len() == 0:
		return plain.String()
	case len(left) > 0:
		return map[string]any{"Fn::Sub": []any{out.String() + escape.Replace(plain.String()), left}}
	}
	return map[string]any{"Fn::Sub": out.String() + escape.Replace(plain.String())}
}

// escape and unescape write and read ${!Name}, which is the literal ${Name} in the
// text of Fn::Sub.
var (
	escape   = strings.NewReplacer("${", "${!")
	unescape = strings.NewReplacer("${!", "${")
)

// subName evaluates the name in a place that is not a variable.
func (r *resolver) subName(where, name string) any {
	id, attribute, isAttribute := strings.Cut(name, ".")
	if isAttribute {
		return r.foldCall(where, "Fn::GetAtt", []any{id, attribute})
	}
	return r.ref(where, name)
}

// inline returns a reference as a place in the text of Fn::Sub.
func inline(v any) (string, bool) {
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
