package scheduler

import (
	"github.com/awslabs/goformation/v7/cloudformation/iam"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// stepFunctionsRole adds the role of state machines. Its statements are the calls of the states
// that Metaflow's client writes: submitJob.sync, getItem, and for distributed maps child
// executions, putObject and getObject.
func (b builder) stepFunctionsRole() {
	b.Add(cfn.Resource{
		ID: "StepFunctionsRole", Doc: "The role of state machines: it runs the jobs of flows.",
		Condition: needs.Condition("StepFunctionsRole"),
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(standard.FromAccount(
			standard.Trust("states.amazonaws.com"), here("states", "stateMachine:*"))),
		PermissionsBoundary: new(standard.Boundary()),
		Path:                new(standard.Path()),
		Policies: []iam.Role_Policy{{PolicyName: "run", PolicyDocument: standard.Policy(
			append(append(runJobs(), mapItems()...), deliverLogs())...,
		)}},
		Tags: standard.NameTags("step-functions"),
	}, nil)
}

// runJobs returns the statements for submitJob.sync, which learns of the end of a job from a rule
// of EventBridge, and for getItem. SubmitJob is authorized on the queue and on the definition.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
func runJobs() []any {
	return []any{
		cfn.If("HasJobQueue", standard.Allow("SubmitToQueue",
			param.existingJobQueueArn.Ref(), "batch:SubmitJob"), cfn.NoValue),
		cfn.If("HasMoreJobQueues", map[string]any{
			"Sid": "SubmitToMoreQueues", "Effect": "Allow", "Action": []string{"batch:SubmitJob"},
			"Resource": param.moreJobQueueArns.Ref(),
		}, cfn.NoValue),
		standard.Allow("SubmitDefinitions", here("batch", "job-definition/metaflow_*"),
			"batch:SubmitJob"),
		standard.Allow("TagAndStopJobs", here("batch", "job/*"),
			"batch:TagResource", "batch:TerminateJob"),
		standard.Allow("FollowJobs", "*", "batch:DescribeJobs"), // takes no resource
		standard.Allow("WaitForJobs",
			here("events", "rule/StepFunctionsGetEventsForBatchJobsRule"),
			"events:PutTargets", "events:PutRule", "events:DescribeRule"),
		standard.Allow("ReadState", stateTable(), "dynamodb:GetItem"),
	}
}

// mapItems returns the statements for distributed maps, whose items are child executions of the
// same state machine. The client has the results written below a folder of the datastore, and
// reads them again.
// https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
func mapItems() []any {
	results := cfn.Sub("arn:${AWS::Partition}:s3:::${ExistingBucketName}/${DatastorePrefix}"+
		"/sfn_distributed_map_output/*", nil)
	statements := []any{
		standard.Allow("StartItems", stateMachines(), "states:StartExecution"),
		standard.Allow("FollowItems", here("states", "execution:${StateMachinePrefix}*"),
			"states:DescribeExecution", "states:StopExecution"),
		standard.Allow("KeepResults", results, "s3:GetObject", "s3:PutObject",
			"s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"),
		cfn.If("HasKmsKey", standard.Allow("UseKey", param.kmsKeyArn.Ref(),
			"kms:GenerateDataKey", "kms:Decrypt"), cfn.NoValue),
	}
	for i, s := range statements {
		statements[i] = cfn.If(needs.Condition("UseDistributedMaps"), s, cfn.NoValue)
	}
	return statements
}

// deliverLogs returns the statement with which a state machine sets up its log. None of the
// actions takes a resource.
// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
func deliverLogs() any {
	return cfn.If(needs.Condition("ExecutionLogGroup"), standard.Allow("DeliverLogs", "*",
		"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
		"logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
		"logs:DescribeResourcePolicies", "logs:DescribeLogGroups"), cfn.NoValue)
}
