package golden

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/picture"
	"github.com/metaflow-cfn/metaflow-cfn/generator/review"
	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// browserInput is the input of browser.mjs.
type browserInput struct {
	Chromium string   `json:"chromium"`
	Modules  string   `json:"modules"` // folder of node_modules
	Widths   []int    `json:"widths"`
	Pages    []string `json:"pages"` // files
	Charts   []string `json:"charts"`
}

// browserOutput is what browser.mjs has seen.
type browserOutput struct {
	Pages  []browserPage
	Charts []struct {
		Error, Type          string
		Nodes, Groups, Edges int
	}
}

// browserPage is a page as a reader sees it.
type browserPage struct {
	File, Title, Text          string
	Errors, Requests, Headings []string
	Views                      []struct {
		Width, Scrolls                    int
		Scheme                            string
		Outside, Wide, Violations, Passes []string
		Contrast                          float64 // the least of the drawing
	}
}

// seenInBrowser are the scenarios that the browser opens: those with the most on their page, and
// each kind of reuse.
var seenInBrowser = map[string][]string{
	"core":      {"default", "all-subnets", "fargate", "hardened", "reuse-vpc", "reuse-subnets", "reuse-job-queue", "reuse-all-but-job-role"},
	"hardening": {"default", "no-internet"},
	"scheduler": {"default", "existing-roles"},
	"service":   {"default", "existing-database", "ui-login"},
}

// browsed is a scenario that the browser opens.
type browsed struct {
	component *generator.Component
	name      string
	values    generator.Values
	picture   *picture.Picture
}

// TestBrowser opens the pages of scenarios in Chromium, light and dark, on a desktop and on a
// phone, and draws their flowcharts with Mermaid.
func TestBrowser(t *testing.T) {
	t.Parallel()
	input := browserInput{Widths: []int{1280, 400}, Chromium: pytool.Find(t, "chromium"), Modules: modules(t)}
	scenarios, folder := []browsed{}, t.TempDir()
	for _, c := range components {
		for _, name := range seenInBrowser[c.Name] {
			b := browsed{component: c, name: name, values: scenario(t, c, name)}
			difference := []byte("--- reviewed.yaml\n+++ now\n-  MaxvCpus: 64\n+  MaxvCpus: " + strings.Repeat("1", 200) + "\n")
			text, err := review.Page(c, b.values, review.Notes{Difference: difference, Plan: planned(b)})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(folder, c.Name+"-"+name+".html")
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if b.picture, err = picture.Of(c, b.values); err != nil {
				t.Fatal(err)
			}
			input.Pages, input.Charts = append(input.Pages, file), append(input.Charts, string(b.picture.Mermaid()))
			scenarios = append(scenarios, b)
		}
	}
	input.Charts = append(input.Charts, "flowchart LR\n  a[\"open\n")
	output := browse(t, input)
	for i, b := range scenarios {
		t.Run(b.component.Name+"/"+b.name, func(t *testing.T) {
			b.checkPage(t, output.Pages[i])
			chart := output.Charts[i]
			reads := parseFlowchart(t, string(b.picture.Mermaid()))
			zones := 0
			for _, g := range b.picture.Groups {
				if strings.HasPrefix(g.ID, "Zone") {
					zones++
				}
			}
			if got, want := chart.Nodes+chart.Groups, len(reads.nodes)+zones; chart.Error != "" ||
				!strings.HasPrefix(chart.Type, "flowchart") || got != want || chart.Edges != len(reads.edges) {
				t.Errorf("Mermaid draws %+v, wanted %d nodes and groups and %d edges", chart, want, len(reads.edges))
			}
		})
	}
	if broken := output.Charts[len(scenarios)]; broken.Error == "" {
		t.Errorf("Mermaid reads a broken flowchart as %+v", broken)
	}
}

