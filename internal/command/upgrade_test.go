package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// firstVersion is a stack of the first version: the published template of that version, and the
// parameters and tags of one of its scenarios.
type firstVersion struct {
	scenario         string
	template         string
	parameters, tags map[string]string
}

// firstVersions returns a stack for each scenario of the first version.
func firstVersions(t *testing.T) (stacks []firstVersion) {
	folder := filepath.Join("testdata", "upgrade")
	template, err := os.ReadFile(filepath.Join(folder, "metaflow-1.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "scenarios", "*.yaml"))
	if err != nil || len(files) != 27 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	for _, file := range files {
		stack := firstVersion{
			scenario: strings.TrimSuffix(filepath.Base(file), ".yaml"), template: string(template),
		}
		stack.parameters, stack.tags = parameterFile(t, file)
		stacks = append(stacks, stack)
	}
	return stacks
}

// parameterFile reads a parameter file without the checks of the program, which knows only current
// parameters.
func parameterFile(t *testing.T, file string) (parameters, tags map[string]string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		Parameters map[string]any    `yaml:"Parameters"`
		Tags       map[string]string `yaml:"Tags"`
	}
	if err := yaml.Unmarshal(text, &content); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	parameters = map[string]string{}
	for name, value := range content.Parameters {
		if list, is := value.([]any); is {
			var items []string
			for _, item := range list {
				items = append(items, fmt.Sprint(item))
			}
			value = strings.Join(items, ",")
		}
		parameters[name] = fmt.Sprint(value)
	}
	return parameters, content.Tags
}

// seeded returns the program with the stack in its account, under the name metaflow.
func (f firstVersion) seeded(t *testing.T) *program {
	s := &program{t: t, server: cfntest.New(cfntest.Options{})}
	s.server.Seed(cfntest.Stack{
		Name: "metaflow", Template: f.template, Parameters: f.parameters, Tags: f.tags,
	})
	return s
}

// exits runs a command line, which must end with an exit code.
func (s *program) exits(code int, args ...string) {
	s.t.Helper()
	if got := s.run(s.t.Context(), args...); got != code {
		s.t.Errorf("%s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code,
			s.err.String(), s.out.String())
	}
}

// planned is a plan as the program prints it.
type planned struct {
	Changes []struct {
		Action, ID, Rtype, Replacement, Policy string
		Properties                             []struct{ Path string }
	}
	NeedsAllowReplace []string
}

// planned runs plan without flags.
func (s *program) planned() (plan planned) {
	s.t.Helper()
	s.exits(exitOK, "plan", "metaflow", "--output", "json")
	for line := range strings.Lines(s.out.String()) {
		if err := json.Unmarshal([]byte(line), &plan); err != nil {
			s.t.Errorf("%v: %s", err, line)
		}
	}
	return plan
}

// change is a change of a resource in the words of docs/upgrade.md.
type change struct{ resource, what string }

// changes returns the changes of a plan, and whether they need --allow-replace.
func (p planned) changes() map[change]bool {
	all := map[change]bool{}
	for _, c := range p.Changes {
		needs := slices.Contains(p.NeedsAllowReplace, c.ID)
		switch {
		case c.Action == "Remove" && c.Policy == "Retain":
			all[change{c.ID, "removed, kept in the account"}] = needs
		case c.Action == "Remove":
			all[change{c.ID, "removed"}] = needs
		case c.Action == "Add":
			all[change{c.ID, "created"}] = needs
		}
		for _, property := range c.Properties {
			all[change{c.ID, property.Path}] = needs
		}
	}
	return all
}

// documentedChanges reads the table of docs/upgrade.md.
func documentedChanges(t *testing.T) map[change]bool {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "upgrade.md"))
	if err != nil {
		t.Fatal(err)
	}
	const cell = ` ([^|]+) \|`
	row := regexp.MustCompile("(?m)^\\|" + " (`[^|]+`) \\|" + strings.Repeat(cell, 4) + "$")
	all := map[change]bool{}
	for _, cells := range row.FindAllStringSubmatch(string(page), -1) {
		for _, resource := range strings.Split(cells[1], ", ") {
			key := change{strings.Trim(resource, "`"), strings.Trim(cells[2], "`")}
			_, twice := all[key]
			if twice || cells[5] != "`--allow-replace`" && cells[5] != "–" {
				t.Errorf("%v is given twice, or needs %q", key, cells[5])
			}
			all[key] = cells[5] != "–"
		}
	}
	return all
}

// everyChange are scenarios that together show every change. With -short they are enough.
var everyChange = []string{"default", "fargate", "hardened", "warm-instances"}

