package deploy

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// replacing has a role whose path cannot be changed in place, and a queue that depends on it.
const replacing = `{"Parameters": {"Path": {"Type": "String", "Default": "/a/"}},
"Resources": {
 "Role": {"Type": "AWS::IAM::Role", "Properties": {
   "AssumeRolePolicyDocument": {}, "Path": {"Ref": "Path"}}},
 "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", 
   "Properties": {"Tags": [{"Key": "role", "Value": {"Fn::GetAtt": ["Role", "Arn"]}}]}}}}`

// keeping deploys with rollback off.
func (a *account) keeping(parameters ...string) Outcome {
	a.Helper()
	r := Request{Template: []byte(template), Parameters: map[string]string{}, KeepFailed: true}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		r.Parameters[name] = value
	}
	p, err := a.client.Plan(a.Context(), a.stack("flow"), r)
	if err != nil {
		a.Fatal(err)
	}
	op, err := a.client.Execute(a.Context(), p)
	if err != nil {
		a.Fatal(err)
	}
	a.follow(op)
	return op.Outcome()
}

func TestRollbackOff(t *testing.T) {
	inAccount(t, "a creation continues from where it failed", cfntest.Options{}, func(a *account) {
		a.FailCreate("Queue", "priority is taken")
		o := a.keeping()
		expect(a.T, "result", o.Result, Stuck)
		expect(a.T, "status", o.Status, "CREATE_FAILED")
		expect(a.T, "cause", o.Cause.LogicalID, "Queue")
		expect(a.T, "kept", len(a.Live("flow")), 2)

		_, err := a.plan()
		expect(a.T, "without being asked to", result(err), "refused")
		expect(a.T, "the way out", strings.Contains(err.Error(), "go on from here without rollback"),
			true)

		a.Heal("Queue")
		o = a.keeping("Size=2")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "status", o.Status, "UPDATE_COMPLETE")
	})
	inAccount(t, "an update is rolled back after all", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailUpdate("Queue", "priority is taken")
		expect(a.T, "status", a.keeping("Size=2").Status, "UPDATE_FAILED")
		o := a.ours(a.client.Recover(a.Context(), a.stack("flow"), nil, false, ""))
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "status", o.Status, "UPDATE_ROLLBACK_COMPLETE")
		expect(a.T, "parameters", a.Parameters("flow")["Size"], "1")
	})
	inAccount(t, "a creation is rolled back after all", cfntest.Options{}, func(a *account) {
		a.FailCreate("Queue", "priority is taken")
		a.keeping()
		_, err := a.client.Recover(a.Context(), a.stack("flow"), []string{"Queue"}, false, "")
		expect(a.T, "nothing to skip", result(err), "invalid")
		o := a.ours(a.client.Recover(a.Context(), a.stack("flow"), nil, false, ""))
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "left", len(a.Live("flow"))+len(a.Retained()), 0)
	})
	inAccount(t, "no replacement", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: replacing})
		_, err := a.client.Plan(a.Context(), a.stack("flow"),
			Request{Template: []byte(replacing), Parameters: map[string]string{"Path": "/b/"},
				KeepFailed: true})
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "error", strings.Contains(err.Error(), "would replace Role"), true)
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	})
}
