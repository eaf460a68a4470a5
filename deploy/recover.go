package deploy

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// Cancel rolls back an update that is running, and follows one that rolls back already.
// The operation succeeds when the stack is as before the update, and has failed when
// the update completed first. Other operations are Refused.
func (c *Client) Cancel(ctx context.Context, s Stack) (*Operation, error) {
	switch a := states.Of(s.Status).Cancel; a {
	case states.Cancel:
	case states.Follow:
		return c.attach(ctx, s, states.KindCancel)
	default:
		return nil, s.noCancel(a)
	}
	op := c.newOperation(states.KindCancel, s, uniqueName(states.KindCancel))
	// The update's own events continue until CloudFormation begins the rollback.
	if start, _, err := c.logs.LastStart(ctx, s.ID); err == nil {
		op.attribution.Add(start)
	}
	err := begin(ctx, op, c.api.CancelUpdateStack, &cloudformation.CancelUpdateStackInput{
		StackName: &s.ID, ClientRequestToken: &op.Token,
	})
	if err != nil {
		return nil, err
	}
	return op, nil
}

// noCancel returns why nothing can be cancelled.
func (s Stack) noCancel(a states.Action) error {
	e := &Error{Result: Refused, Stack: s.Name, Status: s.Status,
		Reason: "nothing is running that could be cancelled"}
	switch {
	case a == states.Absent:
		return s.refusal(a)
	case s.Status == "CREATE_IN_PROGRESS":
		e.Reason = "a creation cannot be cancelled; deleting the stack ends it"
	case strings.HasSuffix(s.Status, "CLEANUP_IN_PROGRESS"):
		e.Reason = "the update is done and can no longer be cancelled"
	case s.Busy():
		e.Reason = "only an update can be cancelled"
	}
	return e
}

// Recover takes a stack that an operation left half-way back to its last good state: it
// continues a rollback that failed, rolls back an operation that failed with rollback
// off, and follows a rollback that runs. A stack in a good state needs nothing.
//
// skip names resources (Event.Name) that a continued rollback leaves as they are, and
// force leaves all resources that fail as they are; the stack's template then no longer
// describes them. CloudFormation takes them only for UPDATE_ROLLBACK_FAILED, only one
// of the two, and only for resources that block the rollback (Outcome.Blocking);
// anything else is an Error with Result Invalid. roleARN is CloudFormation's role; "" is
// the stack's, or the caller's rights.
func (c *Client) Recover(
	ctx context.Context, s Stack, skip []string, force bool, roleARN string,
) (*Operation, error) {
	a := states.Of(s.Status).Recover
	if err := c.checkSkip(ctx, s, a, skip, force); err != nil {
		return nil, err
	}
	op := c.newOperation(states.KindRollback, s, uniqueName(states.KindRollback))
	var err error
	switch a {
	case states.Follow:
		return c.attach(ctx, s, states.KindRollback)
	case states.Nothing:
		op.succeed(s)
	case states.ContinueRollback:
		in := &cloudformation.ContinueUpdateRollbackInput{
			StackName: &s.ID, ClientRequestToken: &op.Token, ResourcesToSkip: skip,
			RoleARN: optional(roleARN),
		}
		if force {
			in.ForceRollback = &force
		}
		err = begin(ctx, op, c.api.ContinueUpdateRollback, in)
	case states.RollBack:
		err = begin(ctx, op, c.api.RollbackStack, &cloudformation.RollbackStackInput{
			StackName: &s.ID, ClientRequestToken: &op.Token, RetainExceptOnCreate: aws.Bool(true),
			RoleARN: optional(roleARN),
		})
	case states.Repair:
		err = &Error{Result: Stuck, Stack: s.Name, Status: s.Status,
			Reason: "it cannot be rolled back any further, only deleted"}
	default:
		err = s.refusal(a)
	}
	if err != nil {
		return nil, err
	}
	return op, nil
}

// attach follows the running operation as one of the given kind.
func (c *Client) attach(ctx context.Context, s Stack, kind string) (*Operation, error) {
	op, err := c.Watch(ctx, s)
	if err != nil {
		return nil, err
	}
	op.Kind, op.attribution.Kind = kind, kind
	return op, nil
}

// checkSkip refuses resources to skip that CloudFormation would refuse, with a more
// helpful message.
func (c *Client) checkSkip(
	ctx context.Context, s Stack, a states.Action, skip []string, force bool,
) error {
	e := &Error{Result: Invalid, Stack: s.Name, Status: s.Status}
	switch {
	case len(skip) == 0 && !force:
		return nil
	case a != states.ContinueRollback:
		e.Reason = "resources can be skipped only when a rollback has failed (UPDATE_ROLLBACK_FAILED)"
		return e
	case len(skip) > 0 && force:
		e.Reason = "either name resources to skip or skip all that fail, not both"
		return e
	case force:
		return nil
	}
	names, err := c.blocking(ctx, s)
	if err != nil || len(names) == 0 { // not known: CloudFormation decides
		return err
	}
	for _, name := range skip {
		if !slices.Contains(names, name) {
			e.Reason = name + " does not block the rollback; what does: " + strings.Join(names, ", ")
			return e
		}
	}
	return nil
}

// blocking names the resources that block a rollback that failed.
func (c *Client) blocking(ctx context.Context, s Stack) (names []string, err error) {
	op, err := c.Watch(ctx, s)
	if err != nil {
		return nil, err
	}
	for range op.Events(ctx) {
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, e := range op.Outcome().Blocking {
		names = append(names, e.Name())
	}
	return names, nil
}

// begin takes the anchor and sends the request that begins an operation. When the
// request seems refused although it has taken effect, it returns nil.
func begin[In, Out any](
	ctx context.Context, op *Operation, send transport.Method[In, Out], in *In,
) error {
	if err := op.takeAnchor(ctx); err != nil {
		return err
	}
	_, err := transport.Mutate(ctx, op.client.connection, send, in)
	if err == nil {
		return nil
	}
	s := op.state.stack
	uncertain := ctx.Err() != nil || transport.Temporary(err)
	f := transport.Classify(err)
	if !uncertain && f != transport.Conflict && f != transport.Invalid {
		return apiError(ctx, s.Name, err)
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleLimit)
	defer cancel()
	if op.hasBegun(look) {
		return nil
	}
	now, unread := op.client.Stack(look, s.ID)
	switch {
	case unread == nil && now.Status != s.Status:
		return &Error{Result: Refused, Stack: s.Name, Status: now.Status,
			Reason: "its status has changed in the meantime", Err: err}
	case uncertain:
		return &Error{Stack: s.Name, Reason: "it is not known whether the operation has begun", Err: err}
	}
	return apiError(ctx, s.Name, err)
}

// hasBegun looks for our token among the new events. They may be late.
func (op *Operation) hasBegun(ctx context.Context) bool {
	ours := func(e events.Event) bool { return e.Token == op.Token }
	for range 3 {
		news, err := op.client.logs.Read(ctx, op.root)
		if err == nil && slices.ContainsFunc(news.Events, ours) {
			return true
		}
		if transport.Sleep(ctx, 2*time.Second) != nil {
			return false
		}
	}
	return false
}
