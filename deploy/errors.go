package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	smithy "github.com/aws/smithy-go"
)

// Result is what an operation has come to, or why it was not begun.
type Result int

const (
	// Unknown is an outcome that nobody can tell, or any error of the API.
	Unknown Result = iota
	// Succeeded is the wanted state, reached.
	Succeeded
	// Invalid is a template or a parameter that CloudFormation does not accept.
	Invalid
	// Failed is an operation undone: the stack is rolled back or removed.
	Failed
	// Stuck is a stack that a person has to repair.
	Stuck
	// Refused is an operation that was not begun: the stack is busy, protected,
	// or in a status that does not allow it.
	Refused
	// Running is an operation that goes on though nobody follows it any more.
	Running
	// CredentialsLost is an operation that goes on and that can no longer be
	// followed because the credentials have expired.
	CredentialsLost
)

// String is the result in lower case, for people and for JSON.
func (r Result) String() string {
	names := [...]string{"unknown", "succeeded", "invalid", "failed", "stuck", "refused", "running", "credentials-lost"}
	if r < 0 || int(r) >= len(names) {
		return names[Unknown]
	}
	return names[r]
}

// Error is every error of this package except the cause of an ended context.
type Error struct {
	Result Result // Unknown, Invalid, Stuck or Refused
	Stack  string // name, "" when the error is not about one stack
	Status string // the stack's, "" when it does not matter
	Reason string // plain words, without the stack's name
	Err    error  // the API's, nil when the refusal is our own
	// Causes are what CloudFormation's validations and hooks refuse, each with its
	// place. Where they are not told, Note says why, for those who ask for details.
	Causes []Event
	Note   string
}

// Error is the stack, its status where that matters, the reason, and the API's words.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("stacks")
	if e.Stack != "" {
		text.Reset()
		fmt.Fprintf(&text, "stack %s", e.Stack)
	}
	if e.Status != "" {
		fmt.Fprintf(&text, " is %s", e.Status)
	}
	fmt.Fprintf(&text, ": %s", e.Reason)
	if e.Err != nil {
		fmt.Fprintf(&text, ": %s", describe(e.Err))
	}
	return text.String()
}

// Unwrap is the API's error.
func (e *Error) Unwrap() error { return e.Err }

// apiError is an error of the API in the words of this package. The cause of an
// ended context, and what is an Error already, stays as it is.
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
	switch classify(err) {
	case throttled:
		reason = action + " is throttled"
	case denied:
		reason = "these credentials may not call " + action
	case expired:
		reason = "the credentials are missing, expired or not valid"
		var clock *clockError
		if errors.As(err, &clock) {
			reason = wrongClock(clock.skew) + "; set it"
		}
	case unreachable:
		reason = "CloudFormation cannot be reached"
	case invalid:
		result, reason = Invalid, action+" does not accept the request"
	case conflict:
		result, reason = Refused, "another operation stands in the way"
	}
	return &Error{Result: result, Stack: stack, Reason: reason, Err: err}
}

// Denied reports whether AWS refused the call for lack of permission.
func Denied(err error) bool { return err != nil && classify(err) == denied }
