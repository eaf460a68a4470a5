package command

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// motoScenario is a stack that moto creates.
type motoScenario struct {
	name   string
	given  func(*moto, *testing.T) generator.Values // creates the resources that exist before
	values generator.Values                         // further ones
	want   []string                                 // lines that the stack adds to the inventory
}

// onDemand gives an instance type: moto does not split the default value of a list.
var onDemand = generator.Values{"InstanceTypes": "m5.large"}

// motoReuses reuse nothing, or one resource.
var motoReuses = []motoScenario{
	{
		name: "default", given: (*moto).serviceRole, values: onDemand,
		want: []string{newBucket, networkLines,
			environmentLines("10.0.0.0/16", "EC2 BEST_FIT_PROGRESSIVE", "10.0.1.0/24 10.0.3.0/24")},
	},
	{
		name: "Spot with a maximum price", given: (*moto).serviceRole,
		values: merged(onDemand, generator.Values{"ComputeType": "SPOT", "BidPercentage": "60"}),
		want: []string{newBucket, networkLines,
			environmentLines("10.0.0.0/16", "SPOT SPOT_PRICE_CAPACITY_OPTIMIZED at 60 %", "10.0.1.0/24 10.0.3.0/24")},
	},
	{
		name: "bucket reused", given: besideServiceRole((*moto).givenBucket), values: onDemand,
		want: []string{jobRoleLine("ExistingBucketName"), networkLines,
			environmentLines("10.0.0.0/16", "EC2 BEST_FIT_PROGRESSIVE", "10.0.1.0/24 10.0.3.0/24")},
	},
	{
		name: "VPC reused with new subnets", given: besideServiceRole((*moto).givenVPC),
		values: merged(onDemand, generator.Values{
			"PublicSubnet1Cidr": "10.20.0.0/24", "PrivateSubnet1Cidr": "10.20.1.0/24", "PrivateSubnet2Cidr": "10.20.3.0/24",
		}),
		want: []string{newBucket, newSubnetLines, natLines("10.20.0.0/24"),
			environmentLines("ExistingVpcId", "EC2 BEST_FIT_PROGRESSIVE", "10.20.1.0/24 10.20.3.0/24")},
	},
	{
		name: "VPC reused with its subnets", given: besideServiceRole((*moto).givenSubnets), values: onDemand,
		want: []string{newBucket,
			environmentLines("ExistingVpcId", "EC2 BEST_FIT_PROGRESSIVE", "ExistingPrivateSubnet1Id ExistingPrivateSubnet2Id")},
	},
	{
		name: "Elastic IP reused", given: besideServiceRole((*moto).givenAddress), values: onDemand,
		want: []string{newBucket, vpcLines, publicLines, privateRoutes, "NAT gateway in 10.0.0.0/24, public: ExistingEipAllocationId",
			environmentLines("10.0.0.0/16", "EC2 BEST_FIT_PROGRESSIVE", "10.0.1.0/24 10.0.3.0/24")},
	},
	{
		name: "NAT gateway reused", given: besideServiceRole((*moto).givenNatGateway),
		values: merged(onDemand, generator.Values{"PrivateSubnet1Cidr": "10.20.1.0/24", "PrivateSubnet2Cidr": "10.20.3.0/24"}),
		want: []string{newBucket, privateSubnetLines,
			environmentLines("ExistingVpcId", "EC2 BEST_FIT_PROGRESSIVE", "10.20.1.0/24 10.20.3.0/24")},
	},
	{
		name: "compute environment reused", given: (*moto).givenEnvironment,
		want: []string{newBucket, queueLine("ExistingComputeEnvironmentArn")},
	},
	{
		name: "job queue reused", given: (*moto).givenQueue,
		want: []string{newBucket},
	},
}

// besideServiceRole adds the service role to the resources that exist before.
func besideServiceRole(given func(*moto, *testing.T) generator.Values) func(*moto, *testing.T) generator.Values {
	return func(m *moto, t *testing.T) generator.Values { return merged(m.serviceRole(t), given(m, t)) }
}

// lines returns the lines that the stack adds.
func (s motoScenario) lines() []string {
	return strings.Split(strings.TrimSpace(strings.Join(s.want, "\n")), "\n")
}

var newBucket = "bucket metaflow-bucket: aws:kms\n" + jobRoleLine("metaflow-bucket")

