package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	smithy "github.com/aws/smithy-go"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// Result is what an operation has come to, or why it was not begun.
type Result = states.Result

const (
	// Unknown is an outcome that cannot be determined, or any error of the API.
	Unknown = states.Unknown
	// Succeeded is an operation that reached the requested state.
	Succeeded = states.Succeeded
	// Invalid is a template or a parameter that CloudFormation does not accept.
	Invalid = states.Invalid
	// Failed is an operation undone: the stack is rolled back or deleted.
	Failed = states.Failed
	// Stuck is a stack that a person has to repair.
	Stuck = states.Stuck
	// Refused is an operation that was not begun: the stack is busy, protected,
	// or in a status that does not allow it.
	Refused = states.Refused
	// Running is an operation that continues and is no longer followed.
	Running = states.Running
	// CredentialsLost is an operation that continues and can no longer be followed
	// because the credentials have expired.
	CredentialsLost = states.CredentialsLost
)

// Error is every error of this package except the cause of an ended context.
type Error struct {
	Result Result // Unknown, Invalid, Stuck or Refused
	Stack  string // name, "" when the error is not about one stack
	Status string // the stack's, "" when it does not matter
	Reason string // plain words, without the stack's name
	Err    error  // the API's, nil when the refusal is our own
	// Causes are the failures of CloudFormation's validations and hooks, each with its
	// place. When they cannot be read, Note says why, for users who ask for details.
	Causes []Event
	Note   string
}

// Error returns the stack, its status where that matters, the reason, and the API's
// message.
func (e *Error) Error() string {
	var text strings.Builder
	switch e.Stack {
	case "":
		text.WriteString("stacks")
	default:
		text.WriteString("stack " + e.Stack)
	}
	if e.Status != "" {
		fmt.Fprintf(&text, " is %s", e.Status)
	}
	fmt.Fprintf(&text, ": %s", e.Reason)
	if e.Err != nil {
		fmt.Fprintf(&text, ": %s", transport.Describe(e.Err))
	}
	return text.String()
}

// Unwrap returns the API's error.
func (e *Error) Unwrap() error { return e.Err }

// Denied reports whether AWS refused the call for lack of permission.
func Denied(err error) bool { return err != nil && transport.Classify(err) == transport.Denied }

// Unreachable reports whether no connection to AWS could be made at all.
func Unreachable(err error) bool {
	return err != nil && transport.Classify(err) == transport.Unreachable
}

// apiError turns an error of the API into an Error. The cause of an ended context and
// an Error are returned unchanged.
func apiError(ctx context.Context, stack string, err error) error {
	var known *Error
	if ctx.Err() != nil || errors.As(err, &known) {
		return err
	}
	action := "CloudFormation"
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		action = "cloudformation:" + operation.OperationName
	}
	result, reason := Unknown, action+" did not succeed"
	switch transport.Classify(err) {
	case transport.Throttled:
		reason = action + " is throttled"
	case transport.Denied:
		reason = "these credentials may not call " + action
	case transport.Expired:
		reason = "the credentials are missing, expired or not valid"
		var clock *transport.ClockError
		if errors.As(err, &clock) {
			reason = clock.Warning + "; set it"
		}
	case transport.Unreachable:
		reason = "CloudFormation cannot be reached"
	case transport.Invalid:
		result, reason = Invalid, action+" does not accept the request"
	case transport.Conflict:
		result, reason = Refused, "it conflicts with another operation"
	}
	return &Error{Result: result, Stack: stack, Reason: reason, Err: err}
}

// refusal returns why a command does not operate on a stack in this status, or nil.
func (s Stack) refusal(a states.Action) error {
	e := &Error{Result: Refused, Stack: s.Name, Status: s.Status}
	switch a {
	case states.Absent:
		e.Result, e.Reason = Unknown, "it does not exist"
	case states.Busy, states.Wait:
		e.Reason = "another operation is running"
	case states.Repair:
		e.Result = Stuck
		e.Reason = "it must be repaired or deleted first"
	case states.Refuse:
		e.Reason = "nothing can be done to a stack in this status"
	case states.UpdateNoRollback:
		e.Reason = "its last operation failed and was not rolled back; " +
			"it must be rolled back or deleted first, or go on from here without rollback"
	case states.Recreate:
		e.Reason = "its creation failed and was rolled back; " +
			"what is left must be deleted before it can be created again"
	default:
		return nil
	}
	return e
}
