package safety

import (
	"maps"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

const givenQueue = "arn:aws:batch:us-east-1:123456789012:job-queue/jobs"

var schedulerSubject = &subject{
	component: scheduler.Component,
	domain:    templatetest.NewDomain(scheduler.Component),
	kinds: []string{
		"AWS::DynamoDB::Table", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Logs::LogGroup",
	},
	most: generator.Values{
		"ExistingJobQueueArn": givenQueue, "ExistingBucketName": "team-data",
		"JobRoleName": "jobs", "ExecutionLog": "true",
	},
	spares: map[string][]string{
		"ExistingStateTableName":       {"StateTable"},
		"ExistingStepFunctionsRoleArn": {"StepFunctionsRole"},
		"ExistingEventBridgeRoleArn":   {"EventBridgeRole"},
	},
	defaults: map[string]string{
		"StateMachinePrefix": "metaflow", "ExecutionLog": "false", "ExecutionLogDays": "30",
	},
	bred: []specimen{
		{name: "default"}, {name: "gpu-queue"}, {name: "logged"}, {name: "no-maps"},
		{name: "own-key"}, {name: "existing-table"}, {name: "existing-roles"},
		{name: "existing-step-functions-role"},
	},
	grants: schedulerGrants,
}

// anyResource are the actions that take no resource, so that a role may have them on everything.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
var anyResource = []string{
	"batch:DescribeJobs", "logs:CreateLogDelivery", "logs:DeleteLogDelivery",
	"logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
	"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
}

// local is the ARN of a resource in the account and region of the stack.
func local(service, resource string) string {
	return "arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + resource
}

func stateTable(t *template) string {
	return local("dynamodb", "table/"+t.ours("ExistingStateTableName", "${StateTable}"))
}

// schedulerGrants are the few actions that each role and policy of a scheduler may have: what the
// states of Metaflow's client call, on the given queues, the bucket's folder of results and the
// state machines with the prefix.
func schedulerGrants(t *template) map[string][]string {
	prefix := t.values["StateMachinePrefix"]
	machines := local("states", "stateMachine:"+prefix+"*")
	jobs, rule := local("batch", "job/*"),
		local("events", "rule/StepFunctionsGetEventsForBatchJobsRule")
	run := []string{
		"batch:SubmitJob on " + portable(t.values["ExistingJobQueueArn"]),
		"batch:SubmitJob on " + local("batch", "job-definition/metaflow_*"),
		"batch:TagResource on " + jobs, "batch:TerminateJob on " + jobs,
		"batch:DescribeJobs on *", "dynamodb:GetItem on " + stateTable(t),
		"events:DescribeRule on " + rule, "events:PutRule on " + rule,
		"events:PutTargets on " + rule,
	}
	for _, queue := range given(t.values["MoreJobQueueArns"]) {
		run = append(run, "batch:SubmitJob on "+portable(queue))
	}
	if t.values["DistributedMaps"] == "true" {
		results := "arn:${AWS::Partition}:s3:::" + t.values["ExistingBucketName"] + "/" +
			t.values["DatastorePrefix"] + "/sfn_distributed_map_output/*"
		items := local("states", "execution:"+prefix+"*")
		run = append(run, "states:StartExecution on "+machines,
			"states:DescribeExecution on "+items, "states:StopExecution on "+items,
			"s3:GetObject on "+results, "s3:PutObject on "+results,
			"s3:AbortMultipartUpload on "+results, "s3:ListMultipartUploadParts on "+results)
		for _, key := range given(t.values["KmsKeyArn"]) {
			run = append(run, "kms:Decrypt on "+portable(key),
				"kms:GenerateDataKey on "+portable(key))
		}
	}
	if t.values["ExecutionLog"] == "true" {
		for _, action := range anyResource[1:] {
			run = append(run, action+" on *")
		}
	}
	return map[string][]string{
		"StepFunctionsRole": run,
		"EventBridgeRole":   {"states:StartExecution on " + machines},
		"JobStatePolicy": {"dynamodb:GetItem on " + stateTable(t),
			"dynamodb:PutItem on " + stateTable(t), "dynamodb:UpdateItem on " + stateTable(t)},
	}
}

// jobPolicy wants the policy of the job role where one is given, under a name that no other
// scheduler of the role has.
func jobPolicy(t *template) (f findings) {
	role := t.values["JobRoleName"]
	if t.has("JobStatePolicy") != (role != "") {
		f.add("JobStatePolicy: exists: %t; the job role is %q", t.has("JobStatePolicy"), role)
	}
	for r := range t.of("AWS::IAM::Policy") {
		f.wantAll(r, map[string]string{
			"Roles": "[" + role + "]", "PolicyName": "${AWS::StackName}-state",
		}, "PolicyDocument")
	}
	return f
}

// stateKept wants the table as a whole: other properties copy it, publish it, or cost by the hour.
func stateKept(t *template) (f findings) {
	for r := range t.of("AWS::DynamoDB::Table") {
		f.wantAll(r, map[string]string{
			"AttributeDefinitions":    "[{AttributeName: pathspec, AttributeType: S}]",
			"BillingMode":             "PAY_PER_REQUEST",
			"KeySchema":               "[{AttributeName: pathspec, KeyType: HASH}]",
			"SSESpecification":        "{SSEEnabled: true, SSEType: KMS}",
			"TimeToLiveSpecification": "{AttributeName: ttl, Enabled: true}",
		})
	}
	return f
}

// executionLog wants the log group where it was asked for, for as long as was asked for, under
// the name to which delivery needs no resource policy.
func executionLog(t *template) (f findings) {
	if asked := t.values["ExecutionLog"] == "true"; asked != t.has("ExecutionLogGroup") {
		f.add("ExecutionLogGroup: exists: %t; wanted %t", !asked, asked)
	}
	for r := range t.of("AWS::Logs::LogGroup") {
		f.wantAll(r, map[string]string{
			"LogGroupName":    "/aws/vendedlogs/states/${AWS::StackName}",
			"RetentionInDays": t.values["ExecutionLogDays"],
		})
	}
	return f
}

// wantAll compares all properties of a resource but its tags and the named ones.
func (f *findings) wantAll(r resource, want map[string]string, except ...string) {
	for _, key := range slices.Sorted(maps.Keys(r.properties)) {
		if _, wanted := want[key]; !wanted && key != "Tags" && !slices.Contains(except, key) {
			f.add("%s: has %s", r.id, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		f.want(r, key, want[key])
	}
}

func schedulerOutputs(t *template) findings {
	group := ""
	if t.values["ExecutionLog"] == "true" {
		group = "${ExecutionLogGroup.Arn}"
	}
	return t.outputs(map[string]string{
		"SfnIamRole":              t.ours("ExistingStepFunctionsRoleArn", "${StepFunctionsRole.Arn}"),
		"EventsSfnAccessIamRole":  t.ours("ExistingEventBridgeRoleArn", "${EventBridgeRole.Arn}"),
		"SfnDynamoDbTable":        t.ours("ExistingStateTableName", "${StateTable}"),
		"SfnStateMachinePrefix":   t.values["StateMachinePrefix"],
		"SfnExecutionLogGroupArn": group,
	})
}
