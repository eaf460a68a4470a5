package cfntest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// repeated tells whether a mutating call was made before with the same ClientRequestToken: it then
// succeeds again without an effect. The same token on another action is refused.
func (s *Server) repeated(st *stack, r *wire.Request) (bool, *wire.Error) {
	token := r.Get("ClientRequestToken")
	before, ok := st.tokens[token]
	switch {
	case token == "" || !ok || s.opts.ForgetTokens:
		return false, nil
	case before == r.Action:
		return true, nil
	}
	return false, wire.Refused("TokenAlreadyExistsException",
		"A client request token already exists: %s", token)
}

// mutate notes what a stack was before a mutating call, for stale reads, and the call's token.
func (s *Server) mutate(st *stack, r *wire.Request) {
	now := s.Now()
	v := st.at(now)
	st.before, st.mutated = &v, now
	if token := r.Get("ClientRequestToken"); token != "" {
		st.tokens[token] = r.Action
	}
}

func operationResult(st *stack, op *operation) *wire.Node {
	return wire.Structure("", "StackId", st.id, "OperationId", op.id)
}

// lastOperation returns the newest operation that has begun.
func (s *Server) lastOperation(st *stack) *operation {
	ops := st.at(s.Now()).ops
	if len(ops) == 0 {
		return &operation{}
	}
	return ops[len(ops)-1]
}

func (s *Server) createStack(r *wire.Request) (*wire.Node, string, *wire.Error) {
	name := r.Get("StackName")
	if fail := checkStackName(name); fail != nil {
		return nil, "", fail
	}
	if st := s.find(name, r.Region); st != nil {
		if done, fail := s.repeated(st, r); done || fail != nil {
			return operationResult(st, s.lastOperation(st)), "", fail
		}
		return nil, "", wire.Refused("AlreadyExistsException", "Stack [%s] already exists", name)
	}
	d, fail := s.prepare(r, &stack{name: name, region: r.Region, account: s.opts.Account}, nil)
	if fail != nil {
		return nil, "", fail
	}
	st := s.newStack(name, r.Region)
	s.mutate(st, r)
	st.protected, st.policy = r.Flag("EnableTerminationProtection"), r.Get("StackPolicyBody")
	p := s.begin(st, "CREATE_STACK", r.Get("ClientRequestToken"))
	first := p.op
	p.op.onFailure, p.op.retainNone = r.Get("OnFailure"), r.Flag("RetainExceptOnCreate")
	if r.Flag("DisableRollback") {
		p.op.onFailure = "DO_NOTHING"
	}
	p.create(d)
	return operationResult(st, first), "CREATE_STACK " + name, nil
}

func (s *Server) updateStack(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", wire.Invalid("Stack [%s] does not exist", r.Get("StackName"))
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return operationResult(st, s.lastOperation(st)), "", fail
	}
	v := st.at(s.Now())
	if fail := updatable(st, v); fail != nil {
		return nil, "", fail
	}
	d, fail := s.prepare(r, st, v.state)
	if fail != nil {
		return nil, "", fail
	}
	if _, same := s.preview(st, d, v.state); same && v.status != "UPDATE_FAILED" {
		return nil, "", wire.Invalid("No updates are to be performed.")
	}
	s.mutate(st, r)
	p := s.begin(st, "UPDATE_STACK", r.Get("ClientRequestToken"))
	first := p.op
	p.op.retainNone = r.Flag("RetainExceptOnCreate")
	if r.Flag("DisableRollback") {
		p.op.onFailure = "DO_NOTHING"
	}
	for _, c := range st.changeSets {
		c.obsolete = c.executed == nil
	}
	p.update(d)
	return operationResult(st, first), "UPDATE_STACK " + st.name, nil
}

func (s *Server) deleteStack(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st := s.find(r.Get("StackName"), r.Region)
	if st == nil {
		return nil, "", nil // not an error
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return nil, "", fail
	}
	now, retain := s.Now(), r.List("RetainResources")
	force := r.Get("DeletionMode") == "FORCE_DELETE_STACK"
	if status := st.at(now).status; status == "DELETE_COMPLETE" || status == "DELETE_IN_PROGRESS" {
		return nil, "", nil
	}
	if fail := st.deletable(now, retain, force); fail != nil {
		return nil, "", fail
	}
	s.mutate(st, r)
	st.onDelete = r.Get("DeletionMode")
	s.interrupt(st, now)
	p := s.begin(st, "DELETE_STACK", r.Get("ClientRequestToken"))
	p.delete(now, "User Initiated", removal{policy: p.policy(retain), force: force})
	return nil, "DELETE_STACK " + st.name, nil
}

