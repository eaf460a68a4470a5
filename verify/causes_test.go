package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/batchtest"
)

// stuck is a job that waits, with a reason.
func stuck(reason string) []batchtest.Step {
	return []batchtest.Step{{Status: "RUNNABLE", Reason: reason, Exit: -1}}
}

// fails is a job that fails, with the reasons of the job and the container.
func fails(reason, container string, exit int) []batchtest.Step {
	return []batchtest.Step{{Status: "RUNNABLE", Exit: -1},
		{After: 20 * time.Second, Status: "FAILED", Reason: reason, Container: container, Exit: exit}}
}

// launch is a launch that failed, with the text of EC2 Auto Scaling.
func launch(message string) batchtest.World {
	return batchtest.World{Steps: stuck(""), Activities: []batchtest.Activity{{
		Group: "environment1-asg-0a1b", Status: "Failed", Message: message,
		Description: "Launching a new EC2 instance.  Status Reason: " + message}}}
}

// container is a job whose container could not start, with the text of Amazon ECS.
func container(reason string) batchtest.World {
	return batchtest.World{Steps: fails("Task failed to start", reason, -1)}
}

// printed is a job that has printed a line and failed.
func printed(lines ...string) batchtest.World {
	return batchtest.World{Steps: fails("Essential container in task exited", "", 254), Log: lines}
}

// environment is a world with one environment.
func environment(e batchtest.Environment) batchtest.World {
	return batchtest.World{Environments: []batchtest.Environment{e}}
}

// one is an environment.
type one = batchtest.Environment

