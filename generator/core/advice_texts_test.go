package core_test

// text is a failure that somebody reported. Messages of EC2 and Auto Scaling stand at the compute
// environment where AWS Batch quotes them; those of IAM's documents have an action of ours.
type text struct{ source, row, of, says, try string }

const (
	vpcType     = "AWS::EC2::VPC"
	subnetType  = "AWS::EC2::Subnet"
	routeType   = "AWS::EC2::Route"
	groupType   = "AWS::EC2::SecurityGroup"
	addressType = "AWS::EC2::EIP"
	natType     = "AWS::EC2::NatGateway"
	gatewayType = "AWS::EC2::InternetGateway"
	attachType  = "AWS::EC2::VPCGatewayAttachment"
	endpoint    = "AWS::EC2::VPCEndpoint"
	bucketType  = "AWS::S3::Bucket"
	roleType    = "AWS::IAM::Role"
	computeType = "AWS::Batch::ComputeEnvironment"
	queueType   = "AWS::Batch::JobQueue"

	scp     = " with an explicit deny in a service control policy"
	user    = "User: arn:aws:iam::111122223333:user/ana"
	denied  = " is not authorized to perform: "
	invalid = "Operation failed, ComputeEnvironment went INVALID with error: CLIENT_ERROR - "
	account = "arn:aws:iam::111122223333:role/"
)

