package deploy

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// Cancel takes an update that is running back. One that rolls back already is
// followed. It succeeds when the stack is what it was, and has failed when the update
// was faster. Anything else than an update is Refused.
func (c *Client) Cancel(ctx context.Context, s Stack) (*Operation, error) {
	switch a := stateOf(s.Status).cancel; a {
	case cancel:
	case attach:
		return c.attach(ctx, s, cancelling)
	default:
		return nil, s.noCancel(a)
	}
	op := c.operation(cancelling, s)
	// The update's own events go on until CloudFormation turns round.
	if start, _, err := c.lastStart(ctx, s.ID); err == nil {
		op.owner.knows(start)
	}
	err := start(ctx, op, c.api.CancelUpdateStack, &cloudformation.CancelUpdateStackInput{
		StackName: &s.ID, ClientRequestToken: &op.Token,
	})
	if err != nil {
		return nil, err
	}
	return op, nil
}

func (s Stack) noCancel(a action) error {
	e := &Error{Result: Refused, Stack: s.Name, Status: s.Status, Reason: "nothing is running that could be cancelled"}
	switch {
	case a == absent:
		return s.refusal(absent)
	case s.Status == "CREATE_IN_PROGRESS":
		e.Reason = "a creation cannot be cancelled; deleting the stack ends it"
	case strings.HasSuffix(s.Status, "CLEANUP_IN_PROGRESS"):
		e.Reason = "the update is done and cannot be cancelled any more"
	case s.Busy():
		e.Reason = "only an update can be cancelled"
	}
	return e
}

// Recover takes a stack that an operation left half-way back to its last good state: a
// rollback that failed is continued, an operation that failed with rollback off is
// rolled back, a rollback that runs is followed. There is nothing to do for a stack
// that is in a good state.
//
// skip names resources (Event.Name) that a continued rollback leaves as they are, and
// force leaves all that fail so; the stack's template then no longer says what they
// are. CloudFormation takes them only for UPDATE_ROLLBACK_FAILED, one at a time, and
// only resources that keep the rollback from its end (Outcome.Blocking); anything else
// is an Error with Result Invalid.
func (c *Client) Recover(ctx context.Context, s Stack, skip []string, force bool) (*Operation, error) {
	a := stateOf(s.Status).recover
	if err := c.checkSkip(ctx, s, a, skip, force); err != nil {
		return nil, err
	}
	op := c.operation(undoing, s)
	var err error
	switch a {
	case attach:
		return c.attach(ctx, s, undoing)
	case nothing:
		op.nothing(s)
	case resume:
		in := &cloudformation.ContinueUpdateRollbackInput{StackName: &s.ID, ClientRequestToken: &op.Token, ResourcesToSkip: skip}
		if force {
			in.ForceRollback = &force
		}
		err = start(ctx, op, c.api.ContinueUpdateRollback, in)
	case undo:
		err = start(ctx, op, c.api.RollbackStack, &cloudformation.RollbackStackInput{
			StackName: &s.ID, ClientRequestToken: &op.Token, RetainExceptOnCreate: aws.Bool(true),
		})
	case stuck:
		err = &Error{Result: Stuck, Stack: s.Name, Status: s.Status, Reason: "it cannot be rolled back any further, only deleted"}
	default:
		err = s.refusal(a)
	}
	if err != nil {
		return nil, err
	}
	return op, nil
}

// attach follows what is running as an operation of the kind.
func (c *Client) attach(ctx context.Context, s Stack, kind string) (*Operation, error) {
	op, err := c.Watch(ctx, s)
	if err != nil {
		return nil, err
	}
	op.Kind, op.owner.kind = kind, kind
	return op, nil
}

// checkSkip refuses what CloudFormation would refuse, in words that help.
func (c *Client) checkSkip(ctx context.Context, s Stack, a action, skip []string, force bool) error {
	e := &Error{Result: Invalid, Stack: s.Name, Status: s.Status}
	switch {
	case len(skip) == 0 && !force:
		return nil
	case a != resume:
		e.Reason = "resources can be skipped only when a rollback has failed (UPDATE_ROLLBACK_FAILED)"
		return e
	case len(skip) > 0 && force:
		e.Reason = "either some resources are skipped or all that fail, not both"
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
			e.Reason = name + " does not keep it from rolling back; what does: " + strings.Join(names, ", ")
			return e
		}
	}
	return nil
}

// blocking names what keeps a rollback that failed from its end.
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

// start takes the anchor and sends the request that begins an operation. When the
// request seems refused though it has taken effect, it has not failed.
func start[In, Out any](ctx context.Context, op *Operation, send method[In, Out], in *In) error {
	if err := op.takeAnchor(ctx); err != nil {
		return err
	}
	_, err := mutate(ctx, op.client, send, in)
	if err == nil {
		return nil
	}
	s := op.state.stack
	uncertain := ctx.Err() != nil || passing(err)
	if f := classify(err); !uncertain && f != conflict && f != invalid {
		return apiError(ctx, s.Name, err)
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleLimit)
	defer cancel()
	if op.begun(look) {
		return nil
	}
	now, unread := op.client.Stack(look, s.ID)
	switch {
	case unread == nil && now.Status != s.Status:
		return &Error{Result: Refused, Stack: s.Name, Status: now.Status, Reason: "its status has changed meanwhile", Err: err}
	case uncertain:
		return &Error{Stack: s.Name, Reason: "whether the operation has begun is not known", Err: err}
	}
	return apiError(ctx, s.Name, err)
}

// begun looks for our token among the new events. They may be late.
func (op *Operation) begun(ctx context.Context) bool {
	for range 3 {
		found, err := op.root.fresh(ctx, op.client)
		if err == nil && slices.ContainsFunc(found.events, func(e Event) bool { return e.Token == op.Token }) {
			return true
		}
		if sleep(ctx, 2*time.Second) != nil {
			return false
		}
	}
	return false
}
