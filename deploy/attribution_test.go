package deploy

import (
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
)

func TestWhoseEventsTheyAre(t *testing.T) {
	bubble(t, "a rollback is an operation of its own, and ours", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "1s A CREATE_FAILED quota exceeded")
		s.log(arn, "", "op-2",
			"2s stack ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [A].")
		s.log(arn, "", "op-2", "3s A DELETE_COMPLETE")
		s.log(arn, "", "op-2", "4s stack ROLLBACK_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "2s ROLLBACK_IN_PROGRESS", "4s ROLLBACK_COMPLETE")
		op := s.op(states.KindCreate)
		lines, notes := follow(t.Context(), op)
		expect(t, "foreign events", strings.Contains(strings.Join(lines, "\n"), "(other)"), false)
		expect(t, "notes", len(notes), 0)
		expect(t, "result", op.Outcome().Result, Failed)
		expect(t, "cause", op.Outcome().Cause.LogicalID, "A")
	})
	bubble(t, "late events of the operation before", func(t *testing.T, s *script) {
		s.log(arn, "theirs", "op-0", "1s A UPDATE_FAILED their failure")
		s.log(arn, "theirs", "op-0", "1s stack UPDATE_ROLLBACK_COMPLETE")
		s.tells("3s stack UPDATE_IN_PROGRESS", "9s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_ROLLBACK_COMPLETE op-0", "3s UPDATE_IN_PROGRESS op-1",
			"9s UPDATE_COMPLETE op-1")
		op := s.op(states.KindUpdate, "UPDATE_ROLLBACK_COMPLETE", "op-0")
		lines, _ := follow(t.Context(), op)
		expect(t, "events", lines, []string{"A UPDATE_FAILED (other)",
			"flow UPDATE_ROLLBACK_COMPLETE (other)", "flow UPDATE_IN_PROGRESS", "flow UPDATE_COMPLETE"})
		expect(t, "result", op.Outcome().Result, Succeeded)
	})
}

func TestSomebodyElsesOperation(t *testing.T) {
	bubble(t, "somebody's operation straight after ours", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "5s stack UPDATE_COMPLETE")
		s.log(arn, "theirs", "op-2", "5s stack UPDATE_IN_PROGRESS")
		s.log(arn, "theirs", "op-2", "6s A UPDATE_FAILED their failure")
		s.log(arn, "theirs", "op-3", "7s stack UPDATE_ROLLBACK_IN_PROGRESS")
		s.reads("0s UPDATE_IN_PROGRESS op-1", "5s UPDATE_IN_PROGRESS op-2",
			"7s UPDATE_ROLLBACK_IN_PROGRESS op-3")
		op := s.op(states.KindUpdate)
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "status", op.Outcome().Status, "UPDATE_COMPLETE")
		expect(t, "end", s.now() < 10*time.Second, true)
	})
	bubble(t, "a deletion by somebody else ends our creation", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "1s A CREATE_COMPLETE")
		s.log(arn, "theirs", "op-2", "3s stack DELETE_IN_PROGRESS User Initiated")
		s.log(arn, "theirs", "op-2", "4s A DELETE_COMPLETE")
		s.log(arn, "theirs", "op-2", "5s stack DELETE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "3s DELETE_IN_PROGRESS", "5s DELETE_COMPLETE")
		op := s.op(states.KindCreate)
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Failed)
		expect(t, "status", op.Outcome().Status, "DELETE_COMPLETE")
		expect(t, "notes", notes,
			[]string{"another operation (theirs) has taken over: DELETE_IN_PROGRESS"})
	})
	bubble(t, "a creation that is deleted because it failed", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "1s A CREATE_FAILED quota exceeded")
		s.log(arn, "", "op-2", "2s stack DELETE_IN_PROGRESS")
		s.log(arn, "", "op-2", "5s stack DELETE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "2s DELETE_IN_PROGRESS", "5s absent")
		op := s.op(states.KindCreate)
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Failed)
		expect(t, "cause", op.Outcome().Cause.LogicalID, "A")
		expect(t, "notes", len(notes), 0)
	})
}

