package deploy

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

const (
	fastest    = time.Second      // after any event, and when the end is near
	slowest    = 5 * time.Second  // when nothing happens
	maxBackoff = 60 * time.Second // at most, when CloudFormation throttles
	growth     = 1.5              // of the interval a quiet poll
	recovery   = 0.9              // of the throttled interval an answered poll
	jitter     = 0.15             // so that many waiters do not poll in step
	quietPolls = 3                // at the slowest: the status is read after so many

	// nestedPause is the time between readings of two logs: together they are read no
	// more often than one is.
	nestedPause = time.Second
)

// pace is how often CloudFormation is asked.
type pace struct {
	interval time.Duration // until the next poll
	floor    time.Duration // that throttling has set
	quiet    int           // polls in a row, at the slowest, that brought nothing
}

func newPace() pace { return pace{interval: fastest, floor: fastest} }

// answered takes note of a poll that was answered. hurry means that something happened,
// or that the end is near.
func (p *pace) answered(hurry bool) {
	p.floor = max(time.Duration(float64(p.floor)*recovery), fastest)
	switch {
	case hurry:
		p.interval, p.quiet = fastest, 0
	case p.interval >= slowest:
		p.quiet++
	}
	if !hurry {
		p.interval = min(time.Duration(float64(p.interval)*growth), slowest)
	}
	p.interval = max(p.interval, p.floor)
}

// throttled takes note of a poll that was refused because there were too many.
func (p *pace) throttled() {
	p.interval = min(2*p.interval, maxBackoff)
	p.floor = p.interval
}

// next returns the time until the next poll.
func (p *pace) next() time.Duration {
	return time.Duration(float64(p.interval) * (1 - jitter + 2*jitter*rand.Float64()))
}

// poll reads the event logs and delivers the new events. Only a failure to read the
// root's log is an error; a nested stack's log does not hold up the wait.
func (w *wait) poll() (count int, err error) {
	if w.state.eventsDenied {
		return 0, nil
	}
	count, err = w.deliver(w.root)
	if err != nil {
		return count, err
	}
	for _, log := range w.nested {
		if !log.Done && !w.left && transport.Sleep(w.ctx, nestedPause) == nil {
			count += w.deliverNested(log)
		}
	}
	return count, nil
}

// deliver yields the events of one log that are new, and marks each as delivered.
func (w *wait) deliver(log *events.Log) (count int, err error) {
	news, err := w.client.logs.Read(w.ctx, log)
	if err != nil {
		return 0, err
	}
	if news.Cut {
		w.note("pages", "the event log does not end; older events may be missing")
	}
	for _, e := range news.Events {
		if w.left { // the rest is delivered when the wait continues
			break
		}
		if log == w.root {
			e.Ours = w.attribute(e)
		} else {
			e.Ours = log.Ours
		}
		if child := e.Nested(log.StackID); child != "" {
			w.descend(log, child, e)
		}
		if w.left {
			break
		}
		log.Deliver(e)
		count++
		if e.Ours {
			w.summary.Add(e, w.attribution.Status)
		}
		w.emit(e)
	}
	return count, nil
}

// attribute reports whether an event is ours, and notes once when somebody else's
// operation has taken the stack over.
func (w *wait) attribute(e Event) bool {
	before := w.attribution.Foreign
	ours := w.attribution.Attribute(e)
	if foreign := w.attribution.Foreign; foreign != before {
		w.note("takeover", "another operation ("+foreign+") has taken over: "+e.Status)
	}
	return ours
}

// descend follows the nested stack of an event. Its events are yielded before the
// parent's event that says how it ended.
func (w *wait) descend(parent *events.Log, stackID string, e Event) {
	log := w.child(stackID)
	if log == nil {
		log = events.NewLog(stackID, strings.TrimPrefix(parent.Path+"/"+e.LogicalID, "/"))
		log.Ours = e.Ours
		if e.Status != "CREATE_IN_PROGRESS" {
			log.Since = e.Time
		}
		w.nested = append(w.nested, log)
	}
	if log.Done = !states.Moving(e.Status); log.Done {
		w.deliverNested(log)
	}
}

// child returns the log of a nested stack, nil when it is not followed yet.
func (w *wait) child(stackID string) *events.Log {
	for _, log := range w.nested {
		if log.StackID == stackID {
			return log
		}
	}
	return nil
}

// deliverNested delivers the events of a nested stack; a failure becomes a note.
func (w *wait) deliverNested(log *events.Log) int {
	count, err := w.deliver(log)
	if err == nil || w.ctx.Err() != nil {
		return count
	}
	switch transport.Classify(err) {
	case transport.Denied, transport.Missing:
		log.Done = true
	case transport.Throttled:
		w.pace.throttled()
	}
	w.note("nested "+log.Path, "the events of the nested stack "+log.Path+
		" cannot be read ("+transport.Describe(err)+")")
	return 0
}
