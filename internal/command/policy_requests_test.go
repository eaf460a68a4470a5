package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// onStack are the actions whose resource is the stack, with the condition keys besides those of
// tags. DescribeEvents takes a change set too.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
var onStack = map[string][]string{
	"CancelUpdateStack":      nil,
	"ContinueUpdateRollback": {"cloudformation:RoleArn"},
	"CreateChangeSet": {"cloudformation:RoleArn", "cloudformation:ChangeSetName",
		"cloudformation:ImportResourceTypes"},
	"DeleteChangeSet":             {"cloudformation:ChangeSetName"},
	"DeleteStack":                 {"cloudformation:RoleArn"},
	"DescribeChangeSet":           {"cloudformation:ChangeSetName"},
	"DescribeEvents":              nil,
	"DescribeStackEvents":         nil,
	"DescribeStackResourceDrifts": nil,
	"DescribeStacks":              nil,
	"DetectStackDrift":            nil,
	"ExecuteChangeSet":            {"cloudformation:ChangeSetName"},
	"GetTemplate":                 nil,
	"ListChangeSets":              nil,
	"ListStackResources":          nil,
	"RollbackStack":               {"cloudformation:RoleArn"},
	"UpdateTerminationProtection": nil,
}

// keyParameters are the parameters of a call from which the keys come.
var keyParameters = map[string]string{
	"cloudformation:RoleArn":             "RoleARN",
	"cloudformation:ChangeSetName":       "ChangeSetName",
	"cloudformation:ImportResourceTypes": "ResourcesToImport.member.1.ResourceType",
}

// stackARN is an ARN of the stack metaflow, for calls by its name.
const stackARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/metaflow/0a1b2c3d"

// requestsOf returns what IAM decides for a call to CloudFormation. The stack of a call by name
// is its ARN; that of an operation is the stack metaflow, which is the only one here.
func requestsOf(t *testing.T, call cfntest.Call) []iameval.Request {
	t.Helper()
	if call.Action == "GetCallerIdentity" {
		return nil // needs no permission
	}
	switch call.Action { // those that take no resource
	case "DescribeStackDriftDetectionStatus":
		return []iameval.Request{{Action: "cloudformation:" + call.Action, Resource: "*"}}
	case "DescribeAvailabilityZones", "DescribeInternetGateways", "DescribeNatGateways",
		"DescribeRouteTables", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcEndpoints",
		"DescribeVpcs", "DescribeNetworkInterfaces":
		return []iameval.Request{{Action: "ec2:" + call.Action, Resource: "*"}}
	case "GetRole":
		return []iameval.Request{{Action: "iam:GetRole",
			Resource: "arn:aws:iam::123456789012:role/" + call.Params["RoleName"]}}
	case "GetInstanceProfile":
		return []iameval.Request{{Action: "iam:GetInstanceProfile", Resource: "arn:aws:iam::" +
			"123456789012:instance-profile/" + call.Params["InstanceProfileName"]}}
	}
	keys, known := onStack[call.Action]
	if !known {
		t.Errorf("the resources of %s are not known: look them up", call.Action)
	}
	r := iameval.Request{Action: "cloudformation:" + call.Action, Resource: stackARN,
		Keys: map[string][]string{}}
	switch name := call.Params["StackName"]; {
	case name == "" && call.Action == "DescribeStacks":
		return []iameval.Request{{Action: r.Action, Resource: "*"},
			{Action: "cloudformation:ListStacks", Resource: "*"}}
	case name == "" && call.Params["OperationId"] == "":
		t.Errorf("%s names no stack: %v", call.Action, call.Params)
	case strings.HasPrefix(name, "arn:"):
		r.Resource = name
	case name != "" && name != "metaflow":
		r.Resource = strings.Replace(stackARN, "metaflow", name, 1)
	}
	for _, key := range keys {
		if value := call.Params[keyParameters[key]]; value != "" {
			r.Keys[key] = []string{value}
		}
	}
	return append([]iameval.Request{r}, dependent(call, r.Resource)...)
}

// batchRequests returns what IAM decides for the calls to AWS Batch. Reads take no resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
func batchRequests(b *beside.Batch) (all []iameval.Request) {
	for _, call := range b.Calls() {
		r := iameval.Request{Action: "batch:" + call.Action, Resource: "*"}
		switch call.Action {
		case "UpdateJobQueue":
			r.Resource = fmt.Sprint(call.Input["jobQueue"])
		case "TerminateJob":
			r.Resource = fmt.Sprintf("arn:aws:batch:us-east-1:123456789012:job/%s", call.Input["jobId"])
		}
		all = append(all, r)
	}
	return all
}

// dependent returns what a call needs besides its own action: passing the role that it names, and
// tagging. The events of a change set may belong to the change set or to its stack, and so do the
// tags of a call that makes one: the reference lists both as resources, and not which is asked.
func dependent(call cfntest.Call, stack string) (more []iameval.Request) {
	if role := call.Params["RoleARN"]; role != "" {
		more = append(more, iameval.Request{Action: "iam:PassRole", Resource: role,
			Keys: map[string][]string{"iam:PassedToService": {"cloudformation.amazonaws.com"}}})
	}
	if call.Action == "DetectStackDrift" {
		more = append(more,
			iameval.Request{Action: "cloudformation:DetectStackResourceDrift", Resource: stack},
			iameval.Request{Action: "cloudformation:BatchDescribeTypeConfigurations", Resource: "*"})
	}
	set := call.Params["ChangeSetName"]
	if set != "" && !strings.HasPrefix(set, "arn:") {
		set = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/" + set + "/4e5f6a7b"
	}
	if call.Action == "DescribeEvents" && set != "" {
		more = append(more, iameval.Request{Action: "cloudformation:DescribeEvents", Resource: set})
	}
	var tagKeys []string
	for name, value := range call.Params {
		if strings.HasPrefix(name, "Tags.member.") && strings.HasSuffix(name, ".Key") {
			tagKeys = append(tagKeys, value)
		}
	}
	if slices.Sort(tagKeys); len(tagKeys) > 0 {
		keys := map[string][]string{"aws:TagKeys": tagKeys,
			"cloudformation:CreateAction": {call.Action}}
		for _, resource := range []string{stack, set} {
			more = append(more, iameval.Request{Action: "cloudformation:TagResource",
				Resource: resource, Keys: keys})
		}
		more = append(more, iameval.Request{Action: "cloudformation:UntagResource",
			Resource: stack, Keys: keys})
	}
	return more
}

// elsewhere returns the same request on another stack, or for the role of another stack.
func elsewhere(r iameval.Request) iameval.Request {
	r.Resource = strings.Replace(r.Resource, ":stack/metaflow/", ":stack/"+otherStack+"/", 1)
	r.Resource = strings.Replace(r.Resource, "cloudformation-metaflow",
		"cloudformation-"+otherStack, 1)
	return r
}
