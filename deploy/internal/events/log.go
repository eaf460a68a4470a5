package events

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

const pageRetries = 3 // of a page that fails, with the same NextToken

// api is the call that a Reader makes.
type api interface {
	DescribeStackEvents(
		context.Context, *cloudformation.DescribeStackEventsInput, ...transport.Option,
	) (*cloudformation.DescribeStackEventsOutput, error)
}

// Reader reads the event logs of stacks.
type Reader struct {
	api        api
	connection *transport.Connection
}

// NewReader returns a reader that uses the connection.
func NewReader(cloud api, connection *transport.Connection) Reader {
	return Reader{cloud, connection}
}

// Log is a place in the event log of one stack.
type Log struct {
	StackID string // ARN: it names the stack also after its deletion
	Path    string // of a nested stack

	// Events up to the anchor are older than the operation; "" when there are none.
	Anchor string
	// Of a nested stack, events before this are older than the operation. The time is
	// that of the parent's event, so both are CloudFormation's.
	Since time.Time

	Ours bool // the nested stack belongs to the operation
	Done bool // the nested stack's parent has reported its end

	delivered map[string]bool // IDs of events
}

// NewLog returns the log of a stack from its beginning.
func NewLog(stackID, path string) *Log {
	return &Log{StackID: stackID, Path: path, delivered: map[string]bool{}}
}

// Deliver marks an event as delivered: it is no longer new.
func (log *Log) Deliver(e Event) {
	log.delivered[e.ID] = true
}

// News is the result of one reading of an event log.
type News struct {
	Events []Event // new ones, oldest first
	Cut    bool    // the log did not end within the most pages: older ones may be missing
}

// Read returns the events that are new. It does not mark them as delivered: the caller
// does. When a page fails for good it returns nothing, so that the next reading finds
// everything again.
//
// CloudFormation answers newest first; the order within a stack is that order, reversed,
// and never sorted again. A page is looked through to its end even when it holds known
// events, because one that was late may be below them.
func (r Reader) Read(ctx context.Context, log *Log) (News, error) {
	var news News
	batch := map[string]bool{} // pages shift while they are read
	in := &cloudformation.DescribeStackEventsInput{StackName: &log.StackID}
	for page := 1; ; page++ {
		out, err := r.page(ctx, in)
		if err != nil {
			return News{}, err
		}
		end := aws.ToString(out.NextToken) == ""
		for _, raw := range out.StackEvents {
			e := FromStack(raw, log.Path)
			if e.ID == log.Anchor || e.Time.Before(log.Since) {
				end = true
				break
			}
			end = end || log.delivered[e.ID]
			if !log.delivered[e.ID] && !batch[e.ID] {
				batch[e.ID] = true
				news.Events = append(news.Events, e)
			}
		}
		news.Cut = !end && page == transport.MaxPages
		if end || news.Cut {
			slices.Reverse(news.Events)
			return news, nil
		}
		in.NextToken = out.NextToken
	}
}

// page reads one page of events. It does not repeat the first page: the wait does that,
// at its own pace.
func (r Reader) page(
	ctx context.Context, in *cloudformation.DescribeStackEventsInput,
) (*cloudformation.DescribeStackEventsOutput, error) {
	pause := time.Second
	for retry := 0; ; retry++ {
		out, err := transport.Call(ctx, r.connection, r.describe, in)
		if err == nil || ctx.Err() != nil || in.NextToken == nil || retry == pageRetries ||
			!transport.Temporary(err) {
			return out, err
		}
		if err := transport.Sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

// describe treats an answer without a list of events, not even an empty one, as a
// failure: read as the last page it would hide the events on the pages behind it.
func (r Reader) describe(
	ctx context.Context, in *cloudformation.DescribeStackEventsInput, set ...transport.Option,
) (*cloudformation.DescribeStackEventsOutput, error) {
	out, err := r.api.DescribeStackEvents(ctx, in, set...)
	if err == nil && out.StackEvents == nil {
		return nil, transport.ErrEmptyReply
	}
	return out, err
}

// Newest returns the ID of the newest event of a stack, "" when it has none.
func (r Reader) Newest(ctx context.Context, stackID string) (string, error) {
	in := &cloudformation.DescribeStackEventsInput{StackName: &stackID}
	out, err := transport.Retry(ctx, r.connection, r.describe, in)
	if err != nil || len(out.StackEvents) == 0 {
		return "", err
	}
	return FromStack(out.StackEvents[0], "").ID, nil
}

// LastStart returns the event with which the last operation began, and the ID of the
// event before it. A rollback does not begin an operation: it belongs to the one that
// failed. When the log does not reach back that far, both are empty and the whole log
// is the operation.
func (r Reader) LastStart(
	ctx context.Context, stackID string,
) (start Event, anchor string, err error) {
	in := &cloudformation.DescribeStackEventsInput{StackName: &stackID}
	var deleted, older Event // a deletion that may belong to a creation; the event before it
	for range transport.MaxPages {
		out, err := transport.Retry(ctx, r.connection, r.describe, in)
		if err != nil {
			return Event{}, "", err
		}
		for _, raw := range out.StackEvents {
			e := FromStack(raw, "")
			switch {
			case start.ID != "":
				return start, e.ID, nil
			case deleted.ID != "" && older.ID == "":
				older = e
			}
			switch {
			case !e.Root:
			case deleted.ID != "" && !cleansUp(e, deleted):
				return deleted, older.ID, nil
			case e.Status == "DELETE_IN_PROGRESS":
				deleted, older = e, Event{}
			case states.Starts(e.Status):
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

// cleansUp reports whether a stack's deletion belongs to the event before it: to the
// creation that OnStackFailure DELETE cleans up after. The reason of a deletion that a
// person asked for says so.
func cleansUp(before, deletion Event) bool {
	return states.Continues(before.Status, deletion.Status) &&
		deletion.Reason != "User Initiated" &&
		(deletion.Token == "" || deletion.Token == before.Token)
}
