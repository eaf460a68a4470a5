package core

import (
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// reuses returns what values reuse outside the network.
func reuses(v generator.Values) (q facts.ReuseQuery) {
	given := func(all ...*generator.Parameter) (values []string) {
		for _, p := range all {
			if value := v.Of(p); value != "" {
				values = append(values, value)
			}
		}
		return values
	}
	q.Buckets = given(storage.existingBucketName, storage.accessLogBucketName)
	q.Queues = given(queue.existingJobQueueArn)
	q.Environments = given(compute.existingComputeEnvironmentArn)
	for _, t := range trusted {
		q.Roles = append(q.Roles, given(t.role)...)
	}
	q.Profiles = given(access.existingInstanceProfileArn)
	return q
}

// outside is one look at what is reused outside the network.
type outside struct {
	look
	facts.Reused
}

// buckets looks at the bucket and at that of the access logs. The log bucket must be in the region of
// the bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
func (j *outside) buckets() {
	for _, p := range []*generator.Parameter{
		storage.existingBucketName, storage.accessLogBucketName,
	} {
		name := j.v.Of(p)
		b, known := j.Buckets[name]
		switch {
		case !known:
		case !b.Exists:
			j.wrong(p, "give a bucket that exists, or omit it", "%s does not exist", name)
		case b.Region != "" && b.Region != j.Reused.Region:
			j.wrong(p, "give a bucket of "+j.Reused.Region+", or omit it",
				"%s is in %s, and the stack in %s", name, b.Region, j.Reused.Region)
		}
	}
}

// elsewhere notes that something is of another region or account. AWS Batch and IAM refuse those
// of another one.
func (j *outside) elsewhere(p *generator.Parameter) bool {
	region, account := facts.Place(j.v.Of(p))
	switch {
	case region != "" && j.Reused.Region != "" && region != j.Reused.Region:
		j.wrong(p, "give one of "+j.Reused.Region+", or omit it for a new one",
			"%s is in %s, and the stack in %s", j.v.Of(p), region, j.Reused.Region)
	case account != "" && j.Account != "" && account != j.Account:
		j.wrong(p, "give one of this account, or omit it for a new one",
			"%s is of the account %s, and the stack of %s", j.v.Of(p), account, j.Account)
	default:
		return false
	}
	return true
}

// ended are the statuses of queues and compute environments that run no job again by themselves.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_JobQueueDetail.html
var ended = []string{"INVALID", "DELETING", "DELETED"}

// queue looks at the job queue.
func (j *outside) queue() {
	p := queue.existingJobQueueArn
	arn := j.v.Of(p)
	if arn == "" || j.elsewhere(p) {
		return
	}
	q, known := j.Queues[arn]
	switch {
	case !known:
	case !q.Exists:
		j.wrong(p, "give a job queue that exists, or omit it for a new one",
			"%s does not exist", arn)
	case q.Kind == "EKS" || q.Kind == "SAGEMAKER_TRAINING":
		j.wrong(p, "give a job queue of Amazon ECS, or omit it for a new one",
			"%s is of the type %s, and Metaflow runs containers of Amazon ECS", arn, q.Kind)
	case slices.Contains(ended, q.Status):
		j.wrong(p, "give another job queue, or omit it for a new one",
			"%s is %s%s", arn, q.Status, reason(q.Reason))
	case q.State == "DISABLED":
		j.wrong(p, "aws batch update-job-queue --state ENABLED --job-queue "+arn,
			"%s is DISABLED and does not accept jobs", arn)
	case j.idle(q):
		j.wrong(p, "give another job queue, or enable and repair one of them", "%s has no compute "+
			"environment that is VALID and ENABLED: jobs would stay in RUNNABLE", arn)
	}
}

// idle reports whether no compute environment of a queue can run jobs.
func (j *outside) idle(q facts.Queue) bool {
	return len(q.Environments) > 0 && !slices.ContainsFunc(q.Environments, func(arn string) bool {
		e, known := j.Environments[arn]
		return !known || e.Exists && e.State != "DISABLED" && !slices.Contains(ended, e.Status)
	})
}

// environment looks at the compute environment.
func (j *outside) environment() {
	p := compute.existingComputeEnvironmentArn
	arn := j.v.Of(p)
	if arn == "" || j.elsewhere(p) {
		return
	}
	e, known := j.Environments[arn]
	switch {
	case !known:
	case !e.Exists:
		j.wrong(p, "give a compute environment that exists, or omit it for a new one",
			"%s does not exist", arn)
	case e.Orchestration == "EKS":
		j.wrong(p, "give a compute environment of Amazon ECS, or omit it for a new one",
			"%s is of Amazon EKS, and Metaflow runs containers of Amazon ECS", arn)
	case e.Type == "UNMANAGED":
		j.wrong(p, "give one that is MANAGED, or omit it for a new one",
			"%s is UNMANAGED, and Metaflow needs one that is MANAGED", arn)
	case slices.Contains(ended, e.Status):
		j.wrong(p, "give another compute environment, or omit it for a new one",
			"%s is %s%s", arn, e.Status, reason(e.Reason))
	case e.State == "DISABLED":
		j.wrong(p, "aws batch update-compute-environment --state ENABLED --compute-environment "+arn,
			"%s is DISABLED: jobs would stay in RUNNABLE", arn)
	}
}

// reason returns the reason of a status in brackets, "" for none.
func reason(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return " (" + text + ")"
}
