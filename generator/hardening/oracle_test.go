package hardening_test

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// oracle derives from the table of needs in words what a set of values must do: the rules that
// refuse it, or else exactly which resources exist. It shares no code with the generator.
//
//   - The flow log is for a given VPC, and is on unless turned off.
//   - The access log is for a given bucket.
//   - The log bucket with its policy is for either log, unless one is reused.
//   - Interface endpoints need the VPC, both private subnets and the security
//     group of the jobs. Only instances need those of ECS.
func oracle(of generator.Values) (exists map[string]bool, refused []string) {
	given := func(name string) bool { return of[name] != "" }
	flowLog, endpoints := of["VpcFlowLog"] == "true", of["InterfaceEndpoints"] == "true"
	if flowLog && !given("ExistingVpcId") {
		refused = append(refused, "VpcFlowLog true needs ExistingVpcId")
		flowLog = false
	}
	asked := endpoints
	for _, name := range []string{
		"ExistingVpcId", "ExistingPrivateSubnet1Id", "ExistingPrivateSubnet2Id",
		"ExistingSecurityGroupId",
	} {
		if asked && !given(name) {
			refused = append(refused, "InterfaceEndpoints true needs "+name)
			endpoints = false
		}
	}
	logs := (flowLog || given("ExistingBucketName")) && !given("ExistingLogBucketName")
	ecs := endpoints && (of["ComputeType"] == "EC2" || of["ComputeType"] == "SPOT")
	return map[string]bool{
		"FlowLog": flowLog, "LogBucket": logs, "LogBucketPolicy": logs,
		"EndpointSecurityGroup": endpoints, "EcrApiEndpoint": endpoints,
		"EcrDkrEndpoint": endpoints, "LogsEndpoint": endpoints,
		"EcsEndpoint": ecs, "EcsAgentEndpoint": ecs, "EcsTelemetryEndpoint": ecs,
	}, refused
}
