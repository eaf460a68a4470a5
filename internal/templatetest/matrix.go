package templatetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// sample is how many sets a matrix tries under the race detector.
const sample = 2000

// Oracle says what a component must do with values, of which none is left out:
// the rules that refuse them, and where none does, which resources exist. It
// names every resource that the component can create.
type Oracle func(v generator.Values) (exists map[string]bool, refused []string)

// Trial is a set of values as positions: of each choice the value to try.
type Trial []int

// Values returns the values of a trial, of every parameter of the component.
func (d *Domain) Values(choices []Choice, trial Trial) generator.Values {
	v := generator.Values{}
	for i, choice := range choices {
		v[choice.Name] = choice.Values[trial[i]]
	}
	return d.Explicit(v)
}

// All returns every combination of the values of the choices.
func All(choices []Choice) []Trial {
	all := []Trial{nil}
	for _, choice := range choices {
		var longer []Trial
		for _, trial := range all {
			for i := range choice.Values {
				longer = append(longer, append(slices.Clone(trial), i))
			}
		}
		all = longer
	}
	return all
}

// Matrix resolves the template of a component under each trial, and compares what
// exists, or the rules that refuse it, with the oracle. It shares the trials out
// among the processors. Some trials must be accepted, and some refused.
func (d *Domain) Matrix(t *testing.T, choices []Choice, all []Trial, oracle Oracle) {
	t.Helper()
	total := len(all)
	if Race && total > sample {
		r := rand.New(rand.NewPCG(1, 2))
		r.Shuffle(total, func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:sample]
	}
	var (
		start    = time.Now()
		wait     sync.WaitGroup
		mu       sync.Mutex
		refused  int
		problems []string
	)
	for part := range slices.Chunk(all, len(all)/runtime.GOMAXPROCS(0)+1) {
		wait.Go(func() {
			for _, trial := range part {
				v := d.Values(choices, trial)
				no, wrong := d.compare(v, oracle)
				mu.Lock()
				if no {
					refused++
				}
				for _, p := range wrong {
					problems = append(problems, fmt.Sprintf("%v: %s", d.given(v), p))
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	for _, p := range problems[:min(len(problems), 20)] {
		t.Error(p)
	}
	t.Logf("%d of %d sets of %d choices: %d accepted, %d refused, %d problems, %.1f s", len(all),
		total, len(choices), len(all)-refused, refused, len(problems), time.Since(start).Seconds())
	if refused == 0 || refused == len(all) {
		t.Errorf("%d of %d sets are refused: the test compares one kind alone", refused, len(all))
	}
}

// CheckMatrix checks every combination of the choices before anything is called, and compares the
// refusals with the oracle. In addition, Check refuses values under which nothing would be created,
// as CloudFormation does: with the message nothing. One combination must be so.
func (d *Domain) CheckMatrix(t *testing.T, choices []Choice, oracle Oracle, nothing string) {
	t.Helper()
	empty := 0
	for _, trial := range All(choices) {
		v := d.Values(choices, trial)
		exists, want := oracle(v)
		if !slices.Contains(slices.Collect(maps.Values(exists)), true) {
			want = append(want, nothing)
			empty++
		}
		got := Refusals(d.Component, v)
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Fatalf("%v: got %q, want %q", v, got, want)
		}
	}
	if empty == 0 {
		t.Error("no combination creates nothing: the test compares rules alone")
	}
}

// Refusals returns every line of the error of Check, none when it accepts the values.
func Refusals(c *generator.Component, v generator.Values) []string {
	err := c.Check(v)
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// given returns the values that are not defaults.
func (d *Domain) given(v generator.Values) generator.Values {
	some := maps.Clone(v)
	maps.DeleteFunc(some, func(name, value string) bool {
		return value == d.Component.Lookup(name).Default
	})
	return some
}

// compare resolves the template under the values and compares it with the oracle.
func (d *Domain) compare(v generator.Values, oracle Oracle) (refused bool, problems []string) {
	want, refusals := oracle(v)
	got, err := d.Template.Resolve(v)
	if len(refusals) > 0 {
		return true, compareRefusals(err, refusals)
	}
	if err != nil {
		return false, []string{err.Error()}
	}
	exists := map[string]bool{}
	for _, r := range got.Resources {
		exists[r.ID] = true
	}
	for id, should := range want {
		if exists[id] != should {
			problems = append(problems, fmt.Sprintf("%s exists: %t, want %t", id, exists[id], should))
		}
		delete(exists, id)
	}
	for id := range exists {
		problems = append(problems, id+" exists, which the oracle does not know")
	}
	return false, append(problems, Walk(got)...)
}

// compareRefusals says where the error is not exactly the lines that are wanted.
func compareRefusals(err error, refusals []string) []string {
	if err == nil {
		return []string{"resolved, want a refusal"}
	}
	got := strings.Split(err.Error(), "\n")
	slices.Sort(got)
	slices.Sort(refusals)
	if !slices.Equal(got, refusals) {
		return []string{fmt.Sprintf("refused with %q, want %q", got, refusals)}
	}
	return nil
}
