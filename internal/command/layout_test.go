package command

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is the path that every package of the project begins with.
const module = "github.com/metaflow-cfn/metaflow-cfn/"

// allowed lists the allowed imports: for each package, the packages of this project that it may
// import outside tests.
var allowed = map[string][]string{
	"cfn":                       {"internal/bounded"},
	"internal/bounded":          {},
	"internal/suggest":          {},
	"internal/terminal":         {},
	"account":                   {"account/facts"},
	"account/facts":             {},
	"deploy":                    {"deploy/internal/events", "deploy/internal/states", "deploy/internal/transport"},
	"deploy/internal/events":    {"deploy/internal/states", "deploy/internal/transport"},
	"deploy/internal/states":    {},
	"deploy/internal/transport": {"internal/bounded"},
	"generator":                 {"account/facts", "cfn", "internal/paramfile", "internal/suggest"},
	"internal/paramfile":        {"internal/bounded", "internal/suggest"},
	"generator/picture":         {"cfn", "generator"},
	"generator/review":          {"cfn", "generator", "generator/cost", "generator/picture"},
	"generator/cost":            {"cfn"},
	"generator/summary": {"cfn", "generator", "generator/cost", "generator/picture",
		"generator/review"},
	"generator/standard": {"cfn", "generator"},
	"generator/core": {"account/facts", "cfn", "generator", "generator/instancetype",
		"generator/standard"},
	"generator/instancetype":   {},
	"generator/hardening":      {"cfn", "generator", "generator/standard"},
	"generator/scheduler":      {"cfn", "generator", "generator/standard"},
	"generator/service":        {"cfn", "generator", "generator/standard"},
	"iampolicy":                {"cfn", "generator", "generator/standard", "internal/suggest"},
	"internal/command/display": {"deploy", "generator/cost", "internal/jobs", "internal/metaflowconfig", "internal/terminal"},
	"internal/awsconfig":       {"internal/bounded", "internal/suggest"},
	"internal/command": {"account", "account/facts", "cfn", "deploy", "generator", "generator/cost", "generator/picture", "generator/review",
		"generator/summary",
		"generator/standard", "iampolicy", "internal/atomicfile", "internal/awsconfig", "internal/bounded", "internal/bucket",
		"internal/command/display", "internal/command/flagerrors",
		"internal/command/othertools", "internal/jobs", "internal/manpage", "internal/metaflowconfig",
		"internal/paramfile", "internal/suggest",
		"internal/terminal", "verify"},
	"internal/atomicfile":         {},
	"internal/command/flagerrors": {"internal/suggest"},
	"internal/command/othertools": {"internal/suggest"},
	"internal/manpage":            {},
	"internal/metaflowconfig":     {"internal/atomicfile", "internal/bounded", "internal/suggest"},
	"cmd/metaflow-cfn": {"generator", "generator/core", "generator/hardening", "generator/scheduler",
		"generator/service", "internal/command"},
	"internal/bucket":           {},
	"internal/batchtest":        {},
	"verify":                    {},
	"internal/jobs":             {},
	"internal/cfntest":          {"internal/cfntest/beside", "internal/cfntest/evaluate", "internal/cfntest/wire"},
	"internal/cfntest/beside":   {},
	"internal/cfntest/evaluate": {},
	"internal/cfntest/wire":     {},
	"internal/pytool":           {},
	"internal/templatetest":     {"cfn", "generator"},
	"internal/bench":            {"internal/cfntest"},
	"internal/iameval":          {},
	"internal/release":          {},
	"internal/sourcemutants":    {},
	"golden":                    {},
	"safety":                    {},
}

// foreign lists the libraries that a package must not import, directly or indirectly.
var foreign = map[string][]string{
	"cfn":                       {"github.com/aws/", "github.com/awslabs/"},
	"generator":                 {"github.com/aws/", "github.com/awslabs/"},
	"generator/core":            {"github.com/aws/", "github.com/awslabs/goformation/v7/cloudformation "},
	"deploy":                    {"github.com/awslabs/"},
	"internal/terminal":         {"github.com/aws/", "github.com/awslabs/", "github.com/spf13/"},
	"cmd/metaflow-cfn":          {"testing ", "charm.land/", "github.com/russross/"},
	"internal/cfntest/evaluate": {"net/http ", "github.com/aws/"},
	"internal/cfntest/wire":     {"go.yaml.in/"},
}

// TestLayout checks the imports between the packages.
func TestLayout(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath    string
			Imports, Deps []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s is not in the layout: name what it may import, or move it", name)
		}
		for _, imported := range p.Imports {
			if ours, is := strings.CutPrefix(imported, module); is && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
		for _, dep := range p.Deps {
			for _, bad := range foreign[name] {
				if strings.HasPrefix(dep+" ", bad) {
					t.Errorf("%s reaches %s", name, dep)
				}
			}
		}
	}
}
