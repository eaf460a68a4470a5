package safety

import (
	"maps"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// choices are the values that decide what exists, or how safe it is, each alone.
var choices = []generator.Values{
	{"ExistingBucketName": "team-data"},
	{"ExistingJobRoleArn": iam + "role/job"},
	{"ExistingJobQueueArn": "arn:aws:batch:us-east-1:123456789012:job-queue/shared"},
	{"ExistingComputeEnvironmentArn": "arn:aws:batch:us-east-1:123456789012:compute-environment/shared"},
	{"ExistingInstanceProfileArn": iam + "instance-profile/instance"},
	{"ExistingExecutionRoleArn": iam + "role/execution"},
	{"ExistingBatchServiceRoleArn": iam + "role/batch"},
	{"ExistingEipAllocationId": "eipalloc-0123456789abcdef0"},
	{"ExistingVpcId": givenVPC},
	{"ExistingVpcId": givenVPC, "ExistingInternetGatewayId": "igw-0123456789abcdef0"},
	{"ExistingVpcId": givenVPC, "ExistingNatGatewayId": "nat-0123456789abcdef0"},
	{"ExistingVpcId": givenVPC, "ExistingSecurityGroupId": "sg-0123456789abcdef0"},
	{"ExistingVpcId": givenVPC, "ExistingPublicRouteTableId": "rtb-0123456789abcdef0"},
	{"ExistingVpcId": givenVPC, "ExistingPrivateRouteTableId": "rtb-0123456789abcdef1"},
	{"ExistingVpcId": givenVPC, "ExistingPublicSubnet1Id": "subnet-0123456789abcdef0"},
	{"ExistingVpcId": givenVPC, "ExistingPublicSubnet2Id": "subnet-0123456789abcdef1"},
	{"ExistingVpcId": givenVPC, "ExistingPrivateSubnet1Id": "subnet-0123456789abcdef2"},
	{"ExistingVpcId": givenVPC, "ExistingPrivateSubnet2Id": "subnet-0123456789abcdef3"},
	{"ComputeSubnets": "public"},
	{"ComputeSubnets": "all"},
	{"S3Endpoint": "false"},
	{"InternetAccess": "false"},
	{"NatPerZone": "true"},
	{"AccessLogBucketName": "example-logs"},
	{"AvailabilityZone1": "us-east-1c", "AvailabilityZone2": "us-east-1d"},
	{"EgressPort1": "443"},
	{"EgressPort2": "5432"},
	{"ComputeType": "SPOT"},
	{"ComputeType": "SPOT", "BidPercentage": "60"},
	{"ComputeType": "FARGATE"},
	{"ComputeType": "FARGATE_SPOT"},
	{"AllocationStrategy": "BEST_FIT", "ExistingSpotFleetRoleArn": iam + "role/fleet"},
	{"BucketEncryption": "AES256"},
	{"KmsKeyArn": givenKey},
	{"KmsKeyArn": givenKey, "KmsKeyForVolumes": "true"},
	{"MinvCpus": "4"},
	{"DesiredvCpus": "8"},
	{"ImageId": "ami-0123456789abcdef0"},
	{"ImageType": "ECS_AL2023_NVIDIA", "InstanceTypes": "g5.xlarge,g5.2xlarge"},
	{"Ec2KeyPair": "laptop", "InstanceName": "worker"},
	{"ComputeEnvironmentState": "DISABLED", "JobQueueState": "DISABLED"},
	{"RunnableTimeoutMinutes": "30", "JobQueuePriority": "10"},
	{"JobPolicyArns": iam + "policy/lake," + iam + "policy/lab"},
	{"PermissionsBoundaryArn": iam + "policy/boundary", "RolePath": "/metaflow/"},
}

const (
	iam      = "arn:aws:iam::123456789012:"
	givenVPC = "vpc-0123456789abcdef0"
	givenKey = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

// TestPairs holds the template of every two choices to the rules. Choices of one
// parameter, and what the template's rules refuse, do not go together.
func TestPairs(t *testing.T) {
	template := core.Component.Template()
	resolved, refused, n := 0, 0, 0
	for i, a := range choices {
		for _, b := range choices[:i+1] {
			values := generator.Values{}
			maps.Copy(values, a)
			maps.Copy(values, b)
			if contradict(a, b) || len(template.Assert(values)) > 0 {
				refused++
				continue
			}
			if n++; n%stride != 0 {
				continue
			}
			resolved++
			hold(t, parse(t, resolve(t, template, values)), values)
		}
	}
	t.Logf("%d of %d pairs of choices; %d more exclude each other", resolved, n, refused)
	if refused > 40 {
		t.Errorf("%d pairs exclude each other; wanted at most 40", refused)
	}
}

func contradict(a, b generator.Values) bool {
	for name, value := range a {
		if other, both := b[name]; both && other != value {
			return true
		}
	}
	return false
}
