package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

const batch = 36 // templates per process of cfn-lint

// zones are parameters whose values become literals in a resolved template, which cfn-lint advises
// against (W3010).
var zones = []string{"AvailabilityZone1", "AvailabilityZone2"}

// atLeast is the number of combinations of a component that are linted, and how many of the
// templates must differ: a smaller number would mean that the values have little effect.
var atLeast = map[string]struct{ sets, different int }{
	"core": {72, 60}, "hardening": {16, 10}, "scheduler": {16, 10}, "service": {16, 10},
}

// TestLintCombinations lints resolved templates that together contain every pair of compatible
// choices.
func TestLintCombinations(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs cfn-lint on hundreds of templates")
	}
	t.Parallel()
	var files []string
	dir := t.TempDir()
	for _, c := range components {
		different := map[string]bool{}
		sets, pairs := templatetest.NewDomain(c).Pairwise(atLeast[c.Name].sets, zones...)
		for i, set := range sets {
			text := resolved(t, c, set)
			if different[text] {
				continue
			}
			different[text] = true
			file := filepath.Join(dir, fmt.Sprintf("%s-%d.yaml", c.Name, i))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		t.Logf("%s: %d parameter sets with %d pairs of values give %d templates",
			c.Name, len(sets), pairs, len(different))
		if least := atLeast[c.Name].different; len(different) < least {
			t.Errorf("%s: %d different templates; wanted %d", c.Name, len(different), least)
		}
	}
	for files := range slices.Chunk(files, batch) {
		t.Run(filepath.Base(files[0]), func(t *testing.T) {
			t.Parallel()
			if found := lint(t, files...); found != "" {
				t.Error(found)
			}
		})
	}
}

// resolved returns the resolved template as YAML.
func resolved(t *testing.T, c *generator.Component, values generator.Values) string {
	t.Helper()
	if err := c.Check(values); err != nil {
		t.Fatalf("%v: %v", values, err)
	}
	resolved, err := c.Template().Resolve(values)
	if err != nil {
		t.Fatalf("%v: %v", values, err)
	}
	text, err := resolved.YAML()
	if err != nil {
		t.Fatalf("%v: %v", values, err)
	}
	return string(text)
}
