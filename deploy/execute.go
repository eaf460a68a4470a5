package deploy

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Execute begins what was planned. It takes the newest event as the anchor of the
// event stream before it asks, so that no clock has to say which events are new.
//
// An Error with Result Refused means that nothing was begun and the plan is still to
// be discarded. A resource that this operation makes is removed again when it rolls
// back, also one that is retained otherwise: what was never used blocks no retry.
func (c *Client) Execute(ctx context.Context, p *Plan) (*Operation, error) {
	defer func() { p.hasty = ctx.Err() != nil }()
	before, err := c.present(ctx, p.Stack)
	switch {
	case err != nil:
		return nil, err
	case !before.Exists():
		return nil, &Error{Result: Refused, Stack: p.Stack.Name, Reason: "somebody else deleted it; plan again"}
	case before.Busy():
		return nil, before.refusal(busy)
	}
	op := c.follow(p.Operation, before.ID, unique(p.Operation, p.request))
	op.before, op.state.stack = before.version, before
	op.Planned, op.keep = len(p.Changes), p.keep
	if err := op.takeAnchor(ctx); err != nil {
		return nil, err
	}
	if err := c.check(ctx, p); err != nil {
		return nil, err
	}
	in := &cloudformation.ExecuteChangeSetInput{ChangeSetName: &p.ID, StackName: &p.Stack.ID, ClientRequestToken: &op.Token}
	if p.keep {
		in.DisableRollback = aws.Bool(true)
	} else {
		in.RetainExceptOnCreate = aws.Bool(true)
	}
	if _, err = mutate(ctx, c, c.api.ExecuteChangeSet, in); err != nil {
		err = c.afterRefusal(ctx, p, op, err)
	}
	if err != nil {
		return nil, err
	}
	p.settled = true
	return op, nil
}

// check refuses a plan whose change set somebody else has executed, made obsolete or
// removed by now. It comes after the anchor: what happens later shows as new events. Of
// a set that cannot be read its execution tells more.
func (c *Client) check(ctx context.Context, p *Plan) error {
	set, err := c.describeSet(ctx, p, "", false)
	var ours *Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &ours):
		return err
	case err == nil && set.ExecutionStatus != types.ExecutionStatusAvailable:
		return p.overtaken(nil)
	}
	return nil
}

// overtaken is the refusal of a plan that somebody else's operation has made useless.
func (p *Plan) overtaken(err error) error {
	return &Error{Result: Refused, Stack: p.Stack.Name,
		Reason: "the change set can no longer be executed: the stack was changed meanwhile; plan again", Err: err}
}

// afterRefusal is nil when an execution that seems refused has begun all the same: the
// reply may be lost, and the refusal the answer to its repetition.
func (c *Client) afterRefusal(ctx context.Context, p *Plan, op *Operation, refused error) error {
	uncertain := ctx.Err() != nil || passing(refused)
	if f := classify(refused); !uncertain && f != conflict && f != missing {
		return apiError(ctx, p.Stack.Name, refused)
	}
	limit := staleLimit
	if ctx.Err() != nil {
		limit = 2 * time.Second // somebody waits for us to go
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	found := untraced
	for wait := 500 * time.Millisecond; found < overtaken; wait *= 2 {
		found = c.trace(look, p, op, refused)
		if sleep(look, wait) != nil {
			break
		}
	}
	switch {
	case found == begun, found == executed: // nobody else's operation shows
		return nil
	case found == overtaken && classify(refused) == missing:
		return p.gone(refused)
	case found == overtaken || !uncertain:
		return p.overtaken(refused)
	}
	p.settled = found == untraced // it may be running: nothing of it is removed
	return &Error{Stack: p.Stack.Name, Reason: "whether the change set was executed is not known", Err: refused}
}

// trace is what is seen of an execution whose reply was lost.
type trace int

const (
	untraced  trace = iota // nothing that could be read tells
	waiting                // the change set waits to be executed
	executed               // by us or by somebody who plans the same
	overtaken              // somebody else's operation was faster
	begun
)

// trace looks for our token among the new events, and at the execution status of the
// change set.
func (c *Client) trace(ctx context.Context, p *Plan, op *Operation, refused error) trace {
	seen := untraced
	if found, err := op.root.fresh(ctx, c); err == nil {
		for _, e := range found.events {
			switch starting := e.Root && starts(e.Status); {
			case e.Token == op.Token:
				return begun
			case starting && e.Token != "":
				return overtaken
			case starting:
				seen = executed
			}
		}
	}
	set, err := call(ctx, c, c.api.DescribeChangeSet, &cloudformation.DescribeChangeSetInput{ChangeSetName: &p.ID, StackName: &p.Stack.ID})
	switch {
	case err != nil && classify(err) == missing && classify(refused) == missing:
		return overtaken
	case err != nil:
		return untraced
	}
	switch set.ExecutionStatus {
	case types.ExecutionStatusExecuteInProgress, types.ExecutionStatusExecuteComplete, types.ExecutionStatusExecuteFailed:
		if seen == executed { // on an endpoint that names no tokens
			return begun
		}
		return executed
	case types.ExecutionStatusObsolete:
		return overtaken
	case types.ExecutionStatusAvailable:
		return waiting
	}
	return untraced
}