// accessTexts are about denials, roles and policies.
var accessTexts = []text{
	{"aws-solutions/quota-monitor-for-aws#86", "role denied", roleType,
		"API: iam:CreateRole " + user + denied + "iam:CreateRole on resource: " + account +
			"limitmonitor-limitCheckSt-LimitMonitorRole-1M8F with an explicit deny",
		"--permissions-boundary-arn"},
	{"docs:IAM/troubleshoot_access-denied", "network denied", vpcType,
		handler("Ec2", "You are not authorized to perform this operation. "+user+denied+
			"ec2:CreateVpc on resource: arn:aws:ec2:eu-west-1:111122223333:vpc/*"+scp, "AccessDenied"),
		"--existing-vpc-id"},
	{"docs:IAM/troubleshoot_access-denied", "bucket denied", bucketType,
		handler("S3", user+denied+"s3:CreateBucket on resource: \"arn:aws:s3:::flows\""+scp,
			"AccessDenied"), "--existing-bucket-name"},
	{"docs:IAM/troubleshoot_access-denied", "explicit deny", queueType,
		handler("Batch", user+denied+"batch:CreateJobQueue on resource: *"+scp, "AccessDenied"),
		"a policy denies batch:CreateJobQueue to arn:aws:iam::111122223333:user/ana"},
	{"aws-solutions-library-samples/data-lakes-on-aws#275", "pass role", computeType,
		"API: cloudFormation User: arn:aws:sts::1:assumed-role/team/AWSCloudFormation" + denied +
			"iam:PassRole on resource: " + account + "sdlf-cicd because no identity-based policy " +
			"allows the iam:PassRole action", "arn:aws:sts::1:assumed-role/team/AWSCloudFormation"},
	{"aws/serverless-application-model#448", "role creation denied", roleType,
		"API: iam:CreateRole User: arn:aws:sts::1:assumed-role/CodeStarWorker/AWSCloudFormation" +
			denied + "iam:CreateRole on resource: " + account + "awscodestar-test-V5QU",
		"grant iam:CreateRole to arn:aws:sts::1:assumed-role/CodeStarWorker/AWSCloudFormation"},
	{"docs:IAM/troubleshoot_access-denied", "role creation denied", roleType,
		handler("Iam", user+denied+"iam:CreateRole on resource: "+account+"x because no "+
			"identity-based policy allows the iam:CreateRole action", "AccessDenied"),
		"metaflow-cfn policy service-role STACK"},
	{"aws/aws-cdk#27067", "permission", roleType,
		`Resource handler returned message: "` + user + denied + "iam:GetRole on resource: role " +
			"cdk-hnb659fds because no identity-based policy allows the iam:GetRole action (Service: Iam, " +
			`Status Code: 403, Request ID: 2014b22d)" (RequestToken: 97cd, HandlerErrorCode: ` +
			"AccessDenied)", "grant iam:GetRole to arn:aws:iam::111122223333:user/ana, or deploy with a " +
			"role that has it: --role-arn; metaflow-cfn policy service-role"},
	{"eksctl-io/eksctl#365", "permission", vpcType,
		"API: ec2:DescribeVpcs You are not authorized to perform this operation.",
		"grant ec2:DescribeVpcs to the deploying identity"},
	{"yugabyte/yugabyte-db#4336", "permission", vpcType,
		"API: ec2:CreateVpc You are not authorized to perform this operation.", "grant ec2:CreateVpc"},
	{"aws-amplify/amplify-cli#10116", "permission", "AWS::EC2::SubnetRouteTableAssociation",
		`Resource handler returned message: "You are not authorized to perform this operation. ` +
			`(Service: Ec2, Status Code: 403, Request ID: 7397, Extended Request ID: null)" ` +
			"(RequestToken: e26e, HandlerErrorCode: AccessDenied)", "grant that action"},
	{"prowler-cloud/prowler#793", "permission", "AWS::S3::BucketPolicy",
		"API: s3:PutBucketPolicy Access Denied", "grant s3:PutBucketPolicy"},
	{"aws-samples/unishop-monolith-to-microservices#47", "permission", "AWS::S3::BucketPolicy",
		`Resource handler returned message: "Access Denied (Service: S3, Status Code: 403, Request ` +
			`ID: A, Extended Request ID: B)" (RequestToken: C, HandlerErrorCode: AccessDenied)`,
		"--role-arn"},
	{"hashicorp/terraform-provider-aws#21281", "Batch cannot take its role", computeType,
		"CLIENT_ERROR - User: batch.amazonaws.com" + denied + "sts:AssumeRole on resource: " + account +
			"b (Service: AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; " +
			"Request ID: c47a; Proxy: null)", "trust batch.amazonaws.com"},
	{"hashicorp/terraform-provider-aws#34145", "role of Batch lacks a permission", computeType,
		"CLIENT_ERROR - User: arn:aws:sts::1:assumed-role/batch_role/aws-batch" + denied +
			"ecs:DescribeClusters on resource: arn:aws:ecs:us-east-2:1:cluster/c because no " +
			"identity-based policy allows the ecs:DescribeClusters action (Service: AmazonECS; Status " +
			"Code: 400; Error Code: AccessDeniedException; Request ID: 07bd; Proxy: null)",
		"lacks ecs:DescribeClusters"},
	{"CloudSnorkel/cdk-github-runners#182", "role of Spot", computeType,
		"The provided credentials do not have permission to create the service-linked role for EC2 " +
			"Spot Instances. (Service: Ec2, Status Code: 403, Request ID: 0ed2)",
		"--aws-service-name spot.amazonaws.com"},
	{"nathanpeck/aws-cloudformation-fargate#3", "role of ECS", computeType,
		"Unable to assume the service linked role. Please verify that the ECS service linked role " +
			"exists. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException; " +
			"Request ID: X)", "--aws-service-name ecs.amazonaws.com"},
	{"ministryofjustice/cloud-platform-environments#14118", "policies of a role", roleType,
		"LimitExceeded: Cannot exceed quota for PoliciesPerRole: 15", "--job-policy-arns"},
	{"serverless-nextjs/serverless-next.js#2234", "roles of the account", roleType,
		"LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000", "--existing-job-role-arn"},
	{"ansible/workshops#1801", "roles of the account", "AWS::IAM::InstanceProfile",
		"Cannot exceed quota for InstanceProfilesPerAccount: 1000", "--existing-instance-profile-arn"},
	{"aws/aws-cdk#19830", "policy not found", roleType,
		"Policy arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole does not exist or is not " +
			"attachable. (Service: AmazonIdentityManagement; Status Code: 404; Error Code: NoSuchEntity; " +
			"Request ID: 3dcc; Proxy: null)", "--job-policy-arns"},
	{"SWO-GS/auto-tag#90", "tag characters", roleType,
		"1 validation error detected: Value 'SourceIP: 1, UserAgent: aws-cli/2' at " +
			"'tags.6.member.value' failed to satisfy constraint: Member must satisfy regular expression " +
			`pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`, "--tags"},
	{"buildkite/docs#2344", "key policy", "AWS::Logs::LogGroup",
		"User: arn:aws:sts::032379705303:assumed-role/x" + denied + "kms:GenerateDataKey on this " +
			"resource because the resource does not exist in this Region, no resource-based policies " +
			"allow access, or a resource-based policy explicitly denies access",
		"must allow kms:GenerateDataKey to arn:aws:sts::032379705303:assumed-role/x"},
}

