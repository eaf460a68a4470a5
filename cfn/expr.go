// Package cfn is what CloudFormation is: expressions, a template of typed
// resources, its YAML and JSON, and Resolve, which evaluates a template under
// given parameter values. It knows neither Metaflow nor the AWS SDK.
//
// goformation's structs are the vocabulary of resources. Their fields are plain
// Go values, so a function such as Ref travels in a string field as a marked
// string that holds the function's JSON; integer, boolean, object and list
// positions are set by path with [Set].
//
// Comments name their sources as pages of CloudFormation's documentation, below
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
package cfn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const (
	mark     = "\x00" // begins a string that holds a function
	listMark = "\x01" // begins the only item of a list that is a function
)

// NoValue removes the property or the list item that it stands for.
const NoValue = mark + `{"Ref":"AWS::NoValue"}`

// Ref is the value of a parameter, a pseudo parameter or a resource.
func Ref(id string) string { return function("Ref", id) }

// GetAtt is an attribute of a resource.
func GetAtt(id, attribute string) string {
	return function("Fn::GetAtt", []string{id, attribute})
}

// Sub fills the ${Name} places of text from vars, parameters and resources.
func Sub(text string, vars map[string]string) string {
	if len(vars) == 0 {
		return function("Fn::Sub", text)
	}
	return function("Fn::Sub", []any{text, vars})
}

// If chooses by the condition of that name. The choices are values of any
// kind; a function among them counts as a function.
func If(condition string, then, otherwise any) string {
	return function("Fn::If", []any{condition, then, otherwise})
}

// Equals compares two values as strings; b may be a number.
func Equals(a string, b any) string { return function("Fn::Equals", []any{a, b}) }

// Not inverts a condition function.
func Not(condition string) string { return function("Fn::Not", []string{condition}) }

// And is true where all the conditions are. CloudFormation takes 2 to 10 of
// them: one stands for itself, and more are nested.
func And(conditions ...string) string { return combine("Fn::And", conditions) }

// Or is true where at least one of the conditions is, with the limits of And.
func Or(conditions ...string) string { return combine("Fn::Or", conditions) }

// mostMembers is how many conditions Fn::And and Fn::Or take.
// intrinsic-function-reference-conditions.html
const mostMembers = 10

func combine(name string, conditions []string) string {
	switch {
	case len(conditions) == 1:
		return conditions[0]
	case len(conditions) > mostMembers:
		conditions = append(slices.Clone(conditions[:mostMembers-1]), combine(name, conditions[mostMembers-1:]))
	}
	return function(name, conditions)
}

// ConditionRef is the condition of that name, inside another condition.
func ConditionRef(name string) string { return function("Condition", name) }

// Contains is true in a rule where the value is one of the list.
func Contains(list []string, value string) string {
	return function("Fn::Contains", []any{list, value})
}

// Fn is any other function by its name without "Fn::". A single argument is
// passed as it is, several as a list.
func Fn(name string, args ...any) string {
	if len(args) == 1 {
		return function("Fn::"+name, args[0])
	}
	return function("Fn::"+name, args)
}

// List puts a function that yields a list where a list of strings is asked for.
func List(expr string) []string { return []string{listMark + strings.TrimPrefix(expr, mark)} }

// function marks {name: arg}. The arguments are built from strings, numbers,
// booleans, lists and maps only, which always have a JSON form.
func function(name string, arg any) string {
	return mark + "{" + quote(name) + ":" + argument(arg) + "}"
}

// argument is the JSON of an argument, in which functions are functions and no
// marks are left.
func argument(v any) string {
	switch v := v.(type) {
	case string:
		if fn, ok := strings.CutPrefix(v, mark); ok {
			return fn
		}
		return quote(v)
	case []string:
		if fn, ok := listFunction(v); ok {
			return fn
		}
		return arguments(v)
	case []any:
		return arguments(v)
	}
	tree, err := decode(v)
	if err != nil {
		panic(fmt.Sprintf("cfn: argument of a function: %v", err))
	}
	return string(compact(tree))
}

func arguments[T any](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = argument(item)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func quote(s string) string { return string(compact(s)) }

// decode turns a Go value into the tree that the package works on: maps, lists,
// strings, numbers and booleans in which functions are maps of one entry.
func decode(v any) (any, error) {
	if s, ok := v.(string); ok {
		return unmark(s)
	}
	data, err := marshal(v)
	if err != nil {
		return nil, err
	}
	tree, err := parse(data)
	if err != nil {
		return nil, err
	}
	return unmark(tree)
}

func parse(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	err := dec.Decode(&tree)
	return tree, err
}

// unmark replaces marked strings by the functions they hold.
func unmark(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		if fn, ok := strings.CutPrefix(v, mark); ok {
			return parse([]byte(fn))
		}
		if strings.HasPrefix(v, listMark) {
			return nil, fmt.Errorf("a list function stands beside other items: %q", v[1:])
		}
	case []any:
		if fn, ok := listFunction(v); ok {
			return parse([]byte(fn))
		}
		for i := range v {
			if v[i], err = unmark(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = unmark(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// listFunction is the function that List has put in place of a list.
func listFunction[T any](items []T) (string, bool) {
	if len(items) != 1 {
		return "", false
	}
	s, _ := any(items[0]).(string)
	return strings.CutPrefix(s, listMark)
}

func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// compact is the JSON of a tree, which cannot fail.
func compact(tree any) []byte {
	data, err := marshal(tree)
	if err != nil {
		panic(fmt.Sprintf("cfn: %v", err))
	}
	return data
}
