package deploy

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// Execute executes the plan. It takes the newest event as the anchor of the
// event stream before it asks, so that the new events are known without comparing clocks.
//
// An Error with Result Refused means that nothing was begun and the plan is still to
// be discarded. A resource that this operation makes is removed again when it rolls
// back, also one that is retained otherwise, so that a failed create leaves nothing
// that blocks a retry.
func (c *Client) Execute(ctx context.Context, p *Plan) (op *Operation, err error) {
	defer func() { p.interrupted = ctx.Err() != nil }()
	before, err := c.readExisting(ctx, p.Stack)
	switch {
	case err != nil:
		return nil, err
	case !before.Exists():
		return nil, p.refused("somebody else deleted it; plan again", nil)
	case before.Busy():
		return nil, before.refusal(states.Busy)
	}
	op = c.newOperation(p.Operation, before, uniqueName(p.Operation, p.request))
	op.Planned, op.keepFailed = len(p.Changes), p.keepFailed
	if err := op.takeAnchor(ctx); err != nil {
		return nil, err
	}
	if err := c.checkExecutable(ctx, p); err != nil {
		return nil, err
	}
	in := &cloudformation.ExecuteChangeSetInput{
		ChangeSetName: &p.ID, StackName: &p.Stack.ID, ClientRequestToken: &op.Token,
	}
	if p.keepFailed {
		in.DisableRollback = aws.Bool(true)
	} else {
		in.RetainExceptOnCreate = aws.Bool(true)
	}
	_, err = transport.Mutate(ctx, c.connection, c.api.ExecuteChangeSet, in)
	if err != nil {
		err = c.afterRefusal(ctx, p, op, err)
	}
	if err != nil {
		return nil, err
	}
	p.closed = true
	return op, nil
}

// checkExecutable refuses a plan whose change set somebody else has executed, made
// obsolete or removed by now. It comes after the anchor: what happens later shows as new
// events. When the set cannot be read, its execution will show more.
func (c *Client) checkExecutable(ctx context.Context, p *Plan) error {
	set, err := c.describeChangeSet(ctx, p, "", false)
	var ours *Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &ours):
		return err
	case err == nil && set.ExecutionStatus != types.ExecutionStatusAvailable:
		return p.obsolete(nil)
	}
	return nil
}

// obsolete returns the refusal of a plan that another operation has made useless.
func (p *Plan) obsolete(err error) error {
	return p.refused("the change set can no longer be executed: the stack was changed "+
		"in the meantime; plan again", err)
}

// afterRefusal returns nil when an execution that seems refused has begun anyway: the
// reply may be lost, and the refusal may be the answer to the repeated request.
func (c *Client) afterRefusal(ctx context.Context, p *Plan, op *Operation, refused error) error {
	fault := transport.Classify(refused)
	uncertain := ctx.Err() != nil || transport.Temporary(refused)
	if !uncertain && fault != transport.Conflict && fault != transport.Missing {
		return apiError(ctx, p.Stack.Name, refused)
	}
	limit := staleLimit
	if ctx.Err() != nil {
		limit = 2 * time.Second // the user waits for the program to end
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	found := noTrace
	for wait := 500 * time.Millisecond; found < traceOfOthers; wait *= 2 {
		found = c.trace(look, p, op, refused)
		if transport.Sleep(look, wait) != nil {
			break
		}
	}
	switch {
	case found == traceOfOurs, found == traceOfExecution: // and not of another operation
		return nil
	case found == traceOfOthers && fault == transport.Missing:
		return p.removedMeanwhile("", refused)
	case found == traceOfOthers || !uncertain:
		return p.obsolete(refused)
	}
	p.closed = found == noTrace // it may be running: nothing of it is removed
	return &Error{Stack: p.Stack.Name,
		Reason: "it is not known whether the change set was executed", Err: refused}
}

// trace is the visible effect of an execution whose reply was lost.
type trace int

const (
	noTrace          trace = iota // what could be read does not say
	traceOfNone                   // the change set waits to be executed
	traceOfExecution              // by us or by another run with the same plan
	traceOfOthers                 // somebody else's operation was faster
	traceOfOurs                   // our operation has begun
)

// trace looks for our token among the new events, and at the execution status of the
// change set.
func (c *Client) trace(ctx context.Context, p *Plan, op *Operation, refused error) trace {
	seen := noTrace
	if news, err := c.logs.Read(ctx, op.root); err == nil {
		for _, e := range news.Events {
			switch starting := e.Root && states.Starts(e.Status); {
			case e.Token == op.Token:
				return traceOfOurs
			case starting && e.Token != "":
				return traceOfOthers
			case starting:
				seen = traceOfExecution
			}
		}
	}
	set, err := transport.Call(ctx, c.connection, c.api.DescribeChangeSet,
		&cloudformation.DescribeChangeSetInput{ChangeSetName: &p.ID, StackName: &p.Stack.ID})
	missing := func(err error) bool { return transport.Classify(err) == transport.Missing }
	switch {
	case err != nil && missing(err) && missing(refused):
		return traceOfOthers
	case err != nil:
		return noTrace
	}
	switch set.ExecutionStatus {
	case types.ExecutionStatusExecuteInProgress, types.ExecutionStatusExecuteComplete,
		types.ExecutionStatusExecuteFailed:
		if seen == traceOfExecution { // on an endpoint that names no tokens
			return traceOfOurs
		}
		return traceOfExecution
	case types.ExecutionStatusObsolete:
		return traceOfOthers
	case types.ExecutionStatusAvailable:
		return traceOfNone
	}
	return noTrace
}
