package iampolicy

// grant is what CloudFormation needs for something in the template.
type grant struct {
	on      string   // a resource type, a function or a property
	source  string   // where the actions are documented
	tagged  string   // EC2's name of the type in ARNs, where it has tags
	actions []string // of all handlers: create, read, update and delete
	left    string   // what the source holds besides, and why it is left out
}

// The sources of the handlers' permissions: copies of the CloudFormation
// registry's schemas, at the commits that were read.
const (
	pulumi = "https://github.com/pulumi/pulumi-aws-native/blob/"
	awscc  = "https://github.com/hashicorp/terraform-provider-awscc/blob/"
)

// grants is the table from which the service role is made. A test demands a row
// for every resource type of the template. What the template does not use of a
// type is left out, and so is what only lists all resources of an account. The
// wildcards stand for reads of a bucket's settings, of which the read handler
// wants twenty; no read of objects ends or begins like them.
var grants = []grant{
	{on: "AWS::Batch::ComputeEnvironment", source: pulumi + "001da55c4665/aws-cloudformation-schema/aws-batch-computeenvironment.json",
		actions: []string{"batch:CreateComputeEnvironment", "batch:DeleteComputeEnvironment", "batch:DescribeComputeEnvironments",
			"batch:TagResource", "batch:UntagResource", "batch:UpdateComputeEnvironment", "ec2:DescribeLaunchTemplateVersions",
			"iam:CreateServiceLinkedRole", "iam:PassRole"},
		left: "EKS clusters, capacity tags"},
	{on: "AWS::Batch::JobQueue", source: awscc + "3553a30161c0/internal/service/cloudformation/schemas/AWS_Batch_JobQueue.json",
		actions: []string{"batch:CreateJobQueue", "batch:DeleteJobQueue", "batch:DescribeJobQueues", "batch:TagResource",
			"batch:UntagResource", "batch:UpdateJobQueue"}},

	{on: "AWS::EC2::EIP", source: pulumi + "069cb8416a2b/aws-cloudformation-schema/aws-ec2-eip.json",
		tagged:  "elastic-ip",
		actions: []string{"ec2:AllocateAddress", "ec2:CreateTags", "ec2:DeleteTags", "ec2:DescribeAddresses", "ec2:ReleaseAddress"},
		left:    "association with an instance, address transfers"},
	{on: "AWS::EC2::FlowLog", source: awscc + "29b1078cb51f/internal/service/cloudformation/schemas/AWS_EC2_FlowLog.json",
		tagged: "vpc-flow-log",
		actions: []string{"ec2:CreateFlowLogs", "ec2:CreateTags", "ec2:DeleteFlowLogs", "ec2:DeleteTags", "ec2:DescribeFlowLogs",
			"logs:CreateLogDelivery", "logs:DeleteLogDelivery", "s3:GetBucketPolicy", "s3:PutBucketPolicy"},
		left: "PassRole: logs that go to S3 need no role"},
	{on: "AWS::EC2::InternetGateway", source: awscc + "2a01b08a4c4d/internal/service/cloudformation/schemas/AWS_EC2_InternetGateway.json",
		tagged: "internet-gateway",
		actions: []string{"ec2:CreateInternetGateway", "ec2:CreateTags", "ec2:DeleteInternetGateway", "ec2:DeleteTags",
			"ec2:DescribeInternetGateways"}},
	{on: "AWS::EC2::LaunchTemplate", source: awscc + "113307634f0e/internal/service/cloudformation/schemas/AWS_EC2_LaunchTemplate.json",
		tagged: "launch-template",
		actions: []string{"ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:CreateTags", "ec2:DeleteLaunchTemplate",
			"ec2:DeleteTags", "ec2:DescribeLaunchTemplates"}},
	{on: "AWS::EC2::NatGateway", source: pulumi + "03211f2e6737/aws-cloudformation-schema/aws-ec2-natgateway.json",
		tagged:  "natgateway",
		actions: []string{"ec2:CreateNatGateway", "ec2:CreateTags", "ec2:DeleteNatGateway", "ec2:DeleteTags", "ec2:DescribeNatGateways"},
		left:    "secondary addresses"},
	{on: "AWS::EC2::Route", source: pulumi + "06d0ad12c8f4/aws-cloudformation-schema/aws-ec2-route.json",
		actions: []string{"ec2:CreateRoute", "ec2:DeleteRoute", "ec2:DescribeRouteTables", "ec2:ReplaceRoute"}},
	{on: "AWS::EC2::RouteTable", source: pulumi + "0192c4cc65f0/aws-cloudformation-schema/aws-ec2-routetable.json",
		tagged:  "route-table",
		actions: []string{"ec2:CreateRouteTable", "ec2:CreateTags", "ec2:DeleteRouteTable", "ec2:DeleteTags", "ec2:DescribeRouteTables"}},
	{on: "AWS::EC2::SecurityGroup", source: awscc + "003ebe03810b/internal/service/cloudformation/schemas/AWS_EC2_SecurityGroup.json",
		tagged: "security-group",
		actions: []string{"ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup",
			"ec2:CreateTags", "ec2:DeleteSecurityGroup", "ec2:DeleteTags", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups",
			"ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
			"ec2:UpdateSecurityGroupRuleDescriptionsIngress"}},
	{on: "AWS::EC2::SecurityGroupEgress", source: pulumi + "261b70b1b5a9/aws-cloudformation-schema/aws-ec2-securitygroupegress.json",
		actions: []string{"ec2:AuthorizeSecurityGroupEgress", "ec2:DescribeSecurityGroupRules", "ec2:RevokeSecurityGroupEgress",
			"ec2:UpdateSecurityGroupRuleDescriptionsEgress"}},
	{on: "AWS::EC2::SecurityGroupIngress", source: pulumi + "129d937b0454/aws-cloudformation-schema/aws-ec2-securitygroupingress.json",
		actions: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups",
			"ec2:RevokeSecurityGroupIngress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress"}},
	{on: "AWS::EC2::Subnet", source: pulumi + "092bd0b5368f/aws-cloudformation-schema/aws-ec2-subnet.json",
		tagged: "subnet",
		actions: []string{"ec2:CreateSubnet", "ec2:CreateTags", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DescribeNetworkAcls",
			"ec2:DescribeSubnets", "ec2:ModifySubnetAttribute"},
		left: "IPv6"},
	{on: "AWS::EC2::SubnetRouteTableAssociation",
		source: pulumi + "0a4178dc043a/aws-cloudformation-schema/aws-ec2-subnetroutetableassociation.json",
		actions: []string{"ec2:AssociateRouteTable", "ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DisassociateRouteTable",
			"ec2:ReplaceRouteTableAssociation"}},
	{on: "AWS::EC2::VPC", source: pulumi + "069cb8416a2b/aws-cloudformation-schema/aws-ec2-vpc.json",
		tagged: "vpc",
		actions: []string{"ec2:CreateTags", "ec2:CreateVpc", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DescribeNetworkAcls",
			"ec2:DescribeSecurityGroups", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEncryptionControls", "ec2:DescribeVpcs",
			"ec2:ModifyVpcAttribute"},
		left: "tenancy, encryption controls"},
	{on: "AWS::EC2::VPCEndpoint", source: awscc + "0236747fbd43/internal/service/cloudformation/schemas/AWS_EC2_VPCEndpoint.json",
		tagged: "vpc-endpoint",
		actions: []string{"ec2:CreateTags", "ec2:CreateVpcEndpoint", "ec2:DeleteTags", "ec2:DeleteVpcEndpoints",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "ec2:ModifyVpcEndpoint"},
		left: "VPC Lattice, services of other regions"},
	{on: "AWS::EC2::VPCGatewayAttachment", // its schema was not found: the calls of EC2
		source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html",
		actions: []string{"ec2:AttachInternetGateway", "ec2:DescribeInternetGateways", "ec2:DescribeVpcs",
			"ec2:DetachInternetGateway"},
		left: "VPN gateways"},

	{on: "AWS::IAM::InstanceProfile", source: pulumi + "061ddc2b8635/aws-cloudformation-schema/aws-iam-instanceprofile.json",
		actions: []string{"iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
			"iam:GetInstanceProfile", "iam:PassRole", "iam:RemoveRoleFromInstanceProfile"}},
	{on: "AWS::IAM::Role", source: pulumi + "0c61db28c612/aws-cloudformation-schema/aws-iam-role.json",
		actions: []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
			"iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies",
			"iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
			"iam:UpdateRole", "iam:UpdateRoleDescription"},
		left: "DeleteRolePermissionsBoundary: no role leaves its boundary"},

	// Buckets are retained, but not in the rollback of the creation that made them. S3 deletes
	// no bucket that has objects. The schema does not have the last three yet: tags of an account
	// that controls access to buckets by tags need them.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
	{on: "AWS::S3::Bucket", source: pulumi + "01e4de1ab22a/aws-cloudformation-schema/aws-s3-bucket.json",
		actions: []string{"s3:CreateBucket", "s3:DeleteBucket", "s3:Get*Configuration", "s3:GetBucket*",
			"s3:ListBucket", "s3:ListTagsForResource", "s3:PutBucketOwnershipControls",
			"s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning",
			"s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource", "s3:UntagResource"},
		left: "objects, ACLs, CORS, websites, replication, notifications, inventories, metrics, analytics, " +
			"acceleration, object lock, tiering, metadata tables"},
	{on: "LoggingConfiguration", source: pulumi + "01e4de1ab22a/aws-cloudformation-schema/aws-s3-bucket.json",
		actions: []string{"s3:PutBucketLogging"},
		left:    "objects and ACLs: the log bucket's policy lets S3 write"},
	{on: "AWS::S3::BucketPolicy", source: pulumi + "157c65b430f3/aws-cloudformation-schema/aws-s3-bucketpolicy.json",
		actions: []string{"s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"}},

	{on: "Fn::GetAZs",
		source:  "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html",
		actions: []string{"ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets"}},
	{on: "PrivateDnsEnabled",
		source:  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
		actions: []string{"route53:AssociateVPCWithHostedZone"}},
}
