package deploy

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func (a *account) delete(retain []string, force bool) (*Operation, error) {
	return a.client.Delete(a.Context(), a.stack("flow"), retain, force, "")
}

func TestDelete(t *testing.T) {
	inAccount(t, "what is retained is named", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		op, err := a.delete(nil, false)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		o := op.Outcome()
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "left", len(o.Left), 1)
		expect(a.T, "left", o.Left[0].PhysicalID, a.Retained()[0].PhysicalID)
	})
	inAccount(t, "nothing is there", cfntest.Options{}, func(a *account) {
		op, err := a.delete(nil, false)
		if err != nil {
			a.Fatal(err)
		}
		for range op.Events(a.Context()) {
			a.Error("an event")
		}
		expect(a.T, "result", op.Outcome().Result, Succeeded)
		expect(a.T, "mutations", len(a.Mutations()), 0)
	})
}

func TestDeleteRefuses(t *testing.T) {
	inAccount(t, "protected", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Protected: true})
		_, err := a.delete(nil, false)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "mutations", len(a.Mutations()), 0)
		if err := a.client.Protect(a.Context(), a.stack("flow"), false); err != nil {
			a.Fatal(err)
		}
		_, err = a.delete(nil, false)
		expect(a.T, "error", err, error(nil))
	})
	inAccount(t, "protected meanwhile", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow"})
		s := a.stack("flow")
		a.client.Protect(a.Context(), s, true)
		_, err := a.client.Delete(a.Context(), s, nil, false, "")
		expect(a.T, "result", result(err), "refused")
	})
}

func TestDeleteAgain(t *testing.T) {
	inAccount(t, "the ladder after a failure", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		_, err := a.delete([]string{"Role"}, false)
		expect(a.T, "too early", result(err), "invalid")
		a.FailDelete("Role", "the role is in use")
		op, err := a.delete(nil, false)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Stuck)
		expect(a.T, "cause", op.Outcome().Cause.Reason, "the role is in use")
		if op, err = a.delete([]string{"Role"}, false); err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
	})
	inAccount(t, "by force", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template, Status: "DELETE_FAILED"})
		a.FailDelete("Role", "the role is in use")
		op, err := a.delete(nil, true)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
	})
	inAccount(t, "one that is running is followed", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.ForeignDelete("flow")
		op, err := a.delete(nil, false)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
		expect(a.T, "mutations", len(a.Mutations()), 0)
	})
}

func TestDeleteInTrouble(t *testing.T) {
	inAccount(t, "replies lost", cfntest.Options{ForgetTokens: true}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.Fault("DeleteStack", cfntest.ResetAfter)
		op, err := a.delete(nil, false)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
		expect(a.T, "deletions", a.effects("DeleteStack"), 1)
	})
	inAccount(t, "busy", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Status: "UPDATE_IN_PROGRESS"})
		_, err := a.delete(nil, false)
		expect(a.T, "result", result(err), "refused")
	})
}

func TestClear(t *testing.T) {
	failed := func(a *account) {
		a.FailCreate("Role", "no more roles")
		o, _ := a.deploy()
		expect(a.T, "status", o.Status, "ROLLBACK_COMPLETE")
		a.Heal("Role")
	}
	inAccount(t, "and create again", cfntest.Options{}, func(a *account) {
		failed(a)
		s := a.stack("flow")
		expect(a.T, "needs clearing", s.NeedsDelete(), true)
		last, err := a.client.Watch(a.Context(), s)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(last)
		expect(a.T, "last cause", last.Outcome().Cause.Reason, "no more roles")
		op, err := a.client.DeleteEmpty(a.Context(), s, "")
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "cleared", op.Outcome().Result, Succeeded)
		o, _ := a.deploy()
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "not while something lives", cfntest.Options{PageSize: 1}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Status: "ROLLBACK_COMPLETE", Resources: []cfntest.Resource{
			{LogicalID: "Gone", PhysicalID: "x-1", Type: "AWS::IAM::Role", Status: "DELETE_COMPLETE"},
			{LogicalID: "Kept", PhysicalID: "x-2", Type: "AWS::S3::Bucket", Status: "DELETE_SKIPPED"},
			{LogicalID: "Never", Type: "AWS::IAM::Role", Status: "CREATE_FAILED"},
			{LogicalID: "Queue", PhysicalID: "x-3", Type: "AWS::Batch::JobQueue", Status: "CREATE_COMPLETE"},
		}})
		_, err := a.client.DeleteEmpty(a.Context(), a.stack("flow"), "")
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "named", strings.Contains(err.Error(), "Queue (x-3)"), true)
		expect(a.T, "others", strings.Contains(err.Error(), "Kept") ||
			strings.Contains(err.Error(), "Gone") || strings.Contains(err.Error(), "Never"), false)
		expect(a.T, "mutations", len(a.Mutations()), 0)
	})
	inAccount(t, "nor anything else", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		_, err := a.client.DeleteEmpty(a.Context(), a.stack("flow"), "")
		expect(a.T, "result", result(err), "refused")
	})
}
