package deploy

import (
	"cmp"
	"slices"
	"strings"
)

// report gathers from the events what the outcome has to tell.
type report struct {
	last     map[string]string // status of each resource that was touched
	working  int               // resources that are being worked on
	failed   map[string]bool   // resources whose first reason is noted
	causes   []Event           // first failure of each resource, in order
	fallback *Event            // what the stack itself says, for when no resource says anything
	skipped  map[string]bool   // resources cancelled because of others
	left     []Event           // resources that outlive their deletion
	physical map[string]string // IDs of resources, which the failing event may lack
	blocking []Event           // resources that have failed since the stack last turned back or was deleted
}

func newReport() report {
	return report{last: map[string]string{}, failed: map[string]bool{}, skipped: map[string]bool{}, physical: map[string]string{}}
}

// add takes note of an event of the operation. status is the stack's at that point.
func (r *report) add(e Event, status string) {
	if e.Type == stackType {
		if stands := strings.HasSuffix(e.Status, "_FAILED") || strings.HasSuffix(e.Status, "ROLLBACK_IN_PROGRESS"); stands && r.fallback == nil && !consequence(e.Reason) {
			r.fallback = &e
		}
		if e.Root && (begins(undoing, e.Status) || begins(deletion, e.Status)) {
			r.blocking = nil
		}
		return
	}
	key := e.resource()
	r.progress(key, e)
	if e.PhysicalID != "" {
		r.physical[key] = e.PhysicalID
	}
	r.blocking = slices.DeleteFunc(r.blocking, func(old Event) bool { return old.resource() == key })
	if strings.HasSuffix(e.Status, "_FAILED") && (e.Failed() || e.Reason == "") {
		r.blocking = append(r.blocking, e)
	}
	r.left = slices.DeleteFunc(r.left, func(old Event) bool { return old.resource() == key })
	switch cleanup := strings.HasSuffix(status, "CLEANUP_IN_PROGRESS"); {
	case e.Status == "DELETE_SKIPPED", e.Status == "DELETE_FAILED" && cleanup:
		r.left = append(r.left, e)
	case e.Cancelled():
		r.skipped[key] = true
	case e.Failed() && !r.failed[key]:
		r.failed[key] = true
		r.causes = append(r.causes, e)
	}
}

func (r *report) progress(key string, e Event) {
	if e.Path != "" {
		return
	}
	if strings.HasSuffix(r.last[key], "_IN_PROGRESS") {
		r.working--
	}
	r.last[key] = e.Status
	if strings.HasSuffix(e.Status, "_IN_PROGRESS") {
		r.working++
	}
}

// learn takes a failure that another source than the event log tells of. Of a resource
// that is known to have failed it adds only what a hook or a validation says.
func (r *report) learn(e Event) {
	key := e.resource()
	known := slices.IndexFunc(r.causes, func(cause Event) bool { return cause.resource() == key })
	switch {
	case e.Type == stackType:
	case known >= 0:
		if cause := &r.causes[known]; e.Hook != "" && cause.Hook == "" {
			cause.Hook, cause.Property, cause.Reason = e.Hook, e.Property, e.Reason
		}
	default:
		later := slices.IndexFunc(r.causes, func(cause Event) bool { return e.Time.Before(cause.Time) })
		if later < 0 {
			later = len(r.causes)
		}
		r.failed[key] = true
		r.causes = slices.Insert(r.causes, later, e)
	}
}

// nearEnd says that every planned resource has been worked on and none is any more.
func (r *report) nearEnd(planned int) bool {
	return planned > 0 && len(r.last) >= planned && r.working == 0
}

// tell writes what was gathered into the outcome. An operation that succeeded has no
// cause: what failed on the way was repaired.
func (r *report) tell(o *Outcome) {
	o.Left = slices.Clone(r.left)
	if o.Result == Stuck {
		o.Blocking = r.blockingIn(o.Status)
	}
	if o.Result == Succeeded {
		return
	}
	o.Cancelled = len(r.skipped)
	for i, cause := range r.causes {
		r.causes[i].PhysicalID = cmp.Or(cause.PhysicalID, r.physical[cause.resource()])
	}
	switch {
	case len(r.causes) > 0:
		o.Cause, o.Also = &r.causes[0], slices.Clone(r.causes[1:])
	default:
		o.Cause = r.fallback
	}
}

// blockingIn are the resources whose failure is why the stack stays in the status.
func (r *report) blockingIn(status string) (blocking []Event) {
	want := ""
	switch status {
	case "UPDATE_ROLLBACK_FAILED":
		want = "UPDATE_FAILED"
	case "DELETE_FAILED", "ROLLBACK_FAILED":
		want = "DELETE_FAILED"
	}
	for _, e := range r.blocking {
		if e.Status == want {
			blocking = append(blocking, e)
		}
	}
	return blocking
}
