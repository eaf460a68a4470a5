package cfntest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
)

// How long the stack itself takes around its resources, before Options.Scale.
const (
	startDelay  = 2 * time.Second        // from the call to the first resource
	cancelDelay = 300 * time.Millisecond // from a failure until the others are cancelled
	endDelay    = time.Second            // from the last resource to the stack's next status
)

const (
	creationCancelled = "Resource creation cancelled"
	updateCancelled   = "Resource update cancelled"
)

// planner writes the events of an operation into a stack's future.
type planner struct {
	srv     *Server
	st      *stack
	op      *operation
	target  *deployment // of a create or update
	preview bool        // for a change set: no events are added

	given map[string]string // physical IDs that a seed states, by logical ID
}

// begin starts an operation at now.
func (s *Server) begin(st *stack, kind, token string) *planner {
	p := &planner{srv: s, st: st}
	p.next(kind, token, s.Now())
	return p
}

// next begins another operation of the planner: CloudFormation counts a rollback as one.
func (p *planner) next(kind, token string, start time.Time) {
	p.srv.count++
	op := &operation{kind: kind, token: token, start: start.Truncate(time.Millisecond),
		from: p.st.seq + 1}
	if p.op != nil {
		op.onFailure, op.retainNone = p.op.onFailure, p.op.retainNone
	}
	op.id = evaluate.UUID(fmt.Sprint(p.st.id, kind, p.srv.count))
	p.op = op
	p.st.ops = append(p.st.ops, op)
}

// rollback begins the automatic rollback.
func (p *planner) rollback(start time.Time) {
	token := p.op.token
	if p.srv.opts.NoRollbackToken {
		token = ""
	}
	p.next("ROLLBACK", token, start)
}

// after returns the time some modelled duration later, at least a millisecond.
func (p *planner) after(t time.Time, d time.Duration) time.Time { return t.Add(p.srv.scale(d)) }

func (p *planner) event(at time.Time, status, reason string) *event {
	return &event{Event: Event{At: at, Status: status, Reason: reason, Token: p.op.token,
		OperationID: p.op.id}}
}

// stack adds an event of the stack itself.
func (p *planner) stack(at time.Time, status, reason string) *event {
	e := p.event(at, status, reason)
	e.LogicalID, e.PhysicalID, e.Type = p.st.name, p.st.id, stackType
	p.st.add(e)
	return e
}

// resource adds an event of a resource, with its physical ID once it has one.
func (p *planner) resource(
	at time.Time, r *evaluate.Resource, made bool, status, reason string,
) *event {
	e := p.event(at, status, reason)
	e.res, e.LogicalID, e.Type = r, r.LogicalID, r.Type
	if made {
		e.PhysicalID = r.PhysicalID
	}
	if strings.HasPrefix(status, "CREATE_") || strings.HasPrefix(status, "UPDATE_") {
		e.props = evaluate.JSON(r.Properties)
		if p.target != nil {
			e.props = p.target.Mask(e.props)
		}
	}
	p.st.add(e)
	return e
}

// build plans the creates and updates that lead from what the stack has to a deployment. It returns
// when they end, what the stack then has, and the reason when something failed.
func (p *planner) build(
	d *deployment, have map[string]*evaluate.Resource, from time.Time,
) (end time.Time, now map[string]*evaluate.Resource, problem string) {
	p.target = d
	steps, now := p.steps(d, have)
	var tasks []task
	for _, id := range d.Order {
		s := steps[id]
		reason := p.failure(id, steps)
		t := task{id: id, after: d.After[id], takes: p.srv.takes(s.New)}
		switch {
		case s.Old == s.New:
			t.takes = 0
		case s.Old != nil && !s.Replaces:
			t.takes /= 2
		}
		if reason != "" {
			t.fails = true
			t.takes /= 2
		}
		tasks = append(tasks, t)
	}
	slots, end := schedule(tasks, from, true)
	var creates, updates []string
	for _, id := range d.Order {
		s, slot := steps[id], slots[id]
		if s.Old == s.New || slot.outcome == never {
			continue
		}
		p.write(step{s, p.failure(id, steps)}, slot)
		switch {
		case slot.outcome == done:
		case s.Old == nil:
			creates = append(creates, id)
		default:
			updates = append(updates, id)
		}
	}
	if creates != nil {
		problem += fmt.Sprintf("The following resource(s) failed to create: [%s]. ",
			strings.Join(creates, ", "))
	}
	if updates != nil {
		problem += fmt.Sprintf("The following resource(s) failed to update: [%s]. ",
			strings.Join(updates, ", "))
	}
	return end, now, problem
}