// planned returns a plan that creates, updates and replaces the resources of a scenario.
func planned(b browsed) *review.Plan {
	plan := &review.Plan{Summary: b.name + ": update", Notes: []string{"A deployment needs --allow-replace " + strings.Repeat("Resource,", 20)}}
	for i, r := range b.component.Built().Resources {
		action := []string{"created", "updated", "replaced"}[i%3]
		plan.Changes = append(plan.Changes, review.Change{
			Action: action, ID: r.ID, Type: r.Type, Effect: "arn:aws:batch:us-east-1:123456789012:" + strings.Repeat("a", 60) + " is " + action,
			Properties: []string{"Path.Of.Property: 1 → " + strings.Repeat("2", 60) + "   set by parameter"}, Serious: i%3 == 2,
		})
	}
	return plan
}

// checkPage checks what a reader sees of a page.
func (b browsed) checkPage(t *testing.T, page browserPage) {
	t.Helper()
	if page.Title != "Review: "+b.component.File || len(page.Errors)+len(page.Requests) > 0 {
		t.Errorf("title %q, errors %q, requests %q", page.Title, page.Errors, page.Requests)
	}
	resolved, err := b.component.Built().Resolve(b.values)
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{"H1 Review: " + b.component.File, "H2 Changes of the stack", "H2 Difference to the other file", "H2 Picture",
		"H2 Reused, never changed", "H2 Not created", "H2 Cost at rest", "H2 Parameters", fmt.Sprintf("H2 Resources: %d", len(resolved.Resources))}
	for _, r := range resolved.Resources {
		wanted = append(wanted, "H4 "+r.ID+", "+r.Type)
	}
	for _, heading := range wanted {
		if !slices.Contains(page.Headings, heading) {
			t.Errorf("no heading %q", heading)
		}
	}
	for name, value := range b.values {
		if value != "" && !strings.Contains(page.Text, name+"\t"+value+"\tgiven") {
			t.Errorf("the page does not show %s=%s", name, value)
		}
	}
	if len(page.Views) != 4 {
		t.Errorf("%d views", len(page.Views))
	}
	for _, v := range page.Views {
		if v.Scrolls > 0 || len(v.Outside)+len(v.Wide)+len(v.Violations) > 0 {
			t.Errorf("%d pixels, %s: %d pixels too wide; outside %q; wider than their box %q; violations %q",
				v.Width, v.Scheme, v.Scrolls, v.Outside, v.Wide, v.Violations)
		}
		for _, rule := range []string{"color-contrast", "landmark-one-main", "region", "document-title",
			"html-has-lang", "page-has-heading-one", "svg-img-alt"} {
			if !slices.Contains(v.Passes, rule) {
				t.Errorf("%d pixels, %s: axe-core did not check %s", v.Width, v.Scheme, rule)
			}
		}
		if v.Contrast < 4.5 {
			t.Errorf("%d pixels, %s: the drawing has a contrast of %.1f", v.Width, v.Scheme, v.Contrast)
		}
	}
}

// browse runs the browser.
func browse(t *testing.T, input browserInput) (output browserOutput) {
	t.Helper()
	text, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "input.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", "browser.mjs", file)
	var failure strings.Builder
	run.Stderr = &failure
	seen, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, failure.String())
	}
	if err := json.Unmarshal(seen, &output); err != nil {
		t.Fatal(err)
	}
	if len(output.Pages) != len(input.Pages) || len(output.Charts) != len(input.Charts) {
		t.Fatalf("%d pages and %d charts were seen", len(output.Pages), len(output.Charts))
	}
	return output
}

// modules returns the folder in which `make tools` has installed the modules of the browser's
// script.
func modules(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", ".tools"))
	if err != nil {
		t.Fatal(err)
	}
	pytool.Find(t, "node")
	for _, name := range []string{"axe-core", "mermaid", "puppeteer-core"} {
		if _, err := os.Stat(filepath.Join(folder, "node_modules", name)); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("run make tools: %v", err)
			}
			t.Skipf("run make tools: %v", err)
		}
	}
	return folder
}
