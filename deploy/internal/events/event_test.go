package events

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

func expect[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func TestWarningsAreNoFailures(t *testing.T) {
	event := types.StackEvent{HookType: new("H"), HookStatus: types.HookStatusHookCompleteFailed,
		ResourceStatus: types.ResourceStatusCreateInProgress}
	expect(t, "a hook that fails", FromStack(event, "").Failed(), true)
	event.HookFailureMode = types.HookFailureModeWarn
	expect(t, "a hook that warns", FromStack(event, "").Failed(), false)
	for _, c := range []struct {
		status types.ValidationStatus
		mode   types.HookFailureMode
		want   bool
	}{
		{types.ValidationStatusFailed, types.HookFailureModeFail, true},
		{types.ValidationStatusFailed, "", true},
		{types.ValidationStatusFailed, types.HookFailureModeWarn, false},
		{types.ValidationStatusSkipped, "", false},
	} {
		e := FromOperation(types.OperationEvent{EventType: types.EventTypeValidationError,
			ValidationStatus: c.status, ValidationFailureMode: c.mode, ValidationStatusReason: new("why")})
		expect(t, string(c.status+"/")+string(c.mode), e.Failed(), c.want)
	}
}

func TestHookThatOnlyTheOperationTellsOf(t *testing.T) {
	in := types.OperationEvent{EventType: types.EventTypeHookInvocationError, HookType: new("H"),
		HookStatus:       types.HookStatusHookCompleteFailed,
		HookStatusReason: new("not tagged"), LogicalResourceId: new("Bucket")}
	e := FromOperation(in)
	expect(t, "event", []string{e.LogicalID, e.Hook, e.Status, e.Reason},
		[]string{"Bucket", "H", "HOOK_COMPLETE_FAILED", "not tagged"})
	in.HookFailureMode = types.HookFailureModeWarn
	expect(t, "a warning", FromOperation(in).Failed(), false)
}

func TestMerge(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	r := NewSummary()
	r.Add(Event{LogicalID: "B", Time: at(5), Status: "CREATE_FAILED",
		Reason: "The following hook(s) failed: [H]"}, "")
	r.Merge(Event{LogicalID: "B", Time: at(4), Hook: "H", Reason: "no tags", Property: "/p"})
	r.Merge(Event{LogicalID: "C", Time: at(9), Reason: "later"})
	r.Merge(Event{LogicalID: "A", Time: at(1), Reason: "earlier"})
	r.Merge(Event{LogicalID: "A", Time: at(2), Reason: "again"})
	r.Merge(Event{LogicalID: "flow", Type: StackType, Reason: "the stack"})
	var got []string
	for _, e := range r.causes {
		got = append(got, e.LogicalID+" "+e.Hook+" "+e.Reason)
	}
	expect(t, "causes", got, []string{"A  earlier", "B H no tags", "C  later"})
}

func TestNameInANestedStack(t *testing.T) {
	e := Event{Path: "Network", LogicalID: "Vpc", stackName: "flow-Network-1ABC"}
	expect(t, "name", e.Name(), "flow-Network-1ABC.Vpc")
}
