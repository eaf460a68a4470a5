package core

import (
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/instancetype"
)

// infrastructure are the properties for which AWS Batch replaces the instances of a compute
// environment, or CloudFormation the environment. But for the last CloudFormation's schema
// calls them conditionally create-only: they replace the environment unless
// ReplaceComputeEnvironment is false.
// https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html
// The schema is aws-batch-computeenvironment.json of github.com/pulumi/pulumi-aws-native,
// commit 001da55c4665.
var infrastructure = []string{
	"ComputeResources.AllocationStrategy", "ComputeResources.BidPercentage",
	"ComputeResources.Ec2Configuration", "ComputeResources.Ec2KeyPair",
	"ComputeResources.ImageId", "ComputeResources.InstanceRole",
	"ComputeResources.InstanceTypes", "ComputeResources.LaunchTemplate",
	"ComputeResources.PlacementGroup", "ComputeResources.ScalingPolicy",
	"ComputeResources.SecurityGroupIds", "ComputeResources.Subnets", "ComputeResources.Tags",
	"ComputeResources.Type", "ComputeResources.UpdateToLatestImageVersion",
}

// environment is what updates of the compute environment depend on.
type environment struct {
	created, fargate bool
	typ, strategy    string // strategy: empty on Fargate
	serviceRole      string // empty: the service-linked role
	spotRole, name   string
	generation       int
	architecture     instancetype.Architecture // of instances
}

// environmentOf returns what the template makes of values.
func environmentOf(v generator.Values) environment {
	e := environment{
		created: v.Of(compute.existingComputeEnvironmentArn) == "" &&
			v.Of(queue.existingJobQueueArn) == "",
		typ: v.Of(compute.computeType), serviceRole: v.Of(access.existingBatchServiceRoleArn),
		name: v.Of(compute.computeEnvironmentName), generation: v.Number(compute.computeGeneration),
	}
	if e.fargate = strings.HasPrefix(e.typ, "FARGATE"); e.fargate {
		return e
	}
	e.architecture = architecture(instancetype.ParseList(v.Of(compute.instanceTypes)))
	e.strategy = v.Of(compute.allocationStrategy)
	switch {
	case e.strategy == "" && e.typ == "SPOT":
		e.strategy = "SPOT_PRICE_CAPACITY_OPTIMIZED"
	case e.strategy == "":
		e.strategy = "BEST_FIT_PROGRESSIVE"
	}
	if e.typ == "SPOT" {
		e.spotRole = v.Of(compute.existingSpotFleetRoleArn)
	}
	return e
}

// inPlace reports whether the template asks for updates in place, as its condition
// UpdateInPlace does: on instances, with the service-linked role and any strategy but BEST_FIT.
// https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
func (e environment) inPlace() bool {
	return !e.fargate && e.serviceRole == "" && e.strategy != "BEST_FIT"
}

// update returns what becomes of the compute environment and the subnets.
func update(old, new generator.Values) []generator.Verdict {
	return append(environmentVerdicts(old, new), zoneVerdicts(old, new)...)
}

// environmentVerdicts returns what becomes of the compute environment when its infrastructure
// changes. It says nothing unless both the old and the new values create one.
func environmentVerdicts(old, new generator.Values) []generator.Verdict {
	was, is := environmentOf(old), environmentOf(new)
	v := generator.Verdict{Resource: "ComputeEnvironment"}
	refreshed := new.Of(compute.imageRefresh) != "" &&
		new.Of(compute.imageRefresh) != old.Of(compute.imageRefresh)
	switch {
	case refreshed && !is.created:
		v.Change, v.Reason = generator.Refused, "the stack creates no compute environment whose "+
			"image it could refresh"
		v.Way = "Refresh the image where the environment is made"
	case !was.created || !is.created:
		return nil
	case was.fargate != is.fargate:
		v.Change, v.Reason = generator.Refused, fmt.Sprintf("a job queue holds environments on "+
			"instances or on Fargate, not both: %s cannot become %s", was.typ, is.typ)
		v.Way = "Make a second stack that shares the resources of this one: metaflow-cfn deploy " +
			"{stack}-2 --from {stack} {ComputeType} " + is.typ
	case refreshed && is.fargate:
		v.Change, v.Reason = generator.Refused, "Fargate has no image that could be refreshed"
		v.Way = "Retry without --refresh-image and {ImageRefresh}"
	case refreshed && new.Of(compute.imageId) != "":
		v.Change, v.Reason = generator.Refused, fmt.Sprintf("instances run the image %s, of which "+
			"there is no newer one", new.Of(compute.imageId))
		v.Way = "Give a newer image: {ImageId}; or leave the choice to AWS Batch: --unset ImageId"
	default:
		judge(&v, was, is, new.Of(compute.jobExecutionTimeoutMinutes))
	}
	return []generator.Verdict{v}
}

