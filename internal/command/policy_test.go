package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/iampolicy"
)

// call matches the input of an operation in the SDK, such as cloudformation.DescribeStacksInput.
var call = regexp.MustCompile(`&(\w+)\.(\w+)Input\{`)

// TestDeployerMayCall finds every call to AWS in the source of this program, and checks that the
// deployer's policy allows it or, for calls that deploy makes only on request, that the page names
// it. GetCallerIdentity needs no permission.
func TestDeployerMayCall(t *testing.T) {
	text, _, err := iampolicy.Policy(core.Component, "deployer", "metaflow",
		generator.Values{"Queue": "jobs"})
	if err != nil {
		t.Fatal(err)
	}
	var policy struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal(text, &policy); err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, s := range policy.Statement {
		allowed = append(allowed, s.Action...)
	}
	page, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	calls := callsOf(t, "../../deploy/*.go", "../../deploy/internal/*/*.go", "../jobs/*.go", "*.go")
	onRequest := callsOf(t, "postdeploy.go")
	for _, action := range calls {
		if slices.Contains(onRequest, action) {
			if !strings.Contains(string(page), "`"+action+"`") {
				t.Errorf("%s is called on request, and docs/policies.md does not name it", action)
			}
			continue
		}
		if !slices.Contains(allowed, action) && action != "sts:GetCallerIdentity" {
			t.Errorf("%s is called, and the deployer's policy does not allow it: add it to iampolicy/deployer.go", action)
		}
	}
	if !slices.Contains(calls, "cloudformation:ExecuteChangeSet") {
		t.Errorf("calls are no longer found: %v", calls)
	}
}

// callsOf returns the calls in source files, without tests, as actions of IAM.
func callsOf(t *testing.T, patterns ...string) []string {
	t.Helper()
	var actions []string
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range call.FindAllStringSubmatch(string(source), -1) {
				service := strings.TrimPrefix(found[1], "cloudwatch") // IAM says logs
				actions = append(actions, service+":"+found[2])
			}
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}
