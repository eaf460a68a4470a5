package sourcemutants

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const root = "../.."

// subjects are the sources and the tests that must notice their mutants.
var subjects = []struct {
	files []string // patterns below the root
	tests [][]string
}{
	{[]string{"deploy/*.go"}, [][]string{{"-short", "./deploy"}, scripts}},
	{[]string{"deploy/internal/transport/*.go"},
		[][]string{{"-short", "./deploy/internal/transport"}, {"-short", "./deploy"}, scripts}},
	{[]string{"deploy/internal/states/*.go"},
		[][]string{{"-short", "./deploy/internal/states"}, {"-short", "./deploy"}, scripts}},
	{[]string{"deploy/internal/events/*.go"},
		[][]string{{"-short", "./deploy/internal/events"}, {"-short", "./deploy"}, scripts}},
	{[]string{"internal/command/replacement.go", "internal/command/companions.go",
		"internal/command/verdicts.go"}, [][]string{{"-run",
		"^(TestUpdates|TestReliability|TestScripts)$/" +
			"^(36|37|plan_replace|companions|updates|delete|.*_to_)",
		"./internal/command"}}},
}

// scripts run the program; they are asked only about what the faster tests do not notice.
var scripts = []string{"-run", "^TestScripts$", "./internal/command"}

// job is a mutant with the tests of its subject.
type job struct {
	mutant
	tests [][]string
}

// all returns the mutants of every subject.
func all(t *testing.T) []job {
	t.Helper()
	var jobs []job
	for _, s := range subjects {
		for _, pattern := range s.files {
			files, err := filepath.Glob(filepath.Join(root, pattern))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: %v", pattern, err)
			}
			for _, file := range files {
				if name, _ := filepath.Rel(root, file); !strings.HasSuffix(name, "_test.go") {
					for _, m := range breed(t, filepath.ToSlash(name)) {
						jobs = append(jobs, job{m, s.tests})
					}
				}
			}
		}
	}
	return jobs
}

// survivors returns the reasons in testdata/survivors.txt, by the key of the mutant.
func survivors(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "survivors.txt"))
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t") // file, change, source line, reason
		if len(fields) != 4 || fields[3] == "" {
			t.Errorf("wanted file, change, line and reason, each after a tab: %q", line)
			continue
		}
		reasons[strings.Join(fields[:3], "\t")] = fields[3]
	}
	return reasons
}

// TestSurvivorsExist: each line of the list is that of a mutant of today's source.
func TestSurvivorsExist(t *testing.T) {
	known := map[string]bool{}
	for _, j := range all(t) {
		if known[j.key()] {
			t.Errorf("two mutants are %q", j.key())
		}
		known[j.key()] = true
	}
	for key := range survivors(t) {
		if !known[key] {
			t.Errorf("survivors.txt has %q, and the source no longer", key)
		}
	}
	if t.Logf("%d mutants", len(known)); len(known) < 300 {
		t.Errorf("%d mutants: the sources are no longer found", len(known))
	}
}

// TestSourceMutants compiles every n-th mutant and runs the tests of its package, which must
// fail. MUTANTS is n, and MUTANTS_FROM the first; without MUTANTS the test is skipped, as each
// mutant costs seconds.
func TestSourceMutants(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("MUTANTS"))
	if err != nil || n < 1 {
		t.Skip("MUTANTS is not set: make mutants runs it")
	}
	from, _ := strconv.Atoi(os.Getenv("MUTANTS_FROM"))
	reasons, counts := survivors(t), map[string]int{}
	for i, j := range all(t) {
		if i < from || (i-from)%n != 0 {
			continue
		}
		verdict := j.judge(t)
		if counts[verdict]++; verdict != "survives" {
			continue
		}
		if reasons[j.key()] == "" {
			t.Errorf("survives:\t%s", j.key())
		}
	}
	t.Logf("%v", counts)
}

// judge returns what the tests say of a mutant: "is killed", "survives", or "does not compile".
func (j job) judge(t *testing.T) string {
	source, err := os.ReadFile(filepath.Join(root, j.file))
	if err != nil {
		t.Fatal(err)
	}
	changed := append(append(bytes.Clone(source[:j.start]), j.with...), source[j.end:]...)
	for _, arguments := range j.tests {
		out, err := run(t, map[string][]byte{j.file: changed}, arguments...)
		switch {
		case strings.Contains(out, "[build failed]"), strings.Contains(out, "[setup failed]"):
			return "does not compile"
		case err != nil:
			return "is killed"
		}
	}
	return "survives"
}

// run runs tests with other texts of source files. A mutant may keep them from ending.
func run(t *testing.T, texts map[string][]byte, arguments ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	return Run(ctx, t, root, texts, append([]string{"-failfast", "-timeout=90s"}, arguments...)...)
}
