package verify

// stateRules read the states of the queue and its environments.
// https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html
var stateRules = []rule{
	{
		name: "queue missing", text: "the job queue does not exist in this region", fatal: true,
		try: "give the queue that exists, or the region that it is in: --region",
		find: func(w World) []finding {
			if w.Queue.Name != "" && w.Queue.ARN == "" {
				return []finding{{"queue", "AWS Batch does not have the job queue " + w.Queue.Name}}
			}
			return nil
		},
	},
	{
		name: "queue disabled", text: "the job queue is disabled", fatal: true,
		try:    "enable it: aws batch update-job-queue --state ENABLED --job-queue {queue}",
		change: []string{"JobQueueState"},
		find: func(w World) []finding {
			if w.Queue.State == "DISABLED" {
				return []finding{{"queue", w.Queue.Name + " is DISABLED"}}
			}
			return nil
		},
	},
	{
		name: "queue invalid", text: "the job queue is not valid", fatal: true,
		try: "repair what the reason names, then deploy again",
		find: func(w World) []finding {
			if w.Queue.Status == "INVALID" {
				return []finding{{"queue", w.Queue.Reason}}
			}
			return nil
		},
	},
	{
		name: "no environment", text: "the job queue has no compute environment", fatal: true,
		try: "give the queue a compute environment", change: []string{"ExistingJobQueueArn"},
		find: func(w World) []finding {
			if w.Queue.ARN != "" && len(w.Queue.Environments) == 0 {
				return []finding{{"queue", w.Queue.Name + " lists none"}}
			}
			return nil
		},
	},
	{
		name: "environment invalid", text: "the compute environment {it} is INVALID", fatal: true,
		try: "repair what the reason names; then deploy again, with --compute-generation if AWS Batch " +
			"does not look again",
		change: []string{"ExistingInstanceProfileArn", "ExistingBatchServiceRoleArn"},
		find: environments(func(_ World, e Environment) string {
			if e.Status == "INVALID" {
				return "AWS Batch says: " + e.Reason
			}
			return ""
		}),
	},
	{
		name: "environment disabled", text: "the compute environment {it} is disabled", fatal: true,
		try:    "enable it: aws batch update-compute-environment --state ENABLED --compute-environment {it}",
		change: []string{"ComputeEnvironmentState"},
		find: environments(func(_ World, e Environment) string {
			if e.State == "DISABLED" {
				return e.Name + " is DISABLED"
			}
			return ""
		}),
	},
	{
		name: "too few vCPUs", text: "the job needs more vCPUs than any environment may have",
		fatal: true, try: "allow more vCPUs", change: []string{"MaxvCpus"}, find: tooSmall,
	},
}

// reasonRules read the reason that AWS Batch gives for a job at the head of its queue.
// https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
var reasonRules = []rule{
	{
		name: "environment limit", text: "the job needs more than the environments may have",
		fatal: true, try: "allow more vCPUs", change: []string{"MaxvCpus"},
		find: says(`MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE`, jobReason),
	},
	{
		name: "instance too small", text: "the job needs more than any instance type that is allowed",
		fatal: true, try: "allow larger instance types", change: []string{"InstanceTypes"},
		find: says(`MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT`, jobReason),
	},
	{
		name: "service role", text: "the service role of AWS Batch lacks a permission", fatal: true,
		try:    "attach the managed policy AWSBatchServiceRole to it, or use the service-linked role",
		change: []string{"ExistingBatchServiceRoleArn"},
		find:   says(`SERVICE_ROLE_PERMISSIONS`, jobReason),
	},
	{
		name: "capacity", text: "AWS has no capacity for the instance types in these zones",
		try:    "allow more instance types, or other zones, or wait",
		change: []string{"InstanceTypes", "AvailabilityZone1", "AvailabilityZone2"},
		find:   says(`CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY`, jobReason),
	},
	{
		name: "blocked", text: "AWS Batch does not know why the job waits",
		try:  "look at the Auto Scaling group's activities and the instances in the console",
		find: says(`^UNDETERMINED`, jobReason),
	},
}

