package core

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// groups is the whole table of parameters in the order in which people read it. The template, the
// rules and the relations refer to the handles in the tables below, so that a misspelt parameter
// does not compile. Defaults and bounds are those of the services or of Metaflow's guide.
var groups = []generator.Group{
	{Label: "Storage", Parameters: []*generator.Parameter{
		storage.existingBucketName, storage.newBucketName, storage.datastorePrefix,
		storage.datatoolsPrefix, storage.bucketEncryption, storage.kmsKeyArn,
		storage.noncurrentVersionDays, storage.accessLogBucketName,
	}},
	{Label: "Network", Parameters: []*generator.Parameter{
		network.existingVpcId, network.vpcCidr, network.existingInternetGatewayId,
		network.availabilityZone1, network.availabilityZone2, network.existingPublicSubnet1Id,
		network.existingPublicSubnet2Id, network.existingPrivateSubnet1Id,
		network.existingPrivateSubnet2Id, network.publicSubnet1Cidr,
		network.privateSubnet1Cidr, network.publicSubnet2Cidr, network.privateSubnet2Cidr,
		network.existingPublicRouteTableId, network.existingPrivateRouteTableId,
		network.existingNatGatewayId, network.existingEipAllocationId, network.natPerZone,
		network.internetAccess, network.s3Endpoint, network.existingSecurityGroupId,
		network.egressPort1, network.egressPort2,
	}},
	{Label: "Compute", Parameters: []*generator.Parameter{
		compute.existingComputeEnvironmentArn, compute.computeType, compute.bidPercentage,
		compute.existingSpotFleetRoleArn, compute.instanceTypes, compute.allocationStrategy,
		compute.minvCpus, compute.desiredvCpus, compute.maxvCpus, compute.imageType,
		compute.imageId, compute.imageRefresh, compute.volumeSize, compute.kmsKeyForVolumes,
		compute.ec2KeyPair, compute.computeSubnets, compute.computeEnvironmentName,
		compute.computeEnvironmentState, compute.computeGeneration,
		compute.jobExecutionTimeoutMinutes, compute.instanceName, compute.instanceTag1,
		compute.instanceTag2,
	}},
	{Label: "Queue", Parameters: []*generator.Parameter{
		queue.existingJobQueueArn, queue.jobQueueName, queue.jobQueueState,
		queue.jobQueuePriority, queue.runnableTimeoutMinutes,
	}},
	{Label: "Access", Parameters: []*generator.Parameter{
		access.existingJobRoleArn, access.existingInstanceProfileArn,
		access.existingBatchServiceRoleArn, access.existingExecutionRoleArn,
		access.jobPolicyArns, access.instancePolicyArns, standard.Roles.PermissionsBoundaryArn, standard.Roles.RolePath,
	}},
}

// storage holds the handles of the parameters of the bucket.
var storage = struct {
	existingBucketName, newBucketName, datastorePrefix, datatoolsPrefix, bucketEncryption,
	kmsKeyArn, noncurrentVersionDays, accessLogBucketName *generator.Parameter
}{
	existingBucketName: &generator.Parameter{
		Name: "ExistingBucketName", Format: standard.BucketName,
		WhenEmpty: "a new bucket, private, encrypted and versioned",
		Doc:       "S3 bucket to reuse. None of its settings is changed.",
	},
	newBucketName: &generator.Parameter{
		Name: "NewBucketName", Format: standard.BucketName,
		WhenEmpty: "a generated, unique name",
		Doc:       "Name of the new bucket, unique in all of AWS.",
	},
	datastorePrefix: &generator.Parameter{
		Name: "DatastorePrefix", Default: "flows", Format: standard.ObjectPrefix,
		Doc: "Prefix in the bucket for artifacts, code packages and logs of flows.",
	},
	datatoolsPrefix: &generator.Parameter{
		Name: "DatatoolsPrefix", Default: "data-tools", Format: standard.ObjectPrefix,
		Doc: "Prefix in the bucket for what flows store with metaflow.S3.",
	},
	bucketEncryption: &generator.Parameter{
		Name: "BucketEncryption", Default: "aws:kms", Allowed: []string{"aws:kms", "AES256"},
		Doc: "Encryption of the new bucket: aws:kms with a bucket key, or AES256.",
	},
	kmsKeyArn: &generator.Parameter{
		Name: "KmsKeyArn", Format: standard.KeyARN,
		WhenEmpty: "the key aws/s3 of the account",
		Doc:       "KMS key of the bucket. Jobs get permission to use it; users need it too.",
	},
	noncurrentVersionDays: &generator.Parameter{
		Name: "NoncurrentVersionDays", Kind: generator.Number, Default: "30", Min: 1,
		Max: 3650,
		Doc: "Days for which overwritten and deleted objects are kept.",
	},
	accessLogBucketName: &generator.Parameter{
		Name: "AccessLogBucketName", Format: standard.BucketName, WhenEmpty: "no access log",
		Doc: "S3 bucket for the access log of the new bucket. Its policy must let " +
			"S3 write.",
	},
}

