package deploy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// request returns the request that plan makes.
func (a *account) request(size string) Request {
	return Request{Template: []byte(template), Parameters: map[string]string{"Size": size},
		Keep: []string{"Size", "Name"}}
}

func TestFingerprint(t *testing.T) {
	base := Request{Template: []byte("{}"), Parameters: map[string]string{"A": "1", "B": "2"},
		Keep: []string{"C", "D"}}
	same := Request{Template: []byte("{}"), Parameters: map[string]string{"B": "2", "A": "1"},
		Keep: []string{"D", "C"}}
	expect(t, "same", same.fingerprint(), base.fingerprint())
	seen := map[string]bool{base.fingerprint(): true}
	for i, change := range []func(r *Request){
		func(r *Request) { r.Template = []byte("{ }") },
		func(r *Request) { r.Parameters = map[string]string{"A": "1", "B": "3"} },
		func(r *Request) { r.Keep = []string{"C"} },
		func(r *Request) { r.Tags = map[string]string{} },
		func(r *Request) { r.RoleARN = "arn" },
		func(r *Request) { r.KeepFailed = true },
	} {
		other := base
		change(&other)
		if seen[other.fingerprint()] {
			t.Errorf("change %d is not seen", i)
		}
		seen[other.fingerprint()] = true
	}
}

func TestCutOffAfterExecute(t *testing.T) {
	for name, o := range map[string]cfntest.Options{
		"": {}, " on an old endpoint": {NoTokens: true, NoOperationIDs: true},
	} {
		inAccount(t, "the same request is followed"+name, o, func(a *account) {
			p, _ := a.plan("Size=2")
			if _, err := a.client.Execute(a.Context(), p); err != nil {
				a.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			op, err := a.client.Resume(a.Context(), a.stack("flow"), a.request("2"))
			o := a.ours(op, err)
			expect(a.T, "result", o.Result, Succeeded)
			expect(a.T, "outputs", o.Stack.Outputs["Size"], "2")
			expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
		})
		inAccount(t, "another request is not"+name, o, func(a *account) {
			p, _ := a.plan("Size=2")
			a.client.Execute(a.Context(), p)
			time.Sleep(5 * time.Second)
			op, err := a.client.Resume(a.Context(), a.stack("flow"), a.request("3"))
			expect(a.T, "operation", op == nil && err == nil, true)
		})
	}
	inAccount(t, "while it rolls back", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailUpdate("Queue", "priority is taken")
		p, _ := a.plan("Size=2")
		a.client.Execute(a.Context(), p)
		for a.Status("flow") != "UPDATE_ROLLBACK_IN_PROGRESS" {
			time.Sleep(time.Second)
		}
		op, err := a.client.Resume(a.Context(), a.stack("flow"), a.request("2"))
		o := a.ours(op, err)
		expect(a.T, "result", o.Result, Failed)
		expect(a.T, "cause", o.Cause.Reason, "priority is taken")
	})
	inAccount(t, "somebody else's operation", cfntest.Options{}, func(a *account) {
		a.deploy("Size=2")
		a.ForeignUpdate("flow")
		op, err := a.client.Resume(a.Context(), a.stack("flow"), a.request("2"))
		expect(a.T, "operation", op == nil && err == nil, true)
	})
	inAccount(t, "nothing runs", cfntest.Options{}, func(a *account) {
		a.deploy("Size=2")
		op, err := a.client.Resume(a.Context(), a.stack("flow"), a.request("2"))
		expect(a.T, "operation", op == nil && err == nil, true)
	})
}

func TestCutOffBeforeExecute(t *testing.T) {
	inAccount(t, "the change set is used", cfntest.Options{PageSize: 1}, func(a *account) {
		first, _ := a.plan("Size=2")
		time.Sleep(time.Hour)
		p, err := a.plan("Size=2")
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "reused", p.Reused, true)
		expect(a.T, "the same", p.ID, first.ID)
		expect(a.T, "changes", len(p.Changes), 3)
		expect(a.T, "made", a.effects("CreateChangeSet"), 1)
		op, err := a.client.Execute(a.Context(), p)
		o := a.ours(op, err)
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "while it is still made", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		first := &Plan{Name: uniqueName(a.request("2").fingerprint()), Stack: a.stack("flow"),
			Operation: states.KindUpdate}
		if err := a.client.createChangeSet(a.Context(), first, a.request("2")); err != nil {
			a.Fatal(err)
		}
		p, err := a.plan("Size=2")
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "the same", p.ID, first.ID)
	})
}

