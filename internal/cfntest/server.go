package cfntest

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// Options shape a Server; the zero value behaves like AWS at true speed.
type Options struct {
	// Region is us-east-1 by default. A call that is signed for another region sees only what was
	// made there.
	Region  string
	Account string // default 123456789012

	// Scale multiplies every modelled duration; 0 means 1, and then a NAT gateway takes 90 s, a
	// compute environment 60 s, a bucket 20 s. Nothing takes less than a millisecond.
	Scale float64
	// Durations sets how long the creation of a resource takes, by logical ID or by type, before
	// Scale. Updates and deletes take half.
	Durations map[string]time.Duration

	// StackPageSize is how many stacks a page of DescribeStacks (without a name) and of ListStacks
	// has; default PageSize.
	StackPageSize int
	PageSize      int // events, changes and resources a page; default 100
	// ShiftPages cuts page n+1 of the events from those that there are by then, so that rows repeat
	// when events came in between.
	ShiftPages bool

	Latency     time.Duration // before every answer; on a socket at least 5 ms
	RawControls bool          // control characters in reasons are sent as they are, not as &#x1B;
	CheckClock  bool          // refuse calls signed more than five minutes off the server's clock

	NoTokens        bool // events carry no ClientRequestToken, as on old endpoints
	NoOperationIDs  bool // events carry no OperationId, and stacks no LastOperations
	NoRollbackToken bool // the events of an automatic rollback carry no token
	ForgetTokens    bool // a mutating call that is repeated with its token is judged like a new one
}

// Server is an account: stacks and their history. Its methods may be called at any time from any
// goroutine. Those of the Endpoint make clients, serve on a socket, inject faults and list the
// calls.
type Server struct {
	*wire.Endpoint
	Batch   *beside.Batch   // the jobs of the account
	Buckets *beside.Buckets // with contents; those that stacks create have none
	opts    Options

	mu        sync.Mutex // the Endpoint's own lock is taken before this one, never after it
	count     int        // of calls and of IDs given
	stacks    []*stack
	templates map[string]string // by URL

	fails            map[string]string // "CREATE Logical" to the reason
	changeSetProblem string
	validation       *validation

	zones      []Zone // of the account, nil: the default ones
	interfaces []Interface

	drifts           map[string]Drift // by logical ID
	detections       []detection
	detectionProblem string

	stale    time.Duration
	late     time.Duration
	lateOnly []string
}

// New makes an account without stacks.
func New(opts Options) *Server {
	opts.Region = cmp.Or(opts.Region, "us-east-1")
	opts.Account = cmp.Or(opts.Account, "123456789012")
	opts.Scale = cmp.Or(opts.Scale, 1)
	opts.PageSize = cmp.Or(opts.PageSize, 100)
	opts.StackPageSize = cmp.Or(opts.StackPageSize, opts.PageSize)
	s := &Server{opts: opts, templates: map[string]string{}, fails: map[string]string{},
		drifts: map[string]Drift{}}
	s.Endpoint = wire.NewEndpoint(wire.Options{
		Region: opts.Region, Account: opts.Account, Latency: opts.Latency,
		RawControls: opts.RawControls, CheckClock: opts.CheckClock,
	}, service{s})
	s.Batch = &beside.Batch{}
	s.Batch.Serve(s.Handle)
	s.Buckets = &beside.Buckets{}
	s.Buckets.Serve(s.Handle)
	return s
}

func (s *Server) scale(d time.Duration) time.Duration {
	return max(time.Duration(float64(d)*s.opts.Scale), time.Millisecond)
}

// takes returns how long a resource's creation takes; never so short that two of its states fall
// into one millisecond.
func (s *Server) takes(r *evaluate.Resource) time.Duration {
	d, ok := s.opts.Durations[r.LogicalID]
	if !ok {
		d, ok = s.opts.Durations[r.Type]
	}
	if !ok {
		d = evaluate.CreationTime(r.Type)
	}
	return max(s.scale(d), 4*time.Millisecond)
}

// StaleReads makes DescribeStacks show a stack as it was before the last mutating call, for d after
// it.
func (s *Server) StaleReads(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = d
}

// LateEvents shows events d after their timestamps: all of them, or only those of the given logical
// IDs, which then come up below newer ones.
func (s *Server) LateEvents(d time.Duration, logicalIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late, s.lateOnly = d, logicalIDs
}

// service is the Server as its Endpoint sees it.
type service struct{ *Server }

// Do performs a call.
func (s service) Do(r *wire.Request) (result *wire.Node, effect string, fail *wire.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	act, ok := actions[r.Action]
	if !ok {
		return nil, "", wire.Refused("InvalidAction", "Could not find operation %s for version %s",
			r.Action, r.Get("Version"))
	}
	return act.do(s.Server, r)
}

// Mutates tells whether an action is one that changes something.
func (s service) Mutates(action string) bool { return actions[action].mutates }

// Resource returns the ARN of the stacks that a call is about.
func (s service) Resource(r *wire.Request) string {
	name := cmp.Or(r.Get("StackName"), "*")
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/*",
		evaluate.Partition(r.Region), r.Region, s.opts.Account, name)
}

// action is an API action: what it does, and whether that can change something.
type action struct {
	do      func(*Server, *wire.Request) (result *wire.Node, effect string, fail *wire.Error)
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
	"DetectStackDrift":            {(*Server).detectStackDrift, false},
	"DescribeStackResourceDrifts": {(*Server).describeStackResourceDrifts, false},
	"GetCallerIdentity":           {(*Server).getCallerIdentity, false},
	"DescribeAvailabilityZones":   {(*Server).describeAvailabilityZones, false},
	"DescribeSubnets":             {(*Server).describeSubnets, false},
	"DescribeVpcs":                {(*Server).describeNetwork, false},
	"DescribeRouteTables":         {(*Server).describeNetwork, false},
	"DescribeInternetGateways":    {(*Server).describeNetwork, false},
	"DescribeNatGateways":         {(*Server).describeNetwork, false},
	"DescribeVpcEndpoints":        {(*Server).describeNetwork, false},
	"DescribeSecurityGroups":      {(*Server).describeNetwork, false},
	"DescribeNetworkInterfaces":   {(*Server).describeNetworkInterfaces, false},
	"GetRole":                     {(*Server).readRoles, false},
	"GetInstanceProfile":          {(*Server).readRoles, false},
	"ListAttachedRolePolicies":    {(*Server).readRoles, false},

	"DescribeStackDriftDetectionStatus": {(*Server).describeStackDriftDetectionStatus, false},
}
