package evaluate

import (
	"fmt"
	"regexp"
	"strings"
)

var subReference = regexp.MustCompile(`\$\{([^!{}][^{}]*)\}`)

// references calls f with the name, and the attribute if any, of every Ref, Fn::GetAtt and Fn::Sub
// in v.
func references(v any, f func(name, attribute string)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			references(item, f)
		}
	case map[string]any:
		for key, arg := range v {
			switch key {
			case "Ref":
				f(fmt.Sprint(arg), "")
				continue
			case "Fn::GetAtt":
				name, attribute := getAttArgs(arg)
				f(name, attribute)
			case "Fn::Sub":
				subReferences(arg, f)
			}
			references(arg, f)
		}
	}
}

// subReferences calls f for each reference of an Fn::Sub to something outside it.
func subReferences(arg any, f func(name, attribute string)) {
	text, locals := subArgs(arg)
	for _, match := range subReference.FindAllStringSubmatch(text, -1) {
		name, attribute, _ := strings.Cut(match[1], ".")
		if _, local := locals[match[1]]; !local {
			f(name, attribute)
		}
	}
}

func subArgs(arg any) (text string, locals map[string]any) {
	if list, ok := arg.([]any); ok && len(list) == 2 {
		locals, _ = list[1].(map[string]any)
		arg = list[0]
	}
	text, _ = arg.(string)
	return text, locals
}

func getAttArgs(arg any) (name, attribute string) {
	switch arg := arg.(type) {
	case string:
		name, attribute, _ = strings.Cut(arg, ".")
	case []any:
		if len(arg) == 2 {
			return fmt.Sprint(arg[0]), fmt.Sprint(arg[1])
		}
	}
	return name, attribute
}

// taken returns v with every Fn::If replaced by the branch that its condition chooses, and nothing
// else computed.
func (sc *Scope) taken(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = sc.taken(item)
		}
		return list
	case map[string]any:
		if name, arg, ok := function(v); ok && name == "Fn::If" {
			if args, ok := arg.([]any); ok && len(args) == 3 {
				if sc.condition(fmt.Sprint(args[0])) {
					return sc.taken(args[1])
				}
				return sc.taken(args[2])
			}
		}
		m := make(map[string]any, len(v))
		for key, item := range v {
			m[key] = sc.taken(item)
		}
		return m
	}
	return v
}
