package core

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// compute holds the handles of the parameters of the compute environment.
var compute = struct {
	existingComputeEnvironmentArn, computeType, bidPercentage, existingSpotFleetRoleArn,
	instanceTypes, allocationStrategy, minvCpus, desiredvCpus, maxvCpus, imageType,
	imageId, imageRefresh, volumeSize, kmsKeyForVolumes, ec2KeyPair, computeSubnets,
	computeEnvironmentName, computeEnvironmentState, computeGeneration,
	jobExecutionTimeoutMinutes, instanceName, instanceTag1, instanceTag2 *generator.Parameter
}{
	existingComputeEnvironmentArn: &generator.Parameter{
		Name: "ExistingComputeEnvironmentArn", Format: standard.ComputeEnvironmentARN,
		WhenEmpty: "a new one",
		Doc: "Compute environment for the new job queue. It must be MANAGED, as " +
			"Metaflow requires.",
	},
	computeType: &generator.Parameter{
		Name: "ComputeType", Default: "EC2",
		Allowed: []string{"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"},
		Doc: "EC2 (On-Demand) or SPOT instances, or Fargate. Metaflow's @parallel " +
			"needs EC2.",
	},
	bidPercentage: &generator.Parameter{
		Name: "BidPercentage", Kind: generator.Number, Default: "0", Max: 100,
		Doc: "Highest Spot price in percent of the On-Demand price; 0: none, as " +
			"Batch recommends.",
	},
	existingSpotFleetRoleArn: &generator.Parameter{
		Name: "ExistingSpotFleetRoleArn", Format: standard.RoleARN,
		WhenEmpty: "none, which only BEST_FIT needs",
		Doc:       "Spot Fleet role, which SPOT needs with the strategy BEST_FIT.",
	},
	instanceTypes: &generator.Parameter{
		Name: "InstanceTypes", Kind: generator.List, Default: "optimal",
		Format: standard.InstanceType,
		Doc:    "Instance types and families, of one architecture; optimal lets Batch choose.",
	},
	allocationStrategy: &generator.Parameter{
		Name:      "AllocationStrategy",
		WhenEmpty: "BEST_FIT_PROGRESSIVE, for SPOT SPOT_PRICE_CAPACITY_OPTIMIZED",
		Allowed: []string{"", "BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED",
			"SPOT_PRICE_CAPACITY_OPTIMIZED"},
		Doc: "How Batch chooses instance types. BEST_FIT cannot be updated in place.",
	},
	minvCpus: &generator.Parameter{
		Name: "MinvCpus", Kind: generator.Number, Default: "0", Max: 100000,
		Doc: "vCPUs that run, and cost money, even without jobs.",
	},
	desiredvCpus: &generator.Parameter{
		Name: "DesiredvCpus", Kind: generator.Number, Default: "0", Max: 100000,
		NotKept: true,
		Doc:     "vCPUs to start with; 0 leaves it to Batch. deploy sends it only when given.",
	},
	maxvCpus: &generator.Parameter{
		Name: "MaxvCpus", Kind: generator.Number, Default: "256", Min: 1, Max: 100000,
		Doc: "Most vCPUs at once.",
	},
	imageType: &generator.Parameter{
		Name: "ImageType", Allowed: []string{"", "ECS_AL2023", "ECS_AL2023_NVIDIA"},
		WhenEmpty: "Batch chooses ECS_AL2023, for GPU types ECS_AL2023_NVIDIA",
		Doc:       "ECS-optimized image of the instances.",
	},
	imageId: &generator.Parameter{
		Name: "ImageId", Format: standard.ImageID,
		WhenEmpty: "the newest image of ImageType, when created and when an update replaces " +
			"the instances",
		Doc: "AMI of the instances: ECS-optimized, with the root device /dev/xvda.",
	},
	imageRefresh: &generator.Parameter{
		Name: "ImageRefresh", WhenEmpty: "never",
		Format: generator.Format{Pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
			Expected: "a date like 2026-01-31"},
		Doc: "Date of the last refresh of the image. A new date replaces the instances.",
	},
	volumeSize: &generator.Parameter{
		Name: "VolumeSize", Kind: generator.Number, Default: "100", Min: 30, Max: 16384,
		Doc: "Size in GiB of an instance's root volume, for images and the data of jobs.",
	},
	kmsKeyForVolumes: &generator.Parameter{
		Name: "KmsKeyForVolumes", Default: "false", Allowed: generator.OnOff,
		Doc: "Encrypt volumes with KmsKeyArn too. The service-linked role of Auto " +
			"Scaling needs a grant.",
	},
	ec2KeyPair: &generator.Parameter{
		Name: "Ec2KeyPair", Format: standard.KeyPairName, WhenEmpty: "no key pair",
		Doc: "EC2 key pair of the instances. The new security group does not let SSH in.",
	},
	computeSubnets: &generator.Parameter{
		Name: "ComputeSubnets", Default: "private",
		Allowed: []string{"private", "public", "all"},
		Doc: "Subnets of the jobs. In public subnets jobs have public addresses and " +
			"need no NAT gateway.",
	},
	computeEnvironmentName: &generator.Parameter{
		Name: "ComputeEnvironmentName", Format: standard.BatchName,
		WhenEmpty: "a generated name",
		Doc:       "Name of the new compute environment. One with a name cannot be replaced.",
	},
	computeEnvironmentState: &generator.Parameter{
		Name: "ComputeEnvironmentState", Default: "ENABLED",
		Allowed: []string{"ENABLED", "DISABLED"},
		Doc:     "Whether the compute environment accepts jobs.",
	},
	computeGeneration: &generator.Parameter{
		Name: "ComputeGeneration", Kind: generator.Number, Default: "1", Min: 1, Max: 9999,
		Doc: "Another number replaces the compute environment.",
	},
	jobExecutionTimeoutMinutes: &generator.Parameter{
		Name: "JobExecutionTimeoutMinutes", Kind: generator.Number, Default: "1440",
		Min: 1, Max: 7200,
		Doc: "Minutes that running jobs have left when an update replaces the instances.",
	},
	instanceName: &generator.Parameter{
		Name: "InstanceName", Format: standard.TagValue,
		WhenEmpty: "the stack's name and -batch",
		Doc:       "Name tag of the instances and their volumes.",
	},
	instanceTag1: &generator.Parameter{
		Name: "InstanceTag1", Format: standard.Tag, WhenEmpty: "none",
		Doc: "Tag of the instances and their volumes.",
	},
	instanceTag2: &generator.Parameter{
		Name: "InstanceTag2", Format: standard.Tag, WhenEmpty: "none",
		Doc: "Another tag.",
	},
}
