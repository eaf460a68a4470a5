package deploy

import (
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// judge compares the reported outcome and events with the server's state.
func (x *trial) judge() {
	x.Helper()
	o := x.op.Outcome()
	history := x.history()
	if n := x.effects("ExecuteChangeSet"); n > 1 {
		x.Errorf("%d executions took effect", n)
	}
	if n := len(x.Mutations()); n > x.before {
		x.Errorf("%s was called while waiting", x.Mutations()[x.before].Action)
	}
	deleted := x.op.Kind == states.KindDelete && x.Status("flow") == "DELETE_COMPLETE"
	if len(history) == 0 && deleted && o.Result == Succeeded {
		return // somebody else's deletion ended before ours
	}
	if len(history) == 0 {
		x.Errorf("nothing has begun; the outcome is %s %s (%v)", o.Result, o.Status, o.Err)
		return
	}
	status := history[len(history)-1].Status
	if x.degraded() && o.Status != status { // only the status could be followed
		status = x.Status(x.op.StackID)
	}
	if want := verdict(x.op.Kind, status); o.Status != status || o.Result != want {
		x.Errorf("%s: %s %s (%v), want %s %s", x.op.Kind, o.Result, o.Status, o.Err, want, status)
	}
	x.judgeEvents(history)
	if x.Failed() {
		x.explain(history)
	}
}

// explain logs the events that were yielded, those that happened, and the calls.
func (x *trial) explain(history []cfntest.Event) {
	const form = "15:04:05.000"
	x.Logf("notes %q, events %s late", x.notes, x.late)
	for _, e := range x.got {
		x.Logf("told %s %s %s", e.Time.Format(form), e.LogicalID, e.Status)
	}
	for _, e := range history {
		x.Logf("true %s %s %s", e.At.Format(form), e.LogicalID, e.Status)
	}
	for _, call := range x.Calls() {
		x.Logf("%s %s %s %s", call.At.Format(form), call.Action, call.Fault, call.Effect)
	}
}

// history returns the server's events of the operation, from its first to its last, or to the last
// event of an operation that took over.
func (x *trial) history() (out []cfntest.Event) {
	terminal := false
	started := false
	for _, e := range x.Events(x.op.StackID) {
		root := e.PhysicalID == x.op.StackID
		switch {
		case !started:
			started = root && e.ID != x.op.root.Anchor && x.isBegin(e)
		case terminal && root && states.Starts(e.Status):
			return out
		}
		if started {
			out = append(out, e)
		}
		if started && root {
			terminal = !strings.HasSuffix(e.Status, "_IN_PROGRESS")
		}
	}
	// Events of resources after the end belong to the clean-up.
	for len(out) > 0 && out[len(out)-1].PhysicalID != x.op.StackID {
		out = out[:len(out)-1]
	}
	return out
}

// isBegin reports whether an event is the first of the operation: on old endpoints the first after
// the seeded history, which is older.
func (x *trial) isBegin(e cfntest.Event) bool {
	if e.Token == "" || x.op.Kind == states.KindDelete { // whoever deletes it
		return !e.At.Before(x.begun) && e.Status == x.op.Kind+"_IN_PROGRESS"
	}
	return e.Token == x.op.Token
}

// verdict returns the result of an operation that ends in a status, by other rules than the table
// of package states.
func verdict(kind, status string) Result {
	switch {
	case status == "DELETE_COMPLETE" && kind == states.KindDelete, status == kind+"_COMPLETE":
		return Succeeded
	case strings.HasSuffix(status, "_FAILED"):
		return Stuck
	case strings.HasSuffix(status, "ROLLBACK_COMPLETE"), status == "DELETE_COMPLETE":
		return Failed
	}
	return Running
}

// judgeEvents checks that each event was yielded once, none is missing, and all are attributed
// correctly.
func (x *trial) judgeEvents(history []cfntest.Event) {
	told := map[string]int{}
	var order []string
	for _, e := range x.got {
		if told[e.ID]++; told[e.ID] == 2 {
			x.Errorf("told twice: %s %s", e.LogicalID, e.Status)
		}
		order = append(order, e.ID)
		if strings.HasPrefix(e.Token, "foreign-") && e.Ours {
			x.Errorf("told as ours: %s %s of %s", e.LogicalID, e.Status, e.Token)
		}
	}
	var want []string
	shown, whole := x.lastPoll(), !x.degraded() && !x.loops
	for _, e := range history {
		want = append(want, e.ID)
		if told[e.ID] == 0 && whole && !e.At.Add(x.late).After(shown) {
			x.Errorf("not told: %s %s %s", e.At.Format(time.TimeOnly), e.LogicalID, e.Status)
		}
	}
	order = slices.DeleteFunc(order, func(id string) bool { return !slices.Contains(want, id) })
	if whole && x.late == 0 && !x.shifts && !slices.Equal(order, want) {
		x.Errorf("told in another order")
	}
}

// lastPoll returns the time on the server's clock at which the last read of the event log began.
func (x *trial) lastPoll() (at time.Time) {
	for _, call := range x.Calls() {
		if call.Action == "DescribeStackEvents" && call.Params["NextToken"] == "" && call.Fault == "" {
			at = call.At
		}
	}
	return at
}
