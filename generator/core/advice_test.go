package core_test

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestAdvice checks that each reason from AWS leads to the flag that helps.
func TestAdvice(t *testing.T) {
	for _, c := range []struct{ id, typ, says, flag string }{
		{"Eip", "AWS::EC2::EIP", "The maximum number of addresses has been reached. (Service: Ec2, " +
			"Status Code: 400)", "--existing-eip-allocation-id"},
		{"Eip", "AWS::EC2::EIP", "AddressLimitExceeded", "--compute-subnets public"},
		{"Vpc", "AWS::EC2::VPC", "The maximum number of VPCs has been reached. (VpcLimitExceeded)",
			"--existing-vpc-id"},
		{"Vpc", "AWS::EC2::VPC", "The CIDR '10.0.0.0/8' is invalid. (InvalidVpc.Range)", "--vpc-cidr"},
		{"InternetGateway", "AWS::EC2::InternetGateway",
			"The maximum number of internet gateways has been reached", "--existing-internet-gateway-id"},
		{"GatewayAttachment", "AWS::EC2::VPCGatewayAttachment",
			"resource vpc-1 already has an internet gateway attached (Resource.AlreadyAssociated)",
			"--existing-internet-gateway-id"},
		{"NatGateway", "AWS::EC2::NatGateway",
			"Performing this operation would exceed the limit of 5 NAT gateways",
			"--existing-nat-gateway-id"},
		{"PrivateSubnet2", "AWS::EC2::Subnet",
			"The CIDR '10.0.3.0/24' conflicts with another subnet (InvalidSubnet.Conflict)",
			"--private-subnet2-cidr"},
		{"PublicSubnet1", "AWS::EC2::Subnet", "conflicts with another subnet",
			"--existing-public-subnet1-id"},
		{"PublicSubnet1", "AWS::EC2::Subnet",
			"Value (us-east-1e) for parameter availabilityZone is invalid", "--availability-zone1"},
		{"S3GatewayEndpoint", "AWS::EC2::VPCEndpoint",
			"route table rtb-1 already has a route with destination-prefix-list-id pl-1 " +
				"(RouteAlreadyExists)", "--s3-endpoint=false"},
		{"Bucket", "AWS::S3::Bucket", "flows already exists (BucketAlreadyExists)", "--new-bucket-name"},
		{"Bucket", "AWS::S3::Bucket", "BucketAlreadyOwnedByYou", "--existing-bucket-name"},
		{"JobRole", "AWS::IAM::Role", "Cannot exceed quota for RolesPerAccount: 1000",
			"--existing-job-role-arn"},
		{"JobRole", "AWS::IAM::Role", "User is not authorized to perform: iam:CreateRole with an " +
			"explicit deny in a service control policy", "--permissions-boundary-arn"},
		{"Vpc", "AWS::EC2::VPC", "not authorized to perform: ec2:CreateVpc with an explicit deny in a " +
			"service control policy", "--existing-vpc-id"},
		{"JobRole", "AWS::IAM::Role", "User: u is not authorized to perform: iam:CreateRole on " +
			"resource: r", "--role-arn"},
		{"ComputeEnvironment", "AWS::Batch::ComputeEnvironment",
			"Instance type can only be one of [c5, m5, optimal]", "--instance-types"},
		{"ComputeEnvironment", "AWS::Batch::ComputeEnvironment",
			"User is not authorized to perform: iam:PassRole on resource: r",
			"--existing-instance-profile-arn"},
		{"ComputeEnvironment", "AWS::Batch::ComputeEnvironment",
			"AWSServiceRoleForBatch cannot be assumed", "--existing-batch-service-role-arn"},
		{"ComputeEnvironment", "AWS::Batch::ComputeEnvironment",
			"The service-linked role AWSServiceRoleForEC2Spot is missing",
			"--aws-service-name spot.amazonaws.com"},
		{"ComputeEnvironment", "AWS::Batch::ComputeEnvironment", "Object already exists",
			"--compute-environment-name"},
		{"JobQueue", "AWS::Batch::JobQueue", "You have reached the limit of 50 job queues",
			"--existing-job-queue-arn"},
		{"Anything", "AWS::Else::Thing", "ServiceQuotaExceeded: quota", "Service Quotas"},
	} {
		if got := core.Component.Advise(c.typ, c.id, c.says); !strings.Contains(got, c.flag) {
			t.Errorf("%s: %s\ntry %q\nwant %s", c.id, c.says, got, c.flag)
		}
	}
	if got := core.Component.Advise("AWS::EC2::VPC", "", "an internal error"); got != "" {
		t.Errorf("unknown reason: got the advice %q", got)
	}
}
