package deploy

import (
	"context"
	"errors"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

const (
	noteAge         = time.Minute      // a note of the same kind is not repeated sooner
	credentialPause = 10 * time.Second // between attempts when the credentials are refused
	statusAge       = time.Minute      // after which the status is read in any case
)

// wait is one run of Operation.Events.
type wait struct {
	*Operation
	ctx   context.Context
	yield func(Event) bool
	left  bool // the caller wants no more events
}

// begin begins the wait, or takes it up again.
func (w *wait) begin() {
	if w.state.looked.IsZero() {
		w.state.looked = time.Now()
	}
	w.state.leave(lost)
	if !w.done {
		w.outcome = Outcome{}
	}
	if w.state.eventsDenied {
		w.noteDenied("DescribeStackEvents", "the status alone is followed")
	}
}

// step asks CloudFormation once: for events, and for the status when that is due.
func (w *wait) step() {
	count, err := w.poll()
	switch {
	case w.left || w.ctx.Err() != nil:
		return
	case err != nil:
		if w.noteFailure(err) == transport.Denied {
			w.state.eventsDenied = true
			w.noteDenied("DescribeStackEvents", "the status alone is followed")
		}
	case !w.state.eventsDenied:
		w.state.leave(lost)
		w.state.polls++
		w.pace.answered(count > 0 || w.attribution.Ended || w.state.in(unconfirmed) ||
			w.summary.NearEnd(w.Planned))
	}
	if !w.attribution.Ended {
		w.state.leave(disputed)
	}
	if warning := w.client.connection.ClockWarning(); warning != "" {
		w.noteVerbose("clock", warning)
	}
	if w.statusDue() || err != nil && transport.Classify(err) == transport.Missing {
		w.readStatus()
	}
}

// statusDue reports whether the stack's status is to be read: when the operation seems
// to have ended, after a while, and when nothing has happened for some polls.
func (w *wait) statusDue() bool {
	if w.done || w.left || w.state.in(lost) {
		return false
	}
	return w.attribution.Ended || w.state.eventsDenied || w.state.in(unconfirmed) ||
		w.pace.quiet == quietPolls || time.Since(w.state.looked) >= statusAge
}

// readStatus reads the stack's status and evaluates it.
func (w *wait) readStatus() {
	if w.state.statusDenied {
		w.withoutStatus(nil)
		return
	}
	s, err := w.client.readOnce(w.ctx, w.StackID)
	switch {
	case err == nil:
		w.state.looked = time.Now()
		w.state.leave(lost, missing)
		if w.state.eventsDenied {
			w.pace.answered(false)
		}
		w.evaluate(s)
	case w.ctx.Err() != nil:
	case transport.Classify(err) == transport.Missing:
		w.vanished(err)
	default:
		if w.noteFailure(err) == transport.Denied {
			w.state.statusDenied = true
			w.noteDenied("DescribeStacks", "the event log alone is followed")
			w.withoutStatus(err)
		}
	}
}

// evaluate decides from a reading of the stack whether the operation has ended. A
// failure is not believed at once: unless rollback is off, it is not an end but the
// moment before the rollback.
func (w *wait) evaluate(s Stack) {
	stale := s.version.same(w.before)
	if !stale {
		w.state.stack = s
	}
	failed := !w.keepFailed && (s.Status == "CREATE_FAILED" || s.Status == "UPDATE_FAILED")
	switch {
	case w.attribution.Over:
		w.finish(w.attribution.Status, s)
	case !stale && failed:
		w.pace.answered(true)
		w.tolerate(halted, s, nil)
	case !stale:
		w.state.leave(halted)
		w.judge(s)
	default:
		w.judge(s)
	}
}

// judge decides from a reading of the stack that is not about to change.
func (w *wait) judge(s Stack) {
	stale := s.version.same(w.before)
	agrees := s.Status == w.attribution.Status && (!stale || s.version.statusOnly())
	_, final := states.ResultOf(w.Kind, s.Status)
	switch {
	case w.attribution.Ended && agrees:
		w.finish(s.Status, s)
	case w.attribution.Ended:
		w.tolerate(disputed, s, nil)
	case stale && w.attribution.Started:
	case stale:
		w.tolerate(unbegun, s, nil)
	case !final:
		w.state.leave(unconfirmed)
	case w.state.eventsDenied:
		w.finish(s.Status, s)
	case !w.state.in(unconfirmed):
		w.state.polls = 0
		w.state.enter(unconfirmed)
	case w.state.polls >= unconfirmedPolls:
		w.patienceEnded(unconfirmed, s, nil)
	default:
		w.tolerate(unconfirmed, s, nil)
	}
}

// vanished handles a stack whose ARN is not found: it was deleted long ago, or created
// so recently that a lagging read does not find it.
func (w *wait) vanished(err error) {
	const deleted = "DELETE_COMPLETE"
	_, final := states.ResultOf(w.Kind, deleted)
	if final && (w.Kind == states.KindDelete || w.attribution.Status == deleted) {
		w.finish(deleted, Stack{Name: w.state.stack.Name, ID: w.StackID, Status: deleted})
		return
	}
	w.tolerate(missing, w.state.stack, err)
}

// withoutStatus ends the wait, or lets it continue, when the status may not be read.
func (w *wait) withoutStatus(err error) {
	switch {
	case w.attribution.Ended:
		w.finish(w.attribution.Status, w.state.stack)
	case w.state.eventsDenied:
		w.giveUp("neither its status nor its events may be read", err)
	}
}

// noteFailure notes that a call failed. Only a missing permission for both calls, and
// credentials that stay lost, end the wait.
func (w *wait) noteFailure(err error) transport.Fault {
	f := transport.Classify(err)
	switch f {
	case transport.Denied, transport.Missing: // for the caller
	case transport.Expired:
		w.awaitCredentials(err)
	case transport.Throttled:
		w.pace.throttled()
		w.note("answer", "CloudFormation is not answering (throttled), retrying")
	default:
		w.pace.answered(false)
		w.note("answer", "CloudFormation is not answering ("+transport.Describe(err)+"), retrying")
	}
	return f
}

// awaitCredentials waits for new credentials.
func (w *wait) awaitCredentials(err error) {
	w.client.connection.Renew(w.ctx)
	w.state.enter(lost)
	var clock *transport.ClockError
	if errors.As(err, &clock) {
		w.note("credentials", "requests are refused because "+clock.Warning+"; set it")
	} else {
		w.note("credentials", "the credentials are no longer accepted ("+
			transport.Describe(err)+"); waiting for new ones")
	}
	w.tolerate(lost, w.state.stack, err)
}

// delay returns the time until the next step.
func (w *wait) delay() time.Duration {
	if w.state.in(lost) {
		return credentialPause
	}
	return w.pace.next()
}

// noteDenied names the missing permission and what the wait does instead.
func (w *wait) noteDenied(action, instead string) {
	w.note(action, "these credentials may not call cloudformation:"+action+"; "+instead)
}

// note yields a note, one of a kind a minute.
func (w *wait) note(kind, text string) { w.yieldNote(kind, Event{Note: text}) }

// noteVerbose yields a note for users who ask for details.
func (w *wait) noteVerbose(kind, text string) {
	w.yieldNote(kind, Event{Note: text, Verbose: true})
}

func (w *wait) yieldNote(kind string, note Event) {
	if last, given := w.state.noted[kind]; given && time.Since(last) < noteAge {
		return
	}
	w.state.noted[kind] = time.Now()
	w.emit(note)
}

// emit yields an event unless the caller has left the loop.
func (w *wait) emit(e Event) {
	if !w.left && !w.yield(e) {
		w.left = true
	}
}
