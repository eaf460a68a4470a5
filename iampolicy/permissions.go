package iampolicy

// permission is a row of the table of permissions: what CloudFormation needs for
// an element of a template.
type permission struct {
	of      string   // a resource type, a function or a property
	source  string   // where the actions are documented
	tagged  string   // EC2's name of the type in ARNs, where it has tags
	actions []string // of all handlers: create, read, update and delete
	omitted string   // what the source holds in addition, and why it is left out
}

// permissions is the table that the policy of the service role comes from. A test
// demands a row for every resource type of a component. Actions for what the
// templates do not use of a type are left out, and so are those that list all
// resources of an account. The wildcards stand for reads of a bucket's settings, of
// which the read handler calls twenty (no read of objects matches them), for reads of ECS, RDS and
// load balancers, and for writes on load balancers: IAM limits the size of a policy.
var permissions = []permission{
	{of: "AWS::Batch::ComputeEnvironment",
		source: pulumi("001da55c4665", "aws-batch-computeenvironment"),
		actions: []string{
			"batch:CreateComputeEnvironment", "batch:DeleteComputeEnvironment",
			"batch:DescribeComputeEnvironments", "batch:TagResource", "batch:UntagResource",
			"batch:UpdateComputeEnvironment", "ec2:DescribeLaunchTemplateVersions",
			"iam:CreateServiceLinkedRole", "iam:PassRole",
		},
		omitted: "EKS clusters, capacity tags"},
	{of: "AWS::Batch::JobQueue", source: awscc("3553a30161c0", "AWS_Batch_JobQueue"),
		actions: []string{
			"batch:CreateJobQueue", "batch:DeleteJobQueue", "batch:DescribeJobQueues", "batch:TagResource",
			"batch:UntagResource", "batch:UpdateJobQueue",
		}},

	{of: "AWS::DynamoDB::Table", source: pulumi("0a4178dc043a", "aws-dynamodb-table"),
		actions: []string{
			"dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeContinuousBackups",
			"dynamodb:DescribeContributorInsights", "dynamodb:DescribeKinesisStreamingDestination",
			"dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:GetResourcePolicy",
			"dynamodb:ListTagsOfResource", "dynamodb:TagResource", "dynamodb:UntagResource",
			"dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
		},
		omitted: "items, imports, streams, backups, insights, resource policies; KMS: the policy " +
			"of the key aws/dynamodb lets every user of DynamoDB in the account use it"},

	{of: "AWS::EC2::EIP", source: pulumi("069cb8416a2b", "aws-ec2-eip"),
		tagged: "elastic-ip",
		actions: []string{
			"ec2:AllocateAddress", "ec2:CreateTags", "ec2:DeleteTags", "ec2:DescribeAddresses",
			"ec2:ReleaseAddress",
		},
		omitted: "association with an instance, address transfers"},
	{of: "AWS::EC2::FlowLog", source: awscc("29b1078cb51f", "AWS_EC2_FlowLog"),
		tagged: "vpc-flow-log",
		actions: []string{
			"ec2:CreateFlowLogs", "ec2:CreateTags", "ec2:DeleteFlowLogs", "ec2:DeleteTags",
			"ec2:DescribeFlowLogs", "logs:CreateLogDelivery", "logs:DeleteLogDelivery",
			"s3:GetBucketPolicy", "s3:PutBucketPolicy",
		},
		omitted: "PassRole: logs that go to S3 need no role"},
	{of: "AWS::EC2::InternetGateway", source: awscc("2a01b08a4c4d", "AWS_EC2_InternetGateway"),
		tagged: "internet-gateway",
		actions: []string{
			"ec2:CreateInternetGateway", "ec2:CreateTags", "ec2:DeleteInternetGateway", "ec2:DeleteTags",
			"ec2:DescribeInternetGateways",
		}},
	{of: "AWS::EC2::LaunchTemplate", source: awscc("113307634f0e", "AWS_EC2_LaunchTemplate"),
		tagged: "launch-template",
		actions: []string{
			"ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:CreateTags",
			"ec2:DeleteLaunchTemplate", "ec2:DeleteTags", "ec2:DescribeLaunchTemplates",
		}},
	{of: "AWS::EC2::NatGateway", source: pulumi("03211f2e6737", "aws-ec2-natgateway"),
		tagged: "natgateway",
		actions: []string{
			"ec2:CreateNatGateway", "ec2:CreateTags", "ec2:DeleteNatGateway", "ec2:DeleteTags",
			"ec2:DescribeNatGateways",
		},
		omitted: "secondary addresses"},
	{of: "AWS::EC2::Route", source: pulumi("06d0ad12c8f4", "aws-ec2-route"),
		actions: []string{
			"ec2:CreateRoute", "ec2:DeleteRoute", "ec2:DescribeRouteTables", "ec2:ReplaceRoute",
		}},
	{of: "AWS::EC2::RouteTable", source: pulumi("0192c4cc65f0", "aws-ec2-routetable"),
		tagged: "route-table",
		actions: []string{
			"ec2:CreateRouteTable", "ec2:CreateTags", "ec2:DeleteRouteTable", "ec2:DeleteTags",
			"ec2:DescribeRouteTables",
		}},
	{of: "AWS::EC2::SecurityGroup", source: awscc("003ebe03810b", "AWS_EC2_SecurityGroup"),
		tagged: "security-group",
		actions: []string{
			"ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress",
			"ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:DeleteSecurityGroup", "ec2:DeleteTags",
			"ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupEgress",
			"ec2:RevokeSecurityGroupIngress", "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
			"ec2:UpdateSecurityGroupRuleDescriptionsIngress",
		}},
	{of: "AWS::EC2::SecurityGroupEgress",
		source: pulumi("261b70b1b5a9", "aws-ec2-securitygroupegress"),
		actions: []string{
			"ec2:AuthorizeSecurityGroupEgress", "ec2:DescribeSecurityGroupRules",
			"ec2:RevokeSecurityGroupEgress", "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
		}},
	{of: "AWS::EC2::SecurityGroupIngress",
		source: pulumi("129d937b0454", "aws-ec2-securitygroupingress"),
		actions: []string{
			"ec2:AuthorizeSecurityGroupIngress", "ec2:DescribeSecurityGroupRules",
			"ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupIngress",
			"ec2:UpdateSecurityGroupRuleDescriptionsIngress",
		}},
	{of: "AWS::EC2::Subnet", source: pulumi("092bd0b5368f", "aws-ec2-subnet"),
		tagged: "subnet",
		actions: []string{
			"ec2:CreateSubnet", "ec2:CreateTags", "ec2:DeleteSubnet", "ec2:DeleteTags",
			"ec2:DescribeNetworkAcls", "ec2:DescribeSubnets", "ec2:ModifySubnetAttribute",
		},
		omitted: "IPv6"},
	{of: "AWS::EC2::SubnetRouteTableAssociation",
		source: pulumi("0a4178dc043a", "aws-ec2-subnetroutetableassociation"),
		actions: []string{
			"ec2:AssociateRouteTable", "ec2:DescribeRouteTables", "ec2:DescribeSubnets",
			"ec2:DisassociateRouteTable", "ec2:ReplaceRouteTableAssociation",
		}},
	{of: "AWS::EC2::VPC", source: pulumi("069cb8416a2b", "aws-ec2-vpc"),
		tagged: "vpc",
		actions: []string{
			"ec2:CreateTags", "ec2:CreateVpc", "ec2:DeleteTags", "ec2:DeleteVpc",
			"ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcAttribute",
			"ec2:DescribeVpcEncryptionControls", "ec2:DescribeVpcs", "ec2:ModifyVpcAttribute",
		},
		omitted: "tenancy, encryption controls"},
	{of: "AWS::EC2::VPCEndpoint", source: awscc("0236747fbd43", "AWS_EC2_VPCEndpoint"),
		tagged: "vpc-endpoint",
		actions: []string{
			"ec2:CreateTags", "ec2:CreateVpcEndpoint", "ec2:DeleteTags", "ec2:DeleteVpcEndpoints",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints",
			"ec2:DescribeVpcs", "ec2:ModifyVpcEndpoint",
		},
		omitted: "VPC Lattice, services of other regions"},
	{of: "AWS::EC2::VPCGatewayAttachment", // its schema was not found: the calls of EC2
		source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html",
		actions: []string{
			"ec2:AttachInternetGateway", "ec2:DescribeInternetGateways", "ec2:DescribeVpcs",
			"ec2:DetachInternetGateway",
		},
		omitted: "VPN gateways"},

	{of: "AWS::ECS::Cluster", source: pulumi("2607601cf329", "aws-ecs-cluster"),
		actions: []string{
			"ecs:CreateCluster", "ecs:DeleteCluster", "ecs:Describe*", "ecs:ListTagsForResource",
			"ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCluster",
			"iam:CreateServiceLinkedRole",
		},
		omitted: "settings of the account and of the cluster, capacity providers, keys"},
	{of: "AWS::ECS::Service", source: pulumi("04b21958b3a7", "aws-ecs-service"),
		actions: []string{
			"ecs:CreateService", "ecs:DeleteService", "ecs:Describe*",
			"ecs:ListServiceDeployments", "ecs:ListTagsForResource", "ecs:StopServiceDeployment",
			"ecs:TagResource", "ecs:UntagResource", "ecs:UpdateService", "iam:PassRole",
		}},
	{of: "AWS::ECS::TaskDefinition", source: pulumi("092bd0b5368f", "aws-ecs-taskdefinition"),
		actions: []string{
			"ecs:DeregisterTaskDefinition", "ecs:Describe*", "ecs:ListTagsForResource",
			"ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:UntagResource", "iam:GetRole",
			"iam:PassRole",
		}},

	{of: "AWS::ElasticLoadBalancingV2::Listener",
		source: pulumi("02da4e7b3801", "aws-elasticloadbalancingv2-listener"),
		actions: []string{
			"elasticloadbalancing:Create*", "elasticloadbalancing:Delete*",
			"elasticloadbalancing:Describe*", "elasticloadbalancing:Modify*",
		},
		omitted: "user pools of Cognito"},
	{of: "AWS::ElasticLoadBalancingV2::LoadBalancer",
		source: pulumi("06d0ad12c8f4", "aws-elasticloadbalancingv2-loadbalancer"),
		actions: []string{
			"elasticloadbalancing:AddTags", "elasticloadbalancing:Create*",
			"elasticloadbalancing:Delete*", "elasticloadbalancing:Describe*",
			"elasticloadbalancing:Modify*", "elasticloadbalancing:RemoveTags",
			"elasticloadbalancing:Set*",
		}},
	{of: "AWS::ElasticLoadBalancingV2::TargetGroup",
		source: pulumi("17466f057e01", "aws-elasticloadbalancingv2-targetgroup"),
		actions: []string{
			"ec2:DescribeVpcs", "elasticloadbalancing:AddTags", "elasticloadbalancing:Create*",
			"elasticloadbalancing:Delete*", "elasticloadbalancing:Describe*",
			"elasticloadbalancing:Modify*", "elasticloadbalancing:RemoveTags",
		},
		omitted: "targets: ECS registers the tasks"},

	{of: "AWS::IAM::InstanceProfile", source: pulumi("061ddc2b8635", "aws-iam-instanceprofile"),
		actions: []string{
			"iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
			"iam:GetInstanceProfile", "iam:PassRole", "iam:RemoveRoleFromInstanceProfile",
		}},
	{of: "AWS::IAM::Policy", // its schema was not found: the calls of IAM on a role
		source:  "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
		actions: []string{"iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"},
		omitted: "policies of users and groups"},
	{of: "AWS::IAM::Role", source: pulumi("0c61db28c612", "aws-iam-role"),
		actions: []string{
			"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy",
			"iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
			"iam:ListRolePolicies", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole",
			"iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
		},
		omitted: "DeleteRolePermissionsBoundary: no role leaves its boundary"},

	{of: "AWS::Logs::LogGroup", source: pulumi("07626e6c92e4", "aws-logs-loggroup"),
		actions: []string{
			"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
			"logs:DescribeLogGroups", "logs:GetDataProtectionPolicy", "logs:ListTagsForResource",
			"logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
		},
		omitted: "keys, data protection policies, deliveries"},

	{of: "AWS::RDS::DBCluster", source: pulumi("01ce6712afed", "aws-rds-dbcluster"),
		actions: []string{
			"ec2:DescribeSecurityGroups", "iam:CreateServiceLinkedRole", "kms:CreateGrant",
			"kms:DescribeKey", "rds:AddTagsToResource", "rds:CreateDBCluster",
			"rds:CreateDBClusterSnapshot", "rds:DeleteDBCluster", "rds:Describe*",
			"rds:ModifyDBCluster", "rds:RemoveTagsFromResource",
		},
		omitted: "roles, restoration, the HTTP endpoint, global clusters, managed passwords"},
	{of: "AWS::RDS::DBClusterParameterGroup",
		source: pulumi("08c77345e5a5", "aws-rds-dbclusterparametergroup"),
		actions: []string{
			"iam:CreateServiceLinkedRole", "rds:AddTagsToResource",
			"rds:CreateDBClusterParameterGroup", "rds:DeleteDBClusterParameterGroup",
			"rds:Describe*", "rds:ListTagsForResource", "rds:ModifyDBClusterParameterGroup",
			"rds:RemoveTagsFromResource", "rds:ResetDBClusterParameterGroup",
		}},
	{of: "AWS::RDS::DBInstance", source: pulumi("01ce6712afed", "aws-rds-dbinstance"),
		actions: []string{
			"ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones",
			"ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
			"ec2:DescribeVpcAttribute", "ec2:DescribeVpcs", "iam:CreateServiceLinkedRole",
			"kms:CreateGrant", "kms:DescribeKey", "rds:AddTagsToResource", "rds:CreateDBInstance",
			"rds:CreateDBSnapshot", "rds:DeleteDBInstance", "rds:Describe*",
			"rds:ModifyDBInstance", "rds:RebootDBInstance", "rds:RemoveTagsFromResource",
		},
		omitted: "roles, replicas, restoration, replicated backups, managed passwords"},
	{of: "AWS::RDS::DBSubnetGroup", source: pulumi("08c77345e5a5", "aws-rds-dbsubnetgroup"),
		actions: []string{
			"iam:CreateServiceLinkedRole", "rds:AddTagsToResource", "rds:CreateDBSubnetGroup",
			"rds:DeleteDBSubnetGroup", "rds:Describe*", "rds:ListTagsForResource",
			"rds:ModifyDBSubnetGroup", "rds:RemoveTagsFromResource",
		}},

	// Buckets are retained, but not in the rollback of the creation that made them. S3
	// deletes no bucket that has objects. The schema does not have the actions of
	// resource tags: accounts that control access to buckets by tags need them.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
	{of: "AWS::S3::Bucket", source: pulumi("01e4de1ab22a", "aws-s3-bucket"),
		actions: []string{
			"s3:CreateBucket", "s3:DeleteBucket", "s3:Get*Configuration", "s3:GetBucket*",
			"s3:ListBucket", "s3:ListTagsForResource", "s3:PutBucketOwnershipControls",
			"s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning",
			"s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource",
			"s3:UntagResource",
		},
		omitted: "objects, ACLs, CORS, websites, replication, notifications, inventories, " +
			"metrics, analytics, acceleration, object lock, tiering, metadata tables"},
	{of: "LoggingConfiguration", source: pulumi("01e4de1ab22a", "aws-s3-bucket"),
		actions: []string{"s3:PutBucketLogging"},
		omitted: "objects and ACLs: the log bucket's policy lets S3 write"},
	{of: "AWS::S3::BucketPolicy", source: pulumi("157c65b430f3", "aws-s3-bucketpolicy"),
		actions: []string{"s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"}},

	{of: "AWS::SecretsManager::Secret", source: pulumi("369b9a570d7c", "aws-secretsmanager-secret"),
		actions: []string{
			"kms:Decrypt", "kms:GenerateDataKey", "secretsmanager:CreateSecret",
			"secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
			"secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue",
			"secretsmanager:TagResource", "secretsmanager:UntagResource",
			"secretsmanager:UpdateSecret",
		},
		omitted: "copies in other regions"},

	{of: "Fn::GetAZs",
		source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/" +
			"intrinsic-function-reference-getavailabilityzones.html",
		actions: []string{
			"ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets",
		}},
	{of: "PrivateDnsEnabled",
		source:  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
		actions: []string{"route53:AssociateVPCWithHostedZone"}},
}