func jobRoleLine(bucket string) string {
	return "role metaflow-JobRole for ecs-tasks.amazonaws.com: Allow s3:ListBucket on arn:aws:s3:::" + bucket +
		"; Allow s3:GetObject s3:PutObject s3:AbortMultipartUpload on arn:aws:s3:::" + bucket + "/*"
}

const (
	// A new VPC with everything that it always has.
	vpcLines = `VPC 10.0.0.0/16 (metaflow-vpc)
main routes of 10.0.0.0/16: none
` + defaultGroup + `0 rules for what comes in, 1 for what goes out
subnet 10.0.1.0/24 of 10.0.0.0/16 in us-east-1a (metaflow-private-1)
subnet 10.0.3.0/24 of 10.0.0.0/16 in us-east-1b (metaflow-private-2)
gateway endpoint of 10.0.0.0/16: com.amazonaws.us-east-1.s3`

	defaultGroup = "default security group of 10.0.0.0/16: "

	// Its public part.
	publicLines = `internet gateway of 10.0.0.0/16
subnet 10.0.0.0/24 of 10.0.0.0/16 in us-east-1a (metaflow-public-1)
subnet 10.0.2.0/24 of 10.0.0.0/16 in us-east-1b (metaflow-public-2)
routes of 10.0.0.0/24 10.0.2.0/24: 0.0.0.0/0 to the internet gateway, S3 to the endpoint`

	privateRoutes = "routes of 10.0.1.0/24 10.0.3.0/24: 0.0.0.0/0 to NAT gateway in 10.0.0.0/24, S3 to the endpoint"

	newSubnetLines = `subnet 10.20.0.0/24 of ExistingVpcId in us-east-1a (metaflow-public-1)
subnet 10.20.1.0/24 of ExistingVpcId in us-east-1a (metaflow-private-1)
subnet 10.20.3.0/24 of ExistingVpcId in us-east-1b (metaflow-private-2)
routes of 10.20.0.0/24: 0.0.0.0/0 to ExistingInternetGatewayId, S3 to the endpoint
routes of 10.20.1.0/24 10.20.3.0/24: 0.0.0.0/0 to NAT gateway in 10.20.0.0/24, S3 to the endpoint
gateway endpoint of ExistingVpcId: com.amazonaws.us-east-1.s3`

	privateSubnetLines = `subnet 10.20.1.0/24 of ExistingVpcId in us-east-1a (metaflow-private-1)
subnet 10.20.3.0/24 of ExistingVpcId in us-east-1b (metaflow-private-2)
routes of 10.20.1.0/24 10.20.3.0/24: 0.0.0.0/0 to ExistingNatGatewayId, S3 to the endpoint
gateway endpoint of ExistingVpcId: com.amazonaws.us-east-1.s3`
)

// networkLines are a new VPC with everything in it.
var networkLines = strings.Join([]string{vpcLines, publicLines, natLines("10.0.0.0/24"), privateRoutes}, "\n")

// natLines are a NAT gateway with its own address.
func natLines(subnet string) string {
	gateway := "NAT gateway in " + subnet
	return gateway + ", public: address of " + gateway + "\naddress of " + gateway + ": vpc"
}

// environmentLines are a new compute environment of instances with its own resources, and its
// queue.
func environmentLines(vpc, kind, subnets string) string {
	return `launch template version 1 (metaflow-batch): /dev/xvda of 100 GiB, gp3, encrypted true, tokens required
role metaflow-InstanceRole for ec2.amazonaws.com: no policy of its own
instance profile metaflow-InstanceProfile: metaflow-InstanceRole
instances as metaflow-InstanceProfile from the launch template version 1
` + computeLines(vpc, kind+", 0 to 256 vCPUs of m5.large", subnets)
}

// computeLines are a new compute environment, and its queue.
func computeLines(vpc, capacity, subnets string) string {
	return `security group of ` + vpc + ` (metaflow-batch): all from the security group (metaflow-batch)
compute environment ENABLED: ` + capacity + `
compute environment in ` + subnets + ` behind the security group (metaflow-batch), managed as ExistingBatchServiceRoleArn
` + queueLine("the compute environment")
}

func queueLine(environment string) string { return "job queue ENABLED, priority 1: " + environment }
