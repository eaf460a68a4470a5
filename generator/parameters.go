package generator

// Parameters by what they configure. The handles are what the template, the
// rules and the tests refer to, so that a misspelt parameter does not compile.
// Defaults and bounds are those of the services or of Metaflow's guide.
var (
	existingBucketName = &Parameter{Name: "ExistingBucketName", Shape: bucketName, Empty: "a new bucket, private, encrypted and versioned",
		Doc: "S3 bucket to reuse for flow data. No policy or setting of it is changed."}
	newBucketName = &Parameter{Name: "NewBucketName", Shape: bucketName, Empty: "a generated, unique name",
		Doc: "Name of the new bucket. Bucket names are global, and the bucket outlives the stack."}
	datastorePrefix = &Parameter{Name: "DatastorePrefix", Default: "flows", Shape: objectPrefix,
		Doc: "Folder of the bucket for artifacts, code packages and logs of flows."}
	datatoolsPrefix = &Parameter{Name: "DatatoolsPrefix", Default: "data-tools", Shape: objectPrefix,
		Doc: "Folder of the bucket for data that flows store with metaflow.S3."}
	bucketEncryption = &Parameter{Name: "BucketEncryption", Default: "aws:kms", Allowed: []string{"aws:kms", "AES256"},
		Doc: "Default encryption of the new bucket: aws:kms with a bucket key, or AES256 (keys of S3)."}
	kmsKeyArn = &Parameter{Name: "KmsKeyArn", Shape: keyARN, Empty: "the account's aws/s3 key is used",
		Doc: "KMS key of the bucket. Jobs get GenerateDataKey and Decrypt on it; users need them too."}
	noncurrentVersionDays = &Parameter{Name: "NoncurrentVersionDays", Kind: number, Default: "30", Min: 1, Max: 3650,
		Doc: "Days that overwritten and deleted objects are kept."}

	existingVpcId = &Parameter{Name: "ExistingVpcId", Shape: vpcID, Empty: "a new VPC",
		Doc: "VPC to reuse. Subnets, route tables and gateways that are not reused are created in it."}
	vpcCidr = &Parameter{Name: "VpcCidr", Default: "10.0.0.0/16", Shape: cidrBlock,
		Doc: "IPv4 range of the new VPC, /16 to /28."}
	existingInternetGatewayId = &Parameter{Name: "ExistingInternetGatewayId", Shape: gatewayID, Empty: "a new one, attached to the VPC",
		Doc: "Internet gateway of the VPC, for the new public route table. A VPC has room for one."}
	availabilityZone1 = &Parameter{Name: "AvailabilityZone1", Shape: zoneName, Empty: "the region's first",
		Doc: "Availability Zone of the first public and private subnet."}
	availabilityZone2 = &Parameter{Name: "AvailabilityZone2", Shape: zoneName, Empty: "the region's second",
		Doc: "Availability Zone of the second public and private subnet."}
	existingPublicSubnet1Id = &Parameter{Name: "ExistingPublicSubnet1Id", Shape: subnetID, Empty: "a new one",
		Doc: "First public subnet to reuse. A new NAT gateway stands in it."}
	existingPublicSubnet2Id = &Parameter{Name: "ExistingPublicSubnet2Id", Shape: subnetID, Empty: "a new one",
		Doc: "Second public subnet to reuse."}
	existingPrivateSubnet1Id = &Parameter{Name: "ExistingPrivateSubnet1Id", Shape: subnetID, Empty: "a new one",
		Doc: "First private subnet to reuse. It needs a route to a NAT gateway or to endpoints."}
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
		Doc: "Route table for new public subnets. It gets no route of ours."}
	existingPrivateRouteTableId = &Parameter{Name: "ExistingPrivateRouteTableId", Shape: routeTableID, Empty: "a new one, with a route to the NAT gateway",
		Doc: "Route table for new private subnets. It gets no route of ours."}
	existingNatGatewayId = &Parameter{Name: "ExistingNatGatewayId", Shape: natGatewayID, Empty: "a new one in the first public subnet",
		Doc: "NAT gateway for the default route of the new private route table."}
	existingEipAllocationId = &Parameter{Name: "ExistingEipAllocationId", Shape: allocationID, Empty: "a new one",
		Doc: "Allocation ID of the Elastic IP address for the new NAT gateway."}
	s3Endpoint = &Parameter{Name: "S3Endpoint", Default: "true", Allowed: []string{"true", "false"},
		Doc: "Whether new route tables get a gateway endpoint for S3, which is free and spares the NAT gateway."}
	existingSecurityGroupId = &Parameter{Name: "ExistingSecurityGroupId", Shape: securityGroupID, Empty: "a new one, open to itself and outwards",
		Doc: "Security group of the instances. Multi-node jobs need ingress from itself."}

	existingComputeEnvironmentArn = &Parameter{Name: "ExistingComputeEnvironmentArn", Shape: computeEnvironmentARN, Empty: "a new one",
		Doc: "Batch compute environment for the new job queue. It must be MANAGED: Metaflow's client does not work with others."}
	computeType = &Parameter{Name: "ComputeType", Default: "EC2", Allowed: []string{"EC2", "SPOT"},
		Doc: "EC2 for On-Demand instances or SPOT. Metaflow's @parallel needs EC2."}
	bidPercentage = &Parameter{Name: "BidPercentage", Kind: number, Default: "0", Max: 100,
		Doc: "Highest Spot price as a percentage of the On-Demand price; 0 sets none, as Batch recommends."}
	existingSpotFleetRoleArn = &Parameter{Name: "ExistingSpotFleetRoleArn", Shape: roleARN, Empty: "none, which only BEST_FIT needs",
		Doc: "Spot Fleet role for SPOT with BEST_FIT."}
	instanceTypes = &Parameter{Name: "InstanceTypes", Kind: list, Default: "optimal", Shape: instanceType,
		Doc: "Instance types and families, of one processor architecture; optimal is Batch's choice."}
	allocationStrategy = &Parameter{Name: "AllocationStrategy", Empty: "BEST_FIT_PROGRESSIVE, for SPOT SPOT_PRICE_CAPACITY_OPTIMIZED",
		Allowed: []string{"", "BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"},
		Doc:     "How Batch picks instances. With BEST_FIT the environment cannot be updated in place."}
	minvCpus = &Parameter{Name: "MinvCpus", Kind: number, Default: "0", Max: 100000,
		Doc: "vCPUs that are kept running, and paid for, without jobs."}
	desiredvCpus = &Parameter{Name: "DesiredvCpus", Kind: number, Default: "0", Max: 100000, PerDeploy: true,
		Doc: "vCPUs to start with; 0 leaves it to Batch. Sent only when given: a kept value would fight the scheduler."}
	maxvCpus = &Parameter{Name: "MaxvCpus", Kind: number, Default: "256", Min: 1, Max: 100000,
		Doc: "Most vCPUs to run at once."}
	imageType = &Parameter{Name: "ImageType", Allowed: []string{"", "ECS_AL2023", "ECS_AL2023_NVIDIA"}, Empty: "Batch chooses ECS_AL2023, for GPU types ECS_AL2023_NVIDIA",
		Doc: "ECS-optimized image of the instances."}
	imageId = &Parameter{Name: "ImageId", Shape: imageID, Empty: "the newest image of ImageType is used",
		Doc: "AMI of the instances: ECS-optimized, with root device /dev/xvda."}
	volumeSize = &Parameter{Name: "VolumeSize", Kind: number, Default: "100", Min: 30, Max: 16384,
		Doc: "Size of an instance's root volume in GiB, shared by the images and jobs on it."}
	ec2KeyPair = &Parameter{Name: "Ec2KeyPair", Shape: keyPairName, Empty: "no SSH",
		Doc: "EC2 key pair of the instances. The new security group lets no SSH in: reuse one that does."}
	computeSubnets = &Parameter{Name: "ComputeSubnets", Default: "private", Allowed: []string{"private", "public", "all"},
		Doc: "Subnets of the instances. In public ones they get public addresses and, alone, need no NAT gateway."}
	computeEnvironmentName = &Parameter{Name: "ComputeEnvironmentName", Shape: batchName, Empty: "a generated name",
		Doc: "Name of the new compute environment. A named one cannot be replaced by an update."}
	computeEnvironmentState = &Parameter{Name: "ComputeEnvironmentState", Default: "ENABLED", Allowed: []string{"ENABLED", "DISABLED"},
		Doc: "Whether the compute environment takes jobs."}
	instanceName = &Parameter{Name: "InstanceName", Shape: tagValue, Empty: "the stack's name and -batch",
		Doc: "Name tag of the instances and their volumes."}

	existingJobQueueArn = &Parameter{Name: "ExistingJobQueueArn", Shape: jobQueueARN, Empty: "a new one",
		Doc: "Batch job queue to reuse. Then no compute environment and no network is created."}
	jobQueueName = &Parameter{Name: "JobQueueName", Shape: batchName, Empty: "a generated name",
		Doc: "Name of the new job queue. A named one cannot be replaced by an update."}
	jobQueueState = &Parameter{Name: "JobQueueState", Default: "ENABLED", Allowed: []string{"ENABLED", "DISABLED"},
		Doc: "Whether the job queue takes jobs."}
	jobQueuePriority = &Parameter{Name: "JobQueuePriority", Kind: number, Default: "1", Max: 1000,
		Doc: "Priority among the queues of the same compute environment; higher goes first."}
	runnableTimeoutMinutes = &Parameter{Name: "RunnableTimeoutMinutes", Kind: number, Default: "0",
		Allowed: []string{"0", "10", "15", "30", "60", "120", "240", "480", "720", "1440"},
		Doc:     "Minutes after which a job that cannot start is cancelled with the reason; 0 waits for ever."}

	existingJobRoleArn = &Parameter{Name: "ExistingJobRoleArn", Shape: roleARN, Empty: "a new role, for the one bucket",
		Doc: "Role that jobs assume. It must trust ecs-tasks and reach the bucket."}
	existingInstanceProfileArn = &Parameter{Name: "ExistingInstanceProfileArn", Shape: instanceProfileARN, Empty: "a new one, with the ECS managed policy",
		Doc: "Instance profile of the container instances."}
	existingBatchServiceRoleArn = &Parameter{Name: "ExistingBatchServiceRoleArn", Shape: roleARN, Empty: "the service-linked role is used, which updates in place need",
		Doc: "Batch service role of the compute environment."}
	jobPolicyArns = &Parameter{Name: "JobPolicyArns", Kind: list, Shape: policyARN, Empty: "none",
		Doc: "Managed policies for the new job role, for data beyond the bucket."}
	permissionsBoundaryArn = &Parameter{Name: "PermissionsBoundaryArn", Shape: policyARN, Empty: "none",
		Doc: "Permissions boundary of every role that is created."}
)

