package evaluate

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// noValue is what AWS::NoValue evaluates to: its property or item is dropped.
type noValue struct{}

// Scope has the values with which the expressions of a template are evaluated.
type Scope struct {
	template   *Template
	parameters map[string]any       // a string, or []any for list types
	pseudo     map[string]any       // AWS::Region …
	resources  map[string]*Resource // those that exist, or will
	decided    map[string]bool      // conditions evaluated so far
	fail       *Error               // the first expression that could not be evaluated
}

// wrong notes the first error of the scope.
func (sc *Scope) wrong(format string, args ...any) any {
	if sc.fail == nil {
		sc.fail = invalid("Template error: "+format, args...)
	}
	return ""
}

// value returns v with every function computed.
func (sc *Scope) value(v any) any {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, item := range v {
			if item = sc.value(item); item != (noValue{}) {
				list = append(list, item)
			}
		}
		return list
	case map[string]any:
		if name, arg, ok := function(v); ok {
			return sc.call(name, arg)
		}
		m := map[string]any{}
		for key, item := range v {
			if item = sc.value(item); item != (noValue{}) {
				m[key] = item
			}
		}
		return m
	}
	return v
}

// function splits {"Fn::Name": arg}.
func function(m map[string]any) (name string, arg any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for name, arg = range m {
	}
	return name, arg, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

func (sc *Scope) call(name string, arg any) any {
	switch name {
	case "Ref":
		return sc.ref(fmt.Sprint(arg))
	case "Fn::GetAtt":
		return sc.getAtt(getAttArgs(arg))
	case "Fn::Sub":
		return sc.sub(arg)
	case "Fn::If":
		args, ok := arg.([]any)
		if !ok || len(args) != 3 {
			return sc.wrong("Fn::If requires a list argument with three parameters")
		}
		if sc.condition(fmt.Sprint(args[0])) {
			return sc.value(args[1])
		}
		return sc.value(args[2])
	case "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap":
		args, ok := arg.([]any)
		if !ok {
			return sc.wrong("%s requires a list argument", name)
		}
		return sc.listCall(name, sc.value(args).([]any))
	case "Fn::GetAZs":
		region := Text(sc.value(arg))
		if region == "" {
			region = Text(sc.pseudo["AWS::Region"])
		}
		return []any{region + "a", region + "b", region + "c"}
	case "Fn::Base64":
		return base64.StdEncoding.EncodeToString([]byte(Text(sc.value(arg))))
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		return sc.truth(map[string]any{name: arg})
	case "Fn::ImportValue":
		if sc.fail == nil {
			sc.fail = invalid("No export named %s found.", Text(sc.value(arg)))
		}
		return ""
	}
	return sc.wrong("%s is not modelled by this server", name)
}

func (sc *Scope) listCall(name string, args []any) any {
	switch {
	case name == "Fn::Join" && len(args) == 2:
		var parts []string
		list, _ := args[1].([]any)
		for _, item := range list {
			parts = append(parts, Text(item))
		}
		return strings.Join(parts, Text(args[0]))
	case name == "Fn::Select" && len(args) == 2:
		list, _ := args[1].([]any)
		i, err := strconv.Atoi(Text(args[0]))
		if err != nil || i < 0 || i >= len(list) {
			return sc.wrong("Fn::Select cannot select nonexistent value at index %s", Text(args[0]))
		}
		return list[i]
	case name == "Fn::Split" && len(args) == 2:
		list := []any{}
		for part := range strings.SplitSeq(Text(args[1]), Text(args[0])) {
			list = append(list, part)
		}
		return list
	case name == "Fn::FindInMap" && len(args) == 3:
		mappings, _ := sc.template.Root["Mappings"].(map[string]any)
		first, _ := mappings[Text(args[0])].(map[string]any)
		second, _ := first[Text(args[1])].(map[string]any)
		if v, ok := second[Text(args[2])]; ok {
			return v
		}
		return sc.wrong("Unable to get mapping for %s::%s::%s", Text(args[0]), Text(args[1]),
			Text(args[2]))
	}
	return sc.wrong("%s has the wrong number of arguments", name)
}

func (sc *Scope) ref(name string) any {
	if v, ok := sc.parameters[name]; ok {
		return v
	}
	if name == "AWS::NoValue" {
		return noValue{}
	}
	if v, ok := sc.pseudo[name]; ok {
		return v
	}
	if r := sc.resources[name]; r != nil {
		return r.PhysicalID
	}
	return sc.unresolved(name)
}

// unresolved notes a reference to a resource that does not exist because its condition is false.
func (sc *Scope) unresolved(name string) any {
	if sc.fail == nil {
		sc.fail = unresolved(name, "Resources")
	}
	return ""
}

func (sc *Scope) getAtt(name, attribute string) any {
	r := sc.resources[name]
	if r == nil {
		return sc.unresolved(name)
	}
	v, ok := r.attribute(attribute, sc)
	if !ok {
		return sc.wrong("resource %s does not support attribute type %s in Fn::GetAtt", name, attribute)
	}
	return v
}

func (sc *Scope) sub(arg any) any {
	text, locals := subArgs(arg)
	text = subReference.ReplaceAllStringFunc(text, func(match string) string {
		inner := match[2 : len(match)-1]
		if v, ok := locals[inner]; ok {
			return Text(sc.value(v))
		}
		if name, attribute, ok := strings.Cut(inner, "."); ok {
			return Text(sc.getAtt(name, attribute))
		}
		return Text(sc.ref(inner))
	})
	return strings.ReplaceAll(text, "${!", "${")
}

// condition returns the value of a named condition.
func (sc *Scope) condition(name string) bool {
	if v, ok := sc.decided[name]; ok {
		return v
	}
	expr, ok := sc.template.conditions[name]
	if !ok {
		sc.wrong("Unresolved condition dependency %s", name)
		return false
	}
	sc.decided[name] = false // for conditions that refer to each other in a circle
	v := sc.truth(expr)
	sc.decided[name] = v
	return v
}

// truth evaluates a condition or the assertion of a rule.
func (sc *Scope) truth(v any) bool {
	m, _ := v.(map[string]any)
	for name, arg := range m {
		args, _ := arg.([]any)
		switch name {
		case "Condition":
			return sc.condition(fmt.Sprint(arg))
		case "Fn::Not":
			return len(args) == 1 && !sc.truth(args[0])
		case "Fn::And":
			return !slices.ContainsFunc(args, func(a any) bool { return !sc.truth(a) })
		case "Fn::Or":
			return slices.ContainsFunc(args, sc.truth)
		}
		if len(args) == 2 {
			return sc.compare(name, sc.value(args[0]), sc.value(args[1]))
		}
	}
	sc.wrong("every condition must be a function of two arguments, or And, Or, Not")
	return false
}

func (sc *Scope) compare(name string, a, b any) bool {
	listA, _ := a.([]any)
	listB, _ := b.([]any)
	equals := func(x, y any) bool { return Text(x) == Text(y) }
	switch name {
	case "Fn::Equals":
		return equals(a, b)
	case "Fn::Contains":
		return slices.ContainsFunc(listA, func(item any) bool { return equals(item, b) })
	case "Fn::EachMemberEquals":
		return !slices.ContainsFunc(listA, func(item any) bool { return !equals(item, b) })
	case "Fn::EachMemberIn":
		return !slices.ContainsFunc(listA, func(item any) bool {
			return !slices.ContainsFunc(listB, func(other any) bool { return equals(item, other) })
		})
	}
	sc.wrong("%s is not modelled by this server", name)
	return false
}
