package scheduler_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// machine is a state machine, or a part of one that a state runs.
type machine struct {
	ProcessorConfig struct{ Mode string }
	States          map[string]state
}

// state is a state, as far as it decides what the role needs.
type state struct {
	Type, Resource string
	Parameters     map[string]any
	Branches       []machine
	Iterator       *machine
	ItemReader     *struct{ Resource string }
	ResultWriter   *struct {
		Resource   string
		Parameters struct{ Bucket, Prefix string }
	}
}

const (
	regional   = ":us-east-1:123456789012:"
	dataKey    = "arn:aws:kms" + regional + "key/1234abcd-12ab-34cd-56ef-1234567890ab"
	mapResults = "arn:aws:s3:::team-data/flows/sfn_distributed_map_output/"
)

// needs returns what IAM decides for the states of a state machine called metaflow-flow, by what
// each service integration calls.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html
// https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
func (m machine) needs(t *testing.T) (all []iameval.Request) {
	t.Helper()
	for name, s := range m.States {
		text := func(parameter string) string {
			value, ok := s.Parameters[parameter].(string)
			if !ok {
				t.Errorf("%s: %s is not a text", name, parameter)
			}
			return value
		}
		switch s.Resource {
		case "arn:aws:states:::batch:submitJob.sync":
			all = append(all, submitting(text("JobQueue"), text("JobDefinition"))...)
			if s.Parameters["Tags"] != nil {
				all = append(all, on("arn:aws:batch"+regional+"job/0a1b2c3d", "batch:TagResource")...)
			}
		case "arn:aws:states:::dynamodb:getItem":
			all = append(all,
				on("arn:aws:dynamodb"+regional+"table/"+text("TableName"), "dynamodb:GetItem")...)
		case "arn:aws:states:::aws-sdk:s3:getObject":
			all = append(all, on(mapResults+"0a1b/manifest.json", "s3:GetObject")...)
		case "":
		default:
			t.Errorf("%s: the calls of %s are not known: look them up", name, s.Resource)
		}
		for _, branch := range s.Branches {
			all = append(all, branch.needs(t)...)
		}
		if s.Iterator != nil {
			all = append(all, s.mapping()...)
			all = append(all, s.Iterator.needs(t)...)
		}
	}
	return all
}

// on returns a request for each action on a resource.
func on(resource string, actions ...string) (all []iameval.Request) {
	for _, action := range actions {
		all = append(all, iameval.Request{Action: action, Resource: resource})
	}
	return all
}

// submitting returns the requests of submitJob.sync, which follows the job by a rule of EventBridge.
func submitting(queue, definition string) []iameval.Request {
	return slices.Concat(on(queue, "batch:SubmitJob"), on(definition, "batch:SubmitJob"),
		on("arn:aws:batch"+regional+"job/0a1b2c3d", "batch:TerminateJob"),
		on("*", "batch:DescribeJobs"),
		on("arn:aws:events"+regional+"rule/StepFunctionsGetEventsForBatchJobsRule",
			"events:DescribeRule", "events:PutRule", "events:PutTargets"))
}

// mapping returns the requests of a map: none if it runs inside the execution.
func (s state) mapping() (all []iameval.Request) {
	if s.Iterator.ProcessorConfig.Mode == "DISTRIBUTED" {
		all = slices.Concat(
			on("arn:aws:states"+regional+"stateMachine:metaflow-flow", "states:StartExecution"),
			on("arn:aws:states"+regional+"execution:metaflow-flow/0a1b:2c3d",
				"states:DescribeExecution", "states:StopExecution"))
	}
	if w := s.ResultWriter; w != nil {
		object := "arn:aws:s3:::" + w.Parameters.Bucket + "/" + w.Parameters.Prefix + "/0a1b/SUCCEEDED_0.json"
		all = append(all, on(object, "s3:AbortMultipartUpload", "s3:GetObject",
			"s3:ListMultipartUploadParts", "s3:PutObject")...)
		all = append(all, on(dataKey, "kms:Decrypt", "kms:GenerateDataKey")...)
	}
	if s.ItemReader != nil {
		all = append(all, on(mapResults+"0a1b/SUCCEEDED_0.json", "s3:GetObject")...)
	}
	return all
}

// readMachine reads a state machine of the shape that Metaflow's client writes. What jobs run is
// shortened.
// https://github.com/Netflix/metaflow/blob/master/metaflow/plugins/aws/step_functions/step_functions.py
func readMachine(t *testing.T, name string) machine {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var m machine
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// rolePolicy returns the policy of a role of the stack.
func rolePolicy(t *testing.T, id string, v generator.Values) iameval.Document {
	t.Helper()
	template, err := scheduler.Component.Built().Resolve(domain.Explicit(v))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range template.Resources {
		if r.ID != id {
			continue
		}
		text, err := json.Marshal(literal(r.Properties["Policies"]))
		if err != nil {
			t.Fatal(err)
		}
		var policies []struct{ PolicyDocument json.RawMessage }
		if err := json.Unmarshal(text, &policies); err != nil || len(policies) != 1 {
			t.Fatalf("%s: %d policies, %v", id, len(policies), err)
		}
		document, err := iameval.Parse(policies[0].PolicyDocument)
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	t.Fatalf("the stack has no %s", id)
	return iameval.Document{}
}

// literal returns a value with the functions that are left replaced by what they give in the stack.
func literal(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = literal(v[i])
		}
		return out
	case map[string]any:
		if text, ok := v["Fn::Sub"].(string); ok {
			return strings.NewReplacer("${AWS::Partition}", "aws", "${AWS::Region}", "us-east-1",
				"${AWS::AccountId}", "123456789012", "${StateTable}", "metaflow-state").Replace(text)
		}
		out := map[string]any{}
		for key := range v {
			out[key] = literal(v[key])
		}
		return out
	}
	return v
}

