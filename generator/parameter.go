package generator

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Parameter is a row of the table from which everything about a parameter is
// derived: its flag, its place in the template, its check, its documentation.
type Parameter struct {
	Name      string
	Kind      kind
	Default   string
	Doc       string   // one or two sentences for people
	Shape     shape    // of a value, and of each item of a list
	Allowed   []string // the only values, when not empty
	Min, Max  int      // bounds of a Number, both included
	Empty     string   // what an empty value means
	PerDeploy bool     // not kept from the last deployment: its default is sent unless given
}

// kind is a parameter's CloudFormation type.
type kind string

const (
	text   kind = "" // String, the zero value, as most parameters are
	number kind = "Number"
	list   kind = "CommaDelimitedList"
)

// Group is parameters that belong together, in the console as in the help.
type Group struct {
	Label      string
	Parameters []*Parameter
}

// Parameters yields every parameter of the table in order.
func Parameters() iter.Seq[*Parameter] {
	return func(yield func(*Parameter) bool) {
		for _, g := range Groups {
			for _, p := range g.Parameters {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// Lookup is the parameter of that name, or nil.
func Lookup(name string) *Parameter {
	for p := range Parameters() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Flag is the name in kebab case: MaxvCpus is --maxv-cpus.
func (p *Parameter) Flag() string {
	var b strings.Builder
	for i, r := range p.Name {
		if i > 0 && 'A' <= r && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// Type is the CloudFormation type, such as String.
func (p *Parameter) Type() string {
	if p.Kind == text {
		return "String"
	}
	return string(p.Kind)
}

// Check returns what is wrong with a value, with what is wanted and an example.
func (p *Parameter) Check(value string) error {
	if value == "" && p.optional() {
		return nil
	}
	if len(p.Allowed) > 0 && !slices.Contains(p.Allowed, value) {
		return fmt.Errorf("%q is not one of %s", value, strings.Join(quoteEmpty(p.Allowed), ", "))
	}
	switch p.Kind {
	case number:
		return p.checkNumber(value)
	case list:
		for item := range strings.SplitSeq(value, ",") {
			if err := p.Shape.check(strings.TrimSpace(item)); err != nil {
				return err
			}
		}
		return nil
	}
	return p.Shape.check(value)
}

func (p *Parameter) checkNumber(value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || strconv.Itoa(n) != value {
		return fmt.Errorf("%q is not a whole number like %s", value, p.Default)
	}
	if len(p.Allowed) == 0 && (n < p.Min || n > p.Max) {
		return fmt.Errorf("%d is not from %d to %d", n, p.Min, p.Max)
	}
	return nil
}

// optional reports whether the value may be empty.
func (p *Parameter) optional() bool { return p.Default == "" }

func quoteEmpty(values []string) []string {
	out := slices.Clone(values)
	for i, v := range out {
		if v == "" {
			out[i] = `""`
		}
	}
	return out
}

// ref is the parameter's value in the template.
func (p *Parameter) ref() string { return cfn.Ref(p.Name) }

// empty is true where the parameter is not given.
func (p *Parameter) empty() string { return cfn.Equals(p.ref(), "") }

// is is true where the parameter has that value.
func (p *Parameter) is(value string) string {
	if n, err := strconv.Atoi(value); err == nil {
		return cfn.Equals(p.ref(), n)
	}
	return cfn.Equals(p.ref(), value)
}

// declaration is the parameter in the template.
func (p *Parameter) declaration() cfn.Parameter {
	out := cfn.Parameter{
		ID: p.Name, Type: p.Type(), Default: new(p.Default),
		Description: p.Doc, AllowedValues: p.Allowed,
	}
	if p.Kind == number && len(p.Allowed) == 0 {
		out.Min, out.Max = new(p.Min), new(p.Max)
	}
	if p.Shape.Pattern != "" {
		out.Pattern = "^" + p.Shape.Pattern + "$"
		if p.optional() {
			out.Pattern = "^(" + p.Shape.Pattern + ")?$"
		}
	}
	return out
}

// shape is the form of a value.
type shape struct {
	Pattern string // regular expression for the whole value
	Want    string // what it asks for, with an example: "a VPC ID like vpc-0123456789abcdef0"
	// Test finds what the pattern cannot, and says what is wrong.
	Test func(value string) string
}

func (s shape) check(value string) error {
	if s.Pattern != "" && !regexp.MustCompile("^(?:"+s.Pattern+")$").MatchString(value) {
		return fmt.Errorf("%q is not %s", value, s.Want)
	}
	if s.Test != nil {
		if wrong := s.Test(value); wrong != "" {
			return fmt.Errorf("%q %s; wanted %s", value, wrong, s.Want)
		}
	}
	return nil
}
