package core_test

import (
	"regexp"
	"slices"
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

// assumed has the rows of which no text of AWS was found; their words are those of AWS's
// documents. A row with a text must not stand here.
var assumed = []string{
	"job timeout", "instances and Fargate", "environment not valid", "compute environments",
	"job queues", "role of Batch", "VPC range", "bucket key", "name in use", "quota",
}

// handler returns a message of EC2 as CloudFormation reports it today.
func handler(service, message, code string) string {
	return `Resource handler returned message: "` + message + " (Service: " + service + ", Status " +
		"Code: 400, Request ID: 5ce9e2b3-ab97-48ae-9110-21df5e97e9b5) (SDK Attempt Count: 1)\" " +
		"(RequestToken: 3b19167c-3f5a-5126-f1f7-ea6b44207302, HandlerErrorCode: " + code + ")"
}

// TestAdviceOnTexts gives every text to all rows: the row that is named is the first that matches,
// and no row is without a text that it answers. The texts are those of public reports; accounts,
// IDs and repeated suffixes are replaced.
func TestAdviceOnTexts(t *testing.T) {
	source := regexp.MustCompile(`^([\w.-]+/[\w.-]+#\d+|docs:[\w./-]+)$`)
	answered := map[string]bool{}
	for _, c := range slices.Concat(accessTexts, networkTexts, otherTexts, deletionTexts) {
		if !source.MatchString(c.source) {
			t.Errorf("%s: the source %q is not repository#issue", c.row, c.source)
		}
		if row, _ := core.Component.AdviceOn(c.of, c.says); row.Name != c.row {
			t.Errorf("%s: %s\nanswered by %q, want %q", c.of, c.says, row.Name, c.row)
		}
		answered[c.row] = true
		if try := core.Component.Advise(c.of, "Thing", c.says); !strings.Contains(try, c.try) {
			t.Errorf("%s: %s\ntry %q\nwant %q", c.of, c.says, try, c.try)
		}
	}
	names := map[string]bool{}
	for _, a := range core.Component.Advice {
		if a.Name == "" || names[a.Name] {
			t.Errorf("the name %q is empty or not unique", a.Name)
		}
		names[a.Name] = true
		if answered[a.Name] == slices.Contains(assumed, a.Name) {
			t.Errorf("%s: answered %t, assumed %t", a.Name, answered[a.Name], !answered[a.Name])
		}
	}
}
