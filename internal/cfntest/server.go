package cfntest

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options shape a Server; the zero value behaves like AWS at true speed.
type Options struct {
	Region  string // default us-east-1; a call that is signed for another region sees only what was made there
	Account string // default 123456789012

	// Scale multiplies every modelled duration, 0 means 1: then a NAT gateway takes 90 s, a compute environment 60 s, a bucket 20 s. Nothing takes
	// less than a millisecond.
	Scale float64
	// Durations sets how long the creation of a resource takes, by logical ID or by type, before Scale. Updates and deletes take half.
	Durations map[string]time.Duration

	// StackPageSize is how many stacks a page of DescribeStacks (without a name) and of ListStacks
	// has; default PageSize.
	StackPageSize int

	PageSize   int  // events, changes and resources a page; default 100
	ShiftPages bool // page n+1 of the events is cut from what there is by then, so that rows repeat when events came in between

	Latency     time.Duration // before every answer; on a socket at least 5 ms
	RawControls bool          // control characters in reasons are sent as they are instead of as &#x1B;
	CheckClock  bool          // calls that are signed more than five minutes off the server's clock are refused

	NoTokens        bool // events carry no ClientRequestToken, as on old endpoints
	NoOperationIDs  bool // events carry no OperationId, and stacks no LastOperations
	NoRollbackToken bool // the events of an automatic rollback carry no token
	ForgetTokens    bool // a mutating call that is repeated with its token is judged like a new one
}

// Server is the account: stacks and their history. Its methods may be called at any time from any goroutine.
type Server struct {
	opts Options
	mux  *http.ServeMux

	mu        sync.Mutex
	count     int // of IDs given
	stacks    []*stack
	templates map[string]string // by URL
	calls     []*Call

	fails            map[string]string // "CREATE Logical" to the reason
	changeSetProblem string
	validation       *validation

	rules    []*rule
	hooks    []*hook
	expired  []string
	skew     time.Duration
	stale    time.Duration
	late     time.Duration
	lateOnly []string
}

// New makes an account without stacks.
func New(opts Options) *Server {
	if opts.Region == "" {
		opts.Region = "us-east-1"
	}
	if opts.Account == "" {
		opts.Account = "123456789012"
	}
	if opts.Scale == 0 {
		opts.Scale = 1
	}
	if opts.PageSize == 0 {
		opts.PageSize = 100
	}
	opts.StackPageSize = cmp.Or(opts.StackPageSize, opts.PageSize)
	s := &Server{opts: opts, mux: http.NewServeMux(), templates: map[string]string{}, fails: map[string]string{}}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	return s
}

// Handle adds another service to the endpoint, such as Batch's "POST /v1/describecomputeenvironments"; the pattern is http.ServeMux's.
func (s *Server) Handle(pattern string, f http.HandlerFunc) { s.mux.HandleFunc(pattern, f) }

func (s *Server) now() time.Time { return time.Now().Add(s.skew) }

func (s *Server) scale(d time.Duration) time.Duration {
	return max(time.Duration(float64(d)*s.opts.Scale), time.Millisecond)
}

// takes is how long a resource's creation takes; never so short that two of its states fall into one millisecond.
func (s *Server) takes(r *resource) time.Duration {
	d, ok := s.opts.Durations[r.logical]
	if !ok {
		d, ok = s.opts.Durations[r.typ]
	}
	if !ok {
		d = typeOf(r.typ).takes
	}
	return max(s.scale(d), 4*time.Millisecond)
}

// ServeHTTP answers a call of CloudFormation's or STS's query protocol; other requests go to what Handle added.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, 0) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request, latency time.Duration) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		s.mux.ServeHTTP(w, r)
		return
	}
	req, err := parseRequest(r, s.opts.Region)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	time.Sleep(max(latency, s.opts.Latency))
	reply, hooks := s.answer(req)
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

// reply is what goes back.
type reply struct {
	at                           time.Time
	status                       int
	contentType, body, requestID string
	fault                        Fault
}

