package deploy

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

// fault is what a failed call means for the one who made it.
type fault int

const (
	permanent   fault = iota // repeating it changes nothing
	transient                // 5xx, broken connection, no reply, unreadable reply
	throttled                // too many calls
	unreachable              // no connection could be made at all
	denied                   // a permission is missing
	expired                  // the credentials are missing, expired or not valid
	missing                  // the stack or change set does not exist
	conflict                 // another operation, or our own whose reply was lost, stands in the way
	invalid                  // CloudFormation does not accept template, parameters or capabilities
)

// faultCodes is the meaning of the error codes of CloudFormation and of the services
// that sign its requests ("Common error types" and each action's errors in the API
// reference), without the suffix "Exception". Throttling codes are the SDK's list.
var faultCodes = map[string]fault{
	"AccessDenied":          denied,
	"UnauthorizedOperation": denied,
	"NotAuthorized":         denied,

	"ExpiredToken":                expired,
	"RequestExpired":              expired,
	"InvalidClientTokenId":        expired,
	"UnrecognizedClient":          expired,
	"InvalidToken":                expired,
	"SignatureDoesNotMatch":       expired,
	"IncompleteSignature":         expired,
	"MissingAuthenticationToken":  expired,
	"RequestTimeTooSkewed":        expired,
	"InvalidAccessKeyId":          expired,
	"AuthFailure":                 expired,
	"InvalidIdentityToken":        expired,
	"TokenRefreshRequired":        expired,
	"ChangeSetNotFound":           missing,
	"StackNotFound":               missing,
	"InvalidChangeSetStatus":      conflict,
	"OperationInProgress":         conflict,
	"TokenAlreadyExists":          conflict,
	"AlreadyExists":               conflict,
	"ValidationError":             invalid,
	"InsufficientCapabilities":    invalid,
	"InvalidParameterValue":       invalid,
	"InvalidParameterCombination": invalid,
	"MalformedTemplate":           invalid,
}

// errNoReply is a call that was not answered in time.
var errNoReply = errors.New("no reply within " + replyLimit.String())

// errEmptyReply is an answer without what was asked for.
var errEmptyReply = errors.New("the reply is empty")

// classify says what a failed call means. An ended context is the caller's to see first.
func classify(err error) fault {
	var api smithy.APIError
	if errors.As(err, &api) {
		if f, known := classifyCode(api.ErrorCode(), api.ErrorMessage()); known {
			return f
		}
	}
	var response interface{ HTTPStatusCode() int }
	if errors.As(err, &response) {
		switch status := response.HTTPStatusCode(); {
		case status == 429:
			return throttled
		case status == 401 || status == 403:
			return denied
		case status >= 400 && status < 500 && !unreadable(err):
			return permanent
		}
		return transient
	}
	return classifyTransport(err)
}

func classifyCode(code, message string) (fault, bool) {
	code = strings.TrimSuffix(code, "Exception")
	_, slow := retry.DefaultThrottleErrorCodes[code]
	_, slower := retry.DefaultThrottleErrorCodes[code+"Exception"]
	switch f, known := faultCodes[code]; {
	case code == "LimitExceeded": // a quota, whatever the SDK says
		return permanent, true
	case slow || slower:
		return throttled, true
	case f == invalid && strings.Contains(message, "does not exist"):
		return missing, true
	case f == invalid && strings.Contains(message, "Rate exceeded"):
		return throttled, true
	case f == invalid && (strings.Contains(message, "_IN_PROGRESS state") || strings.Contains(message, "can not be updated")):
		return conflict, true
	default:
		return f, known
	}
}

func classifyTransport(err error) fault {
	var name *net.DNSError
	var socket *net.OpError
	switch text := err.Error(); {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errNoReply), errors.Is(err, errEmptyReply):
		return transient
	case strings.Contains(text, "get identity"), strings.Contains(text, "get credentials"):
		return expired
	case errors.As(err, &name), errors.As(err, &socket) && socket.Op == "dial", strings.Contains(text, "proxyconnect"):
		return unreachable
	}
	var connection interface{ ConnectionError() bool }
	if unreadable(err) || errors.As(err, &connection) && connection.ConnectionError() || retryable(err) {
		return transient
	}
	return permanent
}

// unreadable says that the reply could not be read, so that it is not known what
// it says, whatever its status.
func unreadable(err error) bool {
	var reply *smithy.DeserializationError
	var xmlText *xml.SyntaxError
	return errors.As(err, &reply) || errors.As(err, &xmlText)
}

func retryable(err error) bool {
	return retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err).Bool()
}

// passing says whether the same call may succeed a moment later.
func passing(err error) bool {
	f := classify(err)
	return f == transient || f == throttled
}

// describe is an error in one line: the service's code, words and request ID where
// there are any. A reply that is no reply of CloudFormation (HTML) is never quoted.
func describe(err error) string {
	text := err.Error()
	var api smithy.APIError
	var response interface{ HTTPStatusCode() int }
	switch {
	case errors.As(err, &api) && api.ErrorCode() != "UnknownError":
		text = api.ErrorCode() + ": " + api.ErrorMessage()
	case errors.As(err, &response):
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
