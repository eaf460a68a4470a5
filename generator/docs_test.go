package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// reference returns the table of parameters in a format.
func reference(t *testing.T, c *generator.Component, format string) string {
	t.Helper()
	text, err := c.Reference(format)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReferenceForPeople finds each parameter once, with its flag and its description.
func TestReferenceForPeople(t *testing.T) { forEach(t, testReferenceForPeople) }

func testReferenceForPeople(t *testing.T, c *generator.Component) {
	table, markdown := reference(t, c, "table"), reference(t, c, "markdown")
	for p := range c.Parameters() {
		_, rest, found := strings.Cut(table, "\n  --"+p.Flag()+"\n")
		if !found || strings.Contains(rest, "\n  --"+p.Flag()+"\n") {
			t.Errorf("the table does not have --%s once", p.Flag())
		}
		said := paragraph(rest)
		wanted := append(slices.Clone(p.Allowed), p.Help())
		if p.Default != "" {
			wanted = append(wanted, "(default "+p.Default+")")
		}
		if p.Type() == "Number" && len(p.Allowed) == 0 {
			wanted = append(wanted, fmt.Sprintf("From %d to %d.", p.Min, p.Max))
		}
		for _, value := range wanted {
			if !strings.Contains(said, value) {
				t.Errorf("--%s lacks %s in %s", p.Flag(), value, said)
			}
		}
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| %s<br>`--%s` \\| (.+) \\| %s \\| (.+) \\|$",
			p.Name, p.Flag(), regexp.QuoteMeta(p.Doc)))
		m := row.FindAllStringSubmatch(markdown, -1)
		if len(m) != 1 {
			t.Errorf("the page has %d rows of %s", len(m), p.Name)
			continue
		}
		if initial, values := m[0][1], m[0][2]; !strings.Contains(initial, p.Default) ||
			p.WhenEmpty != "" && !strings.Contains(initial, p.WhenEmpty) ||
			slices.ContainsFunc(p.Allowed, func(v string) bool { return !strings.Contains(values, v) }) {
			t.Errorf("the row of %s says %q and %q", p.Name, initial, values)
		}
	}
	for line := range strings.Lines(table) {
		if len(line) > 81 { // 80 columns and the newline
			t.Errorf("%d columns in %s", len(line)-1, line)
		}
	}
	for _, g := range c.Groups {
		if !strings.Contains(table, g.Label+"\n") || !strings.Contains(markdown, "\n## "+g.Label+"\n") {
			t.Errorf("no heading %s", g.Label)
		}
	}
}

// paragraph returns the first lines that are indented by six columns, as one line.
func paragraph(text string) string {
	var words []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "      ") {
			break
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, " ")
}

// TestReferenceRowsHaveFourCells finds a vertical bar in a text.
func TestReferenceRowsHaveFourCells(t *testing.T) { forEach(t, testReferenceRowsHaveFourCells) }

func testReferenceRowsHaveFourCells(t *testing.T, c *generator.Component) {
	for line := range strings.Lines(reference(t, c, "markdown")) {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 5 {
			t.Errorf("%d bars in %s", strings.Count(line, "|"), line)
		}
	}
}

func TestReferenceForPrograms(t *testing.T) { forEach(t, testReferenceForPrograms) }

func testReferenceForPrograms(t *testing.T, c *generator.Component) {
	var rows []struct {
		Name, Flag, Group, Type, Default string
		AllowedValues                    []string
		MinValue, MaxValue               *int
	}
	if err := json.Unmarshal([]byte(reference(t, c, "json")), &rows); err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, g := range c.Groups {
		for _, p := range g.Parameters {
			r := rows[i]
			if r.Name != p.Name || r.Flag != "--"+p.Flag() || r.Group != g.Label || r.Type != p.Type() ||
				r.Default != p.Default || !slices.Equal(r.AllowedValues, p.Allowed) {
				t.Errorf("row %d is %+v, want %s", i, r, p.Name)
			}
			if p.Type() == "Number" && len(p.Allowed) == 0 &&
				(r.MinValue == nil || *r.MinValue != p.Min || *r.MaxValue != p.Max) {
				t.Errorf("the bounds of %s are %v and %v", p.Name, r.MinValue, r.MaxValue)
			}
			i++
		}
	}
	if len(rows) != i {
		t.Errorf("%d rows, want %d", len(rows), i)
	}
}

// schema is the part of JSON schema that we use.
type schema struct {
	Type                 string
	Description, Pattern string
	Default              any
	Enum                 []any
	Minimum, Maximum     *float64
	Items                *schema
	Properties           map[string]*schema
	AdditionalProperties any
	PropertyNames        *schema
	MaxProperties        int
}

