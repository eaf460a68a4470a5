package wire

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is something that goes wrong between a call and its answer.
type Fault string

// The faults. Unless a comment says otherwise the call has no effect.
const (
	Throttle     Fault = "throttle"      // 400 Throttling, "Rate exceeded"
	ServerError  Fault = "server error"  // 500 InternalFailure
	Unavailable  Fault = "unavailable"   // 503 with a page of HTML
	ResetBefore  Fault = "reset before"  // connection reset before the call takes effect
	ResetAfter   Fault = "reset after"   // the call takes effect, then the connection is reset
	Hang         Fault = "hang"          // no answer until the client or the server goes away
	Malformed    Fault = "malformed"     // the call takes effect; 200 with truncated XML
	LoopToken    Fault = "loop token"    // the call takes effect; NextToken gives the same page again
	ExpiredToken Fault = "expired token" // 403 ExpiredToken
	AccessDenied Fault = "access denied" // 403 AccessDenied, naming the action and the resource
)

// Rule says which calls a fault hits.
type Rule struct {
	calls       string // see Endpoint.Fault
	fault       Fault
	fail        *Error  // instead of the fault's own
	body        *string // a whole reply
	status      int
	skip, times int // times < 0: no limit
}

// Times limits a fault to its first n matching calls.
func Times(n int) func(*Rule) { return func(r *Rule) { r.times = n } }

// After lets n matching calls pass before the fault.
func After(n int) func(*Rule) { return func(r *Rule) { r.skip = n } }

// Fault makes calls go wrong, without end unless Times limits them. The first rule that applies
// wins. The calls are named by one of:
//
//	"*"                    every call
//	"DescribeStacks"       every call of the action
//	"DescribeStacks:list"  its calls without a StackName, which IAM checks against stack/*/*
//	"DescribeStacks:one"   its calls with a StackName
func (e *Endpoint) Fault(calls string, fault Fault, when ...func(*Rule)) {
	e.addRule(&Rule{calls: calls, fault: fault}, when)
}

// FaultError answers calls, named as in Fault, with any AWS error.
func (e *Endpoint) FaultError(
	calls string, httpStatus int, code, message string, when ...func(*Rule),
) {
	fail := &Error{httpStatus, code, message}
	e.addRule(&Rule{calls: calls, fault: Fault(code), fail: fail}, when)
}

// FaultReply answers calls, named as in Fault, with any body, such as an empty one. The calls have
// no effect.
func (e *Endpoint) FaultReply(calls string, httpStatus int, body string, when ...func(*Rule)) {
	e.addRule(&Rule{calls: calls, fault: "reply", body: &body, status: httpStatus}, when)
}

func (e *Endpoint) addRule(r *Rule, when []func(*Rule)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.times = -1
	for _, set := range when {
		set(r)
	}
	e.rules = append(e.rules, r)
}

// ClearFaults forgets every fault, hook and expired key.
func (e *Endpoint) ClearFaults() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rules, e.hooks, e.expired = nil, nil, nil
}

// matches tells whether a call is one of those that a name stands for: see Endpoint.Fault.
func (r *Request) matches(calls string) bool {
	action, which, _ := strings.Cut(calls, ":")
	if action != "*" && action != r.Action {
		return false
	}
	switch which {
	case "":
		return true
	case "list":
		return r.Get("StackName") == ""
	case "one":
		return r.Get("StackName") != ""
	}
	panic("cfntest: " + calls + ": after the colon, only list and one are known")
}

// rule finds the fault of a call and counts it.
func (e *Endpoint) rule(call *Request) *Rule {
	var hit *Rule
	for _, r := range e.rules {
		if !call.matches(r.calls) {
			continue
		}
		switch {
		case r.skip > 0:
			r.skip--
		case hit == nil && r.times != 0:
			r.times--
			hit = r
		}
	}
	return hit
}

// faultError returns the reply of those faults that are an error, nil for others.
func (e *Endpoint) faultError(r *Rule, call *Request) *Error {
	switch {
	case r.fail != nil:
		return r.fail
	case r.fault == Throttle:
		return Refused("Throttling", "Rate exceeded")
	case r.fault == ServerError:
		return &Error{http.StatusInternalServerError, "InternalFailure",
			"The request processing has failed because of an unknown error, exception or failure."}
	case r.fault == ExpiredToken:
		return &Error{http.StatusForbidden, "ExpiredToken",
			"The security token included in the request is expired"}
	case r.fault == AccessDenied:
		return e.denied(call)
	}
	return nil
}

// denied returns the error of a call that no policy allows.
func (e *Endpoint) denied(call *Request) *Error {
	service, code, resource := serviceOf(call.Action), "AccessDenied", e.service.Resource(call)
	if service == "ec2" {
		code = "UnauthorizedOperation"
	}
	action := service + ":" + call.Action
	return &Error{http.StatusForbidden, code, fmt.Sprintf(
		"User: arn:aws:iam::%s:user/tester is not authorized to perform: %s on resource: %s "+
			"because no identity-based policy allows the %s action", e.opts.Account, action, resource,
		action)}
}

const unavailableHTML = "<html><head><title>503 Service Temporarily Unavailable</title></head>" +
	"<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>"

// hook is a function that runs after the nth call of those that it waits for.
type hook struct {
	calls string
	left  int
	f     func()
}

// OnCall runs f once, after the nth of the calls, named as in Fault, from now took effect and
// before its answer. F may use the server.
func (e *Endpoint) OnCall(calls string, n int, f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hooks = append(e.hooks, &hook{calls, n, f})
}

func (e *Endpoint) dueHooks(call *Request) []func() {
	var due []func()
	for _, h := range e.hooks {
		if call.matches(h.calls) {
			if h.left--; h.left == 0 {
				due = append(due, h.f)
			}
		}
	}
	return due
}

// ExpireKey refuses calls that are signed with an access key, as expired; new credentials work.
func (e *Endpoint) ExpireKey(accessKeyID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expired = append(e.expired, accessKeyID)
}

// badSignature returns the error of a call whose key has expired or whose clock is wrong.
func (e *Endpoint) badSignature(r *Request) *Error {
	if slices.Contains(e.expired, r.keyID) {
		return e.faultError(&Rule{fault: ExpiredToken}, r)
	}
	const tolerance = 5 * time.Minute
	now := e.Now()
	if e.opts.CheckClock && !r.signed.IsZero() && now.Sub(r.signed).Abs() > tolerance {
		return &Error{http.StatusForbidden, "SignatureDoesNotMatch", fmt.Sprintf(
			"Signature expired: %s is now earlier than %s (%s - 5 min.)", r.signed.Format(amzDate),
			now.UTC().Add(-tolerance).Format(amzDate), now.UTC().Format(amzDate))}
	}
	return nil
}
