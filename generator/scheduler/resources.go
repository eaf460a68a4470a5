package scheduler

import (
	"github.com/awslabs/goformation/v7/cloudformation/dynamodb"
	"github.com/awslabs/goformation/v7/cloudformation/iam"
	"github.com/awslabs/goformation/v7/cloudformation/logs"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// builder adds the resources of the template.
type builder struct{ *generator.Builder }

func build(b builder) {
	b.stateTable()
	b.stepFunctionsRole()
	b.eventBridgeRole()
	b.jobStatePolicy()
	b.executionLogGroup()
}

// stateTable adds the table in which jobs leave the number of branches of a foreach and the IDs of
// its tasks. Its items are read while the execution runs and expire, so that the table is deleted
// with the stack.
func (b builder) stateTable() {
	b.Add(cfn.Resource{
		ID: "StateTable", Doc: "Holds the state of foreach. Its items expire.",
		Condition: needs.Condition("StateTable"), DeletionPolicy: "Delete",
		Metadata: standard.Suppress(nil, "DYNAMODB_PITR_ENABLED"),
	}, &dynamodb.Table{
		BillingMode: new("PAY_PER_REQUEST"),
		AttributeDefinitions: []dynamodb.Table_AttributeDefinition{{
			AttributeName: "pathspec", AttributeType: "S",
		}},
		KeySchema: []dynamodb.Table_KeySchema{{AttributeName: "pathspec", KeyType: "HASH"}},
		TimeToLiveSpecification: &dynamodb.Table_TimeToLiveSpecification{
			AttributeName: new("ttl"), Enabled: true,
		},
		SSESpecification: &dynamodb.Table_SSESpecification{
			SSEEnabled: true, SSEType: new("KMS"),
		},
		Tags: standard.NameTags("state"),
	}, nil)
}

// eventBridgeRole adds the role with which a rule starts an execution at its time.
func (b builder) eventBridgeRole() {
	b.Add(cfn.Resource{
		ID: "EventBridgeRole", Doc: "The role of schedules: it starts state machines.",
		Condition: needs.Condition("EventBridgeRole"),
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(standard.FromAccount(
			standard.Trust("events.amazonaws.com"), here("events", "rule/*"))),
		PermissionsBoundary: new(standard.Boundary()),
		Path:                new(standard.Path()),
		Policies: []iam.Role_Policy{{PolicyName: "start", PolicyDocument: standard.Policy(
			standard.Allow("StartStateMachines", stateMachines(), "states:StartExecution"),
		)}},
		Tags: standard.NameTags("event-bridge"),
	}, nil)
}

// jobStatePolicy adds the statement for the state table to the role of jobs, which belongs to
// another stack. It is an inline policy of this stack: the core stack is not updated for it, and
// it does not outlive the table. Metaflow's client puts, gets and updates single items.
// AWS::IAM::RolePolicy is not among the types for which CAPABILITY_IAM is documented to suffice.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
func (b builder) jobStatePolicy() {
	b.Add(cfn.Resource{
		ID: "JobStatePolicy", Doc: "Lets jobs keep the state of foreach in the table.",
		Condition: needs.Condition("JobStatePolicy"),
	}, &iam.Policy{
		Roles: []string{param.jobRoleName.Ref()}, PolicyName: standard.NameOf("state"),
		PolicyDocument: standard.Policy(standard.Allow("KeepState", stateTable(),
			"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem")),
	}, nil)
}

// executionLogGroup adds the log group of executions. Its name has the prefix with which log
// delivery needs no entry in a resource policy of CloudWatch Logs, which is limited in size.
// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
func (b builder) executionLogGroup() {
	b.Add(cfn.Resource{
		ID: "ExecutionLogGroup", Doc: "Holds the logs of executions.",
		Condition: needs.Condition("ExecutionLogGroup"), DeletionPolicy: "Delete",
		Metadata: standard.Suppress(nil, "CLOUDWATCH_LOG_GROUP_ENCRYPTED"),
	}, &logs.LogGroup{
		LogGroupName: new(cfn.Sub("/aws/vendedlogs/states/${AWS::StackName}", nil)),
		Tags:         standard.NameTags("executions"),
	}, cfn.Set{"RetentionInDays": param.executionLogDays.Ref()})
}

// here returns the ARN of a resource in the account and region of the stack.
func here(service, resource string) string {
	return cfn.Sub("arn:${AWS::Partition}:"+service+
		":${AWS::Region}:${AWS::AccountId}:"+resource, nil)
}

// stateMachines returns the ARN of the state machines with the prefix.
func stateMachines() string { return here("states", "stateMachine:${StateMachinePrefix}*") }

// stateTable returns the ARN of the state table, new or reused.
func stateTable() string {
	return cfn.Sub("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}",
		map[string]string{"Table": needs.Reference("StateTable")})
}
