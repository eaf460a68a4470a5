// Package golden compares published files with the generator's output: the templates, their
// references, and the resolved template of every scenario.
package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"
	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

const (
	update      = "GOLDIE_UPDATE=1 go test ./golden"
	maxTemplate = 48_000 // bytes: a call to CloudFormation accepts 51,200 as text
)

// components are the components of the program.
var components = []*generator.Component{
	core.Component, hardening.Component, scheduler.Component, service.Component,
}

// scenarioDir is the folder of a component's parameter files.
func scenarioDir(c *generator.Component) string {
	return filepath.Join("..", "templates", "scenarios", c.Name)
}

// TestScenarios resolves each template under each of its scenarios.
func TestScenarios(t *testing.T) {
	for _, c := range components {
		template := c.Template()
		for _, name := range scenarios(t, c) {
			t.Run(c.Name+"/"+name, func(t *testing.T) {
				resolved, err := template.Resolve(scenario(t, c, name))
				if err != nil {
					t.Fatal(err)
				}
				text, err := resolved.YAML()
				if err != nil {
					t.Fatal(err)
				}
				compare(t, filepath.Join(c.Name, name+".yaml"), text)
				checkDecided(t, text)
			})
		}
	}
}

// TestPublished compares the templates and the references generated from their tables.
func TestPublished(t *testing.T) {
	for _, c := range components {
		page, schema := "-"+c.Name, c.File
		if c == core.Component { // the first component, whose file names have no suffix
			page, schema = "", "parameters"
		}
		reference := func(format string) func() ([]byte, error) {
			return func() ([]byte, error) { return c.Reference(format) }
		}
		for file, made := range map[string]func() ([]byte, error){
			"templates/" + c.File + ".yaml":        c.Template().YAML,
			"templates/" + schema + ".schema.json": reference("schema"),
			"docs/parameters" + page + ".md":       reference("markdown"),
			"docs/outputs" + page + ".md": func() ([]byte, error) {
				return []byte(c.OutputsPage()), nil
			},
		} {
			t.Run(filepath.Base(file), func(t *testing.T) {
				text, err := made()
				if err != nil {
					t.Fatal(err)
				}
				compare(t, "../"+file, text)
			})
		}
	}
}

// TestSize keeps each template under the budget, so that it can be passed to CloudFormation as
// text: the console, the AWS CLI and StackSets then need no bucket for it.
func TestSize(t *testing.T) {
	for _, c := range components {
		template, err := os.ReadFile("../templates/" + c.File + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if len(template) >= maxTemplate {
			t.Errorf("templates/%s.yaml has %d bytes; wanted under %d", c.File, len(template), maxTemplate)
		}
		t.Logf("templates/%s.yaml: %d bytes", c.File, len(template))
	}
}

// TestOrphans finds published templates, scenarios and goldens without an owner.
func TestOrphans(t *testing.T) {
	var files, names []string
	for _, c := range components {
		files, names = append(files, c.File), append(names, c.Name)
		owners := scenarios(t, c)
		for _, name := range stems(t, c.Name) {
			if !slices.Contains(owners, name) {
				t.Errorf("golden/%s/%s.yaml has no scenario", c.Name, name)
			}
		}
	}
	for _, file := range stems(t, "../templates") {
		if !slices.Contains(files, file) {
			t.Errorf("templates/%s.yaml does not belong to a component", file)
		}
	}
	for _, dir := range []string{".", "../templates/scenarios"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() && !slices.Contains(names, e.Name()) {
				t.Errorf("%s does not belong to a component", filepath.Join(dir, e.Name()))
			}
		}
	}
}

// TestScenarioFiles checks what people who copy the parameter files expect: a first line that says
// whom the file is for, and no value without effect.
func TestScenarioFiles(t *testing.T) {
	for _, c := range components {
		shown := map[string]bool{}
		for _, name := range scenarios(t, c) {
			text, err := os.ReadFile(filepath.Join(scenarioDir(c), name+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(text, []byte("# For ")) {
				t.Errorf("%s: the first line does not say whom the file is for, "+
					"like \"# For a first stack.\"", name)
			}
			values := scenario(t, c, name)
			if err := c.Check(values); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, warning := range c.Warnings(values, values) {
				if strings.Contains(warning, "no effect") { // some files show a new gateway in a reused VPC
					t.Errorf("%s: %s", name, warning)
				}
			}
			for parameter, value := range values {
				shown[parameter] = shown[parameter] || value != c.Lookup(parameter).Default
			}
		}
		// A zone is a literal once it is resolved, which cfn-lint advises against (W3010).
		shown["AvailabilityZone1"], shown["AvailabilityZone2"] = true, true
		for p := range c.Parameters() {
			if !shown[p.Name] {
				t.Errorf("no scenario of %s shows %s: give it a value in one of them", c.Name, p.Name)
			}
		}
	}
}

// checkDecided finds parts of a resolved template that still depend on a value.
func checkDecided(t *testing.T, text []byte) {
	t.Helper()
	root := parse(t, text)
	for _, section := range []string{"Parameters", "Conditions", "Rules", "Mappings", "Metadata"} {
		if lookUp(root, section) != nil {
			t.Errorf("the resolved template contains %s", section)
		}
	}
	for id, resource := range entries(lookUp(root, "Resources")) {
		if lookUp(resource, "Condition") != nil {
			t.Errorf("%s: the resolved template contains a Condition", id)
		}
	}
	for _, function := range []string{"!If", "!FindInMap", "Fn::If", "Fn::FindInMap", "AWS::NoValue"} {
		if bytes.Contains(text, []byte(function)) {
			t.Errorf("the resolved template contains %s", function)
		}
	}
}

// compare compares text with a file, or writes the file when updating.
func compare(t *testing.T, file string, made []byte) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("%s differs from the generator's output; to accept that, and review it: %s",
				filepath.Join("golden", file), update)
		}
	}()
	goldie.New(t, goldie.WithFixtureDir("."), goldie.WithNameSuffix("")).Assert(t, file, made)
}

// scenarios returns the names of a component's parameter files.
func scenarios(t *testing.T, c *generator.Component) []string { return stems(t, scenarioDir(c)) }

func stems(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file in %s: %v", dir, err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".yaml")
	}
	return files
}

func scenario(t *testing.T, c *generator.Component, name string) generator.Values {
	t.Helper()
	file := filepath.Join(scenarioDir(c), name+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := c.ReadFile(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return read.Parameters
}

// parse returns the root of a YAML document.
func parse(t *testing.T, text []byte) *yaml.Node {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Content) != 1 {
		t.Fatal("the document is empty")
	}
	return document.Content[0]
}

// entries returns the entries of a map.
func entries(node *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	if node != nil && node.Kind == yaml.MappingNode {
		for pair := range slices.Chunk(node.Content, 2) {
			out[pair[0].Value] = pair[1]
		}
	}
	return out
}

func lookUp(node *yaml.Node, key string) *yaml.Node { return entries(node)[key] }
