package cfntest

import "github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"

// Call is a call that reached the server.
type Call = wire.Call

// Fault is something that goes wrong between a call and its answer: see Server.Fault.
type Fault = wire.Fault

// The faults. Unless a comment says otherwise the call has no effect.
const (
	Throttle     = wire.Throttle     // 400 Throttling, "Rate exceeded"
	ServerError  = wire.ServerError  // 500 InternalFailure
	Unavailable  = wire.Unavailable  // 503 with a page of HTML
	ResetBefore  = wire.ResetBefore  // connection reset before the call takes effect
	ResetAfter   = wire.ResetAfter   // the call takes effect, then the connection is reset
	Hang         = wire.Hang         // no answer until the client or the server goes away
	Malformed    = wire.Malformed    // the call takes effect; 200 with truncated XML
	LoopToken    = wire.LoopToken    // the call takes effect; NextToken gives the same page again
	ExpiredToken = wire.ExpiredToken // 403 ExpiredToken
	AccessDenied = wire.AccessDenied // 403 AccessDenied, naming the action and the resource
)

// Times limits a fault to its first n matching calls.
func Times(n int) func(*wire.Rule) { return wire.Times(n) }

// After lets n matching calls pass before the fault.
func After(n int) func(*wire.Rule) { return wire.After(n) }