// machineValues are those of a stack whose role runs every state machine of the client.
func machineValues(more generator.Values) generator.Values {
	v := generator.Values{
		"ExistingJobQueueArn": "arn:aws:batch" + regional + "job-queue/jobs",
		"ExistingBucketName":  "team-data", "KmsKeyArn": dataKey,
	}
	for name, value := range more {
		v[name] = value
	}
	return v
}

// TestRoleRunsStateMachines decides, like IAM, that the role may do what each state machine of
// Metaflow's client calls, and that it has no statement without a call.
func TestRoleRunsStateMachines(t *testing.T) {
	role := rolePolicy(t, "StepFunctionsRole", machineValues(nil))
	var all []iameval.Request
	for name, least := range map[string]int{"branches": 5, "foreach": 5, "distributed": 20} {
		requests := readMachine(t, name).needs(t)
		if len(requests) < least {
			t.Errorf("%s: %d requests, want at least %d", name, len(requests), least)
		}
		for _, r := range requests {
			if !iameval.Allowed(r, role) {
				t.Errorf("%s: the role may not %v", name, r)
			}
		}
		all = append(all, requests...)
	}
	for _, sid := range role.Statements() {
		without := role.Without(sid)
		if !slices.ContainsFunc(all, func(r iameval.Request) bool { return !iameval.Allowed(r, without) }) {
			t.Errorf("no state machine needs %s", sid)
		}
	}
}

// TestRoleWithoutMaps: without distributed maps the role runs the other state machines, and starts
// no execution.
func TestRoleWithoutMaps(t *testing.T) {
	role := rolePolicy(t, "StepFunctionsRole", machineValues(generator.Values{"DistributedMaps": "false"}))
	for _, name := range []string{"branches", "foreach"} {
		for _, r := range readMachine(t, name).needs(t) {
			if !iameval.Allowed(r, role) {
				t.Errorf("%s: the role may not %v", name, r)
			}
		}
	}
	for _, r := range readMachine(t, "distributed").needs(t) {
		service, _, _ := strings.Cut(r.Action, ":")
		if slices.Contains([]string{"kms", "s3", "states"}, service) && iameval.Allowed(r, role) {
			t.Errorf("the role may %v", r)
		}
	}
}

// TestRoleKeepsItsBounds lists requests near those of the state machines that must be refused, in
// what they act on and in what they do.
func TestRoleKeepsItsBounds(t *testing.T) {
	role := rolePolicy(t, "StepFunctionsRole", machineValues(nil))
	for resource, actions := range map[string][]string{
		"arn:aws:batch" + regional + "job-queue/other":                 {"batch:SubmitJob", "batch:UpdateJobQueue"},
		"arn:aws:batch" + regional + "job-queue/jobs":                  {"batch:UpdateJobQueue", "batch:DeleteJobQueue"},
		"arn:aws:batch" + regional + "job-definition/other:1":          {"batch:SubmitJob"},
		"arn:aws:batch" + regional + "job-definition/metaflow_0a1b:1":  {"batch:RegisterJobDefinition", "batch:DeregisterJobDefinition"},
		"arn:aws:batch:us-east-1:210987654321:job-queue/jobs":          {"batch:SubmitJob"},
		"arn:aws:dynamodb" + regional + "table/other":                  {"dynamodb:GetItem"},
		"arn:aws:dynamodb" + regional + "table/metaflow-state":         {"dynamodb:PutItem", "dynamodb:Scan", "dynamodb:DeleteTable"},
		"arn:aws:events" + regional + "rule/other":                     {"events:PutRule", "events:PutTargets"},
		"arn:aws:states" + regional + "stateMachine:other":             {"states:StartExecution"},
		"arn:aws:states" + regional + "stateMachine:metaflow-flow":     {"states:DeleteStateMachine", "states:UpdateStateMachine"},
		"arn:aws:states" + regional + "execution:other/0a1b:2c3d":      {"states:StopExecution"},
		"arn:aws:s3:::team-data/flows/Flow/1/start/2/artifact":         {"s3:GetObject", "s3:PutObject"},
		"arn:aws:s3:::other/flows/sfn_distributed_map_output/0a1b":     {"s3:PutObject"},
		mapResults + "0a1b/SUCCEEDED_0.json":                           {"s3:DeleteObject"},
		"arn:aws:kms" + regional + "key/00000000-12ab-34cd-56ef-12345": {"kms:Decrypt"},
		"arn:aws:iam::123456789012:role/metaflow-JobRole-1A2B":         {"iam:PassRole"},
	} {
		for _, r := range on(resource, actions...) {
			if iameval.Allowed(r, role) {
				t.Errorf("the role may %v", r)
			}
		}
	}
}

// TestSchedulesStartStateMachines decides, like IAM, that the role of schedules starts the state
// machines with the prefix, and does nothing else.
func TestSchedulesStartStateMachines(t *testing.T) {
	role := rolePolicy(t, "EventBridgeRole", machineValues(generator.Values{"StateMachinePrefix": "team-a"}))
	const machines = "arn:aws:states" + regional + "stateMachine:"
	if r := on(machines+"team-a-flow", "states:StartExecution")[0]; !iameval.Allowed(r, role) {
		t.Errorf("the role may not %v", r)
	}
	for _, r := range slices.Concat(on(machines+"team-b-flow", "states:StartExecution"),
		on(machines+"team-a-flow", "states:DeleteStateMachine", "states:UpdateStateMachine"),
		on("arn:aws:states"+regional+"execution:team-a-flow:0a1b", "states:StopExecution")) {
		if iameval.Allowed(r, role) {
			t.Errorf("the role may %v", r)
		}
	}
}
