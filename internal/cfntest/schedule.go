package cfntest

import "time"

// task is a resource's part of an operation.
type task struct {
	id    string
	after []string // tasks that must be done first; other names are ignored
	takes time.Duration
	fails bool
}

type outcome int

const (
	never     outcome = iota // the task did not start
	done                     // it succeeded
	failed                   // it failed by itself
	cancelled                // the failure of another stopped it
)

// slot is when a task ran and how it ended.
type slot struct {
	start, end time.Time
	outcome    outcome
}

// schedule starts every task as soon as those before it are done; any number run at once. The tasks
// are in order. With abort, as in creates and updates, the first failure cancels what runs and
// nothing more starts; without it, as in deletes, only the tasks after the failed one do not start.
// End is when the last task ends.
func schedule(tasks []task, from time.Time, abort bool) (slots map[string]slot, end time.Time) {
	slots = map[string]slot{}
	var stop time.Time
	for _, t := range tasks {
		s := slot{start: from, outcome: done}
		for _, name := range t.after {
			before, ok := slots[name]
			if ok && before.outcome != done {
				s.outcome = never
			}
			if ok && before.end.After(s.start) {
				s.start = before.end
			}
		}
		s.end = s.start.Add(t.takes)
		if t.fails && s.outcome == done {
			s.outcome = failed
			if stop.IsZero() || s.end.Before(stop) {
				stop = s.end
			}
		}
		slots[t.id] = s
	}
	end = from
	for id, s := range slots {
		if abort && !stop.IsZero() {
			s = cut(s, stop)
			slots[id] = s
		}
		if s.outcome != never && s.end.After(end) {
			end = s.end
		}
	}
	return slots, end
}

// cut ends a slot at the time of the first failure.
func cut(s slot, stop time.Time) slot {
	switch {
	case s.outcome == never || s.start.After(stop) || s.start.Equal(stop) && s.end.After(s.start):
		s.outcome = never
	case s.end.After(stop):
		s.outcome, s.end = cancelled, stop
	}
	return s
}
