package iameval

import (
	"fmt"
	"slices"
	"strings"
)

// operator is a condition operator, with its qualifier and suffix, of the page
// IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	matches  func(wanted, value string) bool
	negated  bool
	null     bool
	ifExists bool
	all, any bool // ForAllValues, ForAnyValue
}

// matchers are the known operators but Null and the negated ones, which are named with Not.
var matchers = map[string]func(wanted, value string) bool{
	"StringEquals":           func(wanted, value string) bool { return wanted == value },
	"StringEqualsIgnoreCase": strings.EqualFold,
	"StringLike":             like,
	"ArnEquals":              likeARN, // the two are the same
	"ArnLike":                likeARN,
	"Bool":                   strings.EqualFold,
}

// operatorOf returns the operator of a name.
func operatorOf(name string) (operator, error) {
	var o operator
	rest, qualified := strings.CutPrefix(name, "ForAllValues:")
	o.all = qualified
	rest, o.any = strings.CutPrefix(rest, "ForAnyValue:")
	if o.null = rest == "Null"; o.null {
		return o, nil
	}
	rest, o.ifExists = strings.CutSuffix(rest, "IfExists")
	for _, kind := range []string{"String", "Arn"} {
		if after, is := strings.CutPrefix(rest, kind+"Not"); is {
			rest, o.negated = kind+after, true
		}
	}
	if o.matches = matchers[rest]; o.matches == nil {
		return o, fmt.Errorf("the operator %s is not known", name)
	}
	return o, nil
}

// holds reports whether the values that a request has for a key meet the condition. A key that
// the request lacks meets the negated operators, IfExists and ForAllValues only.
func (o operator) holds(values, wanted []string) bool {
	if o.null {
		return slices.Contains(wanted, "true") == (len(values) == 0)
	}
	if len(values) == 0 {
		return !o.any && (o.ifExists || o.negated || o.all)
	}
	meets := func(value string) bool {
		met := slices.ContainsFunc(wanted, func(w string) bool { return o.matches(w, value) })
		return met != o.negated
	}
	if o.any {
		return slices.ContainsFunc(values, meets)
	}
	// Without a qualifier a key has one value; of several, all must meet the condition.
	return !slices.ContainsFunc(values, func(v string) bool { return !meets(v) })
}

// likeARN matches the six parts of an ARN one by one, so that no wildcard spans a colon between
// them.
func likeARN(wanted, value string) bool {
	w, v := strings.SplitN(wanted, ":", 6), strings.SplitN(value, ":", 6)
	return slices.EqualFunc(w, v, like)
}
