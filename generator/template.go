// Package generator is what Metaflow needs of AWS: the table of parameters, the
// table of needs, and the one template that both lead to.
package generator

import (
	"slices"

	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Template is the template. It takes no argument: parameters decide at
// deployment what of it exists.
func Template() *cfn.Template {
	b := builder{&cfn.Template{
		Description: "Metaflow on AWS: an S3 bucket, a network and AWS Batch.",
		Metadata:    map[string]any{"AWS::CloudFormation::Interface": consoleForm()},
		Rules:       rules(),
		Mappings:    map[string]map[string]map[string]any{"Minutes": minutes()},
		Conditions:  slices.Concat(conditions(), options()),
	}}
	for p := range Parameters() {
		b.Parameters = append(b.Parameters, p.declaration())
	}
	bucket := b.storage()
	net := b.network()
	b.audit()
	access := b.access(bucket)
	environment, queue := b.compute(net, access)
	b.outputs(map[string]string{
		"BatchJobQueue": queue, "ComputeEnvironmentArn": environment, "BucketName": bucket,
		"EcsS3AccessIamRole": access.jobRole, "EcsFargateExecutionRole": access.executionRole,
	})
	return b.Template
}

// builder adds resources to the template.
type builder struct{ *cfn.Template }

// add adds a thing of the table of needs under its condition and returns the
// reference that others use, which is the reused one where there is one.
func (b builder) add(id, doc string, typed cfn.Typed, set cfn.Set) string {
	ref := b.Add(cfn.Resource{ID: id, Doc: doc, Condition: condition(id)}, typed, set)
	if find(id).existing == nil {
		return ref
	}
	return use(id, ref)
}

// consoleForm groups the parameters as the CloudFormation console shows them.
func consoleForm() map[string]any {
	var groups []any
	for _, g := range Groups {
		var names []string
		for _, p := range g.Parameters {
			names = append(names, p.Name)
		}
		groups = append(groups, map[string]any{"Label": map[string]any{"default": g.Label}, "Parameters": names})
	}
	return map[string]any{"ParameterGroups": groups}
}

// options are the conditions of single parameters.
func options() []cfn.Condition {
	given := func(id string, p *Parameter) cfn.Condition {
		return cfn.Condition{ID: id, Expr: cfn.Not(p.empty())}
	}
	forInstances := func(id, unless string) cfn.Condition {
		return cfn.Condition{ID: id, Expr: cfn.And(cfn.ConditionRef("InstanceCompute"), cfn.Not(unless))}
	}
	return []cfn.Condition{
		given("HasBucketName", newBucketName),
		given("HasKmsKey", kmsKeyArn),
		{ID: "UseKeyForVolumes", Expr: cfn.And(cfn.ConditionRef("HasKmsKey"), kmsKeyForVolumes.is("true"))},
		{ID: "UseKms", Expr: bucketEncryption.is("aws:kms")},
		given("HasZones", availabilityZone1),
		{ID: "UseSpot", Expr: computeType.is("SPOT")},
		{ID: "HasBid", Expr: cfn.Not(bidPercentage.is("0"))},
		{ID: "HasSpotFleetRole", Expr: cfn.And(cfn.ConditionRef("UseSpot"), cfn.Not(existingSpotFleetRoleArn.empty()))},
		forInstances("HasAllocationStrategy", allocationStrategy.empty()),
		forInstances("HasDesiredvCpus", desiredvCpus.is("0")),
		forInstances("StartInstances", cfn.And(minvCpus.is("0"), desiredvCpus.is("0"))),
		{ID: "UpdateInPlace", Expr: cfn.And(existingBatchServiceRoleArn.empty(), cfn.Not(allocationStrategy.is("BEST_FIT")))},
		given("HasImageType", imageType),
		given("HasImageId", imageId),
		forInstances("ChooseImage", cfn.And(imageType.empty(), imageId.empty())),
		forInstances("HasKeyPair", ec2KeyPair.empty()),
		given("HasComputeEnvironmentName", computeEnvironmentName),
		given("HasInstanceName", instanceName),
		given("HasJobQueueName", jobQueueName),
		{ID: "HasRunnableTimeout", Expr: cfn.Not(runnableTimeoutMinutes.is("0"))},
		given("HasBatchServiceRole", existingBatchServiceRoleArn),
		{ID: "HasJobPolicies", Expr: cfn.Not(cfn.Equals(cfn.Fn("Join", "", jobPolicyArns.ref()), ""))},
		given("HasBoundary", permissionsBoundaryArn),
		given("HasRolePath", rolePath),
		{ID: "HasEgressPort1", Expr: cfn.Not(egressPort1.is("0"))},
		{ID: "HasEgressPort2", Expr: cfn.Not(egressPort2.is("0"))},
		{ID: "LimitEgress", Expr: cfn.Or(cfn.ConditionRef("HasEgressPort1"), cfn.ConditionRef("HasEgressPort2"))},
		{ID: "LimitOwnEgress", Expr: cfn.And(cfn.ConditionRef("CreateSecurityGroup"), cfn.ConditionRef("LimitEgress"))},
		{ID: "HasExecutionRole", Expr: cfn.Or(cfn.ConditionRef("FargateCompute"), cfn.Not(existingExecutionRoleArn.empty()))},
	}
}

// optionally is the parameter's value, or nothing where the condition is false.
func optionally(condition string, p *Parameter) string {
	return cfn.If(condition, p.ref(), cfn.NoValue)
}

// named is the Name tag: the stack's name and the part.
func named(part string) []tags.Tag {
	return []tags.Tag{{Key: "Name", Value: nameOf(part)}}
}

func nameOf(part string) string { return cfn.Sub("${AWS::StackName}-"+part, nil) }

// policy is an IAM policy document.
func policy(statements ...any) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}