// deletable refuses the deletion of a stack that is protected or in the wrong state.
func (st *stack) deletable(now time.Time, retain []string, force bool) *wire.Error {
	status := st.at(now).status
	kind, _, _ := strings.Cut(status, "_")
	busy := strings.HasSuffix(status, "_IN_PROGRESS")
	switch {
	case st.protected:
		return wire.Invalid("Stack [%s] cannot be deleted while TerminationProtection is enabled",
			st.name)
	case busy && (kind == "UPDATE" || kind == "IMPORT"):
		return wire.Invalid("Stack [%s] cannot be deleted while in status %s", st.id, status)
	case (retain != nil || force) && status != "DELETE_FAILED":
		return wire.Invalid("Invalid operation on stack [%s]. RetainResources and DeletionMode "+
			"FORCE_DELETE_STACK need a stack in status DELETE_FAILED, not %s", st.id, status)
	}
	for _, id := range retain {
		if !st.has(now, id, "DELETE_FAILED") {
			return wire.Invalid("Resource(s) [%s] to retain must be in a DELETE_FAILED state", id)
		}
	}
	return nil
}

// has tells whether a resource of the stack has a status.
func (st *stack) has(now time.Time, logicalID, status string) bool {
	return slices.ContainsFunc(st.live(now), func(in *instance) bool {
		return in.res.LogicalID == logicalID && in.last.Status == status
	})
}

func (s *Server) cancelUpdateStack(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return nil, "", fail
	}
	now := s.Now()
	if st.at(now).status != "UPDATE_IN_PROGRESS" {
		return nil, "", wire.Invalid("CancelUpdateStack cannot be called from current stack status")
	}
	s.mutate(st, r)
	s.interrupt(st, now)
	p := s.begin(st, "ROLLBACK", r.Get("ClientRequestToken"))
	p.undoUpdate(now, "User Initiated", nil, false)
	return nil, "ROLLBACK " + st.name, nil
}

func (s *Server) continueUpdateRollback(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return wire.Element(""), "", fail
	}
	now, skip, force := s.Now(), r.List("ResourcesToSkip"), r.Flag("ForceRollback")
	if st.at(now).status != "UPDATE_ROLLBACK_FAILED" {
		return nil, "", wire.Invalid(
			"ContinueUpdateRollback cannot be called from current stack status")
	}
	if force && skip != nil {
		return nil, "", wire.Invalid("ForceRollback and ResourcesToSkip cannot be specified together")
	}
	for _, id := range skip {
		if !st.has(now, id, "UPDATE_FAILED") {
			return nil, "", wire.Invalid(
				"Resource [%s] cannot be skipped: it is not in state UPDATE_FAILED", id)
		}
	}
	s.mutate(st, r)
	p := s.begin(st, "CONTINUE_ROLLBACK", r.Get("ClientRequestToken"))
	p.undoUpdate(now, "User Initiated", skip, force)
	return wire.Element(""), "CONTINUE_ROLLBACK " + st.name, nil
}

func (s *Server) rollbackStack(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return operationResult(st, s.lastOperation(st)), "", fail
	}
	now := s.Now()
	status := st.at(now).status
	if status != "CREATE_FAILED" && status != "UPDATE_FAILED" {
		return nil, "", wire.Invalid("RollbackStack cannot be called from current stack status")
	}
	s.mutate(st, r)
	p := s.begin(st, "ROLLBACK", r.Get("ClientRequestToken"))
	p.op.retainNone = r.Flag("RetainExceptOnCreate")
	if status == "CREATE_FAILED" {
		p.undoCreate(now, "User Initiated")
	} else {
		p.undoUpdate(now, "User Initiated", nil, false)
	}
	return operationResult(st, p.op), "ROLLBACK " + st.name, nil
}

func (s *Server) updateTerminationProtection(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	st.protected = r.Flag("EnableTerminationProtection")
	effect := fmt.Sprint("termination protection ", st.protected)
	return wire.Structure("", "StackId", st.id), effect, nil
}

func (s *Server) setStackPolicy(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	st.policy = r.Get("StackPolicyBody")
	return nil, "stack policy", nil
}

func (s *Server) getStackPolicy(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	return wire.Structure("", "StackPolicyBody", st.policy), "", nil
}
