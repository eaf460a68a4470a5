package deploy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestRandomFaults lets random operations on random stacks meet random faults. Whatever
// happens, the report agrees with the server, every event is yielded once, at most one
// execution takes effect, nothing is changed while waiting, and the wait ends.
//
// A seed that fails is run again with -run 'TestRandomFaults/4/1234$'. Only the jitter
// between polls differs then: -count 20 usually meets the same jitter again.
func TestRandomFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs hundreds of operations")
	}
	t.Parallel()
	trials, groups := 3000, 10
	if raced {
		trials = 200
	}
	for group := range groups {
		t.Run(fmt.Sprint(group), func(t *testing.T) {
			t.Parallel()
			for seed := group; seed < trials; seed += groups {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						// An abandoned call may still be on the server, which answers earlier.
						defer time.Sleep(time.Second)
						newTrial(t, uint64(seed)).run()
					})
				})
			}
		})
	}
}

// trial is one operation on one stack, with its faults.
type trial struct {
	*account
	r       *rand.Rand
	random  randomStack
	old     bool          // the endpoint does not return tokens or operations everywhere
	foreign bool          // somebody else interferes
	wide    bool          // all events are on the first page
	late    time.Duration // some events become visible much later
	loops   bool          // pages refer to themselves: the events behind them are lost
	shifts  bool          // pages shift while they are read: newer events appear on later ones

	op     *Operation
	got    []Event
	notes  []string
	before int // mutating calls when the wait began
	ended  time.Time
	begun  time.Time // beginning of the operation, on the server's clock
	skew   time.Duration
}

func newTrial(t *testing.T, seed uint64) *trial {
	r := rand.New(rand.NewPCG(seed, 0))
	o := cfntest.Options{
		Scale:    []float64{2, 1, 0.1, 1e-6}[r.IntN(4)],
		PageSize: 1 + r.IntN(40), ShiftPages: r.IntN(2) == 0,
		Latency:     time.Duration(r.IntN(300)) * time.Millisecond,
		RawControls: r.IntN(2) == 0, ForgetTokens: r.IntN(3) == 0,
	}
	x := &trial{r: r, random: newRandomStack(r), foreign: r.IntN(5) == 0, old: r.IntN(6) == 0}
	if x.old && !x.foreign {
		o.NoTokens, o.NoOperationIDs, o.NoRollbackToken = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
	}
	x.shifts = o.ShiftPages
	if x.wide = r.IntN(3) == 0; x.wide {
		o.PageSize = 1000
	}
	server := cfntest.New(o)
	x.account = &account{t, server, New(server.Client())}
	return x
}

func (x *trial) run() {
	x.outcomes()
	kind := x.r.IntN(3)
	if kind > 0 {
		x.Seed(cfntest.Stack{Name: "flow", Template: x.random.body})
		time.Sleep(time.Minute)
	}
	x.faults()
	x.begun = x.serverTime(time.Now())
	if x.foreign {
		x.interfere()
	}
	if kind == 2 {
		x.remove()
	} else {
		x.deploy()
	}
	if x.op == nil {
		return
	}
	x.before = len(x.Mutations())
	x.follow()
	x.judge()
}

// deploy plans and executes. A failed attempt must leave nothing behind.
func (x *trial) deploy() {
	ctx, cancel := context.WithTimeout(x.Context(), time.Hour)
	defer cancel()
	s, err := x.client.Stack(ctx, "flow")
	if err != nil {
		return
	}
	p, err := x.client.Plan(ctx, s, Request{Template: []byte(x.random.body),
		Parameters: map[string]string{"Setting": fmt.Sprint(x.r.IntN(4))}})
	if err != nil || p.Empty() {
		x.unchanged(err)
		return
	}
	if x.op, err = x.client.Execute(ctx, p); err != nil {
		x.client.Discard(ctx, p)
		x.unexecuted(err)
	}
}

// remove begins a deletion.
func (x *trial) remove() {
	ctx, cancel := context.WithTimeout(x.Context(), time.Hour)
	defer cancel()
	s, err := x.client.Stack(ctx, "flow")
	if err == nil {
		x.op, err = x.client.Delete(ctx, s, nil, false, "")
	}
	if err != nil && x.effects("DeleteStack") > 0 && result(err) == "refused" {
		x.Errorf("it is refused (%v) and has begun", err)
	}
}

// unchanged checks that a failed or empty plan has left nothing behind. If the server does not
// answer, the clean-up may fail too, and the error then reports that.
func (x *trial) unchanged(err error) {
	if x.effects("ExecuteChangeSet") > 0 {
		x.Errorf("there is no plan (%v) and it was executed", err)
	}
	if sets := x.ChangeSets("flow"); err == nil && len(sets) > 0 {
		x.Errorf("an empty plan leaves %q", sets)
	}
}

// unexecuted checks that nothing was executed when the execution was refused.
func (x *trial) unexecuted(err error) {
	if n := x.effects("ExecuteChangeSet"); n > 1 || n > 0 && result(err) == "refused" {
		x.Errorf("%d executions took effect; the error is %v", n, err)
	}
}

// follow runs the wait. Sometimes it leaves and resumes it, also after the credentials were lost.
func (x *trial) follow() {
	whole, cancel := context.WithTimeout(x.Context(), 24*time.Hour)
	defer cancel()
	for !x.op.done && whole.Err() == nil {
		ctx, leave := context.WithTimeout(whole, time.Duration(1+x.r.IntN(600))*time.Second)
		for e := range x.op.Events(ctx) {
			if e.Note != "" {
				x.notes = append(x.notes, e.Note)
				continue
			}
			if x.got = append(x.got, e); !x.shifts && x.once(40) {
				break
			}
		}
		leave()
	}
	x.ended = time.Now()
}

func (x *trial) serverTime(t time.Time) time.Time { return t.Add(x.skew) }

// degraded reports whether a note said that events are missing.
func (x *trial) degraded() bool {
	tells := func(note string) bool { return strings.HasPrefix(note, "the event log ") }
	return slices.ContainsFunc(x.notes, tells)
}
