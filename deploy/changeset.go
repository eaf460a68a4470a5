package deploy

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// planLimit is how long CloudFormation may take to make a change set.
const planLimit = 15 * time.Minute

// make asks for the change set. An error means that there is none. When the reply was
// lost there may be one, and complete finds out.
func (c *Client) make(ctx context.Context, p *Plan, r Request) error {
	made, err := mutate(ctx, c, c.api.CreateChangeSet, p.input(r))
	var taken *types.AlreadyExistsException // by the attempt before the last: nobody else has the name
	switch {
	case err == nil:
		p.ID, p.Stack.ID = aws.ToString(made.Id), cmp.Or(aws.ToString(made.StackId), p.Stack.ID)
	case ctx.Err() == nil && unchanged(err.Error()):
		p.empty, p.settled = true, true
	case ctx.Err() == nil && !passing(err) && !errors.As(err, &taken):
		return apiError(ctx, p.Stack.Name, err)
	}
	return nil
}

// complete waits until CloudFormation has worked the change set out, and reads it.
func (c *Client) complete(ctx context.Context, p *Plan) error {
	ctx, cancel := context.WithTimeoutCause(ctx, planLimit,
		&Error{Stack: p.Stack.Name, Reason: "CloudFormation did not finish the change set within " + planLimit.String()})
	defer cancel()
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 3*time.Second) {
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		set, err := c.describeSet(ctx, p, "", false)
		if err != nil {
			return apiError(ctx, p.Stack.Name, err)
		}
		p.ID, p.Stack.ID = cmp.Or(aws.ToString(set.ChangeSetId), p.ID), cmp.Or(aws.ToString(set.StackId), p.Stack.ID)
		switch set.Status {
		case types.ChangeSetStatusCreatePending, types.ChangeSetStatusCreateInProgress:
		case types.ChangeSetStatusCreateComplete:
			return c.changes(ctx, p, set)
		case types.ChangeSetStatusFailed:
			return c.failed(ctx, p, aws.ToString(set.StatusReason))
		default:
			return &Error{Result: Refused, Stack: p.Stack.Name, Reason: "somebody else removed the change set (" + string(set.Status) + "); plan again"}
		}
	}
}

// unchanged recognises CloudFormation's two ways to say that there is nothing to do.
func unchanged(reason string) bool {
	return strings.Contains(reason, "didn't contain changes") || strings.Contains(reason, "No updates are to be performed")
}

// failed is what a change set in FAILED means.
func (c *Client) failed(ctx context.Context, p *Plan, reason string) error {
	if unchanged(reason) {
		p.empty = true
		return nil
	}
	e := &Error{Result: Invalid, Stack: p.Stack.Name, Reason: "CloudFormation refuses the change: " + cmp.Or(reason, "it gives no reason")}
	causes, err := c.failures(ctx, &cloudformation.DescribeEventsInput{ChangeSetName: &p.ID, StackName: &p.Stack.ID})
	if err != nil {
		e.Note = unknowable(err)
	}
	e.Causes = causes
	return e
}

// describeSet reads one page of the change set. Straight after it was made a lagging
// read may not know it yet; once it was read it is gone when it is not found.
func (c *Client) describeSet(ctx context.Context, p *Plan, page string, values bool) (*cloudformation.DescribeChangeSetOutput, error) {
	in := &cloudformation.DescribeChangeSetInput{
		ChangeSetName: aws.String(cmp.Or(p.ID, p.Name)), StackName: aws.String(p.Stack.handle()),
	}
	if page != "" {
		in.NextToken = &page
	}
	if values {
		in.IncludePropertyValues = &values
	}
	read := func(ctx context.Context, in *cloudformation.DescribeChangeSetInput, set ...options) (*cloudformation.DescribeChangeSetOutput, error) {
		out, err := c.api.DescribeChangeSet(ctx, in, set...)
		if err == nil && out.Status == "" {
			return nil, errEmptyReply
		}
		return out, err
	}
	for lag := time.Duration(0); ; lag += 2 * time.Second {
		out, err := insist(ctx, c, read, in)
		switch {
		case err == nil:
			p.seen = true
			return out, nil
		case ctx.Err() != nil || classify(err) != missing || lag >= staleLimit:
			return nil, err
		case p.seen && lag > 0:
			return nil, p.gone(err)
		}
		if err := sleep(ctx, 2*time.Second); err != nil {
			return nil, err
		}
	}
}

// gone is the refusal of a plan whose change set is there no more.
func (p *Plan) gone(err error) error {
	return &Error{Result: Refused, Stack: p.Stack.Name, Reason: "somebody else removed the change set; plan again", Err: err}
}
