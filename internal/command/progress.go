package command

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// progress is how far an operation has come, as its events tell. Times are the
// server's; this machine's clock only says how long ago one came.
type progress struct {
	stack, kind, region, account string

	planned int                     // resources that the operation touches; 0 when not known
	waiting []string                // of these, in the plan's order, those that nothing happened to yet; none when not known
	busy    map[string]deploy.Event // what is in progress, since that event
	took    map[string]time.Duration
	undoing bool // the stack is on its way back

	first, latest time.Time // of the events
	heard         time.Time // when the latest came, here
}

func newProgress(op *deploy.Operation, names []string) progress {
	p := progress{
		stack: stackOf(op.StackID), kind: strings.ToLower(op.Kind), planned: op.Planned, waiting: slices.Clone(names),
		busy: map[string]deploy.Event{}, took: map[string]time.Duration{}, heard: time.Now(),
	}
	if parts := strings.SplitN(op.StackID, ":", 6); len(parts) == 6 {
		p.region, p.account = parts[3], parts[4]
	}
	return p
}

// add takes note of an event and returns how long the resource took, where it has
// come to an end.
func (p *progress) add(e deploy.Event) (took time.Duration, ended bool) {
	if p.first.IsZero() {
		p.first = e.Time
	}
	p.latest, p.heard = e.Time, time.Now()
	key := resourceOf(e)
	p.waiting = slices.DeleteFunc(p.waiting, func(id string) bool { return id == key })
	if e.Root && strings.HasSuffix(e.Status, "ROLLBACK_IN_PROGRESS") {
		p.undoing = true
	}
	since, known := p.busy[key]
	switch {
	case strings.HasSuffix(e.Status, "_IN_PROGRESS"):
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
	if !e.Root && !p.undoing {
		p.took[key] = took
	}
	return took, true
}

// now is the server's time: that of the latest event and what has passed here since.
func (p *progress) now() time.Time { return p.latest.Add(time.Since(p.heard)) }

// elapsed is how long the operation has been going on.
func (p *progress) elapsed() time.Duration {
	if p.first.IsZero() {
		return time.Since(p.heard)
	}
	return p.now().Sub(p.first)
}

// inProgress is the resources that are being worked on, the longest first.
func (p *progress) inProgress() []deploy.Event {
	list := slices.DeleteFunc(slices.Collect(maps.Values(p.busy)), func(e deploy.Event) bool { return e.Root })
	slices.SortFunc(list, func(a, b deploy.Event) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(resourceOf(a), resourceOf(b)))
	})
	return list
}

// slowest names the resources that took longest, at most n of them.
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

// seconds is a time as people read it: 58s, 1m32s, 1h2m0s.
func seconds(d time.Duration) string { return d.Round(time.Second).String() }