func TestWhatOldAndFutureEndpointsSay(t *testing.T) {
	bubble(t, "no token and no operation ID", func(t *testing.T, s *script) {
		s.log(arn, "", "", "1s stack UPDATE_COMPLETE") // late event of the previous operation
		s.log(arn, "", "", "2s stack UPDATE_IN_PROGRESS")
		s.log(arn, "", "", "9s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_COMPLETE", "2s UPDATE_IN_PROGRESS", "9s UPDATE_COMPLETE")
		op := s.op(states.KindUpdate, "UPDATE_COMPLETE", "")
		follow(t.Context(), op)
		expect(t, "no waiting for what such an endpoint never tells", s.now() < 12*time.Second, true)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "end", s.now() >= 9*time.Second, true)
	})
	bubble(t, "a status from the future", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "2s stack UPDATE_DREAMING_IN_PROGRESS",
			"9s stack UPDATE_DREAMT")
		s.reads("0s UPDATE_IN_PROGRESS", "2s UPDATE_DREAMING_IN_PROGRESS", "9s UPDATE_DREAMT")
		op := s.op(states.KindUpdate)
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Unknown)
		expect(t, "status", op.Outcome().Status, "UPDATE_DREAMT")
	})
	bubble(t, "a deleted stack that is not found any more", func(t *testing.T, s *script) {
		s.tells("0s stack DELETE_IN_PROGRESS", "1s A DELETE_SKIPPED")
		s.reads("0s DELETE_IN_PROGRESS", "5s absent")
		op := s.op(states.KindDelete, "CREATE_COMPLETE", "op-0")
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "left", op.Outcome().Left[0].LogicalID, "A")
	})
}

func TestNestedStacks(t *testing.T) {
	child := arn[:len(arn)-4] + "0002"
	bubble(t, "a nested cause comes before the parent's line", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS")
		*s.log(arn, "ours", "op-1", "1s Network CREATE_IN_PROGRESS").event.ResourceType = events.StackType
		nest := func(line string) {
			e := s.log(arn, "ours", "op-1", line)
			*e.event.ResourceType, *e.event.PhysicalResourceId = events.StackType, child
		}
		nest("2s Network CREATE_IN_PROGRESS")
		s.log(child, "other", "op-9", "2s stack CREATE_IN_PROGRESS")
		s.log(child, "other", "op-9", "4s Vpc CREATE_FAILED VPC limit exceeded")
		s.log(child, "other", "op-9",
			"5s stack CREATE_FAILED The following resource(s) failed to create: [Vpc].")
		nest("5s Network CREATE_FAILED Embedded stack " + child + " was not successfully created")
		s.tells("6s stack ROLLBACK_IN_PROGRESS", "9s stack ROLLBACK_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "9s ROLLBACK_COMPLETE")
		time.Sleep(5500 * time.Millisecond)
		op := s.op(states.KindCreate)
		lines, _ := follow(t.Context(), op)
		expect(t, "events", lines, []string{"flow CREATE_IN_PROGRESS", "Network CREATE_IN_PROGRESS",
			"Network CREATE_IN_PROGRESS",
			"Network/flow CREATE_IN_PROGRESS", "Network/Vpc CREATE_FAILED",
			"Network/flow CREATE_FAILED", "Network CREATE_FAILED",
			"flow ROLLBACK_IN_PROGRESS", "flow ROLLBACK_COMPLETE"})
		expect(t, "cause", op.Outcome().Cause.Path+"/"+op.Outcome().Cause.LogicalID, "Network/Vpc")
	})
	bubble(t, "an update does not tell of the nested stack's past", func(t *testing.T, s *script) {
		s.log(child, "x", "op-0", "0s Old CREATE_COMPLETE")
		time.Sleep(10 * time.Second)
		s.tells("10s stack UPDATE_IN_PROGRESS")
		for _, line := range []string{"11s Network UPDATE_IN_PROGRESS", "14s Network UPDATE_COMPLETE"} {
			e := s.log(arn, "ours", "op-1", line)
			*e.event.ResourceType, *e.event.PhysicalResourceId = events.StackType, child
		}
		s.log(child, "ours", "op-1", "12s New CREATE_COMPLETE")
		s.tells("15s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_IN_PROGRESS", "15s UPDATE_COMPLETE")
		lines, _ := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", lines, []string{"flow UPDATE_IN_PROGRESS", "Network UPDATE_IN_PROGRESS",
			"Network/New CREATE_COMPLETE", "Network UPDATE_COMPLETE", "flow UPDATE_COMPLETE"})
	})
}
