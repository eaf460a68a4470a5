package command

import (
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	batchtypes "github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// The following functions create resources that exist before the stack, and return the parameters
// that reuse them.

// serviceRole is the role that moto requires for every compute environment.
func (m *moto) serviceRole(t *testing.T) generator.Values {
	return generator.Values{"ExistingBatchServiceRoleArn": m.role(t, "batch-service", "batch.amazonaws.com")}
}

// executionRole is a role with which Fargate may start jobs.
func (m *moto) executionRole(t *testing.T) generator.Values {
	return generator.Values{"ExistingExecutionRoleArn": m.role(t, "team-ExecutionRole", "ecs-tasks.amazonaws.com")}
}

// role creates a role that a service may assume.
func (m *moto) role(t *testing.T, name, service string) string {
	trust := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
		"Principal": {"Service": "` + service + `"}, "Action": ["sts:AssumeRole"]}]}`
	out := ask(t, m.iam.CreateRole, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	return *out.Role.Arn
}

func (m *moto) givenBucket(t *testing.T) generator.Values {
	name := "data-of-another-team"
	ask(t, m.s3.CreateBucket, &s3.CreateBucketInput{Bucket: &name})
	ask(t, m.s3.PutBucketEncryption, &s3.PutBucketEncryptionInput{
		Bucket: &name, ServerSideEncryptionConfiguration: &s3types.ServerSideEncryptionConfiguration{
			Rules: []s3types.ServerSideEncryptionRule{{
				ApplyServerSideEncryptionByDefault: &s3types.ServerSideEncryptionByDefault{SSEAlgorithm: s3types.ServerSideEncryptionAes256},
			}},
		},
	})
	return generator.Values{"ExistingBucketName": name}
}

func (m *moto) givenAddress(t *testing.T) generator.Values {
	out := ask(t, m.ec2.AllocateAddress, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc})
	return generator.Values{"ExistingEipAllocationId": *out.AllocationId}
}

// givenVPC creates a VPC with an internet gateway.
func (m *moto) givenVPC(t *testing.T) generator.Values {
	vpc := ask(t, m.ec2.CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String("10.20.0.0/16")}).Vpc.VpcId
	gateway := ask(t, m.ec2.CreateInternetGateway, &ec2.CreateInternetGatewayInput{}).InternetGateway.InternetGatewayId
	ask(t, m.ec2.AttachInternetGateway, &ec2.AttachInternetGatewayInput{VpcId: vpc, InternetGatewayId: gateway})
	return generator.Values{"ExistingVpcId": *vpc, "ExistingInternetGatewayId": *gateway}
}

// givenSubnets creates two private subnets, from which a NAT gateway leads to the internet.
func (m *moto) givenSubnets(t *testing.T) generator.Values {
	p := m.givenNatGateway(t)
	m.mainRoute(t, p["ExistingVpcId"], &ec2.CreateRouteInput{
		NatGatewayId: aws.String(p["ExistingNatGatewayId"])})
	return generator.Values{
		"ExistingVpcId":            p["ExistingVpcId"],
		"ExistingPrivateSubnet1Id": m.subnet(t, p["ExistingVpcId"], "10.20.9.0/24", "us-east-1c"),
		"ExistingPrivateSubnet2Id": m.subnet(t, p["ExistingVpcId"], "10.20.10.0/24", "us-east-1d"),
	}
}

// mainRoute adds a default route to the main route table of a VPC.
func (m *moto) mainRoute(t *testing.T, vpc string, route *ec2.CreateRouteInput) {
	main := ask(t, m.ec2.DescribeRouteTables, &ec2.DescribeRouteTablesInput{Filters: []types.Filter{
		{Name: aws.String("vpc-id"), Values: []string{vpc}},
		{Name: aws.String("association.main"), Values: []string{"true"}},
	}})
	route.RouteTableId = main.RouteTables[0].RouteTableId
	route.DestinationCidrBlock = aws.String("0.0.0.0/0")
	ask(t, m.ec2.CreateRoute, route)
}

// givenNatGateway creates a NAT gateway in a subnet of the VPC, with an address that is not a
// parameter of the stack.
func (m *moto) givenNatGateway(t *testing.T) generator.Values {
	p := m.givenVPC(t)
	gateway := ask(t, m.ec2.CreateNatGateway, &ec2.CreateNatGatewayInput{
		SubnetId:     aws.String(m.subnet(t, p["ExistingVpcId"], "10.20.8.0/24", "us-east-1c")),
		AllocationId: aws.String(m.givenAddress(t)["ExistingEipAllocationId"]),
	})
	return generator.Values{"ExistingVpcId": p["ExistingVpcId"], "ExistingNatGatewayId": *gateway.NatGateway.NatGatewayId}
}

func (m *moto) subnet(t *testing.T, vpc, cidr, zone string) string {
	out := ask(t, m.ec2.CreateSubnet, &ec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: &cidr, AvailabilityZone: &zone})
	return *out.Subnet.SubnetId
}

// givenEnvironment creates a compute environment with instances in the VPC.
func (m *moto) givenEnvironment(t *testing.T) generator.Values {
	vpc := m.givenSubnets(t)
	profile := ask(t, m.iam.CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("ecs")}).InstanceProfile
	group := ask(t, m.ec2.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{
		GroupName: aws.String("ecs"), Description: aws.String("of another team"), VpcId: aws.String(vpc["ExistingVpcId"]),
	})
	out := ask(t, m.batch.CreateComputeEnvironment, &batch.CreateComputeEnvironmentInput{
		ComputeEnvironmentName: aws.String("shared"), Type: batchtypes.CETypeManaged, State: batchtypes.CEStateEnabled,
		ServiceRole: aws.String(m.serviceRole(t)["ExistingBatchServiceRoleArn"]),
		ComputeResources: &batchtypes.ComputeResource{
			Type: batchtypes.CRTypeEc2, MinvCpus: aws.Int32(0), MaxvCpus: aws.Int32(16), InstanceTypes: []string{"m5.large"},
			Subnets: []string{vpc["ExistingPrivateSubnet1Id"]}, SecurityGroupIds: []string{*group.GroupId}, InstanceRole: profile.Arn,
		},
	})
	return generator.Values{"ExistingComputeEnvironmentArn": *out.ComputeEnvironmentArn}
}

func (m *moto) givenQueue(t *testing.T) generator.Values {
	environment := m.givenEnvironment(t)["ExistingComputeEnvironmentArn"]
	out := ask(t, m.batch.CreateJobQueue, &batch.CreateJobQueueInput{
		JobQueueName: aws.String("shared"), Priority: aws.Int32(1), State: batchtypes.JQStateEnabled,
		ComputeEnvironmentOrder: []batchtypes.ComputeEnvironmentOrder{{Order: aws.Int32(1), ComputeEnvironment: &environment}},
	})
	return generator.Values{"ExistingJobQueueArn": *out.JobQueueArn}
}

// merged returns the parameters of several sets.
func merged(sets ...generator.Values) generator.Values {
	out := generator.Values{}
	for _, set := range sets {
		maps.Copy(out, set)
	}
	return out
}
