package evaluate

import (
	"fmt"
	"slices"
	"strings"
)

// Refusal returns why the service refuses a step, in the words in which CloudFormation passes
// them on, or nothing. steps are those of all resources of the operation.
//
// AWS Batch's are from reports of users and its API Reference:
//   - https://github.com/aws/aws-cdk/issues/27054 (Fargate)
//   - https://github.com/ASFHyP3/hyp3/pull/1051 (service role)
//   - UpdateComputeEnvironment and UpdateJobQueue (BEST_FIT, types, service roles, queues)
func (s *Step) Refusal(steps map[string]*Step) string {
	if s.Old == nil || s.New == s.Old {
		return ""
	}
	if s.Replaces {
		return s.customName()
	}
	words := ""
	switch s.New.Type {
	case environmentType:
		words = s.environmentRefusal()
	case "AWS::Batch::JobQueue":
		words = s.queueRefusal(steps)
	}
	if words == "" {
		return ""
	}
	request := UUID(s.New.Seed + words)
	return fmt.Sprintf("Resource handler returned message: \"%s (Service: Batch, Status Code: 400, "+
		"Request ID: %s)\" (RequestToken: %s, HandlerErrorCode: InvalidRequest)",
		words, request, UUID(request))
}

// customName refuses to replace a resource that keeps a name of the user's.
func (s *Step) customName() string {
	property := typeOf(s.New.Type).name
	name := Text(s.New.Properties[property])
	versioned := strings.Contains(typeOf(s.New.Type).id, "{version}") // as task definitions are
	if versioned || name == "" || name != Text(s.Old.Properties[property]) {
		return ""
	}
	return fmt.Sprintf("CloudFormation cannot update a stack when a custom-named resource requires "+
		"replacing. Rename %s and update the stack again.", name)
}

const environmentType = "AWS::Batch::ComputeEnvironment"

// environmentRefusal returns why AWS Batch refuses to update a compute environment in place.
func (s *Step) environmentRefusal() string {
	was, is := s.Old.fargate(), s.New.fargate()
	infrastructure := s.changed(append(slices.Clone(conditional), "UpdateToLatestImageVersion")...)
	oldRole, newRole := Text(s.Old.Properties["ServiceRole"]), Text(s.New.Properties["ServiceRole"])
	strategy := func(r *Resource) string { return Text(r.computeResources()["AllocationStrategy"]) }
	switch {
	case was && (s.changed(notOnFargate...) != nil || s.updatePolicyChanges()), is && !was:
		return "The following parameters can't be updated for Fargate compute environment: " +
			"allocationStrategy, bidPercentage, ec2Configuration, ec2KeyPair, imageId, instanceRole, " +
			"instanceTypes, launchTemplate, placementGroup, tags, type, updatePolicy, " +
			"updateToLatestImageVersion."
	case (oldRole == "") != (newRole == ""):
		return "A compute environment with a service-linked role can't be changed to use a regular " +
			"IAM role, nor the other way round."
	case was:
		return ""
	case infrastructure != nil && oldRole != "":
		return "Following fields [" + strings.Join(infrastructure, ", ") + "] can be updated only for " +
			"Non-fargate Compute Environment having a Batch Service Linked Role."
	case infrastructure != nil && (strategy(s.Old) == "BEST_FIT" || strategy(s.New) == "BEST_FIT"):
		return "BEST_FIT isn't supported when updating a compute environment."
	}
	return ""
}

// queueRefusal returns why AWS Batch refuses the new environment of a job queue.
func (s *Step) queueRefusal(steps map[string]*Step) string {
	for _, e := range steps {
		if e.New.Type == environmentType && e.Old != nil && e.Replaces &&
			e.Old.fargate() != e.New.fargate() &&
			strings.Contains(JSON(s.New.Properties["ComputeEnvironmentOrder"]), e.New.PhysicalID) {
			return "All of the compute environments must be either EC2 (EC2 or SPOT) or Fargate " +
				"(FARGATE or FARGATE_SPOT). EC2 and Fargate compute environments can't be mixed."
		}
	}
	return ""
}

// conditional are the properties below ComputeResources that replace a compute environment
// unless ReplaceComputeEnvironment is false: its schema calls them conditionally create-only.
var conditional = []string{
	"AllocationStrategy", "BidPercentage", "Ec2Configuration", "Ec2KeyPair", "ImageId",
	"InstanceRole", "InstanceTypes", "LaunchTemplate", "PlacementGroup", "ScalingPolicy",
	"SecurityGroupIds", "Subnets", "Tags", "Type",
}

// notOnFargate are those that AWS Batch does not update for an environment on Fargate.
var notOnFargate = []string{
	"AllocationStrategy", "BidPercentage", "Ec2Configuration", "Ec2KeyPair", "ImageId",
	"InstanceRole", "InstanceTypes", "LaunchTemplate", "PlacementGroup", "Tags", "Type",
	"UpdateToLatestImageVersion",
}

// changed returns which of some properties below ComputeResources a step changes.
func (s *Step) changed(names ...string) (changed []string) {
	for _, c := range s.Changes {
		if c.Scope == "Properties" && len(c.Path) > 1 && c.Path[0] == "ComputeResources" &&
			slices.Contains(names, c.Path[1]) && !slices.Contains(changed, c.Path[1]) {
			changed = append(changed, c.Path[1])
		}
	}
	return changed
}

func (s *Step) updatePolicyChanges() bool {
	return slices.ContainsFunc(s.Changes, func(c Change) bool {
		return c.Scope == "Properties" && c.Path[0] == "UpdatePolicy"
	})
}

func (r *Resource) computeResources() map[string]any {
	m, _ := r.Properties["ComputeResources"].(map[string]any)
	return m
}

// fargate reports whether a compute environment is on Fargate.
func (r *Resource) fargate() bool {
	return strings.HasPrefix(Text(r.computeResources()["Type"]), "FARGATE")
}
