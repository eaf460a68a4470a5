package scheduler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// domain returns the values of the parameters of the template.
var domain = templatetest.NewDomain(scheduler.Component)

// choices are the parameters without those whose values differ in number only, so that the matrix
// has every combination of the rest.
func choices() []templatetest.Choice {
	return slices.DeleteFunc(slices.Clone(domain.Choices), func(c templatetest.Choice) bool {
		return c.Name == "ExecutionLogDays" || c.Name == "RolePath"
	})
}

// TestReuseMatrix resolves every combination of the values of all parameters, and compares the
// resources with the oracle.
func TestReuseMatrix(t *testing.T) {
	if n := len(domain.Choices); n != 15 {
		t.Errorf("%d parameters, want 15: does the oracle know all that decide what exists?", n)
	}
	domain.Matrix(t, choices(), templatetest.All(choices()), oracle)
}

const nothing = "nothing is created: omit ExistingStateTableName, " +
	"ExistingStepFunctionsRoleArn or ExistingEventBridgeRoleArn, or give JobRoleName"

// TestCheckMatrix compares the refusals with the oracle: of every combination of what decides.
func TestCheckMatrix(t *testing.T) {
	reuse, others := domain.Deciding()
	for _, name := range []string{"ExistingJobQueueArn", "ExistingBucketName", "DistributedMaps"} {
		others = append(others, domain.Choices[slices.IndexFunc(domain.Choices,
			func(c templatetest.Choice) bool { return c.Name == name })])
	}
	domain.CheckMatrix(t, append(reuse, others...), oracle, nothing)
}

// TestRelations compares every line of the messages.
func TestRelations(t *testing.T) {
	const queue = "arn:aws:batch:us-east-1:123456789012:job-queue/jobs"
	const role = "arn:aws:iam::123456789012:role/ours"
	for _, test := range []struct {
		name   string
		values generator.Values
		want   []string
	}{
		{"nothing given", nil, []string{"a new Step Functions role needs ExistingJobQueueArn",
			"DistributedMaps true needs ExistingBucketName"}},
		{"a queue", generator.Values{"ExistingJobQueueArn": queue},
			[]string{"DistributedMaps true needs ExistingBucketName"}},
		{"a queue, no maps", generator.Values{
			"ExistingJobQueueArn": queue, "DistributedMaps": "false"}, nil},
		{"an existing role", generator.Values{"ExistingStepFunctionsRoleArn": role}, nil},
		{"all reused", generator.Values{"ExistingStepFunctionsRoleArn": role,
			"ExistingEventBridgeRoleArn": role, "ExistingStateTableName": "state"},
			[]string{nothing}},
		{"values that are wrong alone", generator.Values{
			"ExistingJobQueueArn": "jobs", "MoreJobQueueArns": queue + ",gpu",
			"JobRoleName": role, "ExistingBucketName": "my-data",
			"StateMachinePrefix": "", "ExecutionLogDays": "31"}, []string{
			`ExecutionLogDays: "31" is not one of 1, 3, 5, 7, 14, 30, 60, 90, 180, 365`,
			`ExistingJobQueueArn: "jobs" is not a job queue ARN like ` +
				`arn:aws:batch:us-east-1:123456789012:job-queue/name`,
			`JobRoleName: "` + role + `" is not a role name like ` +
				`metaflow-JobRole-1A2B3C4D5E6F`,
			`MoreJobQueueArns: "gpu" is not a job queue ARN like ` +
				`arn:aws:batch:us-east-1:123456789012:job-queue/name`,
			`StateMachinePrefix: "" is not a prefix of up to 20 letters, digits, - and _, ` +
				`like team-a`}},
	} {
		if got := templatetest.Refusals(scheduler.Component, test.values); !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"),
				strings.Join(test.want, "\n"))
		}
	}
}
