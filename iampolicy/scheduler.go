package iampolicy

// schedules reports whether the template creates a role for state machines.
func (sc scope) schedules() bool {
	return len(sc.createdARNs("role", "AWS::IAM::Role", `"states.`)) > 0
}

// stateMachines returns the ARN of the state machines with the prefix.
func (sc scope) stateMachines() string {
	return sc.arn("states", "stateMachine:"+sc.given.Of(param.stateMachinePrefix)+"*")
}

// executions returns the ARN of their executions, among them the items of distributed maps.
func (sc scope) executions() string {
	return sc.arn("states", "execution:"+sc.given.Of(param.stateMachinePrefix)+"*")
}

// scheduling returns what a data scientist may do in addition to running flows, which the policy of the
// core stack allows: create state machines and schedules, start and stop executions. Metaflow's
// client finds a state machine in the list of all, and names the rule of a schedule like it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_stepfunctions.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
func scheduling(sc scope) []statement {
	rules := sc.arn("events", "rule/"+sc.given.Of(param.stateMachinePrefix)+"*")
	roles := append(sc.createdARNs("role", "AWS::IAM::Role", `"states.`),
		sc.createdARNs("role", "AWS::IAM::Role", `"events.`)...)
	return []statement{
		allowStatement("FindStateMachines", []string{wildcard}, "states:ListStateMachines"),
		allowStatement("KeepStateMachines", []string{sc.stateMachines()},
			"states:CreateStateMachine", "states:DeleteStateMachine", "states:DescribeStateMachine",
			"states:ListExecutions", "states:StartExecution", "states:UpdateStateMachine"),
		allowStatement("KeepExecutions", []string{sc.executions()},
			"states:DescribeExecution", "states:StopExecution"),
		allowStatement("KeepSchedules", []string{rules}, "events:DeleteRule", "events:DisableRule",
			"events:PutRule", "events:PutTargets", "events:RemoveTargets"),
		allowStatement("PassSchedulerRoles", append(roles, sc.list(param.passRoles)...),
			"iam:PassRole").
			where("StringEquals", "iam:PassedToService",
				"events.amazonaws.com", "states.amazonaws.com"),
		readOutputs(sc),
	}
}

// boundaryOfScheduler returns the most that the roles of a scheduler may do in addition to what jobs may,
// and what jobs may do with the state table: a boundary for both stacks is that of the scheduler.
func boundaryOfScheduler(sc scope) []statement {
	return []statement{
		allowStatement("SubmitJobs",
			[]string{sc.queue(), sc.arn("batch", "job-definition/metaflow_*")}, "batch:SubmitJob"),
		allowStatement("TagAndStopJobs", []string{sc.arn("batch", "job/*")},
			"batch:TagResource", "batch:TerminateJob"),
		allowStatement("FollowJobs", []string{wildcard}, "batch:DescribeJobs"),
		allowStatement("WaitForJobs",
			[]string{sc.arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule")},
			"events:DescribeRule", "events:PutRule", "events:PutTargets"),
		allowStatement("KeepState", []string{sc.arn("dynamodb", "table/*")},
			"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
		allowStatement("StartStateMachines", []string{sc.stateMachines()}, "states:StartExecution"),
		allowStatement("FollowItems", []string{sc.executions()},
			"states:DescribeExecution", "states:StopExecution"),
		allowStatement("ListParts", []string{sc.bucketARN("Bucket") + "/*"},
			"s3:ListMultipartUploadParts"),
		allowStatement("DeliverLogs", []string{wildcard}, "logs:CreateLogDelivery",
			"logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
			"logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
			"logs:UpdateLogDelivery"),
	}
}