// queue holds the handles of the parameters of the job queue.
var queue = struct {
	existingJobQueueArn, jobQueueName, jobQueueState, jobQueuePriority,
	runnableTimeoutMinutes *generator.Parameter
}{
	existingJobQueueArn: &generator.Parameter{
		Name: "ExistingJobQueueArn", Format: standard.JobQueueARN, WhenEmpty: "a new one",
		Doc: "Job queue to reuse. No compute environment and no network is then created.",
	},
	jobQueueName: &generator.Parameter{
		Name: "JobQueueName", Format: standard.BatchName, WhenEmpty: "a generated name",
		Doc: "Name of the new job queue. One with a name cannot be replaced.",
	},
	jobQueueState: &generator.Parameter{
		Name: "JobQueueState", Default: "ENABLED", Allowed: []string{"ENABLED", "DISABLED"},
		Doc: "Whether the job queue accepts jobs.",
	},
	jobQueuePriority: &generator.Parameter{
		Name: "JobQueuePriority", Kind: generator.Number, Default: "1", Max: 1000,
		Doc: "Priority among the queues of a compute environment; the highest goes first.",
	},
	runnableTimeoutMinutes: &generator.Parameter{
		Name: "RunnableTimeoutMinutes", Kind: generator.Number, Default: "0",
		Allowed: []string{"0", "10", "15", "30", "60", "120", "240", "480", "720", "1440"},
		Doc:     "Minutes after which a job that cannot start is cancelled. 0: no limit.",
	},
}

// access holds the handles of the parameters of the roles.
var access = struct {
	existingJobRoleArn, existingInstanceProfileArn, existingBatchServiceRoleArn,
	existingExecutionRoleArn, jobPolicyArns, instancePolicyArns *generator.Parameter
}{
	existingJobRoleArn: &generator.Parameter{
		Name: "ExistingJobRoleArn", Format: standard.RoleARN,
		WhenEmpty: "a new role, for the one bucket",
		Doc: "Role of the jobs. It must trust ecs-tasks.amazonaws.com and reach the " +
			"bucket.",
	},
	existingInstanceProfileArn: &generator.Parameter{
		Name: "ExistingInstanceProfileArn", Format: standard.InstanceProfileARN,
		WhenEmpty: "a new one, with the ECS managed policy",
		Doc:       "Instance profile of the container instances.",
	},
	existingBatchServiceRoleArn: &generator.Parameter{
		Name: "ExistingBatchServiceRoleArn", Format: standard.RoleARN,
		WhenEmpty: "the service-linked role is used, which updates in place need",
		Doc: "Service role of the compute environment. AWS Batch then replaces it " +
			"on updates.",
	},
	existingExecutionRoleArn: &generator.Parameter{
		Name: "ExistingExecutionRoleArn", Format: standard.RoleARN,
		WhenEmpty: "a new one for Fargate, with the ECS managed policy",
		Doc:       "Task execution role, with which Fargate pulls images and writes logs.",
	},
	instancePolicyArns: &generator.Parameter{
		Name: "InstancePolicyArns", Kind: generator.List, Format: standard.PolicyARN,
		WhenEmpty: "none",
		Doc:       "Managed policies to attach to the new instance role, like that of an agent.",
	},
	jobPolicyArns: &generator.Parameter{
		Name: "JobPolicyArns", Kind: generator.List, Format: standard.PolicyARN,
		WhenEmpty: "none",
		Doc:       "Managed policies to attach to the new job role, for access to other data.",
	},
}
