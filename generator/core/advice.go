package core

import (
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// advice says what to try when a resource of the stack fails, most specific first.
var advice = slices.Concat(
	updateAdvice, accessAdvice, networkAdvice, storageAdvice, computeAdvice, standard.Advice)

// accessAdvice is about denials, roles and policies.
var accessAdvice = []generator.Advice{
	{
		Name: "role denied", Of: "IAM::Role", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; if it requires a permissions boundary, " +
			"give one: {PermissionsBoundaryArn}; else reuse roles: {ExistingJobRoleArn}, " +
			"{ExistingInstanceProfileArn}",
	},
	{
		Name: "network denied", Of: "EC2::", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; reuse an existing network: " +
			"{ExistingVpcId}, with its subnets",
	},
	{
		Name: "bucket denied", Of: "S3::", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; reuse an existing bucket: " +
			"{ExistingBucketName}",
	},
	{
		Name: "pass role", Says: "iam:passrole",
		Try: "grant iam:PassRole on that role to {identity}, deploy with a role that " +
			"has it (--role-arn), or reuse one that may be passed: " +
			"{ExistingInstanceProfileArn}, " +
			"{ExistingBatchServiceRoleArn}",
	},
	{
		Name: "role creation denied", Of: "IAM::Role",
		Says: "perform: iam:createrole",
		Try: "grant iam:CreateRole to {identity}, deploy with a role that has it (--role-arn; " +
			"metaflow-cfn policy service-role STACK prints what it needs), give the permissions " +
			"boundary that the grant asks for: {PermissionsBoundaryArn}, or reuse roles: " +
			"{ExistingJobRoleArn}",
	},
	{
		Name: "Batch cannot take its role", Of: "Batch::ComputeEnvironment",
		Says: "not authorized to perform: sts:assumerole",
		Try: "the service role of AWS Batch must exist and trust batch.amazonaws.com: create it " +
			"again with the same name, then retry; or give another: {ExistingBatchServiceRoleArn}",
	},
	{
		Name: "role of Batch lacks a permission", Of: "Batch::ComputeEnvironment",
		Says: "/aws-batch is not authorized to perform",
		Try: "the service role of AWS Batch lacks {action}: attach the managed policy " +
			"AWSBatchServiceRole to it, or give no role: {ExistingBatchServiceRoleArn}",
	},
	{
		Name: "role of Spot",
		Says: "awsserviceroleforec2spot|awsserviceroleforspot|spot.amazonaws.com|" +
			"spotfleet.amazonaws.com|service-linked role for ec2 spot",
		Try: "create the service-linked role: aws iam create-service-linked-role " +
			"--aws-service-name spot.amazonaws.com; or use {ComputeType} EC2",
	},
	{
		Name: "role of ECS", Says: "assume the service linked role|awsserviceroleforecs",
		Try: "create the service-linked role: aws iam create-service-linked-role " +
			"--aws-service-name ecs.amazonaws.com; then retry",
	},
	{
		Name: "role of Batch", Of: "Batch::", Says: "awsserviceroleforbatch|service-linked role|" +
			"service linked role|createservicelinkedrole",
		Try: "create the service-linked role: aws iam create-service-linked-role " +
			"--aws-service-name batch.amazonaws.com; or give a role: " +
			"{ExistingBatchServiceRoleArn}",
	},
	{
		Name: "policies of a role", Of: "IAM::", Says: "policiesperrole",
		Try: "attach fewer policies for jobs, or raise the quota: {JobPolicyArns}",
	},
	{
		Name: "roles of the account", Of: "IAM::", Says: "limitexceeded|cannot exceed quota",
		Try: "delete roles or raise the quota, or reuse them: {ExistingJobRoleArn}, " +
			"{ExistingInstanceProfileArn}",
	},
	{
		Name: "policy not found", Of: "IAM::Role", Says: "not attachable",
		Try: "check the policies for jobs: {JobPolicyArns}",
	},
}

// networkAdvice is about the VPC and what is in it.
var networkAdvice = []generator.Advice{
	{
		Name: "zone",
		Says: "not available in this availability zone|cannot select nonexistent value|" +
			"for parameter availabilityzone is invalid",
		Try: "choose Availability Zones that the account can use: {AvailabilityZone1}, " +
			"{AvailabilityZone2}",
	},
	{
		Name: "addresses", Of: "EC2::EIP", Says: "addresslimitexceeded|maximum number of addresses",
		Try: "release an Elastic IP address or raise the quota, reuse one: " +
			"{ExistingEipAllocationId}, or avoid NAT gateways: {ComputeSubnets} public",
	},
	{
		Name: "VPCs", Of: "EC2::VPC", Says: "vpclimitexceeded|maximum number of vpcs",
		Try: "delete a VPC or raise the quota, or reuse one: {ExistingVpcId}",
	},
	{
		Name: "internet gateways", Of: "EC2::InternetGateway",
		Says: "internetgatewaylimitexceeded|maximum number of internet gateways",
		Try: "delete an internet gateway or raise the quota, or reuse a VPC with its gateway: " +
			"{ExistingVpcId}, {ExistingInternetGatewayId}",
	},
	{
		Name: "NAT gateways", Of: "EC2::NatGateway",
		Says: "natgatewaylimitexceeded|exceed the limit",
		Try: "delete a NAT gateway or raise the quota, reuse one: {ExistingNatGatewayId} with " +
			"{ExistingVpcId}, or avoid NAT gateways: {ComputeSubnets} public",
	},
	{
		Name: "no such VPC", Says: "the vpc id '",
		Try: "{resource} is not a VPC of this account and region; give another: {ExistingVpcId}",
	},
	{
		Name: "no such subnet", Says: "the subnet id '",
		Try: "{resource} is not a subnet of this account and region; give others: " +
			"{ExistingPrivateSubnet1Id}, {ExistingPrivateSubnet2Id}, {ExistingPublicSubnet1Id}, " +
			"{ExistingPublicSubnet2Id}",
	},
	{
		Name: "networks differ", Says: "belong to different networks|" +
			"are not linked to the vpcs",
		Try: "what is reused must be in one VPC: {ExistingVpcId}, {ExistingInternetGatewayId}, " +
			"{ExistingSecurityGroupId}, and the subnets",
	},
	{
		Name: "no internet gateway", Of: "EC2::", Says: "not attached to any internet gateway",
		Try: "attach an internet gateway to the VPC and give its ID: {ExistingInternetGatewayId}; " +
			"or use no internet access: {InternetAccess}=false",
	},
	{
		Name: "subnet in use", Of: "EC2::Subnet",
		Says: "invalidsubnet.conflict|conflicts with another subnet",
		Try: "the VPC already has a subnet in that range; give a free range: {{id}Cidr}, or " +
			"reuse the subnet: {Existing{id}Id}",
	},
	{
		Name: "subnet range", Of: "EC2::Subnet", Says: "invalidsubnet.range|cidr",
		Try: "give a CIDR block inside the VPC's: {{id}Cidr}",
	},
	{
		Name: "VPC range", Of: "EC2::VPC", Says: "invalidvpc.range|cidr",
		Try: "give a CIDR block from /16 to /28: {VpcCidr}",
	},
	{
		Name: "second internet gateway", Of: "VPCGatewayAttachment",
		Says: "already|resource.alreadyassociated",
		Try:  "the VPC already has an internet gateway; give its ID: {ExistingInternetGatewayId}",
	},
	{
		Name: "route exists", Of: "EC2::Route", Says: "already exists|alreadyexists",
		Try: "the route table already has that route; reuse the table, unchanged: " +
			"{ExistingPublicRouteTableId}, {ExistingPrivateRouteTableId}",
	},
	{
		Name: "endpoint exists", Of: "EC2::VPCEndpoint", Says: "already has a route|already exists",
		Try: "the route table already has an S3 endpoint; do not add one: {S3Endpoint}=false",
	},
	{
		Name: "no endpoint service", Of: "EC2::VPCEndpoint", Says: "the vpc endpoint service '",
		Try: "the region does not offer that endpoint; do not add it: {S3Endpoint}=false",
	},
}

// storageAdvice is about the bucket.
var storageAdvice = []generator.Advice{
	{
		Name: "bucket owned", Of: "S3::Bucket",
		Says: "bucketalreadyownedbyyou|already owned by you|you already own it|" +
			"already exists in stack",
		Try: "the account already has that bucket; reuse it: {ExistingBucketName}, or choose " +
			"another name: {NewBucketName}",
	},
	{
		Name: "bucket name taken", Of: "S3::Bucket", Says: "alreadyexists|already exists|not available",
		Try: "the name is taken; choose another, or omit it: {NewBucketName}; if the bucket " +
			"is yours: {ExistingBucketName}",
	},
	{
		Name: "bucket key", Of: "S3::Bucket", Says: "kms.|kms key",
		Try: "check the key and its key policy: {KmsKeyArn}",
	},
}

// updateAdvice is about updates that AWS Batch refuses. Its messages name roles, types and images,
// which other rows look for.
var updateAdvice = []generator.Advice{
	{
		Name: "update refused", Of: "Batch::ComputeEnvironment",
		Says: "can be updated only for|can't be updated for fargate|" +
			"can't be changed to use|best_fit isn't supported",
		Try: "make a new environment: {ComputeGeneration} with another number",
	},
	{
		Name: "job timeout", Of: "Batch::ComputeEnvironment",
		Says: "jobexecutiontimeoutminutes|execution timeout",
		Try: "AWS Batch took at most 360 minutes before 2026, and some regions may still: " +
			"{JobExecutionTimeoutMinutes} 360",
	},
	{
		Name: "instances and Fargate", Of: "Batch::", Says: "can't be mixed",
		Try: "a job queue holds instances or Fargate: make a second stack that shares this one's " +
			"resources, with the other {ComputeType}",
	},
	{
		Name: "fixed name", Of: "Batch::", Says: "custom-named resource requires replacing",
		Try: "give another name, or none: {ComputeEnvironmentName}, {JobQueueName}",
	},
}

// computeAdvice is about AWS Batch and the instances.
var computeAdvice = []generator.Advice{
	{
		Name: "name in use", Of: "Batch::", Says: "already exists",
		Try: "choose another name, or omit it: {ComputeEnvironmentName}, {JobQueueName}",
	},
	{
		Name: "architectures", Of: "Batch::", Says: "arm-based instance type|the same architecture",
		Try: "give instance types of one architecture, x86 or Arm, and not optimal with Arm: " +
			"{InstanceTypes}",
	},
	{
		Name: "instance type", Of: "Batch::ComputeEnvironment",
		Says: "instance type can only be one of|instancetype",
		Try:  "choose instance types that the region offers: {InstanceTypes} optimal",
	},
	{
		Name: "instance profile", Of: "Batch::ComputeEnvironment", Says: "iaminstanceprofile",
		Try: "give the ARN of an instance profile, not of a role, or omit it: " +
			"{ExistingInstanceProfileArn}",
	},
	{
		Name: "key pair", Of: "Batch::ComputeEnvironment", Says: "key pair|keypair",
		Try: "give a key pair of this region, or omit it: {Ec2KeyPair}",
	},
	{
		Name: "image", Of: "Batch::ComputeEnvironment",
		Says: "imageid|image id|ami-| ami |for images",
		Try: "the image must exist in this region and be shared with the account, or the account " +
			"must subscribe to it: {ImageId}",
	},
	{
		Name: "environment not valid", Of: "Batch::JobQueue", Says: "is not valid",
		Try: "the compute environment must be VALID and ENABLED; aws batch " +
			"describe-compute-environments says why it is not: {ExistingComputeEnvironmentArn}",
	},
	{
		Name: "queue uses it", Of: "Batch::ComputeEnvironment", Says: "found existing jobqueue",
		Try: "a job queue still uses the environment; aws batch describe-job-queues lists them: " +
			"take the environment out of the queue, or wait a minute, then retry",
	},
	{
		Name: "environment does not get ready", Of: "Batch::ComputeEnvironment",
		Says: "did not stabilize|notstabilized",
		Try: "aws batch describe-compute-environments has the statusReason; where a role was " +
			"created only now, retry",
	},
	{
		Name: "compute environments", Of: "Batch::ComputeEnvironment", Says: "limit|quota",
		Try: "delete a compute environment or raise the quota, or reuse one: " +
			"{ExistingComputeEnvironmentArn}",
	},
	{
		Name: "job queues", Of: "Batch::JobQueue", Says: "limit|quota",
		Try: "delete a job queue or raise the quota, or reuse one: {ExistingJobQueueArn}",
	},
}
