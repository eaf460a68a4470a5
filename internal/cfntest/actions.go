package cfntest

import (
	"slices"
	"strings"
)

// repeated tells whether a mutating call was made before with the same ClientRequestToken: it then succeeds again without an effect. The same
// token on another action is refused.
func (s *Server) repeated(st *stack, r *request) (bool, *apiError) {
	token := r.get("ClientRequestToken")
	before, ok := st.tokens[token]
	switch {
	case token == "" || !ok || s.opts.ForgetTokens:
		return false, nil
	case before == r.action:
		return true, nil
	}
	return false, refused("TokenAlreadyExistsException", "A client request token already exists: %s", token)
}

// mutate notes what a stack was before a mutating call, for stale reads, and the call's token.
func (s *Server) mutate(st *stack, r *request) {
	now := s.now()
	v := st.at(now)
	st.before, st.mutated = &v, now
	if token := r.get("ClientRequestToken"); token != "" {
		st.tokens[token] = r.action
	}
}

func operationResult(st *stack, op *operation) *node {
	return el("", text("StackId", st.id), text("OperationId", op.id))
}

// lastOperation is the newest operation that has begun.
func (s *Server) lastOperation(st *stack) *operation {
	ops := st.at(s.now()).ops
	if len(ops) == 0 {
		return &operation{}
	}
	return ops[len(ops)-1]
}

func (s *Server) createStack(r *request) (*node, string, *apiError) {
	name := r.get("StackName")
	if fail := checkStackName(name); fail != nil {
		return nil, "", fail
	}
	if st := s.find(name, r.region); st != nil {
		if done, fail := s.repeated(st, r); done || fail != nil {
			return operationResult(st, s.lastOperation(st)), "", fail
		}
		return nil, "", refused("AlreadyExistsException", "Stack [%s] already exists", name)
	}
	d, fail := s.prepare(r, &stack{name: name, region: r.region, account: s.opts.Account}, nil)
	if fail != nil {
		return nil, "", fail
	}
	st := s.newStack(name, r.region)
	s.mutate(st, r)
	st.protected, st.policy = r.flag("EnableTerminationProtection"), r.get("StackPolicyBody")
	p := s.begin(st, "CREATE_STACK", r.get("ClientRequestToken"))
	first := p.op
	p.op.onFailure, p.op.retainNone = r.get("OnFailure"), r.flag("RetainExceptOnCreate")
	if r.flag("DisableRollback") {
		p.op.onFailure = "DO_NOTHING"
	}
	p.create(d)
	return operationResult(st, first), "CREATE_STACK " + name, nil
}

func (s *Server) updateStack(r *request) (*node, string, *apiError) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", invalid("Stack [%s] does not exist", r.get("StackName"))
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return operationResult(st, s.lastOperation(st)), "", fail
	}
	v := st.at(s.now())
	if fail := updatable(st, v); fail != nil {
		return nil, "", fail
	}
	d, fail := s.prepare(r, st, v.state)
	if fail != nil {
		return nil, "", fail
	}
	if _, same := s.preview(st, d, v.state); same && v.status != "UPDATE_FAILED" {
		return nil, "", invalid("No updates are to be performed.")
	}
	s.mutate(st, r)
	p := s.begin(st, "UPDATE_STACK", r.get("ClientRequestToken"))
	first := p.op
	p.op.retainNone = r.flag("RetainExceptOnCreate")
	if r.flag("DisableRollback") {
		p.op.onFailure = "DO_NOTHING"
	}
	for _, c := range st.changeSets {
		c.obsolete = c.executed == nil
	}
	p.update(d)
	return operationResult(st, first), "UPDATE_STACK " + st.name, nil
}

