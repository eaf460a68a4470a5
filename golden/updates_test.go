package golden

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const (
	serviceRole = "arn:aws:iam::123456789012:role/batch"
	fleetRole   = "arn:aws:iam::123456789012:role/fleet"
)

// environment is the values of a compute environment, with what they are called.
type environment struct {
	heading string
	values  generator.Values
}

// environments are those between which the matrix of updates leads.
var environments = []environment{
	{"EC2", generator.Values{}},
	{"SPOT", generator.Values{"ComputeType": "SPOT"}},
	{"EC2, BEST_FIT", generator.Values{"AllocationStrategy": "BEST_FIT"}},
	{"SPOT, BEST_FIT", generator.Values{
		"ComputeType": "SPOT", "AllocationStrategy": "BEST_FIT",
		"ExistingSpotFleetRoleArn": fleetRole,
	}},
	{"EC2, service role", generator.Values{"ExistingBatchServiceRoleArn": serviceRole}},
	{"SPOT, service role", generator.Values{
		"ComputeType": "SPOT", "ExistingBatchServiceRoleArn": serviceRole,
	}},
	{"FARGATE", generator.Values{"ComputeType": "FARGATE"}},
	{"FARGATE_SPOT", generator.Values{"ComputeType": "FARGATE_SPOT"}},
}

// steps are changes with a result of their own, from an environment with more values.
var steps = []struct {
	from   string
	more   generator.Values
	what   string
	change generator.Values
}{
	{from: "EC2", what: "`ComputeGeneration` 2", change: generator.Values{"ComputeGeneration": "2"}},
	{from: "FARGATE", what: "`ComputeGeneration` 2",
		change: generator.Values{"ComputeGeneration": "2"}},
	{from: "EC2, BEST_FIT", what: "no `AllocationStrategy`, `ComputeGeneration` 2",
		change: generator.Values{"AllocationStrategy": "", "ComputeGeneration": "2"}},
	{from: "EC2, service role", what: "no `ExistingBatchServiceRoleArn`, `ComputeGeneration` 2",
		change: generator.Values{"ExistingBatchServiceRoleArn": "", "ComputeGeneration": "2"}},
	{from: "EC2", what: "`ComputeEnvironmentName` ours",
		change: generator.Values{"ComputeEnvironmentName": "ours"}},
	{from: "EC2", more: generator.Values{"ComputeEnvironmentName": "ours"},
		what:   "`ComputeGeneration` 2",
		change: generator.Values{"ComputeGeneration": "2"}},
	{from: "FARGATE", more: generator.Values{"ComputeEnvironmentName": "ours"},
		what: "`ComputeType` FARGATE_SPOT", change: generator.Values{"ComputeType": "FARGATE_SPOT"}},
	{from: "EC2", more: generator.Values{"ComputeEnvironmentName": "ours"},
		what:   "`ExistingBatchServiceRoleArn`",
		change: generator.Values{"ExistingBatchServiceRoleArn": serviceRole}},
	{from: "EC2", what: "`InstanceTypes` m7g",
		change: generator.Values{"InstanceTypes": "m7g"}},
	{from: "EC2", what: "`ImageRefresh` 2026-01-31",
		change: generator.Values{"ImageRefresh": "2026-01-31"}},
	{from: "EC2", more: generator.Values{"ImageId": "ami-0123456789abcdef0"},
		what:   "`ImageRefresh` 2026-01-31",
		change: generator.Values{"ImageRefresh": "2026-01-31"}},
	{from: "FARGATE", what: "`ImageRefresh` 2026-01-31",
		change: generator.Values{"ImageRefresh": "2026-01-31"}},
}

// with returns values with others over them.
func with(values, over generator.Values) generator.Values {
	all := maps.Clone(values)
	maps.Copy(all, over)
	return all
}

// verdict is what the update does with the compute environment.
func verdict(old, changed generator.Values) generator.Verdict {
	return core.Component.Verdicts("STACK", old, changed)[0]
}

// TestUpdates writes the tables of docs/updates.md: they are what the program decides.
func TestUpdates(t *testing.T) {
	const file = "../docs/updates.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	made := between(t, string(page), "matrix", matrix())
	compare(t, file, []byte(between(t, made, "changes", stepTable())))
}

// between puts a text between the comments of a name and "end".
func between(t *testing.T, page, name, text string) string {
	t.Helper()
	before, rest, found := strings.Cut(page, "<!-- "+name+" -->\n")
	_, after, ended := strings.Cut(rest, "<!-- end -->\n")
	if !found || !ended {
		t.Fatalf("the page has no place for %s", name)
	}
	return before + "<!-- " + name + " -->\n" + text + "<!-- end -->\n" + after
}

// matrix is the table of what an update makes of each environment, with its reasons below it.
func matrix() string {
	var table strings.Builder
	head, rule := "| from, to |", "|---|"
	for _, e := range environments {
		head, rule = head+" "+e.heading+" |", rule+"---|"
	}
	fmt.Fprintf(&table, "%s\n%s\n", head, rule)
	var reasons []string
	for _, from := range environments {
		fmt.Fprintf(&table, "| **%s** |", from.heading)
		for _, to := range environments {
			v := verdict(from.values, to.values)
			why, _, _ := strings.Cut(v.Reason, ":") // then the types
			if !slices.Contains(reasons, why) {
				reasons = append(reasons, why)
			}
			fmt.Fprintf(&table, " %s (%d) |", v.Change, slices.Index(reasons, why)+1)
		}
		table.WriteString("\n")
	}
	table.WriteString("\n")
	for i, reason := range reasons {
		fmt.Fprintf(&table, "%d. %s%s.\n", i+1, strings.ToUpper(reason[:1]), reason[1:])
	}
	return table.String()
}

// stepTable is the table of the changes that the matrix does not have.
func stepTable() string {
	var table strings.Builder
	table.WriteString("| from | change | result | reason | way out |\n|---|---|---|---|---|\n")
	for _, s := range steps {
		i := slices.IndexFunc(environments, func(e environment) bool { return e.heading == s.from })
		old := with(environments[i].values, s.more)
		v := verdict(old, with(old, s.change))
		from, way := s.from, "–"
		for name, value := range s.more {
			from += ", `" + name + "` " + value
		}
		if v.Way != "" {
			way = v.Way
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", from, s.what, v.Change, v.Reason, way)
	}
	return table.String()
}
