package deploy

import "time"

// condition is something that the wait has seen and does not act on at once, because it
// may pass. The wait is in none, one or several of them at a time; in none it follows
// the events.
//
//	condition   begins when                                      ends when
//	disputed    the event log says that the operation has        the log says so no more
//	            ended, the status says something else
//	unbegun     the status is that from before the operation     never; an event of the
//	            and no event tells of it                         operation makes it idle
//	halted      the stack has failed with rollback on: it may    the status is another
//	            be the moment before the rollback
//	missing     the stack is not found by its ARN                it is read
//	lost        the credentials are refused                      a call succeeds
//	unconfirmed the status ends the operation, no event does     the status ends it no more
type condition int

const (
	disputed condition = iota
	unbegun
	halted
	missing
	lost
	unconfirmed
	conditions // how many there are
)

// patience is how long the wait tolerates each condition. Then it calls patienceEnded.
var patience = [conditions]time.Duration{
	disputed:    staleLimit,
	unbegun:     5 * time.Minute,
	halted:      5 * time.Second,
	missing:     staleLimit,
	lost:        2 * time.Minute,
	unconfirmed: time.Minute,
}

// unconfirmedPolls is how many answered polls without a terminal event end the patience
// with unconfirmed too.
const unconfirmedPolls = 3

// patienceEnded decides when a condition has lasted too long. s is the stack as it was
// read, err the failure of the last call, if any.
func (w *wait) patienceEnded(c condition, s Stack, err error) {
	logged := w.attribution.Status
	switch c {
	case disputed:
		if s.Busy() { // the status may be right: it is followed
			w.note("status", "the event log says "+logged+", the stack's status says "+s.Status)
			return
		}
		w.note("status", "the stack's status is still read as "+s.Status+
			"; the event log says "+logged)
		w.finish(logged, s)
	case unbegun:
		w.giveUp("there is no sign that the operation has begun", nil)
	case halted:
		w.judge(s) // the failure is final
	case missing:
		w.giveUp("it is no longer found", err)
	case lost: // the stack continues without us
		w.outcome.Result = CredentialsLost
		w.outcome.Err = apiError(w.ctx, w.state.stack.Name, err)
		w.left = true
	case unconfirmed:
		w.note("log", "the event log is incomplete: the stack is "+s.Status+
			" and no event says so")
		w.finish(s.Status, s)
	}
}

// tolerate begins or continues a condition. When its patience has ended it calls patienceEnded.
func (w *wait) tolerate(c condition, s Stack, err error) {
	w.state.enter(c)
	if time.Since(w.state.since[c]) >= patience[c] {
		w.patienceEnded(c, s, err)
	}
}

// progress is the memory of the wait between polls. Its times are of the local clock,
// and are never compared with the server's.
type progress struct {
	stack  Stack                 // the latest reading
	since  [conditions]time.Time // when each condition began, zero when the wait is not in it
	polls  int                   // answered ones since unconfirmed began
	looked time.Time             // when the status was last read, zero until the wait begins
	noted  map[string]time.Time  // when a kind of note was last given

	eventsDenied bool // the event log may not be read
	statusDenied bool // the status may not be read
}

func newProgress(s Stack) progress {
	return progress{stack: s, noted: map[string]time.Time{}}
}

// in reports whether the wait is in a condition.
func (p *progress) in(c condition) bool { return !p.since[c].IsZero() }

// enter begins a condition that the wait is not in.
func (p *progress) enter(c condition) {
	if !p.in(c) {
		p.since[c] = time.Now()
	}
}

// leave ends conditions.
func (p *progress) leave(ended ...condition) {
	for _, c := range ended {
		p.since[c] = time.Time{}
	}
}
