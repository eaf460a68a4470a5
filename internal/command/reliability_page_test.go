package command

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// cases is the number of cases.
const cases = 65

// TestReliabilityPage compares docs/reliability.md with the tests: every case has an existing test
// or is listed as not implemented, and its exit codes are those in the tables.
func TestReliabilityPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	codes := tableCodes()
	found := map[int]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|.*\| ([\d, ]+) \| (.*) \|$`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[1]) // the expression has only digits
		found[n] += "tested"
		if want := fmt.Sprint(codes[n]); codes[n] != nil && want != "["+strings.ReplaceAll(m[2], ",", "")+"]" {
			t.Errorf("case %d: the page says exit codes %s, the tables %s", n, m[2], want)
		}
		checkTests(t, n, m[3], tests)
	}
	for _, m := range regexp.MustCompile(`(?m)^- (\d+): .+`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[1])
		found[n] += "later"
	}
	for n := 1; n <= cases; n++ {
		if found[n] != "tested" && found[n] != "later" {
			t.Errorf("case %d is %q; wanted one row, or one reason", n, found[n])
		}
	}
	for _, m := range regexp.MustCompile("`((?:deploy|atomicfile|awsconfig|bucket)\\.)?(Test\\w+)`").FindAllStringSubmatch(string(text), -1) {
		if !tests[m[1]+m[2]] {
			t.Errorf("%s%s does not exist", m[1], m[2])
		}
	}
}

// checkTests looks up the tests of a row.
func checkTests(t *testing.T, n int, row string, tests map[string]bool) {
	names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row, -1)
	if len(names) == 0 {
		t.Errorf("case %d has no test", n)
	}
	for _, name := range names {
		if !tests[name[1]] {
			t.Errorf("case %d: %s does not exist", n, name[1])
		}
		if _, number, sub := strings.Cut(name[1], "/"); sub && number != fmt.Sprintf("%02d", n) {
			t.Errorf("case %d names %s", n, name[1])
		}
	}
	for table, rows := range map[string][]faultCase{"TestReliability": faultCases(), "TestReliabilityFakeTime": longFaultCases()} {
		listed := strings.Contains(row, fmt.Sprintf("`%s/%02d`", table, n))
		if has := slices.ContainsFunc(rows, func(o faultCase) bool { return o.number == n }); has != listed {
			t.Errorf("case %d: named on the page %v, in %s %v", n, listed, table, has)
		}
	}
}

// tableCodes returns the exit codes of each case in the tables.
func tableCodes() map[int][]int {
	codes := map[int][]int{}
	for _, o := range slices.Concat(faultCases(), longFaultCases()) {
		if !slices.Contains(codes[o.number], o.exit) {
			codes[o.number] = append(codes[o.number], o.exit)
		}
		slices.Sort(codes[o.number])
	}
	return codes
}

// testNames returns the tests of this package, those of deploy and golden with the package's name,
// the scripts, and the cases of the tables.
func testNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for prefix, folder := range map[string]string{"": ".", "deploy.": "../../deploy", "golden.": "../../golden",
		"atomicfile.": "../atomicfile", "awsconfig.": "../awsconfig", "bounded.": "../bounded",
		"cfn.": "../../cfn", "core.": "../../generator/core", "hardening.": "../../generator/hardening",
		"generator.": "../../generator", "iampolicy.": "../../iampolicy", "safety.": "../../safety",
		"bucket.": "../bucket", "facts.": "../../account/facts", "jobs.": "../jobs", "metaflowconfig.": "../metaflowconfig",
		"paramfile.": "../paramfile", "release.": "../release", "sourcemutants.": "../sourcemutants",
		"terminal.": "../terminal", "events.": "../../deploy/internal/events", "cfntest.": "../cfntest",
		"transport.": "../../deploy/internal/transport"} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				if f, is := d.(*ast.FuncDecl); is && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
					names[prefix+f.Name.Name] = true
				}
			}
		}
	}
	scripts, err := filepath.Glob("testdata/script/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		names[filepath.Base(script)] = true
	}
	for table, rows := range map[string][]faultCase{"TestReliability": faultCases(), "TestReliabilityFakeTime": longFaultCases()} {
		for _, o := range rows {
			names[fmt.Sprintf("%s/%02d", table, o.number)] = true
		}
	}
	return names
}