// answer decides what happens to a call, lets it happen and logs it.
func (s *Server) answer(r *request) (reply, []func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	out := reply{at: s.now(), status: http.StatusOK, contentType: "text/xml", requestID: uuid(fmt.Sprint("request", s.count))}
	act, known := actions[r.action]
	call := s.log(r, act.mutates)
	rule := s.rule(r)
	if rule != nil {
		call.Fault, out.fault = rule.fault, rule.fault
		if done := s.instead(rule, r, &out, call); done {
			return out, nil
		}
	}
	result, fail := (*node)(nil), s.refusal(r)
	switch {
	case fail != nil:
	case !known:
		fail = refused("InvalidAction", "Could not find operation %s for version %s", r.action, r.get("Version"))
	default:
		result, call.Effect, fail = act.do(s, r)
	}
	if fail != nil {
		call.Code, out.status, call.Effect = fail.code, fail.status, ""
	}
	if rule != nil && rule.fault == LoopToken && result != nil {
		loop(result)
	}
	out.body = s.render(r.action, out.requestID, result, fail)
	if rule != nil && rule.fault == Malformed {
		out.body = out.body[:len(out.body)/2]
	}
	return out, s.dueHooks(r)
}

// instead fills in the reply of a fault that keeps the call from taking effect.
func (s *Server) instead(rule *rule, r *request, out *reply, call *Call) bool {
	fail := s.faultError(rule, r)
	switch {
	case rule.body != nil:
		out.status, out.body = rule.status, *rule.body
	case fail != nil:
		call.Code, out.status = fail.code, fail.status
		out.body = s.render(r.action, out.requestID, nil, fail)
	case rule.fault == Unavailable:
		out.status, out.contentType, out.body = http.StatusServiceUnavailable, "text/html", unavailableHTML
	case rule.fault != ResetBefore && rule.fault != Hang:
		return false
	}
	return true
}

// loop sets a reply's NextToken to one that leads to the same page.
func loop(result *node) {
	for _, kid := range result.kids {
		if kid != nil && kid.name == "NextToken" {
			kid.text = loopToken
			return
		}
	}
	result.kids = append(result.kids, text("NextToken", loopToken))
}

// action is what a call does: the result, and its effect in a few words when something changed.
type action struct {
	do      func(*Server, *request) (result *node, effect string, fail *apiError)
	mutates bool
}

var actions = map[string]action{
	"CreateChangeSet":             {(*Server).createChangeSet, true},
	"DescribeChangeSet":           {(*Server).describeChangeSet, false},
	"ExecuteChangeSet":            {(*Server).executeChangeSet, true},
	"DeleteChangeSet":             {(*Server).deleteChangeSet, true},
	"ListChangeSets":              {(*Server).listChangeSets, false},
	"CreateStack":                 {(*Server).createStack, true},
	"UpdateStack":                 {(*Server).updateStack, true},
	"DeleteStack":                 {(*Server).deleteStack, true},
	"CancelUpdateStack":           {(*Server).cancelUpdateStack, true},
	"ContinueUpdateRollback":      {(*Server).continueUpdateRollback, true},
	"RollbackStack":               {(*Server).rollbackStack, true},
	"UpdateTerminationProtection": {(*Server).updateTerminationProtection, true},
	"SetStackPolicy":              {(*Server).setStackPolicy, true},
	"GetStackPolicy":              {(*Server).getStackPolicy, false},
	"DescribeStacks":              {(*Server).describeStacks, false},
	"DescribeStackEvents":         {(*Server).describeStackEvents, false},
	"DescribeEvents":              {(*Server).describeEvents, false},
	"DescribeStackResources":      {(*Server).describeStackResources, false},
	"DescribeStackResource":       {(*Server).describeStackResource, false},
	"ListStackResources":          {(*Server).listStackResources, false},
	"ListStacks":                  {(*Server).listStacks, false},
	"GetTemplate":                 {(*Server).getTemplate, false},
	"GetTemplateSummary":          {(*Server).getTemplateSummary, false},
	"ValidateTemplate":            {(*Server).validateTemplate, false},
	"GetCallerIdentity":           {(*Server).getCallerIdentity, false},
}
