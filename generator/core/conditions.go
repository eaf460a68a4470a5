package core

import (
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// conditions are the conditions on single parameters.
var conditions = slices.Concat([]cfn.Condition{
	storage.newBucketName.Given("HasBucketName"),
	storage.accessLogBucketName.Given("HasAccessLogBucket"),
	storage.kmsKeyArn.Given("HasKmsKey"),
	{ID: "UseKeyForVolumes", Expr: cfn.And(
		cfn.ConditionRef("HasKmsKey"), compute.kmsKeyForVolumes.Is("true"))},
	{ID: "UseKms", Expr: storage.bucketEncryption.Is("aws:kms")},
	network.availabilityZone1.Given("HasZones"),
	{ID: "UseSpot", Expr: compute.computeType.Is("SPOT")},
	{ID: "HasBid", Expr: cfn.Not(compute.bidPercentage.Is("0"))},
	{ID: "HasSpotFleetRole", Expr: cfn.And(
		cfn.ConditionRef("UseSpot"), cfn.Not(compute.existingSpotFleetRoleArn.Empty()))},
	forInstances("HasAllocationStrategy", compute.allocationStrategy.Empty()),
	forInstances("HasDesiredvCpus", compute.desiredvCpus.Is("0")),
	forInstances("StartInstances", cfn.And(
		compute.minvCpus.Is("0"), compute.desiredvCpus.Is("0"))),
	{ID: "UpdateInPlace", Expr: cfn.And(cfn.ConditionRef("InstanceCompute"),
		access.existingBatchServiceRoleArn.Empty(),
		cfn.Not(compute.allocationStrategy.Is("BEST_FIT")))},
	{ID: "UseLatestImage", Expr: cfn.And(cfn.ConditionRef("UpdateInPlace"),
		cfn.Not(cfn.ConditionRef("HasImageId")))},
	compute.imageRefresh.Given("HasImageRefresh"),
	{ID: "HasGeneration", Expr: cfn.Not(compute.computeGeneration.Is("1"))},
	compute.imageType.Given("HasImageType"),
	compute.imageId.Given("HasImageId"),
	forInstances("ChooseImage", cfn.And(compute.imageType.Empty(), compute.imageId.Empty())),
	forInstances("HasKeyPair", compute.ec2KeyPair.Empty()),
	compute.computeEnvironmentName.Given("HasComputeEnvironmentName"),
	compute.instanceName.Given("HasInstanceName"),
	compute.instanceTag1.Given("HasInstanceTag1"),
	compute.instanceTag2.Given("HasInstanceTag2"),
	queue.jobQueueName.Given("HasJobQueueName"),
	{ID: "HasRunnableTimeout", Expr: cfn.Not(queue.runnableTimeoutMinutes.Is("0"))},
	access.existingBatchServiceRoleArn.Given("HasBatchServiceRole"),
	given("HasJobPolicies", access.jobPolicyArns),
	given("HasInstancePolicies", access.instancePolicyArns),
	{ID: "HasEgressPort1", Expr: cfn.Not(network.egressPort1.Is("0"))},
	{ID: "HasEgressPort2", Expr: cfn.Not(network.egressPort2.Is("0"))},
	{ID: "LimitEgress", Expr: cfn.Or(
		cfn.ConditionRef("HasEgressPort1"), cfn.ConditionRef("HasEgressPort2"))},
	{ID: "LimitOwnEgress", Expr: cfn.And(
		cfn.ConditionRef("CreateSecurityGroup"), cfn.ConditionRef("LimitEgress"))},
	{ID: "HasExecutionRole", Expr: cfn.Or(cfn.ConditionRef("FargateCompute"),
		cfn.Not(access.existingExecutionRoleArn.Empty()))},
}, standard.RoleConditions())

// forInstances returns a condition that is true for instances unless another one is true.
func forInstances(id, unless string) cfn.Condition {
	return cfn.Condition{
		ID: id, Expr: cfn.And(cfn.ConditionRef("InstanceCompute"), cfn.Not(unless)),
	}
}

// given returns the condition that a list is not empty.
func given(id string, list *generator.Parameter) cfn.Condition {
	return cfn.Condition{ID: id, Expr: cfn.Not(cfn.Equals(cfn.Fn("Join", "", list.Ref()), ""))}
}
