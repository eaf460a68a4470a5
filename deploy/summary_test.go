package deploy

import (
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
)

func TestRootCause(t *testing.T) {
	bubble(t, "the first failure in time, siblings counted", func(t *testing.T, s *script) {
		s.tells(
			"0s stack CREATE_IN_PROGRESS",
			"1s Queue CREATE_IN_PROGRESS",
			"2s Compute CREATE_FAILED Instance type can only be one of [c5, m5] "+
				"(Service: Batch, Status Code: 400, Request ID: 1b1c7e0e)",
			"2s Queue CREATE_FAILED Resource creation cancelled",
			"2s Role CREATE_FAILED Resource creation Cancelled",
			"2s Nat CREATE_FAILED AddressLimitExceeded",
			"3s stack ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Compute, Queue].",
			"4s Compute DELETE_FAILED it is used",
			"4s Bucket DELETE_SKIPPED",
			"5s stack ROLLBACK_COMPLETE",
		)
		s.reads("0s CREATE_IN_PROGRESS", "5s ROLLBACK_COMPLETE")
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		o := op.Outcome()
		expect(t, "cause", o.Cause.LogicalID, "Compute")
		text, code, request := o.Cause.Message()
		expect(t, "message", []string{text, code, request},
			[]string{"Instance type can only be one of [c5, m5]", "", "1b1c7e0e"})
		expect(t, "also", len(o.Also), 1)
		expect(t, "also", o.Also[0].LogicalID, "Nat")
		expect(t, "cancelled", o.Cancelled, 2)
		expect(t, "left", len(o.Left), 1)
		expect(t, "left", o.Left[0].LogicalID, "Bucket")
	})
	bubble(t, "what the stack says when no resource says anything", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "2s A CREATE_FAILED Resource creation cancelled",
			"2s stack ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout.",
			"5s stack ROLLBACK_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "5s ROLLBACK_COMPLETE")
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		expect(t, "cause", op.Outcome().Cause.Reason,
			"Stack creation time exceeded the specified timeout.")
	})
}

func TestASuccessHasNoCause(t *testing.T) {
	bubble(t, "but may leave resources behind", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "1s stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
			"2s Old DELETE_FAILED in use", "3s Other DELETE_FAILED in use", "4s Other DELETE_COMPLETE",
			"5s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_IN_PROGRESS", "5s UPDATE_COMPLETE")
		op := s.op(states.KindUpdate)
		follow(t.Context(), op)
		o := op.Outcome()
		expect(t, "result", o.Result, Succeeded)
		expect(t, "cause", o.Cause == nil, true)
		expect(t, "left", len(o.Left), 1)
		expect(t, "left", o.Left[0].LogicalID, "Old")
	})
}
