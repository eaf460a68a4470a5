package deploy

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

const (
	maxPages    = 200 // of a list that does not end
	pageRetries = 3   // of a page that fails, with the same NextToken
)

// cursor is a place in the event log of one stack.
type cursor struct {
	stackID string // ARN: it names the stack also after its deletion
	path    string // of a nested stack

	// Events up to the anchor are older than the operation; "" when there are none.
	anchor string
	// Of a nested stack, events before this are older than the operation. The time is
	// that of the parent's event, so both are CloudFormation's.
	since time.Time

	seen map[string]bool // IDs of the events that were delivered
	ours bool            // the nested stack belongs to the operation
	done bool            // a nested stack that its parent has reported as ended
}

func newCursor(stackID, path string) *cursor {
	return &cursor{stackID: stackID, path: path, seen: map[string]bool{}}
}

// findings is what one reading of an event log brought.
type findings struct {
	events []Event // new ones, oldest first
	cut    bool    // the log did not end within maxPages: older ones may be missing
}

// fresh reads the events that are new. They are not marked as seen: that is for the
// one who delivers them. When a page fails for good nothing is returned, so that the
// next reading finds everything again.
//
// CloudFormation answers newest first; the order within a stack is its, reversed,
// and never sorted anew. A page is looked through to its end even when it holds
// events that are known, because one that was late may stand below them.
func (cur *cursor) fresh(ctx context.Context, c *Client) (findings, error) {
	var found findings
	batch := map[string]bool{} // pages shift while they are read
	in := &cloudformation.DescribeStackEventsInput{StackName: &cur.stackID}
	for page := 1; ; page++ {
		out, err := c.eventPage(ctx, in)
		if err != nil {
			return findings{}, err
		}
		end := aws.ToString(out.NextToken) == ""
		for _, raw := range out.StackEvents {
			e := eventOf(raw, cur.path)
			if e.ID == cur.anchor || e.Time.Before(cur.since) {
				end = true
				break
			}
			end = end || cur.seen[e.ID]
			if !cur.seen[e.ID] && !batch[e.ID] {
				batch[e.ID] = true
				found.events = append(found.events, e)
			}
		}
		found.cut = !end && page == maxPages
		if end || found.cut {
			slices.Reverse(found.events)
			return found, nil
		}
		in.NextToken = out.NextToken
	}
}

// eventPage reads one page of events. The first is not repeated: the wait does that,
// at its own pace.
func (c *Client) eventPage(ctx context.Context, in *cloudformation.DescribeStackEventsInput) (*cloudformation.DescribeStackEventsOutput, error) {
	pause := time.Second
	for retry := 0; ; retry++ {
		out, err := call(ctx, c, c.describeStackEvents, in)
		if err == nil || ctx.Err() != nil || in.NextToken == nil || retry == pageRetries || !passing(err) {
			return out, err
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

// describeStackEvents takes an answer without a list of events, not even an empty
// one, for the fault that it is: read as the last page it would lose those behind it.
func (c *Client) describeStackEvents(ctx context.Context, in *cloudformation.DescribeStackEventsInput, set ...options) (*cloudformation.DescribeStackEventsOutput, error) {
	out, err := c.api.DescribeStackEvents(ctx, in, set...)
	if err == nil && out.StackEvents == nil {
		return nil, errEmptyReply
	}
	return out, err
}

// newest is the ID of the newest event of a stack, "" when it has none.
func (c *Client) newest(ctx context.Context, stackID string) (string, error) {
	out, err := insist(ctx, c, c.describeStackEvents, &cloudformation.DescribeStackEventsInput{StackName: &stackID})
	if err != nil || len(out.StackEvents) == 0 {
		return "", err
	}
	return eventOf(out.StackEvents[0], "").ID, nil
}