// networkTexts are about the VPC and what is in it.
var networkTexts = []text{
	{"sysdiglabs/terraform-aws-secure-for-cloud#52", "zone", natType,
		"NotAvailableInZone: Nat Gateway is not available in this availability zone",
		"--availability-zone1, --availability-zone2"},
	{"awslabs/amazon-ecs-amazon-efs#2", "zone", subnetType,
		"Template error: Fn::Select cannot select nonexistent value at index 1", "--availability-zone2"},
	{"runs-on/runs-on#266", "zone", "",
		"Template error: Fn::Select  cannot select nonexistent value at index 1",
		"--availability-zone1"},
	{"widdix/aws-cf-templates#36", "zone", subnetType,
		"Value (us-east-1b) for parameter availabilityZone is invalid. Subnets can currently only be " +
			"created in the following availability zones: us-east-1d, us-east-1e.",
		"--availability-zone1"},
	{"radius-project/samples#711", "addresses", addressType,
		handler("Ec2", "The maximum number of addresses has been reached.", "GeneralServiceException"),
		"--existing-eip-allocation-id"},
	{"aws/aws-parallelcluster#1734", "addresses", addressType,
		"The maximum number of addresses has been reached. (Service: AmazonEC2; Status Code: 400; " +
			"Error Code: AddressLimitExceeded; Request ID: 4eab)", "--compute-subnets public"},
	{"awslabs/landing-zone-accelerator-on-aws#241", "VPCs", vpcType,
		handler("Ec2", "The maximum number of VPCs has been reached.", "GeneralServiceException"),
		"--existing-vpc-id"},
	{"CloudSmith-Delivery-Troubleshooting/backend-infra-cdk#6", "internet gateways", gatewayType,
		handler("Ec2", "The maximum number of internet gateways has been reached.",
			"ServiceLimitExceeded"), "--existing-internet-gateway-id"},
	{"eksctl-io/eksctl#560", "NAT gateways", natType,
		"Performing this operation would exceed the limit of 5 NAT gateways (Service: AmazonEC2; " +
			"Status Code: 400; Error Code: NatGatewayLimitExceeded; Request ID: 2eda)",
		"--existing-nat-gateway-id"},
	{"cloudfoundry-community/terraform-aws-cf-install#38", "no such VPC", subnetType,
		"The vpc ID 'vpc-e578c080' does not exist", "vpc-e578c080 is not a VPC"},
	{"jschementi/riker#42", "no such subnet", computeType,
		"The subnet ID 'subnet-0a1b2c3d' does not exist", "subnet-0a1b2c3d is not a subnet"},
	{"aws/amazon-ecs-cli#26", "networks differ", routeType,
		"route table rtb-5d58c639 and network gateway igw-626e6107 belong to different networks",
		"--existing-internet-gateway-id"},
	{"aws-samples/aws-genomics-workflows#129", "networks differ", computeType,
		"INVALID - CLIENT_ERROR - One or more security groups in the launch template are not linked " +
			"to the VPCs configured in the Auto Scaling group", "--existing-security-group-id"},
	{"aws-samples/cfn101-workshop#165", "no internet gateway", addressType,
		"Network vpc-0ad8441633cb38af1 is not attached to any internet gateway (Service: AmazonEC2; " +
			"Status Code: 400; Error Code: Gateway.NotAttached; Request ID: 330d; Proxy: null)",
		"--existing-internet-gateway-id"},
	{"aws-samples/aws-genai-llm-chatbot#153", "subnet in use", subnetType,
		handler("Ec2", "The CIDR '10.0.32.0/20' conflicts with another subnet", "AlreadyExists"),
		"the VPC already has a subnet"},
	{"pulumi/pulumi-awsx#111", "subnet range", subnetType,
		"InvalidSubnet.Range: The CIDR '10.10.1.0/24' is invalid.", "inside the VPC's"},
	{"berlioz-the/berlioz#1", "second internet gateway", attachType,
		"Resource.AlreadyAssociated: resource igw-e748039f is already attached to network vpc-3c7d7347",
		"--existing-internet-gateway-id"},
	{"binlab/terraform-aws-vault-ha-raft#54", "second internet gateway", attachType,
		"Network vpc-9f7ca1e2 already has an internet gateway attached",
		"--existing-internet-gateway-id"},
	{"40net-cloud/fortinet-aws-solutions#6", "route exists", routeType,
		"The route identified by 0.0.0.0/0 already exists", "--existing-private-route-table-id"},
	{"aws-samples/nvidia-omniverse-nucleus-on-amazon-ec2#16", "route exists", routeType,
		`Resource handler returned message: "AlreadyExists" (RequestToken: 080a, HandlerErrorCode: ` +
			"AlreadyExists)", "--existing-public-route-table-id"},
	{"eksctl-io/eksctl#2510", "endpoint exists", endpoint,
		"route table rtb-0a1b already has a route with destination-prefix-list-id pl-6ca54005",
		"--s3-endpoint=false"},
	{"aws-samples/aws-network-firewall-terraform#4", "no endpoint service", endpoint,
		"The Vpc Endpoint Service 'com.amazonaws.eu-west-1.ssm' does not exist", "--s3-endpoint=false"},
}

