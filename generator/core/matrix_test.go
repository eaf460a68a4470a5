package core_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// domain returns the values of the parameters of the core.
var domain = templatetest.NewDomain(core.Component)

// TestReuseMatrix resolves every combination of the parameters that reuse a resource, and compares
// the resources with the oracle. Parameters that decide nothing while the others have their
// defaults are left out.
func TestReuseMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: resolves thousands of combinations; the pairs have a test")
	}
	reuse, _ := domain.Deciding()
	nothing, err := domain.Template.Live(nil)
	if err != nil {
		t.Fatal(err)
	}
	reuse = slices.DeleteFunc(reuse, func(c templatetest.Choice) bool {
		live, err := domain.Template.Live(map[string]string{c.Name: c.Values[1]})
		return err == nil && maps.Equal(live, nothing)
	})
	if len(reuse) < 16 {
		t.Errorf("%d parameters reuse something, want at least 16", len(reuse))
	}
	domain.Matrix(t, reuse, templatetest.All(reuse), oracle)
}

// TestReuseMatrixPairwise resolves every pair of the parameters that reuse a resource, each given
// and not, together with every three of the other choices.
func TestReuseMatrixPairwise(t *testing.T) {
	reuse, others := domain.Deciding()
	if len(others) < 7 {
		t.Errorf("%d other parameters decide what exists, want at least 7", len(others))
	}
	rows := triples(others)
	var all []templatetest.Trial
	for _, set := range templatetest.All(reuse) {
		on := 0
		for _, given := range set {
			on += given
		}
		if on > 2 && on < len(reuse)-2 {
			continue
		}
		for _, row := range rows {
			all = append(all, slices.Concat(set, row))
		}
	}
	domain.Matrix(t, slices.Concat(reuse, others), all, oracle)
}

// triples returns rows of choices in which every three values of three choices occur together. Each
// row is the one that adds most.
func triples(choices []templatetest.Choice) (rows []templatetest.Trial) {
	every, covered := templatetest.All(choices), map[[6]int]bool{}
	for {
		var best [][6]int
		var row templatetest.Trial
		for _, candidate := range every {
			added := slices.DeleteFunc(threes(candidate), func(three [6]int) bool {
				return covered[three]
			})
			if len(added) > len(best) {
				best, row = added, candidate
			}
		}
		if row == nil {
			return rows
		}
		for _, three := range best {
			covered[three] = true
		}
		rows = append(rows, row)
	}
}

// threes returns the values of every three choices of a row, each after its index.
func threes(row templatetest.Trial) (all [][6]int) {
	for i := range row {
		for j := range i {
			for k := range j {
				all = append(all, [6]int{k, row[k], j, row[j], i, row[i]})
			}
		}
	}
	return all
}
