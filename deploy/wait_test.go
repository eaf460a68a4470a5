package deploy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

func TestOutcomeComesFromTheStatus(t *testing.T) {
	bubble(t, "a status from before the update is not its end", func(t *testing.T, s *script) {
		// The event log lags by 5 s and the status by 20 s.
		s.tells("6s stack UPDATE_IN_PROGRESS", "40s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_COMPLETE op-0", "20s UPDATE_IN_PROGRESS op-1", "35s UPDATE_COMPLETE op-1")
		op := s.op(states.KindUpdate, "UPDATE_COMPLETE", "op-0")
		follow(t.Context(), op)
		expect(t, "end", s.now() >= 40*time.Second, true)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "outputs", op.Outcome().Stack.Outputs["Of"], "op-1")
	})
	bubble(t, "a status that lags behind the terminal event", func(t *testing.T, s *script) {
		s.tells("1s stack UPDATE_IN_PROGRESS", "5s stack UPDATE_COMPLETE")
		s.reads("0s UPDATE_COMPLETE op-0", "20s UPDATE_COMPLETE op-1")
		op := s.op(states.KindUpdate, "UPDATE_COMPLETE", "op-0")
		_, notes := follow(t.Context(), op)
		expect(t, "outputs", op.Outcome().Stack.Outputs["Of"], "op-1")
		expect(t, "end", s.now() < 23*time.Second, true)
		expect(t, "notes", len(notes), 0)
	})
	bubble(t, "a status that never catches up", func(t *testing.T, s *script) {
		s.tells("1s stack UPDATE_IN_PROGRESS", "5s stack UPDATE_ROLLBACK_COMPLETE")
		s.reads("0s UPDATE_COMPLETE op-0")
		op := s.op(states.KindUpdate, "UPDATE_COMPLETE", "op-0")
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Failed)
		expect(t, "status", op.Outcome().Status, "UPDATE_ROLLBACK_COMPLETE")
		expect(t, "end", s.now() < 40*time.Second, true)
		expect(t, "notes", len(notes), 1)
	})
}

func TestOutcomeWithoutATerminalEvent(t *testing.T) {
	bubble(t, "a terminal event that never comes", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS")
		s.reads("0s CREATE_IN_PROGRESS", "30s CREATE_COMPLETE")
		op := s.op(states.KindCreate)
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "end", s.now() < 100*time.Second, true)
		expect(t, "notes", notes,
			[]string{"the event log is incomplete: the stack is CREATE_COMPLETE and no event says so"})
	})
	bubble(t, "an operation that never begins", func(t *testing.T, s *script) {
		s.reads("0s UPDATE_COMPLETE op-0")
		op := s.op(states.KindUpdate, "UPDATE_COMPLETE", "op-0")
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Unknown)
		expect(t, "end", s.now() > patience[unbegun] && s.now() < 2*patience[unbegun], true)
	})
	bubble(t, "the final poll that fails decides nothing", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "4s stack CREATE_COMPLETE")
		s.reads("0s CREATE_COMPLETE")
		s.failStacks = func(call int) error {
			if call <= 5 {
				return fault400("Throttling", "Rate exceeded")
			}
			return nil
		}
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
	})
}

