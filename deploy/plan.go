package deploy

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Plan is a change set: what executing it would change.
type Plan struct {
	ID        string // the change set's ARN
	Name      string
	Stack     Stack    // as it was planned for; its ID is set also when it is to be created
	Operation string   // CREATE or UPDATE
	Changes   []Change // in CloudFormation's order; none when only outputs or tags change
	Reused    bool     // an earlier run made the change set for the same request, and was cut off

	empty   bool   // nothing to do
	request string // Request.fingerprint
	keep    bool   // Request.KeepFailed
	seen    bool   // the change set was read
	hasty   bool   // somebody waits for us to go
	shell   bool   // our change set made the stack
	settled bool   // removed, executed, or perhaps executed: there is nothing to remove any more
}

// Empty says that the stack already is what was asked for. The change set is removed.
func (p *Plan) Empty() bool { return p.empty }

// Plan makes a change set, waits for it and reads it. One that an earlier run made for
// the same request and left behind is used again. When Plan returns an error, also
// because ctx has ended, the change set is already removed.
//
// A template or parameters that CloudFormation does not accept are an Error with
// Result Invalid; a stack whose status allows no deployment is Refused or Stuck.
func (c *Client) Plan(ctx context.Context, s Stack, r Request) (*Plan, error) {
	if !s.Exists() {
		s.ID = "" // a deleted stack's name is free, its ARN is not used again
	}
	p := &Plan{Stack: s, request: r.fingerprint(), keep: r.KeepFailed, shell: !s.Exists()}
	switch a := stateOf(s.Status).deploy; {
	case a == create:
		p.Operation = creation
	case a == update, a == forward && p.keep:
		p.Operation = updating
	default:
		return nil, s.refusal(a)
	}
	err := c.adopt(ctx, p)
	if err == nil && !p.Reused {
		p.Name = unique(p.request)
		err = c.make(ctx, p, r)
	}
	if err != nil {
		return nil, err
	}
	if !p.empty {
		err = c.complete(ctx, p)
	}
	if err == nil && s.ID != "" && p.Stack.ID != s.ID {
		err = &Error{Result: Refused, Stack: s.Name, Reason: "somebody else deleted it and made it again meanwhile; plan again"}
	}
	if err == nil {
		err = p.replaces()
	}
	if err == nil && !p.empty {
		return p, nil
	}
	// Removing it must not fail because the user has lost patience, nor try it more.
	p.hasty = ctx.Err() != nil
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleLimit)
	defer cancel()
	if kept := c.Discard(clean, p); kept != nil {
		return nil, errors.Join(err, kept)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// replaces refuses, with rollback off, what CloudFormation would refuse half-way.
func (p *Plan) replaces() error {
	var replaced []string
	for _, change := range p.Changes {
		if change.Replacement == string(types.ReplacementTrue) {
			replaced = append(replaced, change.LogicalID)
		}
	}
	if !p.keep || len(replaced) == 0 {
		return nil
	}
	return &Error{Result: Refused, Stack: p.Stack.Name,
		Reason: "with rollback off no resource can be replaced, and this would replace " + strings.Join(replaced, ", ")}
}
