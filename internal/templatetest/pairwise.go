package templatetest

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// tries is how many sets compete for a place among the pairwise ones.
const tries = 4

// setting is a parameter with one of its values.
type setting struct{ name, value string }

// pair is two settings of two parameters, in the order of the choices.
type pair [2]setting

// Pairwise returns sets of values that the component accepts, among which every
// two values of two parameters that can go together do so, and how many pairs
// these are. There are at least so many sets. Parameters named in without keep
// their defaults. The sets are always the same.
func (d *Domain) Pairwise(least int, without ...string) (sets []generator.Values, pairs int) {
	p := d.pairwise(without)
	open := p.possible()
	pairs = len(open)
	for len(open) > 0 || len(sets) < least {
		var best generator.Values
		most := -1
		for range tries {
			set := p.set(open)
			added := 0
			for one := range p.pairs(set) {
				if open[one] {
					added++
				}
			}
			if added > most {
				best, most = set, added
			}
		}
		for one := range p.pairs(best) {
			delete(open, one)
		}
		sets = append(sets, best)
	}
	return sets, pairs
}

// pairwise makes sets for one domain.
type pairwise struct {
	*Domain
	choices []Choice
	rare    map[setting]bool // settings that leave most others without effect
	random  *rand.Rand
}

func (d *Domain) pairwise(without []string) *pairwise {
	p := &pairwise{Domain: d, rare: map[setting]bool{}, random: rand.New(rand.NewPCG(1, 2))}
	base, _ := d.Complete(generator.Values{})
	for _, choice := range d.Choices {
		if slices.Contains(without, choice.Name) {
			continue
		}
		p.choices = append(p.choices, choice)
		for _, value := range choice.Values[1:] {
			values, _ := d.Complete(generator.Values{choice.Name: value})
			p.rare[setting{choice.Name, value}] = 2*d.live(values) < d.live(base)
		}
	}
	return p
}

// live returns how many resources exist under the values.
func (d *Domain) live(v generator.Values) int {
	n := 0
	live, err := d.Template.Live(v)
	for _, lives := range live {
		if lives && err == nil {
			n++
		}
	}
	return n
}

// possible returns the pairs that the component accepts, with whatever else they
// need.
func (p *pairwise) possible() map[pair]bool {
	all := map[pair]bool{}
	for i, b := range p.choices {
		for _, a := range p.choices[:i] {
			for _, x := range a.Values {
				for _, y := range b.Values {
					both := generator.Values{a.Name: x, b.Name: y}
					if _, ok := p.Complete(both); ok {
						all[pair{{a.Name, x}, {b.Name, y}}] = true
					}
				}
			}
		}
	}
	return all
}

// set returns a set that holds one of the open pairs, if there are such, and other
// values at random that go with it.
func (p *pairwise) set(open map[pair]bool) generator.Values {
	v := generator.Values{}
	if len(open) > 0 {
		for _, one := range p.pick(open) {
			v[one.name] = one.value
		}
	}
	v, _ = p.Complete(v)
	v = maps.Clone(v)
	for _, i := range p.random.Perm(len(p.choices)) {
		choice := p.choices[i]
		value := choice.Values[p.random.IntN(len(choice.Values))]
		_, given := v[choice.Name]
		if given || p.rare[setting{choice.Name, value}] && p.random.IntN(8) > 0 {
			continue
		}
		v[choice.Name] = value
		if len(p.refusals(v)) > 0 {
			delete(v, choice.Name)
		}
	}
	return v
}

// pick returns an open pair at random.
func (p *pairwise) pick(open map[pair]bool) pair {
	n := p.random.IntN(len(open))
	for i, b := range p.choices {
		for _, a := range p.choices[:i] {
			for _, x := range a.Values {
				for _, y := range b.Values {
					one := pair{{a.Name, x}, {b.Name, y}}
					if !open[one] {
						continue
					}
					if n == 0 {
						return one
					}
					n--
				}
			}
		}
	}
	panic("templatetest: an open pair is not one of the choices")
}

// pairs yields the pairs of a set, defaults among them.
func (p *pairwise) pairs(v generator.Values) func(yield func(pair) bool) {
	return func(yield func(pair) bool) {
		for i, b := range p.choices {
			for _, a := range p.choices[:i] {
				one := pair{{a.Name, v.Of(a.Parameter)}, {b.Name, v.Of(b.Parameter)}}
				if !yield(one) {
					return
				}
			}
		}
	}
}