func (s *Server) deleteStack(r *request) (*node, string, *apiError) {
	st := s.find(r.get("StackName"), r.region)
	if st == nil {
		return nil, "", nil // deleting what is not there is no error
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return nil, "", fail
	}
	now := s.now()
	status, retain, force := st.at(now).status, r.list("RetainResources"), r.get("DeletionMode") == "FORCE_DELETE_STACK"
	switch {
	case status == "DELETE_COMPLETE", status == "DELETE_IN_PROGRESS":
		return nil, "", nil
	case st.protected:
		return nil, "", invalid("Stack [%s] cannot be deleted while TerminationProtection is enabled", st.name)
	case strings.HasPrefix(status, "UPDATE_") && strings.HasSuffix(status, "_IN_PROGRESS"), strings.HasPrefix(status, "IMPORT_") && strings.HasSuffix(status, "_IN_PROGRESS"):
		return nil, "", invalid("Stack [%s] cannot be deleted while in status %s", st.id, status)
	case (retain != nil || force) && status != "DELETE_FAILED":
		return nil, "", invalid("Invalid operation on stack [%s]. RetainResources and DeletionMode FORCE_DELETE_STACK need a stack in status DELETE_FAILED, not %s", st.id, status)
	}
	for _, id := range retain {
		if !slices.ContainsFunc(st.live(now), func(in *instance) bool { return in.res.logical == id && in.last.Status == "DELETE_FAILED" }) {
			return nil, "", invalid("Resource(s) [%s] to retain must be in a DELETE_FAILED state", id)
		}
	}
	s.mutate(st, r)
	st.onDelete = r.get("DeletionMode")
	s.interrupt(st, now)
	p := s.begin(st, "DELETE_STACK", r.get("ClientRequestToken"))
	p.delete(now, "User Initiated", removal{policy: p.policy(retain), force: force})
	return nil, "DELETE_STACK " + st.name, nil
}

func (s *Server) cancelUpdateStack(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return nil, "", fail
	}
	now := s.now()
	if st.at(now).status != "UPDATE_IN_PROGRESS" {
		return nil, "", invalid("CancelUpdateStack cannot be called from current stack status")
	}
	s.mutate(st, r)
	s.interrupt(st, now)
	p := s.begin(st, "ROLLBACK", r.get("ClientRequestToken"))
	p.undoUpdate(now, "User Initiated", nil, false)
	return nil, "ROLLBACK " + st.name, nil
}

func (s *Server) continueUpdateRollback(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return el(""), "", fail
	}
	now, skip, force := s.now(), r.list("ResourcesToSkip"), r.flag("ForceRollback")
	if st.at(now).status != "UPDATE_ROLLBACK_FAILED" {
		return nil, "", invalid("ContinueUpdateRollback cannot be called from current stack status")
	}
	if force && skip != nil {
		return nil, "", invalid("ForceRollback and ResourcesToSkip cannot be specified together")
	}
	for _, id := range skip {
		if !slices.ContainsFunc(st.live(now), func(in *instance) bool { return in.res.logical == id && in.last.Status == "UPDATE_FAILED" }) {
			return nil, "", invalid("Resource [%s] cannot be skipped: it is not in state UPDATE_FAILED", id)
		}
	}
	s.mutate(st, r)
	p := s.begin(st, "CONTINUE_ROLLBACK", r.get("ClientRequestToken"))
	p.undoUpdate(now, "User Initiated", skip, force)
	return el(""), "CONTINUE_ROLLBACK " + st.name, nil
}

func (s *Server) rollbackStack(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return operationResult(st, s.lastOperation(st)), "", fail
	}
	now := s.now()
	status := st.at(now).status
	if status != "CREATE_FAILED" && status != "UPDATE_FAILED" {
		return nil, "", invalid("RollbackStack cannot be called from current stack status")
	}
	s.mutate(st, r)
	p := s.begin(st, "ROLLBACK", r.get("ClientRequestToken"))
	p.op.retainNone = r.flag("RetainExceptOnCreate")
	if status == "CREATE_FAILED" {
		p.undoCreate(now, "User Initiated")
	} else {
		p.undoUpdate(now, "User Initiated", nil, false)
	}
	return operationResult(st, p.op), "ROLLBACK " + st.name, nil
}

func (s *Server) updateTerminationProtection(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	st.protected = r.flag("EnableTerminationProtection")
	return el("", text("StackId", st.id)), "termination protection " + r.get("EnableTerminationProtection"), nil
}

func (s *Server) setStackPolicy(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	st.policy = r.get("StackPolicyBody")
	return nil, "stack policy", nil
}

func (s *Server) getStackPolicy(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	return el("", text("StackPolicyBody", st.policy)), "", nil
}
