package golden

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// columns of the tables of docs/manual-deployment.md: the step, the properties that implement it, the
// parameter, and the golden that shows it or the reason why there is none.
const columns = 4

var (
	span     = regexp.MustCompile("`[^`]+`")
	property = regexp.MustCompile("(no )?`([A-Z][^` ]*)`(?: = `([^`]+)`)?")
	link     = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	index    = regexp.MustCompile(`\[([0-9]+)\]`)
)

// TestGuide looks up every property in docs/manual-deployment.md in the golden that its row names.
func TestGuide(t *testing.T) {
	page, err := os.ReadFile("../docs/manual-deployment.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for i, line := range strings.Split(string(page), "\n") {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|--") ||
			strings.HasPrefix(line, "| step |") {
			continue
		}
		rows++
		for _, problem := range checkRow(line) {
			t.Errorf("docs/manual-deployment.md:%d: %s", i+1, problem)
		}
	}
	for _, name := range scenarios(t, core.Component) {
		if !strings.Contains(string(page), "("+address(name)+")") {
			t.Errorf("docs/manual-deployment.md does not show the scenario %s: add a row for it", name)
		}
	}
	t.Logf("%d rows", rows)
}

// TestGuideRefuses checks that incomplete or wrong rows fail.
func TestGuideRefuses(t *testing.T) {
	const shown = "[default](../golden/core/default.yaml) |"
	const queue = "JobQueue.ComputeEnvironmentOrder[0].ComputeEnvironment"
	for row, want := range map[string]string{
		"| Create bucket | `Bucket` | – |":                            "3 cells; wanted 4",
		"| Create bucket | `Bucket` | – | |":                          "names neither a golden nor a reason",
		"| Create bucket | – | – | Why not: no |":                     "names neither a golden nor a reason",
		"| Create bucket | – | – | " + shown:                          "names no property",
		"| Create bucket | `Bucket` | `BucketNam` | " + shown:         "`BucketNam` is not a parameter",
		"| Create bucket | `bucket` | – | " + shown:                   "`bucket` is not a property",
		"| Create bucket | `Bucket.Nam` | – | " + shown:               "has no Bucket.Nam",
		"| Create bucket | no `Bucket.Tags` | – | " + shown:           "has Bucket.Tags",
		"| Price | `ComputeEnvironment.State` = `OFF` | – | " + shown: "is not OFF",
		"| Name | `Vpc.Tags[1].Value` | – | " + shown:                 "has no Vpc.Tags[1].Value",
		"| Queue | `" + queue + "` = `!Ref JobQueue` | – | " + shown:  "is not !Ref JobQueue",
		"| Create bucket | `Bucket` | – | [defaults](../golden/core/defaults.yaml) |": "defaults is " +
			"not a scenario",
		"| Create bucket | `Bucket` | – | [default](../golden/core/spot.yaml) |": "links to " +
			"../golden/core/spot.yaml",
	} {
		problems := strings.Join(checkRow(row), "\n")
		if !strings.Contains(problems, want) {
			t.Errorf("%s\ngives %q; wanted %q", row, problems, want)
		}
	}
}

// checkRow returns the problems of a row of the guide.
func checkRow(row string) []string {
	cells := strings.Split(strings.Trim(row, "|"), "|")
	if len(cells) != columns {
		return []string{fmt.Sprintf("the row has %d cells; wanted %d", len(cells), columns)}
	}
	var problems []string
	for _, name := range span.FindAllString(cells[2], -1) {
		if core.Component.Lookup(strings.Trim(name, "`")) == nil {
			problems = append(problems, name+" is not a parameter")
		}
	}
	claims := property.FindAllStringSubmatch(cells[1], -1)
	for _, name := range span.FindAllString(property.ReplaceAllString(cells[1], ""), -1) {
		problems = append(problems, name+" is not a property, such as `Bucket.BucketName`")
	}
	shown := link.FindStringSubmatch(cells[3])
	if shown == nil {
		if reason, given := strings.CutPrefix(strings.TrimSpace(cells[3]), "Why not: "); !given ||
			len(reason) < 20 {
			problems = append(problems, "the row names neither a golden nor a reason: wanted a link, or "+
				"\"Why not: \" and a sentence")
		}
		return problems
	}
	if len(claims) == 0 {
		problems = append(problems, "the row names no property that the golden shows")
	}
	return append(problems, checkClaims(claims, shown[1], shown[2])...)
}

// checkClaims looks up properties in a golden.
func checkClaims(claims [][]string, scenario, target string) []string {
	if target != address(scenario) {
		return []string{fmt.Sprintf("[%s] links to %s; wanted %s", scenario, target, address(scenario))}
	}
	text, err := os.ReadFile("core/" + scenario + ".yaml")
	var golden yaml.Node
	if err != nil || yaml.Unmarshal(text, &golden) != nil {
		return []string{fmt.Sprintf("%s is not a scenario with a golden: %v", scenario, err)}
	}
	var problems []string
	for _, claim := range claims {
		path, value := claim[2], claim[3]
		found := find(golden.Content[0], path)
		var want yaml.Node
		switch err := yaml.Unmarshal([]byte(value), &want); {
		case claim[1] != "" && found != nil:
			problems = append(problems, scenario+" has "+path)
		case claim[1] == "" && found == nil:
			problems = append(problems, scenario+" has no "+path)
		case claim[1] == "" && value != "" && (err != nil || !same(found, want.Content[0])):
			problems = append(problems, fmt.Sprintf("%s: %s is not %s", scenario, path, value))
		}
	}
	return problems
}

// address returns the link to a scenario's golden.
func address(scenario string) string { return "../golden/core/" + scenario + ".yaml" }

// find returns the node at a path: a logical ID followed by the path below its Properties or, if
// these do not have it, below the resource itself.
func find(root *yaml.Node, path string) *yaml.Node {
	id, rest, below := strings.Cut(path, ".")
	resource := lookUp(lookUp(root, "Resources"), id)
	if id == "Outputs" {
		resource = lookUp(root, id)
	}
	if !below || resource == nil {
		return resource
	}
	if found := descend(lookUp(resource, "Properties"), rest); found != nil {
		return found
	}
	return descend(resource, rest)
}

func descend(node *yaml.Node, path string) *yaml.Node {
	for step := range strings.SplitSeq(index.ReplaceAllString(path, ".$1"), ".") {
		if i, err := strconv.Atoi(step); err != nil {
			node = lookUp(node, step)
		} else if node != nil && node.Kind == yaml.SequenceNode && i < len(node.Content) {
			node = node.Content[i]
		} else {
			return nil
		}
	}
	return node
}

// same compares values regardless of their YAML style.
func same(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.ShortTag() == b.ShortTag() && a.Value == b.Value &&
		slices.EqualFunc(a.Content, b.Content, same)
}
