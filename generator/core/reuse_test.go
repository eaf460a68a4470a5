package core_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const (
	ofBatch        = "arn:aws:batch:us-east-1:123456789012:"
	queueARN       = ofBatch + "job-queue/shared"
	environmentARN = ofBatch + "compute-environment/shared"
	ofIAM          = "arn:aws:iam::123456789012:"
	roleARN        = ofIAM + "role/team/tasks"
	serviceARN     = ofIAM + "role/batch"
	fleetARN       = ofIAM + "role/fleet"
	profileARN     = ofIAM + "instance-profile/ecs"
)

// soundReuse is an account with a bucket, a job queue and its compute environment.
func soundReuse() facts.Reused {
	return facts.Reused{
		Region: "us-east-1", Account: "123456789012",
		Buckets: map[string]facts.Bucket{"data": {Exists: true, Region: "us-east-1"},
			"logs": {Exists: true, Region: "us-east-1"}},
		Queues: map[string]facts.Queue{queueARN: {Exists: true, State: "ENABLED", Status: "VALID",
			Kind: "ECS", Environments: []string{environmentARN}}},
		Environments: map[string]facts.Environment{environmentARN: {Exists: true, State: "ENABLED",
			Status: "VALID", Type: "MANAGED", Orchestration: "ECS"}},
		Roles: map[string]facts.Role{roleARN: trusts("ecs-tasks.amazonaws.com"),
			serviceARN: trusts("batch.amazonaws.com"), fleetARN: trusts("spotfleet.amazonaws.com")},
		Profiles: map[string]facts.Profile{profileARN: {Exists: true, RoleName: "ecs",
			Role: trusts("ec2.amazonaws.com"), Policies: []string{
				"arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"}}},
	}
}

// trusts is a role that a service may assume.
func trusts(service string) facts.Role {
	return facts.Role{Exists: true, Trust: `{"Statement": [{"Effect": "Allow",
		"Action": "sts:AssumeRole", "Principal": {"Service": "` + service + `"}}]}`}
}

var (
	withBucket      = generator.Values{"ExistingBucketName": "data"}
	withLogs        = generator.Values{"AccessLogBucketName": "logs"}
	withQueue       = generator.Values{"ExistingJobQueueArn": queueARN}
	withEnvironment = generator.Values{"ExistingComputeEnvironmentArn": environmentARN}
	withJobRole     = generator.Values{"ExistingJobRoleArn": roleARN}
	withExecution   = generator.Values{"ExistingExecutionRoleArn": roleARN}
	withService     = generator.Values{"ExistingBatchServiceRoleArn": serviceARN}
	withFleet       = generator.Values{"ExistingSpotFleetRoleArn": fleetARN}
	withProfile     = generator.Values{"ExistingInstanceProfileArn": profileARN}
)

// inQueue and inEnvironment change the queue and the environment of an account.
func inQueue(change func(*facts.Queue)) func(*facts.Reused) {
	return func(r *facts.Reused) {
		q := r.Queues[queueARN]
		change(&q)
		r.Queues[queueARN] = q
	}
}

func inEnvironment(change func(*facts.Environment)) func(*facts.Reused) {
	return func(r *facts.Reused) {
		e := r.Environments[environmentARN]
		change(&e)
		r.Environments[environmentARN] = e
	}
}

func inProfile(change func(*facts.Profile)) func(*facts.Reused) {
	return func(r *facts.Reused) {
		p := r.Profiles[profileARN]
		change(&p)
		r.Profiles[profileARN] = p
	}
}

