package deploy

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// emptyStackAge is how much older than its first change set an empty stack may be. Both
// times are CloudFormation's.
const emptyStackAge = 5 * time.Second

// Watch attaches to the operation that is running on the stack, or to the last one that
// ran. Events begins with its first event, and its outcome is the one that was reported
// when it ran. A stack that does not exist is an Error. For one that was never deployed
// (REVIEW_IN_PROGRESS) the operation has succeeded and has no events.
func (c *Client) Watch(ctx context.Context, s Stack) (*Operation, error) {
	op := c.follow(states.KindOf(s.Status), s, "")
	switch a := states.Of(s.Status).Watch; a {
	case states.Absent:
		return nil, s.refusal(a)
	case states.Nothing:
		op.succeed(s)
		return op, nil
	}
	start, anchor, err := c.logs.LastStart(ctx, s.ID)
	switch {
	case err == nil:
	case ctx.Err() == nil && transport.Classify(err) == transport.Denied: // the wait will say so
		return op, nil
	default:
		return nil, apiError(ctx, s.Name, err)
	}
	op.root.Anchor = anchor
	if start.ID != "" {
		op.Kind, op.Token = states.KindOf(start.Status), start.Token
		op.attribution.Kind = op.Kind
		op.attribution.Add(start)
	}
	return op, nil
}

// Resume attaches to the running operation if an interrupted run of the program began it
// for exactly this request. Otherwise, or if nothing is running, it returns nil.
func (c *Client) Resume(ctx context.Context, s Stack, r Request) (*Operation, error) {
	if !s.Busy() {
		return nil, nil
	}
	op, err := c.Watch(ctx, s)
	if err != nil {
		return nil, err
	}
	request := r.fingerprint()
	ours := strings.HasPrefix(op.Token, namePrefix(op.Kind, request))
	if op.Token == "" { // an endpoint that does not name them
		_, name, _ := strings.Cut(s.version.changeSet, ":changeSet/")
		ours = strings.HasPrefix(name, namePrefix(request))
	}
	if !ours {
		return nil, nil
	}
	op.keepFailed = r.KeepFailed
	return op, nil
}

// reuseChangeSet makes the plan use the change set that an earlier run made for the same
// request and neither executed nor removed. It removes those that failed.
func (c *Client) reuseChangeSet(ctx context.Context, p *Plan) error {
	if !p.Stack.Exists() {
		return nil
	}
	sets, err := c.changeSets(ctx, p.Stack.ID)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil: // a plan without reuse is better than none
		return nil
	}
	var newest types.ChangeSetSummary
	created := func(set types.ChangeSetSummary) time.Time { return aws.ToTime(set.CreationTime) }
	for _, set := range sets {
		switch {
		case !strings.HasPrefix(aws.ToString(set.ChangeSetName), namePrefix(p.request)):
		case !usable(set):
			if err := c.deleteUnusable(ctx, set); err != nil {
				return err
			}
		case newest.ChangeSetId == nil || created(set).After(created(newest)):
			newest = set
		}
	}
	if newest.ChangeSetId == nil {
		return nil
	}
	p.Reused, p.Name, p.ID = true, *newest.ChangeSetName, *newest.ChangeSetId
	p.emptyStack = p.Operation == states.KindCreate &&
		created(newest).Sub(p.Stack.created) < emptyStackAge
	return nil
}

// usable reports whether a change set can be executed, or may be once it is complete.
func usable(set types.ChangeSetSummary) bool {
	switch set.Status {
	case types.ChangeSetStatusCreatePending, types.ChangeSetStatusCreateInProgress:
		return true
	case types.ChangeSetStatusCreateComplete:
		return set.ExecutionStatus == types.ExecutionStatusAvailable
	}
	return false
}

// deleteUnusable deletes a change set that can never be executed. Another run may be
// faster.
func (c *Client) deleteUnusable(ctx context.Context, set types.ChangeSetSummary) error {
	obsolete := set.ExecutionStatus == types.ExecutionStatusObsolete
	if set.Status != types.ChangeSetStatusFailed && !obsolete {
		return nil
	}
	_, err := transport.Mutate(ctx, c.connection, c.api.DeleteChangeSet,
		&cloudformation.DeleteChangeSetInput{
			ChangeSetName: set.ChangeSetId, StackName: set.StackId,
		})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil:
		return nil
	}
	switch transport.Classify(err) {
	case transport.Missing, transport.Conflict:
		return nil
	}
	return apiError(ctx, aws.ToString(set.StackName), err)
}

// changeSets lists the change sets of a stack.
func (c *Client) changeSets(
	ctx context.Context, stackID string,
) (sets []types.ChangeSetSummary, err error) {
	in := &cloudformation.ListChangeSetsInput{StackName: &stackID}
	for range transport.MaxPages {
		out, err := transport.Retry(ctx, c.connection, c.api.ListChangeSets, in)
		if err == nil && out.Summaries == nil {
			err = transport.ErrEmptyReply
		}
		if err != nil {
			return nil, err
		}
		sets = append(sets, out.Summaries...)
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			break
		}
	}
	return sets, nil
}
