package generator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// Values are parameter values by name. They are strings, as in CloudFormation.
type Values map[string]string

// Of returns the value of a parameter: the given one, or the default.
func (v Values) Of(p *Parameter) string {
	if value, ok := v[p.Name]; ok {
		return value
	}
	return p.Default
}

// Number returns the value of a parameter as a number, or 0 if it is not a number: the check of the
// single value refuses that.
func (v Values) Number(p *Parameter) int {
	n, err := strconv.Atoi(v.Of(p))
	if err != nil {
		return 0
	}
	return n
}

// Check returns every problem of the values, of each alone and of those that do
// not go together.
func (c *Component) Check(v Values) error {
	var errs []error
	var broken []string
	valid := maps.Clone(v)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		p := c.Lookup(name)
		if p == nil {
			errs = append(errs, c.Unknown(name))
			delete(valid, name)
		} else if err := p.Check(v[name]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			broken = append(broken, name)
			delete(valid, name)
		}
	}
	return errors.Join(append(errs, c.CheckRelations(valid, broken...)...)...)
}

// CheckRelations returns the problems of values in combination: the rules of the template, and what
// CloudFormation's rules cannot compare. Each value must be valid alone. Messages about parameters
// in broken, which are left out of v, are dropped: they would be consequences.
func (c *Component) CheckRelations(v Values, broken ...string) []error {
	errs := c.Built().Assert(v)
	if live, err := c.Built().Live(v); err != nil {
		errs = append(errs, err)
	} else if c.Relations != nil {
		errs = append(errs, c.Relations(v, live)...)
	}
	return slices.DeleteFunc(errs, func(err error) bool {
		return slices.ContainsFunc(strings.Fields(err.Error()), func(word string) bool {
			return slices.Contains(broken, strings.TrimRight(word, ":,"))
		})
	})
}

// Unknown returns an error for a parameter that the component does not have. It names the
// replacement of a retired parameter, or a similar name.
func (c *Component) Unknown(name string) error {
	if successor, retired := c.Retired[name]; retired {
		return fmt.Errorf("parameter %s is retired: %s", name, successor)
	}
	return suggest.Unknown("parameter", name, c.names())
}
