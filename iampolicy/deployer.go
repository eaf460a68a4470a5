package iampolicy

// stackReads and stackWrites are the actions of this program's calls on one stack.
// A test compares them with the calls in its source.
var (
	stackReads = []string{
		"cloudformation:DescribeChangeSet", "cloudformation:DescribeEvents",
		"cloudformation:DescribeStackEvents", "cloudformation:DescribeStacks",
		"cloudformation:GetTemplate", "cloudformation:ListChangeSets",
		"cloudformation:ListStackResources",
	}
	// driftReads are those of plan --drift. CloudFormation checks the last action for each
	// resource that it compares.
	driftReads = []string{
		"cloudformation:DescribeStackResourceDrifts", "cloudformation:DetectStackDrift",
		"cloudformation:DetectStackResourceDrift",
	}
	// networkReads are those of the preflight, without those of the zones, and of a deletion that
	// network interfaces hold up.
	networkReads = []string{
		"ec2:DescribeInternetGateways", "ec2:DescribeNatGateways",
		"ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables",
		"ec2:DescribeSecurityGroups", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
	}
	stackWrites = []string{
		"cloudformation:CancelUpdateStack", "cloudformation:DeleteChangeSet",
		"cloudformation:ExecuteChangeSet", "cloudformation:TagResource",
		"cloudformation:UntagResource", "cloudformation:UpdateTerminationProtection",
	}
)

// deployer returns what a person or a pipeline that runs this program may do: work
// on the one stack, and only through the service role. It cannot itself change the
// resources of the stack. Change sets must name the role, and import nothing.
// Deleting a stack or rolling an update back uses the stack's own role, and need
// not name it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
func deployer(sc scope) []statement {
	stack, role := []string{sc.arn("cloudformation", "stack/"+sc.stack+"/*")}, sc.serviceRoleARN()
	sets := []string{sc.arn("cloudformation", "changeSet/metaflow-cfn-*")}
	return append([]statement{
		allowStatement("ReadStack", stack, stackReads...),
		// To find stacks that share resources with this one. DescribeStacks without a
		// name is a call on all stacks, so that the ARN of one does not match it, and it
		// needs ListStacks too, which takes no resource.
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
		allowStatement("FindCompanions", []string{wildcard},
			"cloudformation:DescribeStacks", "cloudformation:ListStacks"),
		// The status of a detection and the configuration of types take no resource. Reading the
		// resources themselves is not granted: what the caller may not read is not compared.
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
		allowStatement("DetectDrift", stack, driftReads...),
		allowStatement("FollowDriftDetection", []string{wildcard},
			"cloudformation:BatchDescribeTypeConfigurations",
			"cloudformation:DescribeStackDriftDetectionStatus"),
		// The zones of new subnets, and of those that the stack has. Neither read takes a resource.
		allowStatement("ChooseZones", []string{wildcard},
			"ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets"),
		// The program looks at reused networks before it makes anything. The reads take no resource.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
		allowStatement("LookAtNetwork", []string{wildcard}, networkReads...),
		// The program looks at reused queues and compute environments too. --drain reads the queue.
		// The reads take no resource. Where a reused bucket is, Amazon S3 tells everybody.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
		// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
		allowStatement("LookAtBatch", []string{wildcard},
			"batch:DescribeComputeEnvironments", "batch:DescribeJobQueues"),
		// And at reused roles and instance profiles, whose names are not known here.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
		allowStatement("LookAtRoles", []string{sc.iam("role/*"), sc.iam("instance-profile/*")},
			"iam:GetInstanceProfile", "iam:GetRole", "iam:ListAttachedRolePolicies"),
		allowStatement("PlanWithServiceRole", stack, "cloudformation:CreateChangeSet").
			where("ArnLike", "cloudformation:RoleArn", role).
			where("Null", "cloudformation:ImportResourceTypes", "true"),
		// The ARN of a change set does not name its stack, and the names of this program's begin
		// with its own. The events of a change set that is refused, and the tags of a change set
		// that is made, can belong to it and not to the stack.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
		allowStatement("ExplainChangeSets", sets, "cloudformation:DescribeEvents"),
		allowStatement("TagChangeSets", sets, "cloudformation:TagResource").
			where("StringEquals", "cloudformation:CreateAction", "CreateChangeSet"),
		allowStatement("RunStack", stack, stackWrites...),
		allowStatement("EndWithServiceRole", stack, "cloudformation:ContinueUpdateRollback",
			"cloudformation:DeleteStack", "cloudformation:RollbackStack").
			where("ArnLikeIfExists", "cloudformation:RoleArn", role),
		allowStatement("PassServiceRole", []string{role}, "iam:PassRole").
			where("StringEquals", "iam:PassedToService", "cloudformation.amazonaws.com"),
		// To say which jobs end when the stack is deleted or its queue or compute environment is
		// replaced. The action takes no resource.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
		allowStatement("CountJobs", []string{wildcard}, "batch:ListJobs"),
		allowStatement("ExplainFailures", []string{wildcard}, "cloudformation:GetHookResult"),
	}, drainQueue(sc)...)
}

// drainQueue returns what --drain needs, for a queue that is named: the queues of other stacks
// would match a wildcard. The ARN of a job does not name its queue. The state of a queue changes
// without its compute environments.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
func drainQueue(sc scope) []statement {
	if sc.given.Of(param.queue) == "" {
		return nil
	}
	return []statement{
		allowStatement("DrainQueue", []string{sc.queue()}, "batch:UpdateJobQueue"),
		allowStatement("TerminateJobs", []string{sc.arn("batch", "job/*")}, "batch:TerminateJob"),
	}
}

// serviceRoleARN returns the role that CloudFormation assumes: the given one, or
// one whose name does not match those that CloudFormation generates for roles of
// the stack, as the service role can change these.
func (sc scope) serviceRoleARN() string {
	if arn := sc.given.Of(param.roleArn); arn != "" {
		return arn
	}
	name := "cloudformation-" + sc.stack
	return sc.iam("role/" + name[:min(len(name), 64)]) // the longest name that IAM takes
}

// namedRole notes which role is meant where none is given.
func namedRole(sc scope) []string {
	if sc.given.Of(param.roleArn) != "" {
		return nil
	}
	return []string{"the service role is taken to be " + sc.serviceRoleARN() +
		": name it so, or give --role-arn"}
}
