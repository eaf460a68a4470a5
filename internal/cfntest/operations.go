package cfntest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
)

// create plans a stack's creation.
func (p *planner) create(d *deployment) {
	start := p.op.start
	begin := p.stack(start, "CREATE_IN_PROGRESS", "User Initiated")
	p.st.commit(begin, &state{deployment: *d})
	end, now, problem := p.build(d, nil, p.after(start, startDelay))
	end = p.after(end, endDelay)
	if problem == "" {
		p.st.commit(p.stack(end, "CREATE_COMPLETE", ""), p.result(d, now))
		return
	}
	switch p.op.onFailure {
	case "DO_NOTHING":
		p.stack(end, "CREATE_FAILED", problem)
	case "DELETE":
		p.next("DELETE_STACK", p.op.token, end)
		p.delete(end, problem+"Delete requested by user.", removal{policy: p.policy(nil)})
	default:
		p.rollback(end)
		p.undoCreate(end, problem+"Rollback requested by user.")
	}
}

// result is the state that a finished create or update leaves.
func (p *planner) result(d *deployment, now map[string]*evaluate.Resource) *state {
	return &state{deployment: *d, resources: now, outputs: d.ComputeOutputs(d.Scope(p.st.environment(),
		now))}
}

// undoCreate plans the rollback of a create: everything made is deleted.
func (p *planner) undoCreate(at time.Time, reason string) {
	p.stack(at, "ROLLBACK_IN_PROGRESS", reason)
	end, stuck := p.remove(p.st.live(at), p.after(at, endDelay), removal{policy: p.policy(nil)})
	end = p.after(end, endDelay)
	if stuck != nil {
		p.stack(end, "ROLLBACK_FAILED", failedTo("delete", stuck))
		return
	}
	p.stack(end, "ROLLBACK_COMPLETE", "")
}

func failedTo(verb string, ids []string) string {
	return fmt.Sprintf("The following resource(s) failed to %s: [%s]. ", verb, strings.Join(ids, ", "))
}

// policy tells what a delete does with a resource; those named in retain stay.
func (p *planner) policy(retain []string) func(*evaluate.Resource) string {
	return func(r *evaluate.Resource) string {
		switch {
		case slices.Contains(retain, r.LogicalID):
			return "Retain"
		case r.DeletionPolicy == "RetainExceptOnCreate" && p.op.rollsBack():
			return "Delete"
		case r.DeletionPolicy == "RetainExceptOnCreate":
			return "Retain"
		case r.DeletionPolicy == "Retain" && p.op.retainNone && p.op.rollsBack():
			return "Delete"
		}
		return r.DeletionPolicy
	}
}

// delete plans a stack's deletion.
func (p *planner) delete(at time.Time, reason string, how removal) {
	p.stack(at, "DELETE_IN_PROGRESS", reason)
	end, stuck := p.remove(p.st.live(at), p.after(at, startDelay), how)
	end = p.after(end, endDelay)
	if stuck != nil {
		p.stack(end, "DELETE_FAILED", failedTo("delete", stuck))
		return
	}
	p.stack(end, "DELETE_COMPLETE", "")
}

