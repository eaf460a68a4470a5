package account

import (
	"errors"
	"net/url"
	"path"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// role reads whom a role trusts. IAM takes the name, which is the end of the ARN.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
func (r *reading) role(arn string) {
	out, err := r.iam.GetRole(r.ctx, &iam.GetRoleInput{RoleName: aws.String(path.Base(arn))})
	var found facts.Role
	if err == nil {
		found, err = roleOf(out.Role)
	} else {
		err = unlessMissing(err)
	}
	r.note("iam:GetRole", err, func() { r.found.Roles[arn] = found })
}

// profile reads the role of an instance profile, and the managed policies that are attached to it.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
func (r *reading) profile(arn string) {
	out, err := r.iam.GetInstanceProfile(r.ctx,
		&iam.GetInstanceProfileInput{InstanceProfileName: aws.String(path.Base(arn))})
	var found facts.Profile
	if err == nil {
		found.Exists = true
		if roles := out.InstanceProfile.Roles; len(roles) > 0 {
			found.RoleName = aws.ToString(roles[0].RoleName)
			found.Role, err = roleOf(&roles[0])
		}
	} else {
		err = unlessMissing(err)
	}
	r.note("iam:GetInstanceProfile", err, func() { r.found.Profiles[arn] = found })
	if err != nil || found.RoleName == "" {
		return
	}
	attached, err := r.iam.ListAttachedRolePolicies(r.ctx,
		&iam.ListAttachedRolePoliciesInput{RoleName: &found.RoleName})
	r.note("iam:ListAttachedRolePolicies", err, func() {
		found.Policies = []string{}
		for _, p := range attached.AttachedPolicies {
			found.Policies = append(found.Policies, aws.ToString(p.PolicyArn))
		}
		r.found.Profiles[arn] = found
	})
}

// roleOf returns a role with its trust policy, which IAM encodes for URLs.
func roleOf(role *types.Role) (facts.Role, error) {
	trust, err := url.QueryUnescape(aws.ToString(role.AssumeRolePolicyDocument))
	return facts.Role{Exists: true, Trust: trust}, err
}

// unlessMissing returns the error unless it says that something does not exist.
func unlessMissing(err error) error {
	if _, missing := errors.AsType[*types.NoSuchEntityException](err); missing {
		return nil
	}
	return err
}
