package command

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// testPolicyPage runs the commands that docs/policies.md gives to an administrator and a deployer,
// as they are there, with the AWS CLI. The last one creates the stack.
func (m *moto) testPolicyPage(t *testing.T) {
	pytool.Find(t, "aws")
	m.reset(t)
	page := readPage(t, filepath.Join("..", "..", "docs", "policies.md"))
	_, section, _ := strings.Cut(page, "## Two identities\n")
	section, _, _ = strings.Cut(section, "\n## ")
	commands := commandsOf(section)
	if len(commands) < 10 {
		t.Fatalf("the page has the commands %q", commands)
	}
	// moto needs the service role of AWS Batch, and cannot turn on the protection
	forMoto := " --yes --no-termination-protection " +
		strings.Join(flagsOf(merged(m.serviceRole(t), onDemand)), " ")
	script := "cd \"$HOME\"\nmetaflow() { " + m.program + " \"$@\"; }\n"
	for _, command := range commands {
		command = strings.ReplaceAll(command, "metaflow-cfn ", "metaflow ")
		if strings.HasPrefix(command, "metaflow deploy ") {
			command += forMoto
		}
		script += command + "\n"
	}
	m.run(t, "sh", "-ec", script)
	for _, role := range []string{"cloudformation-metaflow", "metaflow-JobRole-"} {
		out := m.run(t, "aws", "iam", "list-roles", "--query", "Roles[].RoleName")
		if !strings.Contains(out, role) {
			t.Errorf("no role %s in %s", role, out)
		}
	}
}
