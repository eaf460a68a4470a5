package deploy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

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
		expect(a.T, "soon", time.Since(begun) < 3*time.Second, true) // it is looked up twice
		expect(a.T, "executions", a.effects("ExecuteChangeSet"), 0)
	})
	inAccount(t, "and removes the change set at the last moment", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, _ := a.plan("Size=2")
		other := *p
		a.OnCall("DescribeChangeSet", 1, func() { a.client.Discard(a.Context(), &other) })
		begun := time.Now()
		_, err := a.client.Execute(a.Context(), p)
		expect(a.T, "error", strings.Contains(err.Error(), "somebody else removed the change set"), true)
		expect(a.T, "soon", time.Since(begun) < 3*time.Second, true)
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
