package command

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// TestMoto creates each scenario in the same ways as users, and compares the resources that the
// services report with those that the scenario promises. Resources that existed before must be
// unchanged, and a Metaflow configuration must refer to existing resources.
func TestMoto(t *testing.T) {
	t.Parallel()
	m := newMoto(t)
	deploy := func(t *testing.T, values generator.Values) { m.deploy(t, values) }
	for _, s := range motoReuses {
		t.Run(s.name, func(t *testing.T) {
			t.Run("deploy", func(t *testing.T) { m.test(t, s, deploy) })
			t.Run("resolved", func(t *testing.T) { m.test(t, s, m.createResolved) })
		})
	}
	for _, s := range motoFeatures {
		t.Run(s.name, func(t *testing.T) { m.test(t, s, deploy) })
	}
	t.Run("published template alone", func(t *testing.T) {
		program := pytool.Find(t, "aws")
		m.test(t, motoReuses[0], func(t *testing.T, values generator.Values) { m.awsDeploy(t, program, values) })
	})
	t.Run("default security group emptied", func(t *testing.T) {
		m.test(t, motoEmptied, m.deployEmptying)
	})
	t.Run("default security group of another", func(t *testing.T) {
		m.test(t, motoNotEmptied, m.deployNotEmptying)
	})
	for _, s := range motoHardened {
		t.Run("hardening beside "+s.name, func(t *testing.T) { m.testHardening(t, s) })
	}
	t.Run("access log", m.testAccessLog)
	t.Run("companions", m.testCompanions)
	t.Run("second queue", m.testSecondQueue)
	t.Run("bucket emptied", m.testEmptyBucket)
	t.Run("verify", m.testVerify)
	t.Run("stack set", m.testStackSet)
	t.Run("page of policies", m.testPolicyPage)
}

// test creates a scenario's stack and compares the account before and after.
func (m *moto) test(t *testing.T, s motoScenario, stand func(*testing.T, generator.Values)) {
	m.reset(t)
	given := s.given(m, t)
	values := merged(given, s.values)
	created := m.created(t, given, func() { stand(t, values) })
	compareLines(t, created, s.lines())
	m.configure(t, values)
}

// created returns what is in the inventory after something was done and was not
// before. Nothing may have changed or be gone.
func (m *moto) created(t *testing.T, given generator.Values, do func()) []string {
	t.Helper()
	before := m.inventory(t, given)
	do()
	after := m.inventory(t, given)
	for _, line := range minus(before, after) {
		t.Errorf("was changed or removed: %s", line)
	}
	return minus(after, before)
}

// compareLines holds lines of the inventory against those that are wanted.
func compareLines(t *testing.T, got, want []string) {
	t.Helper()
	for _, line := range minus(want, got) {
		t.Errorf("is missing: %s", line)
	}
	for _, line := range minus(got, want) {
		t.Errorf("is too much: %s", line)
	}
}

// minus returns the lines of the first list that are not in the second.
func minus(a, b []string) []string {
	out := slices.Clone(a)
	for _, line := range b {
		if i := slices.Index(out, line); i >= 0 {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// deploy creates the stack with metaflow-cfn, without termination protection, which moto does not
// know.
func (m *moto) deploy(t *testing.T, values generator.Values, flags ...string) {
	m.run(t, m.program, deployArguments(values, flags...)...)
	m.tellOutputs(t)
}

func deployArguments(values generator.Values, flags ...string) []string {
	return slices.Concat([]string{"deploy", "metaflow", "--yes", "--no-termination-protection"}, flags, flagsOf(values))
}

// createResolved creates the stack from the template without parameters that metaflow-cfn shows to
// reviewers.
func (m *moto) createResolved(t *testing.T, values generator.Values) {
	template := m.run(t, m.program, append([]string{"generate", "--resolve"}, flagsOf(values)...)...)
	for _, section := range []string{"\nParameters:", "\nConditions:", "\nRules:"} {
		if strings.Contains(template, section) {
			t.Errorf("the resolved template has%s", strings.TrimSpace(section))
		}
	}
	ask(t, m.stacks.CreateStack, &cloudformation.CreateStackInput{
		StackName: aws.String("metaflow"), TemplateBody: &template,
		Capabilities: []types.Capability{types.CapabilityCapabilityIam},
	})
}

// awsDeploy creates the stack from the published template without metaflow-cfn.
func (m *moto) awsDeploy(t *testing.T, program string, values generator.Values) {
	published := filepath.Join("..", "..", "templates", "metaflow.yaml")
	args := []string{"cloudformation", "deploy", "--stack-name", "metaflow", "--template-file", published,
		"--capabilities", "CAPABILITY_IAM", "--parameter-overrides"}
	for name, value := range values {
		args = append(args, name+"="+value)
	}
	m.run(t, program, args...)
	m.tellOutputs(t)
}

// flagsOf returns parameters as flags, in a fixed order.
func flagsOf(values generator.Values) (flags []string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		flags = append(flags, "--"+core.Component.Lookup(name).Flag(), values[name])
	}
	return flags
}

// tellOutputs makes moto work out the outputs of the stack, which it does not
// when a change set is executed, but when a stack is updated. Parameters that are
// not named stay as they are there.
func (m *moto) tellOutputs(t *testing.T) { m.tellOutputsOf(t, "metaflow") }

func (m *moto) tellOutputsOf(t *testing.T, stack string) {
	ask(t, m.stacks.UpdateStack, &cloudformation.UpdateStackInput{
		StackName: &stack, UsePreviousTemplate: aws.Bool(true),
		Tags: []types.Tag{{Key: aws.String("outputs"), Value: aws.String("told")}},
	})
}
