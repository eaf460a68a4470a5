// Package safety holds everything that the templates can create to rules of
// safety, and the rules to account: each is there because it, and no other,
// notices some way to break a template.
package safety

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// rule is a property that every resolved template has.
type rule struct {
	name   string
	of     string // the component whose templates have it; empty: every one
	reason string
	check  func(*template) findings
}

// holds reports whether the rule is one of the component.
func (r rule) holds(s *subject) bool { return r.of == "" || r.of == s.component.Name }

// hold reports every rule that the template of a component breaks.
func hold(t *testing.T, s *subject, doc map[string]any, values generator.Values) {
	t.Helper()
	read := read(s, doc, s.domain.Explicit(values))
	for _, rule := range rules {
		if !rule.holds(s) {
			continue
		}
		for _, finding := range rule.check(read) {
			t.Errorf("%s %v: %s: %s (%s)", s.component.Name, values, rule.name, finding, rule.reason)
		}
	}
}

// TestRules holds the table of rules to its own form.
func TestRules(t *testing.T) {
	names := map[string]bool{}
	for _, rule := range rules {
		known := rule.of == ""
		for _, s := range subjects {
			known = known || rule.of == s.component.Name
		}
		if !known || names[rule.name] || !strings.HasSuffix(rule.reason, ".") {
			t.Errorf("%s is given twice, of no component, or without a reason", rule.name)
		}
		names[rule.name] = true
	}
	for _, s := range subjects {
		for _, kind := range s.kinds {
			if _, known := tagsOf[kind]; !known {
				t.Errorf("%s: nothing is said of the tags of %s", s.component.Name, kind)
			}
		}
	}
}

// TestScenarios holds the template of each scenario to the rules.
func TestScenarios(t *testing.T) {
	for _, s := range subjects {
		files, err := filepath.Glob(s.scenarioFile("*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no scenarios: %v", err)
		}
		for _, file := range files {
			values := s.scenario(t, strings.TrimSuffix(filepath.Base(file), ".yaml"))
			hold(t, s, parse(t, resolve(t, s.domain.Template, values)), values)
		}
		t.Logf("%s: %d scenarios", s.component.Name, len(files))
	}
}

func (s *subject) scenarioFile(name string) string {
	return filepath.Join("..", "templates", "scenarios", s.component.Name, name+".yaml")
}

// scenario returns the values of a scenario.
func (s *subject) scenario(t *testing.T, name string) generator.Values {
	t.Helper()
	file := s.scenarioFile(name)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := s.component.ReadFile(file, data)
	if err != nil {
		t.Fatal(err)
	}
	return read.Parameters
}

// TestDefaults keeps secrets out of what everybody can read, and the defaults
// safe.
func TestDefaults(t *testing.T) {
	for _, s := range subjects {
		for p := range s.component.Parameters() {
			switch p.Format.Expected {
			case standard.SecretARN.Expected, standard.HTTPSURL.Expected:
				continue // it names a secret, or its place, and does not hold it
			}
			if secret.MatchString(p.Name) || secret.MatchString(p.Default) {
				t.Errorf("%s with default %q looks like a secret", p.Name, p.Default)
			}
		}
		for name, want := range s.defaults {
			if p := s.component.Lookup(name); p == nil || p.Default != want {
				t.Errorf("%s: the default is not %q", name, want)
			}
		}
	}
}

// TestPairs holds the template of every two values to the rules, each with what
// it needs. Values of one parameter, and those that the component refuses
// together, exclude each other.
func TestPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: resolves hundreds of pairs; TestScenarios has the scenarios")
	}
	for _, s := range subjects {
		alone := s.domain.Alternatives()
		resolved, refused, n := 0, 0, 0
		for i, a := range alone {
			for _, b := range alone[:i+1] {
				values, ok := s.pair(a, b)
				if !ok {
					refused++
				} else if n++; n%stride == 0 {
					resolved++
					hold(t, s, parse(t, resolve(t, s.domain.Template, values)), values)
				}
			}
		}
		t.Logf("%s: %d of %d pairs of values; %d more exclude each other",
			s.component.Name, resolved, n, refused)
		if refused > n/10 {
			t.Errorf("%s: %d pairs exclude each other beside %d", s.component.Name, refused, n)
		}
	}
}

// pair returns both values with what they need.
func (s *subject) pair(a, b generator.Values) (generator.Values, bool) {
	both := maps.Clone(a)
	for name, value := range b {
		if other, given := both[name]; given && other != value {
			return nil, false
		}
		both[name] = value
	}
	return s.domain.Complete(both)
}
