package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
)

func TestState(t *testing.T) {
	t.Parallel()
	b := &beside.Batch{}
	c := client(t, b)
	for _, on := range []bool{false, true} {
		if err := c.Enable(t.Context(), queue, on); err != nil {
			t.Fatal(err)
		}
		if got, err := c.State(t.Context(), queue); err != nil || got != (State{on, true}) {
			t.Errorf("set to %t: %+v, %v", on, got, err)
		}
	}
	b.Remove(queue)
	if _, err := c.State(t.Context(), queue); !errors.Is(err, ErrNoQueue) {
		t.Errorf("a queue that is deleted: %v", err)
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange  func(b *beside.Batch)
		reason   string
		within   time.Duration // 0: for ever
		fails    string        // "" for success
		told     []string
		numbered map[string]int // calls
	}{
		"empty": {told: []string{"no jobs are on the queue Q"},
			numbered: map[string]int{"UpdateJobQueue": 0, "TerminateJob": 0}},
		"jobs end": {arrange: func(b *beside.Batch) { b.Put(2, beside.Job{Status: "RUNNING", For: 500 * time.Millisecond}) },
			told:     []string{"2 jobs are running on the queue Q", "no jobs are on the queue Q"},
			numbered: map[string]int{"TerminateJob": 0}},
		"jobs are terminated, each once": {reason: "test",
			arrange: func(b *beside.Batch) {
				b.Put(30, beside.Job{Status: "RUNNING"})
				b.Put(1, beside.Job{Status: "RUNNABLE"})
			},
			told: []string{"30 jobs are running and 1 waits on the queue Q",
				"no jobs are on the queue Q"},
			numbered: map[string]int{"TerminateJob": 31}},
		"an error that passes": {arrange: func(b *beside.Batch) { b.Fail("ListJobs", 1) },
			told: []string{"no jobs are on the queue Q"}},
		"a job whose termination fails once": {reason: "test",
			arrange: func(b *beside.Batch) {
				b.Put(1, beside.Job{Status: "RUNNING"})
				b.Fail("TerminateJob", 1)
			},
			told: []string{"1 job is running on the queue Q", "1 job is running on the queue Q",
				"no jobs are on the queue Q"},
			numbered: map[string]int{"TerminateJob": 2}},
		"no permission": {reason: "test",
			arrange: func(b *beside.Batch) {
				b.Put(1, beside.Job{Status: "RUNNING"})
				b.Deny("TerminateJob")
			},
			fails: "AccessDeniedException", told: []string{"1 job is running on the queue Q"},
			numbered: map[string]int{"TerminateJob": 1}},
		"the queue is deleted meanwhile": {arrange: func(b *beside.Batch) { b.Remove(queue) },
			told: []string{"no jobs are on the queue Q"}},
		"time is over": {within: 300 * time.Millisecond, fails: "too long",
			arrange: func(b *beside.Batch) { b.Put(1, beside.Job{Status: "RUNNING"}) },
			told:    []string{"1 job is running on the queue Q"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &beside.Batch{}
			if test.arrange != nil {
				test.arrange(b)
			}
			ctx := t.Context()
			if test.within > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeoutCause(ctx, test.within, errors.New("too long"))
				defer cancel()
			}
			var told []string
			err := client(t, b).Drain(ctx, Drain{Queue: queue, Reason: test.reason, Tell: func(c Count) {
				told = append(told, strings.Replace(c.String(), queue, "Q", 1))
			}})
			if test.fails == "" && err != nil || err != nil && !strings.Contains(err.Error(), test.fails) ||
				err == nil && test.fails != "" {
				t.Errorf("error %v, want %q", err, test.fails)
			}
			if !slices.Equal(told, test.told) {
				t.Errorf("told %q, want %q", told, test.told)
			}
			for action, want := range test.numbered {
				if got := timesOf(b, action); got != want {
					t.Errorf("%s was called %d times, want %d", action, got, want)
				}
			}
		})
	}
}

// timesOf returns how often an action was called.
func timesOf(b *beside.Batch, action string) (n int) {
	for _, call := range b.Calls() {
		if call.Action == action {
			n++
		}
	}
	return n
}
