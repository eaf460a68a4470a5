package iampolicy

// boundary returns the most that the roles of a stack may do, whatever policies
// they get. A boundary grants nothing: a role may do what both its policies and
// its boundary allow. It holds what the template allows jobs, and the actions of
// the managed policies for the ECS agent (AmazonEC2ContainerServiceforEC2Role v10,
// except CreateCluster, as Batch creates the cluster) and for starting tasks
// (AmazonECSTaskExecutionRolePolicy v1).
// aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html
func boundary(sc scope) []statement {
	key := sc.given.Of(param.kmsKey)
	if key == "" {
		key = sc.arn("kms", "key/*")
	}
	if sc.records() {
		return append(boundaryOfJobs(sc, key), boundaryOfService(sc, key)...)
	}
	if sc.schedules() {
		return append(boundaryOfJobs(sc, key), boundaryOfScheduler(sc)...)
	}
	return boundaryOfJobs(sc, key)
}

func boundaryOfJobs(sc scope, key string) []statement {
	cluster, task := sc.arn("ecs", "cluster/*"), sc.arn("ecs", "task/*")
	instance := sc.arn("ecs", "container-instance/*")
	return append(useBucket(sc),
		useKey(sc, key),
		allowStatement("FindEndpoints", []string{wildcard},
			"ec2:DescribeTags", "ecr:GetAuthorizationToken", "ecs:DiscoverPollEndpoint"),
		allowStatement("PullImages", []string{"arn:" + sc.partition + ":ecr:*:*:repository/*"},
			"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		allowStatement("WriteLogs", []string{sc.arn("logs", "log-group:*")},
			"logs:CreateLogStream", "logs:PutLogEvents"),
		allowStatement("JoinCluster", []string{cluster}, "ecs:DeregisterContainerInstance",
			"ecs:RegisterContainerInstance", "ecs:SubmitAttachmentStateChanges",
			"ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange"),
		allowStatement("RunAgent", []string{instance}, "ecs:Poll", "ecs:StartTelemetrySession",
			"ecs:UpdateContainerInstancesState"),
		allowStatement("TagInstance", []string{instance}, "ecs:TagResource").
			where("StringEquals", "ecs:CreateAction", "RegisterContainerInstance"),
		allowStatement("ReadTags", []string{instance, task}, "ecs:ListTagsForResource"),
	)
}
