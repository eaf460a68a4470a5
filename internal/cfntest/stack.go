package cfntest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// stack is the whole history of a stack and, for the operation that runs, its future: what it is at
// a moment follows from the events up to then.
type stack struct {
	id, name, region, account string

	created    time.Time
	events     []*event // by time
	states     []*state // oldest first
	ops        []*operation
	changeSets []*changeSet
	protected  bool
	parent     string // ARN of the stack that this one is nested in
	policy     string // stack policy
	onDelete   string // DeletionMode of the last delete
	tokens     map[string]string
	seq        int

	before  *view     // what DescribeStacks saw before the last mutating call
	mutated time.Time // the time of that call
}

// event is one of the stack's events, past or planned.
type event struct {
	Event
	seq    int
	res    *evaluate.Resource // nil: the stack's own
	gone   bool               // the stack no longer has the resource
	kept   bool               // and the resource still exists
	saved  bool               // a snapshot of the resource was made
	props  string             // ResourceProperties
	hidden bool               // not shown: it leads to the history that a seed states
}

// operation is a create, update, delete or rollback.
type operation struct {
	id, kind, token string
	start           time.Time
	from            int // seq of its first event
	onFailure       string
	retainNone      bool // RetainExceptOnCreate
}

func (op *operation) rollsBack() bool { return strings.HasSuffix(op.kind, "ROLLBACK") }

// view is what DescribeStacks shows.
type view struct {
	status, reason   string
	state            *state
	updated, deleted time.Time
	ops              []*operation
}

// at returns the stack at a moment; its status is empty when it does not exist yet.
func (st *stack) at(now time.Time) view {
	var v view
	for _, e := range st.events {
		if e.At.After(now) {
			break
		}
		if e.res != nil {
			continue
		}
		v.status, v.reason = e.Status, e.Reason
		switch e.Status {
		case "UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS":
			v.updated = e.At
		case "DELETE_COMPLETE":
			v.deleted = e.At
		}
	}
	for _, state := range st.states {
		if !state.since.At.After(now) {
			v.state = state
		}
	}
	for _, op := range st.ops {
		if !op.start.After(now) {
			v.ops = append(v.ops, op)
		}
	}
	return v
}

func (v view) busy() bool {
	return strings.HasSuffix(v.status, "_IN_PROGRESS") && v.status != "REVIEW_IN_PROGRESS"
}

// add inserts an event by its time, after those of the same time.
func (st *stack) add(e *event) {
	st.seq++
	e.seq = st.seq
	e.At = e.At.Truncate(time.Millisecond)
	if e.ID == "" {
		e.ID = evaluate.UUID(fmt.Sprint(st.id, e.OperationID, e.seq))
		if e.res != nil {
			e.ID = fmt.Sprintf("%s-%s-%s", e.LogicalID, e.Status,
				e.At.UTC().Format("2006-01-02T15:04:05.000Z"))
		}
	}
	i := len(st.events)
	for i > 0 && st.events[i-1].At.After(e.At) {
		i--
	}
	st.events = slices.Insert(st.events, i, e)
}

// commit makes a state the stack's from an event on.
func (st *stack) commit(since *event, s *state) {
	s.since = since
	st.states = append(st.states, s)
}

// forget drops the events, states and operations that are planned after now.
func (st *stack) forget(now time.Time) {
	st.events = slices.DeleteFunc(st.events, func(e *event) bool { return e.At.After(now) })
	st.states = slices.DeleteFunc(st.states, func(s *state) bool { return s.since.At.After(now) })
	st.ops = slices.DeleteFunc(st.ops, func(op *operation) bool { return op.start.After(now) })
}

// instance is a physical resource in a stack's history.
type instance struct {
	res  *evaluate.Resource
	last *event
	made bool // it has a physical ID
	live bool // it belongs to the stack

	kept  bool // it was retained
	saved bool // it was deleted after a snapshot was made
}

// fold follows the events up to now and lists the instances in the order of their first events.
func (st *stack) fold(now time.Time) []*instance {
	var list []*instance
	byKey := map[string]*instance{}
	for _, e := range st.events {
		if e.At.After(now) {
			break
		}
		if e.res == nil {
			continue
		}
		key := e.res.LogicalID + "|" + e.res.PhysicalID
		in := byKey[key]
		if in == nil {
			in = &instance{}
			byKey[key] = in
			list = append(list, in)
		}
		in.res, in.last, in.live, in.kept = e.res, e, !e.gone, e.kept
		in.saved = in.saved || e.saved
		in.made = in.made || e.PhysicalID != ""
	}
	return list
}

// rows returns what DescribeStackResources shows: for each logical ID the newest instance that
// belongs to the stack. Deleted ones are shown while the stack is deleted or when its creation
// failed.
func (st *stack) rows(now time.Time) []*instance {
	var rows []*instance
	status := st.at(now).status
	showGone := !strings.HasPrefix(status, "UPDATE_") && !strings.HasPrefix(status, "CREATE_C")
	for _, in := range st.fold(now) {
		if !in.live && !showGone {
			continue
		}
		i := slices.IndexFunc(rows, func(row *instance) bool {
			return row.res.LogicalID == in.res.LogicalID
		})
		switch {
		case i < 0:
			rows = append(rows, in)
		case in.live || !rows[i].live:
			rows[i] = in
		}
	}
	return rows
}

// live lists the instances that belong to the stack, those whose creation failed included.
func (st *stack) live(now time.Time) []*instance {
	return slices.DeleteFunc(st.fold(now), func(in *instance) bool { return !in.live })
}

// find looks a stack up by name in a region, or by ARN; deleted ones by ARN only.
func (s *Server) find(nameOrID, region string) *stack {
	now := s.Now()
	for _, st := range s.stacks {
		if st.id == nameOrID {
			return st
		}
		if st.name == nameOrID && (region == "" || st.region == region) &&
			st.at(now).status != "DELETE_COMPLETE" {
			return st
		}
	}
	return nil
}

// existing returns the stack that a call names.
func (s *Server) existing(r *wire.Request) (*stack, *wire.Error) {
	name := r.Get("StackName")
	if st := s.find(name, r.Region); st != nil {
		return st, nil
	}
	return nil, wire.Invalid("Stack with id %s does not exist", name)
}

// bracketed is existing for the calls whose error has another wording.
func (s *Server) bracketed(r *wire.Request) (*stack, *wire.Error) {
	st, fail := s.existing(r)
	if fail != nil {
		fail = wire.Invalid("Stack [%s] does not exist", r.Get("StackName"))
	}
	return st, fail
}

// newStack adds a stack without events.
func (s *Server) newStack(name, region string) *stack {
	s.count++
	id := s.arn("stack", region, name, name+region)
	st := &stack{id: id, name: name, region: region, account: s.opts.Account, created: s.Now(),
		tokens: map[string]string{}}
	s.stacks = append(s.stacks, st)
	return st
}

// arn returns the ARN of a new stack or change set. Its last part follows from the key and the number
// of calls and IDs before.
func (s *Server) arn(kind, region, name, key string) string {
	return fmt.Sprintf("arn:%s:cloudformation:%s:%s:%s/%s/%s", evaluate.Partition(region), region,
		s.opts.Account, kind, name, evaluate.UUID(fmt.Sprint(key, s.count)))
}
