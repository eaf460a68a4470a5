package deploy

import (
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
)

func TestPace(t *testing.T) {
	bubble(t, "few calls when quiet, fast when something happens", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "300s A CREATE_COMPLETE", "600s stack CREATE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "600s CREATE_COMPLETE")
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		minutes := s.now().Minutes()
		calls := s.calls["DescribeStackEvents"] + s.calls["DescribeStacks"]
		if rate := float64(calls) / minutes; rate > 16 {
			t.Errorf("%.1f calls a minute when quiet", rate)
		}
		if s.now() > 606*time.Second {
			t.Errorf("the end was seen after %s", s.now()-600*time.Second)
		}
		for i, at := range s.times[1:] {
			if gap := at - s.times[i]; gap > 5*time.Second*115/100 {
				t.Errorf("%s without a poll at %s", gap, at)
			}
		}
	})
	bubble(t, "one second in the end game", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "1s A CREATE_IN_PROGRESS", "2s A CREATE_COMPLETE",
			"60s stack CREATE_COMPLETE")
		s.reads("0s CREATE_IN_PROGRESS", "60s CREATE_COMPLETE")
		op := s.op(states.KindCreate)
		op.Planned = 1
		follow(t.Context(), op)
		if s.now() > 62*time.Second {
			t.Errorf("the end was seen after %s", s.now()-60*time.Second)
		}
		// The poll that brought the terminal event ended the wait.
		expect(t, "status reads", s.calls["DescribeStacks"], 1)
	})
	t.Run("recovery from throttling", func(t *testing.T) {
		p := newPace()
		for range 10 {
			p.throttled()
		}
		expect(t, "slowest", p.interval, maxBackoff)
		p.answered(true)
		expect(t, "after one good poll", p.interval, 54*time.Second)
		for range 60 {
			p.answered(true)
		}
		expect(t, "recovered", p.interval, fastest)
	})
}
