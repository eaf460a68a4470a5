package transport

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithy "github.com/aws/smithy-go"
)

// Fault is what a failed call means for the caller.
type Fault int

const (
	// Permanent is a failure that repeating the call does not change.
	Permanent Fault = iota
	// Transient is a 5xx, a broken connection, no reply, or an unreadable reply.
	Transient
	// Throttled is a refusal because there were too many calls.
	Throttled
	// Unreachable is a connection that could not be made at all.
	Unreachable
	// Denied is a refusal because a permission is missing.
	Denied
	// Expired is a refusal of credentials that are missing, expired or not valid.
	Expired
	// Missing is a stack or change set that does not exist.
	Missing
	// Conflict is a refusal because of another operation, or because of our own whose
	// reply was lost.
	Conflict
	// Invalid is a template, parameter or capability that CloudFormation does not accept.
	Invalid
)

// faultCodes is the meaning of the error codes of CloudFormation and of the services
// that sign its requests ("Common error types" and each action's errors in the API
// reference), without the suffix "Exception". Throttling codes are the SDK's list.
var faultCodes = map[string]Fault{
	"AccessDenied":          Denied,
	"UnauthorizedOperation": Denied,
	"NotAuthorized":         Denied,

	"ExpiredToken":                Expired,
	"RequestExpired":              Expired,
	"InvalidClientTokenId":        Expired,
	"UnrecognizedClient":          Expired,
	"InvalidToken":                Expired,
	"SignatureDoesNotMatch":       Expired,
	"IncompleteSignature":         Expired,
	"MissingAuthenticationToken":  Expired,
	"RequestTimeTooSkewed":        Expired,
	"InvalidAccessKeyId":          Expired,
	"AuthFailure":                 Expired,
	"InvalidIdentityToken":        Expired,
	"TokenRefreshRequired":        Expired,
	"ChangeSetNotFound":           Missing,
	"StackNotFound":               Missing,
	"InvalidChangeSetStatus":      Conflict,
	"OperationInProgress":         Conflict,
	"TokenAlreadyExists":          Conflict,
	"AlreadyExists":               Conflict,
	"ValidationError":             Invalid,
	"InsufficientCapabilities":    Invalid,
	"InvalidParameterValue":       Invalid,
	"InvalidParameterCombination": Invalid,
	"MalformedTemplate":           Invalid,
}

// Classify returns what a failed call means. The caller looks first whether its context
// has ended.
func Classify(err error) Fault {
	var api smithy.APIError
	if errors.As(err, &api) {
		if f, known := classifyCode(api.ErrorCode(), api.ErrorMessage()); known {
			return f
		}
	}
	var response interface{ HTTPStatusCode() int }
	if errors.As(err, &response) && response.HTTPStatusCode() != 0 { // 0: nothing came
		switch status := response.HTTPStatusCode(); {
		case status == 429:
			return Throttled
		case status == 401 || status == 403:
			return Denied
		case status >= 400 && status < 500 && !unreadable(err):
			return Permanent
		}
		return Transient
	}
	return classifyConnection(err)
}

// classifyCode returns what an error code means, as far as it is known.
func classifyCode(code, message string) (f Fault, known bool) {
	code = strings.TrimSuffix(code, "Exception")
	_, slow := retry.DefaultThrottleErrorCodes[code]
	_, slower := retry.DefaultThrottleErrorCodes[code+"Exception"]
	has := func(text string) bool { return strings.Contains(message, text) }
	switch f, known := faultCodes[code]; {
	case code == "LimitExceeded": // a quota, although the SDK takes it for throttling
		return Permanent, true
	case slow || slower:
		return Throttled, true
	case f == Invalid && has("does not exist"):
		return Missing, true
	case f == Invalid && has("Rate exceeded"):
		return Throttled, true
	case f == Invalid && (has("_IN_PROGRESS state") || has("can not be updated")):
		return Conflict, true
	default:
		return f, known
	}
}

// classifyConnection returns what a failure without an HTTP status means.
func classifyConnection(err error) Fault {
	var name *net.DNSError
	var socket *net.OpError
	is := func(target error) bool { return errors.Is(err, target) }
	has := func(text string) bool { return strings.Contains(err.Error(), text) }
	switch {
	case is(context.DeadlineExceeded), is(errNoReply), is(ErrEmptyReply):
		return Transient
	case has("get identity"), has("get credentials"):
		return Expired
	case errors.As(err, &name), errors.As(err, &socket) && socket.Op == "dial",
		has("proxyconnect"):
		return Unreachable
	}
	var connection interface{ ConnectionError() bool }
	if unreadable(err) || errors.As(err, &connection) && connection.ConnectionError() ||
		retryable(err) {
		return Transient
	}
	return Permanent
}

// unreadable reports whether the reply could not be decoded, so that its content is not
// known, whatever its status.
func unreadable(err error) bool {
	var reply *smithy.DeserializationError
	var xmlText *xml.SyntaxError
	return errors.As(err, &reply) || errors.As(err, &xmlText)
}

func retryable(err error) bool {
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err).Bool()
}

// Temporary reports whether the same call may succeed a moment later.
func Temporary(err error) bool {
	f := Classify(err)
	return f == Transient || f == Throttled || f == Unreachable
}

// Describe returns an error in one line: the service's code, message and request ID
// where there are any. A reply that does not come from CloudFormation (HTML) is never
// quoted.
func Describe(err error) string {
	text := err.Error()
	var api smithy.APIError
	var response interface{ HTTPStatusCode() int }
	var foreign *replyError
	switch {
	case errors.As(err, &foreign):
		text = foreign.Error()
	case errors.As(err, &api) && api.ErrorCode() != "UnknownError":
		text = api.ErrorCode() + ": " + api.ErrorMessage()
	case errors.As(err, &response) && response.HTTPStatusCode() != 0:
		text = fmt.Sprintf("HTTP status %d", response.HTTPStatusCode())
		if response.HTTPStatusCode() == 200 {
			text = "the reply cannot be read"
		}
	default:
		var operation *smithy.OperationError
		if errors.As(err, &operation) {
			text = operation.Err.Error()
		}
	}
	var request interface{ ServiceRequestID() string }
	if errors.As(err, &request) && request.ServiceRequestID() != "" {
		text += " (request ID " + request.ServiceRequestID() + ")"
	}
	return text
}
