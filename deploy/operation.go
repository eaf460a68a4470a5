package deploy

import (
	"cmp"
	"context"
	"iter"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// Event is something that happened to a resource, or a note on the wait itself.
type Event = events.Event

// Operation is an operation on a stack, begun here or found running.
type Operation struct {
	Kind    string // CREATE, UPDATE, DELETE, IMPORT, CANCEL or ROLLBACK
	Stack   string // name
	StackID string // ARN, "" where no stack exists
	Token   string // the ClientRequestToken that its events carry, "" when they carry none
	Planned int    // resources that it will touch, 0 when that is not known

	client      *Client
	keepFailed  bool    // rollback is off
	before      version // of the stack before the operation; none when it was found running
	root        *events.Log
	nested      []*events.Log
	attribution events.Attribution
	summary     events.Summary
	pace        pace
	state       progress

	done    bool
	outcome Outcome
}

// Outcome is what an operation has come to.
type Outcome struct {
	Result Result
	Status string // in which it ended, or the latest that is known
	Stack  Stack  // the latest reading, with its outputs
	// Cause is the first failure that no other explains; nil when the events have none
	// (see Stack.Reason). Also are further failures with reasons of their own.
	Cause     *Event
	Also      []Event
	Cancelled int // resources that were cancelled because of these
	// Left are resources that outlive their deletion: retained by the template
	// (DELETE_SKIPPED), or left by the clean-up after an update (DELETE_FAILED).
	Left []Event
	// Blocking are the resources that block the rollback (Client.Recover) or the
	// deletion of a stack that is Stuck. The cause may be another.
	Blocking []Event
	// Err is why the wait ended before the operation: the cause of the context, or lost
	// credentials.
	Err error
}

// newOperation prepares to follow an operation that begins on the stack as it is now.
func (c *Client) newOperation(kind string, before Stack, token string) *Operation {
	op := c.follow(kind, before, token)
	op.before = before.version
	return op
}

// follow prepares to follow an operation that is running on the stack.
func (c *Client) follow(kind string, s Stack, token string) *Operation {
	return &Operation{
		Kind: kind, Stack: s.Name, StackID: s.ID, Token: token,
		client:      c,
		root:        events.NewLog(s.ID, ""),
		attribution: events.NewAttribution(kind, token),
		summary:     events.NewSummary(),
		pace:        newPace(),
		state:       newProgress(s),
	}
}

// takeAnchor remembers where the event log ends now. If the caller has no
// permission, Events reports that when it starts.
func (op *Operation) takeAnchor(ctx context.Context) error {
	anchor, err := op.client.logs.Newest(ctx, op.StackID)
	switch {
	case err == nil:
		op.root.Anchor = anchor
	case ctx.Err() == nil && transport.Classify(err) == transport.Denied:
		op.state.eventsDenied = true
	default:
		return apiError(ctx, op.state.stack.Name, err)
	}
	return nil
}

// Events yields the events of the stack as they happen, each once and in
// CloudFormation's order, until the operation has ended, ctx has ended, or the
// credentials are lost. Failed calls do not end it; a Note tells the user about them.
//
// After the loop was left early, Events may be called again and continues where it
// stopped.
func (op *Operation) Events(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		w := &wait{Operation: op, ctx: ctx, yield: yield}
		w.begin()
		for !op.done && !w.left {
			if ctx.Err() != nil {
				op.outcome.Err = context.Cause(ctx)
				return
			}
			w.step()
			if op.done {
				w.diagnose()
			}
			if !op.done && !w.left {
				transport.Sleep(ctx, w.delay()) // the loop looks at ctx
			}
		}
	}
}

// Outcome returns what the operation has come to; call it after Events. When the wait
// was left early it is Running or CredentialsLost, with what is known so far.
func (op *Operation) Outcome() Outcome {
	o := op.outcome
	if !op.done {
		if o.Result != CredentialsLost {
			o.Result = Running
		}
		o.Stack = op.state.stack
		o.Status = cmp.Or(op.attribution.Status, o.Stack.Status)
	}
	o.Left = op.summary.Left()
	if o.Result == Stuck {
		o.Blocking = op.summary.Blocking(o.Status)
	}
	if o.Result != Succeeded { // what failed on the way to a success was repaired
		o.Cause, o.Also, o.Cancelled = op.summary.Causes()
	}
	return o
}

// finish ends the operation in the status, with the stack as it was read last.
func (op *Operation) finish(status string, s Stack) {
	result, _ := states.ResultOf(op.Kind, status)
	deleted := status == "DELETE_COMPLETE" && op.attribution.Foreign != ""
	if op.Kind == states.KindRollback && deleted { // by somebody else
		result = Failed
	}
	op.done = true
	op.outcome = Outcome{Result: result, Status: status, Stack: s}
}

// succeed ends an operation that has nothing to do: the stack is as it should be.
func (op *Operation) succeed(s Stack) {
	op.done, op.outcome = true, Outcome{Result: Succeeded, Status: s.Status, Stack: s}
}

// giveUp ends the wait for an operation of which nothing more can be learned.
func (op *Operation) giveUp(reason string, err error) {
	s := op.state.stack
	op.done = true
	op.outcome = Outcome{Result: Unknown, Status: s.Status, Stack: s,
		Err: &Error{Stack: s.Name, Reason: reason, Err: err}}
}
