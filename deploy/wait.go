package deploy

import (
	"context"
	"errors"
	"time"
)

const (
	noteAge            = time.Minute      // a note of the same kind is not repeated sooner
	credentialPause    = 10 * time.Second // between attempts when the credentials are refused
	credentialPatience = 2 * time.Minute  // for new ones to appear
	signPatience       = 5 * time.Minute  // for the first sign that an operation has begun
	silentPolls        = 3                // that confirm that no terminal event will come
	failureHold        = 5 * time.Second  // in which a failure may still turn out to be the beginning of a rollback
)

// wait is one run of Operation.Events.
type wait struct {
	*Operation
	ctx   context.Context
	yield func(Event) bool
	left  bool // the caller wants no more events
}

// begin starts the clocks of the wait, or takes it up again.
func (w *wait) begin() {
	if w.state.begun.IsZero() {
		w.state.begun, w.state.looked = time.Now(), time.Now()
	}
	w.state.lost = time.Time{}
	if !w.done {
		w.outcome = Outcome{}
	}
	if w.state.blind {
		w.forbidden("DescribeStackEvents", "the status alone is followed")
	}
}

// step asks CloudFormation once: for events, and for the status when that is due.
func (w *wait) step() {
	count, err := w.poll()
	switch {
	case w.left || w.ctx.Err() != nil:
		return
	case err != nil:
		if w.trouble(err) == denied {
			w.state.blind = true
			w.forbidden("DescribeStackEvents", "the status alone is followed")
		}
	case !w.state.blind:
		w.state.lost = time.Time{}
		w.state.silent++
		w.pace.good(count > 0 || w.owner.ended || !w.state.settled.IsZero() || w.report.nearEnd(w.Planned))
	}
	if !w.owner.ended {
		w.state.disputed = time.Time{}
	}
	if clock := wrongClock(w.client.Skew()); clock != "" {
		w.remark("clock", clock)
	}
	if w.lookDue() || err != nil && classify(err) == missing {
		w.look()
	}
}

// lookDue says whether the stack's status is to be read: when the operation seems to
// have ended, after a while, and when nothing has happened for some polls.
func (w *wait) lookDue() bool {
	if w.done || w.left || !w.state.lost.IsZero() {
		return false
	}
	return w.owner.ended || w.state.blind || !w.state.settled.IsZero() ||
		w.pace.quiet == atQuiet || time.Since(w.state.looked) >= statusAge
}

// look reads the stack's status and weighs it.
func (w *wait) look() {
	if w.state.sightless {
		w.withoutStatus(nil)
		return
	}
	s, err := w.client.glance(w.ctx, w.StackID)
	switch {
	case err == nil:
		w.state.looked, w.state.lost, w.state.missing = time.Now(), time.Time{}, time.Time{}
		if w.state.blind {
			w.pace.good(false)
		}
		w.weigh(s)
	case w.ctx.Err() != nil:
	case classify(err) == missing:
		w.vanished(err)
	default:
		if w.trouble(err) == denied {
			w.state.sightless = true
			w.forbidden("DescribeStacks", "the event log alone is followed")
			w.withoutStatus(err)
		}
	}
}

// weigh decides from a reading of the stack whether the operation has ended.
func (w *wait) weigh(s Stack) {
	stale := s.version.same(w.before)
	if !stale {
		w.state.stack = s
	}
	_, final := resultOf(w.Kind, s.Status)
	switch {
	case w.owner.over:
		w.finish(w.owner.status, s)
	case !stale && w.mayPass(s.Status):
	case w.owner.ended && s.Status == w.owner.status && (!stale || s.version.bare()):
		w.finish(s.Status, s)
	case w.owner.ended:
		w.dispute(s)
	case stale:
		w.waitForSign()
	case !final:
		w.state.settled = time.Time{}
	case w.state.blind:
		w.finish(s.Status, s)
	case w.state.settled.IsZero():
		w.state.settled, w.state.silent = time.Now(), 0
	case w.state.silent >= silentPolls, time.Since(w.state.settled) >= statusAge:
		w.note("log", "the event log is incomplete: the stack is "+s.Status+" and no event says so")
		w.finish(s.Status, s)
	}
}

