package deploy

import (
	"strings"
	"time"
)

// nestedPause is the time between readings of two logs: together they ask no more
// than one does.
const nestedPause = time.Second

// poll reads the logs that are followed and delivers what is new. Only the root's
// failure is an error; a nested stack is not worth the wait.
func (w *wait) poll() (count int, err error) {
	if w.state.blind {
		return 0, nil
	}
	count, err = w.drain(w.root)
	if err != nil {
		return count, err
	}
	for _, cur := range w.nested {
		if !cur.done && !w.left && sleep(w.ctx, nestedPause) == nil {
			count += w.drainNested(cur)
		}
	}
	return count, nil
}

// drain delivers the events of one log that are new, each marked as it is delivered.
func (w *wait) drain(cur *cursor) (count int, err error) {
	found, err := cur.fresh(w.ctx, w.client)
	if err != nil {
		return 0, err
	}
	if found.cut {
		w.note("pages", "the event log does not end; older events may be missing")
	}
	for _, e := range found.events {
		if w.left { // what is not delivered does not count
			break
		}
		if cur == w.root {
			e.Ours = w.claim(e)
		} else {
			e.Ours = cur.ours
		}
		if child := e.nested(cur.stackID); child != "" {
			w.descend(cur, child, e)
		}
		if w.left {
			break
		}
		cur.seen[e.ID] = true
		count++
		if e.Ours {
			w.report.add(e, w.owner.status)
		}
		w.emit(e)
	}
	return count, nil
}

// claim asks the owner, and says once when somebody else has taken the stack over.
func (w *wait) claim(e Event) bool {
	before := w.owner.foreign
	ours := w.owner.claim(e)
	if w.owner.foreign != before {
		w.note("takeover", "another operation ("+w.owner.foreign+") has taken over: "+e.Status)
	}
	return ours
}

// descend follows the nested stack of an event. Its own events come before the line of
// the parent that says how it ended.
func (w *wait) descend(parent *cursor, stackID string, e Event) {
	cur := w.child(stackID)
	if cur == nil {
		cur = newCursor(stackID, strings.TrimPrefix(parent.path+"/"+e.LogicalID, "/"))
		cur.ours = e.Ours
		if e.Status != "CREATE_IN_PROGRESS" {
			cur.since = e.Time
		}
		w.nested = append(w.nested, cur)
	}
	if cur.done = !moving(e.Status); cur.done {
		w.drainNested(cur)
	}
}

func (w *wait) child(stackID string) *cursor {
	for _, cur := range w.nested {
		if cur.stackID == stackID {
			return cur
		}
	}
	return nil
}

// drainNested is drain for a nested stack, whose failure is a note.
func (w *wait) drainNested(cur *cursor) int {
	count, err := w.drain(cur)
	if err == nil || w.ctx.Err() != nil {
		return count
	}
	switch classify(err) {
	case denied, missing:
		cur.done = true
	case throttled:
		w.pace.throttled()
	}
	w.note("nested "+cur.path, "the events of the nested stack "+cur.path+" cannot be read ("+describe(err)+")")
	return 0
}