// judge decides about an environment that is on instances before and after, or on Fargate.
func judge(v *generator.Verdict, was, is environment, timeout string) {
	always := was.always(is)
	switch {
	case always != "":
		v.Change, v.Reason = generator.Replaced, always
	case (was.serviceRole == "") != (is.serviceRole == ""):
		v.Change, v.Reason = generator.Refused, "AWS Batch does not change an environment from its "+
			"service-linked role to another service role, or back"
		v.Way = was.replace()
	case is.inPlace() && was.strategy == "BEST_FIT":
		v.Change, v.Reason = generator.Refused, "AWS Batch does not change the strategy BEST_FIT of an "+
			"environment in place"
		v.Way = was.replace()
	case is.inPlace():
		v.Change, v.Properties = generator.InPlace, infrastructure
		v.Reason = fmt.Sprintf("AWS Batch replaces the instances; running jobs continue, and those "+
			"that still run after %s minutes (%s) are terminated", timeout,
			compute.jobExecutionTimeoutMinutes.Name)
	default:
		v.Change, v.Properties, v.Reason = generator.Replaced, infrastructure, is.notInPlace()
	}
	certain := always != "" || was.typ != is.typ || was.strategy != is.strategy
	switch {
	case v.Change == generator.Replaced && is.name != "" && is.name == was.name:
		v.Change = generator.Refused
		v.Reason += "; CloudFormation does not replace a resource that has a name: " + is.name
		v.Way = "Give another name: {ComputeEnvironmentName}; or none: --unset ComputeEnvironmentName"
	case v.Change == generator.Replaced:
		v.Reason += "; jobs that run in the old environment are terminated"
	}
	if certain && v.Change == generator.Refused {
		v.Properties = nil
	}
	if was.architecture != is.architecture && v.Change != generator.Refused {
		v.Reason += "; the images of jobs must be for " + string(is.architecture)
	}
}

// architecture returns that of the instances: unknown types are taken for x86_64.
func architecture(types []instancetype.Type) instancetype.Architecture {
	if slices.ContainsFunc(types, func(t instancetype.Type) bool {
		return t.Architecture == instancetype.Arm
	}) {
		return instancetype.Arm
	}
	return instancetype.X86
}

// always returns why CloudFormation replaces the environment whatever
// ReplaceComputeEnvironment says, or nothing: these properties are create-only.
func (e environment) always(is environment) string {
	switch {
	case e.generation != is.generation:
		return compute.computeGeneration.Name + " asks for a new environment"
	case e.name != is.name:
		return "the name of an environment is set when it is created"
	case e.spotRole != is.spotRole:
		return "the Spot Fleet role of an environment is set when it is created"
	}
	return ""
}

// notInPlace returns why the environment is not updated in place.
func (e environment) notInPlace() string {
	switch {
	case e.fargate:
		return "AWS Batch does not change an environment on Fargate in place"
	case e.serviceRole != "":
		return "AWS Batch changes an environment in place only with its service-linked role"
	}
	return "AWS Batch does not change an environment with BEST_FIT in place"
}

// replace returns the way to a new environment.
func (e environment) replace() string {
	if e.name != "" {
		return "Make a new environment, with another name: {ComputeEnvironmentName}; or with none: " +
			"--unset ComputeEnvironmentName"
	}
	return fmt.Sprintf("Make a new environment: the same command with {ComputeGeneration} %d",
		e.generation+1)
}
