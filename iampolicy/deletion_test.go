package iampolicy

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// deletions are the permissions of the delete handler of each resource type, from the schemas
// that the table of permissions names. A bucket's handler does not empty it.
var deletions = map[string][]string{
	"AWS::Batch::ComputeEnvironment": {"batch:DeleteComputeEnvironment",
		"batch:DescribeComputeEnvironments", "batch:UpdateComputeEnvironment"},
	"AWS::Batch::JobQueue": {"batch:DeleteJobQueue", "batch:DescribeJobQueues",
		"batch:UpdateJobQueue"},
	"AWS::DynamoDB::Table": {"dynamodb:DeleteTable", "dynamodb:DescribeTable"},
	"AWS::ECS::Cluster":    {"ecs:DeleteCluster", "ecs:DescribeClusters"},
	"AWS::ECS::Service":    {"ecs:DeleteService", "ecs:DescribeServices"},
	"AWS::ECS::TaskDefinition": {"ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition",
		"iam:GetRole"},
	"AWS::ElasticLoadBalancingV2::Listener": {"elasticloadbalancing:DeleteListener",
		"elasticloadbalancing:DescribeListeners"},
	"AWS::ElasticLoadBalancingV2::LoadBalancer": {"elasticloadbalancing:DeleteLoadBalancer",
		"elasticloadbalancing:DescribeLoadBalancers"},
	"AWS::ElasticLoadBalancingV2::TargetGroup": {"elasticloadbalancing:DeleteTargetGroup",
		"elasticloadbalancing:DescribeTargetGroups"},
	"AWS::RDS::DBCluster": {"rds:AddTagsToResource", "rds:CreateDBClusterSnapshot",
		"rds:DeleteDBCluster", "rds:DescribeDBClusters"},
	"AWS::RDS::DBClusterParameterGroup": {"rds:DeleteDBClusterParameterGroup"},
	"AWS::RDS::DBInstance": {"rds:AddTagsToResource", "rds:CreateDBSnapshot",
		"rds:DeleteDBInstance", "rds:DescribeDBInstances"},
	"AWS::RDS::DBSubnetGroup":     {"rds:DeleteDBSubnetGroup", "rds:DescribeDBSubnetGroups"},
	"AWS::SecretsManager::Secret": {"secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret"},
	"AWS::EC2::EIP":               {"ec2:DescribeAddresses", "ec2:ReleaseAddress"},
	"AWS::EC2::FlowLog":           {"ec2:DeleteFlowLogs", "ec2:DescribeFlowLogs"},
	"AWS::EC2::InternetGateway":   {"ec2:DeleteInternetGateway", "ec2:DescribeInternetGateways"},
	"AWS::EC2::LaunchTemplate":    {"ec2:DeleteLaunchTemplate", "ec2:DescribeLaunchTemplates"},
	"AWS::EC2::NatGateway":        {"ec2:DeleteNatGateway", "ec2:DescribeNatGateways"},
	"AWS::EC2::Route":             {"ec2:DeleteRoute", "ec2:DescribeRouteTables"},
	"AWS::EC2::RouteTable":        {"ec2:DeleteRouteTable", "ec2:DescribeRouteTables"},
	"AWS::EC2::SecurityGroup": {"ec2:DeleteSecurityGroup", "ec2:DescribeInstances",
		"ec2:DescribeSecurityGroups"},
	"AWS::EC2::SecurityGroupEgress": {"ec2:DescribeSecurityGroupRules",
		"ec2:RevokeSecurityGroupEgress"},
	"AWS::EC2::SecurityGroupIngress": {"ec2:DescribeSecurityGroups",
		"ec2:RevokeSecurityGroupIngress"},
	"AWS::EC2::Subnet":                      {"ec2:DeleteSubnet", "ec2:DescribeSubnets"},
	"AWS::EC2::SubnetRouteTableAssociation": {"ec2:DescribeRouteTables", "ec2:DisassociateRouteTable"},
	"AWS::EC2::VPC":                         {"ec2:DeleteVpc", "ec2:DescribeVpcs"},
	"AWS::EC2::VPCEndpoint":                 {"ec2:DeleteVpcEndpoints", "ec2:DescribeVpcEndpoints"},
	"AWS::EC2::VPCGatewayAttachment":        {"ec2:DetachInternetGateway"},
	"AWS::IAM::InstanceProfile": {"iam:DeleteInstanceProfile", "iam:GetInstanceProfile",
		"iam:RemoveRoleFromInstanceProfile"},
	"AWS::IAM::Policy": {"iam:DeleteRolePolicy", "iam:GetRolePolicy"},
	"AWS::IAM::Role": {"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
		"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"},
	"AWS::Logs::LogGroup":   {"logs:DeleteLogGroup", "logs:DescribeLogGroups"},
	"AWS::S3::Bucket":       {"s3:DeleteBucket", "s3:ListBucket"},
	"AWS::S3::BucketPolicy": {"s3:DeleteBucketPolicy", "s3:GetBucketPolicy"},
}

