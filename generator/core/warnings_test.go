package core_test

import (
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const (
	queue       = "arn:aws:batch:us-east-1:123456789012:job-queue/jobs"
	environment = "arn:aws:batch:us-east-1:123456789012:compute-environment/ce"
	role        = "arn:aws:iam::123456789012:role/role"
)

// TestWarnings checks which values are reported as unused, and the reason.
const newGateway = "a new internet gateway is attached to " + vpc +
	", and a VPC can have only one: give ExistingInternetGatewayId if it already has one"

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name   string
		values generator.Values
		want   []string
	}{
		{"nothing", nil, nil},
		{"defaults, written down", generator.Values{"MaxvCpus": "256", "ExistingVpcId": ""}, nil},
		{"all in use", generator.Values{"ExistingVpcId": vpc, "ExistingNatGatewayId": "nat-01234567",
			"PrivateSubnet1Cidr": "172.31.1.0/24", "PrivateSubnet2Cidr": "172.31.2.0/24"}, nil},

		{"bucket settings with a bucket",
			generator.Values{"ExistingBucketName": "my-data", "NewBucketName": "my-new-data",
				"BucketEncryption": "AES256", "NoncurrentVersionDays": "7"}, []string{
				"NewBucketName has no effect: no bucket is created",
				"BucketEncryption has no effect: no bucket is created",
				"NoncurrentVersionDays has no effect: no bucket is created"}},
		{"KMS key with a bucket, for the job role",
			generator.Values{"ExistingBucketName": "my-data",
				"KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd"}, nil},
		{"policies with a job role", generator.Values{"ExistingJobRoleArn": role,
			"JobPolicyArns": "arn:aws:iam::aws:policy/x"}, []string{
			"JobPolicyArns has no effect: no job role is created"}},

		{"compute and queue settings with a queue",
			generator.Values{"ExistingJobQueueArn": queue, "JobQueueName": "jobs", "JobQueuePriority": "2",
				"RunnableTimeoutMinutes": "10",
				"MaxvCpus":               "8", "VolumeSize": "50", "InstanceName": "worker",
				"ExistingComputeEnvironmentArn": environment}, []string{
				"ExistingComputeEnvironmentArn has no effect: no job queue is created",
				"MaxvCpus has no effect: no compute environment is created",
				"VolumeSize has no effect: no launch template is created",
				"InstanceName has no effect: no launch template is created",
				"JobQueueName has no effect: no job queue is created",
				"JobQueuePriority has no effect: no job queue is created",
				"RunnableTimeoutMinutes has no effect: no job queue is created"}},
		{"network with a compute environment",
			generator.Values{"ExistingComputeEnvironmentArn": environment, "ExistingVpcId": vpc,
				"ExistingEipAllocationId":    "eipalloc-01234567",
				"PublicSubnet1Cidr":          "10.0.9.0/24",
				"ExistingInstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/x"}, []string{
				"ExistingVpcId has no effect: no compute environment is created",
				"PublicSubnet1Cidr has no effect: no public subnet is created",
				"ExistingEipAllocationId has no effect: no NAT gateway is created",
				"ExistingInstanceProfileArn has no effect: no compute environment is created"}},

		{"range of a reused VPC", generator.Values{"ExistingVpcId": vpc, "VpcCidr": "10.0.0.0/18"},
			[]string{"VpcCidr has no effect: no VPC is created", newGateway}},
		{"NAT gateway without a table",
			generator.Values{"ExistingVpcId": vpc, "ExistingPrivateRouteTableId": "rtb-01234567",
				"ExistingNatGatewayId": "nat-01234567"}, []string{
				"ExistingNatGatewayId has no effect: no private route table is created"}},
		{"address without a NAT gateway",
			generator.Values{"ExistingVpcId": vpc, "ExistingNatGatewayId": "nat-01234567",
				"ExistingEipAllocationId": "eipalloc-01234567"}, []string{
				"ExistingEipAllocationId has no effect: no NAT gateway is created"}},
		{"tables and gateway without subnets",
			generator.Values{"ExistingVpcId": vpc, "ExistingPrivateSubnet1Id": "subnet-01234561",
				"ExistingPrivateSubnet2Id":    "subnet-01234562",
				"ExistingPrivateRouteTableId": "rtb-01234561", "ExistingPublicRouteTableId": "rtb-01234562",
				"ExistingInternetGatewayId": "igw-01234567"}, []string{
				"ExistingInternetGatewayId has no effect: no public route table is created",
				"ExistingPublicRouteTableId has no effect: no public subnet is created",
				"ExistingPrivateRouteTableId has no effect: no private subnet is created"}},
		{"private ranges of public compute",
			generator.Values{"ComputeSubnets": "public", "PrivateSubnet1Cidr": "10.0.8.0/24"}, []string{
				"PrivateSubnet1Cidr has no effect: no private subnet is created"}},
		{"endpoint without tables", generator.Values{"ExistingVpcId": vpc,
			"ExistingPrivateRouteTableId": "rtb-01234561", "S3Endpoint": "false"}, []string{
			"S3Endpoint has no effect: the result is the same without it"}},
		{"fleet role without Spot", generator.Values{"ExistingSpotFleetRoleArn": role}, []string{
			"ExistingSpotFleetRoleArn has no effect: the result is the same without it"}},
		{"instance settings on Fargate",
			generator.Values{"ComputeType": "FARGATE", "MinvCpus": "4", "InstanceTypes": "m6i",
				"ImageId":    "ami-01234567",
				"VolumeSize": "50", "ExistingInstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/x"}, []string{
				"InstanceTypes has no effect: the result is the same without it",
				"MinvCpus has no effect: the result is the same without it",
				"ImageId has no effect: the result is the same without it",
				"VolumeSize has no effect: no launch template is created",
				"ExistingInstanceProfileArn has no effect: the result is the same without it"}},
		{"execution role on instances, for Metaflow's configuration",
			generator.Values{"ExistingExecutionRoleArn": role}, nil},
		{"NAT gateways without internet",
			generator.Values{"ExistingVpcId": vpc, "InternetAccess": "false", "NatPerZone": "true",
				"ExistingNatGatewayId": "nat-01234567"}, []string{
				"ExistingNatGatewayId has no effect: the result is the same without it",
				"NatPerZone has no effect: the result is the same without it"}},
		{"access log of a reused bucket",
			generator.Values{"ExistingBucketName": "my-data", "AccessLogBucketName": "my-logs"}, []string{
				"AccessLogBucketName has no effect: no bucket is created"}},
		{"ports of a reused group", generator.Values{"ExistingVpcId": vpc,
			"ExistingSecurityGroupId": "sg-01234567", "EgressPort1": "443"}, []string{
			"EgressPort1 has no effect: no security group is created", newGateway}},

		{"twelve digits", generator.Values{"NewBucketName": "data-123456789012"}, []string{
			"NewBucketName data-123456789012 contains 12 digits, like an account ID, and " +
				"bucket names are public"}},
		{"twelve digits of a reused bucket", generator.Values{"ExistingBucketName": "123456789012"},
			[]string{
				"ExistingBucketName 123456789012 contains 12 digits, like an account ID, and " +
					"bucket names are public"}},
		{"eleven digits", generator.Values{"NewBucketName": "data-12345678901"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := core.Component.Check(test.values); err != nil {
				t.Fatal(err)
			}
			if got := core.Component.Warnings(test.values, test.values); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}
