package deploy

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// shellAge is how much older than its first change set a stack's shell may be. Both
// times are CloudFormation's.
const shellAge = 5 * time.Second

// Resume attaches to the operation that is running when it was begun for exactly this
// request, by a run of the program that was cut off. It is nil when nothing is running
// or something else is.
func (c *Client) Resume(ctx context.Context, s Stack, r Request) (*Operation, error) {
	if !s.Busy() {
		return nil, nil
	}
	op, err := c.Watch(ctx, s)
	if err != nil {
		return nil, err
	}
	print := r.fingerprint()
	ours := strings.HasPrefix(op.Token, ourName(op.Kind, print))
	if op.Token == "" { // an endpoint that does not name them
		_, name, _ := strings.Cut(s.version.changeSet, ":changeSet/")
		ours = strings.HasPrefix(name, ourName(print))
	}
	if !ours {
		return nil, nil
	}
	op.keep = r.KeepFailed
	return op, nil
}

// adopt makes the plan use the change set that an earlier run made for the same
// request and neither executed nor removed. What failed of that kind is removed.
func (c *Client) adopt(ctx context.Context, p *Plan) error {
	if !p.Stack.Exists() {
		return nil
	}
	sets, err := c.changeSets(ctx, p.Stack.ID)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil: // looking is not worth a refusal
		return nil
	}
	var newest types.ChangeSetSummary
	for _, set := range sets {
		switch {
		case !strings.HasPrefix(aws.ToString(set.ChangeSetName), ourName(p.request)):
		case !usable(set):
			if err := c.remove(ctx, set); err != nil {
				return err
			}
		case newest.ChangeSetId == nil || aws.ToTime(set.CreationTime).After(aws.ToTime(newest.CreationTime)):
			newest = set
		}
	}
	if newest.ChangeSetId == nil {
		return nil
	}
	p.Reused, p.Name, p.ID = true, *newest.ChangeSetName, *newest.ChangeSetId
	p.shell = p.Operation == creation && aws.ToTime(newest.CreationTime).Sub(p.Stack.created) < shellAge
	return nil
}

// usable says that a change set can be executed, or that it is not yet known.
func usable(set types.ChangeSetSummary) bool {
	switch set.Status {
	case types.ChangeSetStatusCreatePending, types.ChangeSetStatusCreateInProgress:
		return true
	case types.ChangeSetStatusCreateComplete:
		return set.ExecutionStatus == types.ExecutionStatusAvailable
	}
	return false
}

// remove deletes a change set that can never be executed. Somebody may be faster.
func (c *Client) remove(ctx context.Context, set types.ChangeSetSummary) error {
	if set.Status != types.ChangeSetStatusFailed && set.ExecutionStatus != types.ExecutionStatusObsolete {
		return nil
	}
	_, err := mutate(ctx, c, c.api.DeleteChangeSet, &cloudformation.DeleteChangeSetInput{ChangeSetName: set.ChangeSetId, StackName: set.StackId})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil || classify(err) == missing || classify(err) == conflict:
		return nil
	}
	return apiError(ctx, aws.ToString(set.StackName), err)
}

// changeSets lists the change sets of a stack.
func (c *Client) changeSets(ctx context.Context, stackID string) (sets []types.ChangeSetSummary, err error) {
	in := &cloudformation.ListChangeSetsInput{StackName: &stackID}
	for range maxPages {
		out, err := insist(ctx, c, c.api.ListChangeSets, in)
		if err == nil && out.Summaries == nil {
			err = errEmptyReply
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
