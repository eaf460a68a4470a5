package safety

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// result is what the rules say of a mutant: those that notice it, and the survivor
// that it counts as if none does, by their places in the tables.
type result struct {
	template, path, change string
	killers                []int
	excuse                 int // -1 if it has none
}

func (r result) String() string { return fmt.Sprintf("%s: %s: %s", r.template, r.path, r.change) }

// TestMutants breaks the templates in every way that the breeder knows. Each
// mutant must break a rule, or stand in the list of survivors; and no rule and
// no entry of that list may be superfluous.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: judges thousands of mutants")
	}
	start := time.Now()
	const format = "%-30s %5d mutants: %5d killed, %4d excused, %d survive"
	var all []result
	for _, s := range subjects {
		for _, bred := range s.bred {
			some := s.breed(t, bred)
			all = append(all, some...)
			v := judge(some, -1)
			t.Logf(format, some[0].template, len(some), v.killed, v.excused, len(v.survivors))
		}
	}
	v := judge(all, -1)
	t.Logf(format, "all", len(all), v.killed, v.excused, len(v.survivors))
	t.Logf("%d rules, %.1f s", len(rules), time.Since(start).Seconds())
	for _, f := range v.survivors[:min(len(v.survivors), 50)] {
		t.Errorf("%s: breaks no rule: write one, or say in the list of survivors "+
			"why it does no harm", f)
	}
	if stride > 1 {
		return // a sample says nothing of what all the mutants need
	}
	for i, used := range v.used {
		if !used {
			t.Errorf("survivors %q, %q: no mutant needs the excuse",
				survivors[i].path, survivors[i].change)
		}
	}
	for i, rule := range rules {
		t.Run("without "+rule.name, func(t *testing.T) {
			without := judge(all, i)
			if len(without.survivors) == len(v.survivors) {
				t.Errorf("every mutant that %s kills is killed by another rule or excused: "+
					"the rule is superfluous", rule.name)
			}
		})
	}
}

// verdict is what the mutants of one or more templates come to.
type verdict struct {
	killed, excused int
	survivors       []result
	used            []bool // of the list of survivors
}

// judge counts the mutants, as they were without one of the rules; -1 leaves all.
func judge(results []result, without int) verdict {
	v := verdict{used: make([]bool, len(survivors))}
	for _, f := range results {
		if slices.ContainsFunc(f.killers, func(rule int) bool { return rule != without }) {
			v.killed++
		} else if f.excuse >= 0 {
			v.excused++
			v.used[f.excuse] = true
		} else {
			v.survivors = append(v.survivors, f)
		}
	}
	return v
}

// breed asks every rule of the component about every mutant of a specimen, on all
// processors, each with a document of its own.
func (s *subject) breed(t *testing.T, bred specimen) []result {
	t.Helper()
	if bred.values == nil {
		bred.values = s.scenario(t, bred.name)
	}
	name, values := s.component.Name+"/"+bred.name, s.domain.Explicit(bred.values)
	data, most := resolve(t, s.domain.Template, bred.values), resolve(t, s.domain.Template, s.most)
	workers := runtime.GOMAXPROCS(0)
	parts, excuses := make([][]result, workers), compiled(survivors)
	var wait sync.WaitGroup
	for w := range workers {
		doc, extras := parse(t, data), parse(t, most)["Resources"].(map[string]any)
		wait.Go(func() {
			for i, m := range breed(read(s, doc, values), extras) {
				if i%stride == 0 && i/stride%workers == w {
					parts[w] = append(parts[w], result{name, m.path, m.change,
						m.killers(s, doc, values), excuses.find(m)})
				}
			}
		})
	}
	wait.Wait()
	return slices.Concat(parts...)
}

func (m mutant) killers(s *subject, doc map[string]any, values map[string]string) []int {
	m.do()
	defer m.undo()
	var out []int
	broken := read(s, doc, values)
	for i, rule := range rules {
		if rule.holds(s) && len(rule.check(broken)) > 0 {
			out = append(out, i)
		}
	}
	return out
}
