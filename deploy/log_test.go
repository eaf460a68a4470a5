package deploy

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// many scripts an update of n resources whose events all appear after a second.
func many(s *script, n int) (want []string) {
	s.tells("0s stack UPDATE_IN_PROGRESS")
	want = append(want, "flow UPDATE_IN_PROGRESS")
	for i := range n {
		s.tells(fmt.Sprintf("1s R%d UPDATE_COMPLETE", i))
		want = append(want, fmt.Sprintf("R%d UPDATE_COMPLETE", i))
	}
	s.tells("1s stack UPDATE_COMPLETE")
	s.reads("0s UPDATE_IN_PROGRESS op-1", "1s UPDATE_COMPLETE op-1")
	return append(want, "flow UPDATE_COMPLETE")
}

func TestEventsAreYieldedOnceAndInOrder(t *testing.T) {
	bubble(t, "250 events in one tick", func(t *testing.T, s *script) {
		want := many(s, 250)
		got, notes := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, want)
		expect(t, "notes", len(notes), 0)
	})
	bubble(t, "pages that shift while they are read", func(t *testing.T, s *script) {
		s.pageSize = 10
		want := many(s, 45)
		late := 0
		s.onPage = func(page int) {
			if page == 2 && late < 15 {
				for range 5 {
					s.tells(fmt.Sprintf("1s Late%d UPDATE_COMPLETE", late))
					want = append(want, fmt.Sprintf("Late%d UPDATE_COMPLETE", late))
					late++
				}
				s.tells("1s stack UPDATE_COMPLETE")
				want = append(want, "flow UPDATE_COMPLETE")
			}
		}
		op := s.op(states.KindUpdate)
		got, _ := follow(t.Context(), op)
		more, _ := follow(t.Context(), op)
		expect(t, "events", got, want[:len(got)])
		expect(t, "events after the end", len(more), 0)
		if len(got) < 47 {
			t.Errorf("only %d events", len(got))
		}
	})
}

func TestEventsAreNeitherSortedNorOld(t *testing.T) {
	bubble(t, "an event that appears below known ones", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "0s A UPDATE_IN_PROGRESS", "4s Late UPDATE_FAILED why",
			"1s A UPDATE_COMPLETE", "9s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_IN_PROGRESS", "9s UPDATE_COMPLETE")
		got, _ := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, []string{"flow UPDATE_IN_PROGRESS", "A UPDATE_IN_PROGRESS",
			"A UPDATE_COMPLETE", "Late UPDATE_FAILED", "flow UPDATE_COMPLETE"})
	})
	bubble(t, "CloudFormation's order, whatever the times say", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "2s B CREATE_COMPLETE", "2s A CREATE_COMPLETE",
			"1s C CREATE_COMPLETE", "3s stack CREATE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "3s CREATE_COMPLETE")
		time.Sleep(3 * time.Second)
		got, _ := follow(t.Context(), s.op(states.KindCreate))
		expect(t, "events", got, []string{"flow CREATE_IN_PROGRESS", "B CREATE_COMPLETE",
			"A CREATE_COMPLETE", "C CREATE_COMPLETE", "flow CREATE_COMPLETE"})
	})
	bubble(t, "nothing from before the anchor", func(t *testing.T, s *script) {
		s.log(arn, "theirs", "op-0", "0s stack UPDATE_IN_PROGRESS")
		anchor := s.log(arn, "theirs", "op-0", "0s stack UPDATE_COMPLETE")
		want := many(s, 3)
		op := s.op(states.KindUpdate)
		op.root.Anchor = *anchor.event.EventId
		got, _ := follow(t.Context(), op)
		expect(t, "events", got, want)
	})
}

func TestFailingPageLosesNothing(t *testing.T) {
	bubble(t, "page 2 fails once", func(t *testing.T, s *script) {
		want := many(s, 150)
		failed := 0
		s.failEvents = func(_ int, page string) error {
			if page != "" && failed == 0 {
				failed++
				return fault400("Throttling", "Rate exceeded")
			}
			return nil
		}
		got, notes := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, want)
		expect(t, "notes", len(notes), 0)
		expect(t, "failures", failed, 1)
	})
	bubble(t, "page 2 fails until the batch is given up", func(t *testing.T, s *script) {
		want := many(s, 150)
		failed := 0
		s.failEvents = func(_ int, page string) error {
			if page != "" && failed <= 3+2 {
				failed++
				return errReset
			}
			return nil
		}
		got, notes := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, want)
		expect(t, "notes", notes,
			[]string{"CloudFormation is not answering (deserialization failed, unexpected EOF), retrying"})
	})
}

func TestOddPagesLoseNothing(t *testing.T) {
	bubble(t, "page 2 is refused", func(t *testing.T, s *script) {
		want := many(s, 150)
		refused := false
		s.failEvents = func(_ int, page string) error {
			if page != "" && !refused {
				refused = true
				return fault400("ValidationError", "NextToken is not valid")
			}
			return nil
		}
		got, _ := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, want)
	})
	bubble(t, "page 2 is answered with nothing", func(t *testing.T, s *script) {
		want := many(s, 150)
		spoilt := false
		s.spoil = func(page string, out *cloudformation.DescribeStackEventsOutput) {
			if page != "" && !spoilt {
				spoilt, out.StackEvents, out.NextToken = true, nil, nil
			}
		}
		got, _ := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, want)
	})
	bubble(t, "an endless list", func(t *testing.T, s *script) {
		s.pageSize = 1
		many(s, 300)
		s.reads("1s UPDATE_COMPLETE op-1")
		got, notes := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "pages", s.calls["DescribeStackEvents"] >= transport.MaxPages &&
			s.calls["DescribeStackEvents"] < transport.MaxPages+20, true)
		expect(t, "events", len(got), transport.MaxPages+1) // one more was visible before
		expect(t, "notes", notes, []string{"the event log does not end; older events may be missing"})
	})
}
