// Package events reads the event logs of stacks. It knows which events are new, which
// belong to an operation, and which failures explain its outcome.
package events

import (
	"cmp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// StackType is the type of the events about a stack itself and about nested stacks.
const StackType = "AWS::CloudFormation::Stack"

// Event is something that happened to a resource. When Note is set it is instead
// something that the user should know about the wait itself, and no other field is set
// but Verbose, which marks notes for users who ask for details.
type Event struct {
	Note    string
	Verbose bool

	ID          string
	Time        time.Time // the server's; not to be compared with a local clock
	Path        string    // of the nested stacks that lead to it, like Network/Subnets
	LogicalID   string
	PhysicalID  string // "" as long as there is none
	Type        string
	Status      string
	Reason      string // as CloudFormation wrote it; see Message
	Detail      string // CloudFormation's DetailedStatus, like CONFIGURATION_COMPLETE, mostly ""
	Hook        string // the hook or validation that the event is about; Reason is its message
	HookID      string // the hook's invocation; mostly ""
	Property    string // that a validation refuses, like /Resources/Bucket/Properties/BucketName
	OperationID string // "" where CloudFormation does not send it
	Token       string // the ClientRequestToken of the request behind it
	Ours        bool   // belongs to the operation that is followed
	Root        bool   // about the followed stack itself

	stackName string // of the stack that the resource is in
	refused   bool   // by the hook or validation
}

// FromStack returns an event of a stack's log. path leads to a nested stack, and is ""
// for the stack that is followed.
func FromStack(in types.StackEvent, path string) Event {
	e := Event{
		ID:          aws.ToString(in.EventId),
		Time:        aws.ToTime(in.Timestamp),
		Path:        path,
		LogicalID:   aws.ToString(in.LogicalResourceId),
		PhysicalID:  aws.ToString(in.PhysicalResourceId),
		Type:        aws.ToString(in.ResourceType),
		Status:      string(in.ResourceStatus),
		Reason:      aws.ToString(in.ResourceStatusReason),
		OperationID: aws.ToString(in.OperationId),
		Token:       aws.ToString(in.ClientRequestToken),
		Detail:      string(in.DetailedStatus),
		Hook:        aws.ToString(in.HookType),
		HookID:      aws.ToString(in.HookInvocationId),
		refused:     hookRefuses(in.HookStatus, in.HookFailureMode),
		stackName:   aws.ToString(in.StackName),
	}
	if e.Hook != "" {
		e.Reason = cmp.Or(aws.ToString(in.HookStatusReason), e.Reason)
	}
	own := e.Type == StackType && e.PhysicalID != "" && e.PhysicalID == aws.ToString(in.StackId)
	e.Root = own && path == ""
	if e.ID == "" { // never seen; without an ID two events could not be told apart
		e.ID = strings.Join([]string{e.Time.String(), e.LogicalID, e.Status, e.Reason}, " ")
	}
	return e
}

// FromOperation returns an event of an operation or a change set (DescribeEvents). These
// events also have the messages of validations and hooks.
func FromOperation(in types.OperationEvent) Event {
	e := Event{
		ID:          aws.ToString(in.EventId),
		Time:        aws.ToTime(cmp.Or(in.Timestamp, in.EndTime, in.StartTime)),
		LogicalID:   aws.ToString(in.LogicalResourceId),
		PhysicalID:  aws.ToString(in.PhysicalResourceId),
		Type:        aws.ToString(in.ResourceType),
		Status:      string(in.ResourceStatus),
		Reason:      aws.ToString(in.ResourceStatusReason),
		OperationID: aws.ToString(in.OperationId),
		Token:       aws.ToString(in.ClientRequestToken),
		Ours:        true,
	}
	verdict, warns := "", types.HookFailureModeWarn
	switch in.EventType {
	case types.EventTypeValidationError:
		e.Hook, e.Property = aws.ToString(in.ValidationName), aws.ToString(in.ValidationPath)
		e.Reason = cmp.Or(aws.ToString(in.ValidationStatusReason), e.Reason)
		skipped := in.ValidationStatus == types.ValidationStatusSkipped
		e.refused = !skipped && in.ValidationFailureMode != warns
		verdict = string(types.DetailedStatusValidationFailed)
	case types.EventTypeHookInvocationError:
		e.Hook = aws.ToString(in.HookType)
		e.Reason = cmp.Or(aws.ToString(in.HookStatusReason), e.Reason)
		e.refused = in.HookFailureMode != warns
		verdict = string(in.HookStatus)
	}
	if e.refused { // others only warn
		e.Status = cmp.Or(e.Status, verdict)
	}
	return e
}

// hookRefuses reports whether a hook's result ends the operation. Some hooks only warn.
func hookRefuses(status types.HookStatus, mode types.HookFailureMode) bool {
	failed := status == types.HookStatusHookCompleteFailed || status == types.HookStatusHookFailed
	return failed && mode != types.HookFailureModeWarn
}

// Nested returns the ARN of the nested stack that an event of its parent is about, or "".
func (e Event) Nested(parent string) string {
	if e.Type == StackType && e.PhysicalID != parent && strings.HasPrefix(e.PhysicalID, "arn:") {
		return e.PhysicalID
	}
	return ""
}

// resource names the resource of the event among all stacks that are followed.
func (e Event) resource() string { return e.Path + "/" + e.LogicalID }

// Name returns the name by which a rollback can skip the resource: its logical ID, in
// a nested stack after that stack's name and a dot.
func (e Event) Name() string {
	if e.Path == "" {
		return e.LogicalID
	}
	return e.stackName + "." + e.LogicalID
}

// Failed reports whether the resource failed for a reason of its own, or a hook or a
// validation refuses it.
func (e Event) Failed() bool {
	return e.refused || strings.HasSuffix(e.Status, "_FAILED") && !consequence(e.Reason)
}

// Cancelled reports whether the resource failed only because another one did.
func (e Event) Cancelled() bool {
	return strings.HasSuffix(e.Status, "_FAILED") && consequence(e.Reason)
}

// consequence reports whether CloudFormation gives this reason where the cause is
// elsewhere.
func consequence(reason string) bool {
	reason = strings.ToLower(strings.TrimSpace(reason))
	begins := func(text string) bool { return strings.HasPrefix(reason, text) }
	has := func(text string) bool { return strings.Contains(reason, text) }
	switch {
	case reason == "",
		begins("resource creation cancelled"),
		begins("resource update cancelled"),
		begins("resource deletion cancelled"),
		has("following resource(s) failed"),
		begins("embedded stack") && has("was not successfully"):
		return true
	}
	return false
}
