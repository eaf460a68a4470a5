package command

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	batchtypes "github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// inventory lists the resources in an account: a line for each resource, with its settings. It
// refers to other resources by name, so that two accounts with the same resources have the same
// inventory.
type inventory struct {
	*testing.T
	*moto

	lines []string
	names []string // pairs of an ID and a name
}

// inventory reads the account. A resource that existed before the stack is named after the
// parameter that reuses it.
func (m *moto) inventory(t *testing.T, given map[string]string) []string {
	t.Helper()
	i := &inventory{T: t, moto: m}
	for parameter, id := range given {
		i.call(id, parameter)
	}
	i.network()
	i.buckets()
	i.roles()
	i.computing()
	i.logGroups()
	named := strings.NewReplacer(i.names...)
	for n, line := range i.lines {
		i.lines[n] = generatedName.ReplaceAllString(named.Replace(line), "$1")
	}
	return i.lines
}

// generatedName is a name that CloudFormation makes of the stack's and the resource's.
var generatedName = regexp.MustCompile(`(metaflow(?:-[A-Za-z]+)+)-[0-9A-Za-z]{12}\b`)

// call gives a name to an ID. The first name counts.
func (i *inventory) call(id, name string) { i.names = append(i.names, id, name) }

func (i *inventory) called(id string) string { return strings.NewReplacer(i.names...).Replace(id) }

func (i *inventory) add(format string, args ...any) {
	i.lines = append(i.lines, fmt.Sprintf(format, args...))
}

func (i *inventory) buckets() {
	for _, b := range ask(i.T, i.s3.ListBuckets, &s3.ListBucketsInput{}).Buckets {
		out := ask(i.T, i.s3.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: b.Name})
		i.add("bucket %s: %s", *b.Name, join(out.ServerSideEncryptionConfiguration.Rules, func(r s3types.ServerSideEncryptionRule) string {
			return string(r.ApplyServerSideEncryptionByDefault.SSEAlgorithm)
		}))
	}
}

func (i *inventory) roles() {
	for _, r := range ask(i.T, i.iam.ListRoles, &iam.ListRolesInput{}).Roles {
		var policies []string
		for _, name := range ask(i.T, i.iam.ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: r.RoleName}).PolicyNames {
			policy := ask(i.T, i.iam.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: r.RoleName, PolicyName: &name})
			policies = append(policies, i.statements(*policy.PolicyDocument)...)
		}
		if len(policies) == 0 {
			policies = []string{"no policy of its own"}
		}
		i.add("role %s for %s: %s", *r.RoleName, strings.Join(i.statements(*r.AssumeRolePolicyDocument), "; "), strings.Join(policies, "; "))
	}
	for _, p := range ask(i.T, i.iam.ListInstanceProfiles, &iam.ListInstanceProfilesInput{}).InstanceProfiles {
		i.call(*p.Arn, *p.InstanceProfileName)
		i.add("instance profile %s: %s", *p.InstanceProfileName, join(p.Roles, func(r iamtypes.Role) string { return *r.RoleName }))
	}
}

// statements returns the statements of a policy as text. moto writes policies of stacks in Python
// syntax, and a statement that is AWS::NoValue as None.
func (i *inventory) statements(encoded string) (out []string) {
	text, err := url.QueryUnescape(encoded)
	if err != nil {
		i.Fatal(err)
	}
	var policy struct {
		Statement []*struct {
			Effect           string
			Principal        struct{ Service string }
			Action, Resource []string
		}
	}
	if err := json.Unmarshal([]byte(strings.NewReplacer("'", `"`, "None", "null").Replace(text)), &policy); err != nil {
		i.Fatalf("%v: %s", err, text)
	}
	for _, s := range policy.Statement {
		if s == nil {
			continue
		}
		if s.Principal.Service != "" {
			out = append(out, s.Principal.Service)
			continue
		}
		out = append(out, fmt.Sprintf("%s %s on %s", s.Effect, strings.Join(s.Action, " "), strings.Join(s.Resource, " ")))
	}
	return out
}

func (i *inventory) computing() {
	for _, e := range ask(i.T, i.batch.DescribeComputeEnvironments, &batch.DescribeComputeEnvironmentsInput{}).ComputeEnvironments {
		r := e.ComputeResources
		i.call(*e.ComputeEnvironmentArn, "the compute environment")
		i.add("compute environment %s: %s", e.State, capacity(r))
		i.add("compute environment in %s behind %s, managed as %s",
			strings.Join(r.Subnets, " "), strings.Join(r.SecurityGroupIds, " "), *e.ServiceRole)
		if r.InstanceRole != nil || r.LaunchTemplate != nil {
			i.add("instances as %s from %s", aws.ToString(r.InstanceRole), launchTemplateOf(r))
		}
	}
	for _, q := range ask(i.T, i.batch.DescribeJobQueues, &batch.DescribeJobQueuesInput{}).JobQueues {
		i.add("job queue %s, priority %d: %s", q.State, *q.Priority, join(q.ComputeEnvironmentOrder,
			func(o batchtypes.ComputeEnvironmentOrder) string { return *o.ComputeEnvironment }))
	}
}

// capacity returns the limits of a compute environment. Fargate has no instances, and no lower
// bound.
func capacity(r *batchtypes.ComputeResource) string {
	out := string(r.Type)
	if r.AllocationStrategy != "" {
		out += " " + string(r.AllocationStrategy)
	}
	if r.BidPercentage != nil {
		out += fmt.Sprintf(" at %d %%", *r.BidPercentage)
	}
	if r.MinvCpus == nil && len(r.InstanceTypes) == 0 {
		return fmt.Sprintf("%s, up to %d vCPUs", out, *r.MaxvCpus)
	}
	return fmt.Sprintf("%s, %d to %d vCPUs of %s", out, aws.ToInt32(r.MinvCpus), *r.MaxvCpus, strings.Join(r.InstanceTypes, " "))
}

// launchTemplateOf returns the launch template of a compute environment, with its version.
func launchTemplateOf(r *batchtypes.ComputeResource) string {
	if r.LaunchTemplate == nil {
		return "no launch template"
	}
	return aws.ToString(r.LaunchTemplate.LaunchTemplateId) + " version " + aws.ToString(r.LaunchTemplate.Version)
}

func (i *inventory) logGroups() {
	for _, g := range ask(i.T, i.logs.DescribeLogGroups, &cloudwatchlogs.DescribeLogGroupsInput{}).LogGroups {
		i.add("log group %s: %d days", *g.LogGroupName, aws.ToInt32(g.RetentionInDays))
	}
}

// join returns the texts of all items, in order.
func join[T any](items []T, text func(T) string) string {
	var texts []string
	for _, item := range items {
		texts = append(texts, text(item))
	}
	return strings.Join(texts, " ")
}
