package display

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// progress is how far an operation has come, according to its events. Times are
// the server's; the local clock only says how long ago an event arrived.
type progress struct {
	stack, kind, region, account string

	planned     int                     // resources that the operation touches; 0 when not known
	pending     []string                // planned resources without an event yet, in order
	busy        map[string]deploy.Event // what is in progress, since that event
	took        map[string]time.Duration
	rollingBack bool

	first, latest time.Time // of the events
	arrived       time.Time // when the latest arrived, by the local clock
}

func newProgress(op *deploy.Operation, names []string) progress {
	p := progress{
		stack: op.Stack, kind: strings.ToLower(op.Kind), planned: op.Planned,
		pending: slices.Clone(names), busy: map[string]deploy.Event{},
		took: map[string]time.Duration{}, arrived: time.Now(),
	}
	if parts := strings.SplitN(op.StackID, ":", 6); len(parts) == 6 {
		p.region, p.account = parts[3], parts[4]
	}
	return p
}

// add notes an event. If the event ends the work on its resource, add returns how
// long that took.
func (p *progress) add(e deploy.Event) (took time.Duration, ended bool) {
	if p.first.IsZero() {
		p.first = e.Time
	}
	p.latest, p.arrived = e.Time, time.Now()
	key := Resource(e)
	p.pending = slices.DeleteFunc(p.pending, func(id string) bool { return id == key })
	if e.Root && strings.HasSuffix(e.Status, "ROLLBACK_IN_PROGRESS") {
		p.rollingBack = true
	}
	since, known := p.busy[key]
	switch {
	case !hasEnded(e.Status):
		if known && (e.Root || since.Status == e.Status) {
			e.Time = since.Time
		}
		p.busy[key] = e
		return 0, false
	case !known:
		return 0, false
	}
	delete(p.busy, key)
	took = e.Time.Sub(since.Time)
	if !e.Root && !p.rollingBack {
		p.took[key] = took
	}
	return took, true
}

// hasEnded reports whether a status is the end of the work on a resource.
func hasEnded(status string) bool { return !strings.HasSuffix(status, "_IN_PROGRESS") }

// now returns the server's time: that of the latest event and what has passed here
// since.
func (p *progress) now() time.Time { return p.latest.Add(time.Since(p.arrived)) }

// elapsed returns how long the operation has been going on.
func (p *progress) elapsed() time.Duration {
	if p.first.IsZero() {
		return time.Since(p.arrived)
	}
	return p.now().Sub(p.first)
}

// inProgress returns the resources that are being worked on, the longest first.
func (p *progress) inProgress() []deploy.Event {
	list := slices.DeleteFunc(slices.Collect(maps.Values(p.busy)),
		func(e deploy.Event) bool { return e.Root })
	slices.SortFunc(list, func(a, b deploy.Event) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(Resource(a), Resource(b)))
	})
	return list
}

// slowest returns the names of the resources that took longest, at most n of them.
func (p *progress) slowest(n int) string {
	names := slices.SortedFunc(maps.Keys(p.took), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.took[b], p.took[a]), strings.Compare(a, b))
	})
	var parts []string
	for _, name := range names[:min(n, len(names))] {
		parts = append(parts, name+" "+seconds(p.took[name]))
	}
	return strings.Join(parts, ", ")
}

// summary returns how far the operation has come, in one line.
func (p *progress) summary() string {
	parts := []string{fmt.Sprintf("%d done", len(p.took))}
	if p.planned > 0 {
		parts[0] = fmt.Sprintf("%d of %d done", len(p.took), p.planned)
	}
	if p.rollingBack {
		parts[0] = "rolling back"
	}
	var busy []string
	for _, e := range p.inProgress() {
		busy = append(busy, Resource(e)+" "+seconds(p.now().Sub(e.Time)))
	}
	if len(busy) > 0 {
		parts = append(parts, "in progress: "+strings.Join(busy, ", "))
	}
	if len(p.pending) > 0 && !p.rollingBack {
		parts = append(parts, fmt.Sprintf("not started: %d", len(p.pending)))
	}
	return strings.Join(parts, "; ")
}
