package cfntest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is something that goes wrong between a call and its answer.
type Fault string

// The faults. Unless said otherwise the call has no effect.
const (
	Throttle     Fault = "throttle"      // 400 Throttling, "Rate exceeded"
	ServerError  Fault = "server error"  // 500 InternalFailure
	Unavailable  Fault = "unavailable"   // 503 with a page of HTML
	ResetBefore  Fault = "reset before"  // the connection is reset before the call takes effect
	ResetAfter   Fault = "reset after"   // the call takes effect, then the connection is reset
	Hang         Fault = "hang"          // no answer until the client or the server goes away
	Malformed    Fault = "malformed"     // the call takes effect; 200 with XML that ends in the middle
	LoopToken    Fault = "loop token"    // the call takes effect; the reply always has the same NextToken, and that gives the same page
	ExpiredToken Fault = "expired token" // 403 ExpiredToken
	AccessDenied Fault = "access denied" // 403 AccessDenied, which names the action
)

// rule is a fault in wait.
type rule struct {
	action      string // or "*", or with :list or :one
	fault       Fault
	fail        *apiError // instead of the fault's own
	body        *string   // a whole reply
	status      int
	skip, times int // times < 0: for ever
}

// Times limits a fault to its first n matching calls.
func Times(n int) func(*rule) { return func(r *rule) { r.times = n } }

// After lets n matching calls pass before the fault.
func After(n int) func(*rule) { return func(r *rule) { r.skip = n } }

// Fault makes calls of an action go wrong, for ever unless Times says otherwise. The first rule that
// applies wins. The action is one of:
//
//	"*"                    every call
//	"DescribeStacks"       every call of the action
//	"DescribeStacks:list"  its calls without a StackName, which IAM decides on stack/*/*
//	"DescribeStacks:one"   its calls with a StackName
func (s *Server) Fault(action string, fault Fault, when ...func(*rule)) {
	s.addRule(&rule{action: action, fault: fault}, when)
}

// FaultError answers calls of an action with any AWS error.
func (s *Server) FaultError(action string, httpStatus int, code, message string, when ...func(*rule)) {
	s.addRule(&rule{action: action, fault: Fault(code), fail: &apiError{httpStatus, code, message}}, when)
}

// FaultReply answers calls of an action with any body, such as an empty one. The calls have no effect.
func (s *Server) FaultReply(action string, httpStatus int, body string, when ...func(*rule)) {
	s.addRule(&rule{action: action, fault: "reply", body: &body, status: httpStatus}, when)
}

func (s *Server) addRule(r *rule, when []func(*rule)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.times = -1
	for _, set := range when {
		set(r)
	}
	s.rules = append(s.rules, r)
}

// ClearFaults forgets every fault, hook and expired key; outcomes (FailCreate …) stay.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules, s.hooks, s.expired = nil, nil, nil
}

// rule finds the fault of a call and counts it.
func (s *Server) rule(call *request) *rule {
	var hit *rule
	for _, r := range s.rules {
		if !call.is(r.action) {
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

// faultError is the reply of those faults that are an error.
func (s *Server) faultError(r *rule, call *request) *apiError {
	switch {
	case r.fail != nil:
		return r.fail
	case r.fault == Throttle:
		return refused("Throttling", "Rate exceeded")
	case r.fault == ServerError:
		return &apiError{http.StatusInternalServerError, "InternalFailure", "The request processing has failed because of an unknown error, exception or failure."}
	case r.fault == ExpiredToken:
		return &apiError{http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired"}
	case r.fault == AccessDenied:
		return s.denied(call)
	}
	return nil
}

// denied returns the error of a call that no policy allows.
func (s *Server) denied(call *request) *apiError {
	name := cmp.Or(call.get("StackName"), "*")
	resource := name
	if !strings.HasPrefix(name, "arn:") {
		resource = fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/*", partitionOf(call.region), call.region, s.opts.Account, name)
	}
	return &apiError{http.StatusForbidden, "AccessDenied", fmt.Sprintf(
		"User: arn:aws:iam::%s:user/tester is not authorized to perform: cloudformation:%s on resource: %s "+
			"because no identity-based policy allows the cloudformation:%s action",
		s.opts.Account, call.action, resource, call.action)}
}

const unavailableHTML = "<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>"

// hook runs after the nth call of an action.
type hook struct {
	action string
	left   int
	f      func()
}

// OnCall runs f once, after the nth call of an action (as Fault names them) from now took effect and
// before its answer. F may use the server.
func (s *Server) OnCall(action string, n int, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, &hook{action, n, f})
}

func (s *Server) dueHooks(call *request) []func() {
	var due []func()
	for _, h := range s.hooks {
		if call.is(h.action) {
			if h.left--; h.left == 0 {
				due = append(due, h.f)
			}
		}
	}
	return due
}

// ExpireKey refuses calls that are signed with an access key, as expired; new credentials work.
func (s *Server) ExpireKey(accessKeyID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired = append(s.expired, accessKeyID)
}

// SkewClock sets the server's clock, that of its Date header and of every timestamp, to the local time plus d. Set it before anything happens.
func (s *Server) SkewClock(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = d
}

// StaleReads makes DescribeStacks show a stack as it was before the last mutating call, for d after it.
func (s *Server) StaleReads(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = d
}

// LateEvents shows events d after their timestamps: all of them, or only those of the given logical IDs, which then come up below newer ones.
func (s *Server) LateEvents(d time.Duration, logicalIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late, s.lateOnly = d, slices.Clone(logicalIDs)
}

// refusal is what a call's signature earns it.
func (s *Server) refusal(r *request) *apiError {
	if slices.Contains(s.expired, r.keyID) {
		return s.faultError(&rule{fault: ExpiredToken}, r)
	}
	if off := s.now().Sub(r.signed); s.opts.CheckClock && !r.signed.IsZero() && off.Abs() > 5*time.Minute {
		form := "20060102T150405Z"
		return &apiError{http.StatusForbidden, "SignatureDoesNotMatch", fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 5 min.)",
			r.signed.Format(form), s.now().UTC().Add(-5*time.Minute).Format(form), s.now().UTC().Format(form))}
	}
	return nil
}
