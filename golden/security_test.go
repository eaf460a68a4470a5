package golden

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const measureColumns = 5

// TestSecurity checks the measures of docs/security.md against the default template, the parameters
// that turn them on or off, and the scenarios that show them.
func TestSecurity(t *testing.T) {
	measures := table(t, "| measure |", measureColumns)
	if len(measures) < 20 {
		t.Errorf("%d measures are left", len(measures))
	}
	for _, cells := range measures {
		claims := property.FindAllStringSubmatch(cells[1], -1)
		if len(claims) == 0 {
			t.Errorf("%s: no property shows the default", cells[0])
		}
		for _, problem := range checkClaims(claims, "default", address("default")) {
			t.Errorf("%s: %s", cells[0], problem)
		}
		for _, problem := range checkSwitch(t, cells[2]) {
			t.Errorf("%s: %s", cells[0], problem)
		}
	}
}

// checkSwitch returns the problems of the cell that turns a measure on or off: of each "Name
// value", and of the scenario that shows it.
func checkSwitch(t *testing.T, cell string) []string {
	t.Helper()
	var problems []string
	shown := link.FindStringSubmatch(cell)
	for _, assignment := range span.FindAllString(cell, -1) {
		name, value, _ := strings.Cut(strings.Trim(assignment, "`"), " ")
		p := core.Component.Lookup(name)
		if p == nil {
			problems = append(problems, name+" is not a parameter")
			continue
		}
		if err := p.Check(value); err != nil || value == p.Default {
			problems = append(problems, fmt.Sprintf("%s %s changes nothing: %v", name, value, err))
		}
		if shown == nil {
			continue
		}
		if given := scenario(t, core.Component, shown[1])[name]; given != value ||
			shown[2] != address(shown[1]) {
			problems = append(problems, fmt.Sprintf("%s has %s %q", shown[1], name, given))
		}
	}
	if strings.Trim(cell, " –") != "" && len(span.FindAllString(cell, -1)) == 0 {
		problems = append(problems, "no parameter is named: "+cell)
	}
	return problems
}

// TestSecurityRefuses checks that a switch without effect or example fails.
func TestSecurityRefuses(t *testing.T) {
	for cell, want := range map[string]string{
		"`AccessLogBucket x` [hardened](../golden/core/hardened.yaml)":   "AccessLogBucket is not a",
		"`NatPerZone yes` [hardened](../golden/core/hardened.yaml)":      "changes nothing",
		"`NatPerZone false` [hardened](../golden/core/hardened.yaml)":    "changes nothing",
		"`NatPerZone true` [default](../golden/core/default.yaml)":       `default has NatPerZone ""`,
		"`NatPerZone true` [hardened](../golden/core/fargate.yaml)":      "hardened has",
		"[hardened](../golden/core/hardened.yaml) turns it on by itself": "no parameter is named",
	} {
		if problems := strings.Join(checkSwitch(t, cell), "\n"); !strings.Contains(problems, want) {
			t.Errorf("%s\ngives %q; wanted %q", cell, problems, want)
		}
	}
}

// TestExceptions compares the exceptions in the templates' Metadata with those of the page, each
// with a reason.
func TestExceptions(t *testing.T) {
	excepted := map[string]bool{}
	for _, c := range components {
		text, err := os.ReadFile("../templates/" + c.File + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for id, resource := range entries(lookUp(parse(t, text), "Resources")) {
			rules := descend(lookUp(resource, "Metadata"), "guard.SuppressedRules")
			for _, rule := range items(rules) {
				excepted[id+" "+rule.Value] = true
			}
		}
	}
	page := map[string]bool{}
	for _, cells := range table(t, "| resource | rule |", 3) {
		key := cells[0] + " " + strings.Trim(cells[1], "`")
		if page[key] || cells[2] == "" {
			t.Errorf("%s is given twice, or without a reason", key)
		}
		page[key] = true
	}
	there, here := slices.Sorted(maps.Keys(excepted)), slices.Sorted(maps.Keys(page))
	if !slices.Equal(there, here) {
		t.Errorf("the templates have\n%s\nthe page has\n%s",
			strings.Join(there, "\n"), strings.Join(here, "\n"))
	}
}

func items(node *yaml.Node) []*yaml.Node {
	if node == nil {
		return nil
	}
	return node.Content
}

// table returns the cells of the rows below each heading with this prefix.
func table(t *testing.T, heading string, columns int) (rows [][]string) {
	t.Helper()
	inside := false
	for i, line := range strings.Split(securityPage(t), "\n") {
		switch {
		case strings.HasPrefix(line, heading):
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && !strings.HasPrefix(line, "|--"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			if len(cells) != columns {
				t.Errorf("docs/security.md:%d has %d cells; wanted %d", i+1, len(cells), columns)
				continue
			}
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	return rows
}

func securityPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