// judgements are values on an account that is sound but for one change, with the beginning of the
// finding, "" for none. Warnings begin with "warning ".
var judgements = []struct {
	name   string
	values generator.Values
	change func(*facts.Reused)
	want   string
}{
	{name: "nothing is reused"},
	{name: "bucket", values: withBucket},
	{name: "bucket that could not be read", values: withBucket,
		change: func(r *facts.Reused) { r.Buckets = nil }},
	{name: "bucket whose region is not known", values: withBucket,
		change: func(r *facts.Reused) { r.Buckets["data"] = facts.Bucket{Exists: true} }},
	{name: "bucket that does not exist", values: withBucket,
		change: func(r *facts.Reused) { r.Buckets["data"] = facts.Bucket{} },
		want:   "ExistingBucketName: data does not exist: give a bucket that exists, or omit it"},
	{name: "bucket of another region", values: withBucket,
		change: func(r *facts.Reused) {
			r.Buckets["data"] = facts.Bucket{Exists: true, Region: "eu-west-1"}
		},
		want: "ExistingBucketName: data is in eu-west-1, and the stack in us-east-1: give a bucket"},
	{name: "log bucket", values: withLogs},
	{name: "log bucket that does not exist", values: withLogs,
		change: func(r *facts.Reused) { r.Buckets["logs"] = facts.Bucket{} },
		want:   "AccessLogBucketName: logs does not exist"},
	{name: "log bucket of another region", values: withLogs,
		change: func(r *facts.Reused) {
			r.Buckets["logs"] = facts.Bucket{Exists: true, Region: "eu-west-1"}
		},
		want: "AccessLogBucketName: logs is in eu-west-1"},

	{name: "queue", values: withQueue},
	{name: "queue that could not be read", values: withQueue,
		change: func(r *facts.Reused) { r.Queues = nil }},
	{name: "queue that is updated", values: withQueue,
		change: inQueue(func(q *facts.Queue) { q.Status = "UPDATING" })},
	{name: "queue with environments that could not be read", values: withQueue,
		change: func(r *facts.Reused) { r.Environments = nil }},
	{name: "queue with one environment of two", values: withQueue,
		change: func(r *facts.Reused) {
			inQueue(func(q *facts.Queue) { q.Environments = append(q.Environments, "other") })(r)
			r.Environments["other"] = facts.Environment{Exists: true, State: "DISABLED", Status: "VALID"}
		}},
	{name: "queue that does not exist", values: withQueue,
		change: func(r *facts.Reused) { r.Queues[queueARN] = facts.Queue{} },
		want:   "ExistingJobQueueArn: " + queueARN + " does not exist"},
	{name: "queue of another region", values: withQueue,
		change: func(r *facts.Reused) { r.Region = "eu-west-1" },
		want:   "ExistingJobQueueArn: " + queueARN + " is in us-east-1, and the stack in eu-west-1"},
	{name: "queue of another account", values: withQueue,
		change: func(r *facts.Reused) { r.Account = "210987654321" },
		want: "ExistingJobQueueArn: " + queueARN + " is of the account 123456789012, and the stack " +
			"of 210987654321"},
	{name: "queue of Amazon EKS", values: withQueue,
		change: inQueue(func(q *facts.Queue) { q.Kind = "EKS" }),
		want:   "ExistingJobQueueArn: " + queueARN + " is of the type EKS"},
	{name: "queue that is invalid", values: withQueue,
		change: inQueue(func(q *facts.Queue) { q.Status, q.Reason = "INVALID", "no role" }),
		want:   "ExistingJobQueueArn: " + queueARN + " is INVALID (no role): give another"},
	{name: "queue that is deleted", values: withQueue,
		change: inQueue(func(q *facts.Queue) { q.Status = "DELETING" }),
		want:   "ExistingJobQueueArn: " + queueARN + " is DELETING: give another"},
	{name: "queue that is disabled", values: withQueue,
		change: inQueue(func(q *facts.Queue) { q.State = "DISABLED" }),
		want: "ExistingJobQueueArn: " + queueARN + " is DISABLED and does not accept jobs: aws batch " +
			"update-job-queue --state ENABLED --job-queue " + queueARN},
	{name: "queue whose environment is disabled", values: withQueue,
		change: inEnvironment(func(e *facts.Environment) { e.State = "DISABLED" }),
		want:   "ExistingJobQueueArn: " + queueARN + " has no compute environment that is VALID"},
	{name: "queue whose environment is invalid", values: withQueue,
		change: inEnvironment(func(e *facts.Environment) { e.Status = "INVALID" }),
		want:   "ExistingJobQueueArn: " + queueARN + " has no compute environment that is VALID"},

	{name: "environment", values: withEnvironment},
	{name: "environment that could not be read", values: withEnvironment,
		change: func(r *facts.Reused) { r.Environments = nil }},
	{name: "environment that is created", values: withEnvironment,
		change: inEnvironment(func(e *facts.Environment) { e.Status = "CREATING" })},
	{name: "environment that does not exist", values: withEnvironment,
		change: func(r *facts.Reused) { r.Environments[environmentARN] = facts.Environment{} },
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " does not exist"},
	{name: "environment of another region", values: withEnvironment,
		change: func(r *facts.Reused) { r.Region = "eu-west-1" },
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " is in us-east-1"},
	{name: "environment of another account", values: withEnvironment,
		change: func(r *facts.Reused) { r.Account = "210987654321" },
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " is of the account 123456789012"},
	{name: "environment of Amazon EKS", values: withEnvironment,
		change: inEnvironment(func(e *facts.Environment) { e.Orchestration = "EKS" }),
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " is of Amazon EKS"},
	{name: "environment that is unmanaged", values: withEnvironment,
		change: inEnvironment(func(e *facts.Environment) { e.Type = "UNMANAGED" }),
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " is UNMANAGED"},
	{name: "environment that is invalid", values: withEnvironment,
		change: inEnvironment(func(e *facts.Environment) { e.Status, e.Reason = "INVALID", "no role" }),
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " is INVALID (no role)"},
	{name: "environment that is disabled", values: withEnvironment,
		change: inEnvironment(func(e *facts.Environment) { e.State = "DISABLED" }),
		want:   "ExistingComputeEnvironmentArn: " + environmentARN + " is DISABLED: jobs would stay"},

	{name: "job role", values: withJobRole},
	{name: "execution role", values: withExecution},
	{name: "service role", values: withService},
	{name: "Spot Fleet role", values: withFleet},
	{name: "role that could not be read", values: withJobRole,
		change: func(r *facts.Reused) { r.Roles = nil }},
	{name: "job role that does not exist", values: withJobRole,
		change: func(r *facts.Reused) { r.Roles[roleARN] = facts.Role{} },
		want:   "ExistingJobRoleArn: " + roleARN + " does not exist"},
	{name: "job role of another account", values: withJobRole,
		change: func(r *facts.Reused) { r.Account = "210987654321" },
		want:   "ExistingJobRoleArn: " + roleARN + " is of the account 123456789012"},
	{name: "job role that does not trust tasks", values: withJobRole,
		change: func(r *facts.Reused) { r.Roles[roleARN] = trusts("ec2.amazonaws.com") },
		want: "ExistingJobRoleArn: " + roleARN + " does not trust ecs-tasks.amazonaws.com: allow " +
			"ecs-tasks.amazonaws.com to call sts:AssumeRole"},
	{name: "execution role that does not trust tasks", values: withExecution,
		change: func(r *facts.Reused) { r.Roles[roleARN] = trusts("ecs.amazonaws.com") },
		want:   "ExistingExecutionRoleArn: " + roleARN + " does not trust ecs-tasks.amazonaws.com"},
	{name: "service role that does not trust AWS Batch", values: withService,
		change: func(r *facts.Reused) { r.Roles[serviceARN] = trusts("ec2.amazonaws.com") },
		want:   "ExistingBatchServiceRoleArn: " + serviceARN + " does not trust batch.amazonaws.com"},
	{name: "Spot Fleet role that does not trust Spot Fleet", values: withFleet,
		change: func(r *facts.Reused) { r.Roles[fleetARN] = trusts("ec2.amazonaws.com") },
		want:   "ExistingSpotFleetRoleArn: " + fleetARN + " does not trust spotfleet.amazonaws.com"},

	{name: "instance profile", values: withProfile},
	{name: "instance profile that could not be read", values: withProfile,
		change: func(r *facts.Reused) { r.Profiles = nil }},
	{name: "instance profile whose policies could not be read", values: withProfile,
		change: inProfile(func(p *facts.Profile) { p.Policies = nil })},
	{name: "instance profile that does not exist", values: withProfile,
		change: func(r *facts.Reused) { r.Profiles[profileARN] = facts.Profile{} },
		want:   "ExistingInstanceProfileArn: " + profileARN + " does not exist"},
	{name: "instance profile of another account", values: withProfile,
		change: func(r *facts.Reused) { r.Account = "210987654321" },
		want:   "ExistingInstanceProfileArn: " + profileARN + " is of the account 123456789012"},
	{name: "instance profile without a role", values: withProfile,
		change: inProfile(func(p *facts.Profile) { p.RoleName, p.Policies = "", nil }),
		want:   "ExistingInstanceProfileArn: " + profileARN + " has no role"},
	{name: "instance profile that does not trust EC2", values: withProfile,
		change: inProfile(func(p *facts.Profile) { p.Role = trusts("ecs-tasks.amazonaws.com") }),
		want: "ExistingInstanceProfileArn: the role ecs of " + profileARN +
			" does not trust ec2.amazonaws.com"},
	{name: "instance profile without the ECS policy", values: withProfile,
		change: inProfile(func(p *facts.Profile) { p.Policies = []string{} }),
		want: "warning ExistingInstanceProfileArn: the role ecs of " + profileARN + " does not have " +
			"the policy AmazonEC2ContainerServiceforEC2Role"},
}

func TestJudge(t *testing.T) {
	for _, test := range judgements {
		t.Run(test.name, func(t *testing.T) {
			reused := soundReuse()
			if test.change != nil {
				test.change(&reused)
			}
			var got []string
			for _, f := range core.Component.Judge(maps.Clone(test.values), reused) {
				line := f.String()
				if f.Warning {
					line = "warning " + line
				}
				got = append(got, line)
			}
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			if !slices.EqualFunc(got, want, strings.HasPrefix) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// TestReuses asks for what is given, and for nothing else.
func TestReuses(t *testing.T) {
	if q := core.Component.Preflight.Reuses(generator.Values{}); !q.Empty() {
		t.Errorf("without values: %+v", q)
	}
	for _, v := range []generator.Values{withBucket, withLogs, withQueue, withEnvironment, withJobRole,
		withExecution, withService, withFleet, withProfile} {
		q := core.Component.Preflight.Reuses(v)
		asked := slices.Concat(q.Buckets, q.Queues, q.Environments, q.Roles, q.Profiles)
		if want := slices.Collect(maps.Values(v)); !slices.Equal(asked, want) {
			t.Errorf("got %v, want %v", asked, want)
		}
	}
}