// Groups is the whole table in the order in which people read it.
var Groups = []Group{
	{"Storage", []*Parameter{existingBucketName, newBucketName, datastorePrefix, datatoolsPrefix,
		bucketEncryption, kmsKeyArn, noncurrentVersionDays}},
	{"Network", []*Parameter{existingVpcId, vpcCidr, existingInternetGatewayId, availabilityZone1, availabilityZone2,
		existingPublicSubnet1Id, existingPublicSubnet2Id, existingPrivateSubnet1Id, existingPrivateSubnet2Id,
		publicSubnet1Cidr, privateSubnet1Cidr, publicSubnet2Cidr, privateSubnet2Cidr,
		existingPublicRouteTableId, existingPrivateRouteTableId, existingNatGatewayId, existingEipAllocationId,
		s3Endpoint, existingSecurityGroupId}},
	{"Compute", []*Parameter{existingComputeEnvironmentArn, computeType, bidPercentage, existingSpotFleetRoleArn,
		instanceTypes, allocationStrategy, minvCpus, desiredvCpus, maxvCpus, imageType, imageId, volumeSize, ec2KeyPair,
		computeSubnets, computeEnvironmentName, computeEnvironmentState, instanceName}},
	{"Queue", []*Parameter{existingJobQueueArn, jobQueueName, jobQueueState, jobQueuePriority, runnableTimeoutMinutes}},
	{"Access", []*Parameter{existingJobRoleArn, existingInstanceProfileArn, existingBatchServiceRoleArn,
		jobPolicyArns, permissionsBoundaryArn}},
}
