package core

import (
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// trusted are the services that must be able to assume the roles that are reused.
// https://docs.aws.amazon.com/batch/latest/userguide/IAM_policies.html
var trusted = []struct {
	role    *generator.Parameter
	service string
}{
	{access.existingJobRoleArn, "ecs-tasks.amazonaws.com"},
	{access.existingExecutionRoleArn, "ecs-tasks.amazonaws.com"},
	{access.existingBatchServiceRoleArn, "batch.amazonaws.com"},
	{compute.existingSpotFleetRoleArn, "spotfleet.amazonaws.com"},
}

// roles looks at the roles.
func (j *outside) roles() {
	for _, t := range trusted {
		arn := j.v.Of(t.role)
		if arn == "" || j.elsewhere(t.role) {
			continue
		}
		role, known := j.Roles[arn]
		switch {
		case !known:
		case !role.Exists:
			j.wrong(t.role, "give a role that exists, or omit it", "%s does not exist", arn)
		case !role.Trusts(t.service):
			j.wrong(t.role, "allow "+t.service+" to call sts:AssumeRole in its trust policy",
				"%s does not trust %s", arn, t.service)
		}
	}
}

// containerPolicy is the managed policy with which instances join a cluster of Amazon ECS.
// https://docs.aws.amazon.com/batch/latest/userguide/instance_IAM_role.html
const containerPolicy = "AmazonEC2ContainerServiceforEC2Role"

// profile looks at the instance profile. A policy of the account can replace the managed one, and is
// not read.
func (j *outside) profile() {
	p := access.existingInstanceProfileArn
	arn := j.v.Of(p)
	if arn == "" || j.elsewhere(p) {
		return
	}
	profile, known := j.Profiles[arn]
	if !known {
		return
	}
	switch {
	case !profile.Exists:
		j.wrong(p, "give an instance profile that exists, or omit it for a new one",
			"%s does not exist", arn)
	case profile.RoleName == "":
		j.wrong(p, "add a role to it, or omit it for a new one",
			"%s has no role: no instance would join the cluster", arn)
	case !profile.Role.Trusts("ec2.amazonaws.com"):
		j.wrong(p, "allow ec2.amazonaws.com to call sts:AssumeRole in the trust policy of "+
			profile.RoleName, "the role %s of %s does not trust ec2.amazonaws.com",
			profile.RoleName, arn)
	case profile.Policies != nil && !slices.ContainsFunc(profile.Policies, func(arn string) bool {
		return strings.HasSuffix(arn, "/"+containerPolicy)
	}):
		j.caution(p, "attach it, unless another policy grants the same", "the role %s of %s does "+
			"not have the policy %s, which instances need to join the cluster", profile.RoleName,
			arn, containerPolicy)
	}
}
