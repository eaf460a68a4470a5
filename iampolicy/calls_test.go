package iampolicy

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// targets are the types of resource that an action is authorized on, each of which the service
// role must be allowed. Actions that are not here and not of S3 or IAM take no resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
var targets = map[string][]string{
	"batch:CreateComputeEnvironment": {"compute-environment"},
	"batch:CreateJobQueue":           {"compute-environment", "job-queue"},
	"batch:DeleteComputeEnvironment": {"compute-environment"},
	"batch:DeleteJobQueue":           {"job-queue"},
	"batch:UpdateComputeEnvironment": {"compute-environment"},
	"batch:UpdateJobQueue":           {"compute-environment", "job-queue"},

	"ec2:AllocateAddress":               {"elastic-ip"},
	"ec2:AssociateRouteTable":           {"route-table", "subnet"},
	"ec2:AttachInternetGateway":         {"internet-gateway", "vpc"},
	"ec2:AuthorizeSecurityGroupEgress":  {"security-group", "security-group-rule"},
	"ec2:AuthorizeSecurityGroupIngress": {"security-group", "security-group-rule"},
	"ec2:CreateFlowLogs":                {"vpc-flow-log", "vpc"},
	"ec2:CreateInternetGateway":         {"internet-gateway"},
	"ec2:CreateLaunchTemplate":          {"launch-template"},
	"ec2:CreateLaunchTemplateVersion":   {"launch-template"},
	"ec2:CreateNatGateway":              {"elastic-ip", "natgateway", "subnet"},
	"ec2:CreateRoute":                   {"route-table"},
	"ec2:CreateRouteTable":              {"route-table", "vpc"},
	"ec2:CreateSecurityGroup":           {"security-group", "vpc"},
	"ec2:CreateSubnet":                  {"subnet", "vpc"},
	"ec2:CreateVpc":                     {"vpc"},
	"ec2:CreateVpcEndpoint": {"route-table", "security-group", "subnet", "vpc",
		"vpc-endpoint"},
	"ec2:DeleteFlowLogs":         {"vpc-flow-log"},
	"ec2:DeleteInternetGateway":  {"internet-gateway"},
	"ec2:DeleteLaunchTemplate":   {"launch-template"},
	"ec2:DeleteNatGateway":       {"natgateway"},
	"ec2:DeleteRoute":            {"route-table"},
	"ec2:DeleteRouteTable":       {"route-table"},
	"ec2:DeleteSecurityGroup":    {"security-group"},
	"ec2:DeleteSubnet":           {"subnet"},
	"ec2:DeleteVpc":              {"vpc"},
	"ec2:DeleteVpcEndpoints":     {"vpc-endpoint"},
	"ec2:DetachInternetGateway":  {"internet-gateway", "vpc"},
	"ec2:DisassociateRouteTable": {"route-table", "subnet"},
	"ec2:ModifySubnetAttribute":  {"subnet"},
	"ec2:ModifyVpcAttribute":     {"vpc"},
	"ec2:ModifyVpcEndpoint": {"route-table", "security-group", "subnet",
		"vpc-endpoint"},
	"ec2:ReleaseAddress":                             {"elastic-ip"},
	"ec2:ReplaceRoute":                               {"route-table"},
	"ec2:ReplaceRouteTableAssociation":               {"route-table", "subnet"},
	"ec2:RevokeSecurityGroupEgress":                  {"security-group"},
	"ec2:RevokeSecurityGroupIngress":                 {"security-group"},
	"ec2:UpdateSecurityGroupRuleDescriptionsEgress":  {"security-group"},
	"ec2:UpdateSecurityGroupRuleDescriptionsIngress": {"security-group"},
}

// nowhere are the actions that take no resource, besides Describe.
var nowhere = []string{"logs:CreateLogDelivery", "logs:DeleteLogDelivery"}

// calls makes the requests of the handlers for a resource of a stack, in an account and region
// that are given, with keys that AWS sends. named reports that the resources carry the stack's
// name, so that the role of another stack must not reach them.
type calls struct {
	t        *testing.T
	stack    string
	values   generator.Values // of the policy
	resource cfn.Resource
}

// of returns the requests of an action, and whether their resources carry the stack's name.
func (c calls) of(action, tagged string) (requests []iameval.Request, named bool) {
	service, verb, _ := strings.Cut(action, ":")
	here := func(service, resource string) string {
		return strings.Join([]string{"arn", c.partition(), service, c.values["Region"], "123456789012",
			resource}, ":")
	}
	on := func(arn string, keys map[string][]string) {
		requests = append(requests, iameval.Request{Action: action, Resource: arn, Keys: keys})
	}
	kinds := targets[action]
	switch {
	case service == "dynamodb":
		on(here(service, "table/"+c.generated(c.resource.ID)), nil)
		named = true
	case c.resource.Type == "AWS::Logs::LogGroup" && !strings.HasPrefix(verb, "Describe"):
		name := "/aws/vendedlogs/states/" + c.stack
		if c.resource.ID == "LogGroup" {
			name = "/metaflow/" + c.stack
		}
		group := here(service, "log-group:"+name)
		on(group, nil)
		on(group+":*", nil)
		named = true
	case slices.Contains(ofService, service):
		return c.ofService(action)
	case strings.HasPrefix(verb, "Describe") || slices.Contains(nowhere, action):
		on("*", nil)
	case service == "ec2" && strings.HasSuffix(verb, "Tags"):
		on(here("ec2", tagged+"/id-0a1b2c3d"), nil)
	case service == "batch" && strings.HasSuffix(verb, "tagResource"), action == "batch:TagResource":
		kind := map[string]string{"AWS::Batch::JobQueue": "job-queue"}[c.resource.Type]
		on(here("batch", cmp.Or(kind, "compute-environment")+"/ComputeEnvironment-0a1b2c3d"), nil)
	case service == "route53":
		on("arn:"+c.partition()+":route53:::hostedzone/Z0123456789", nil)
	case kinds != nil:
		for _, kind := range kinds {
			on(here(service, kind+"/id-0a1b2c3d"), nil)
		}
	case service == "s3":
		name, own := c.bucket()
		on("arn:"+c.partition()+":s3:::"+name, nil)
		named = own
	case service == "iam":
		return c.ofIAM(action)
	default:
		c.t.Errorf("%s: the resources of %s are not known: look them up", c.resource.ID, action)
	}
	return requests, named
}

