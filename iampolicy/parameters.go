package iampolicy

import (
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// param holds the handles of the parameters of policies. They are flags of the
// policy command only, and not parameters of a template.
var param = struct {
	account, partition, region, bucket, kmsKey, queue, jobRole, executionRole, roleArn,
	rolePath, boundary, jobPolicies, passRoles, stateMachinePrefix,
	oidcSecret *generator.Parameter
}{
	account: &generator.Parameter{
		Name: "Account", WhenEmpty: "that of a given ARN, else any",
		Doc: "Account of the stack.",
		Format: generator.Format{Pattern: "[0-9]{12}",
			Expected: "an account ID of twelve digits like 123456789012"},
	},
	partition: &generator.Parameter{
		Name: "Partition", Allowed: []string{"", "aws", "aws-us-gov", "aws-cn"},
		WhenEmpty: "that of the region or of a given ARN, else aws",
		Doc:       "Partition of the account.",
	},
	region: &generator.Parameter{
		Name: "Region", WhenEmpty: "that of a given ARN, else any",
		Doc: "Region of the stack.",
		Format: generator.Format{Pattern: "[a-z]{2}(-[a-z]+)+-[0-9]+",
			Expected: "a region like us-east-1"},
	},
	bucket: &generator.Parameter{
		Name: "Bucket", Format: standard.BucketName,
		WhenEmpty: "a name that CloudFormation makes of the stack's",
		Doc:       "Bucket of the flows' data.",
	},
	kmsKey: &generator.Parameter{
		Name: "KmsKey", Format: standard.KeyARN,
		WhenEmpty: "the account's aws/s3 key, which needs no permission",
		Doc:       "KMS key of the bucket.",
	},
	queue: &generator.Parameter{
		Name: "Queue", WhenEmpty: "any of the account and region",
		Doc: "Job queue, by ARN or name.",
		Format: generator.Format{
			Pattern: standard.JobQueueARN.Pattern + "|" + standard.BatchName.Pattern,
			Expected: "a job queue's name or ARN like " +
				"arn:aws:batch:us-east-1:123456789012:job-queue/name",
		},
	},
	jobRole: &generator.Parameter{
		Name: "JobRole", Format: standard.RoleARN, WhenEmpty: "the stack's own",
		Doc: "Role that jobs assume.",
	},
	executionRole: &generator.Parameter{
		Name: "ExecutionRole", Format: standard.RoleARN, WhenEmpty: "none but the stack's own",
		Doc: "Task execution role of Fargate.",
	},
	roleArn: &generator.Parameter{
		Name: "RoleArn", Format: standard.RoleARN,
		WhenEmpty: "a role called cloudformation- and the stack's name",
		Doc:       "The service role: deploy's --role-arn.",
	},
	rolePath: &generator.Parameter{
		Name: "RolePath", Default: "/", Format: standard.IAMPath,
		Doc: "Path of the roles that the stack creates.",
	},
	boundary: &generator.Parameter{
		Name: "Boundary", Format: standard.PolicyARN, WhenEmpty: "the roles are unbounded",
		Doc: "Permissions boundary that every role of the stack must have: deploy's " +
			"--permissions-boundary-arn.",
	},
	jobPolicies: &generator.Parameter{
		Name: "JobPolicies", Kind: generator.List, Format: standard.PolicyARN, WhenEmpty: "none",
		Doc: "Managed policies that may be attached to the roles of jobs and instances: deploy's " +
			"--job-policy-arns and --instance-policy-arns.",
	},
	passRoles: &generator.Parameter{
		Name: "PassRoles", Kind: generator.List, Format: standard.RoleARN, WhenEmpty: "none",
		Doc: "Roles that the stack reuses: of an existing instance profile, Batch service or " +
			"Spot Fleet, or of Step Functions and EventBridge.",
	},
	stateMachinePrefix: &generator.Parameter{
		Name: "StateMachinePrefix", Default: "metaflow", Format: standard.StateMachinePrefix,
		Doc: "Prefix of the names of state machines.",
	},
	oidcSecret: &generator.Parameter{
		Name: "OidcSecret", Format: standard.SecretARN, WhenEmpty: "none",
		Doc: "Secret of the UI's login, which CloudFormation reads: service deploy's " +
			"--oidc-secret-arn.",
	},
}

// scopeParameters narrow every policy.
var scopeParameters = []*generator.Parameter{param.account, param.partition, param.region}

// PolicyParameters are the parameters that narrow policies: first those of every
// policy, then those that some of them use.
var PolicyParameters = slices.Concat(scopeParameters, []*generator.Parameter{
	param.bucket, param.kmsKey, param.queue, param.jobRole, param.executionRole, param.roleArn,
	param.rolePath, param.boundary, param.jobPolicies, param.passRoles,
	param.stateMachinePrefix, param.oidcSecret,
})
