package generator

// Parameters by what they configure. The handles are what the template, the
// rules and the tests refer to, so that a misspelt parameter does not compile.
// Defaults and bounds are those of the services or of Metaflow's guide.
var (
	existingBucketName = &Parameter{Name: "ExistingBucketName", Shape: bucketName, Empty: "a new bucket, private, encrypted and versioned",
		Doc: "S3 bucket to reuse. Nothing of it is changed."}
	newBucketName = &Parameter{Name: "NewBucketName", Shape: bucketName, Empty: "a generated, unique name",
		Doc: "Name of the new bucket: global, and kept when the stack goes."}
	datastorePrefix = &Parameter{Name: "DatastorePrefix", Default: "flows", Shape: objectPrefix,
		Doc: "Folder for artifacts, code packages and logs."}
	datatoolsPrefix = &Parameter{Name: "DatatoolsPrefix", Default: "data-tools", Shape: objectPrefix,
		Doc: "Folder for what flows store with metaflow.S3."}
	bucketEncryption = &Parameter{Name: "BucketEncryption", Default: "aws:kms", Allowed: []string{"aws:kms", "AES256"},
		Doc: "Encryption of the new bucket: aws:kms with a bucket key, or AES256."}
	kmsKeyArn = &Parameter{Name: "KmsKeyArn", Shape: keyARN, Empty: "the account's aws/s3 key is used",
		Doc: "KMS key of the bucket. Jobs may use it; users must be allowed to."}
	noncurrentVersionDays = &Parameter{Name: "NoncurrentVersionDays", Kind: number, Default: "30", Min: 1, Max: 3650,
		Doc: "Days that overwritten and deleted objects are kept."}
	auditLogs = &Parameter{Name: "AuditLogs", Default: "false", Allowed: onOff,
		Doc: "Keep the access log of the new bucket and the flow log of the new VPC in a second bucket, for 90 days."}

	existingVpcId = &Parameter{Name: "ExistingVpcId", Shape: vpcID, Empty: "a new VPC",
		Doc: "VPC to reuse. What is not reused of its parts is created in it."}
	vpcCidr = &Parameter{Name: "VpcCidr", Default: "10.0.0.0/16", Shape: cidrBlock,
		Doc: "IPv4 range of the new VPC, /16 to /28."}
	existingInternetGatewayId = &Parameter{Name: "ExistingInternetGatewayId", Shape: gatewayID, Empty: "a new one, attached to the VPC",
		Doc: "Internet gateway of the VPC, which has room for one."}
	availabilityZone1 = &Parameter{Name: "AvailabilityZone1", Shape: zoneName, Empty: "the region's first",
		Doc: "Zone of the first public and private subnet."}
	availabilityZone2 = &Parameter{Name: "AvailabilityZone2", Shape: zoneName, Empty: "the region's second",
		Doc: "Zone of the second public and private subnet."}
	existingPublicSubnet1Id = &Parameter{Name: "ExistingPublicSubnet1Id", Shape: subnetID, Empty: "a new one",
		Doc: "First public subnet to reuse. A new NAT gateway stands in it."}
	existingPublicSubnet2Id = &Parameter{Name: "ExistingPublicSubnet2Id", Shape: subnetID, Empty: "a new one",
		Doc: "Second public subnet to reuse."}
	existingPrivateSubnet1Id = &Parameter{Name: "ExistingPrivateSubnet1Id", Shape: subnetID, Empty: "a new one",
		Doc: "First private subnet to reuse, with a route to NAT or endpoints."}
	existingPrivateSubnet2Id = &Parameter{Name: "ExistingPrivateSubnet2Id", Shape: subnetID, Empty: "a new one",
		Doc: "Second private subnet to reuse."}
	publicSubnet1Cidr = &Parameter{Name: "PublicSubnet1Cidr", Default: "10.0.0.0/24", Shape: cidrBlock,
		Doc: "IPv4 range of the first public subnet."}
	privateSubnet1Cidr = &Parameter{Name: "PrivateSubnet1Cidr", Default: "10.0.1.0/24", Shape: cidrBlock,
		Doc: "IPv4 range of the first private subnet."}
	publicSubnet2Cidr = &Parameter{Name: "PublicSubnet2Cidr", Default: "10.0.2.0/24", Shape: cidrBlock,
		Doc: "IPv4 range of the second public subnet."}
	privateSubnet2Cidr = &Parameter{Name: "PrivateSubnet2Cidr", Default: "10.0.3.0/24", Shape: cidrBlock,
		Doc: "IPv4 range of the second private subnet."}
	existingPublicRouteTableId = &Parameter{Name: "ExistingPublicRouteTableId", Shape: routeTableID, Empty: "a new one, with a route to the internet gateway",
		Doc: "Route table for new public subnets; its routes stay as they are."}
	existingPrivateRouteTableId = &Parameter{Name: "ExistingPrivateRouteTableId", Shape: routeTableID, Empty: "a new one, with a route to the NAT gateway",
		Doc: "Route table for new private subnets; its routes stay as they are."}
	existingNatGatewayId = &Parameter{Name: "ExistingNatGatewayId", Shape: natGatewayID, Empty: "a new one in the first public subnet",
		Doc: "NAT gateway for the new private route table."}
	natPerZone = &Parameter{Name: "NatPerZone", Default: "false", Allowed: onOff,
		Doc: "Give the second zone a NAT gateway of its own, so that it survives the loss of the first."}
	internetAccess = &Parameter{Name: "InternetAccess", Default: "true", Allowed: onOff,
		Doc: "Whether a new VPC reaches the internet. If not, it has interface endpoints to AWS: images must be in ECR, and jobs install nothing."}
	existingEipAllocationId = &Parameter{Name: "ExistingEipAllocationId", Shape: allocationID, Empty: "a new one",
		Doc: "Elastic IP address for the new NAT gateway."}
	s3Endpoint = &Parameter{Name: "S3Endpoint", Default: "true", Allowed: onOff,
		Doc: "Give new route tables a gateway endpoint for S3, which is free and spares the NAT gateway."}
	existingSecurityGroupId = &Parameter{Name: "ExistingSecurityGroupId", Shape: securityGroupID, Empty: "a new one, open to itself and outwards",
		Doc: "Security group of the jobs. Multi-node jobs need ingress from itself."}
	egressPort1 = &Parameter{Name: "EgressPort1", Kind: number, Default: "0", Max: 65535,
		Doc: "TCP port to which the new security group limits egress, like 443; 0 for no limit."}
	egressPort2 = &Parameter{Name: "EgressPort2", Kind: number, Default: "0", Max: 65535,
		Doc: "Second such port, like 5432; 0 for none."}

	existingComputeEnvironmentArn = &Parameter{Name: "ExistingComputeEnvironmentArn", Shape: computeEnvironmentARN, Empty: "a new one",
		Doc: "Compute environment for the new job queue. It must be MANAGED, as Metaflow wants it."}
	computeType = &Parameter{Name: "ComputeType", Default: "EC2", Allowed: []string{"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"},
		Doc: "Instances (On-Demand, Spot) or Fargate. Metaflow's @parallel needs EC2."}
	bidPercentage = &Parameter{Name: "BidPercentage", Kind: number, Default: "0", Max: 100,
		Doc: "Highest Spot price in percent of the On-Demand price; 0 sets none, as Batch recommends."}
	existingSpotFleetRoleArn = &Parameter{Name: "ExistingSpotFleetRoleArn", Shape: roleARN, Empty: "none, which only BEST_FIT needs",
		Doc: "Spot Fleet role for SPOT with BEST_FIT."}
	instanceTypes = &Parameter{Name: "InstanceTypes", Kind: list, Default: "optimal", Shape: instanceType,
		Doc: "Instance types and families of one architecture; optimal is Batch's choice."}
	allocationStrategy = &Parameter{Name: "AllocationStrategy", Empty: "BEST_FIT_PROGRESSIVE, for SPOT SPOT_PRICE_CAPACITY_OPTIMIZED",
		Allowed: []string{"", "BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"},
		Doc:     "How Batch picks instances. BEST_FIT cannot be updated in place."}
	minvCpus = &Parameter{Name: "MinvCpus", Kind: number, Default: "0", Max: 100000,
		Doc: "vCPUs that are kept running, and paid for, without jobs."}
	desiredvCpus = &Parameter{Name: "DesiredvCpus", Kind: number, Default: "0", Max: 100000, PerDeploy: true,
		Doc: "vCPUs to start with; 0 leaves it to Batch. deploy sends it only when given."}
	maxvCpus = &Parameter{Name: "MaxvCpus", Kind: number, Default: "256", Min: 1, Max: 100000,
		Doc: "Most vCPUs to run at once."}
	imageType = &Parameter{Name: "ImageType", Allowed: []string{"", "ECS_AL2023", "ECS_AL2023_NVIDIA"}, Empty: "Batch chooses ECS_AL2023, for GPU types ECS_AL2023_NVIDIA",
		Doc: "ECS-optimized image of the instances."}
	imageId = &Parameter{Name: "ImageId", Shape: imageID, Empty: "the newest image of ImageType is used",
		Doc: "AMI of the instances: ECS-optimized, with root device /dev/xvda."}
	volumeSize = &Parameter{Name: "VolumeSize", Kind: number, Default: "100", Min: 30, Max: 16384,
		Doc: "Root volume of an instance in GiB, for the images and jobs on it."}
	kmsKeyForVolumes = &Parameter{Name: "KmsKeyForVolumes", Default: "false", Allowed: onOff,
		Doc: "Encrypt volumes with KmsKeyArn too. The service-linked role of Auto Scaling needs a grant on it."}
	ec2KeyPair = &Parameter{Name: "Ec2KeyPair", Shape: keyPairName, Empty: "no SSH",
		Doc: "EC2 key pair of the instances. The new security group lets no SSH in."}
	computeSubnets = &Parameter{Name: "ComputeSubnets", Default: "private", Allowed: []string{"private", "public", "all"},
		Doc: "Subnets of the jobs. In public ones they get public addresses and need no NAT gateway."}
	computeEnvironmentName = &Parameter{Name: "ComputeEnvironmentName", Shape: batchName, Empty: "a generated name",
		Doc: "Name of the new compute environment; a named one cannot be replaced."}
	computeEnvironmentState = &Parameter{Name: "ComputeEnvironmentState", Default: "ENABLED", Allowed: []string{"ENABLED", "DISABLED"},
		Doc: "Whether the compute environment takes jobs."}
	instanceName = &Parameter{Name: "InstanceName", Shape: tagValue, Empty: "the stack's name and -batch",
		Doc: "Name tag of the instances and their volumes."}

	existingJobQueueArn = &Parameter{Name: "ExistingJobQueueArn", Shape: jobQueueARN, Empty: "a new one",
		Doc: "Job queue to reuse. Then no compute environment or network is created."}
	jobQueueName = &Parameter{Name: "JobQueueName", Shape: batchName, Empty: "a generated name",
		Doc: "Name of the new job queue; a named one cannot be replaced."}
	jobQueueState = &Parameter{Name: "JobQueueState", Default: "ENABLED", Allowed: []string{"ENABLED", "DISABLED"},
		Doc: "Whether the job queue takes jobs."}
	jobQueuePriority = &Parameter{Name: "JobQueuePriority", Kind: number, Default: "1", Max: 1000,
		Doc: "Priority among queues of the compute environment; higher goes first."}
	runnableTimeoutMinutes = &Parameter{Name: "RunnableTimeoutMinutes", Kind: number, Default: "0",
		Allowed: []string{"0", "10", "15", "30", "60", "120", "240", "480", "720", "1440"},
		Doc:     "Minutes after which a job that cannot start is cancelled; 0 waits for ever."}

	existingJobRoleArn = &Parameter{Name: "ExistingJobRoleArn", Shape: roleARN, Empty: "a new role, for the one bucket",
		Doc: "Role of jobs. It must trust ecs-tasks and reach the bucket."}
	existingInstanceProfileArn = &Parameter{Name: "ExistingInstanceProfileArn", Shape: instanceProfileARN, Empty: "a new one, with the ECS managed policy",
		Doc: "Instance profile of the container instances."}
	existingBatchServiceRoleArn = &Parameter{Name: "ExistingBatchServiceRoleArn", Shape: roleARN, Empty: "the service-linked role is used, which updates in place need",
		Doc: "Batch service role of the compute environment."}
	existingExecutionRoleArn = &Parameter{Name: "ExistingExecutionRoleArn", Shape: roleARN, Empty: "a new one for Fargate, with the ECS managed policy",
		Doc: "Role with which Fargate pulls images and writes logs."}
	jobPolicyArns = &Parameter{Name: "JobPolicyArns", Kind: list, Shape: policyARN, Empty: "none",
		Doc: "Managed policies for the new job role, for other data."}
	permissionsBoundaryArn = &Parameter{Name: "PermissionsBoundaryArn", Shape: policyARN, Empty: "none",
		Doc: "Permissions boundary of every role that is created."}
	rolePath = &Parameter{Name: "RolePath", Shape: iamPath, Empty: "/",
		Doc: "Path of every role that is created."}
)

