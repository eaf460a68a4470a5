package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// testStackSet reads a stack of a stack set that was made from the published template, as in
// docs/accounts.md. moto 5.2.1 does not create instances of a stack set from this template, so that
// the test creates the stack under the name that AWS gives to it.
func (m *moto) testStackSet(t *testing.T) {
	m.reset(t)
	var parameters []types.Parameter
	for name, value := range merged(m.serviceRole(t), onDemand) {
		parameters = append(parameters, types.Parameter{ParameterKey: &name, ParameterValue: &value})
	}
	template, err := os.ReadFile(filepath.Join("..", "..", "templates", "metaflow.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	ask(t, m.stacks.CreateStack, &cloudformation.CreateStackInput{
		StackName:    aws.String("StackSet-ml-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
		TemplateBody: aws.String(wholeLists(t, string(template))), Parameters: parameters,
		Capabilities: []types.Capability{types.CapabilityCapabilityIam},
	})
	list := m.run(t, m.program, "list")
	stack := regexp.MustCompile(`^StackSet-ml-[0-9a-f-]{36}`).FindString(list)
	if stack == "" || !strings.Contains(list, " core ") {
		t.Fatalf("list shows %q", list)
	}
	configuration := m.run(t, m.program, "configure", stack, "--print")
	if !strings.Contains(configuration, `"METAFLOW_BATCH_JOB_QUEUE"`) {
		t.Errorf("configure prints %s", configuration)
	}
	for _, verb := range []string{"deploy", "delete"} {
		_, stderr, code := m.exit(t, m.program, verb, stack, "--yes")
		if code != exitRefused || !strings.Contains(stderr, "is of the stack set ml; nothing was") {
			t.Errorf("%s: exit %d\n%s", verb, code, stderr)
		}
	}
}
