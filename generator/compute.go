package generator

import (
	"slices"
	"strconv"

	"github.com/awslabs/goformation/v7/cloudformation/batch"
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// compute adds the compute environment and the queue, and returns their ARNs.
func (b builder) compute(net network, access access) (environment, queue string) {
	launch := b.launchTemplate()
	environment = b.computeEnvironment(net, access, launch)
	queue = b.Add(cfn.Resource{
		ID: "JobQueue", Doc: "Where Metaflow submits jobs.", Condition: condition("JobQueue"),
	}, &batch.JobQueue{
		JobQueueName: new(optionally("HasJobQueueName", jobQueueName)),
		State:        new(jobQueueState.ref()),
		ComputeEnvironmentOrder: []batch.JobQueue_ComputeEnvironmentOrder{
			{Order: 1, ComputeEnvironment: environment},
		},
		Tags: map[string]string{"Name": nameOf("jobs")},
	}, cfn.Set{
		"Priority":                 jobQueuePriority.ref(),
		"JobStateTimeLimitActions": cfn.If("HasRunnableTimeout", stuckJobs(), cfn.NoValue),
	})
	return environment, use("JobQueue", queue)
}

// computeEnvironment has no name of its own, so that it can be replaced, and
// leaves DesiredvCpus to Batch, so that updates do not fight the scheduler. It
// is updated in place where Batch can: with its service-linked role and any
// strategy but BEST_FIT.
// https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
func (b builder) computeEnvironment(net network, access access, launch string) string {
	r := cfn.Resource{
		ID: "ComputeEnvironment", Doc: "Runs jobs; nothing while none waits.",
		Condition: condition("ComputeEnvironment"), Metadata: waitForRoutes(net),
	}
	resources := &batch.ComputeEnvironment_ComputeResources{
		Type:               computeType.ref(),
		AllocationStrategy: new(strategy()),
		InstanceRole:       new(instancesOnly(access.instanceProfile)),
		InstanceTypes:      cfn.List(instancesOnly(instanceTypes.ref())),
		Ec2KeyPair:         new(optionally("HasKeyPair", ec2KeyPair)),
		SpotIamFleetRole:   new(optionally("HasSpotFleetRole", existingSpotFleetRoleArn)),
		SecurityGroupIds:   []string{net.securityGroup},
		Subnets:            subnetsOf(net),
	}
	environment := b.Add(r, &batch.ComputeEnvironment{
		Type:                   "MANAGED",
		ComputeEnvironmentName: new(optionally("HasComputeEnvironmentName", computeEnvironmentName)),
		State:                  new(computeEnvironmentState.ref()),
		ServiceRole:            new(optionally("HasBatchServiceRole", existingBatchServiceRoleArn)),
		ComputeResources:       resources,
		Tags:                   map[string]string{"Name": nameOf("compute")},
	}, cfn.Set{
		"ReplaceComputeEnvironment":         cfn.If("UpdateInPlace", false, true),
		"UpdatePolicy":                      instancesOnly(map[string]any{"TerminateJobsOnUpdate": false, "JobExecutionTimeoutMinutes": 30}),
		"ComputeResources.MinvCpus":         instancesOnly(minvCpus.ref()),
		"ComputeResources.MaxvCpus":         maxvCpus.ref(),
		"ComputeResources.DesiredvCpus":     optionally("HasDesiredvCpus", desiredvCpus),
		"ComputeResources.BidPercentage":    optionally("HasBid", bidPercentage),
		"ComputeResources.Ec2Configuration": cfn.If("ChooseImage", []any{image()}, cfn.NoValue),
		"ComputeResources.LaunchTemplate": instancesOnly(map[string]any{
			"LaunchTemplateId": launch, "Version": cfn.GetAtt("LaunchTemplate", "LatestVersionNumber"),
		}),
	})
	return use("ComputeEnvironment", environment)
}

// instancesOnly is a property that Fargate does not take.
func instancesOnly(value any) string { return cfn.If("InstanceCompute", value, cfn.NoValue) }

func strategy() string {
	derived := cfn.If("UseSpot", "SPOT_PRICE_CAPACITY_OPTIMIZED", instancesOnly("BEST_FIT_PROGRESSIVE"))
	return cfn.If("HasAllocationStrategy", allocationStrategy.ref(), derived)
}

// subnetsOf are the subnets that ComputeSubnets asks for.
func subnetsOf(net network) []string {
	all := slices.Concat(net.private, net.public)
	return cfn.List(cfn.If("PublicCompute", cfn.If("PrivateCompute", all, net.public), net.private))
}

// waitForRoutes orders the compute environment after the gateway attachment
// where instances get public addresses, which else could not be detached on
// delete, and after the routes where instances start with it.
func waitForRoutes(net network) map[string]any {
	attached := cfn.If("PublicCompute", cfn.If(net.attached().condition, net.attachment, "none"), "none")
	routed := []any{attached}
	for _, w := range net.routing {
		routed = append(routed, cfn.If(w.condition, w.ref, "none"))
	}
	return map[string]any{cfn.After: cfn.If("StartInstances", routed, []any{attached})}
}

// image is the entry of Ec2Configuration.
func image() map[string]any {
	return map[string]any{
		"ImageType":       cfn.If("HasImageType", imageType.ref(), "ECS_AL2023"),
		"ImageIdOverride": optionally("HasImageId", imageId),
	}
}

// launchTemplate is what Batch cannot say of instances: the volume, IMDSv2 and
// the tags. It has no name, and the compute environment refers to its version
// by number, so that CloudFormation sees a change.
func (b builder) launchTemplate() string {
	name := []tags.Tag{{Key: "Name", Value: cfn.If("HasInstanceName", instanceName.ref(), nameOf("batch"))}}
	return b.add("LaunchTemplate", "Volume, IMDSv2 and tags of instances.", &ec2.LaunchTemplate{
		LaunchTemplateData: &ec2.LaunchTemplate_LaunchTemplateData{
			BlockDeviceMappings: []ec2.LaunchTemplate_BlockDeviceMapping{{
				DeviceName: new("/dev/xvda"),
				Ebs: &ec2.LaunchTemplate_Ebs{
					VolumeType: new("gp3"), Encrypted: new(true), DeleteOnTermination: new(true),
				},
			}},
			MetadataOptions: &ec2.LaunchTemplate_MetadataOptions{HttpTokens: new("required"), HttpPutResponseHopLimit: new(1)},
			TagSpecifications: []ec2.LaunchTemplate_TagSpecification{
				{ResourceType: new("instance"), Tags: name},
				{ResourceType: new("volume"), Tags: name},
			},
		},
		TagSpecifications: []ec2.LaunchTemplate_LaunchTemplateTagSpecification{
			{ResourceType: new("launch-template"), Tags: named("batch")},
		},
	}, cfn.Set{
		"LaunchTemplateData.BlockDeviceMappings[0].Ebs.VolumeSize": volumeSize.ref(),
		"LaunchTemplateData.BlockDeviceMappings[0].Ebs.KmsKeyId":   optionally("UseKeyForVolumes", kmsKeyArn),
	})
}

// stuckJobs cancels jobs that wait for what will not come, for each of the
// reasons that Batch knows.
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
			"MaxTimeSeconds": cfn.Fn("FindInMap", "Minutes", runnableTimeoutMinutes.ref(), "Seconds"),
		})
	}
	return actions
}

// minutes maps RunnableTimeoutMinutes to the seconds that Batch wants, as
// CloudFormation cannot multiply.
func minutes() map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, m := range runnableTimeoutMinutes.Allowed[1:] { // the first is 0, which waits for ever
		n, err := strconv.Atoi(m)
		if err != nil {
			panic("generator: RunnableTimeoutMinutes allows " + m)
		}
		out[m] = map[string]any{"Seconds": n * 60}
	}
	return out
}
