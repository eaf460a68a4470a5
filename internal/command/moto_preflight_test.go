package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	batchtypes "github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// motoPreflights are networks that are made through the API of EC2, with what a plan says of them
// and its exit code. The cases that need no API are in the tests of generator/core.
var motoPreflights = []struct {
	name  string
	given func(m *moto, t *testing.T) generator.Values
	want  []string // lines of stderr, or their beginnings
	code  int
}{
	{name: "private subnets behind a NAT gateway", given: (*moto).givenSubnets},
	// terraform-aws-metaflow: the default VPC, subnets[0..1], public
	{name: "public subnets of a default VPC", given: (*moto).defaultSubnets},
	{name: "its subnets give no addresses", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.defaultSubnets(t)
			m.closeSubnet(t, v["ExistingPublicSubnet2Id"])
			return v
		},
		want: []string{
			"metaflow-cfn: ExistingPublicSubnet2Id: {ExistingPublicSubnet2Id} gives instances no " +
				"public address: jobs would stay in RUNNABLE"}},
	{name: "no way out", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenVPC(t)
			return generator.Values{
				"ExistingVpcId":            v["ExistingVpcId"],
				"ExistingPrivateSubnet1Id": m.subnet(t, v["ExistingVpcId"], "10.20.1.0/24", "us-east-1a"),
				"ExistingPrivateSubnet2Id": m.subnet(t, v["ExistingVpcId"], "10.20.2.0/24", "us-east-1a"),
			}
		},
		want: []string{
			"ExistingPrivateSubnet2Id: {ExistingPrivateSubnet2Id} is in us-east-1a, as " +
				"{ExistingPrivateSubnet1Id} is: jobs depend on one Availability Zone",
			"metaflow-cfn: ExistingPrivateSubnet1Id: {ExistingPrivateSubnet1Id} has no default route",
			"metaflow-cfn: ExistingPrivateSubnet2Id: {ExistingPrivateSubnet2Id} has no default route"}},
	// an existing VPC with addresses of its own
	{name: "default VPC with new subnets",
		given: func(m *moto, t *testing.T) generator.Values {
			return generator.Values{"ExistingVpcId": m.defaultSubnets(t)["ExistingVpcId"]}
		}},
	{name: "subnets of a default VPC alone",
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.defaultSubnets(t)
			delete(v, "ExistingVpcId")
			return v
		}},
	{name: "default VPC, and nothing is left to choose", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			return generator.Values{"ExistingVpcId": m.defaultSubnets(t)["ExistingVpcId"],
				"ExistingInternetGatewayId": "",
				"PublicSubnet1Cidr":         "10.0.0.0/24", "PrivateSubnet1Cidr": "172.31.0.0/24",
				"PrivateSubnet2Cidr": "10.0.3.0/24"}
		},
		want: []string{
			"metaflow-cfn: ExistingInternetGatewayId: {ExistingVpcId} has igw-",
			"metaflow-cfn: PublicSubnet1Cidr: 10.0.0.0/24 is outside the CIDR blocks of " +
				"{ExistingVpcId} (172.31.0.0/16)",
			"metaflow-cfn: PrivateSubnet1Cidr: 172.31.0.0/24 overlaps 172.31.0.0/20 of subnet-",
			"metaflow-cfn: PrivateSubnet2Cidr: 10.0.3.0/24 is outside"}},
	{name: "VPC that does not exist", code: exitUsage,
		given: func(*moto, *testing.T) generator.Values {
			return generator.Values{"ExistingVpcId": "vpc-0123456789abcdef0"}
		},
		want: []string{"metaflow-cfn: ExistingVpcId: {ExistingVpcId} does not exist in us-east-1"}},
	{name: "subnets of another VPC", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenSubnets(t)
			v["ExistingVpcId"] = m.givenVPC(t)["ExistingVpcId"]
			return v
		},
		want: []string{
			"metaflow-cfn: ExistingPrivateSubnet1Id: {ExistingPrivateSubnet1Id} is in vpc-",
			"metaflow-cfn: ExistingPrivateSubnet2Id: {ExistingPrivateSubnet2Id} is in vpc-"}},
	{name: "bucket", given: (*moto).givenBucket},
	{name: "bucket that does not exist", code: exitUsage,
		given: func(*moto, *testing.T) generator.Values {
			return generator.Values{"ExistingBucketName": "data-of-nobody"}
		},
		want: []string{"metaflow-cfn: ExistingBucketName: data-of-nobody does not exist"}},
	{name: "bucket of another region", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			name := "data-in-europe"
			ask(t, m.s3.CreateBucket, &s3.CreateBucketInput{Bucket: &name,
				CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
					LocationConstraint: s3types.BucketLocationConstraintEuWest1}})
			return generator.Values{"ExistingBucketName": name}
		},
		want: []string{"metaflow-cfn: ExistingBucketName: data-in-europe is in eu-west-1, and the " +
			"stack in us-east-1"}},
	{name: "job queue", given: (*moto).givenQueue},
	{name: "job queue that does not exist", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenQueue(t)
			v["ExistingJobQueueArn"] += "-2"
			return v
		},
		want: []string{"metaflow-cfn: ExistingJobQueueArn: {ExistingJobQueueArn} does not exist"}},
	{name: "job queue of another region", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenQueue(t)
			v["ExistingJobQueueArn"] = strings.Replace(v["ExistingJobQueueArn"], motoRegion, "eu-west-1", 1)
			return v
		},
		want: []string{"metaflow-cfn: ExistingJobQueueArn: {ExistingJobQueueArn} is in eu-west-1, " +
			"and the stack in us-east-1"}},
	{name: "job queue that is disabled", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenQueue(t)
			ask(t, m.batch.UpdateJobQueue, &batch.UpdateJobQueueInput{
				JobQueue: aws.String(v["ExistingJobQueueArn"]), State: batchtypes.JQStateDisabled})
			return v
		},
		want: []string{"metaflow-cfn: ExistingJobQueueArn: {ExistingJobQueueArn} is DISABLED"}},
	{name: "job queue with an environment that is disabled", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenQueue(t)
			m.disableEnvironment(t, "shared")
			return v
		},
		want: []string{"metaflow-cfn: ExistingJobQueueArn: {ExistingJobQueueArn} has no compute " +
			"environment that is VALID and ENABLED"}},
	{name: "compute environment", given: (*moto).givenEnvironment},
	{name: "compute environment that does not exist", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenEnvironment(t)
			v["ExistingComputeEnvironmentArn"] += "-2"
			return v
		},
		want: []string{"metaflow-cfn: ExistingComputeEnvironmentArn: {ExistingComputeEnvironmentArn} " +
			"does not exist"}},
	{name: "compute environment that is disabled", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenEnvironment(t)
			m.disableEnvironment(t, "shared")
			return v
		},
		want: []string{"metaflow-cfn: ExistingComputeEnvironmentArn: {ExistingComputeEnvironmentArn} " +
			"is DISABLED"}},
	{name: "job role", given: func(m *moto, t *testing.T) generator.Values {
		return generator.Values{"ExistingJobRoleArn": m.role(t, "tasks", "ecs-tasks.amazonaws.com")}
	}},
	{name: "job role that does not trust tasks", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			return generator.Values{"ExistingJobRoleArn": m.role(t, "tasks", "ec2.amazonaws.com")}
		},
		want: []string{"metaflow-cfn: ExistingJobRoleArn: {ExistingJobRoleArn} does not trust " +
			"ecs-tasks.amazonaws.com"}},
	{name: "job role that does not exist", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			return generator.Values{"ExistingJobRoleArn": "arn:aws:iam::123456789012:role/nobody"}
		},
		want: []string{"metaflow-cfn: ExistingJobRoleArn: {ExistingJobRoleArn} does not exist"}},
	{name: "service role that does not trust AWS Batch", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			return generator.Values{"ExistingBatchServiceRoleArn": m.role(t, "batch", "ec2.amazonaws.com")}
		},
		want: []string{"metaflow-cfn: ExistingBatchServiceRoleArn: {ExistingBatchServiceRoleArn} does " +
			"not trust batch.amazonaws.com"}},
	{name: "instance profile", given: func(m *moto, t *testing.T) generator.Values {
		return m.profile(t, "ec2.amazonaws.com", "AmazonEC2ContainerServiceforEC2Role")
	}},
	{name: "instance profile that does not trust EC2", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			return m.profile(t, "ecs-tasks.amazonaws.com", "AmazonEC2ContainerServiceforEC2Role")
		},
		want: []string{"metaflow-cfn: ExistingInstanceProfileArn: the role ecs of " +
			"{ExistingInstanceProfileArn} does not trust ec2.amazonaws.com"}},
	{name: "instance profile without the ECS policy",
		given: func(m *moto, t *testing.T) generator.Values {
			return m.profile(t, "ec2.amazonaws.com", "AWSBatchServiceRole")
		},
		want: []string{"ExistingInstanceProfileArn: the role ecs of {ExistingInstanceProfileArn} does " +
			"not have the policy AmazonEC2ContainerServiceforEC2Role"}},
	{name: "instance profile without a role", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			p := ask(t, m.iam.CreateInstanceProfile, &iam.CreateInstanceProfileInput{
				InstanceProfileName: aws.String("ecs")}).InstanceProfile
			return generator.Values{"ExistingInstanceProfileArn": *p.Arn}
		},
		want: []string{"metaflow-cfn: ExistingInstanceProfileArn: {ExistingInstanceProfileArn} has no role"}},
	{name: "security group of another VPC, deleted NAT gateway", code: exitUsage,
		given: func(m *moto, t *testing.T) generator.Values {
			v := m.givenNatGateway(t)
			nat := v["ExistingNatGatewayId"]
			ask(t, m.ec2.DeleteNatGateway, &ec2.DeleteNatGatewayInput{NatGatewayId: &nat})
			v["PrivateSubnet1Cidr"], v["PrivateSubnet2Cidr"] = "10.20.1.0/24", "10.20.8.128/25"
			v["ExistingSecurityGroupId"] = m.group(t, m.givenVPC(t)["ExistingVpcId"])
			return v
		},
		want: []string{
			"metaflow-cfn: ExistingNatGatewayId: {ExistingNatGatewayId} is ",
			"metaflow-cfn: ExistingSecurityGroupId: {ExistingSecurityGroupId} is in vpc-",
			"metaflow-cfn: PrivateSubnet2Cidr: 10.20.8.128/25 overlaps 10.20.8.0/24 of subnet-"}},
}