// resolved returns the requests of CloudFormation for the dynamic references of the resource to a
// secret that is given.
func (c calls) resolved() (requests []iameval.Request) {
	secret := c.values["OidcSecret"]
	if secret == "" || !strings.Contains(textOf(c.resource), "{{resolve:secretsmanager:${OidcSecretArn}") {
		return nil
	}
	return []iameval.Request{{Action: "secretsmanager:GetSecretValue", Resource: secret}}
}

func (c calls) partition() string { return cmp.Or(partitionOf(c.values["Region"]), "aws") }

// generated returns a name as CloudFormation generates it.
func (c calls) generated(id string) string {
	if len(c.stack)+len(id) > 48 { // what deployed stacks show: see keptLength
		return c.stack[:keptLength] + "-" + id[:min(len(id), 48-keptLength)] + "-1A2B3C4D5E6F"
	}
	return c.stack + "-" + id + "-1A2B3C4D5E6F"
}

// bucket returns the name of the bucket of the resource, which is a bucket or its policy, and
// whether it carries the stack's name. A flow log writes into the bucket of its stack.
func (c calls) bucket() (name string, own bool) {
	id := strings.TrimSuffix(c.resource.ID, "Policy")
	if c.resource.Type == "AWS::EC2::FlowLog" {
		id = "LogBucket"
	}
	if given := c.values["Bucket"]; given != "" && id == "Bucket" {
		return given, false
	}
	return strings.ToLower(c.generated(id)), true
}

// ofIAM returns the requests of an action on roles and instance profiles.
func (c calls) ofIAM(action string) (requests []iameval.Request, named bool) {
	path := cmp.Or(c.values["RolePath"], "/")
	arn := func(kind, id string) string {
		if _, takes := c.resource.Properties["Path"]; !takes && kind != "role" {
			path = "/"
		}
		return "arn:" + c.partition() + ":iam::123456789012:" + kind + path + c.generated(id)
	}
	keys := map[string][]string{}
	if bound := c.values["Boundary"]; bound != "" { // of the request, or of the role
		keys["iam:PermissionsBoundary"] = []string{bound}
	}
	on := func(arn string) {
		requests = append(requests, iameval.Request{Action: action, Resource: arn, Keys: keys})
	}
	switch {
	case c.resource.Type == "AWS::IAM::Policy": // on the role of another stack
		on(cmp.Or(c.values["JobRole"],
			"arn:"+c.partition()+":iam::123456789012:role"+path+"core-JobRole-1A2B3C4D5E6F"))
		return requests, false
	case action == "iam:CreateServiceLinkedRole" && linkedTo[c.resource.Type] != "":
		service := linkedTo[c.resource.Type]
		keys["iam:AWSServiceName"] = []string{service}
		on("arn:" + c.partition() + ":iam::123456789012:role/aws-service-role/" + service + "/Role")
		return requests, false
	case action == "iam:PassRole" && strings.HasPrefix(c.resource.Type, "AWS::ECS::"),
		action == "iam:GetRole" && strings.HasPrefix(c.resource.Type, "AWS::ECS::"):
		keys["iam:PassedToService"] = []string{ecsTasks}
		on("arn:" + c.partition() + ":iam::123456789012:role" + path + c.generated("ExecutionRole"))
	case action == "iam:CreateServiceLinkedRole":
		keys["iam:AWSServiceName"] = []string{"batch.amazonaws.com"}
		on("arn:" + c.partition() + ":iam::123456789012:role/aws-service-role/batch.amazonaws.com/" +
			"AWSServiceRoleForBatch")
		return requests, false
	case action == "iam:PassRole":
		keys["iam:PassedToService"] = []string{"ec2.amazonaws.com"}
		on(arn("role", "InstanceRole"))
	case strings.HasSuffix(action, "InstanceProfile"):
		on(arn("instance-profile", c.resource.ID))
	case action == "iam:AttachRolePolicy" || action == "iam:DetachRolePolicy":
		for _, policy := range c.attached() {
			keys := maps.Clone(keys)
			keys["iam:PolicyARN"] = []string{policy}
			requests = append(requests, iameval.Request{Action: action, Resource: arn("role", c.resource.ID),
				Keys: keys})
		}
	case action == "iam:PutRolePermissionsBoundary" && c.values["Boundary"] == "":
	default:
		on(arn("role", c.resource.ID))
	}
	return requests, true
}

// attached returns the managed policies of a role.
func (c calls) attached() []string {
	var arns []string
	for _, found := range managed.FindAllStringSubmatch(textOf(c.resource), -1) {
		arns = append(arns, "arn:"+c.partition()+found[1])
	}
	if given := c.values["JobPolicies"]; given != "" && c.resource.ID == "JobRole" {
		arns = append(arns, strings.Split(given, ",")...)
	}
	return arns
}
