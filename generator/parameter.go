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

// Parameter is a row of the table from which everything about a parameter is derived: its flag, its
// declaration in the template, its check and its documentation.
type Parameter struct {
	Name      string
	Kind      Kind
	Default   string
	Doc       string   // one or two sentences for people
	Format    Format   // format of a value, and of each item of a list
	Allowed   []string // the only values, if not empty
	Min, Max  int      // bounds of a Number, both included
	WhenEmpty string   // meaning of an empty value
	NotKept   bool     // an update sends the default, not the previous value, unless one is given
}

// Kind is a parameter's CloudFormation type.
type Kind string

// The kinds of parameters. Most parameters are of the zero value, Text.
const (
	Text   Kind = "" // String
	Number Kind = "Number"
	List   Kind = "CommaDelimitedList"
)

// OnOff are the values of a switch.
var OnOff = []string{"true", "false"}

// Switch reports whether the values are true and false.
func (p *Parameter) Switch() bool { return slices.Equal(p.Allowed, OnOff) }

// Group is a set of parameters that are shown together, in the console and in the help.
type Group struct {
	Label      string
	Parameters []*Parameter
}

// Parameters yields every parameter of the component in order.
func (c *Component) Parameters() iter.Seq[*Parameter] {
	return func(yield func(*Parameter) bool) {
		for _, g := range c.Groups {
			for _, p := range g.Parameters {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// Lookup returns the parameter of that name, or nil.
func (c *Component) Lookup(name string) *Parameter {
	for p := range c.Parameters() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// names returns the names of all parameters in order.
func (c *Component) names() []string {
	var all []string
	for p := range c.Parameters() {
		all = append(all, p.Name)
	}
	return all
}

// Flag returns the name in kebab case: MaxvCpus is --maxv-cpus.
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

// Type returns the CloudFormation type, such as String.
func (p *Parameter) Type() string {
	if p.Kind == Text {
		return "String"
	}
	return string(p.Kind)
}

// maxValue is the longest value that CloudFormation takes, in bytes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const maxValue = 4096

// Check returns what is wrong with a value, with what is wanted and an example.
func (p *Parameter) Check(value string) error {
	if value == "" && p.optional() {
		return nil
	}
	if len(value) > maxValue {
		return fmt.Errorf("the value is longer than %d bytes, the most that CloudFormation takes",
			maxValue)
	}
	err := p.check(value)
	if reference := dynamicReference.FindStringSubmatch(value); err != nil && reference != nil {
		return p.unresolved(value, reference[1], reference[2])
	}
	return err
}

// check checks the form of a value.
func (p *Parameter) check(value string) error {
	if len(p.Allowed) > 0 && !slices.Contains(p.Allowed, value) {
		return fmt.Errorf("%q is not one of %s", value, strings.Join(quoteEmpty(p.Allowed), ", "))
	}
	switch p.Kind {
	case Number:
		return p.checkNumber(value)
	case List:
		for item := range strings.SplitSeq(value, ",") {
			if err := p.Format.check(strings.TrimSpace(item)); err != nil {
				return err
			}
		}
		return nil
	}
	return p.Format.check(value)
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

// Ref returns the parameter's value in the template.
func (p *Parameter) Ref() string { return cfn.Ref(p.Name) }

// Empty returns the condition that the parameter is not given.
func (p *Parameter) Empty() string { return cfn.Equals(p.Ref(), "") }

// Is returns the condition that the parameter has that value.
func (p *Parameter) Is(value string) string {
	if n, err := strconv.Atoi(value); err == nil {
		return cfn.Equals(p.Ref(), n)
	}
	return cfn.Equals(p.Ref(), value)
}

// If returns the parameter's value if the condition of that name is true, and otherwise no value.
func (p *Parameter) If(condition string) string { return cfn.If(condition, p.Ref(), cfn.NoValue) }

// Given returns a condition of that name that is true if the parameter is given.
func (p *Parameter) Given(name string) cfn.Condition {
	return cfn.Condition{ID: name, Expr: cfn.Not(p.Empty())}
}

// declaration returns the parameter for the template.
func (p *Parameter) declaration() cfn.Parameter {
	out := cfn.Parameter{
		ID: p.Name, Type: p.Type(), Default: new(p.Default),
		Description: p.Doc, AllowedValues: p.Allowed,
	}
	if p.Kind == Number && len(p.Allowed) == 0 {
		out.Min, out.Max = new(p.Min), new(p.Max)
	}
	if p.Format.Pattern != "" {
		out.Pattern = "^" + p.Format.Pattern + "$"
		if p.optional() {
			out.Pattern = "^(" + p.Format.Pattern + ")?$"
		}
	}
	return out
}

// Format describes the valid values of a parameter.
type Format struct {
	Pattern  string // regular expression for the whole value
	Expected string // the expected value, with an example: "a VPC ID like vpc-0123456789abcdef0"
	// Validate checks what the pattern cannot, and returns the problem.
	Validate func(value string) string
	// Caution returns a warning about a valid value.
	Caution func(value string) string
}

func (f Format) check(value string) error {
	if f.Pattern != "" && !regexp.MustCompile("^(?:"+f.Pattern+")$").MatchString(value) {
		return fmt.Errorf("%q is not %s", value, f.Expected)
	}
	if f.Validate != nil {
		if wrong := f.Validate(value); wrong != "" {
			return fmt.Errorf("%q %s; wanted %s", value, wrong, f.Expected)
		}
	}
	return nil
}
