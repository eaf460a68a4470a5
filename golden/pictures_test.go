package golden

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/picture"
)

// readmePicture matches the picture in README.md.
var readmePicture = regexp.MustCompile("(?s)```mermaid\n(.*?)```\n")

// TestReadmePicture keeps the picture in README.md that of the core template without parameters.
func TestReadmePicture(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Of(core.Component, nil)
	if err != nil {
		t.Fatal(err)
	}
	wanted := slices.Concat([]byte("```mermaid\n"), p.Mermaid(), []byte("```\n"))
	found := readmePicture.FindAll(page, -1)
	if len(found) != 1 {
		t.Fatalf("README.md has %d pictures, wanted one", len(found))
	}
	if bytes.Equal(found[0], wanted) {
		return
	}
	if os.Getenv("GOLDIE_UPDATE") == "" {
		t.Fatalf("README.md has another picture than the default one: %s", update)
	}
	page = bytes.Replace(page, found[0], wanted, 1)
	if err := os.WriteFile("../README.md", page, 0o644); err != nil {
		t.Fatal(err)
	}
}

// silent are the types that no picture shows as a node: they are edges or parts of other resources.
var silent = []string{
	"AWS::EC2::VPCGatewayAttachment", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress",
	"AWS::S3::BucketPolicy", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation",
}

// TestPictures draws every scenario. Each resource and each reused one is in the picture once, with
// the mark of what it is, and Mermaid's grammar holds.
func TestPictures(t *testing.T) {
	for _, c := range components {
		for _, name := range scenarios(t, c) {
			t.Run(c.Name+"/"+name, func(t *testing.T) {
				values := scenario(t, c, name)
				p, err := picture.Of(c, values)
				if err != nil {
					t.Fatal(err)
				}
				chart := parseFlowchart(t, string(p.Mermaid()))
				if wanted := drawn(t, c, values); fmt.Sprint(chart.nodes) != fmt.Sprint(wanted) {
					t.Errorf("the picture shows\n%v\nwanted\n%v\n%s", chart.nodes, wanted, p.Mermaid())
				}
				for _, e := range chart.edges {
					if _, known := chart.nodes[e[0]]; !known {
						t.Errorf("an edge begins at %s, which is not in the picture", e[0])
					}
					if _, known := chart.nodes[e[1]]; !known {
						t.Errorf("an edge ends at %s, which is not in the picture", e[1])
					}
				}
			})
		}
	}
}

// drawn returns what a picture must show: "" for a created resource, the physical name of a reused one.
func drawn(t *testing.T, c *generator.Component, values generator.Values) map[string]string {
	t.Helper()
	resolved, err := c.Template().Resolve(values)
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]string{}
	for _, r := range resolved.Resources {
		if !slices.Contains(silent, r.Type) {
			wanted[r.ID] = ""
		}
	}
	for _, need := range c.Needs {
		if need.Existing != nil && values.Of(need.Existing) != "" {
			wanted[need.ID] = values.Of(need.Existing)
		}
	}
	return wanted
}

// flowchart is what a Mermaid text says: nodes and groups, but zones, with the name of what is
// reused, and edges.
type flowchart struct {
	nodes map[string]string
	edges [][2]string
}

var (
	nodeLine   = regexp.MustCompile(`^ +(subgraph )?(\w+)\["([^"]+)"\]$`)
	edgeLine   = regexp.MustCompile(`^  (\w+) -->(?:\|"[^"|]+"\|)? (\w+)$`)
	classLine  = regexp.MustCompile(`^  class ([\w,]+) reused$`)
	reusedText = regexp.MustCompile(`<br/>reused: (.+)$`)
)

// parseFlowchart reads the part of Mermaid's grammar that pictures use, and fails at any other line.
func parseFlowchart(t *testing.T, text string) flowchart {
	t.Helper()
	chart, open, dashed := flowchart{nodes: map[string]string{}}, 0, []string{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "flowchart LR" {
		t.Errorf("the first line is %q", lines[0])
	}
	for _, line := range lines[1:] {
		if m := nodeLine.FindStringSubmatch(line); m != nil {
			if m[1] != "" {
				open++
			}
			if _, twice := chart.nodes[m[2]]; twice || m[2] == "end" {
				t.Errorf("%s is there twice or a word of the grammar", m[2])
			}
			if !strings.HasPrefix(m[2], "Zone") {
				name := reusedText.FindStringSubmatch(m[3])
				chart.nodes[m[2]] = strings.Join(name[min(1, len(name)):], "")
			}
		} else if m := edgeLine.FindStringSubmatch(line); m != nil {
			chart.edges = append(chart.edges, [2]string{m[1], m[2]})
		} else if m := classLine.FindStringSubmatch(line); m != nil {
			dashed = strings.Split(m[1], ",")
		} else if strings.TrimSpace(line) == "end" {
			open--
		} else if !strings.HasPrefix(line, "  classDef reused ") {
			t.Errorf("the line %q does not belong to the grammar", line)
		}
	}
	if open != 0 {
		t.Errorf("%d groups are not closed", open)
	}
	for id, name := range chart.nodes {
		if (name != "") != slices.Contains(dashed, id) {
			t.Errorf("%s is reused in its text or by its border, not both", id)
		}
	}
	return chart
}
