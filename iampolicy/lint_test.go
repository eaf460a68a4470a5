package iampolicy

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// TestPolicyLint has cfn-lint check every document as a managed policy: it knows
// all actions of AWS, and which resources each takes. A policy of four mistakes
// goes with them, to show that the linter speaks.
func TestPolicyLint(t *testing.T) {
	t.Parallel()
	wrong := allowStatement("NoSuchThings", []string{"arn:aws:s3:::bucket"}, "s3:GetObjekt")
	wrong.Effect = "Permit"
	agent := allowStatement("WrongResource", []string{"arn:aws:ecs:us-east-1:123456789012:task/*"},
		"ecs:Poll")
	resources := map[string]any{"Wrong": managedPolicy([]statement{wrong, agent,
		allowStatement("Not a Sid", []string{"*"}, "s3:ListBucket")})}
	for _, i := range identities {
		for at, values := range scopeValues() {
			id := strings.ReplaceAll(i.name+at, "-", "")
			for _, c := range components {
				sc := standing(t, c, "metaflow", values)
				resources[id+c.Name] = managedPolicy(i.statements(sc))
				sc.template = everything()
				resources[id+"Everything"] = managedPolicy(i.statements(sc))
			}
		}
	}
	found := lintTemplate(t, map[string]any{"Resources": resources})
	for _, want := range []string{"GetObjekt", "Permit", "Not a Sid", "ecs:Poll"} {
		if !strings.Contains(strings.ToLower(found), strings.ToLower(want)) {
			t.Errorf("the linter does not find %s", want)
		}
	}
	for line := range strings.Lines(found) {
		if !strings.Contains(line, "Resources/Wrong/") {
			t.Error(line)
		}
	}
}

func managedPolicy(statements []statement) map[string]any {
	return map[string]any{"Type": "AWS::IAM::ManagedPolicy", "Properties": map[string]any{
		"PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": statements},
	}}
}

// lintTemplate is what cfn-lint finds, one line each. Literal partitions are
// meant: each document is for one.
func lintTemplate(t *testing.T, template map[string]any) string {
	t.Helper()
	text, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "policies.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(pytool.Find(t, "cfn-lint"), "--include-checks", "I", "E", "W",
		"--ignore-checks", "I3042",
		"--format", "json", "--regions", "us-east-1", "--template", file)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatalf("cfn-lint: %v", err)
	}
	return matchesOf(t, out.Bytes())
}

// matchesOf are the findings as lines: the path, the rule and what it says.
func matchesOf(t *testing.T, report []byte) string {
	t.Helper()
	var found []struct {
		Message  string
		Rule     struct{ Id string }
		Location struct{ Path []any }
	}
	if err := json.Unmarshal(report, &found); err != nil {
		t.Fatalf("%v: %s", err, report)
	}
	var lines strings.Builder
	for _, f := range found {
		path, err := json.Marshal(f.Location.Path)
		if err != nil {
			t.Fatal(err)
		}
		lines.WriteString(strings.Trim(strings.ReplaceAll(string(path), `","`, "/"), `["]`) + " " +
			f.Rule.Id + " " + f.Message + "\n")
	}
	return lines.String()
}
