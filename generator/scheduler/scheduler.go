// Package scheduler is the template of what flows need to run on a schedule beside a core stack:
// roles of AWS Step Functions and EventBridge, and a table for the state of foreach.
package scheduler

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// Component is the scheduler template.
var Component = &generator.Component{
	Name: "scheduler", File: "scheduler",
	Description: "Metaflow on AWS: Step Functions and schedules beside a core stack.",
	Intro:       "Roles and a table with which AWS Step Functions runs flows on a schedule",
	Groups:      groups,
	Needs:       needs,
	Inherit: []*generator.Parameter{
		param.datastorePrefix, param.kmsKeyArn,
		standard.Roles.PermissionsBoundaryArn, standard.Roles.RolePath,
	},
	Rules:      rules,
	Conditions: conditions,
	Outputs:    outputs,
	Build:      func(b *generator.Builder) { build(builder{b}) },
	Relations:  relations,
	Protected:  []string{"AWS::DynamoDB::Table", "AWS::Logs::LogGroup"},
	Advice:     advice,
}

// outputs is the table of outputs in order.
var outputs = []generator.Output{
	{Name: "SfnIamRole", Key: "METAFLOW_SFN_IAM_ROLE",
		Doc: "Role of state machines.", Value: needs.Reference("StepFunctionsRole")},
	{Name: "EventsSfnAccessIamRole", Key: "METAFLOW_EVENTS_SFN_ACCESS_IAM_ROLE",
		Doc: "Role of schedules.", Value: needs.Reference("EventBridgeRole")},
	{Name: "SfnDynamoDbTable", Key: "METAFLOW_SFN_DYNAMO_DB_TABLE",
		Doc: "Table for the state of foreach.", Value: needs.Reference("StateTable")},
	{Name: "SfnStateMachinePrefix", Key: "METAFLOW_SFN_STATE_MACHINE_PREFIX",
		Doc: "Prefix of the names of state machines.", Value: param.stateMachinePrefix.Ref()},
	{Name: "SfnExecutionLogGroupArn", Key: "METAFLOW_SFN_EXECUTION_LOG_GROUP_ARN",
		Doc: "Log group of executions.", Value: needs.Reference("ExecutionLogGroup"),
		Condition: needs.Condition("ExecutionLogGroup")},
}

// conditions are the conditions on single parameters.
var conditions = append([]cfn.Condition{
	param.existingJobQueueArn.Given("HasJobQueue"),
	param.kmsKeyArn.Given("HasKmsKey"),
	{ID: "HasMoreJobQueues", Expr: cfn.Not(
		cfn.Equals(cfn.Fn("Join", "", param.moreJobQueueArns.Ref()), ""))},
}, standard.RoleConditions()...)

// rules check the parameters that a new role needs from the core stack.
var rules = []cfn.Rule{{
	ID: "NewRoleNeedsCore", When: param.existingStepFunctionsRoleArn.Empty(),
	Assertions: []cfn.Assertion{
		{
			Assert:      cfn.Not(param.existingJobQueueArn.Empty()),
			Description: "a new Step Functions role needs ExistingJobQueueArn",
		}, {
			Assert: cfn.Or(param.distributedMaps.Is("false"),
				cfn.Not(param.existingBucketName.Empty())),
			Description: "DistributedMaps true needs ExistingBucketName",
		},
	},
}}

// relations refuses values under which nothing is created, as CloudFormation does.
func relations(_ generator.Values, live map[string]bool) []error {
	return standard.RefuseNothing(live, "omit ExistingStateTableName, "+
		"ExistingStepFunctionsRoleArn or ExistingEventBridgeRoleArn, or give JobRoleName")
}

// advice says what to try when a resource of the stack fails, most specific first.
var advice = append([]generator.Advice{
	{
		Name: "job role absent", Of: "IAM::Policy",
		Says: "cannot be found|nosuchentity|does not exist",
		Try: "the job role does not exist in the account; give the role of the core stack, or no " +
			"role: {JobRoleName}",
	},
	{
		Name: "job role denied", Of: "IAM::Policy", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; give no role, and let its owner add the " +
			"statement: {JobRoleName}=",
	},
	{
		Name: "role denied", Of: "IAM::Role", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; reuse existing roles: " +
			"{ExistingStepFunctionsRoleArn}, {ExistingEventBridgeRoleArn}",
	},
	{
		Name: "table denied", Of: "DynamoDB::Table", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; reuse an existing table with the key " +
			"pathspec: {ExistingStateTableName}",
	},
	{
		Name: "log group exists", Of: "Logs::LogGroup", Says: "already exists",
		Try: "a log group of that name is left from another stack; delete it in the console of " +
			"CloudWatch Logs, choose another name of the stack, or keep no log: " +
			"{ExecutionLog}=false",
	},
}, standard.Advice...)
