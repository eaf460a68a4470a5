// Package templatetest holds what the tests of all components share: the values
// that parameters can have, read from the tables of a component, and checks of
// resolved templates that share no code with what resolves them.
package templatetest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// Choice is a parameter with the values that tests give it, its default first.
type Choice struct {
	*generator.Parameter
	Values []string
}

// Domain is the values that the parameters of a component can have. It follows
// from the table of parameters: a new parameter is in every test that uses it.
type Domain struct {
	Component *generator.Component
	Template  *cfn.Template
	Choices   []Choice // of every parameter, in order

	candidates map[string][]string // values other than the default, by parameter
}

// NewDomain returns the domain of a component. Every choice has at least one
// value beside the default with which the component accepts the whole.
func NewDomain(c *generator.Component) *Domain {
	d := &Domain{Component: c, Template: c.Template(), candidates: map[string][]string{}}
	uses := map[string]int{}
	for p := range c.Parameters() {
		d.candidates[p.Name] = candidates(p, uses[p.Format.Expected])
		uses[p.Format.Expected]++
	}
	for p := range c.Parameters() {
		d.candidates[p.Name] = append(d.candidates[p.Name], d.demanded(p)...)
	}
	for p := range c.Parameters() {
		choice := Choice{p, []string{p.Default}}
		for _, value := range d.candidates[p.Name] {
			_, accepted := d.Complete(generator.Values{p.Name: value})
			if accepted && (len(p.Allowed) > 0 || len(choice.Values) == 1) {
				choice.Values = append(choice.Values, value)
			}
		}
		d.Choices = append(d.Choices, choice)
	}
	return d
}

// candidates returns values of a parameter other than its default: those that
// are allowed, the examples of its documentation, and the default changed a
// little. The nth parameter of a format gets an example of its own, so that two
// subnets differ.
func candidates(p *generator.Parameter, nth int) []string {
	var all []string
	switch {
	case len(p.Allowed) > 0 && p.Kind == generator.Number: // of many the extremes
		all = []string{p.Allowed[0], p.Allowed[1], p.Allowed[len(p.Allowed)-1]}
	case len(p.Allowed) > 0:
		all = p.Allowed
	case p.Kind == generator.Number:
		n, _ := strconv.Atoi(p.Default)
		all = append(examples(p.Doc), strconv.Itoa(n+1))
	case p.Kind == generator.List:
		items := examples(p.Format.Expected)
		if len(items) == 1 {
			items = append(items, items[0]+"2")
		}
		all = []string{strings.Join(items, ",")}
	default:
		for _, value := range examples(p.Format.Expected) {
			all = append(all, other(value, nth)...)
		}
		all = append(all, other(p.Default, 1)...)
	}
	return slices.DeleteFunc(slices.Clone(all), func(value string) bool {
		return value == p.Default || p.Check(value) != nil
	})
}

// examples returns what stands after "like" in a text: "like m6i.large or m6i".
func examples(text string) []string {
	_, list, _ := strings.Cut(text, " like ")
	list, _, _ = strings.Cut(list, ";")
	list, _, _ = strings.Cut(list, ". ")
	return strings.Split(strings.TrimSuffix(list, "."), " or ")
}

// other returns the value itself for 0, and for n values that are unlike it: with
// a number after it, and with its last character raised by n.
func other(value string, n int) []string {
	if n == 0 || value == "" {
		return []string{value}
	}
	last := len(value) - 1
	return []string{value + strconv.Itoa(n+1), value[:last] + string(value[last]+byte(n))}
}

// demanded returns the numbers that refusals of a parameter's candidates ask for.
func (d *Domain) demanded(p *generator.Parameter) []string {
	var all []string
	for _, value := range d.candidates[p.Name] {
		for _, err := range d.refusals(generator.Values{p.Name: value}) {
			for word := range words(err) {
				if p.Kind == generator.Number && word != value && p.Check(word) == nil {
					all = append(all, word)
				}
			}
		}
	}
	return all
}

// Complete returns the values with as few others as make the component accept
// them, and whether there are such: those that its refusals name. Where no single
// value helps, it tries each as the first of several.
func (d *Domain) Complete(v generator.Values) (generator.Values, bool) {
	if completed, ok := d.descend(v); ok {
		return completed, true
	}
	for first := range d.additions(v, d.refusals(v)) {
		if completed, ok := d.descend(first); ok {
			return completed, true
		}
	}
	return nil, false
}

// descend adds values, each the one that leaves the fewest refusals, until none
// is left or none helps.
func (d *Domain) descend(v generator.Values) (generator.Values, bool) {
	errs := d.refusals(v)
	for len(errs) > 0 {
		var best generator.Values
		left := errs
		for more := range d.additions(v, errs) {
			if after := d.refusals(more); len(after) < len(left) {
				best, left = more, after
			}
		}
		if best == nil {
			return nil, false
		}
		v, errs = best, left
	}
	return v, true
}

// additions yields the values with each value of each parameter that the refusals
// name and that is not given.
func (d *Domain) additions(
	v generator.Values, errs []error,
) func(yield func(generator.Values) bool) {
	return func(yield func(generator.Values) bool) {
		for _, err := range errs {
			for name := range d.named(err) {
				if _, given := v[name]; given {
					continue
				}
				for _, value := range d.candidates[name] {
					more := maps.Clone(v)
					if more[name] = value; !yield(more) {
						return
					}
				}
			}
		}
	}
}

// named yields the parameters that a refusal names.
func (d *Domain) named(err error) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for word := range words(err) {
			if _, known := d.candidates[word]; known && !yield(word) {
				return
			}
		}
	}
}

// words yields the words and numbers of an error.
func words(err error) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(err.Error(), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// refusals returns why the component does not accept values that are valid alone.
func (d *Domain) refusals(v generator.Values) []error {
	return d.Component.CheckRelations(d.Explicit(v))
}

// Explicit returns the values with the default of every other parameter.
func (d *Domain) Explicit(v generator.Values) generator.Values {
	all := generator.Values{}
	for p := range d.Component.Parameters() {
		all[p.Name] = v.Of(p)
	}
	return all
}

// Alternatives yields every value that is not a default with as few others as it
// needs.
func (d *Domain) Alternatives() []generator.Values {
	var all []generator.Values
	for _, choice := range d.Choices {
		for _, value := range choice.Values[1:] {
			values, _ := d.Complete(generator.Values{choice.Name: value})
			all = append(all, values)
		}
	}
	return all
}

// Deciding returns the parameters that decide which resources exist: first those
// that reuse something, then the others.
func (d *Domain) Deciding() (reuse, others []Choice) {
	reusing := map[string]bool{}
	for _, need := range d.Component.Needs {
		if need.Existing != nil {
			reusing[need.Existing.Name] = true
		}
	}
	for _, choice := range d.Choices {
		switch {
		case !d.decides(choice.Name):
		case reusing[choice.Name]:
			reuse = append(reuse, choice)
		default:
			others = append(others, choice)
		}
	}
	return reuse, others
}

// decides reports whether the condition of a resource depends on a parameter.
func (d *Domain) decides(parameter string) bool {
	decides := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, c := range d.Template.Conditions {
			depends := strings.Contains(c.Expr, `"`+parameter+`"`)
			for name := range decides {
				depends = depends || strings.Contains(c.Expr, `{"Condition":"`+name+`"}`)
			}
			changed = changed || depends && !decides[c.ID]
			if depends {
				decides[c.ID] = true
			}
		}
	}
	return slices.ContainsFunc(d.Template.Resources, func(r cfn.Resource) bool {
		return decides[r.Condition]
	})
}
