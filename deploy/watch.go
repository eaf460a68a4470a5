package deploy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// Watch attaches to the operation that is running on the stack, or to the last one
// that ran. Its events come from its beginning, and its outcome is what the one who
// began it was told. A stack that does not exist is an Error; one that has never been
// deployed (REVIEW_IN_PROGRESS) has succeeded in that, without events.
func (c *Client) Watch(ctx context.Context, s Stack) (*Operation, error) {
	op := c.follow(kindOf(s.Status), s.ID, "")
	op.state.stack = s
	switch stateOf(s.Status).watch {
	case absent:
		return nil, s.refusal(absent)
	case nothing:
		op.nothing(s)
		return op, nil
	}
	start, anchor, err := c.lastStart(ctx, s.ID)
	switch {
	case err == nil:
	case ctx.Err() == nil && classify(err) == denied: // the wait will say so
		return op, nil
	default:
		return nil, apiError(ctx, s.Name, err)
	}
	op.root.anchor = anchor
	if start.ID != "" {
		op.Kind, op.Token = kindOf(start.Status), start.Token
		op.owner.kind = op.Kind
		op.owner.knows(start)
	}
	return op, nil
}

// lastStart finds the event with which the last operation began, and the ID of the one
// before it. A rollback is no beginning: the operation that failed is. When the log
// does not reach back that far, both are empty and the whole log is the operation.
func (c *Client) lastStart(ctx context.Context, stackID string) (start Event, anchor string, err error) {
	in := &cloudformation.DescribeStackEventsInput{StackName: &stackID}
	var deleted, older Event // a deletion that may belong to a creation, and the event before it
	for range maxPages {
		out, err := insist(ctx, c, c.describeStackEvents, in)
		if err != nil {
			return Event{}, "", err
		}
		for _, raw := range out.StackEvents {
			e := eventOf(raw, "")
			switch {
			case start.ID != "":
				return start, e.ID, nil
			case deleted.ID != "" && older.ID == "":
				older = e
			}
			switch {
			case !e.Root:
			case deleted.ID != "" && !sameOperation(e, deleted):
				return deleted, older.ID, nil
			case e.Status == "DELETE_IN_PROGRESS":
				deleted, older = e, Event{}
			case starts(e.Status):
				start = e
			}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			break
		}
	}
	if start.ID == "" && deleted.ID != "" {
		return deleted, older.ID, nil
	}
	return start, "", nil
}

// sameOperation says whether a stack's deletion belongs to the event before it: the
// creation that OnStackFailure DELETE cleans up after. A person's deletion says so.
func sameOperation(before, deletion Event) bool {
	return continues(before.Status, deletion.Status) && deletion.Reason != "User Initiated" &&
		(deletion.Token == "" || deletion.Token == before.Token)
}