// undeletable returns the actions that a document lacks to delete what a scope's template can
// create, each with the resource. What the template retains is among it: the rollback of a
// creation deletes that too.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func undeletable(sc scope, statements []statement) (lacking []string) {
	for _, r := range sc.template.Resources {
		actions, known := deletions[r.Type]
		if !known {
			lacking = append(lacking, r.ID+": "+r.Type+" has no row in deletions")
		}
		for _, action := range actions {
			if !slices.ContainsFunc(statements, func(s statement) bool { return s.deletes(sc, r.ID, action) }) {
				lacking = append(lacking, r.ID+": "+action)
			}
		}
	}
	return lacking
}

// deletes reports whether a statement allows an action, for the actions of S3 on the bucket of
// that ID or the bucket of the policy of that ID.
func (s statement) deletes(sc scope, id, action string) bool {
	allows := slices.ContainsFunc(s.Action, func(a string) bool { return matches(a, action) })
	if strings.HasPrefix(action, "s3:") {
		allows = allows && slices.Contains(s.Resource, sc.bucketARN(strings.TrimSuffix(id, "Policy")))
	}
	return allows
}

// TestCreationsCanBeRolledBack: every resource that the stack may create can be deleted by the
// service role, whatever its DeletionPolicy is.
func TestCreationsCanBeRolledBack(t *testing.T) {
	for _, c := range components {
		for _, values := range []generator.Values{nil, {"Bucket": "data"}} {
			sc := standing(t, c, "metaflow", values)
			if lacking := undeletable(sc, serviceRole(sc)); len(lacking) > 0 {
				t.Errorf("%s %v: the service role cannot delete what it creates: %v", c.Name, values, lacking)
			}
			checkNoticed(t, sc)
		}
	}
}

// checkNoticed removes each action by which something is deleted in turn, and the ARN of each
// bucket, which must be noticed.
func checkNoticed(t *testing.T, sc scope) {
	t.Helper()
	for _, r := range sc.template.Resources {
		for _, action := range deletions[r.Type] {
			statements := serviceRole(sc)
			for i := range statements {
				statements[i].Action = slices.DeleteFunc(statements[i].Action, func(a string) bool {
					return matches(a, action)
				})
			}
			if !slices.Contains(undeletable(sc, statements), r.ID+": "+action) {
				t.Errorf("nobody notices that %s lacks %s", r.ID, action)
			}
		}
		if r.Type == "AWS::S3::Bucket" {
			statements := serviceRole(sc)
			for i := range statements {
				statements[i].Resource = slices.DeleteFunc(statements[i].Resource, func(arn string) bool {
					return arn == sc.bucketARN(r.ID)
				})
			}
			if len(undeletable(sc, statements)) == 0 {
				t.Errorf("nobody notices that the role cannot delete %s", r.ID)
			}
		}
	}
}
