package safety

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// bred are the templates whose mutants the rules must notice: the default, Spot
// and hardened ones, and one each of what these do not show.
func bred(t *testing.T) []specimen {
	scenario := func(name string) generator.Values { return scenario(t, "../templates/scenarios/core/"+name+".yaml") }
	return []specimen{
		{"default", scenario("default")},
		{"spot", scenario("spot")},
		{"hardened", scenario("hardened")},
		{"fargate", scenario("fargate")},
		{"warm", generator.Values{"ComputeSubnets": "all", "NatPerZone": "true", "MinvCpus": "4", "RunnableTimeoutMinutes": "30"}},
		{"reused", generator.Values{"ExistingBucketName": "team-data", "ExistingVpcId": givenVPC,
			"ExistingPublicSubnet1Id": "subnet-0123456789abcdef0", "ExistingPrivateRouteTableId": "rtb-0123456789abcdef0",
			"ExistingSecurityGroupId": "sg-0123456789abcdef0", "ExistingInstanceProfileArn": iam + "instance-profile/instance"}},
	}
}

// specimen is a set of values whose template is bred from.
type specimen struct {
	name   string
	values generator.Values
}

// fate is what becomes of a mutant: the rules that notice it, and the survivor
// that it counts as if none does, by their places in the tables.
type fate struct {
	template, path, change string
	killers                []int
	excuse                 int // -1 if it has none
}

func (f fate) String() string { return fmt.Sprintf("%s: %s: %s", f.template, f.path, f.change) }

// TestMutants breaks the templates in every way that the breeder knows. Each
// mutant must break a rule, or stand in the list of survivors; and no rule and
// no entry of that list may be superfluous.
func TestMutants(t *testing.T) {
	start := time.Now()
	var fates []fate
	for _, s := range bred(t) {
		some := s.fates(t)
		fates = append(fates, some...)
		v := judge(some, -1)
		t.Logf("%-9s %5d mutants: %5d killed, %4d excused, %d survive", s.name, len(some), v.killed, v.excused, len(v.survivors))
	}
	v := judge(fates, -1)
	t.Logf("%-9s %5d mutants: %5d killed, %4d excused, %d survive; %d rules, %.1f s",
		"all", len(fates), v.killed, v.excused, len(v.survivors), len(rules), time.Since(start).Seconds())
	for _, f := range v.survivors[:min(len(v.survivors), 50)] {
		t.Errorf("%s: breaks no rule: write one, or say in the list of survivors why it does no harm", f)
	}
	if stride > 1 {
		return // a sample says nothing of what all the mutants need
	}
	for i, used := range v.used {
		if !used {
			t.Errorf("survivors %q, %q: no mutant needs the excuse", survivors[i].path, survivors[i].change)
		}
	}
	for i, rule := range rules {
		t.Run("without "+rule.name, func(t *testing.T) {
			without := judge(fates, i)
			if len(without.survivors) == len(v.survivors) {
				t.Errorf("every mutant that %s kills is killed by another rule or excused: the rule is superfluous", rule.name)
			}
		})
	}
}

// verdict is what the mutants of one or more templates come to.
type verdict struct {
	killed, excused int
	survivors       []fate
	used            []bool // of the list of survivors
}

// judge counts the mutants, as they were without one of the rules; -1 leaves all.
func judge(fates []fate, without int) verdict {
	v := verdict{used: make([]bool, len(survivors))}
	for _, f := range fates {
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

// fates breeds from the specimen and asks every rule about every mutant, on all
// processors, each with a document of its own.
func (s specimen) fates(t *testing.T) []fate {
	t.Helper()
	template := core.Component.Template()
	values, data := complete(s.values), resolve(t, template, s.values)
	full := resolve(t, template, nil)
	workers := runtime.GOMAXPROCS(0)
	parts, excuses := make([][]fate, workers), compiled(survivors)
	var wait sync.WaitGroup
	for w := range workers {
		doc, extras := parse(t, data), parse(t, full)["Resources"].(map[string]any)
		wait.Go(func() {
			for i, m := range breed(read(doc, values), extras) {
				if i%stride == 0 && i/stride%workers == w {
					parts[w] = append(parts[w], fate{s.name, m.path, m.change, m.killers(doc, values), excuses.find(m)})
				}
			}
		})
	}
	wait.Wait()
	return slices.Concat(parts...)
}

func (m mutant) killers(doc map[string]any, values map[string]string) []int {
	m.do()
	defer m.undo()
	var out []int
	broken := read(doc, values)
	for i, rule := range rules {
		if len(rule.check(broken)) > 0 {
			out = append(out, i)
		}
	}
	return out
}
