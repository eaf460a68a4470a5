package main

import (
	"math"
	"slices"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// stackName is the name of every stack that is created here.
const stackName = "bench"

// sighting is an event that a client has shown.
type sighting struct {
	id string
	at time.Time
}

// figures tells how a client followed a create.
type figures struct {
	Name    string
	Natural time.Duration // how long the create takes at Scale 1
	Lasted  time.Duration // from the first event to the last

	Shown, Lost, Twice   int           // events
	Median, P95, Largest time.Duration // from an event's time on the server to its line
	PerMinute            float64       // calls, from the first one until the client ended
	Silence              time.Duration // the longest between two calls
	Pages                int           // of events, the most in one reading
}

// observe compares what a client has shown until its end with what the server knows.
func observe(server *cfntest.Server, seen []sighting, end time.Time) figures {
	var f figures
	f.follow(operationEvents(server), seen)
	f.count(server.Calls(), end)
	return f
}

// follow compares the events shown with those that occurred, oldest first.
func (f *figures) follow(truth []cfntest.Event, seen []sighting) {
	if len(truth) == 0 {
		return
	}
	f.Lasted = truth[len(truth)-1].At.Sub(truth[0].At)
	at := map[string]time.Time{}
	for _, s := range seen {
		if _, again := at[s.id]; again {
			f.Twice++
			continue
		}
		at[s.id] = s.at
	}
	var lags []time.Duration
	for _, e := range truth {
		if shown, ok := at[e.ID]; ok {
			lags = append(lags, shown.Sub(e.At))
		}
	}
	f.Shown, f.Lost = len(lags), len(truth)-len(lags)
	f.Median, f.P95, f.Largest = quantile(lags, 0.5), quantile(lags, 0.95), quantile(lags, 1)
}

// operationEvents returns the server's events without REVIEW_IN_PROGRESS, which the change set
// causes.
func operationEvents(server *cfntest.Server) []cfntest.Event {
	return slices.DeleteFunc(server.Events(stackName),
		func(e cfntest.Event) bool { return e.Status == "REVIEW_IN_PROGRESS" })
}

// count reads the server's log of calls.
func (f *figures) count(calls []cfntest.Call, end time.Time) {
	f.PerMinute = float64(len(calls)) / end.Sub(calls[0].At).Minutes()
	pages := 0
	for i, c := range calls {
		if i > 0 {
			f.Silence = max(f.Silence, c.At.Sub(calls[i-1].At))
		}
		switch {
		case c.Action != "DescribeStackEvents":
			continue
		case c.Params["NextToken"] == "":
			pages = 0
		}
		pages++
		f.Pages = max(f.Pages, pages)
	}
}

// quantile returns the smallest value that at least the share q of the values does not exceed
// (nearest rank).
func quantile(values []time.Duration, q float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[int(math.Ceil(q*float64(len(values))))-1]
}
