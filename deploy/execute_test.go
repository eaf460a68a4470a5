package deploy

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestDeploy(t *testing.T) {
	inAccount(t, "a creation", cfntest.Options{}, func(a *account) {
		o, notes := a.deploy("Size=2")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "outputs", o.Stack.Outputs["Size"], "2")
		expect(a.T, "notes", len(notes), 0)
		expect(a.T, "status", a.Status("flow"), "CREATE_COMPLETE")
	})
	inAccount(t, "a creation that fails", cfntest.Options{}, func(a *account) {
		a.FailCreate("Role", "no more roles (Service: Iam, Status Code: 409, Request ID: 77)")
		o, _ := a.deploy()
		expect(a.T, "result", o.Result, Failed)
		expect(a.T, "status", o.Status, "ROLLBACK_COMPLETE")
		expect(a.T, "cause", o.Cause.LogicalID, "Role")
		expect(a.T, "cancelled", o.Cancelled, 1)
		expect(a.T, "left behind", len(a.Retained()), 0)
	})
	inAccount(t, "an update that fails", cfntest.Options{
		NoRollbackToken: true, PageSize: 3, ShiftPages: true,
	}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailUpdate("Queue", "priority is taken")
		o, _ := a.deploy("Size=2")
		expect(a.T, "result", o.Result, Failed)
		expect(a.T, "status", o.Status, "UPDATE_ROLLBACK_COMPLETE")
		expect(a.T, "cause", o.Cause.Reason, "priority is taken")
	})
	inAccount(t, "a rollback that fails", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailUpdate("Queue", "priority is taken")
		a.FailRollback("Role", "role is locked")
		o, _ := a.deploy("Size=2")
		expect(a.T, "result", o.Result, Stuck)
		expect(a.T, "cause", o.Cause.LogicalID, "Queue")
		expect(a.T, "also", o.Also[0].LogicalID, "Role")
	})
}

func TestDeployOnOldEndpoints(t *testing.T) {
	for name, o := range map[string]cfntest.Options{
		"old endpoints": {NoTokens: true, NoOperationIDs: true},
		"no tokens":     {NoTokens: true},
		"no IDs":        {NoOperationIDs: true},
	} {
		inAccount(t, name, o, func(a *account) {
			a.FailCreate("Role", "no more roles")
			o, _ := a.deploy()
			expect(a.T, "result", o.Result, Failed)
			expect(a.T, "cause", o.Cause.LogicalID, "Role")
		})
	}
}

func TestDeployWithStaleReads(t *testing.T) {
	inAccount(t, "reads that lie and events that are late", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template, Status: "UPDATE_COMPLETE"})
		a.StaleReads(40 * time.Second)
		a.LateEvents(5 * time.Second)
		o, _ := a.deploy("Size=2")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "outputs", o.Stack.Outputs["Size"], "2")
		expect(a.T, "true status", a.Status("flow"), "UPDATE_COMPLETE")
	})
	inAccount(t, "a new stack that is not readable yet", cfntest.Options{}, func(a *account) {
		p, _ := a.plan()
		a.FaultError("DescribeStacks", 400, "ValidationError", "Stack with id flow does not exist",
			cfntest.Times(3))
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		a.FaultError("DescribeStacks", 400, "ValidationError", "Stack with id flow does not exist",
			cfntest.Times(3))
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
	})
	inAccount(t, "a server with another clock", cfntest.Options{}, func(a *account) {
		a.SkewClock(-4 * time.Minute)
		o, notes := a.deploy()
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "notes", len(notes), 0)
	})
}

