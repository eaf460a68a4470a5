package batchtest

import (
	"fmt"
	"net/http"
)

// The launch template, the image and the service-linked role of the environments.
const (
	launchTemplate = "lt-0a1b2c3d"
	image          = "ami-0a1b2c3d"
	linkedRole     = "arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/" +
		"AWSServiceRoleForBatch"
)

// ec2 answers about the launch template and the image. It returns "" for what another server does.
func (s *Server) ec2(r *request) string {
	action := r.action("ec2")
	set, item := "launchTemplates", "<launchTemplateId>"+launchTemplate+"</launchTemplateId>"
	switch action {
	case "DescribeLaunchTemplates":
		if s.world.NoTemplate {
			r.refuse("ec2", http.StatusBadRequest, "InvalidLaunchTemplateId.NotFound", launchTemplate)
			return action
		}
	case "DescribeImages":
		if s.world.NoImage {
			r.refuse("ec2", http.StatusBadRequest, "InvalidAMIID.NotFound", image)
			return action
		}
		set, item = "imagesSet", "<imageId>"+image+"</imageId><imageState>available</imageState>"
	default:
		return ""
	}
	r.out = fmt.Sprintf("<%sResponse><%s><item>%s</item></%s></%sResponse>", action, set, item, set,
		action)
	return action
}

// quotas answers with the quota for vCPUs.
func (s *Server) quotas(r *request) string {
	vcpus := 256
	if s.world.VCPUQuota != 0 {
		vcpus = max(s.world.VCPUQuota, 0)
	}
	r.out = map[string]any{"Quota": map[string]any{"Value": vcpus}}
	return r.action("servicequotas")
}