func TestAChangeSetThatWasLeftIsRemoved(t *testing.T) {
	inAccount(t, "and removed with its empty stack", cfntest.Options{}, func(a *account) {
		a.plan("Size=2")
		p, _ := a.plan("Size=2")
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "status", a.Status("flow"), "DELETE_COMPLETE")
	})
	inAccount(t, "and removed, but not somebody's empty stack", cfntest.Options{}, func(a *account) {
		other, _ := a.plan("Size=3")
		time.Sleep(time.Minute)
		a.plan("Size=2")
		other.emptyStack = false
		a.client.Discard(a.Context(), other)
		p, _ := a.plan("Size=2")
		expect(a.T, "reused", p.Reused, true)
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
		expect(a.T, "status", a.Status("flow"), "REVIEW_IN_PROGRESS")
	})
	inAccount(t, "one that failed is removed", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailChangeSet("Transform failed")
		first := &Plan{Name: uniqueName(a.request("2").fingerprint()), Stack: a.stack("flow"),
			Operation: states.KindUpdate}
		a.client.createChangeSet(a.Context(), first, a.request("2"))
		time.Sleep(time.Minute)
		p, err := a.plan("Size=2")
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "reused", p.Reused, false)
		expect(a.T, "change sets", a.ChangeSets("flow"), []string{p.Name})
	})
}

func TestOthersChangeSets(t *testing.T) {
	inAccount(t, "others' are left alone", cfntest.Options{}, func(a *account) {
		other, _ := a.plan("Size=3")
		p, _ := a.plan("Size=2")
		expect(a.T, "reused", p.Reused, false)
		a.client.Discard(a.Context(), p)
		expect(a.T, "change sets", a.ChangeSets("flow"), []string{other.Name})
		expect(a.T, "status", a.Status("flow"), "REVIEW_IN_PROGRESS")
	})
	inAccount(t, "others' may not be listed", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.Fault("ListChangeSets", cfntest.AccessDenied)
		_, err := a.plan("Size=2")
		expect(a.T, "error", err, error(nil))
	})
}

func TestTheSamePlanTwice(t *testing.T) {
	for name, o := range map[string]cfntest.Options{
		"": {}, ", tokens forgotten": {ForgetTokens: true},
	} {
		inAccount(t, "one wins"+name, o, func(a *account) {
			first, _ := a.plan("Size=2")
			second, _ := a.plan("Size=2")
			expect(a.T, "shared", second.ID, first.ID)
			a.OnCall("DescribeChangeSet", 1, func() { // between the check and the execution
				if _, err := a.client.Execute(a.Context(), second); err != nil {
					a.Error(err)
				}
			})
			_, err := a.client.Execute(a.Context(), first)
			expect(a.T, "result", result(err), "refused")
			expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
			before := len(a.Mutations())
			expect(a.T, "discard", a.client.Discard(a.Context(), first), error(nil))
			expect(a.T, "status", a.Status("flow"), "CREATE_IN_PROGRESS")
			for _, call := range a.Mutations()[before:] {
				expect(a.T, "effect of "+call.Action, call.Effect, "")
			}
		})
	}
}

func TestDiscardOfAChangeSetThatIsNotReady(t *testing.T) {
	const code = "InvalidChangeSetStatus"
	const message = "ChangeSet cannot be deleted in its current status of [CREATE_IN_PROGRESS]"
	inAccount(t, "for a moment", cfntest.Options{}, func(a *account) {
		p, _ := a.plan()
		a.FaultError("DeleteChangeSet", 400, code, message, cfntest.Times(3))
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
		expect(a.T, "status", a.Status("flow"), "DELETE_COMPLETE")
	})
	inAccount(t, "for ever", cfntest.Options{}, func(a *account) {
		p, _ := a.plan()
		a.FaultError("DeleteChangeSet", 400, code, message)
		expect(a.T, "discard", result(a.client.Discard(a.Context(), p)), "refused")
		expect(a.T, "status", a.Status("flow"), "REVIEW_IN_PROGRESS")
	})
}

func TestDiscardWaitsForTheEmptyStack(t *testing.T) {
	inAccount(t, "to be gone", cfntest.Options{Scale: 4}, func(a *account) {
		p, _ := a.plan()
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "status", a.Status("flow"), "DELETE_COMPLETE")
		again, err := a.plan()
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "another stack", again.Stack.ID != p.Stack.ID, true)
	})
	inAccount(t, "but not after an interrupt", cfntest.Options{Scale: 4}, func(a *account) {
		p, _ := a.plan()
		a.Fault("DescribeStackEvents", cfntest.Hang)
		_, err := a.client.Execute(a.interrupted(time.Second), p)
		expect(a.T, "interrupted", err, error(context.DeadlineExceeded))
		begun := time.Now()
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "at once", time.Since(begun) < time.Second, true)
		time.Sleep(time.Minute)
		expect(a.T, "status", a.Status("flow"), "DELETE_COMPLETE")
	})
	inAccount(t, "but not for ever", cfntest.Options{}, func(a *account) {
		p, _ := a.plan()
		a.StaleReads(time.Hour)
		begun := time.Now()
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "patience", time.Since(begun) < staleLimit+time.Minute &&
			strings.HasPrefix(p.Name, "metaflow-cfn-"), true)
	})
}
