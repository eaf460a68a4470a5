package generator

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Warnings returns messages about given values that have no effect, and other warnings. v contains
// all values of the stack, including the given ones; they must be valid.
func (c *Component) Warnings(v, given Values) []string {
	if len(given) == 0 {
		return nil
	}
	t := c.Built()
	live, _ := t.Live(v)
	full, err := t.Resolve(v)
	if err != nil {
		return nil
	}
	var out []string
	for p := range c.Parameters() {
		value, asked := given[p.Name]
		if !asked || value == p.Default {
			continue
		}
		if p.Format.Caution != nil {
			if caution := p.Format.Caution(value); caution != "" {
				out = append(out, fmt.Sprintf("%s %s %s", p.Name, value, caution))
			}
		}
		rest := maps.Clone(v)
		delete(rest, p.Name)
		if without, err := t.Resolve(rest); err == nil && reflect.DeepEqual(full, without) {
			out = append(out, p.Name+" has no effect: "+c.reason(p, live))
		}
	}
	if c.Cautions != nil {
		out = append(out, c.Cautions(v, given, live)...)
	}
	return out
}

const idle = "the result is the same without it"

// reason names the resources that would use the parameter, none of which is created.
func (c *Component) reason(p *Parameter, live map[string]bool) string {
	var nouns []string
	for _, need := range c.Needs {
		if need.Existing == p {
			nouns = c.Needs.missing(need, live)
		}
	}
	if len(nouns) == 0 {
		var users []Need
		for _, id := range c.Built().Users(p.Name) {
			if live[id] {
				return idle
			}
			users = append(users, c.needOf(id))
		}
		nouns = first(users)
	}
	slices.Sort(nouns)
	if nouns = slices.Compact(nouns); len(nouns) == 0 {
		return idle
	}
	return "no " + strings.Join(nouns, " and no ") + " is created"
}

// missing lists the absent resources that would need it; a predicate is replaced by the resources
// that need the predicate.
func (n Needs) missing(need Need, live map[string]bool) []string {
	var nouns []string
	for _, id := range need.NeededBy {
		consumer := n.find(id)
		switch {
		case consumer.Noun == "":
			nouns = append(nouns, n.missing(consumer, live)...)
		case !live[id]:
			nouns = append(nouns, consumer.Noun)
		}
	}
	return nouns
}

// first returns the nouns of those that no other one in the list needs.
func first(all []Need) []string {
	var nouns []string
	for _, need := range all {
		needed := slices.ContainsFunc(all, func(other Need) bool {
			return slices.Contains(need.NeededBy, other.ID)
		})
		if need.Noun != "" && !needed {
			nouns = append(nouns, need.Noun)
		}
	}
	return nouns
}

// needOf returns the row of the table of needs that a resource belongs to, if any.
func (c *Component) needOf(id string) Need {
	for _, r := range c.Built().Resources {
		if r.ID != id {
			continue
		}
		for _, need := range c.Needs {
			if need.Noun != "" && !need.External && c.Needs.Condition(need.ID) == r.Condition {
				return need
			}
		}
	}
	return Need{}
}