// update plans an update.
func (p *planner) update(d *deployment) {
	start, have := p.op.start, map[string]*evaluate.Resource{}
	var list []*instance
	for _, in := range p.st.live(start) {
		if !in.made {
			in.last.gone = true // a creation that failed is tried anew
			continue
		}
		list = append(list, in)
		have[in.res.LogicalID] = in.res
	}
	for id, r := range have {
		if def, ok := d.Template.Resources[id]; ok { // policies follow the template without an event
			r.Adopt(def)
		}
	}
	p.stack(start, "UPDATE_IN_PROGRESS", "User Initiated")
	end, now, problem := p.build(d, have, p.after(start, startDelay))
	end = p.after(end, endDelay)
	switch {
	case problem == "":
		since := p.stack(end, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
		p.st.commit(since, p.result(d, now))
		end, _ = p.remove(without(list, now), p.after(end, endDelay),
			removal{policy: replacePolicy(now), last: true})
		p.stack(p.after(end, endDelay), "UPDATE_COMPLETE", "")
	case p.op.onFailure == "DO_NOTHING":
		p.stack(end, "UPDATE_FAILED", problem)
	default:
		p.rollback(end)
		p.undoUpdate(end, problem, nil, false)
	}
}

// without are the instances that are not among the resources given.
func without(list []*instance, keep map[string]*evaluate.Resource) []*instance {
	return slices.DeleteFunc(slices.Clone(list), func(in *instance) bool {
		r := keep[in.res.LogicalID]
		return r != nil && r.PhysicalID == in.res.PhysicalID
	})
}

// replacePolicy tells what a clean-up does with an old resource: UpdateReplacePolicy when it was
// replaced, DeletionPolicy when it was removed.
func replacePolicy(now map[string]*evaluate.Resource) func(*evaluate.Resource) string {
	return func(r *evaluate.Resource) string {
		policy := r.DeletionPolicy
		if now[r.LogicalID] != nil {
			policy = r.UpdateReplacePolicy
		}
		if policy == "RetainExceptOnCreate" {
			return "Retain"
		}
		return policy
	}
}

// undoUpdate plans the rollback of an update to the last state that was whole: what was touched
// goes back, what is new goes. Skip names resources that are left as they are, as
// ContinueUpdateRollback's ResourcesToSkip; force skips whatever fails.
func (p *planner) undoUpdate(at time.Time, reason string, skip []string, force bool) {
	whole := p.st.at(at).state
	p.target = &whole.deployment
	p.stack(at, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
	end, stuck := p.revert(p.after(at, endDelay), whole, skip, force)
	end = p.after(end, endDelay)
	if stuck != nil {
		p.stack(end, "UPDATE_ROLLBACK_FAILED", failedTo("update", stuck))
		return
	}
	p.stack(end, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "")
	fresh := without(p.st.live(end), whole.resources)
	end, _ = p.remove(fresh, p.after(end, endDelay), removal{policy: p.freshPolicy(whole), last: true})
	p.stack(p.after(end, endDelay), "UPDATE_ROLLBACK_COMPLETE", "")
}

// freshPolicy returns what the rollback of an update does with a new resource: DeletionPolicy
// decides when the update added it; a successor goes, as its predecessor is the stack's again.
func (p *planner) freshPolicy(whole *state) func(*evaluate.Resource) string {
	policy := p.policy(nil)
	return func(r *evaluate.Resource) string {
		if whole.resources[r.LogicalID] != nil {
			return "Delete"
		}
		return policy(r)
	}
}

// revert takes the touched resources back to what they were.
func (p *planner) revert(from time.Time, whole *state, skip []string, force bool) (end time.Time,
	stuck []string) {
	var tasks []task
	for _, in := range p.st.live(from) {
		id, old := in.res.LogicalID, whole.resources[in.res.LogicalID]
		untouched := in.last.seq <= whole.since.seq && in.last.Status != "UPDATE_FAILED" ||
			in.res == old && strings.HasSuffix(in.last.Status, "_COMPLETE")
		if old == nil || old.PhysicalID != in.res.PhysicalID || untouched {
			continue
		}
		reason := p.srv.fails["ROLLBACK "+id]
		if slices.Contains(skip, id) || force && reason != "" {
			p.resource(from, old, true, "UPDATE_COMPLETE", "")
			continue
		}
		tasks = append(tasks, task{id: id, takes: p.srv.takes(old) / 2, fails: reason != ""})
	}
	slots, end := schedule(tasks, from, false)
	for _, id := range slices.Sorted(maps.Keys(slots)) {
		old := whole.resources[id]
		p.resource(slots[id].start, old, true, "UPDATE_IN_PROGRESS", "")
		if slots[id].outcome == failed {
			p.resource(slots[id].end, old, true, "UPDATE_FAILED", p.srv.fails["ROLLBACK "+id])
			stuck = append(stuck, id)
			continue
		}
		p.resource(slots[id].end, old, true, "UPDATE_COMPLETE", "")
	}
	return end, stuck
}

// interrupt ends what runs at now: the plan is dropped, resources in progress are cancelled.
func (s *Server) interrupt(st *stack, now time.Time) {
	st.forget(now)
	if len(st.ops) == 0 {
		return
	}
	p := &planner{srv: s, st: st, op: st.ops[len(st.ops)-1]}
	newest := map[string]*instance{} // of a logical ID: what is being replaced waits for its successor
	list := st.live(now)
	for _, in := range list {
		if other := newest[in.res.LogicalID]; other == nil || in.last.seq > other.last.seq {
			newest[in.res.LogicalID] = in
		}
	}
	for _, in := range list {
		if newest[in.res.LogicalID] != in {
			continue
		}
		switch in.last.Status {
		case "CREATE_IN_PROGRESS":
			p.resource(now, in.res, in.made, "CREATE_FAILED", creationCancelled)
		case "UPDATE_IN_PROGRESS":
			p.resource(now, in.res, true, "UPDATE_FAILED", updateCancelled)
		}
	}
}
