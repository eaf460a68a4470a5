package iampolicy

import "strings"

// user is a data scientist who runs flows on the stack's queue, and reads the
// configuration from the stack. The actions are those that Metaflow's client
// was seen to call (batch list and kill need ListJobs and TerminateJob). It
// names job definitions metaflow_ and a hash.
func user(p place) []statement {
	definitions := p.arn("batch", "job-definition/metaflow_*")
	statements := append(useBucket(p),
		may("ReadBatch", []string{anywhere}, "batch:DescribeComputeEnvironments", "batch:DescribeJobDefinitions",
			"batch:DescribeJobQueues", "batch:DescribeJobs", "batch:ListJobs"),
		may("DefineJobs", []string{definitions}, "batch:RegisterJobDefinition"),
		may("RunJobs", []string{p.queue(), definitions}, "batch:SubmitJob"),
		may("TagAndStopJobs", []string{p.arn("batch", "job/*")}, "batch:TagResource", "batch:TerminateJob"),
		may("PassJobRoles", p.jobRoles(), "iam:PassRole").
			where("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
		may("ReadOutputs", []string{p.arn("cloudformation", "stack/"+p.stack+"/*")}, "cloudformation:DescribeStacks"),
	)
	if key := p.given.Of(policyKmsKey); key != "" {
		statements = append(statements, useKey(p, key))
	}
	return statements
}

// queue is the job queue. The names that CloudFormation makes for queues are
// not documented to hold the stack's.
func (p place) queue() string {
	switch queue := p.given.Of(policyQueue); {
	case queue == "":
		return p.arn("batch", "job-queue/*")
	case strings.HasPrefix(queue, "arn:"):
		return queue
	default:
		return p.arn("batch", "job-queue/"+queue)
	}
}

// jobRoles are the roles that jobs run with: those of the template that trust
// ECS tasks, or the given ones.
func (p place) jobRoles() []string {
	roles := p.list(policyExecutionRole)
	if given := p.list(policyJobRole); len(given) > 0 {
		return append(given, roles...)
	}
	return append(p.made("role", "AWS::IAM::Role", `"ecs-tasks.`), roles...)
}

// useBucket is what Metaflow's client does with the bucket, in jobs and without:
// it overwrites and never deletes. ListBucket has no prefix, as S3 answers 403
// instead of 404 for absent objects without it. Where the name is a pattern, the
// bucket must be one of the account's, so that nobody else's matches.
func useBucket(p place) []statement {
	statements := []statement{
		may("ListBucket", []string{p.bucketARN("Bucket")}, "s3:ListBucket"),
		may("UseObjects", []string{p.bucketARN("Bucket") + "/*"}, "s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
	}
	if p.given.Of(policyBucket) == "" && p.account != anywhere {
		for i, s := range statements {
			statements[i] = s.where("StringEquals", "aws:ResourceAccount", p.account)
		}
	}
	return statements
}

// useKey is what S3 needs of the bucket's key on behalf of whoever reads and
// writes objects.
func useKey(p place, key string) statement {
	suffix := "amazonaws.com"
	if p.partition == "aws-cn" {
		suffix += ".cn"
	}
	return may("UseKey", []string{key}, "kms:Decrypt", "kms:GenerateDataKey").
		where("StringLike", "kms:ViaService", "s3."+p.region+"."+suffix)
}
