package iampolicy

// stackReads and stackWrites are the calls of the deployer of this module. A
// test compares them with the calls in its source.
var (
	stackReads = []string{
		"cloudformation:DescribeChangeSet", "cloudformation:DescribeEvents", "cloudformation:DescribeStackEvents",
		"cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:ListChangeSets",
		"cloudformation:ListStackResources",
	}
	stackWrites = []string{
		"cloudformation:CancelUpdateStack", "cloudformation:DeleteChangeSet", "cloudformation:ExecuteChangeSet",
		"cloudformation:TagResource", "cloudformation:UntagResource", "cloudformation:UpdateTerminationProtection",
	}
)

// deployer is whoever runs this program. It works on the one stack, and only
// through the service role: it cannot itself touch what the stack is made of.
// Change sets must name the role, and import nothing. What ends a stack or
// takes an update back goes on with the stack's own role, and need not name it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
func deployer(p place) []statement {
	stack, role := []string{p.arn("cloudformation", "stack/"+p.stack+"/*")}, p.serviceRoleARN()
	return []statement{
		may("ReadStack", stack, stackReads...),
		// To look for stacks that share resources with this one. DescribeStacks without a
		// name is a call on all stacks, so an ARN of one does not match it, and it needs
		// ListStacks too, which takes no resource at all.
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
		may("FindCompanions", []string{anywhere}, "cloudformation:DescribeStacks", "cloudformation:ListStacks"),
		may("PlanWithServiceRole", stack, "cloudformation:CreateChangeSet").
			where("ArnLike", "cloudformation:RoleArn", role).
			where("Null", "cloudformation:ImportResourceTypes", "true"),
		may("RunStack", stack, stackWrites...),
		may("EndWithServiceRole", stack, "cloudformation:ContinueUpdateRollback", "cloudformation:DeleteStack", "cloudformation:RollbackStack").
			where("ArnLikeIfExists", "cloudformation:RoleArn", role),
		may("PassServiceRole", []string{role}, "iam:PassRole").
			where("StringEquals", "iam:PassedToService", "cloudformation.amazonaws.com"),
		may("ExplainFailures", []string{anywhere}, "batch:DescribeComputeEnvironments", "cloudformation:GetHookResult"),
	}
}

// serviceRoleARN is the role with which CloudFormation works. Without one given
// it has a name that is none of those that CloudFormation makes for the stack's
// roles, as the service role can change these.
func (p place) serviceRoleARN() string {
	if arn := p.given.Of(policyRoleArn); arn != "" {
		return arn
	}
	name := "cloudformation-" + p.stack
	return p.iam("role/" + name[:min(len(name), 64)]) // IAM's longest
}

// namedRole says which role is meant where none is given.
func namedRole(p place) string {
	if p.given.Of(policyRoleArn) != "" {
		return ""
	}
	return "the service role is taken to be " + p.serviceRoleARN() + ": name it so, or give --role-arn"
}