func TestFailuresThatMayPass(t *testing.T) {
	bubble(t, "a passing failure before the rollback", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "2s stack CREATE_FAILED", "8s stack ROLLBACK_IN_PROGRESS",
			"12s stack ROLLBACK_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "7s ROLLBACK_IN_PROGRESS", "12s ROLLBACK_COMPLETE")
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		expect(t, "status", op.Outcome().Status, "ROLLBACK_COMPLETE")
	})
	bubble(t, "a passing failure that the status shows too", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "2s stack UPDATE_FAILED",
			"6s stack UPDATE_ROLLBACK_IN_PROGRESS", "12s stack UPDATE_ROLLBACK_COMPLETE")
		s.reads("0s UPDATE_IN_PROGRESS op-1", "2s UPDATE_FAILED op-1",
			"6s UPDATE_ROLLBACK_IN_PROGRESS op-1", "12s UPDATE_ROLLBACK_COMPLETE op-1")
		op := s.op(states.KindUpdate)
		follow(t.Context(), op)
		expect(t, "status", op.Outcome().Status, "UPDATE_ROLLBACK_COMPLETE")
		expect(t, "result", op.Outcome().Result, Failed)
	})
	bubble(t, "a failure that stands", func(t *testing.T, s *script) {
		for keep, patience := range map[bool]time.Duration{false: patience[halted], true: 0} {
			s.logs, s.statuses, s.begun = map[string][]*scripted{}, nil, time.Now()
			s.tells("0s stack UPDATE_IN_PROGRESS", "2s stack UPDATE_FAILED")
			s.reads("0s UPDATE_IN_PROGRESS op-1", "2s UPDATE_FAILED op-1")
			op := s.op(states.KindUpdate)
			op.keepFailed = keep
			follow(t.Context(), op)
			expect(t, "result", op.Outcome().Result, Stuck)
			expect(t, "end", s.now() >= 2*time.Second+patience && s.now() < 6*time.Second+patience, true)
		}
	})
}

func TestClocksAreNotCompared(t *testing.T) {
	for _, skew := range []time.Duration{-time.Hour, time.Hour} {
		bubble(t, "server's clock off by "+skew.String(), func(t *testing.T, s *script) {
			s.skew = skew
			want := many(s, 5)
			op := s.op(states.KindUpdate)
			got, _ := follow(t.Context(), op)
			expect(t, "events", got, want)
			expect(t, "end", s.now() < 5*time.Second, true)
		})
	}
}

func TestTroubleIsNeverFatal(t *testing.T) {
	bubble(t, "ten minutes of throttling", func(t *testing.T, s *script) {
		want := many(s, 3)
		s.failEvents = func(int, string) error {
			if s.now() < 10*time.Minute {
				return fault400("Throttling", "Rate exceeded")
			}
			return nil
		}
		s.failStacks = func(int) error { return s.failEvents(0, "") }
		op := s.op(states.KindUpdate)
		got, notes := follow(t.Context(), op)
		expect(t, "events", got, want)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "slow", s.calls["DescribeStackEvents"] < 20, true)
		if len(notes) < 5 || len(notes) > 10 {
			t.Errorf("%d notes, want about one a minute", len(notes))
		}
	})
	bubble(t, "broken connections", func(t *testing.T, s *script) {
		want := many(s, 3)
		s.failEvents = func(int, string) error {
			if s.now() < 50*time.Second {
				return errReset
			}
			return nil
		}
		op := s.op(states.KindUpdate)
		got, _ := follow(t.Context(), op)
		expect(t, "events", got, want)
	})
	bubble(t, "an event log that is broken for good", func(t *testing.T, s *script) {
		many(s, 3)
		s.failEvents = func(int, string) error { return errReset }
		op := s.op(states.KindUpdate)
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "end", s.now() < 3*time.Minute, true)
		expect(t, "last note", notes[len(notes)-1],
			"the event log is incomplete: the stack is UPDATE_COMPLETE and no event says so")
	})
}

func TestNoReply(t *testing.T) {
	bubble(t, "no reply", func(t *testing.T, s *script) {
		want := many(s, 3)
		s.failEvents = func(call int, _ string) error {
			if call < 3 {
				time.Sleep(transport.ReplyLimit + time.Second)
				return context.DeadlineExceeded
			}
			return nil
		}
		got, notes := follow(t.Context(), s.op(states.KindUpdate))
		expect(t, "events", got, want)
		expect(t, "notes", strings.Contains(notes[0], "no reply within 30s"), true)
	})
}

