package core

import (
	"strconv"

	"github.com/awslabs/goformation/v7/cloudformation/batch"
	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// jobQueue adds the queue.
func (b builder) jobQueue() {
	b.Create("JobQueue", "The job queue to which Metaflow submits jobs.", &batch.JobQueue{
		JobQueueName: new(queue.jobQueueName.If("HasJobQueueName")),
		State:        new(queue.jobQueueState.Ref()),
		ComputeEnvironmentOrder: []batch.JobQueue_ComputeEnvironmentOrder{
			{Order: 1, ComputeEnvironment: needs.Reference("ComputeEnvironment")},
		},
		Tags: map[string]string{"Name": standard.NameOf("jobs")},
	}, cfn.Set{
		"Priority":                 queue.jobQueuePriority.Ref(),
		"JobStateTimeLimitActions": cfn.If("HasRunnableTimeout", stuckJobs(), cfn.NoValue),
	})
}

// computeEnvironment adds the compute environment. It has no fixed name, so that it can be
// replaced, and leaves DesiredvCpus to Batch, so that updates do not fight the scheduler. Batch
// updates it in place if it has the service-linked role and any strategy but BEST_FIT.
// https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
func (b builder) computeEnvironment(attached standard.Dependency, routes []standard.Dependency) {
	resources := &batch.ComputeEnvironment_ComputeResources{
		Type:               compute.computeType.Ref(),
		AllocationStrategy: new(strategy()),
		InstanceRole:       new(instancesOnly(needs.Reference("InstanceProfile"))),
		InstanceTypes:      cfn.List(instancesOnly(compute.instanceTypes.Ref())),
		Ec2KeyPair:         new(compute.ec2KeyPair.If("HasKeyPair")),
		SpotIamFleetRole:   new(compute.existingSpotFleetRoleArn.If("HasSpotFleetRole")),
		SecurityGroupIds:   []string{needs.Reference("SecurityGroup")},
		Subnets:            subnetsOfJobs(),
	}
	b.Add(cfn.Resource{
		ID: "ComputeEnvironment", Doc: "Runs the jobs. Nothing runs while no job waits.",
		Condition: needs.Condition("ComputeEnvironment"), Metadata: waitForRoutes(attached, routes),
	}, &batch.ComputeEnvironment{
		Type:                   "MANAGED",
		ComputeEnvironmentName: new(compute.computeEnvironmentName.If("HasComputeEnvironmentName")),
		State:                  new(compute.computeEnvironmentState.Ref()),
		ServiceRole:            new(access.existingBatchServiceRoleArn.If("HasBatchServiceRole")),
		ComputeResources:       resources,
		Tags:                   map[string]string{"Name": nameOfEnvironment()},
	}, cfn.Set{
		"ReplaceComputeEnvironment": cfn.If("UpdateInPlace", false, true),
		"UpdatePolicy": instancesOnly(map[string]any{
			"TerminateJobsOnUpdate":      false,
			"JobExecutionTimeoutMinutes": compute.jobExecutionTimeoutMinutes.Ref(),
		}),
		"ComputeResources.MinvCpus":                   instancesOnly(compute.minvCpus.Ref()),
		"ComputeResources.MaxvCpus":                   compute.maxvCpus.Ref(),
		"ComputeResources.DesiredvCpus":               compute.desiredvCpus.If("HasDesiredvCpus"),
		"ComputeResources.BidPercentage":              compute.bidPercentage.If("HasBid"),
		"ComputeResources.Ec2Configuration":           cfn.If("ChooseImage", []any{image()}, cfn.NoValue),
		"ComputeResources.UpdateToLatestImageVersion": cfn.If("UseLatestImage", true, cfn.NoValue),
		"ComputeResources.LaunchTemplate": instancesOnly(map[string]any{
			"LaunchTemplateId": needs.Reference("LaunchTemplate"),
			"Version":          cfn.GetAtt("LaunchTemplate", "LatestVersionNumber"),
		}),
	})
}

// nameOfEnvironment returns the Name tag, which has the generation but for the first. AWS Batch
// takes the tags of an environment only when it is created, so that CloudFormation replaces the
// environment for another generation.
func nameOfEnvironment() string {
	return cfn.If("HasGeneration", standard.NameOf("compute-${"+compute.computeGeneration.Name+"}"),
		standard.NameOf("compute"))
}

// instancesOnly returns the value of a property that Fargate does not accept.
func instancesOnly(value any) string { return cfn.If("InstanceCompute", value, cfn.NoValue) }

func strategy() string {
	derived := cfn.If("UseSpot", "SPOT_PRICE_CAPACITY_OPTIMIZED",
		instancesOnly("BEST_FIT_PROGRESSIVE"))
	return cfn.If("HasAllocationStrategy", compute.allocationStrategy.Ref(), derived)
}

// subnetsOfJobs returns the subnets that ComputeSubnets selects.
func subnetsOfJobs() []string {
	private := []string{needs.Reference("PrivateSubnet1"), needs.Reference("PrivateSubnet2")}
	public := []string{needs.Reference("PublicSubnet1"), needs.Reference("PublicSubnet2")}
	all := append(append([]string(nil), private...), public...)
	return cfn.List(cfn.If("PublicCompute", cfn.If("PrivateCompute", all, public), private))
}

// waitForRoutes orders the compute environment after the gateway attachment if instances get public
// addresses: otherwise the gateway cannot be detached when the stack is deleted. If instances start
// with the environment, it also waits for the routes.
func waitForRoutes(attached standard.Dependency, routes []standard.Dependency) map[string]any {
	gateway := cfn.If("PublicCompute", cfn.If(attached.Condition, attached.Ref, "none"), "none")
	routed := []any{gateway}
	for _, r := range routes {
		routed = append(routed, cfn.If(r.Condition, r.Ref, "none"))
	}
	return map[string]any{cfn.After: cfn.If("StartInstances", routed, []any{gateway})}
}

// image returns the entry of Ec2Configuration.
func image() map[string]any {
	return map[string]any{
		"ImageType":       cfn.If("HasImageType", compute.imageType.Ref(), "ECS_AL2023"),
		"ImageIdOverride": compute.imageId.If("HasImageId"),
	}
}

// launchTemplate adds the settings of instances that Batch does not have: the volume, IMDSv2 and
// the tags. It has no name, and the compute environment refers to its version by number, so that
// CloudFormation sees a change.
func (b builder) launchTemplate() {
	const volume = "LaunchTemplateData.BlockDeviceMappings[0].Ebs."
	name := map[string]any{"Key": "Name", "Value": cfn.If("HasInstanceName",
		compute.instanceName.Ref(), standard.NameOf("batch"))}
	refresh := cfn.If("HasImageRefresh",
		map[string]any{"Key": "ImageRefresh", "Value": compute.imageRefresh.Ref()}, cfn.NoValue)
	first := ownTag("HasInstanceTag1", compute.instanceTag1)
	second := ownTag("HasInstanceTag2", compute.instanceTag2)
	b.Create("LaunchTemplate", "The volume, IMDSv2 and the tags of instances.", &ec2.LaunchTemplate{
		LaunchTemplateData: &ec2.LaunchTemplate_LaunchTemplateData{
			BlockDeviceMappings: []ec2.LaunchTemplate_BlockDeviceMapping{{
				DeviceName: new("/dev/xvda"),
				Ebs: &ec2.LaunchTemplate_Ebs{
					VolumeType: new("gp3"), Encrypted: new(true), DeleteOnTermination: new(true),
				},
			}},
			MetadataOptions: &ec2.LaunchTemplate_MetadataOptions{
				HttpTokens: new("required"), HttpPutResponseHopLimit: new(1),
			},
			TagSpecifications: []ec2.LaunchTemplate_TagSpecification{
				{ResourceType: new("instance")}, {ResourceType: new("volume")},
			},
		},
		TagSpecifications: []ec2.LaunchTemplate_LaunchTemplateTagSpecification{
			{ResourceType: new("launch-template"), Tags: standard.NameTags("batch")},
		},
	}, cfn.Set{
		"LaunchTemplateData.TagSpecifications[0].Tags": []any{name, refresh, first, second},
		"LaunchTemplateData.TagSpecifications[1].Tags": []any{name, first, second},
		volume + "VolumeSize":                          compute.volumeSize.Ref(),
		volume + "KmsKeyId":                            keyOfVolumes(),
	})
}

// keyOfVolumes returns the key of the volumes, that of EBS by default: where an account has another
// default key, the service-linked role of Auto Scaling may not use it, and instances end when they
// start (runs-on/runs-on#151). Environments that are not updated in place get no key, because a new
// version of the launch template replaces those of older versions of this template.
func keyOfVolumes() string {
	return cfn.If("UseKeyForVolumes", storage.kmsKeyArn.Ref(),
		cfn.If("UpdateInPlace", "alias/aws/ebs", cfn.NoValue))
}

// ownTag returns a tag of the user's own, which is given as KEY=VALUE.
func ownTag(condition string, p *generator.Parameter) any {
	part := func(i int) string { return cfn.Fn("Select", i, cfn.Fn("Split", "=", p.Ref())) }
	return cfn.If(condition, map[string]any{"Key": part(0), "Value": part(1)}, cfn.NoValue)
}

// stuckJobs returns the actions that cancel jobs which cannot start, for each of the reasons that
// Batch knows.
// https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
func stuckJobs() []any {
	var actions []any
	for _, reason := range []string{
		"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
		"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
		"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
	} {
		actions = append(actions, map[string]any{
			"Action": "CANCEL", "State": "RUNNABLE", "Reason": reason,
			"MaxTimeSeconds": cfn.Fn("FindInMap", "Minutes",
				queue.runnableTimeoutMinutes.Ref(), "Seconds"),
		})
	}
	return actions
}

// minutes maps RunnableTimeoutMinutes to the seconds that Batch expects, because CloudFormation
// cannot multiply. FindInMap must find its key in every branch, taken or not, so 0 (no timeout) has
// a row too.
func minutes() map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, m := range queue.runnableTimeoutMinutes.Allowed {
		n, err := strconv.Atoi(m)
		if err != nil {
			panic("core: RunnableTimeoutMinutes allows " + m)
		}
		out[m] = map[string]any{"Seconds": n * 60}
	}
	return out
}
