package deploy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/cfntest"
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
	inAccount(t, "an update that fails", cfntest.Options{NoRollbackToken: true, PageSize: 3, ShiftPages: true}, func(a *account) {
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
		a.FaultError("DescribeStacks", 400, "ValidationError", "Stack with id flow does not exist", cfntest.Times(3))
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		a.FaultError("DescribeStacks", 400, "ValidationError", "Stack with id flow does not exist", cfntest.Times(3))
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
	for name, o := range map[string]cfntest.Options{"token known": {}, "token forgotten": {ForgetTokens: true}} {
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
		expect(a.T, "shell", a.stack("flow").Exists(), false)
	})
	inAccount(t, "interrupted while the request is under way", cfntest.Options{Latency: 2 * time.Second}, func(a *account) {
		p, _ := a.plan()
		ctx, cancel := context.WithCancelCause(a.Context())
		gone := errors.New("interrupted")
		time.AfterFunc(7*time.Second, func() { cancel(gone) }) // status, events, change set, then the execution
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

func TestWhatIsUnderWayIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		slow := func(ctx context.Context, in *string, _ ...options) (*string, error) {
			return in, sleep(ctx, 5*time.Second)
		}
		out, err := mutate(ctx, &Client{}, slow, new("done"))
		if err != nil || *out != "done" {
			t.Error("the request was cut off", err)
		}
		_, err = call(ctx, &Client{}, slow, new("done"))
		expect(t, "a read", errors.Is(err, context.DeadlineExceeded), true)
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
		expect(a.T, "notes", notes, []string{"these credentials may not call cloudformation:DescribeStackEvents; the status alone is followed"})
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

func TestSomebodyWasFaster(t *testing.T) {
	inAccount(t, "before the execution", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, _ := a.plan("Size=2")
		if err := a.ForeignUpdate("flow"); err != nil {
			a.Fatal(err)
		}
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "status", strings.Contains(err.Error(), "UPDATE_IN_PROGRESS"), true)
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
	})
	inAccount(t, "while the change set is made", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.OnCall("CreateChangeSet", 1, func() { a.ForeignUpdate("flow") })
		_, err := a.plan("Size=2")
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	})
	inAccount(t, "with the same plan, before we look", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, _ := a.plan("Size=2")
		other, _ := a.plan("Size=2")
		if _, err := a.client.Execute(a.Context(), other); err != nil {
			a.Fatal(err)
		}
		time.Sleep(time.Hour)
		begun := time.Now()
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "at once", time.Since(begun) < time.Second, true)
		expect(a.T, "requests", a.calls("ExecuteChangeSet"), 1)
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
	})
	inAccount(t, "between plan and execution", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, _ := a.plan("Size=2")
		a.ForeignUpdate("flow")
		time.Sleep(time.Hour)
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "discard", a.client.Discard(a.Context(), p), error(nil))
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	})
}

func TestSomebodyInterferes(t *testing.T) {
	inAccount(t, "and removed the change set", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, _ := a.plan("Size=2")
		other := *p
		if err := a.client.Discard(a.Context(), &other); err != nil {
			a.Fatal(err)
		}
		begun := time.Now()
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "error", strings.Contains(err.Error(), "somebody else removed the change set"), true)
		expect(a.T, "soon", time.Since(begun) < 3*time.Second, true) // it is looked for twice
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 0)
	})
	inAccount(t, "and removed the stack", cfntest.Options{}, func(a *account) {
		p, _ := a.plan()
		a.ForeignDelete("flow")
		time.Sleep(time.Hour)
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "executions", a.calls("ExecuteChangeSet"), 0)
	})
	inAccount(t, "at the same moment", cfntest.Options{}, func(a *account) {
		first, _ := a.plan()
		second, _ := a.client.Plan(a.Context(), Stack{Name: "flow"}, Request{Template: []byte(template)})
		a.OnCall("DescribeChangeSet", 1, func() { // between the check and the execution
			op, err := a.client.Execute(context.WithoutCancel(a.Context()), second)
			if err != nil || op == nil {
				a.Error(err)
			}
		})
		_, err := a.client.Execute(a.Context(), first)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 1)
		expect(a.T, "discard", a.client.Discard(a.Context(), first), error(nil))
		expect(a.T, "deletions", a.effects("DeleteStack"), 0)
	})
}

func TestSomebodyCancels(t *testing.T) {
	inAccount(t, "somebody cancels our update", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, _ := a.plan("Size=2")
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		time.AfterFunc(5*time.Second, func() { a.ForeignCancel("flow") })
		_, notes := a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Failed)
		expect(a.T, "notes", len(notes) == 1 && strings.Contains(notes[0], "has taken over"), true)
	})
}
