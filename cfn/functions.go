package cfn

import (
	"fmt"
	"strings"
)

// call returns the name and the argument of the function that a tree is, if it is
// one with the arguments that the function takes.
func call(v any) (name string, arg any, ok bool) {
	m, isMap := v.(map[string]any)
	if !isMap || len(m) != 1 {
		return "", nil, false
	}
	for name, arg = range m {
		if wellFormed(name, arg) {
			return name, arg, true
		}
	}
	return "", nil, false
}

// wellFormed reports whether a function takes such arguments. CloudFormation
// allows functions in place of some names; here all names are literals, so that
// all references are known.
func wellFormed(name string, arg any) bool {
	list, _ := arg.([]any)
	head := arg
	if len(list) > 0 {
		head = list[0]
	}
	_, named := head.(string)
	switch name {
	case "Ref", "Condition":
		return named && list == nil
	case "Fn::GetAtt":
		if !named || len(list) != 2 {
			return false
		}
		_, attribute := list[1].(string)
		return attribute
	case "Fn::Sub":
		if !named || len(list) != 2 {
			return named && list == nil
		}
		_, vars := list[1].(map[string]any)
		return vars
	case "Fn::If", "Fn::FindInMap":
		return named && len(list) == 3
	case "Fn::Equals", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Contains",
		"Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::ValueOf", "Fn::ValueOfAll":
		return len(list) == 2
	case "Fn::And", "Fn::Or":
		return 2 <= len(list) && len(list) <= mostMembers
	case "Fn::Not":
		return len(list) == 1
	case "Fn::Cidr":
		return len(list) == 2 || len(list) == 3
	case "Fn::Base64", "Fn::GetAZs", "Fn::ImportValue", "Fn::RefAll":
		return list == nil
	}
	return false
}

// isFunction reports whether a key is that of a function.
func isFunction(key string) bool { return key == "Ref" || strings.HasPrefix(key, "Fn::") }

// checkWellFormed refuses what has no meaning anywhere in a template: null, a
// function without the arguments that it takes, and a list function among other
// items.
func (c *checker) checkWellFormed(path string, v any) {
	if _, arg, ok := call(v); ok {
		c.checkWellFormed(path, arg)
		return
	}
	switch v := v.(type) {
	case nil:
		c.errorf("%s: required property is not set", path)
	case string:
		if fn, ok := strings.CutPrefix(v, listMark); ok {
			c.errorf("%s: a list function is beside other items: %s", path, fn)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if isFunction(key) {
				c.errorf("%s: %s does not take these arguments: %s", path, key, compact(v))
			}
			c.checkWellFormed(path+"."+key, v[key])
		}
	case []any:
		for i, item := range v {
			c.checkWellFormed(fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
}

// checkNotEmpty refuses empty properties. Arguments of functions may be empty,
// except the choices of Fn::If.
func (c *checker) checkNotEmpty(path string, v any) {
	if name, arg, ok := call(v); ok {
		if name == "Fn::If" {
			c.checkNotEmpty(path, arg.([]any)[1:])
		}
		return
	}
	switch v := v.(type) {
	case string:
		if v == "" {
			c.errorf("%s: required property is empty", path)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			c.checkNotEmpty(path+"."+key, v[key])
		}
	case []any:
		for i, item := range v {
			c.checkNotEmpty(fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
}
