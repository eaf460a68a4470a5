package generator

import (
	"github.com/awslabs/goformation/v7/cloudformation/iam"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// access is the roles of jobs and of the instances that they run on.
type access struct {
	jobRole         string // ARN
	instanceProfile string // ARN
	executionRole   string // ARN
}

// byAWS excuses AWS-managed policies.
var byAWS = exception{"AwsSolutions-IAM4", "AWS keeps it in step with the agent"}

// access adds the roles.
func (b builder) access(bucket string) access {
	return access{jobRole: b.jobRole(bucket), instanceProfile: b.instanceProfile(), executionRole: b.executionRole()}
}

// jobRole lets jobs list, read and write the one bucket, and nothing else.
// Metaflow's client never deletes objects. ListBucket has no prefix: the client
// asks for objects that may be absent, which S3 answers with 403 without it.
func (b builder) jobRole(bucket string) string {
	b.Add(cfn.Resource{ID: "JobRole", Doc: "What jobs may do.", Condition: condition("JobRole"),
		Metadata: except(nil, nil, exception{"AwsSolutions-IAM5", "objects of the one bucket"})}, &iam.Role{
		AssumeRolePolicyDocument: policy(trustJobs()),
		PermissionsBoundary:      new(optionally("HasBoundary", permissionsBoundaryArn)),
		Path:                     new(optionally("HasRolePath", rolePath)),
		ManagedPolicyArns:        cfn.List(optionally("HasJobPolicies", jobPolicyArns)),
		Policies: []iam.Role_Policy{{PolicyName: "datastore", PolicyDocument: policy(
			allow("ListBucket", bucketARN(bucket, ""), "s3:ListBucket"),
			allow("UseObjects", bucketARN(bucket, "/*"), "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
			cfn.If("HasKmsKey", allow("UseKey", kmsKeyArn.ref(), "kms:GenerateDataKey", "kms:Decrypt"), cfn.NoValue),
		)}},
		Tags: named("job"),
	}, nil)
	return use("JobRole", cfn.GetAtt("JobRole", "Arn"))
}

// trustJobs lets ECS tasks of this account and region assume a role.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func trustJobs() map[string]any {
	trust := trust("ecs-tasks.amazonaws.com")
	trust["Condition"] = map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": cfn.Ref("AWS::AccountId")},
		"ArnLike":      map[string]any{"aws:SourceArn": cfn.Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*", nil)},
	}
	return trust
}

// instanceProfile is what the ECS agent on an instance may do.
func (b builder) instanceProfile() string {
	role := b.Add(cfn.Resource{
		ID: "InstanceRole", Doc: "What the ECS agent may do.", Condition: condition("InstanceProfile"),
		Metadata: except(nil, nil, byAWS),
	}, &iam.Role{
		AssumeRolePolicyDocument: policy(trust(cfn.Sub("ec2.${AWS::URLSuffix}", nil))),
		PermissionsBoundary:      new(optionally("HasBoundary", permissionsBoundaryArn)),
		Path:                     new(optionally("HasRolePath", rolePath)),
		ManagedPolicyArns: []string{
			cfn.Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role", nil),
		},
		Tags: named("instance"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "InstanceProfile", Doc: "Gives instances the role.", Condition: condition("InstanceProfile"),
	}, &iam.InstanceProfile{Path: new(optionally("HasRolePath", rolePath)), Roles: []string{role}}, nil)
	return use("InstanceProfile", cfn.GetAtt("InstanceProfile", "Arn"))
}

// executionRole is what Fargate itself may do for a job: pull its image, write
// its log. For it AWS documents no condition on who asks, unlike for task roles.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func (b builder) executionRole() string {
	b.Add(cfn.Resource{
		ID: "ExecutionRole", Doc: "What Fargate may do for jobs.", Condition: condition("ExecutionRole"),
		Metadata: except(nil, nil, byAWS),
	}, &iam.Role{
		AssumeRolePolicyDocument: policy(trust("ecs-tasks.amazonaws.com")),
		PermissionsBoundary:      new(optionally("HasBoundary", permissionsBoundaryArn)),
		Path:                     new(optionally("HasRolePath", rolePath)),
		ManagedPolicyArns: []string{
			cfn.Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", nil),
		},
		Tags: named("execution"),
	}, nil)
	return use("ExecutionRole", cfn.GetAtt("ExecutionRole", "Arn"))
}

func trust(service string) map[string]any {
	return map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": []string{"sts:AssumeRole"},
	}
}

func allow(sid, resource string, actions ...string) map[string]any {
	return map[string]any{"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": []string{resource}}
}
