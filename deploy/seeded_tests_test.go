package deploy

import (
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestEventsSinceTheExecution checks that the wait yields the very first event, although the reply
// to the execution comes after it and other events are already visible.
func TestEventsSinceTheExecution(t *testing.T) {
	inAccount(t, "all of ours, none before", cfntest.Options{
		Scale: 1e-6, Latency: time.Second,
	}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		p, err := a.plan("Size=2")
		if err != nil {
			a.Fatal(err)
		}
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		var got, want []string
		for e := range op.Events(a.Context()) {
			got = append(got, e.ID)
		}
		for _, e := range a.Events("flow") {
			if e.Token == op.Token {
				want = append(want, e.ID)
			}
		}
		expect(a.T, "begun", len(want) > 3, true)
		expect(a.T, "events", got, want)
	})
}

// TestLeavingChangesNothing leaves the wait of every kind of operation.
func TestLeavingChangesNothing(t *testing.T) {
	for _, kind := range []string{states.KindCreate, states.KindUpdate, states.KindDelete} {
		inAccount(t, kind, cfntest.Options{}, func(a *account) {
			if kind != states.KindCreate {
				a.Seed(cfntest.Stack{Name: "flow", Template: template})
			}
			op := a.begin(kind)
			calls, status := len(a.Mutations()), a.Status("flow")
			for range op.Events(a.interrupted(3 * time.Second)) {
			}
			expect(a.T, "result", op.Outcome().Result, Running)
			expect(a.T, "mutating calls", len(a.Mutations()), calls)
			expect(a.T, "status", a.Status("flow"), status)
		})
	}
}

// begin starts an operation.
func (a *account) begin(kind string) *Operation {
	a.Helper()
	var op *Operation
	var err error
	if kind == states.KindDelete {
		op, err = a.client.Delete(a.Context(), a.stack("flow"), nil, false, "")
	} else {
		var p *Plan
		if p, err = a.plan("Size=2"); err == nil {
			op, err = a.client.Execute(a.Context(), p)
		}
	}
	if err != nil {
		a.Fatal(err)
	}
	return op
}