// TestPreflight plans stacks on networks that are made through the API. A refused plan leaves
// nothing, and --no-preflight makes its change set.
func TestPreflight(t *testing.T) {
	t.Parallel()
	m := newMoto(t)
	t.Run("derived", m.testDerived)
	for _, test := range motoPreflights {
		t.Run(test.name, func(t *testing.T) {
			m.reset(t)
			values := test.given(m, t)
			args := append([]string{"plan", "metaflow"}, flagsOf(values)...)
			_, stderr, code := m.exit(t, m.program, args...)
			if code != test.code {
				t.Errorf("exit %d, want %d", code, test.code)
			}
			lines := strings.Split(stderr, "\n")
			for _, want := range test.want {
				for name, value := range values {
					want = strings.ReplaceAll(want, "{"+name+"}", value)
				}
				i := 0
				for i < len(lines) && !strings.HasPrefix(lines[i], want) {
					i++
				}
				if i == len(lines) {
					t.Errorf("is missing: %s", want)
					continue
				}
				lines = append(lines[:i], lines[i+1:]...)
			}
			for _, line := range lines {
				if strings.Contains(line, ": Existing") || strings.Contains(line, "Cidr:") {
					t.Errorf("is too much: %s", line)
				}
			}
			if len(ask(t, m.stacks.DescribeStacks, &cloudformation.DescribeStacksInput{}).Stacks) > 0 {
				t.Error("the plan left a stack")
			}
			if code != exitOK {
				m.run(t, m.program, append(args, "--no-preflight")...)
			}
		})
	}
}

