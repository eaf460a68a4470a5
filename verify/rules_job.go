package verify

import "fmt"

// jobRules read what became of the job.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
var jobRules = []rule{
	{
		name: "image pull slow", text: "the job is started for long: the image is pulled, or cannot be",
		try:    "a way to the registry is needed; or give an image in a registry that is reached: --image",
		change: []string{"ComputeSubnets", "ExistingNatGatewayId"}, find: starting,
	},
	{
		name: "registry limit", text: "the registry allows no more pulls for now", fatal: true,
		try: "give the image in a registry of the account: --image, and METAFLOW_BATCH_CONTAINER_REGISTRY " +
			"for flows",
		find: says(`toomanyrequests|pull rate limit|Rate exceeded`, containerReason),
	},
	{
		name: "registry unreachable", text: "the machine does not reach the registry of the image",
		fatal:  true,
		try:    "a NAT gateway, a public address, or endpoints with an image in Amazon ECR: --image",
		change: []string{"ComputeSubnets", "ExistingNatGatewayId"},
		find: says(`(CannotPull|ResourceInitialization).*(timeout|deadline exceeded|i/o|awaiting `+
			`headers|connection refused|no such host|network)|unable to retrieve ecr registry auth`,
			containerReason),
	},
	{
		name: "image missing", text: "the image does not exist, or may not be pulled", fatal: true,
		try:    "give an image that exists: --image; the execution or instance role needs ecr:BatchGetImage",
		change: []string{"ExistingExecutionRoleArn", "ExistingInstanceProfileArn"},
		find: says(`CannotPull.*(not found|manifest unknown|denied|forbidden|no basic auth|does not `+
			`exist)`, containerReason),
	},
	{
		name: "disk full", text: "the disk of the machine is full", fatal: true,
		try: "use larger volumes", change: []string{"VolumeSize"},
		find: says(`no space left on device`, containerReason, logged),
	},
	{
		name: "image architecture", text: "the image is for another architecture", fatal: true,
		try: "give an image for the instance types: --image", change: []string{"InstanceTypes"},
		find: says(`exec format error|no matching manifest`, containerReason, logged),
	},
	{
		name: "role assumption", text: "the job's role or execution role cannot be assumed", fatal: true,
		try:    "the role must trust ecs-tasks.amazonaws.com",
		change: []string{"ExistingJobRoleArn", "ExistingExecutionRoleArn"},
		find:   says(`unable to assume the role|cannot be assumed|sts:AssumeRole`, containerReason),
	},
	{
		name: "instance ended", text: "the instance was terminated while the job ran", fatal: true,
		try: "on Spot this is usual: retry, or use On-Demand", change: []string{"ComputeType"},
		find: says(`Host EC2 \(instance .*\) terminated|instance .* terminated`, containerReason),
	},
	{
		name: "out of memory", text: "the container has used up its memory", fatal: true,
		try: "retry; the job needs little, so look at the instance", find: says(`OutOfMemory`, containerReason),
	},
	{
		name: "job cancelled", text: "AWS Batch has cancelled the job, which waited too long",
		fatal: true, try: "the reason names what was missing; the limit is a parameter",
		change: []string{"RunnableTimeoutMinutes"},
		find:   says(`JobStateTimeLimit`, jobReason),
	},
	{
		name: "job time", text: "the job has run for longer than its five minutes", fatal: true,
		try:    "the container does not reach Amazon S3 in time: check routes and endpoints",
		change: []string{"S3Endpoint", "ExistingNatGatewayId"},
		find:   says(`attempt duration exceeded timeout`, containerReason),
	},
	{
		name: "key denied", text: "the job may not use the KMS key of the bucket", fatal: true,
		try:    "give the key to the stack, and let its policy allow the job role kms:GenerateDataKey",
		change: []string{"KmsKeyArn", "JobPolicyArns"},
		find:   says(`AccessDenied.*kms:|KMS\.\w+Exception|kms:GenerateDataKey`, logged),
	},
	{
		name: "write denied", text: "the job role may not write to the bucket", fatal: true,
		try: "allow the job role s3:PutObject on the bucket; the bucket's policy, a boundary or an " +
			"organization's policy may forbid it",
		change: []string{"ExistingJobRoleArn", "JobPolicyArns"},
		find:   says(`PutObject operation: Access ?Denied|AccessDenied`, logged),
	},
	{
		name: "bucket missing", text: "the bucket does not exist", fatal: true,
		try: "deploy again, or give a bucket that exists", change: []string{"ExistingBucketName"},
		find: says(`NoSuchBucket`, logged),
	},
	{
		name: "S3 unreachable", text: "the container does not reach Amazon S3", fatal: true,
		try: "the subnets need a way out or an S3 endpoint", change: []string{"S3Endpoint", "ExistingNatGatewayId"},
		find: says(`Could not connect to the endpoint URL|Connect timeout on endpoint`, logged),
	},
	{
		name: "no credentials", text: "the container gets no credentials", fatal: true,
		try:    "the job role must exist and trust ecs-tasks.amazonaws.com",
		change: []string{"ExistingJobRoleArn"},
		find:   says(`Unable to locate credentials|Error when retrieving credentials`, logged),
	},
	{
		name: "job failed", text: "the job has failed", fatal: true,
		try: "the reason and the last lines of the log say more",
		find: func(w World) []finding {
			if w.Job.Status != "FAILED" {
				return nil
			}
			text := containerReason(w)[0].evidence
			if w.Job.Exit != nil {
				text = fmt.Sprintf("exit code %d; %s", *w.Job.Exit, text)
			}
			for _, line := range w.Log {
				text += "\n" + line
			}
			return []finding{{"", text}}
		},
	},
}