// onOff are the values of a switch.
var onOff = []string{"true", "false"}

// Groups is the whole table in the order in which people read it.
var Groups = []Group{
	{"Storage", []*Parameter{existingBucketName, newBucketName, datastorePrefix, datatoolsPrefix,
		bucketEncryption, kmsKeyArn, noncurrentVersionDays, auditLogs}},
	{"Network", []*Parameter{existingVpcId, vpcCidr, existingInternetGatewayId, availabilityZone1, availabilityZone2,
		existingPublicSubnet1Id, existingPublicSubnet2Id, existingPrivateSubnet1Id, existingPrivateSubnet2Id,
		publicSubnet1Cidr, privateSubnet1Cidr, publicSubnet2Cidr, privateSubnet2Cidr,
		existingPublicRouteTableId, existingPrivateRouteTableId, existingNatGatewayId, existingEipAllocationId,
		natPerZone, internetAccess, s3Endpoint, existingSecurityGroupId, egressPort1, egressPort2}},
	{"Compute", []*Parameter{existingComputeEnvironmentArn, computeType, bidPercentage, existingSpotFleetRoleArn,
		instanceTypes, allocationStrategy, minvCpus, desiredvCpus, maxvCpus, imageType, imageId, volumeSize, kmsKeyForVolumes, ec2KeyPair,
		computeSubnets, computeEnvironmentName, computeEnvironmentState, instanceName}},
	{"Queue", []*Parameter{existingJobQueueArn, jobQueueName, jobQueueState, jobQueuePriority, runnableTimeoutMinutes}},
	{"Access", []*Parameter{existingJobRoleArn, existingInstanceProfileArn, existingBatchServiceRoleArn,
		existingExecutionRoleArn, jobPolicyArns, permissionsBoundaryArn, rolePath}},
}
