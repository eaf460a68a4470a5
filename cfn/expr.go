// Package cfn is what CloudFormation is: expressions, a template of typed
// resources, its YAML and JSON, Resolve, which evaluates a template under given
// parameter values, and the reading of deployed templates. It knows neither
// Metaflow nor the AWS SDK.
//
// goformation's structs are the vocabulary of resources. Their fields are plain
// Go values, so that a field cannot hold a function such as Ref. Therefore a
// function travels in a string field as a marked string: a NUL character, then
// the JSON of the function. Integer, boolean, object and list positions are set
// by path with [Set]. For example
//
//	bucket := t.Add(cfn.Resource{ID: "Bucket"}, &s3.Bucket{
//		BucketName: new(cfn.Sub("${P}-data", map[string]string{"P": cfn.Ref("Prefix")})),
//	}, cfn.Set{"VersioningConfiguration": cfn.If("Versioned", on, cfn.NoValue)})
//
// puts this string into BucketName,
//
//	"\x00" + `{"Fn::Sub":["${P}-data",{"P":{"Ref":"Prefix"}}]}`
//
// in which the mark of Ref's own string is gone: marks stand only at the
// beginning of a string. Add turns the struct into JSON and then into a tree of
// maps, lists and scalars, where marked strings become the functions they hold:
//
//	map[string]any{"BucketName": map[string]any{"Fn::Sub": []any{…}}}
//
// All that follows, Check, Resolve and the encoders, works on such trees. Add
// returns Ref("Bucket"), for the resources that refer to the bucket.
//
// Comments name their sources as pages of CloudFormation's documentation, below
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
package cfn

import (
	"fmt"
	"slices"
	"strings"
)

const (
	mark     = "\x00" // begins a string that holds a function
	listMark = "\x01" // begins the only item of a list that is a function

	// mostMembers is how many conditions Fn::And and Fn::Or take.
	// intrinsic-function-reference-conditions.html
	mostMembers = 10
)

// NoValue removes the property or the list item that it stands for.
const NoValue = mark + `{"Ref":"AWS::NoValue"}`

// Ref returns a reference to a parameter, a pseudo parameter or a resource.
func Ref(id string) string { return function("Ref", id) }

// GetAtt returns a reference to an attribute of a resource.
func GetAtt(id, attribute string) string {
	return function("Fn::GetAtt", []string{id, attribute})
}

// Sub returns text whose ${Name} places are filled from vars, parameters and
// resources.
func Sub(text string, vars map[string]string) string {
	if len(vars) == 0 {
		return function("Fn::Sub", text)
	}
	return function("Fn::Sub", []any{text, vars})
}

// If returns a choice by the condition of that name. The choices are values of
// any kind; a function among them counts as a function.
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

func combine(name string, conditions []string) string {
	switch {
	case len(conditions) == 1:
		return conditions[0]
	case len(conditions) > mostMembers:
		rest := combine(name, conditions[mostMembers-1:])
		conditions = append(slices.Clone(conditions[:mostMembers-1]), rest)
	}
	return function(name, conditions)
}

// ConditionRef refers to the condition of that name, inside another condition.
func ConditionRef(name string) string { return function("Condition", name) }

// Contains is true in a rule where the value is one of the list.
func Contains(list []string, value string) string {
	return function("Fn::Contains", []any{list, value})
}

// Fn returns any other function by its name without "Fn::". A single argument is
// passed as it is, several as a list.
func Fn(name string, args ...any) string {
	if len(args) == 1 {
		return function("Fn::"+name, args[0])
	}
	return function("Fn::"+name, args)
}

// List puts a function that yields a list where a list of strings is asked for.
func List(expr string) []string { return []string{listMark + strings.TrimPrefix(expr, mark)} }

// function returns the marked string of {name: arg}. The arguments are built from
// strings, numbers, booleans, lists and maps only, which always have a JSON form.
func function(name string, arg any) string {
	return mark + "{" + quote(name) + ":" + argument(arg) + "}"
}

// quote returns the JSON of a string. Most strings are plain, and components build
// their expressions at start-up, where the encoder would take four times as long.
func quote(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return string(compact(s))
		}
	}
	return `"` + s + `"`
}

// argument returns the JSON of an argument, in which functions are functions and
// no marks are left.
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