// memberKinds are the kinds of what tells its VPC.
var memberKinds = []string{"ExistingInternetGatewayId", "ExistingNatGatewayId",
	"ExistingSecurityGroupId", "ExistingPublicRouteTableId", "ExistingPrivateSubnet1Id"}

// testDerived deploys into a default VPC with its ID alone, at the first try: subnets are put beside
// those of the VPC, and its internet gateway is used. Then each kind of what is in a VPC tells it.
func (m *moto) testDerived(t *testing.T) {
	m.reset(t)
	vpc := m.defaultSubnets(t)["ExistingVpcId"]
	m.deploy(t, merged(m.serviceRole(t), onDemand, generator.Values{"ExistingVpcId": vpc}))
	var blocks []string
	for _, s := range ask(t, m.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{Filters: []types.Filter{
		{Name: aws.String("vpc-id"), Values: []string{vpc}},
		{Name: aws.String("default-for-az"), Values: []string{"false"}},
	}}).Subnets {
		blocks = append(blocks, *s.CidrBlock)
	}
	slices.Sort(blocks)
	want := []string{"172.31.96.0/24", "172.31.97.0/24", "172.31.98.0/24"}
	if !slices.Equal(blocks, want) {
		t.Errorf("the new subnets are %v, want %v", blocks, want)
	}
	for _, g := range ask(t, m.ec2.DescribeInternetGateways, &ec2.DescribeInternetGatewaysInput{}).InternetGateways {
		if len(g.Attachments) != 1 || *g.Attachments[0].VpcId != vpc {
			t.Errorf("the gateway %s is new", *g.InternetGatewayId)
		}
	}
	all := m.givenNatGateway(t)
	all["ExistingSecurityGroupId"] = m.group(t, all["ExistingVpcId"])
	all["ExistingPrivateSubnet1Id"] = m.subnet(t, all["ExistingVpcId"], "10.20.9.0/24", "us-east-1a")
	all["ExistingPublicRouteTableId"] = *ask(t, m.ec2.CreateRouteTable,
		&ec2.CreateRouteTableInput{VpcId: aws.String(all["ExistingVpcId"])}).RouteTable.RouteTableId
	all["ExistingInternetGatewayId"] = *ask(t, m.ec2.DescribeInternetGateways, &ec2.DescribeInternetGatewaysInput{
		Filters: []types.Filter{{Name: aws.String("attachment.vpc-id"), Values: []string{all["ExistingVpcId"]}}},
	}).InternetGateways[0].InternetGatewayId
	for i, kind := range memberKinds {
		said := m.run(t, m.program, append([]string{"plan", fmt.Sprintf("other%d", i), "--no-preflight"},
			flagsOf(generator.Values{kind: all[kind]})...)...)
		want := "Chosen: ExistingVpcId=" + all["ExistingVpcId"] + " (the VPC of " + all[kind] + ")\n"
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
}

// defaultSubnets returns two subnets of the default VPC, which are public. As moto does not make
// the gateway of a default VPC, the function does.
func (m *moto) defaultSubnets(t *testing.T) generator.Values {
	byDefault := []types.Filter{{Name: aws.String("default-for-az"), Values: []string{"true"}}}
	subnets := ask(t, m.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{Filters: byDefault}).Subnets
	vpc := *subnets[0].VpcId
	gateway := ask(t, m.ec2.CreateInternetGateway,
		&ec2.CreateInternetGatewayInput{}).InternetGateway.InternetGatewayId
	ask(t, m.ec2.AttachInternetGateway,
		&ec2.AttachInternetGatewayInput{VpcId: &vpc, InternetGatewayId: gateway})
	m.mainRoute(t, vpc, &ec2.CreateRouteInput{GatewayId: gateway})
	return generator.Values{"ExistingVpcId": vpc, "ComputeSubnets": "public",
		"ExistingPublicSubnet1Id": *subnets[0].SubnetId,
		"ExistingPublicSubnet2Id": *subnets[1].SubnetId}
}

func (m *moto) closeSubnet(t *testing.T, id string) {
	ask(t, m.ec2.ModifySubnetAttribute, &ec2.ModifySubnetAttributeInput{SubnetId: &id,
		MapPublicIpOnLaunch: &types.AttributeBooleanValue{Value: aws.Bool(false)}})
}

// profile creates an instance profile with a role that a service may assume, and that has a policy.
// moto has no managed policies, so that the function creates one of the name.
func (m *moto) profile(t *testing.T, service, policy string) generator.Values {
	name := aws.String("ecs")
	m.role(t, *name, service)
	managed := ask(t, m.iam.CreatePolicy, &iam.CreatePolicyInput{PolicyName: &policy,
		PolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
			"Action": ["ecs:*"], "Resource": ["*"]}]}`)}).Policy
	ask(t, m.iam.AttachRolePolicy,
		&iam.AttachRolePolicyInput{RoleName: name, PolicyArn: managed.Arn})
	p := ask(t, m.iam.CreateInstanceProfile,
		&iam.CreateInstanceProfileInput{InstanceProfileName: name}).InstanceProfile
	ask(t, m.iam.AddRoleToInstanceProfile,
		&iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: name})
	return generator.Values{"ExistingInstanceProfileArn": *p.Arn}
}

func (m *moto) disableEnvironment(t *testing.T, name string) {
	ask(t, m.batch.UpdateComputeEnvironment, &batch.UpdateComputeEnvironmentInput{
		ComputeEnvironment: &name, State: batchtypes.CEStateDisabled})
}

func (m *moto) group(t *testing.T, vpc string) string {
	out := ask(t, m.ec2.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{
		GroupName: aws.String("jobs"), Description: aws.String("of another team"), VpcId: &vpc,
	})
	return *out.GroupId
}
