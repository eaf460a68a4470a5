package verify

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
)

// quotaOf are the quotas of EC2 for the vCPUs of standard instances, by the type of the environment.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
var quotaOf = map[string]string{"EC2": "L-1216C47A", "SPOT": "L-34B43A08"}

// standard matches instance types that these quotas count, and what lets AWS Batch choose among
// such types.
var standard = regexp.MustCompile(`^([acdhimrtz]\d|optimal$|default_)`)

// checkMachines checks what instances are started with: launch template, image, quota and the
// service-linked roles.
func (v *Verifier) checkMachines(ctx context.Context) {
	for _, e := range v.world.Environments {
		if quotaOf[e.Type] == "" {
			continue
		}
		v.checkTemplate(ctx, e)
		v.checkImages(ctx, e)
		v.checkQuota(ctx, e)
		v.checkLinkedRole(ctx, e)
	}
}

// checkTemplate checks that the launch template exists.
func (v *Verifier) checkTemplate(ctx context.Context, e Environment) {
	if e.Template == "" {
		return
	}
	in := &ec2.DescribeLaunchTemplatesInput{LaunchTemplateNames: []string{e.Template}}
	if strings.HasPrefix(e.Template, "lt-") {
		in = &ec2.DescribeLaunchTemplatesInput{LaunchTemplateIds: []string{e.Template}}
	}
	_, err := v.ec2.DescribeLaunchTemplates(ctx, in)
	c := Check{"launch template", "ok", e.Template}
	switch {
	case strings.Contains(code(err), "NotFound"):
		c.Status, c.Detail = "failed", e.Template+" of "+e.Name+" does not exist"
	case err != nil:
		c.Status, c.Detail = "unknown", why("ec2:DescribeLaunchTemplates", err)
	}
	v.observer.Check(c)
}

// checkImages checks that the images that are given can be used. Those of AWS Batch are not looked
// at.
func (v *Verifier) checkImages(ctx context.Context, e Environment) {
	if len(e.Images) == 0 {
		return
	}
	out, err := v.ec2.DescribeImages(ctx, &ec2.DescribeImagesInput{ImageIds: e.Images})
	c := Check{"image", "ok", strings.Join(e.Images, ", ")}
	switch {
	case strings.Contains(code(err), "NotFound"):
		c.Status, c.Detail = "failed", c.Detail+" of "+e.Name+" does not exist in this region"
	case err != nil:
		c.Status, c.Detail = "unknown", why("ec2:DescribeImages", err)
	case len(out.Images) < len(e.Images) || slices.ContainsFunc(out.Images, func(i types.Image) bool {
		return i.State != types.ImageStateAvailable
	}):
		c.Status, c.Detail = "failed", c.Detail+" of "+e.Name+" is not available"
	}
	v.observer.Check(c)
}

// checkQuota compares the quota for vCPUs with those that the environment may have. Other families
// than the standard ones have other quotas, which are not looked at.
func (v *Verifier) checkQuota(ctx context.Context, e Environment) {
	if len(e.Types) == 0 || slices.ContainsFunc(e.Types, func(t string) bool {
		return !standard.MatchString(t)
	}) {
		return
	}
	out, err := v.quotas.GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{
		ServiceCode: aws.String("ec2"), QuotaCode: aws.String(quotaOf[e.Type])})
	if err != nil || out.Quota == nil {
		v.observer.Check(Check{"quota", "unknown", why("servicequotas:GetServiceQuota", err)})
		return
	}
	vcpus := int(aws.ToFloat64(out.Quota.Value))
	c := Check{"quota", "ok", fmt.Sprintf("%d vCPUs of standard instances (%s)", vcpus, e.Type)}
	switch {
	case vcpus < 1:
		c.Status = "failed"
		c.Detail += ", so that no instance starts"
	case vcpus < e.Max:
		c.Status = "warning"
		c.Detail += fmt.Sprintf(", and %s may have %d: jobs wait for the rest", e.Name, e.Max)
	}
	v.observer.Check(c)
}

// checkLinkedRole checks the service-linked role of AWS Batch, where the environment uses it.
func (v *Verifier) checkLinkedRole(ctx context.Context, e Environment) {
	if !strings.Contains(e.ServiceRole, "/aws-service-role/batch.amazonaws.com/") {
		return
	}
	name := path.Base(e.ServiceRole)
	_, err := v.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	c := Check{"service-linked role", "ok", name}
	switch {
	case code(err) == "NoSuchEntity":
		c.Status = "failed"
		c.Detail += " does not exist: aws iam create-service-linked-role --aws-service-name " +
			"batch.amazonaws.com"
	case err != nil:
		c.Status, c.Detail = "unknown", why("iam:GetRole", err)
	}
	v.observer.Check(c)
}