// TestSchema checks the schema of parameter files against the table: its defaults and choices are
// valid, and other keys are not.
func TestSchema(t *testing.T) { forEach(t, testSchema) }

func testSchema(t *testing.T, c *generator.Component) {
	var root schema
	if err := json.Unmarshal([]byte(reference(t, c, "schema")), &root); err != nil {
		t.Fatal(err)
	}
	parameters := root.Properties["Parameters"]
	if root.AdditionalProperties != false || parameters.AdditionalProperties != false ||
		len(root.Properties) != 2 {
		t.Errorf("the schema takes other keys: %+v", root)
	}
	var names []string
	for p := range c.Parameters() {
		names = append(names, p.Name)
		s := parameters.Properties[p.Name]
		if s == nil || s.Description != p.Help() {
			t.Errorf("%s is %+v", p.Name, s)
			continue
		}
		if !s.takes(s.Default) {
			t.Errorf("%s does not take its own default %v", p.Name, s.Default)
		}
		if len(s.Enum) != len(p.Allowed) {
			t.Errorf("%s allows %v, want %v", p.Name, s.Enum, p.Allowed)
		}
		for i, v := range s.Enum {
			if fmt.Sprint(v) != p.Allowed[i] {
				t.Errorf("%s allows %v, want %v", p.Name, s.Enum, p.Allowed)
			}
		}
	}
	slices.Sort(names)
	if got := slices.Sorted(maps.Keys(parameters.Properties)); !slices.Equal(got, names) {
		t.Errorf("the schema has %v", got)
	}
	if tags := root.Properties["Tags"]; tags.MaxProperties != 50 || tags.PropertyNames == nil ||
		!tags.PropertyNames.takes("cost center") || tags.PropertyNames.takes("a#b") {
		t.Errorf("Tags are %+v", tags)
	}
	for c := rune(0); c < 0x80; c++ {
		tag := "a" + string(c) + "b"
		if taken := root.Properties["Tags"].PropertyNames.takes(tag); taken != (generator.CheckTag(tag,
			"x") == nil) {
			t.Errorf("the schema takes the tag %q: %v, which is not what CheckTag says", tag, taken)
		}
	}
}

// TestSchemaRefuses checks that the schema refuses invalid values.
func TestSchemaRefuses(t *testing.T) {
	var root schema
	if err := json.Unmarshal([]byte(reference(t, core.Component, "schema")), &root); err != nil {
		t.Fatal(err)
	}
	parameters := root.Properties["Parameters"]
	for name, bad := range map[string]any{"MaxvCpus": 0.0, "ExistingVpcId": "vpc",
		"ComputeType":   "spot",
		"InstanceTypes": []any{"A"}, "JobPolicyArns": "x"} {
		if parameters.Properties[name].takes(bad) {
			t.Errorf("%s takes %v", name, bad)
		}
	}
}

// takes reports whether a value is valid under the schema.
func (s *schema) takes(v any) bool {
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		return false
	}
	switch s.Type {
	case "string":
		text, ok := v.(string)
		return ok && regexp.MustCompile(s.Pattern).MatchString(text)
	case "integer":
		n, ok := v.(float64)
		return ok && n == float64(int(n)) && (s.Minimum == nil || *s.Minimum <= n && n <= *s.Maximum)
	case "array":
		list, ok := v.([]any)
		return ok && !slices.ContainsFunc(list, func(item any) bool { return !s.Items.takes(item) })
	}
	return false
}

func TestReferenceOfNoFormat(t *testing.T) {
	if _, err := core.Component.Reference("jsn"); err == nil ||
		err.Error() != `format "jsn" is unknown: did you mean json?` {
		t.Errorf("got %v", err)
	}
}

func TestUnknown(t *testing.T) {
	known := []string{"MaxvCpus", "MinvCpus", "Tags"}
	for name, want := range map[string]string{
		"MaxvCpu":  `key "MaxvCpu" is unknown: did you mean MaxvCpus?`,
		"maxvcpus": `key "maxvcpus" is unknown: did you mean MaxvCpus?`,
		"MinCpus":  `key "MinCpus" is unknown: did you mean MinvCpus?`,
		"Tgas":     `key "Tgas" is unknown`,
		"tag":      `key "tag" is unknown: did you mean Tags?`,
		"Other":    `key "Other" is unknown`,
		"":         `key "" is unknown`,
	} {
		if got := suggest.Unknown("key", name, known).Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