func TestAnExecutionTakesEffectOnce(t *testing.T) {
	for name, o := range map[string]cfntest.Options{
		"token known": {}, "token forgotten": {ForgetTokens: true},
	} {
		inAccount(t, "reply lost, "+name, o, func(a *account) {
			a.Fault("ExecuteChangeSet", cfntest.ResetAfter, cfntest.Times(4))
			o, _ := a.deploy()
			expect(a.T, "result", o.Result, Succeeded)
			expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
			tokens := map[string]bool{}
			for _, call := range a.Mutations() {
				if call.Action == "ExecuteChangeSet" {
					tokens[call.Params["ClientRequestToken"]] = true
				}
			}
			expect(a.T, "tokens", len(tokens), 1)
		})
	}
	inAccount(t, "request lost", cfntest.Options{}, func(a *account) {
		a.Fault("ExecuteChangeSet", cfntest.ResetBefore, cfntest.Times(5))
		o, _ := a.deploy()
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "replies lost, event log not readable", cfntest.Options{
		ForgetTokens: true,
	}, func(a *account) {
		p, _ := a.plan()
		a.Fault("DescribeStackEvents", cfntest.AccessDenied)
		a.Fault("ExecuteChangeSet", cfntest.ResetAfter, cfntest.Times(1))
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		for range op.Events(a.Context()) {
		}
		expect(a.T, "result", op.Outcome().Result, Succeeded)
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
	})
	inAccount(t, "every reply lost", cfntest.Options{}, func(a *account) {
		a.Fault("ExecuteChangeSet", cfntest.ResetAfter)
		o, _ := a.deploy()
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
	})
}

func TestAnExecutionThatIsNotKnown(t *testing.T) {
	inAccount(t, "every request lost", cfntest.Options{}, func(a *account) {
		p, _ := a.plan()
		a.Fault("ExecuteChangeSet", cfntest.ResetBefore)
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "result", result(err), "unknown")
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		time.Sleep(time.Minute)
		expect(a.T, "empty stack", a.stack("flow").Exists(), false)
	})
	inAccount(t, "interrupted while the request is under way", cfntest.Options{
		Latency: 2 * time.Second,
	}, func(a *account) {
		p, _ := a.plan()
		ctx, cancel := context.WithCancelCause(a.Context())
		gone := errors.New("interrupted")
		// Status, events, change set; then the execution.
		time.AfterFunc(7*time.Second, func() { cancel(gone) })
		op, err := a.client.Execute(ctx, p)
		if err != nil {
			a.Fatal(err)
		}
		for range op.Events(ctx) {
			a.Error("an event after the end")
		}
		expect(a.T, "result", op.Outcome().Result, Running)
		expect(a.T, "error", op.Outcome().Err, gone)
		a.client.Discard(a.Context(), p)
		expect(a.T, "deletions", a.calls("DeleteStack")+a.calls("DeleteChangeSet"), 0)
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
	})
}

func TestWithoutTheEventLog(t *testing.T) {
	inAccount(t, "deploy", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStackEvents", cfntest.AccessDenied)
		p, _ := a.plan()
		a.FailCreate("Role", "no more roles")
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		var notes []string
		for e := range op.Events(a.Context()) {
			notes = append(notes, e.Note)
		}
		expect(a.T, "result", op.Outcome().Result, Failed)
		expect(a.T, "notes", notes, []string{"these credentials may not call " +
			"cloudformation:DescribeStackEvents; the status alone is followed"})
	})
	inAccount(t, "watch", cfntest.Options{}, func(a *account) {
		a.deploy()
		a.Fault("DescribeStackEvents", cfntest.AccessDenied)
		op, err := a.client.Watch(a.Context(), a.stack("flow"))
		if err != nil {
			a.Fatal(err)
		}
		for range op.Events(a.Context()) {
		}
		expect(a.T, "result", op.Outcome().Result, Succeeded)
	})
}

func TestEveryReplyUnreadableOnce(t *testing.T) {
	actions := []string{"DescribeStacks", "ListChangeSets", "CreateChangeSet", "DescribeChangeSet",
		"DescribeStackEvents", "ExecuteChangeSet"}
	inAccount(t, "malformed", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		for _, action := range actions {
			a.Fault(action, cfntest.Malformed, cfntest.Times(1))
		}
		o, _ := a.deploy("Size=2")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
	})
	inAccount(t, "empty", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		for _, action := range append(actions, "DeleteChangeSet") {
			a.FaultReply(action, 200, "", cfntest.Times(1))
		}
		o, _ := a.deploy("Size=2")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
	})
}
