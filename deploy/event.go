package deploy

import (
	"cmp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

const stackType = "AWS::CloudFormation::Stack"

// Event is one thing that happened to a resource; or, when Note is set, something
// that the user should know about the wait itself, and then nothing else is set but
// perhaps Verbose: it is for those who ask for details.
type Event struct {
	Note    string
	Verbose bool

	ID          string
	Time        time.Time // the server's; not to be compared with a local clock
	Path        string    // of the nested stacks that lead to it, like Network/Subnets; "" in the stack itself
	LogicalID   string
	PhysicalID  string // "" as long as there is none
	Type        string
	Status      string
	Reason      string // as CloudFormation wrote it; see Message
	Detail      string // CloudFormation's DetailedStatus, like CONFIGURATION_COMPLETE, mostly ""
	Hook        string // the hook or validation that the event is about, whose words are the Reason; mostly ""
	Property    string // what a validation refuses, like /Resources/Bucket/Properties/BucketName
	OperationID string // "" where CloudFormation does not tell
	Token       string // the ClientRequestToken of the request behind it
	Ours        bool   // belongs to the operation that is followed
	Root        bool   // about the followed stack itself

	stack   string // name of the stack that it is in
	hookID  string // of the hook's invocation
	refused bool   // by the hook or validation
}

// eventOf reads CloudFormation's form of an event.
func eventOf(in types.StackEvent, path string) Event {
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
		hookID:      aws.ToString(in.HookInvocationId),
		refused:     hookRefuses(in.HookStatus, in.HookFailureMode),
		stack:       aws.ToString(in.StackName),
	}
	if e.Hook != "" {
		e.Reason = cmp.Or(aws.ToString(in.HookStatusReason), e.Reason)
	}
	own := e.Type == stackType && e.PhysicalID != "" && e.PhysicalID == aws.ToString(in.StackId)
	e.Root = own && path == ""
	if e.ID == "" { // never seen; without it two events could not be told apart
		e.ID = strings.Join([]string{e.Time.String(), e.LogicalID, e.Status, e.Reason}, " ")
	}
	return e
}

// hookRefuses says whether a hook's verdict ends the operation. Some only warn.
func hookRefuses(status types.HookStatus, mode types.HookFailureMode) bool {
	failed := status == types.HookStatusHookCompleteFailed || status == types.HookStatusHookFailed
	return failed && mode != types.HookFailureModeWarn
}

// nested is the ARN of the nested stack that the event is about, seen from its parent.
func (e Event) nested(parent string) string {
	if e.Type == stackType && e.PhysicalID != parent && strings.HasPrefix(e.PhysicalID, "arn:") {
		return e.PhysicalID
	}
	return ""
}

// resource names the resource of the event among all stacks that are followed.
func (e Event) resource() string { return e.Path + "/" + e.LogicalID }

// Name is how CloudFormation wants the resource named when a rollback is to skip it:
// by its logical ID, in a nested stack after that stack's name and a dot.
func (e Event) Name() string {
	if e.Path == "" {
		return e.LogicalID
	}
	return e.stack + "." + e.LogicalID
}

// Failed says that the resource failed for a reason of its own, or that a hook or a
// validation refuses it.
func (e Event) Failed() bool {
	return e.refused || strings.HasSuffix(e.Status, "_FAILED") && !consequence(e.Reason)
}

// Cancelled says that the resource failed only because another one did.
func (e Event) Cancelled() bool {
	return strings.HasSuffix(e.Status, "_FAILED") && consequence(e.Reason)
}

// consequence recognises the reasons that CloudFormation gives where the cause is
// elsewhere.
func consequence(reason string) bool {
	reason = strings.ToLower(strings.TrimSpace(reason))
	switch {
	case reason == "",
		strings.HasPrefix(reason, "resource creation cancelled"),
		strings.HasPrefix(reason, "resource update cancelled"),
		strings.HasPrefix(reason, "resource deletion cancelled"),
		strings.Contains(reason, "following resource(s) failed"),
		strings.HasPrefix(reason, "embedded stack") && strings.Contains(reason, "was not successfully"):
		return true
	}
	return false
}
