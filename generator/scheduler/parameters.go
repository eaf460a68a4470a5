package scheduler

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// groups is the table of parameters in the order in which people read it.
var groups = []generator.Group{
	{Label: "From the core stack", Parameters: []*generator.Parameter{
		param.existingJobQueueArn, param.moreJobQueueArns, param.jobRoleName,
		param.existingBucketName, param.datastorePrefix, param.kmsKeyArn,
	}},
	{Label: "State machines", Parameters: []*generator.Parameter{
		param.stateMachinePrefix, param.distributedMaps, param.existingStateTableName,
		param.executionLog, param.executionLogDays,
	}},
	{Label: "Access", Parameters: []*generator.Parameter{
		param.existingStepFunctionsRoleArn, param.existingEventBridgeRoleArn,
		standard.Roles.PermissionsBoundaryArn, standard.Roles.RolePath,
	}},
}

// param holds the handles of the parameters.
var param = struct {
	existingJobQueueArn, moreJobQueueArns, jobRoleName, existingBucketName,
	datastorePrefix, kmsKeyArn, stateMachinePrefix, distributedMaps, existingStateTableName,
	executionLog, executionLogDays, existingStepFunctionsRoleArn,
	existingEventBridgeRoleArn *generator.Parameter
}{
	existingJobQueueArn: &generator.Parameter{
		Name: "ExistingJobQueueArn", Format: standard.JobQueueARN,
		WhenEmpty: "allowed only with ExistingStepFunctionsRoleArn",
		Doc:       "Job queue of the flows. State machines may submit to it.",
	},
	moreJobQueueArns: &generator.Parameter{
		Name: "MoreJobQueueArns", Kind: generator.List, Format: standard.JobQueueARN,
		WhenEmpty: "none",
		Doc:       "Other job queues to which state machines may submit, like one for GPUs.",
	},
	jobRoleName: &generator.Parameter{
		Name: "JobRoleName", Format: standard.RoleName,
		WhenEmpty: "no role gets the policy, and flows with foreach fail unless it has it",
		Doc: "Role of the jobs. It gets an inline policy for the state table, which is removed " +
			"with the stack.",
	},
	existingBucketName: &generator.Parameter{
		Name: "ExistingBucketName", Format: standard.BucketName,
		WhenEmpty: "allowed only without distributed maps",
		Doc:       "Bucket of the flows' data. Distributed maps write their results to it.",
	},
	datastorePrefix: &generator.Parameter{
		Name: "DatastorePrefix", Default: "flows", Format: standard.ObjectPrefix,
		Doc: "Prefix in the bucket for artifacts, below which the results of maps are.",
	},
	kmsKeyArn: &generator.Parameter{
		Name: "KmsKeyArn", Format: standard.KeyARN, WhenEmpty: "the key aws/s3 of the account",
		Doc: "KMS key of the bucket. Distributed maps get permission to use it.",
	},
	stateMachinePrefix: &generator.Parameter{
		Name: "StateMachinePrefix", Default: "metaflow", Format: standard.StateMachinePrefix,
		Doc: "Prefix of the names of state machines. The roles reach no others, so that stacks " +
			"with different prefixes are separate.",
	},
	distributedMaps: &generator.Parameter{
		Name: "DistributedMaps", Default: "true", Allowed: generator.OnOff,
		Doc: "Let state machines use distributed maps, for a foreach of more than some thousand " +
			"items (step-functions create --use-distributed-map).",
	},
	existingStateTableName: &generator.Parameter{
		Name: "ExistingStateTableName", Format: standard.TableName,
		WhenEmpty: "a new table, encrypted and paid for by request",
		Doc: "DynamoDB table to reuse for the state of foreach. Its only key must be pathspec, a " +
			"string, and ttl its time to live.",
	},
	executionLog: &generator.Parameter{
		Name: "ExecutionLog", Default: "false", Allowed: generator.OnOff,
		Doc: "A log group for executions (step-functions create --log-execution-history). Logs " +
			"hold the input and output of each step.",
	},
	executionLogDays: &generator.Parameter{
		Name: "ExecutionLogDays", Kind: generator.Number, Default: "30",
		Allowed: []string{"1", "3", "5", "7", "14", "30", "60", "90", "180", "365"},
		Doc:     "Days that the log group keeps logs.",
	},
	existingStepFunctionsRoleArn: &generator.Parameter{
		Name: "ExistingStepFunctionsRoleArn", Format: standard.RoleARN, WhenEmpty: "a new role",
		Doc: "Role of state machines to reuse. Nothing of it is changed.",
	},
	existingEventBridgeRoleArn: &generator.Parameter{
		Name: "ExistingEventBridgeRoleArn", Format: standard.RoleARN, WhenEmpty: "a new role",
		Doc: "Role of schedules to reuse. Nothing of it is changed.",
	},
}

// needs is the table of needs: the resources that the stack creates or reuses, and which of them
// need which.
var needs = generator.Needs{
	{ID: "JobQueue", Noun: "job queue", Existing: param.existingJobQueueArn,
		External: true, Shared: true},
	{ID: "JobRole", Noun: "job role", Existing: param.jobRoleName, IAM: "role",
		External: true, Shared: true},
	{ID: "Bucket", Noun: "bucket", Existing: param.existingBucketName,
		External: true, Shared: true},

	{ID: "StateTable", Noun: "state table", Existing: param.existingStateTableName},
	{ID: "StepFunctionsRole", Noun: "Step Functions role", Attribute: "Arn",
		Existing: param.existingStepFunctionsRoleArn},
	{ID: "EventBridgeRole", Noun: "EventBridge role", Attribute: "Arn",
		Existing: param.existingEventBridgeRoleArn},
	{ID: "JobStatePolicy", Noun: "policy of the job role",
		When: cfn.Not(param.jobRoleName.Empty())},
	{ID: "UseDistributedMaps", NeededBy: []string{"StepFunctionsRole"},
		When: param.distributedMaps.Is("true")},
	{ID: "ExecutionLogGroup", Noun: "execution log group", Attribute: "Arn",
		When: param.executionLog.Is("true")},
}
