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

// result returns the state after a create or update that succeeded.
func (p *planner) result(d *deployment, now map[string]*evaluate.Resource) *state {
	outputs := d.ComputeOutputs(d.Scope(p.st.environment(), now))
	return &state{deployment: *d, resources: now, outputs: outputs}
}

// undoCreate plans the rollback of a create: everything that was created is deleted.
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

// policy returns what a delete or rollback does with a resource; those named in retain stay.
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
			in.last.gone = true // a creation that failed is retried
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
		policy := func(r *evaluate.Resource) string { return removalPolicy(r, now[r.LogicalID] != nil) }
		end, _ = p.remove(without(list, now), p.after(end, endDelay),
			removal{policy: policy, last: true})
		p.stack(p.after(end, endDelay), "UPDATE_COMPLETE", "")
	case p.op.onFailure == "DO_NOTHING":
		p.stack(end, "UPDATE_FAILED", problem)
	default:
		p.rollback(end)
		p.undoUpdate(end, problem, nil, false)
	}
}

// without returns the instances that are not among the resources given.
func without(list []*instance, keep map[string]*evaluate.Resource) []*instance {
	return slices.DeleteFunc(slices.Clone(list), func(in *instance) bool {
		r := keep[in.res.LogicalID]
		return r != nil && r.PhysicalID == in.res.PhysicalID
	})
}

// removalPolicy returns what an update does with an old resource: UpdateReplacePolicy says it when
// the resource is replaced, DeletionPolicy when it is removed from the template.
func removalPolicy(r *evaluate.Resource, replaced bool) string {
	policy := r.DeletionPolicy
	if replaced {
		policy = r.UpdateReplacePolicy
	}
	return strings.Replace(policy, "RetainExceptOnCreate", "Retain", 1)
}

// undoUpdate plans the rollback of an update to the last state that was complete: changed resources
// are reverted, new ones are deleted. Skip names resources that are left as they are, as
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
	added := without(p.st.live(end), whole.resources)
	end, _ = p.remove(added, p.after(end, endDelay),
		removal{policy: p.addedPolicy(whole), last: true})
	p.stack(p.after(end, endDelay), "UPDATE_ROLLBACK_COMPLETE", "")
}

// addedPolicy returns what the rollback of an update does with a new resource: DeletionPolicy
// decides when the update added it; a replacement is deleted, as the stack has the old resource
// again.
func (p *planner) addedPolicy(whole *state) func(*evaluate.Resource) string {
	policy := p.policy(nil)
	return func(r *evaluate.Resource) string {
		if whole.resources[r.LogicalID] != nil {
			return "Delete"
		}
		return policy(r)
	}
}

// revert plans the updates that give changed resources their old properties.
func (p *planner) revert(
	from time.Time, whole *state, skip []string, force bool,
) (end time.Time, stuck []string) {
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

// interrupt ends the operation that runs at now: its plan is dropped, resources in progress are
// cancelled.
func (s *Server) interrupt(st *stack, now time.Time) {
	st.forget(now)
	if len(st.ops) == 0 {
		return
	}
	p := &planner{srv: s, st: st, op: st.ops[len(st.ops)-1]}
	newest := map[string]*instance{} // by logical ID: during a replacement, the new resource
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
