package deploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	smithy "github.com/aws/smithy-go"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
)

const arn = "arn:aws:cloudformation:eu-west-1:123456789012:stack/flow/0001"

// script is a CloudFormation that answers at each moment exactly as a test specifies, also with
// rare failures. Times are relative to the beginning of the test.
type script struct {
	api // nil: a call that the test does not expect panics

	begun    time.Time
	skew     time.Duration // of the server's clock
	logs     map[string][]*scripted
	statuses []reading
	pageSize int

	failEvents func(call int, page string) error
	failStacks func(call int) error
	onPage     func(page int) // before a page is answered
	spoil      func(page string, out *cloudformation.DescribeStackEventsOutput)
	calls      map[string]int
	times      []time.Duration // of the calls for events
}

// scripted is an event and the time from which it is visible. Later events are above it in the log,
// whenever they become visible.
type scripted struct {
	from  time.Duration
	event types.StackEvent
}

// reading is the answer of DescribeStacks from a given time on.
type reading struct {
	from              time.Duration
	status, operation string
}

func newScript() *script {
	return &script{begun: time.Now(), logs: map[string][]*scripted{}, pageSize: 100,
		calls: map[string]int{}}
}

func (s *script) now() time.Duration { return time.Since(s.begun) }

// tells adds an event of the operation with our token: "12s Bucket CREATE_FAILED reason …". The
// logical ID "stack" is the stack itself.
func (s *script) tells(lines ...string) {
	for _, line := range lines {
		s.log(arn, "ours", "op-1", line)
	}
}

func (s *script) log(stackID, token, operation, line string) *scripted {
	fields := strings.SplitN(line, " ", 4)
	from, err := time.ParseDuration(fields[0])
	if err != nil {
		panic(err)
	}
	log := s.logs[stackID]
	at := s.begun.Add(from + s.skew)
	e := types.StackEvent{
		EventId: new(fmt.Sprintf("e%d-%s", len(log),
			stackID[len(stackID)-4:])), StackId: &stackID, StackName: new("flow"), Timestamp: &at,
		LogicalResourceId: &fields[1], PhysicalResourceId: new("physical-" + fields[1]),
		ResourceType:   new("AWS::S3::Bucket"),
		ResourceStatus: types.ResourceStatus(fields[2]),
	}
	if fields[1] == "stack" {
		e.LogicalResourceId, e.PhysicalResourceId = new("flow"), &stackID
		e.ResourceType = new(events.StackType)
	}
	if len(fields) > 3 {
		e.ResourceStatusReason = &fields[3]
	}
	if token != "" {
		e.ClientRequestToken = &token
	}
	if operation != "" {
		e.OperationId = &operation
	}
	added := &scripted{from, e}
	s.logs[stackID] = append(log, added)
	return added
}

// reads sets the status from a given time on: "30s UPDATE_COMPLETE op-1".
func (s *script) reads(lines ...string) {
	for _, line := range lines {
		fields := append(strings.Fields(line), "")
		from, err := time.ParseDuration(fields[0])
		if err != nil {
			panic(err)
		}
		s.statuses = append(s.statuses, reading{from: from, status: fields[1], operation: fields[2]})
	}
}

func (s *script) DescribeStacks(
	ctx context.Context, in *cloudformation.DescribeStacksInput, _ ...option,
) (*cloudformation.DescribeStacksOutput, error) {
	s.calls["DescribeStacks"]++
	if s.failStacks != nil {
		if err := s.failStacks(s.calls["DescribeStacks"]); err != nil {
			return nil, err
		}
	}
	var now reading
	for _, r := range s.statuses {
		if r.from <= s.now() {
			now = r
		}
	}
	if now.status == "absent" {
		return nil, fault400("ValidationError", "Stack with id "+*in.StackName+" does not exist")
	}
	out := types.Stack{StackName: new("flow"), StackId: new(arn),
		StackStatus: types.StackStatus(now.status)}
	if now.operation != "" {
		out.LastOperations = []types.OperationEntry{{OperationId: &now.operation}}
		out.Outputs = []types.Output{{OutputKey: new("Of"), OutputValue: &now.operation}}
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{out}}, nil
}

// DescribeEvents answers like an endpoint that does not support the call.
func (s *script) DescribeEvents(
	context.Context, *cloudformation.DescribeEventsInput, ...option,
) (*cloudformation.DescribeEventsOutput, error) {
	s.calls["DescribeEvents"]++
	return nil, fault400("InvalidAction", "Could not find operation DescribeEvents")
}

// DescribeStackEvents answers newest first. A page's token is the number of events before it, so
// pages shift when new events appear, as on CloudFormation.
func (s *script) DescribeStackEvents(
	ctx context.Context, in *cloudformation.DescribeStackEventsInput, _ ...option,
) (*cloudformation.DescribeStackEventsOutput, error) {
	page, skip := "", 0
	if in.NextToken != nil {
		page = *in.NextToken
		skip, _ = strconv.Atoi(page)
	}
	s.calls["DescribeStackEvents"]++
	s.times = append(s.times, s.now())
	if s.failEvents != nil {
		if err := s.failEvents(s.calls["DescribeStackEvents"], page); err != nil {
			return nil, err
		}
	}
	if s.onPage != nil {
		s.onPage(skip / s.pageSize)
	}
	events := []types.StackEvent{}
	for _, e := range slices.Backward(s.logs[*in.StackName]) {
		if e.from <= s.now() {
			events = append(events, e.event)
		}
	}
	out := &cloudformation.DescribeStackEventsOutput{StackEvents: events[min(skip, len(events)):]}
	if len(out.StackEvents) > s.pageSize {
		out.StackEvents = out.StackEvents[:s.pageSize]
		out.NextToken = new(strconv.Itoa(skip + s.pageSize))
	}
	if s.spoil != nil {
		s.spoil(page, out)
	}
	return out, nil
}

func fault400(code, message string) error {
	return &smithy.OperationError{ServiceID: "CloudFormation", OperationName: "Test",
		Err: &smithy.GenericAPIError{Code: code, Message: message}}
}

var errReset = &smithy.OperationError{ServiceID: "CloudFormation", OperationName: "Test",
	Err: &smithy.DeserializationError{Err: fmt.Errorf("unexpected EOF")}}

// op returns the operation of the script, as Execute or Delete would return it.
func (s *script) op(kind string, before ...string) *Operation {
	op := New(s).follow(kind, Stack{Name: "flow", ID: arn}, "ours")
	if len(before) > 0 {
		op.before = version{status: before[0], operations: strings.TrimLeft(before[1]+" ", " ")}
	}
	return op
}

// follow runs the wait to its end and returns the events and the notes.
func follow(ctx context.Context, op *Operation) (lines, notes []string) {
	for e := range op.Events(ctx) {
		if e.Note != "" {
			notes = append(notes, e.Note)
			continue
		}
		line := strings.TrimPrefix(e.Path+"/"+e.LogicalID+" "+e.Status, "/")
		if !e.Ours {
			line += " (other)"
		}
		lines = append(lines, line)
	}
	return lines, notes
}

// bubble runs a test in fake time.
func bubble(t *testing.T, name string, f func(t *testing.T, s *script)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, newScript()) })
	})
}

func expect[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}
