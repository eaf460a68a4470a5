package scheduler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// TestAdvice checks that each reason from AWS leads to the flag that helps, and that every row of
// the component's own advice is used. Resource handlers do not report the error code with the
// message.
func TestAdvice(t *testing.T) {
	const denied = " with an explicit deny in a service control policy"
	const role, table = "AWS::IAM::Role", "AWS::DynamoDB::Table"
	const policy, group = "AWS::IAM::Policy", "AWS::Logs::LogGroup"
	var used []string
	for _, c := range []struct{ id, typ, says, flag string }{
		{"JobStatePolicy", policy, `Resource handler returned message: "The role with name jobs ` +
			`cannot be found. (Service: Iam, Status Code: 404, Request ID: 0b0a3f5e)"`,
			"--job-role-name"},
		{"JobStatePolicy", policy, "User is not authorized to perform: iam:PutRolePolicy" + denied,
			"--job-role-name="},
		{"JobStatePolicy", policy, "User: u is not authorized to perform: iam:PutRolePolicy on " +
			"resource: role jobs", "--role-arn"},
		{"StepFunctionsRole", role, "User is not authorized to perform: iam:CreateRole" + denied,
			"--existing-step-functions-role-arn"},
		{"StateTable", table, "User is not authorized to perform: dynamodb:CreateTable" + denied,
			"--existing-state-table-name"},
		{"ExecutionLogGroup", group, `Resource handler returned message: "Resource of type ` +
			`'AWS::Logs::LogGroup' with identifier '{"/properties/LogGroupName":` +
			`"/aws/vendedlogs/states/metaflow-scheduler"}' already exists."`,
			"--execution-log=false"},
		{"StateTable", table, "Subscriber limit exceeded: LimitExceededException",
			"Service Quotas"},
	} {
		got := scheduler.Component.Advise(c.typ, c.id, c.says)
		if !strings.Contains(got, c.flag) {
			t.Errorf("%s: %s\ntry %q\nwant %s", c.id, c.says, got, c.flag)
		}
		a, _ := scheduler.Component.AdviceOn(c.typ, c.says)
		used = append(used, a.Name)
	}
	for _, a := range scheduler.Component.Advice {
		if !slices.Contains(standard.Advice, a) && !slices.Contains(used, a.Name) {
			t.Errorf("no failure leads to %q", a.Name)
		}
	}
	if got := scheduler.Component.Advise(table, "StateTable", "an internal error"); got != "" {
		t.Errorf("unknown reason: got the advice %q", got)
	}
}
