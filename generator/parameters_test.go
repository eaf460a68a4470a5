package generator_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// components are the components whose tables are tested: the published ones, and one that exists
// only in a test.
var components = []*generator.Component{
	core.Component, hardening.Component, scheduler.Component, service.Component, example,
}

// forEach runs a test for each component.
func forEach(t *testing.T, test func(t *testing.T, c *generator.Component)) {
	for _, c := range components {
		t.Run(c.Name, func(t *testing.T) { test(t, c) })
	}
}

// TestEveryHandleIsInAGroup finds parameters in the tables of this package that are in no group.
func TestEveryHandleIsInAGroup(t *testing.T) {
	for _, c := range components[:len(components)-1] {
		files, err := filepath.Glob(filepath.Join(c.Name, "parameters*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no tables of %s: %v", c.Name, err)
		}
		written := 0
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			handle := regexp.MustCompile(`\tName: +"(\w+)"`)
			for _, m := range handle.FindAllStringSubmatch(string(source), -1) {
				if c.Lookup(m[1]) == nil {
					t.Errorf("no group has %s", m[1])
				}
				written++
			}
		}
		grouped := 0
		for p := range c.Parameters() {
			if p != standard.Roles.PermissionsBoundaryArn && p != standard.Roles.RolePath {
				grouped++
			}
		}
		if written != grouped {
			t.Errorf("%s: %d parameters are written, and the groups have %d", c.Name, written, grouped)
		}
	}
}

func TestFlags(t *testing.T) { forEach(t, testFlags) }

