package standard

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// dependencies is in EC2's messages when something uses what is deleted.
const dependencies = "dependencyviolation|has dependencies|has a dependent object"

// Advice says what to try for any resource. It comes after the advice of a component, which is more
// specific.
var Advice = []generator.Advice{
	{
		Name: "VPC has dependencies", Of: "EC2::VPC", Says: dependencies,
		Try: "something that the stack did not create is in the VPC: an endpoint and the security " +
			"group GuardDutyManagedSecurityGroup-… of GuardDuty, or network interfaces; list them: " +
			"aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={resource}; aws ec2 " +
			"describe-network-interfaces --filters Name=vpc-id,Values={resource}; delete them, " +
			"then retry",
	},
	{
		Name: "subnet has dependencies", Of: "EC2::Subnet", Says: dependencies,
		Try: "network interfaces are left in the subnet, of instances that are still ending or of " +
			"an endpoint; list them: aws ec2 describe-network-interfaces --filters " +
			"Name=subnet-id,Values={resource}; delete them or wait 15 minutes, then retry",
	},
	{
		Name: "security group in use", Of: "EC2::SecurityGroup", Says: dependencies,
		Try: "a network interface or another group uses the security group; list them: aws ec2 " +
			"describe-network-interfaces --filters Name=group-id,Values={resource}; aws ec2 " +
			"describe-security-groups --filters Name=ip-permission.group-id,Values={resource}; " +
			"delete them or wait 15 minutes, then retry",
	},
	{
		Name: "addresses in use", Of: "EC2::VPCGatewayAttachment", Says: "mapped public address",
		Try: "an interface in the VPC still has a public address; list them: aws ec2 " +
			"describe-network-interfaces --filters Name=vpc-id,Values={resource}; release the " +
			"address or wait 15 minutes, then retry",
	},
	{
		Name: "bucket not empty", Of: "S3::Bucket",
		Says: "bucketnotempty|you tried to delete is not empty",
		Try:  "empty the bucket with all versions, then retry; or leave it behind: --retain {id}",
	},
	{
		Name: "role in use", Of: "IAM::Role",
		Says: "must detach all policies first|must delete policies first|must remove roles",
		Try: "a policy or an instance profile was attached to the role outside the stack; detach " +
			"it, then retry; or leave the role behind: --retain {id}",
	},
	{
		Name: "hook", Says: "hook(s) failed",
		Try: "a CloudFormation Hook of the account refuses the resource; its message names the " +
			"rule, and the account's administrator can change it",
	},
	{
		Name: "tag characters", Says: "at 'tags.",
		Try: "a service refuses a tag of the stack; letters, digits, blanks and _ . : / = + - @ " +
			"are allowed everywhere: --tags",
	},
	{
		Name: "key policy", Says: "perform: kms:",
		Try: "the policy of the KMS key must allow {action} to {identity}, or the key is in " +
			"another region",
	},
	{
		Name: "request rate", Says: "request limit exceeded|requestlimitexceeded|rate exceeded|" +
			"too many requests",
		Try: "AWS throttles the requests of the account; nothing is wrong with the stack: wait " +
			"some minutes, then retry",
	},
	{
		Name: "concurrent change", Says: "conflicting conditional operation|concurrentmodification",
		Try: "another request changes that resource at the same time, or deleted it a short time " +
			"ago; wait some minutes, then retry",
	},
	{
		Name: "account not verified", Says: "is being validated|currently being verified|" +
			"account is currently blocked",
		Try: "AWS has not yet verified the account, or has blocked it: the message names where to " +
			"ask; then retry",
	},
	{
		Name: "service not enabled", Says: "needs a subscription for the service|optinrequired",
		Try: "the account is not yet activated for that service or region: complete the " +
			"registration of the account, then retry",
	},
	{
		Name: "explicit deny", Says: "with an explicit deny",
		Try: "a policy denies {action} to {identity}; ask the account's administrator what " +
			"is allowed",
	},
	{
		Name: "permission",
		Says: "not authorized to perform|accessdenied|access denied|unauthorizedoperation|" +
			"unauthorized operation",
		Try: "grant {action} to {identity}, or deploy with a role that has it: --role-arn; " +
			"metaflow-cfn policy service-role STACK prints what the role needs",
	},
	{
		Name: "quota", Says: "limitexceeded|quota",
		Try: "raise the quota (Service Quotas), or reuse an existing resource",
	},
}
