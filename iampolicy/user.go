package iampolicy

import (
	"slices"
	"strings"
)

// user returns what a data scientist may do: run flows on the stack's queue, and
// read the configuration from the stack. The actions are those that Metaflow's
// client was seen to call (batch list and kill need ListJobs and TerminateJob). It
// names job definitions metaflow_ and a hash.
func user(sc scope) []statement {
	if sc.schedules() {
		return scheduling(sc)
	}
	if sc.records() { // the service calls nothing of AWS for its users
		return []statement{readOutputs(sc)}
	}
	definitions := sc.arn("batch", "job-definition/metaflow_*")
	statements := append(useBucket(sc),
		allowStatement("ReadBatch", []string{wildcard}, "batch:DescribeComputeEnvironments",
			"batch:DescribeJobDefinitions", "batch:DescribeJobQueues", "batch:DescribeJobs",
			"batch:ListJobs"),
		// A privileged container is root on the instance, which other jobs share.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
		allowStatement("DefineJobs", []string{definitions}, "batch:RegisterJobDefinition").
			where("BoolIfExists", "batch:Privileged", "false"),
		allowStatement("RunJobs", []string{sc.queue(), definitions}, "batch:SubmitJob"),
		allowStatement("TagAndStopJobs", []string{sc.arn("batch", "job/*")},
			"batch:TagResource", "batch:TerminateJob"),
		allowStatement("PassJobRoles", sc.jobRoles(), "iam:PassRole").
			where("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
		readOutputs(sc),
	)
	if key := sc.given.Of(param.kmsKey); key != "" {
		statements = append(statements, useKey(sc, key))
	}
	// A component without roles for jobs has none to pass, and IAM takes no statement
	// without a resource.
	return slices.DeleteFunc(statements, func(s statement) bool { return len(s.Resource) == 0 })
}

// readOutputs returns what configure does with the stack.
func readOutputs(sc scope) statement {
	return allowStatement("ReadOutputs",
		[]string{sc.arn("cloudformation", "stack/"+sc.stack+"/*")}, "cloudformation:DescribeStacks")
}

// queue returns the ARN of the job queue. The names that CloudFormation generates
// for queues are not documented to hold the stack's.
func (sc scope) queue() string {
	switch queue := sc.given.Of(param.queue); {
	case queue == "":
		return sc.arn("batch", "job-queue/*")
	case strings.HasPrefix(queue, "arn:"):
		return queue
	default:
		return sc.arn("batch", "job-queue/"+queue)
	}
}

// jobRoles returns the roles that jobs run with: those of the template that trust
// ECS tasks, or the given ones.
func (sc scope) jobRoles() []string {
	roles := sc.list(param.executionRole)
	if given := sc.list(param.jobRole); len(given) > 0 {
		return append(given, roles...)
	}
	return append(sc.createdARNs("role", "AWS::IAM::Role", `"ecs-tasks.`), roles...)
}

// useBucket returns what Metaflow's client does with the bucket, inside jobs and
// outside: it overwrites and never deletes. ListBucket has no prefix, as S3 answers
// 403 instead of 404 for absent objects without it. Where the name is a pattern,
// the bucket must belong to the account, so that no bucket of another one matches.
func useBucket(sc scope) []statement {
	statements := []statement{
		allowStatement("ListBucket", []string{sc.bucketARN("Bucket")}, "s3:ListBucket"),
		allowStatement("UseObjects", []string{sc.bucketARN("Bucket") + "/*"},
			"s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
	}
	if sc.given.Of(param.bucket) == "" && sc.account != wildcard {
		for i, s := range statements {
			statements[i] = s.where("StringEquals", "aws:ResourceAccount", sc.account)
		}
	}
	return statements
}

// useKey returns what S3 does with the bucket's key for a principal that reads and
// writes objects.
func useKey(sc scope, key string) statement {
	suffix := "amazonaws.com"
	if sc.partition == "aws-cn" {
		suffix += ".cn"
	}
	return allowStatement("UseKey", []string{key}, "kms:Decrypt", "kms:GenerateDataKey").
		where("StringLike", "kms:ViaService", "s3."+sc.region+"."+suffix)
}