func TestMissingPermissions(t *testing.T) {
	bubble(t, "events may not be read", func(t *testing.T, s *script) {
		many(s, 3)
		s.failEvents = func(int, string) error { return fault400("AccessDenied", "no") }
		op := s.op(states.KindUpdate)
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "notes", notes, []string{"these credentials may not call " +
			"cloudformation:DescribeStackEvents; the status alone is followed"})
	})
	bubble(t, "the status may not be read", func(t *testing.T, s *script) {
		many(s, 3)
		s.failStacks = func(int) error { return fault400("AccessDenied", "no") }
		op := s.op(states.KindUpdate)
		_, notes := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "notes", notes, []string{"these credentials may not call " +
			"cloudformation:DescribeStacks; the event log alone is followed"})
	})
	bubble(t, "neither may be read", func(t *testing.T, s *script) {
		s.failStacks = func(int) error { return fault400("AccessDenied", "no") }
		s.failEvents = func(int, string) error { return fault400("AccessDenied", "no") }
		op := s.op(states.KindUpdate)
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Unknown)
		expect(t, "error", op.Outcome().Err != nil, true)
	})
}

func TestLostCredentials(t *testing.T) {
	expire := func(s *script, until time.Duration) {
		s.failEvents = func(int, string) error {
			if s.now() > 5*time.Second && s.now() < until {
				return fault400("ExpiredToken", "The security token included in the request is expired")
			}
			return nil
		}
	}
	bubble(t, "for good", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "10m stack CREATE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "10m CREATE_COMPLETE")
		expire(s, 5*time.Minute)
		op := s.op(states.KindCreate)
		first, _ := follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, CredentialsLost)
		expect(t, "error", strings.Contains(op.Outcome().Err.Error(), "ExpiredToken"), true)
		expect(t, "status", op.Outcome().Status, "CREATE_IN_PROGRESS")
		expect(t, "patience", s.now() > patience[lost] && s.now() < patience[lost]+time.Minute, true)

		time.Sleep(5 * time.Minute)
		more, _ := follow(t.Context(), op)
		expect(t, "events", append(first, more...),
			[]string{"flow CREATE_IN_PROGRESS", "flow CREATE_COMPLETE"})
		expect(t, "result", op.Outcome().Result, Succeeded)
	})
	bubble(t, "for a minute", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "2m stack CREATE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "2m CREATE_COMPLETE")
		expire(s, time.Minute)
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		expect(t, "result", op.Outcome().Result, Succeeded)
	})
}

func TestLeavingAndComingBack(t *testing.T) {
	bubble(t, "a context that ends", func(t *testing.T, s *script) {
		want := many(s, 4)
		s.tells("30s stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") // never read
		s.logs[arn] = s.logs[arn][:5]
		s.tells("30s stack UPDATE_COMPLETE")
		s.statuses = nil
		s.reads("0s UPDATE_IN_PROGRESS op-1", "30s UPDATE_COMPLETE op-1")
		op := s.op(states.KindUpdate)
		gone := errors.New("interrupted")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, gone)
		defer cancel()
		first, _ := follow(ctx, op)
		expect(t, "left at", s.now(), 10*time.Second)
		expect(t, "result", op.Outcome().Result, Running)
		expect(t, "error", op.Outcome().Err, gone)
		more, _ := follow(t.Context(), op)
		expect(t, "events", append(first, more...), want)
		expect(t, "result", op.Outcome().Result, Succeeded)
		expect(t, "error", op.Outcome().Err, error(nil))
	})
	bubble(t, "a loop that breaks in the middle of a batch", func(t *testing.T, s *script) {
		want := many(s, 20)
		time.Sleep(2 * time.Second)
		op := s.op(states.KindUpdate)
		var got []string
		for len(got) < len(want) {
			for e := range op.Events(t.Context()) {
				got = append(got, e.LogicalID+" "+e.Status)
				if len(got)%7 == 0 {
					break
				}
			}
		}
		expect(t, "events", got, want)
	})
}
