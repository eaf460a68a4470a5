package iampolicy

// boundary is the most that the roles of a stack may do, whatever policies they
// get. It grants nothing: a role does what both its policies and the boundary
// allow. It holds what the template gives to jobs, and what the managed policies
// of its roles hold for the ECS agent (AmazonEC2ContainerServiceforEC2Role v10,
// but for CreateCluster, as Batch makes the cluster) and for starting tasks
// (AmazonECSTaskExecutionRolePolicy v1).
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html
func boundary(p place) []statement {
	key := p.given.Of(policyKmsKey)
	if key == "" {
		key = p.arn("kms", "key/*")
	}
	cluster, instance, task := p.arn("ecs", "cluster/*"), p.arn("ecs", "container-instance/*"), p.arn("ecs", "task/*")
	return append(useBucket(p),
		useKey(p, key),
		may("FindEndpoints", []string{anywhere}, "ec2:DescribeTags", "ecr:GetAuthorizationToken", "ecs:DiscoverPollEndpoint"),
		may("PullImages", []string{"arn:" + p.partition + ":ecr:*:*:repository/*"},
			"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		may("WriteLogs", []string{p.arn("logs", "log-group:*")}, "logs:CreateLogStream", "logs:PutLogEvents"),
		may("JoinCluster", []string{cluster}, "ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance",
			"ecs:SubmitAttachmentStateChanges", "ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange"),
		may("RunAgent", []string{instance}, "ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"),
		may("TagInstance", []string{instance}, "ecs:TagResource").
			where("StringEquals", "ecs:CreateAction", "RegisterContainerInstance"),
		may("ReadTags", []string{instance, task}, "ecs:ListTagsForResource"),
	)
}