// worlds are worlds in which the job does not run, with the causes that are said first. The texts
// of AWS come from its documentation and from public reports, as far as a row names no other source.
// https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
var worlds = []struct {
	world  batchtest.World
	causes string // kinds, separated by commas
	change string // a parameter of the first
	result Result
}{
	{batchtest.World{NoQueue: true}, "queue missing", "", Failed},
	{batchtest.World{Queue: batchtest.Queue{State: "DISABLED"}}, "queue disabled", "JobQueueState", Failed},
	{batchtest.World{Queue: batchtest.Queue{Status: "INVALID", Reason: "no environment"}},
		"queue invalid", "", Failed},
	{batchtest.World{Environments: []one{}}, "no environment", "ExistingJobQueueArn", Failed},
	{environment(one{Status: "INVALID", Reason: "CLIENT_ERROR - Not authorized to perform sts:AssumeRole"}),
		"environment invalid", "ExistingBatchServiceRoleArn", Failed},
	{environment(one{State: "DISABLED"}), "environment disabled", "ComputeEnvironmentState", Failed},
	{environment(one{Max: -1}), "too few vCPUs", "MaxvCpus", Failed},
	{batchtest.World{Steps: stuck("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated " +
		"with the job queue cannot meet the CPU requirement.")}, "environment limit", "MaxvCpus", Failed},
	{batchtest.World{Steps: stuck("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource " +
		"requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.")},
		"instance too small", "InstanceTypes", Failed},
	{batchtest.World{Steps: stuck("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has " +
		"permission issues.")}, "service role", "ExistingBatchServiceRoleArn", Failed},
	{batchtest.World{Joined: 1, Steps: stuck("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot " +
		"fulfill the capacity requested for instance type p5.48xlarge")}, "capacity", "InstanceTypes", Failed},
	// apache/airflow#38298
	{batchtest.World{Joined: 1, Environments: []one{{Desired: 1}}, Steps: stuck(
		"UNDETERMINED - Batch job is blocked, root cause is undetermined.")}, "blocked", "", Failed},
	{launch("You have requested more vCPU capacity than your current vCPU limit of 0 allows for the " +
		"instance bucket that the specified instance type belongs to. Launching EC2 instance failed."),
		"vCPU quota", "InstanceTypes", Failed},
	{launch("Max spot instance count exceeded (MaxSpotInstanceCountExceeded). Launching EC2 instance failed."),
		"vCPU quota", "ComputeType", Failed},
	{launch("We currently do not have sufficient m5.large capacity in the Availability Zone you " +
		"requested (us-east-1a)."), "launch capacity", "AvailabilityZone1", Failed},
	{launch("Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity " +
		"available that matches your request."), "launch capacity", "InstanceTypes", Failed},
	{launch("Could not launch Spot Instances. SpotMaxPriceTooLow - Your Spot request price of 0.01 is " +
		"lower than the minimum required Spot request fulfillment price of 0.04."), "Spot price",
		"BidPercentage", Failed},
	// runs-on/runs-on#151, aws/karpenter-provider-aws#1407
	{launch("Instance became unhealthy while waiting for instance to be in InService state. Termination " +
		"Reason: Client.InternalError: Client error on launch"), "volume key", "KmsKeyArn", Failed},
	{launch("Instance became unhealthy. Termination Reason: Client.InvalidKMSKey.InvalidState: The KMS " +
		"key provided is in an incorrect state"), "volume key", "KmsKeyArn", Failed},
	{launch("The image id '[ami-0a1b2c3d]' does not exist (InvalidAMIID.NotFound)"), "image", "ImageId", Failed},
	{launch("The architecture 'arm64' of the specified instance type does not match the architecture " +
		"'x86_64' of the specified AMI."), "architecture", "ImageId", Failed},
	{launch("Your requested instance type (g5.xlarge) is not supported in your requested Availability " +
		"Zone (us-east-1e). Launching EC2 instance failed."), "zone", "AvailabilityZone1", Failed},
	{launch("Invalid IamInstanceProfile: arn:aws:iam::123456789012:instance-profile/gone"),
		"instance profile", "ExistingInstanceProfileArn", Failed},
	{launch("The subnet ID 'subnet-0a1b2c3d' does not exist (InvalidSubnetID.NotFound)"),
		"network missing", "ExistingPrivateSubnet1Id", Failed},
	{launch("There are not enough free addresses in subnet 'subnet-0a1b2c3d' to satisfy the requested " +
		"number of instances. (InsufficientFreeAddressesInSubnet)"), "subnet full", "PrivateSubnet1Cidr", Failed},
	{launch("You are not authorized to perform this operation. (UnauthorizedOperation) Encoded " +
		"authorization failure message"), "launch denied", "", Failed},
	{launch("The specified launch template, with template ID lt-0a1b2c3d, does not exist."),
		"launch template", "", Failed},
	// aws-samples/aws-batch-genomics#3
	{batchtest.World{Steps: stuck(""), Activities: []batchtest.Activity{{Group: "environment1-asg",
		Status: "Successful", Description: "Launching a new EC2 instance: i-0a1b2c3d", Ago: 5 * time.Minute}}},
		"not in the cluster", "ComputeSubnets", Failed},
	{batchtest.World{Steps: stuck(""), Joined: 1, Others: 3, Environments: []one{{Max: 4, Desired: 4}}},
		"queue full", "MaxvCpus", Failed},
	{batchtest.World{Steps: stuck("")}, "not scaled", "ExistingBatchServiceRoleArn", Failed},
	{batchtest.World{Steps: []batchtest.Step{{Status: "STARTING", Exit: -1}}}, "image pull slow",
		"ComputeSubnets", Failed},
	{container("CannotPullContainerError: pull image manifest has been retried 1 time(s): toomanyrequests: " +
		"You have reached your unauthenticated pull rate limit."), "registry limit", "", Failed},
	{container("CannotPullContainerError: Error response from daemon: Get \"https://public.ecr.aws/v2/\": " +
		"net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"),
		"registry unreachable", "ComputeSubnets", Failed},
	// globaldothealth/list#2662
	{container("ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s)"),
		"registry unreachable", "ExistingNatGatewayId", Failed},
	{container("CannotPullContainerError: manifest unknown: Requested image not found"), "image missing",
		"ExistingExecutionRoleArn", Failed},
	{container("CannotPullContainerError: failed to register layer: write /usr/lib: no space left on device"),
		"disk full", "VolumeSize", Failed},
	{printed("exec /usr/local/bin/aws: exec format error"), "image architecture", "InstanceTypes", Failed},
	{container("ECS was unable to assume the role 'arn:aws:iam::123456789012:role/jobs' that was provided " +
		"for this task."), "role assumption", "ExistingJobRoleArn", Failed},
	{batchtest.World{Steps: fails("Host EC2 (instance i-0a1b2c3d) terminated.", "", -1)}, "instance ended",
		"ComputeType", Failed},
	{container("OutOfMemoryError: Container killed due to memory usage"), "out of memory", "", Failed},
	{batchtest.World{Steps: fails("Canceled by JobStateTimeLimit action due to reason: "+
		"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "", -1)}, "capacity,job cancelled", "InstanceTypes", Failed},
	{batchtest.World{Steps: fails("Job attempt duration exceeded timeout", "", -1)}, "job time",
		"S3Endpoint", Failed},
	{printed("An error occurred (AccessDenied) when calling the PutObject operation: User: " +
		"arn:aws:sts::123456789012:assumed-role/jobs/1 is not authorized to perform: kms:GenerateDataKey"),
		"key denied,write denied", "KmsKeyArn", Failed},
	{printed("An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"),
		"write denied", "ExistingJobRoleArn", Failed},
	{printed("An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket " +
		"does not exist"), "bucket missing", "ExistingBucketName", Failed},
	{printed(`Could not connect to the endpoint URL: "https://data.s3.us-east-1.amazonaws.com/flows/a"`),
		"S3 unreachable", "S3Endpoint", Failed},
	{printed(`Unable to locate credentials. You can configure credentials by running "aws configure".`),
		"no credentials", "ExistingJobRoleArn", Failed},
	{printed("something else"), "job failed", "", Failed},
	{batchtest.World{NotWritten: true}, "object not readable", "", Failed},

	// two causes, each of which is said
	{batchtest.World{Queue: batchtest.Queue{State: "DISABLED"}, Environments: []one{{State: "DISABLED"},
		{Status: "INVALID", Reason: "CLIENT_ERROR"}}}, "queue disabled,environment invalid,environment disabled",
		"JobQueueState", Failed},
	{batchtest.World{Steps: stuck("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - m5.large"),
		Environments: []one{{Name: "first"}, {Name: "second"}},
		Activities: []batchtest.Activity{
			{Group: "first-asg", Status: "Failed", Message: "VcpuLimitExceeded"},
			{Group: "second-asg", Status: "Failed", Message: "InsufficientInstanceCapacity"}}},
		"capacity,vCPU quota,launch capacity", "InstanceTypes", Failed},
	{batchtest.World{Steps: fails("Task failed to start", "no space left on device", 1),
		Log: []string{"NoSuchBucket"}}, "disk full,bucket missing,job failed", "VolumeSize", Failed},
}

// TestCauses runs a verification in each world: the causes are said with their evidence, in the
// order of their certainty, and nothing is left.
func TestCauses(t *testing.T) {
	seen := map[string]bool{}
	for _, test := range worlds {
		t.Run(test.causes, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := batchtest.New(test.world)
				var r recorder
				result, err := verify(t.Context(), s, target, &r, 15*time.Minute)
				if err != nil || result != test.result {
					t.Errorf("the result is %v, %v", result, err)
				}
				kinds := r.kinds()
				for _, kind := range kinds {
					seen[kind] = true
				}
				want := strings.Split(test.causes, ",")
				if len(kinds) < len(want) || !slices.Equal(kinds[:len(want)], want) {
					t.Fatalf("the causes are %v, want %v first", kinds, want)
				}
				first := r.causes[0]
				if first.Evidence == "" || first.Text == "" || strings.Contains(first.Text+first.Try, "{") {
					t.Errorf("the cause is %+v", first)
				}
				if test.change != "" && !slices.Contains(first.Change, test.change) {
					t.Errorf("%s does not name %s, but %v", first.Name, test.change, first.Change)
				}
				if got := s.Left(); len(got)+len(r.left) > 0 {
					t.Errorf("left: %v, said: %v", got, r.left)
				}
			})
		})
	}
	for _, name := range Names() {
		if !seen[name] {
			t.Errorf("no world has the cause %s", name)
		}
	}
}

// TestDeniedReads: without the permission of a read the diagnosis is narrower, and says so.
func TestDeniedReads(t *testing.T) {
	for _, call := range []string{"autoscaling:DescribeScalingActivities", "ecs:ListContainerInstances",
		"batch:DescribeComputeEnvironments", "logs:GetLogEvents"} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				world := launch("VcpuLimitExceeded")
				if strings.HasPrefix(call, "logs") {
					world = printed("Access Denied")
				}
				s := batchtest.New(world)
				s.Fault(call, batchtest.Denied, -1)
				var r recorder
				_, err := verify(t.Context(), s, target, &r, 15*time.Minute)
				said := fmt.Sprint(r.checks)
				if err != nil || !strings.Contains(said, "these credentials may not call "+call) {
					t.Errorf("%v; said: %s", err, said)
				}
			})
		})
	}
}