// machineRules read the activities of the Auto Scaling groups, and the clusters.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-capacity.html
var machineRules = []rule{
	{
		name: "vCPU quota", text: "a quota of the account does not allow the instance of {it}",
		try: "raise the quota for running instances of the family in Service Quotas (EC2), or allow " +
			"other types", change: []string{"InstanceTypes", "ComputeType"},
		find: says(`VcpuLimitExceeded|MaxSpotInstanceCountExceeded|InstanceLimitExceeded|`+
			`more vCPU capacity than your current vCPU limit`, activity, environmentReason),
	},
	{
		name: "launch capacity", text: "AWS has no capacity for the instance of {it} in these zones",
		try:    "allow more instance types, or wait",
		change: []string{"InstanceTypes", "AvailabilityZone1", "AvailabilityZone2"},
		find: says(`InsufficientInstanceCapacity|do not have sufficient .* capacity|`+
			`no Spot capacity available`, activity, environmentReason),
	},
	{
		name: "Spot price", text: "the Spot price is above the maximum of {it}",
		try: "give no maximum, or a higher one", change: []string{"BidPercentage"},
		find: says(`SpotMaxPriceTooLow|price.* lower than the minimum`, activity, environmentReason),
	},
	{
		name: "volume key", text: "the KMS key of the volumes of {it} cannot be used", fatal: true,
		try:    "let the service-linked role of Auto Scaling use the key: docs/security.md has the grant",
		change: []string{"KmsKeyArn"},
		find: says(`InvalidKMSKey|KMSKeyNotAccessible|Client\.InternalError|client error on launch`,
			activity, environmentReason),
	},
	{
		name: "image", text: "the image of {it} cannot be used", fatal: true,
		try: "give an image of this region with the ECS agent, or none", change: []string{"ImageId"},
		find: says(`InvalidAMIID|AMI.* does not exist|not authorized for images?`,
			activity, environmentReason),
	},
	{
		name: "architecture", text: "the image of {it} is for another architecture", fatal: true,
		try:    "give an image for the architecture of the instance types",
		change: []string{"ImageId", "InstanceTypes"},
		find:   says(`architecture .* does not match`, activity, environmentReason),
	},
	{
		name: "zone", text: "a zone of {it} does not offer the instance type",
		try:    "use other zones, or other types",
		change: []string{"AvailabilityZone1", "AvailabilityZone2", "InstanceTypes"},
		find:   says(`not supported in your requested Availability Zone`, activity, environmentReason),
	},
	{
		name: "instance profile", text: "the instance profile of {it} cannot be used", fatal: true,
		try:    "give a profile that exists, with a role that trusts ec2.amazonaws.com",
		change: []string{"ExistingInstanceProfileArn"},
		find: says(`Invalid IAM ?Instance ?Profile|instance profile .* not (exist|valid)`,
			activity, environmentReason),
	},
	{
		name: "network missing", text: "a subnet or security group of {it} does not exist", fatal: true,
		try:    "give one that exists",
		change: []string{"ExistingPrivateSubnet1Id", "ExistingSecurityGroupId"},
		find:   says(`Invalid(Subnet(ID)?|Group|SecurityGroupID)\.NotFound`, activity, environmentReason),
	},
	{
		name: "subnet full", text: "a subnet of {it} has no free address",
		try: "use larger subnets, or fewer vCPUs", change: []string{"PrivateSubnet1Cidr", "MaxvCpus"},
		find: says(`InsufficientFreeAddressesInSubnet|not enough free addresses`, activity,
			environmentReason),
	},
	{
		name: "launch denied", text: "a policy forbids the launch for {it}", fatal: true,
		try: "ask the administrator of the organization: the service-linked role of Auto Scaling must " +
			"be allowed ec2:RunInstances and ec2:CreateFleet",
		find: says(`UnauthorizedOperation|not authorized to perform`, activity),
	},
	{
		name: "launch template", text: "the launch template of {it} cannot be used", fatal: true,
		try: "deploy again: the stack's own template comes back",
		find: says(`InvalidLaunchTemplate|launch template.* does not exist`, activity,
			environmentReason),
	},
	{
		name: "not in the cluster", text: "an instance of {it} runs and does not join the cluster",
		try: "the instances need a way to Amazon ECS: a NAT gateway, a public address, or interface " +
			"endpoints; the profile needs AmazonEC2ContainerServiceforEC2Role; an own image needs the agent",
		change: []string{"ComputeSubnets", "ExistingNatGatewayId", "ExistingInstanceProfileArn", "ImageId"},
		find:   environments(notJoined),
	},
	{
		name: "queue full", text: "other jobs use the vCPUs of the queue",
		try: "wait, allow more vCPUs, or end jobs", change: []string{"MaxvCpus"}, find: full,
	},
	{
		name: "not scaled", text: "AWS Batch has not asked for an instance for {it}",
		try:    "AWS Batch may take some minutes; then check that its service-linked role exists",
		change: []string{"ExistingBatchServiceRoleArn"}, find: environments(notScaled),
	},
}
