package deploy

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// interruptedLimit is how long a user who has interrupted the program waits for the
// removal of an empty stack.
const interruptedLimit = 600 * time.Millisecond

// Delete begins the deletion of a stack, or attaches to the one that is running. For a
// stack that does not exist it returns an operation that has already succeeded.
//
// retain names resources to leave behind, and force gives up those that cannot be
// deleted; CloudFormation takes both only for a stack in DELETE_FAILED, anything else
// is an Error with Result Invalid. A protected or busy stack is Refused. roleARN is
// CloudFormation's role; "" is the stack's, or the caller's rights.
func (c *Client) Delete(
	ctx context.Context, s Stack, retain []string, force bool, roleARN string,
) (*Operation, error) {
	if s.Exists() {
		now, err := c.Stack(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		now.Name = s.Name
		s = now
	}
	switch a := states.Of(s.Status).Delete; {
	case a == states.Nothing:
		op := c.newOperation(states.KindDelete, s, uniqueName(states.KindDelete))
		op.succeed(s)
		op.outcome.Status = "DELETE_COMPLETE"
		return op, nil
	case a == states.Follow:
		return c.Watch(ctx, s)
	case a != states.Delete:
		return nil, s.refusal(a)
	case s.Protected:
		return nil, &Error{Result: Refused, Stack: s.Name, Reason: "termination protection is on"}
	case s.Status != "DELETE_FAILED" && (force || len(retain) > 0):
		return nil, &Error{Result: Invalid, Stack: s.Name, Status: s.Status, Reason: "resources " +
			"can be left behind only after a deletion has failed (DELETE_FAILED)"}
	}
	op := c.newOperation(states.KindDelete, s, uniqueName(states.KindDelete))
	if err := op.takeAnchor(ctx); err != nil {
		return nil, err
	}
	in := &cloudformation.DeleteStackInput{
		StackName: &s.ID, ClientRequestToken: &op.Token, RetainResources: retain,
		RoleARN: optional(roleARN),
	}
	if force {
		in.DeletionMode = types.DeletionModeForceDeleteStack
	}
	_, err := transport.Mutate(ctx, c.connection, c.api.DeleteStack, in)
	if err != nil && !c.isDeleting(ctx, s, err) {
		return nil, deleteError(ctx, s, err)
	}
	return op, nil
}

// isDeleting reports whether the stack is being deleted although the request seems
// refused. The user wants the stack deleted, so it does not matter who deletes it.
func (c *Client) isDeleting(ctx context.Context, s Stack, refused error) bool {
	f := transport.Classify(refused)
	perhaps := f == transport.Conflict || f == transport.Missing || transport.Temporary(refused)
	if ctx.Err() == nil && !perhaps {
		return false
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleLimit)
	defer cancel()
	now, err := c.Stack(look, s.ID)
	return err == nil && (!now.Exists() || now.Status == "DELETE_IN_PROGRESS")
}

func deleteError(ctx context.Context, s Stack, err error) error {
	if ctx.Err() == nil && strings.Contains(transport.Describe(err), "TerminationProtection") {
		return &Error{Result: Refused, Stack: s.Name, Reason: "termination protection is on", Err: err}
	}
	return apiError(ctx, s.Name, err)
}

// DeleteEmpty deletes what is left of a stack whose creation failed and was rolled back
// (Stack.NeedsDelete), so that it can be created again. When the stack is protected, or
// one of its resources still exists that the template does not retain, the Error is
// Refused and names those resources. roleARN is that of Delete.
func (c *Client) DeleteEmpty(
	ctx context.Context, s Stack, roleARN string,
) (*Operation, error) {
	if !s.NeedsDelete() {
		return nil, &Error{Result: Refused, Stack: s.Name, Status: s.Status,
			Reason: "only the remains of a failed creation can be deleted without asking"}
	}
	existing, err := c.existing(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(existing) > 0 {
		return nil, &Error{Result: Refused, Stack: s.Name, Status: s.Status,
			Reason: "these of its resources still exist: " + strings.Join(existing, ", ") +
				"; delete the stack first"}
	}
	return c.Delete(ctx, s, nil, false, roleARN)
}

// existing names the resources of a rolled-back stack that were created and neither
// deleted nor deliberately left behind (DELETE_SKIPPED).
func (c *Client) existing(ctx context.Context, s Stack) (names []string, err error) {
	resources, err := c.Resources(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, r := range resources {
		gone := r.Status == "DELETE_COMPLETE" || r.Status == "DELETE_SKIPPED"
		if !gone && r.PhysicalID != "" {
			names = append(names, r.LogicalID+" ("+r.PhysicalID+")")
		}
	}
	return names, nil
}

// Discard removes the change set of a plan that will not be executed, and the empty
// stack that it made, unless somebody else uses that stack. It does nothing to an empty plan,
// which is already removed, and nothing after Execute. When ctx may have ended because
// the user gave up, give it a fresh one (context.WithoutCancel). It waits until the
// empty stack's name is free, but only briefly when Plan or Execute was interrupted.
func (c *Client) Discard(ctx context.Context, p *Plan) error {
	if p.closed {
		return nil
	}
	executed, err := c.deleteChangeSet(ctx, p)
	if err == nil && p.emptyStack && !executed {
		err = c.deleteEmptyStack(ctx, p)
	}
	p.closed = err == nil
	return err
}

// deleteChangeSet deletes the change set of a plan, or finds that another run with the
// same plan has executed it. It waits for a change set that is still being made.
func (c *Client) deleteChangeSet(ctx context.Context, p *Plan) (executed bool, err error) {
	name, stack := aws.String(cmp.Or(p.ID, p.Name)), aws.String(p.Stack.nameOrARN())
	remove := &cloudformation.DeleteChangeSetInput{ChangeSetName: name, StackName: stack}
	read := &cloudformation.DescribeChangeSetInput{ChangeSetName: name, StackName: stack}
	for waited := time.Duration(0); ; waited += time.Second {
		_, err := transport.Mutate(ctx, c.connection, c.api.DeleteChangeSet, remove)
		switch {
		case err == nil:
			return false, nil
		case ctx.Err() != nil:
			return false, err
		}
		switch f := transport.Classify(err); {
		case f == transport.Missing:
			return false, nil
		case f != transport.Conflict || waited >= staleLimit:
			return false, apiError(ctx, p.Stack.Name, err)
		}
		set, err := transport.Call(ctx, c.connection, c.api.DescribeChangeSet, read)
		if err == nil && strings.HasPrefix(string(set.ExecutionStatus), "EXECUTE_") {
			return true, nil
		}
		if err := transport.Sleep(ctx, time.Second); err != nil {
			return false, err
		}
	}
}

// deleteEmptyStack deletes the stack that our change set made when it is still empty,
// and waits until its name is free again, but not for long after an interrupt.
func (c *Client) deleteEmptyStack(ctx context.Context, p *Plan) error {
	s, err := c.Stack(ctx, p.Stack.nameOrARN())
	if err != nil || !s.isEmpty() {
		return err
	}
	sets, err := c.changeSets(ctx, s.ID)
	if err != nil {
		return apiError(ctx, p.Stack.Name, err)
	}
	for _, set := range sets {
		if aws.ToString(set.ChangeSetName) != p.Name {
			return nil // somebody else plans to create this stack
		}
	}
	_, err = transport.Mutate(ctx, c.connection, c.api.DeleteStack, &cloudformation.DeleteStackInput{
		StackName: &s.ID, ClientRequestToken: aws.String(uniqueName("discard")),
	})
	if err != nil && (ctx.Err() != nil || transport.Classify(err) != transport.Missing) {
		return apiError(ctx, p.Stack.Name, err)
	}
	limit, step := staleLimit, time.Second
	if p.interrupted {
		limit, step = interruptedLimit, interruptedLimit/3
	}
	for waited := time.Duration(0); s.Exists() && waited < limit; waited += step {
		if err := transport.Sleep(ctx, step); err != nil {
			return nil // CloudFormation continues without us
		}
		if s, err = c.Stack(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}