// otherTexts are about the bucket, AWS Batch and the account.
var otherTexts = []text{
	{"serverless/serverless#13170", "bucket owned", bucketType,
		"BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you " +
			"already own it.", "--existing-bucket-name"},
	{"serverless/serverless#9006", "bucket owned", bucketType,
		"software-csv-data already exists in stack arn:aws:cloudformation:us-east-1:1:stack/x/bd8f",
		"--existing-bucket-name"},
	{"serverless/serverless#5632", "bucket name taken", bucketType, "mahbukkit already exists",
		"--new-bucket-name"},
	{"aws-cloudformation/cloudformation-coverage-roadmap#1954", "concurrent change",
		"AWS::S3::BucketPolicy", handler("S3", "A conflicting conditional operation is currently in "+
			"progress against this resource. Please try again.", "GeneralServiceException"),
		"wait some minutes"},
	{"cloudfoundry/bosh-aws-cpi-release#61", "request rate", vpcType,
		"Request limit exceeded. (Service: AmazonEC2; Status Code: 503; Error Code: " +
			"RequestLimitExceeded; Request ID: 7fd6)", "wait some minutes"},
	{"aws/aws-cdk#9882", "request rate", "AWS::Lambda::EventSourceMapping",
		"Rate exceeded for operation 'Rate exceeded (Service: Lambda, Status Code: 429, Request ID: " +
			"2d57, Extended Request ID: null)'.", "wait some minutes"},
	{"aws/aws-cdk#21674", "hook", bucketType, "The following hook(s) failed: [Acme::Tags::Hook]",
		"administrator"},
	{"thecodeteam/labs#43", "account not verified", "AWS::EC2::Instance",
		"This account is currently blocked and not recognized as a valid account. Please contact " +
			"aws-verification@amazon.com if you have questions.", "blocked"},
	{"UA-TECH-POWER/DDoS_terraform_aws#5", "account not verified", "AWS::EC2::Instance",
		"PendingVerification: Your request for accessing resources in this region is being validated, " +
			"and you will not be able to launch additional resources in this region", "verified"},
	{"awslabs/aws-service-catalog-products#47", "service not enabled", queueType,
		"The AWS Access Key Id needs a subscription for the service", "registration"},
	{"aws/aws-cdk#27054", "update refused", computeType,
		"The following parameters can't be updated for Fargate compute environment: " +
			"allocationStrategy, bidPercentage, ec2Configuration, ec2KeyPair, imageId, instanceRole, " +
			"instanceTypes, launchTemplate, type, updatePolicy. (Service: Batch, Status Code: 400)",
		"--compute-generation"},
	{"ASFHyP3/hyp3#1051", "update refused", computeType,
		"Following fields [subnets] can be updated only for Non-fargate Compute Environment having a " +
			"Batch Service Linked Role", "--compute-generation"},
	{"aws-samples/aws-genomics-workflows#105", "fixed name", computeType,
		"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename " +
			"spot-23b98780 and update the stack again.", "--compute-environment-name"},
	{"aws/aws-cdk#31148", "architectures", computeType,
		handler("Batch", "Error executing request, Exception : arm-based instance type cannot be used "+
			"with other instance types., RequestId: 167a", "InvalidRequest"), "one architecture"},
	{"Netflix/metaflow#70", "instance type", computeType,
		"An error occurred (ClientException) when calling the CreateComputeEnvironment operation: " +
			"Error executing request, Exception : Instance type can only be one of [m5d.8xlarge, r4]",
		"--instance-types optimal"},
	{"Netflix/metaflow-tools#9", "instance profile", computeType,
		invalid + "Invalid IamInstanceProfile: ecsInstanceRole", "--existing-instance-profile-arn"},
	{"magma/magma#929", "key pair", computeType, "The key pair 'mine' does not exist",
		"--ec2-key-pair"},
	{"aws-quickstart/quickstart-illumina-dragen#35", "image", computeType,
		"CE INVALID: AMI cannot be described", "--image-id"},
	{"gtaws/ProtectWithWAF#4", "image", computeType,
		"API: ec2:RunInstances Not authorized for images: [ami-0dbbd6f952e12feba]", "--image-id"},
	{"aws/aws-cdk#20727", "environment does not get ready", computeType,
		`Resource handler returned message: "Resource of type 'AWS::Batch::ComputeEnvironment' with ` +
			`identifier 'arn:aws:batch:ap-northeast-1:1:compute-environment/dev' did not stabilize." ` +
			"(RequestToken: 1, HandlerErrorCode: NotStabilized)", "statusReason"},
}

