package wire

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options shape an Endpoint.
type Options struct {
	Region, Account string
	Latency         time.Duration // before every answer; on a socket at least 5 ms
	RawControls     bool          // control characters are sent as they are, not as &#x1B;
	CheckClock      bool          // refuse calls signed more than five minutes off the clock
}

// Service performs the calls that reach an Endpoint, one at a time.
type Service interface {
	// Do performs a call. Effect tells in a few words what changed, empty when nothing did.
	Do(r *Request) (result *Node, effect string, fail *Error)
	// Mutates tells whether an action is one that changes something.
	Mutates(action string) bool
	// Resource returns the ARN that IAM checks a call against.
	Resource(r *Request) string
}

// Endpoint is an HTTP server in front of a Service. Its methods may be called at any time from any
// goroutine.
type Endpoint struct {
	opts    Options
	service Service
	mux     *http.ServeMux
	beside  map[string]Beside // by service
	skew    atomic.Int64      // of the clock, in nanoseconds

	mu      sync.Mutex
	calls   []*Call
	rules   []*Rule
	hooks   []*hook
	expired []string // access keys
}

// NewEndpoint returns an endpoint without faults.
func NewEndpoint(opts Options, service Service) *Endpoint {
	e := &Endpoint{opts: opts, service: service, mux: http.NewServeMux(),
		beside: map[string]Beside{}}
	e.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	return e
}

// Handle adds another service to the endpoint, such as Batch's "POST
// /v1/describecomputeenvironments"; the pattern is http.ServeMux's.
func (e *Endpoint) Handle(pattern string, f http.HandlerFunc) { e.mux.HandleFunc(pattern, f) }

// Beside answers a call, or reports that it has not and left it whole.
type Beside = func(http.ResponseWriter, *http.Request) bool

// HandleService adds another service to the endpoint, by the name that its calls are signed for. It
// is to be called before the endpoint serves.
func (e *Endpoint) HandleService(service string, f Beside) {
	e.beside[service] = f
}

// signedFor returns the service that a call is signed for.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
func signedFor(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	parts := strings.Split(scope, "/")
	if len(parts) != 5 {
		return ""
	}
	return parts[3]
}

// Now returns the time on the server's clock.
func (e *Endpoint) Now() time.Time { return time.Now().Add(time.Duration(e.skew.Load())) }

// SkewClock sets the server's clock, that of its Date header and of every timestamp, to the local
// time plus d. Set it before anything happens.
func (e *Endpoint) SkewClock(d time.Duration) { e.skew.Store(int64(d)) }

// ServeHTTP answers a call of the query protocol; other requests go to what Handle added.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.serve(w, r, 0) }

func (e *Endpoint) serve(w http.ResponseWriter, r *http.Request, latency time.Duration) {
	if f := e.beside[signedFor(r)]; f != nil && f(w, r) {
		return
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		e.mux.ServeHTTP(w, r)
		return
	}
	req, err := parseRequest(r, e.opts.Region)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	time.Sleep(max(latency, e.opts.Latency))
	reply, hooks := e.answer(req)
	for _, f := range hooks {
		f()
	}
	switch reply.fault {
	case Hang:
		<-r.Context().Done()
		return
	case ResetBefore, ResetAfter:
		abort(w)
		return
	}
	w.Header().Set("Date", reply.at.UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", reply.contentType)
	w.Header().Set("X-Amzn-Requestid", reply.requestID)
	w.WriteHeader(reply.status)
	_, _ = io.WriteString(w, reply.body)
}

// reply is what goes back to the client.
type reply struct {
	at                           time.Time
	status                       int
	contentType, body, requestID string
	fault                        Fault
}

// answer decides which fault hits a call, lets the service perform it and logs it. It returns the
// hooks that are due.
func (e *Endpoint) answer(r *Request) (reply, []func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	call := e.log(r)
	out := reply{at: call.At, status: http.StatusOK, contentType: "text/xml",
		requestID: fmt.Sprintf("00000000-0000-4000-8000-%012d", call.N)}
	rule := e.rule(r)
	if rule != nil {
		call.Fault, out.fault = rule.fault, rule.fault
		if e.instead(rule, r, &out, call) {
			return out, nil
		}
	}
	result, fail := (*Node)(nil), e.badSignature(r)
	if fail == nil {
		result, call.Effect, fail = e.service.Do(r)
	}
	if fail != nil {
		call.Code, out.status, call.Effect = fail.Code, fail.Status, ""
	}
	if rule != nil && rule.fault == LoopToken && result != nil {
		loop(result)
	}
	out.body = e.render(r.Action, out.requestID, result, fail)
	if rule != nil && rule.fault == Malformed {
		out.body = out.body[:len(out.body)/2]
	}
	return out, e.dueHooks(r)
}

// instead fills in the reply of a fault that keeps the call from taking effect.
func (e *Endpoint) instead(rule *Rule, r *Request, out *reply, call *Call) bool {
	fail := e.faultError(rule, r)
	switch {
	case rule.body != nil:
		out.status, out.body = rule.status, *rule.body
	case fail != nil:
		call.Code, out.status = fail.Code, fail.Status
		out.body = e.render(r.Action, out.requestID, nil, fail)
	case rule.fault == Unavailable:
		out.status, out.contentType = http.StatusServiceUnavailable, "text/html"
		out.body = unavailableHTML
	case rule.fault != ResetBefore && rule.fault != Hang:
		return false
	}
	return true
}
