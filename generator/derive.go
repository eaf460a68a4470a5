package generator

import (
	"maps"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// Derivation finds values that nobody gives: they follow from given ones or from what the account
// has.
type Derivation struct {
	Parameters []*Parameter // whose values can be derived
	VPC        *Parameter   // the ID of the VPC that is reused
	Members    []*Parameter // IDs of what is in this VPC, which tell it
	// Asks reports whether values may follow from what a VPC has that is reused.
	Asks func(v Values, live map[string]bool) bool
	// From returns the values that follow. live contains the resources that v creates. The network is
	// nil where the account is not asked.
	From func(v Values, live map[string]bool, n *facts.Network) []Derived
}

// Derived is a derived value.
type Derived struct {
	Parameter *Parameter
	Value     string
	Reason    string // why, for people
}

// Derive returns the values that follow from those of a new stack. A value that is given is never
// among them.
func (c *Component) Derive(v Values, n *facts.Network) []Derived {
	if live, can := c.derives(v); can {
		return c.Derivation.From(v, live, n)
	}
	return nil
}

// Asks reports whether values may follow from what a VPC has that is reused.
func (c *Component) Asks(v Values) bool {
	live, can := c.derives(v)
	return can && c.Derivation.Asks(v, live)
}

// derives returns the resources that values create, if anything can follow from the values.
func (c *Component) derives(v Values) (live map[string]bool, can bool) {
	if c.Derivation == nil {
		return nil, false
	}
	live, err := c.Built().Live(v)
	return live, err == nil // the check of the values reports an error
}

// Completed returns values with those that follow from them alone.
func (c *Component) Completed(v Values) Values {
	all := maps.Clone(v)
	for _, d := range c.Derive(v, nil) {
		all[d.Parameter.Name] = d.Value
	}
	return all
}
