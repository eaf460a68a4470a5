package generator

import (
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// Preflight looks at what values reuse before anything is made. Its functions are pure: they
// know of the account only what they are given.
type Preflight struct {
	// Query returns what must be read of the account, false when nothing.
	Query func(v Values) (facts.NetworkQuery, bool)
	// Look returns what is wrong with the values. live contains the resources that they create.
	Look func(v Values, live map[string]bool, n facts.Network) []Finding
	// Parameters are those that findings of Look may name.
	Parameters []*Parameter
	// Reuses returns what must be read of the account outside the network.
	Reuses func(v Values) facts.ReuseQuery
	// Judge returns what is wrong with what Reuses asks for. live contains the resources that the
	// values create.
	Judge func(v Values, live map[string]bool, r facts.Reused) []Finding
}

// Finding is something that a look at the account has found.
type Finding struct {
	Parameter *Parameter
	Warning   bool   // the stack can be made and may work
	Problem   string // what is wrong with the value
	Way       string // what helps; {Name} stands for the flag of a parameter
}

// Look returns the findings about values, with flags in their ways. There are none where the
// component does not look at the account.
func (c *Component) Look(v Values, n facts.Network) []Finding {
	if c.Preflight == nil {
		return nil
	}
	live, err := c.Built().Live(v)
	if _, needed := c.Preflight.Query(v); !needed || err != nil {
		return nil
	}
	return c.flagged(c.Preflight.Look(v, live, n))
}

// Judge returns the findings about what values reuse outside the network, with flags in their ways.
func (c *Component) Judge(v Values, r facts.Reused) []Finding {
	if c.Preflight == nil {
		return nil
	}
	live, err := c.Built().Live(v)
	if err != nil {
		return nil
	}
	return c.flagged(c.Preflight.Judge(v, live, r))
}

// flagged puts flags into the ways of findings.
func (c *Component) flagged(all []Finding) []Finding {
	for i, f := range all {
		all[i].Way = c.withFlags(f.Way)
	}
	return all
}

// LookAgain returns the findings about what a deployed stack reuses. Those about what it has created
// are left out: it is in the account by now.
func (c *Component) LookAgain(v Values, n facts.Network) (again []Finding) {
	for _, f := range c.Look(v, n) {
		if v.Of(f.Parameter) != "" && slices.ContainsFunc(c.Needs, func(need Need) bool {
			return need.Existing == f.Parameter
		}) {
			again = append(again, f)
		}
	}
	return again
}

// String returns the finding as a line.
func (f Finding) String() string {
	text := f.Parameter.Name + ": " + f.Problem
	if f.Way != "" {
		text += ": " + f.Way
	}
	return text
}
