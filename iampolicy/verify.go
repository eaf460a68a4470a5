package iampolicy

import "slices"

// verify returns what runs a job on the stack's queue and finds out why it does not run: what a
// user may do, with the cleaning up and the reads of the diagnosis. AWS Batch names clusters
// AWSBatch- and the environment, and its log group /aws/batch/job. The reads of scaling activities
// take no resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonecs.html
func verify(sc scope) []statement {
	if sc.schedules() || sc.records() { // no queue, so that no job can be run
		return user(sc)
	}
	definitions := sc.arn("batch", "job-definition/metaflow_cfn_verify_*")
	objects := allowStatement("DeleteVerifyObjects",
		[]string{sc.bucketARN("Bucket") + "/*metaflow-cfn-verify/*"},
		"s3:DeleteObject", "s3:DeleteObjectVersion")
	if sc.given.Of(param.bucket) == "" && sc.account != wildcard {
		objects = objects.where("StringEquals", "aws:ResourceAccount", sc.account)
	}
	statements := append(user(sc), objects,
		allowStatement("EndVerifyJobs", []string{definitions}, "batch:DeregisterJobDefinition",
			"batch:TagResource"),
		allowStatement("ReadScaling", []string{wildcard}, "autoscaling:DescribeScalingActivities"),
		allowStatement("ReadClusters", []string{sc.arn("ecs", "cluster/AWSBatch-*")},
			"ecs:ListContainerInstances"),
		allowStatement("ReadJobLogs", []string{
			sc.arn("logs", "log-group:/aws/batch/job:log-stream:*")}, "logs:GetLogEvents"))
	reads := append([]string{"ec2:DescribeSubnets", "ec2:DescribeLaunchTemplates",
		"ec2:DescribeImages"}, networkReads...)
	slices.Sort(reads)
	statements = append(statements, allowStatement("LookAtNetwork", []string{wildcard}, reads...),
		allowStatement("ReadQuotas", []string{sc.arn("servicequotas", "ec2/*")},
			"servicequotas:GetServiceQuota"),
		allowStatement("ReadLinkedRole", []string{sc.iam("role/aws-service-role/batch.amazonaws.com/*")},
			"iam:GetRole"))
	if profiles := sc.createdARNs("instance-profile", "AWS::IAM::InstanceProfile", ""); len(profiles) > 0 {
		statements = append(statements, allowStatement("ReadProfiles", profiles,
			"iam:GetInstanceProfile"))
	}
	if roles := sc.jobRoles(); len(roles) > 0 {
		statements = append(statements, allowStatement("ReadJobRoles", roles, "iam:GetRole"))
	}
	return statements
}
