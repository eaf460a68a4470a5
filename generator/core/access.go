package core

import (
	"github.com/awslabs/goformation/v7/cloudformation/iam"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// jobRole lets jobs list, read and write the bucket, and nothing else. Metaflow's client never
// deletes objects. ListBucket has no prefix: the client asks for objects that may be absent, and S3
// answers 403 for these if the role lacks ListBucket.
func (b builder) jobRole() {
	bucket := needs.Reference("Bucket")
	b.Add(cfn.Resource{
		ID: "JobRole", Doc: "The role of jobs: it reaches the bucket and nothing else.",
		Condition: needs.Condition("JobRole"),
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(trustJobs()),
		PermissionsBoundary:      new(standard.Boundary()),
		Path:                     new(standard.Path()),
		ManagedPolicyArns:        cfn.List(access.jobPolicyArns.If("HasJobPolicies")),
		Policies: []iam.Role_Policy{{PolicyName: "datastore", PolicyDocument: standard.Policy(
			standard.Allow("ListBucket", standard.BucketARN(bucket, ""), "s3:ListBucket"),
			standard.Allow("UseObjects", standard.BucketARN(bucket, "/*"),
				"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
			cfn.If("HasKmsKey", standard.Allow("UseKey", storage.kmsKeyArn.Ref(),
				"kms:GenerateDataKey", "kms:Decrypt"), cfn.NoValue),
		)}},
		Tags: standard.NameTags("job"),
	}, nil)
}

// trustJobs lets ECS tasks of this account and region assume a role.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func trustJobs() map[string]any {
	return standard.FromAccount(standard.Trust("ecs-tasks.amazonaws.com"),
		cfn.Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*", nil))
}

// instanceProfile adds the role of the ECS agent and the instance profile that contains it.
func (b builder) instanceProfile() {
	role := b.Add(cfn.Resource{
		ID: "InstanceRole", Doc: "The role of the ECS agent on container instances.",
		Condition: needs.Condition("InstanceProfile"),
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(
			standard.Trust(cfn.Sub("ec2.${AWS::URLSuffix}", nil))),
		PermissionsBoundary: new(standard.Boundary()),
		Path:                new(standard.Path()),
		ManagedPolicyArns:   instancePolicies(managed("AmazonEC2ContainerServiceforEC2Role")),
		Tags:                standard.NameTags("instance"),
	}, nil)
	b.Create("InstanceProfile", "Gives that role to container instances.",
		&iam.InstanceProfile{Path: new(standard.Path()), Roles: []string{role}}, nil)
}

// instancePolicies returns a policy with those that are given.
func instancePolicies(ours string) []string {
	all := cfn.Fn("Split", ",", cfn.Fn("Join", ",", []any{ours,
		cfn.Fn("Join", ",", access.instancePolicyArns.Ref())}))
	return cfn.List(cfn.If("HasInstancePolicies", all, []any{ours}))
}

// executionRole adds the task execution role, with which Fargate pulls a job's image and writes its
// log. AWS documents no condition on the source account for it, unlike for task roles.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func (b builder) executionRole() {
	b.Add(cfn.Resource{
		ID: "ExecutionRole", Doc: "The role with which Fargate pulls images and writes logs.",
		Condition: needs.Condition("ExecutionRole"),
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(standard.Trust("ecs-tasks.amazonaws.com")),
		PermissionsBoundary:      new(standard.Boundary()),
		Path:                     new(standard.Path()),
		ManagedPolicyArns:        []string{managed("AmazonECSTaskExecutionRolePolicy")},
		Tags:                     standard.NameTags("execution"),
	}, nil)
}

// managed returns the ARN of an AWS managed policy for service roles.
func managed(name string) string {
	return cfn.Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/"+name, nil)
}
