package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFieldReportsPage reads docs/field-reports.md: each row has a report, and tests that exist;
// each kind that is not covered has a reason.
func TestFieldReportsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "field-reports.md"))
	if err != nil {
		t.Fatal(err)
	}
	covered, open, _ := strings.Cut(string(text), "\n## Not covered\n")
	tests := testNames(t)
	report := regexp.MustCompile(`[\w.-]+/[\w.-]+#\d+|https://|^found `)
	rows, seen := 0, map[string]bool{}
	for line := range strings.SplitSeq(covered, "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if !strings.HasPrefix(line, "| ") || cells[0] == "kind" {
			continue
		}
		rows++
		if len(cells) != 4 || seen[cells[0]] {
			t.Errorf("%q has %d cells, or stands twice", cells[0], len(cells))
			continue
		}
		seen[cells[0]] = true
		if !report.MatchString(cells[1]) {
			t.Errorf("%q names no report", cells[0])
		}
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[3], -1)
		if len(names) == 0 {
			t.Errorf("%q has no test", cells[0])
		}
		for _, name := range names {
			if !tests[name[1]] {
				t.Errorf("%q: %s does not exist", cells[0], name[1])
			}
		}
	}
	if rows < 60 || !strings.Contains(open, "\n- ") {
		t.Errorf("the page has %d rows, and says after them: %s", rows, open)
	}
}