// TestUpgrade updates a stack of the first version for each of its scenarios, without flags.
// The plan has only changes that docs/upgrade.md lists, and each of those occurs.
func TestUpgrade(t *testing.T) {
	isolateEnv(t)
	documented := documentedChanges(t)
	occurred := map[change]bool{}
	var table strings.Builder
	for _, stack := range firstVersions(t) {
		if testing.Short() && !slices.Contains(everyChange, stack.scenario) {
			continue
		}
		t.Run(stack.scenario, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stack.seeded(t)
				plan := s.planned()
				checkNothingReplaced(t, stack, plan)
				for _, key := range slices.SortedFunc(maps.Keys(plan.changes()), compareChanges) {
					fmt.Fprintf(&table, "%-26s %-22s %s\n", stack.scenario, key.resource, key.what)
					occurred[key] = true
					needs, is := documented[key]
					if !is || needs != plan.changes()[key] {
						t.Errorf("%s %s needs --allow-replace %v; in docs/upgrade.md: %v, %v",
							key.resource, key.what, plan.changes()[key], is, needs)
					}
				}
				s.checkUpdate(stack, plan)
			})
		})
	}
	t.Logf("scenario, resource, change:\n%s", table.String())
	for key := range documented {
		if !occurred[key] {
			t.Errorf("docs/upgrade.md has %s %s, which no scenario shows", key.resource, key.what)
		}
	}
}

func compareChanges(a, b change) int {
	return strings.Compare(a.resource+" "+a.what, b.resource+" "+b.what)
}

// checkNothingReplaced reports a resource that is or may be replaced, and removed resources that
// do not belong to AuditLogs or the interface endpoints.
func checkNothingReplaced(t *testing.T, stack firstVersion, plan planned) {
	t.Helper()
	for _, c := range plan.Changes {
		if c.Action == "Modify" && c.Replacement != "False" {
			t.Errorf("%s: replacement %s", c.ID, c.Replacement)
		}
		if c.Action == "Remove" && stack.scenario != "hardened" {
			t.Errorf("%s is removed", c.ID)
		}
	}
}

// checkUpdate deploys without flags, with permission if the plan needs it. Values, outputs and
// resources are unchanged, and no further change remains.
func (s *program) checkUpdate(stack firstVersion, plan planned) {
	t := s.t
	args := []string{"deploy", "metaflow", "--yes"}
	if needs := plan.NeedsAllowReplace; needs != nil {
		s.exits(exitRefused, args...)
		args = append(args, "--allow-replace", strings.Join(needs, ","))
	}
	values, outputs := maps.Clone(s.server.Parameters("metaflow")), s.server.Outputs("metaflow")
	before := s.physicalIDs()
	s.exits(exitOK, args...)
	const retired = "AuditLogs (%s) leaves the stack: %s\n"
	said := fmt.Sprintf(retired, values["AuditLogs"], core.Component.Retired["AuditLogs"])
	if !strings.Contains(s.err.String(), said) {
		t.Errorf("AuditLogs is not named with its successor:\n%s", s.err.String())
	}
	if got := s.server.Status("metaflow"); got != "UPDATE_COMPLETE" {
		t.Errorf("the stack is %s", got)
	}
	for _, c := range plan.Changes {
		if c.Action == "Remove" {
			delete(before, c.ID)
		}
	}
	if after := s.physicalIDs(); !maps.Equal(before, after) {
		t.Errorf("resources before\n%v\nafter\n%v", before, after)
	}
	if after := s.server.Outputs("metaflow"); !maps.Equal(outputs, after) {
		t.Errorf("outputs before\n%v\nafter\n%v", outputs, after)
	}
	checkKept(t, values, maps.Clone(s.server.Parameters("metaflow")))
	s.exits(exitOK, "deploy", "metaflow", "--yes")
	if !strings.HasPrefix(s.err.String(), "metaflow: no changes\n") {
		t.Errorf("a second deployment:\n%s", s.err.String())
	}
}

func (s *program) physicalIDs() map[string]string {
	ids := map[string]string{}
	for _, r := range s.server.Live("metaflow") {
		ids[r.LogicalID] = r.PhysicalID
	}
	return ids
}

// checkKept compares the values of a stack before and after. New parameters and those that are
// never kept have their defaults; retired ones are absent. The zones of subnets become values.
func checkKept(t *testing.T, before, after map[string]string) {
	t.Helper()
	for p := range core.Component.Parameters() {
		want, had := before[p.Name]
		if !had || p.NotKept {
			want = p.Default
		}
		isZone := slices.Contains(core.Component.Zones.Parameters[:], p)
		if after[p.Name] != want && !(isZone && want == "") {
			t.Errorf("%s is %q, want %q", p.Name, after[p.Name], want)
		}
		delete(after, p.Name)
	}
	if len(after) > 0 {
		t.Errorf("%v are left", after)
	}
}