// mayPass says that a failure is not to be believed yet: unless rollback is off, it is
// no end but a moment before the rollback.
func (w *wait) mayPass(status string) bool {
	switch {
	case w.keep, status != "CREATE_FAILED" && status != "UPDATE_FAILED":
		w.state.halted = time.Time{}
		return false
	case w.state.halted.IsZero():
		w.state.halted = time.Now()
	}
	w.pace.good(true)
	return time.Since(w.state.halted) < failureHold
}

// dispute bears with a status that does not say yet what the event log says: a read
// may lag behind. One that is still moving may be right, so it is followed.
func (w *wait) dispute(s Stack) {
	switch {
	case w.state.disputed.IsZero():
		w.state.disputed = time.Now()
	case time.Since(w.state.disputed) < staleLimit:
	case moving(s.Status):
		w.note("status", "the event log says "+w.owner.status+", the stack's status says "+s.Status)
	default:
		w.note("status", "the stack's status is still read as "+s.Status+"; the event log says "+w.owner.status)
		w.finish(w.owner.status, s)
	}
}

// waitForSign bears with a status from before the operation, but not for ever when no
// event tells of it either.
func (w *wait) waitForSign() {
	switch {
	case w.owner.started:
	case w.state.stale.IsZero():
		w.state.stale = time.Now()
	case time.Since(w.state.stale) > signPatience:
		w.giveUp("there is no sign that the operation has begun", nil)
	}
}

// vanished is a stack that is not found by its ARN: deleted long ago, or made so
// recently that a lagging read does not know it.
func (w *wait) vanished(err error) {
	_, gone := resultOf(w.Kind, "DELETE_COMPLETE")
	switch {
	case gone && (w.Kind == deletion || w.owner.status == "DELETE_COMPLETE"):
		w.finish("DELETE_COMPLETE", Stack{Name: w.state.stack.Name, ID: w.StackID, Status: "DELETE_COMPLETE"})
	case w.state.missing.IsZero():
		w.state.missing = time.Now()
	case time.Since(w.state.missing) > staleLimit:
		w.giveUp("it is not found any more", err)
	}
}

// withoutStatus is the end of the wait, or its going on, when the status may not be read.
func (w *wait) withoutStatus(err error) {
	switch {
	case w.owner.ended:
		w.finish(w.owner.status, w.state.stack)
	case w.state.blind:
		w.giveUp("neither its status nor its events may be read", err)
	}
}

// trouble takes note of a call that failed. Nothing in the wait is fatal but a missing
// permission on both calls, and credentials that stay lost.
func (w *wait) trouble(err error) fault {
	f := classify(err)
	switch f {
	case denied, missing: // for the caller
	case expired:
		w.expired(err)
	case throttled:
		w.pace.throttled()
		w.note("answer", "CloudFormation is not answering (throttled), retrying")
	default:
		w.pace.good(false)
		w.note("answer", "CloudFormation is not answering ("+describe(err)+"), retrying")
	}
	return f
}

func (w *wait) forbidden(action, instead string) {
	w.note(action, "these credentials may not call cloudformation:"+action+"; "+instead)
}

// expired waits for new credentials. The stack goes on without us.
func (w *wait) expired(err error) {
	w.client.renew(w.ctx)
	if w.state.lost.IsZero() {
		w.state.lost = time.Now()
	}
	var clock *clockError
	if errors.As(err, &clock) {
		w.note("credentials", "requests are refused because "+wrongClock(clock.skew)+"; set it")
	} else {
		w.note("credentials", "the credentials are not accepted any more ("+describe(err)+"); waiting for new ones")
	}
	if time.Since(w.state.lost) >= credentialPatience {
		w.outcome.Result, w.outcome.Err = CredentialsLost, apiError(w.ctx, w.state.stack.Name, err)
		w.left = true
	}
}

// delay is the time until the next step.
func (w *wait) delay() time.Duration {
	if !w.state.lost.IsZero() {
		return credentialPause
	}
	return w.pace.next()
}

// note yields a note, one of a kind a minute.
func (w *wait) note(kind, text string) { w.tell(kind, Event{Note: text}) }

// remark is a note for those who want to know everything.
func (w *wait) remark(kind, text string) { w.tell(kind, Event{Note: text, Verbose: true}) }

func (w *wait) tell(kind string, note Event) {
	if last, given := w.state.noted[kind]; given && time.Since(last) < noteAge {
		return
	}
	w.state.noted[kind] = time.Now()
	w.emit(note)
}

func (w *wait) emit(e Event) {
	if !w.left && !w.yield(e) {
		w.left = true
	}
}