// write adds the events of a create, update or replacement.
func (p *planner) write(s step, slot slot) {
	initiated := slot.start.Add(max(slot.end.Sub(slot.start)/4, time.Millisecond))
	made := (s.reason == "" || strings.Contains(s.reason, "NotStabilized")) &&
		!initiated.After(slot.end)
	kind, cancelledReason := "CREATE", creationCancelled
	switch {
	case s.Old == nil:
		p.resource(slot.start, s.New, false, "CREATE_IN_PROGRESS", "")
	case s.Replaces:
		kind, cancelledReason = "UPDATE", updateCancelled
		p.resource(slot.start, s.Old, true, "UPDATE_IN_PROGRESS",
			"Requested update requires the creation of a new physical resource; hence creating one.")
	default:
		kind, cancelledReason, made = "UPDATE", updateCancelled, true
		p.resource(slot.start, s.New, true, "UPDATE_IN_PROGRESS", "")
	}
	if made && (s.Old == nil || s.Replaces) {
		p.resource(initiated, s.New, true, kind+"_IN_PROGRESS", "Resource creation Initiated")
	}
	r := s.New
	if s.Replaces && !made {
		r, made = s.Old, true
	}
	switch slot.outcome {
	case done:
		p.resource(slot.end, r, true, kind+"_COMPLETE", "")
	case failed:
		p.resource(slot.end, r, made, kind+"_FAILED", s.reason)
	case cancelled:
		p.resource(p.after(slot.end, cancelDelay), r, made, kind+"_FAILED", cancelledReason)
	}
}

// removal says how a set of instances is deleted.
type removal struct {
	policy func(*evaluate.Resource) string // Delete, Retain or Snapshot
	force  bool                            // failures are skipped
	last   bool                            // clean-up: what fails is no longer the stack's
}

// remove plans the deletes of instances, dependents first. It returns when they end and the logical
// IDs that failed.
func (p *planner) remove(
	list []*instance, from time.Time, how removal,
) (end time.Time, stuck []string) {
	after, byID := map[string][]string{}, map[string]*instance{}
	var ids []string
	for _, in := range list {
		ids = append(ids, in.res.LogicalID)
		byID[in.res.LogicalID] = in
		for _, name := range in.res.After {
			after[name] = append(after[name], in.res.LogicalID)
		}
	}
	order, _ := evaluate.InOrder(ids, after)
	var tasks []task
	for _, id := range order {
		in := byID[id]
		t := task{id: id, after: after[id], takes: p.srv.takes(in.res) / 2,
			fails: p.srv.fails["DELETE "+id] != "" && !how.force}
		if !in.made || how.policy(in.res) == "Retain" {
			t.takes, t.fails = 0, false
		}
		tasks = append(tasks, t)
	}
	slots, end := schedule(tasks, from, false)
	for _, id := range order {
		if slots[id].outcome != never && !p.writeRemoval(byID[id], slots[id], how) {
			stuck = append(stuck, id)
		}
	}
	slices.Sort(stuck)
	return end, stuck
}

// writeRemoval adds the events of a delete and tells whether the stack got rid of the resource.
func (p *planner) writeRemoval(in *instance, slot slot, how removal) bool {
	r := in.res
	switch {
	case !in.made:
		p.resource(slot.end, r, false, "DELETE_COMPLETE", "").gone = true
		return true
	case how.policy(r) == "Retain", how.force && p.srv.fails["DELETE "+r.LogicalID] != "":
		e := p.resource(slot.end, r, true, "DELETE_SKIPPED", "")
		e.gone, e.kept = true, true
		return true
	}
	p.resource(slot.start, r, true, "DELETE_IN_PROGRESS", "")
	if slot.outcome == failed {
		e := p.resource(slot.end, r, true, "DELETE_FAILED", p.srv.fails["DELETE "+r.LogicalID])
		e.gone, e.kept = how.last, how.last
		return false
	}
	e := p.resource(slot.end, r, true, "DELETE_COMPLETE", "")
	e.gone, e.saved = true, how.policy(r) == "Snapshot"
	return true
}

// step is a resource's part of a create or update.
type step struct {
	*evaluate.Step
	reason string // why it fails; empty: it does not
}

// steps compares what the stack has with the deployment. It returns also what the stack has
// afterwards.
func (p *planner) steps(
	d *deployment, have map[string]*evaluate.Resource,
) (map[string]*evaluate.Step, map[string]*evaluate.Resource) {
	return d.Steps(p.st.environment(), have, p.physicalID)
}

// physicalID returns an invented ID of a new resource. In a preview the ID is not known yet.
func (p *planner) physicalID(s *evaluate.Step, sc *evaluate.Scope) string {
	if p.preview {
		return evaluate.KnownAfterApply
	}
	s.New.Seed = fmt.Sprint(p.st.id, s.New.LogicalID, p.op.id)
	if id := p.given[s.New.LogicalID]; id != "" {
		return id
	}
	id := s.New.NewID(sc)
	if s.Old != nil && id == s.Old.PhysicalID {
		id += "-2"
	}
	return id
}

// failure returns the reason why a step fails, empty when it does not: what a test asked for, or
// what the service refuses.
func (p *planner) failure(id string, steps map[string]*evaluate.Step) string {
	s := steps[id]
	switch {
	case s.New == s.Old:
		return ""
	case s.Old == nil:
		return p.srv.fails["CREATE "+id]
	}
	return cmp.Or(p.srv.fails["UPDATE "+id], s.Refusal(steps))
}