// deletionTexts are about what cannot be deleted.
var deletionTexts = []text{
	{"hashicorp/terraform#6866", "VPC has dependencies", vpcType,
		"The vpc 'vpc-0a1b2c3d' has dependencies and cannot be deleted.",
		"Name=vpc-id,Values=vpc-0a1b2c3d"},
	{"aws/aws-cdk#14456", "subnet has dependencies", subnetType,
		"The subnet 'subnet-00974e267b4554553' has dependencies and cannot be deleted. (Service: " +
			"AmazonEC2; Status Code: 400; Error Code: DependencyViolation; Request ID: 5170; Proxy: null)",
		"Name=subnet-id,Values=subnet-00974e267b4554553"},
	{"lianghong/delete_vpc#10", "security group in use", groupType,
		handler("Ec2", "resource sg-0063528210d054afa has a dependent object", "InvalidRequest"),
		"Name=group-id,Values=sg-0063528210d054afa"},
	{"ministryofjustice/bootstrap-cfn#177", "addresses in use", attachType,
		"Network vpc-69a8810c has some mapped public address(es). Please unmap those public " +
			"address(es) before detaching the gateway.", "Name=vpc-id,Values=vpc-69a8810c"},
	{"F5Networks/f5-aws-cloudformation#95", "bucket not empty", bucketType,
		"The bucket you tried to delete is not empty (Service: Amazon S3; Status Code: 409; Error " +
			"Code: BucketNotEmpty; Request ID: 0504)", "--retain Thing"},
	{"waterbear-cloud/paco#27", "role in use", roleType,
		"Cannot delete entity, must detach all policies first. (Service: AmazonIdentityManagement; " +
			"Status Code: 409; Error Code: DeleteConflict; Request ID: b6a2)", "--retain Thing"},
	{"terraform-aws-modules/terraform-aws-batch#9", "queue uses it", computeType,
		"Cannot delete, found existing JobQueue relationship", "describe-job-queues"},
}