func testFlags(t *testing.T, c *generator.Component) {
	kebab, seen := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$`), map[string]string{}
	for p := range c.Parameters() {
		flag := p.Flag()
		if !kebab.MatchString(flag) || strings.ReplaceAll(flag, "-", "") != strings.ToLower(p.Name) {
			t.Errorf("the flag of %s is %s", p.Name, flag)
		}
		if other := seen[flag]; other != "" {
			t.Errorf("%s and %s have the flag %s", other, p.Name, flag)
		}
		seen[flag] = p.Name
		if c.Lookup(p.Name) != p {
			t.Errorf("the name %s is given twice", p.Name)
		}
	}
}

// TestFlagsOfNames converts names with several capital letters and digits.
func TestFlagsOfNames(t *testing.T) {
	for name, flag := range map[string]string{
		"MaxvCpus": "maxv-cpus", "Ec2KeyPair": "ec2-key-pair", "S3Endpoint": "s3-endpoint",
		"ExistingPublicSubnet1Id": "existing-public-subnet1-id",
	} {
		if got := (&generator.Parameter{Name: name}).Flag(); got != flag {
			t.Errorf("the flag of %s is %s, want %s", name, got, flag)
		}
	}
}

// TestTexts checks the table against itself: each example passes the check, an optional parameter
// explains its empty value, and each text ends as a sentence.
func TestTexts(t *testing.T) { forEach(t, testTexts) }

func testTexts(t *testing.T, c *generator.Component) {
	for p := range c.Parameters() {
		if err := p.Check(p.Default); err != nil {
			t.Errorf("default of %s: %v", p.Name, err)
		}
		if _, example, ok := strings.Cut(p.Format.Expected, " like "); ok {
			example, _, _ = strings.Cut(example, " or ")
			if err := p.Check(example); err != nil {
				t.Errorf("example of %s: %v", p.Name, err)
			}
		} else if p.Format.Pattern != "" {
			t.Errorf("%s: %q gives no example", p.Name, p.Format.Expected)
		}
		if (p.Default == "") != (p.WhenEmpty != "") {
			t.Errorf("%s: the default is %q, and empty means %q", p.Name, p.Default, p.WhenEmpty)
		}
		if !strings.HasSuffix(p.Doc, ".") || !strings.HasSuffix(p.Help(), ".") ||
			strings.Contains(p.Help(), "..") {
			t.Errorf("%s: %q", p.Name, p.Help())
		}
	}
}

// TestDeclarations finds every parameter in the template, in the table's order.
func TestDeclarations(t *testing.T) { forEach(t, testDeclarations) }

func testDeclarations(t *testing.T, c *generator.Component) {
	var names []string
	for p := range c.Parameters() {
		names = append(names, p.Name)
	}
	template := c.Template()
	for i, d := range template.Parameters {
		if i >= len(names) || d.ID != names[i] {
			t.Fatalf("parameter %d is %s", i, d.ID)
		}
		p := c.Lookup(d.ID)
		if *d.Default != p.Default || d.Type != p.Type() || d.Description != p.Doc ||
			!slices.Equal(d.AllowedValues, p.Allowed) {
			t.Errorf("%s is declared as %+v", d.ID, d)
		}
		if d.Pattern != "" && (!strings.HasPrefix(d.Pattern, "^") || !strings.HasSuffix(d.Pattern, "$")) {
			t.Errorf("%s: pattern %q", d.ID, d.Pattern)
		}
	}
	if len(template.Parameters) != len(names) {
		t.Errorf("%d parameters are declared, want %d", len(template.Parameters), len(names))
	}
}

// TestEveryParameterIsUsed looks for a reference to each parameter in the resources and outputs: a
// reference in a rule does not count.
func TestEveryParameterIsUsed(t *testing.T) { forEach(t, testEveryParameterIsUsed) }

func testEveryParameterIsUsed(t *testing.T, c *generator.Component) {
	template := c.Template()
	if err := template.Check(); err != nil {
		t.Fatal(err)
	}
	template.Rules, template.Metadata = nil, nil
	text, err := template.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for p := range c.Parameters() {
		if !strings.Contains(string(text), `"Ref": "`+p.Name+`"`) &&
			!strings.Contains(string(text), "${"+p.Name+"}") {
			t.Errorf("nothing uses %s", p.Name)
		}
	}
}

// TestConsoleForm checks that the console groups the parameters as the table does.
func TestConsoleForm(t *testing.T) { forEach(t, testConsoleForm) }

func testConsoleForm(t *testing.T, c *generator.Component) {
	form := c.Template().Metadata["AWS::CloudFormation::Interface"].(map[string]any)
	groups := form["ParameterGroups"].([]any)
	for i, g := range c.Groups {
		group := groups[i].(map[string]any)
		var names []string
		for _, p := range g.Parameters {
			names = append(names, p.Name)
		}
		if label := group["Label"].(map[string]any)["default"]; label != g.Label ||
			!slices.Equal(group["Parameters"].([]string), names) {
			t.Errorf("group %d is %v, want %s with %v", i, group, g.Label, names)
		}
	}
	if len(groups) != len(c.Groups) {
		t.Errorf("%d groups, want %d", len(groups), len(c.Groups))
	}
}

// TestDeclarationsAgreeWithCheck tries many values, good and bad, on each parameter. CloudFormation
// accepts every value that Check accepts. If only CloudFormation accepts a value, Check refuses it
// for a reason that no declaration can express: Validate, a number that is not whole, or a list
// with an empty item.
func TestDeclarationsAgreeWithCheck(t *testing.T) { forEach(t, testDeclarationsAgreeWithCheck) }

func testDeclarationsAgreeWithCheck(t *testing.T, c *generator.Component) {
	values := candidates(c)
	taken := 0
	for _, d := range c.Template().Parameters {
		p, takes := c.Lookup(d.ID), declared(d)
		for _, value := range values {
			here, there := p.Check(value), takes(value)
			if here == nil {
				taken++
			}
			if here == nil && !there {
				t.Errorf("%s: %q passes here, and CloudFormation refuses it", p.Name, value)
			}
			if here != nil && there && p.Format.Validate == nil && !oddNumber(d, value) &&
				!emptyItem(d, value) {
				t.Errorf("%s: %q passes in CloudFormation, and here: %v", p.Name, value, here)
			}
		}
	}
	if least := 3 * len(slices.Collect(c.Parameters())); taken < least {
		t.Errorf("only %d values are accepted: the test compares only refusals", taken)
	}
}

// candidates returns the defaults, examples, choices and bounds of all parameters, and variations
// of them.
func candidates(c *generator.Component) []string {
	values := []string{"", " ", "x", "0", "-1", "01", "1.0", "1e2", "٣", "a,b", "a, b", ",", "true ",
		"\n", "$", "10.0.0.0/15", "10.0.0.0/29", "300.0.0.0/16"}
	for p := range c.Parameters() {
		_, example, _ := strings.Cut(p.Format.Expected, " like ")
		example, _, _ = strings.Cut(example, " or ")
		for _, v := range append([]string{p.Default, example}, p.Allowed...) {
			values = append(values, v, v+"\n", v+", "+v, strings.ToUpper(v), "x"+v)
		}
		for _, n := range []int{p.Min - 1, p.Min, p.Min + 1, p.Max - 1, p.Max, p.Max + 1} {
			values = append(values, strconv.Itoa(n))
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// declared reports whether CloudFormation accepts a value for a parameter.
func declared(d cfn.Parameter) func(value string) bool {
	pattern := regexp.MustCompile(`\A(?:` + strings.Trim(d.Pattern, "^$") + `)\z`)
	matches := func(value string) bool { return d.Pattern == "" || pattern.MatchString(value) }
	return func(value string) bool {
		switch {
		case len(d.AllowedValues) > 0:
			return slices.Contains(d.AllowedValues, value)
		case d.Type == "Number":
			n, err := strconv.ParseFloat(value, 64)
			return err == nil && float64(*d.Min) <= n && n <= float64(*d.Max)
		case d.Type == "CommaDelimitedList":
			return !slices.ContainsFunc(items(value), func(item string) bool { return !matches(item) })
		}
		return matches(value)
	}
}

// items splits a list and drops the spaces, as CloudFormation does.
func items(value string) []string {
	out := strings.Split(value, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func emptyItem(d cfn.Parameter, value string) bool {
	return d.Type == "CommaDelimitedList" && slices.Contains(items(value), "")
}

// oddNumber reports whether CloudFormation accepts a value as a number although it is not written
// as a whole number.
func oddNumber(d cfn.Parameter, value string) bool {
	n, err := strconv.Atoi(value)
	return d.Type == "Number" && (err != nil || strconv.Itoa(n) != value)
}
