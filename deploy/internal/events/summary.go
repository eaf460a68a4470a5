package events

import (
	"cmp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
)

// Summary collects from the events of an operation what its outcome reports.
type Summary struct {
	last     map[string]string // status of each resource that was touched
	working  int               // resources that are being worked on
	failed   map[string]bool   // resources whose first reason is noted
	causes   []Event           // first failure of each resource, in order
	fallback *Event            // failure of the stack itself, when no resource has a reason
	skipped  map[string]bool   // resources cancelled because of others
	left     []Event           // resources that outlive their deletion
	physical map[string]string // IDs of resources, which the failing event may lack
	blocking []Event           // resources that failed since the last rollback or deletion began
}

// NewSummary returns the summary of no events.
func NewSummary() Summary {
	return Summary{last: map[string]string{}, failed: map[string]bool{},
		skipped: map[string]bool{}, physical: map[string]string{}}
}

// Add adds an event of the operation. status is the stack's at that point.
func (s *Summary) Add(e Event, status string) {
	if e.Type == StackType {
		s.addStack(e)
		return
	}
	key := e.resource()
	s.count(key, e)
	if e.PhysicalID != "" {
		s.physical[key] = e.PhysicalID
	}
	same := func(old Event) bool { return old.resource() == key }
	s.blocking, s.left = slices.DeleteFunc(s.blocking, same), slices.DeleteFunc(s.left, same)
	if strings.HasSuffix(e.Status, "_FAILED") && (e.Failed() || e.Reason == "") {
		s.blocking = append(s.blocking, e)
	}
	switch cleanup := strings.HasSuffix(status, "CLEANUP_IN_PROGRESS"); {
	case e.Status == "DELETE_SKIPPED", e.Status == "DELETE_FAILED" && cleanup:
		s.left = append(s.left, e)
	case e.Cancelled():
		s.skipped[key] = true
	case e.Failed() && !s.failed[key]:
		s.failed[key] = true
		s.causes = append(s.causes, e)
	}
}

// addStack adds an event about the stack itself, or about a nested stack.
func (s *Summary) addStack(e Event) {
	fails := strings.HasSuffix(e.Status, "_FAILED") ||
		strings.HasSuffix(e.Status, "ROLLBACK_IN_PROGRESS")
	if fails && s.fallback == nil && !consequence(e.Reason) {
		s.fallback = &e
	}
	turns := states.Begins(states.KindRollback, e.Status) ||
		states.Begins(states.KindDelete, e.Status)
	if e.Root && turns {
		s.blocking = nil
	}
}

// count keeps the number of resources that are being worked on.
func (s *Summary) count(key string, e Event) {
	if e.Path != "" {
		return
	}
	if strings.HasSuffix(s.last[key], "_IN_PROGRESS") {
		s.working--
	}
	s.last[key] = e.Status
	if strings.HasSuffix(e.Status, "_IN_PROGRESS") {
		s.working++
	}
}

// Merge adds a failure from another source than the event log. For a resource that is
// known to have failed it adds only the message of a hook or a validation.
func (s *Summary) Merge(e Event) {
	key := e.resource()
	same := func(cause Event) bool { return cause.resource() == key }
	known := slices.IndexFunc(s.causes, same)
	switch {
	case e.Type == StackType:
	case known >= 0:
		if cause := &s.causes[known]; e.Hook != "" && cause.Hook == "" {
			cause.Hook, cause.Property, cause.Reason = e.Hook, e.Property, e.Reason
		}
	default:
		after := func(cause Event) bool { return e.Time.Before(cause.Time) }
		later := slices.IndexFunc(s.causes, after)
		if later < 0 {
			later = len(s.causes)
		}
		s.failed[key] = true
		s.causes = slices.Insert(s.causes, later, e)
	}
}

// Explain replaces the reasons of the first failures, at most n.
func (s *Summary) Explain(n int, reason func(Event) string) {
	for i := range s.causes[:min(len(s.causes), n)] {
		s.causes[i].Reason = reason(s.causes[i])
	}
}

// NearEnd reports whether every planned resource has been worked on and none still is.
func (s *Summary) NearEnd(planned int) bool {
	return planned > 0 && len(s.last) >= planned && s.working == 0
}

// Causes returns the first failure that no other explains, nil when there is none, the
// further failures with reasons of their own, and the number of resources that were
// cancelled because of these.
func (s *Summary) Causes() (first *Event, also []Event, cancelled int) {
	for i, cause := range s.causes {
		s.causes[i].PhysicalID = cmp.Or(cause.PhysicalID, s.physical[cause.resource()])
	}
	if len(s.causes) == 0 {
		return s.fallback, nil, len(s.skipped)
	}
	return &s.causes[0], slices.Clone(s.causes[1:]), len(s.skipped)
}

// Left returns the resources that outlive their deletion.
func (s *Summary) Left() []Event { return slices.Clone(s.left) }

// Blocking returns the resources whose failure keeps the stack in the status.
func (s *Summary) Blocking(status string) (blocking []Event) {
	want := ""
	switch status {
	case "UPDATE_ROLLBACK_FAILED":
		want = "UPDATE_FAILED"
	case "DELETE_FAILED", "ROLLBACK_FAILED":
		want = "DELETE_FAILED"
	}
	for _, e := range s.blocking {
		if e.Status == want {
			blocking = append(blocking, e)
		}
	}
	return blocking
}
