package scheduler_test

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// oracle derives from the table of needs in words what a set of values must do: the rules that
// refuse it, or else exactly which resources exist. It shares no code with the generator.
//
//   - The state table and each role exist unless one is reused.
//   - A new Step Functions role is for a given queue, and with distributed maps for a given bucket.
//   - The policy is for a given job role, whether or not the table is new.
//   - The log group exists where it is turned on.
func oracle(of generator.Values) (exists map[string]bool, refused []string) {
	given := func(name string) bool { return of[name] != "" }
	newRole := !given("ExistingStepFunctionsRoleArn")
	if newRole && !given("ExistingJobQueueArn") {
		refused = append(refused, "a new Step Functions role needs ExistingJobQueueArn")
	}
	if newRole && of["DistributedMaps"] == "true" && !given("ExistingBucketName") {
		refused = append(refused, "DistributedMaps true needs ExistingBucketName")
	}
	return map[string]bool{
		"StateTable":        !given("ExistingStateTableName"),
		"StepFunctionsRole": newRole,
		"EventBridgeRole":   !given("ExistingEventBridgeRoleArn"),
		"JobStatePolicy":    given("JobRoleName"),
		"ExecutionLogGroup": of["ExecutionLog"] == "true",
	}, refused
}
