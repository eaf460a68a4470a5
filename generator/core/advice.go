package core

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// advice says what to try when a resource of the stack fails, most specific first.
var advice = append([]generator.Advice{
	{
		Of: "IAM::Role", Says: "with an explicit deny in",
		Try: "a policy of the organization forbids it; if it requires a permissions boundary, " +
			"give one: {PermissionsBoundaryArn}; else reuse roles: {ExistingJobRoleArn}, " +
			"{ExistingInstanceProfileArn}",
	},
	{
		Of: "EC2::", Says: "with an explicit deny in",
		Try: "a policy of the organization forbids it; reuse an existing network: " +
			"{ExistingVpcId}, with its subnets",
	},
	{
		Of: "S3::", Says: "with an explicit deny in",
		Try: "a policy of the organization forbids it; reuse an existing bucket: " +
			"{ExistingBucketName}",
	},
	{
		Says: "iam:passrole",
		Try: "grant the deploying identity iam:PassRole on that role, deploy with a role that " +
			"has it (--role-arn), or reuse one that may be passed: " +
			"{ExistingInstanceProfileArn}, " +
			"{ExistingBatchServiceRoleArn}",
	},
	{
		Says: "awsserviceroleforec2spot|awsserviceroleforspot|spot.amazonaws.com|" +
			"spotfleet.amazonaws.com",
		Try: "create the service-linked role: aws iam create-service-linked-role " +
			"--aws-service-name spot.amazonaws.com; or use {ComputeType} EC2",
	},
	{
		Says: "awsserviceroleforbatch|awsserviceroleforecs|service-linked role|service " +
			"linked role|createservicelinkedrole",
		Try: "create the service-linked role: aws iam create-service-linked-role " +
			"--aws-service-name batch.amazonaws.com; or give a role: " +
			"{ExistingBatchServiceRoleArn}",
	},
	{
		Of: "EC2::EIP", Says: "addresslimitexceeded|maximum number of addresses",
		Try: "release an Elastic IP address or raise the quota, reuse one: " +
			"{ExistingEipAllocationId}, or avoid NAT gateways: {ComputeSubnets} public",
	},
	{
		Of: "EC2::VPC", Says: "vpclimitexceeded|maximum number of vpcs",
		Try: "delete a VPC or raise the quota, or reuse one: {ExistingVpcId}",
	},
	{
		Of:   "EC2::InternetGateway",
		Says: "internetgatewaylimitexceeded|maximum number of internet gateways",
		Try: "delete an internet gateway or raise the quota, or reuse a VPC with its gateway: " +
			"{ExistingVpcId}, {ExistingInternetGatewayId}",
	},
	{
		Of: "EC2::NatGateway", Says: "natgatewaylimitexceeded|limit",
		Try: "delete a NAT gateway or raise the quota, reuse one: {ExistingNatGatewayId} with " +
			"{ExistingVpcId}, or avoid NAT gateways: {ComputeSubnets} public",
	},
	{
		Of: "EC2::Subnet", Says: "invalidsubnet.conflict|conflicts with another subnet",
		Try: "the VPC already has a subnet in that range; give a free range: {{id}Cidr}, or " +
			"reuse the subnet: {Existing{id}Id}",
	},
	{
		Of: "EC2::Subnet", Says: "invalidsubnet.range|invalid cidr|cidr",
		Try: "give a CIDR block inside the VPC's: {{id}Cidr}",
	},
	{
		Of: "EC2::Subnet", Says: "availabilityzone|availability zone",
		Try: "choose Availability Zones that the account can use: {AvailabilityZone1}, " +
			"{AvailabilityZone2}",
	},
	{
		Of: "EC2::VPC", Says: "invalidvpc.range|cidr",
		Try: "give a CIDR block from /16 to /28: {VpcCidr}",
	},
	{
		Of: "VPCGatewayAttachment", Says: "already|resource.alreadyassociated",
		Try: "the VPC already has an internet gateway; give its ID: {ExistingInternetGatewayId}",
	},
	{
		Of: "EC2::Route", Says: "already exists|routealreadyexists",
		Try: "the route table already has that route; reuse the table, unchanged: " +
			"{ExistingPublicRouteTableId}, {ExistingPrivateRouteTableId}",
	},
	{
		Of: "EC2::VPCEndpoint", Says: "already",
		Try: "the route table already has an S3 endpoint; do not add one: {S3Endpoint}=false",
	},
	{
		Of: "S3::Bucket", Says: "bucketalreadyownedbyyou|already owned by you",
		Try: "the account already has that bucket; reuse it: {ExistingBucketName}, or choose " +
			"another name: {NewBucketName}",
	},
	{
		Of: "S3::Bucket", Says: "bucketalreadyexists|already exists|not available",
		Try: "the name is taken; choose another, or omit it: {NewBucketName}; if the bucket " +
			"is yours: {ExistingBucketName}",
	},
	{
		Of: "S3::Bucket", Says: "kms",
		Try: "check the key and its key policy: {KmsKeyArn}",
	},
	{
		Of: "IAM::", Says: "limitexceeded|quota",
		Try: "delete roles or raise the quota, or reuse them: {ExistingJobRoleArn}, " +
			"{ExistingInstanceProfileArn}",
	},
	{
		Of: "IAM::Role", Says: "not attachable|policy",
		Try: "check the policies for jobs: {JobPolicyArns}",
	},
	{
		Of: "Batch::", Says: "object already exists|already exists",
		Try: "choose another name, or omit it: {ComputeEnvironmentName}, {JobQueueName}",
	},
	{
		Of: "Batch::ComputeEnvironment", Says: "can be updated only for|can't be updated for fargate|" +
			"can't be changed to use|best_fit isn't supported",
		Try: "make a new environment: {ComputeGeneration} with another number",
	},
	{
		Of: "Batch::ComputeEnvironment", Says: "jobexecutiontimeoutminutes|execution timeout",
		Try: "AWS Batch took at most 360 minutes before 2026, and some regions may still: " +
			"{JobExecutionTimeoutMinutes} 360",
	},
	{
		Of: "Batch::", Says: "can't be mixed",
		Try: "a job queue holds instances or Fargate: make a second stack that shares this one's " +
			"resources, with the other {ComputeType}",
	},
	{
		Of: "Batch::", Says: "custom-named resource requires replacing",
		Try: "give another name, or none: {ComputeEnvironmentName}, {JobQueueName}",
	},
	{
		Of: "Batch::ComputeEnvironment", Says: "instance type|instancetype",
		Try: "choose instance types that the region offers: {InstanceTypes} optimal",
	},
	{
		Of: "Batch::ComputeEnvironment", Says: "key pair|keypair",
		Try: "give a key pair of this region, or omit it: {Ec2KeyPair}",
	},
	{
		Of: "Batch::ComputeEnvironment", Says: "imageid|image id|ami",
		Try: "check the image: {ImageId}",
	},
	{
		Of: "Batch::ComputeEnvironment", Says: "limit|quota",
		Try: "delete a compute environment or raise the quota, or reuse one: " +
			"{ExistingComputeEnvironmentArn}",
	},
	{
		Of: "Batch::JobQueue", Says: "limit|quota",
		Try: "delete a job queue or raise the quota, or reuse one: {ExistingJobQueueArn}",
	},
}, standard.Advice...)
