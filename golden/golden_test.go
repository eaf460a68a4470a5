// Package golden compares what is published with what the generator makes: the
// template, its references, and the resolved template of every scenario.
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
)

const (
	scenarioDir = "../templates/scenarios/core"
	update      = "GOLDIE_UPDATE=1 go test ./golden"
	maxTemplate = 51_200 // bytes, the most that a call to CloudFormation takes as text, without a bucket to hold it
)

// TestScenarios resolves the template under each scenario.
func TestScenarios(t *testing.T) {
	template := core.Component.Template()
	for _, name := range scenarios(t) {
		t.Run(name, func(t *testing.T) {
			resolved, err := template.Resolve(scenario(t, name))
			if err != nil {
				t.Fatal(err)
			}
			text, err := resolved.YAML()
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "core/"+name+".yaml", text)
			checkDecided(t, text)
		})
	}
}

// TestPublished compares the template and the references made of its tables.
func TestPublished(t *testing.T) {
	for file, made := range map[string]func() ([]byte, error){
		"templates/metaflow.yaml":          core.Component.Template().YAML,
		"templates/parameters.schema.json": func() ([]byte, error) { return core.Component.Reference("schema") },
		"docs/parameters.md":               func() ([]byte, error) { return core.Component.Reference("markdown") },
		"docs/outputs.md":                  func() ([]byte, error) { return []byte(core.Component.OutputsPage()), nil },
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

// TestSize keeps the template under what a call to CloudFormation takes: the
// console, the AWS CLI and StackSets then need no bucket to hold it.
func TestSize(t *testing.T) {
	template, err := os.ReadFile("../templates/metaflow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(template) >= maxTemplate {
		t.Errorf("templates/metaflow.yaml has %d bytes; wanted under %d", len(template), maxTemplate)
	}
	t.Logf("%d bytes", len(template))
}

// TestOrphans finds goldens that no scenario owns.
func TestOrphans(t *testing.T) {
	owners := scenarios(t)
	for _, name := range stems(t, "core") {
		if !slices.Contains(owners, name) {
			t.Errorf("golden/core/%s.yaml has no scenario: add templates/scenarios/core/%s.yaml, or remove the golden", name, name)
		}
	}
}

// TestScenarioFiles holds the parameter files to what people who copy them
// expect: a line that says whom they serve, and no value without effect.
func TestScenarioFiles(t *testing.T) {
	shown := map[string]bool{}
	for _, name := range scenarios(t) {
		text, err := os.ReadFile(filepath.Join(scenarioDir, name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("# For ")) {
			t.Errorf("%s: the first line does not say whom the scenario serves, like \"# For a first stack.\"", name)
		}
		values := scenario(t, name)
		if err := core.Component.Check(values); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, warning := range core.Component.Warnings(values, values) {
			if strings.Contains(warning, "no effect") { // a new gateway in a reused VPC is what some show
				t.Errorf("%s: %s", name, warning)
			}
		}
		for parameter, value := range values {
			shown[parameter] = shown[parameter] || value != core.Component.Lookup(parameter).Default
		}
	}
	// A zone is a literal once it is resolved, which cfn-lint advises against (W3010).
	shown["AvailabilityZone1"], shown["AvailabilityZone2"] = true, true
	for p := range core.Component.Parameters() {
		if !shown[p.Name] {
			t.Errorf("no scenario shows what %s does: give it a value in one of templates/scenarios", p.Name)
		}
	}
}

// checkDecided refuses what a resolved template must not hold: whatever still
// waits for a value.
func checkDecided(t *testing.T, text []byte) {
	t.Helper()
	root := parse(t, text)
	for _, section := range []string{"Parameters", "Conditions", "Rules", "Mappings", "Metadata"} {
		if lookUp(root, section) != nil {
			t.Errorf("the resolved template holds %s", section)
		}
	}
	for id, resource := range entries(lookUp(root, "Resources")) {
		if lookUp(resource, "Condition") != nil {
			t.Errorf("%s: the resolved template holds a Condition", id)
		}
	}
	for _, function := range []string{"!If", "!FindInMap", "Fn::If", "Fn::FindInMap", "AWS::NoValue"} {
		if bytes.Contains(text, []byte(function)) {
			t.Errorf("the resolved template holds %s", function)
		}
	}
}

// compare holds what is made against a file, or writes it when updating.
func compare(t *testing.T, file string, made []byte) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("%s is not what the generator makes; to take that over, and review it: %s", filepath.Join("golden", file), update)
		}
	}()
	goldie.New(t, goldie.WithFixtureDir("."), goldie.WithNameSuffix("")).Assert(t, file, made)
}

// scenarios are the names of the parameter files.
func scenarios(t *testing.T) []string { return stems(t, scenarioDir) }

func stems(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 && dir == scenarioDir {
		t.Fatalf("no file in %s: %v", dir, err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".yaml")
	}
	return files
}

func scenario(t *testing.T, name string) generator.Values {
	t.Helper()
	file := filepath.Join(scenarioDir, name+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := core.Component.ReadFile(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return read.Parameters
}

// parse is the root of a YAML document.
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

// entries are the entries of a map.
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
