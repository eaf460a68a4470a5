package deploy

import (
	"cmp"
	"context"
	"iter"
	"time"
)

// Operation is an operation on a stack, begun here or found running.
type Operation struct {
	Kind    string // CREATE, UPDATE, DELETE, IMPORT, CANCEL or ROLLBACK
	StackID string // ARN
	Token   string // the ClientRequestToken that its events carry, "" when they carry none
	Planned int    // resources that it will touch, 0 when that is not known

	client *Client
	keep   bool    // rollback is off
	before version // of the stack before the operation; none when it was found running
	root   *cursor
	nested []*cursor
	owner  owner
	report report
	pace   pace
	state  progress

	done    bool
	outcome Outcome
}

// progress is what the wait remembers between polls. Its times are differences of
// one local clock, never compared with the server's.
type progress struct {
	begun     time.Time            // the wait
	looked    time.Time            // when the status was last read
	disputed  time.Time            // since when event log and status disagree
	stale     time.Time            // since when the status is still that from before the operation
	halted    time.Time            // since when it is in a failure that may pass
	missing   time.Time            // since when the stack is not found
	lost      time.Time            // since when the credentials are not accepted
	noted     map[string]time.Time // when a kind of note was last given
	settled   time.Time            // since when the status is terminal though no event says so
	silent    int                  // good polls since then
	blind     bool                 // the event log may not be read
	sightless bool                 // the status may not be read
	stack     Stack                // the latest reading
}

// Outcome is what an operation has come to.
type Outcome struct {
	Result    Result
	Status    string  // in which it ended, or the latest that is known
	Stack     Stack   // the latest reading, with its outputs
	Cause     *Event  // the first failure that no other explains; nil when no event tells one (see Stack.Reason)
	Also      []Event // further failures with reasons of their own
	Cancelled int     // resources that were cancelled because of these
	// Left are resources that outlive their deletion: retained by the template
	// (DELETE_SKIPPED), or left by the clean-up after an update (DELETE_FAILED).
	Left []Event
	// Blocking are the resources that keep a stack that is Stuck from its way back
	// (Client.Recover) or from its deletion. The cause may be another.
	Blocking []Event
	Err      error // why the wait ended before the operation: the cause of the context, lost credentials
}

// operation prepares to follow an operation on the stack as it is before it begins.
func (c *Client) operation(kind string, before Stack) *Operation {
	op := c.follow(kind, before.ID, unique(kind))
	op.before, op.state.stack = before.version, before
	return op
}

func (c *Client) follow(kind, stackID, token string) *Operation {
	return &Operation{
		Kind: kind, StackID: stackID, Token: token,
		client: c,
		root:   newCursor(stackID, ""),
		owner:  newOwner(kind, token),
		report: newReport(),
		pace:   newPace(),
		state:  progress{noted: map[string]time.Time{}},
	}
}

// takeAnchor notes where the event log ends now. Who may not read it is told so when
// the wait begins.
func (op *Operation) takeAnchor(ctx context.Context) error {
	anchor, err := op.client.newest(ctx, op.StackID)
	switch {
	case err == nil:
		op.root.anchor = anchor
	case ctx.Err() == nil && classify(err) == denied:
		op.state.blind = true
	default:
		return apiError(ctx, op.state.stack.Name, err)
	}
	return nil
}

// Events yields what happens until the operation has ended, ctx has ended, or the
// credentials are lost: each event once, in CloudFormation's order, as it happens.
// Nothing that fails on the way ends it; what the user should know comes as a Note.
//
// When it was left early it may be called again, and goes on where it stopped.
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
				sleep(ctx, w.delay()) // the loop looks at ctx
			}
		}
	}
}

// Outcome is what the operation has come to; to be asked after Events. When the wait
// was left early it is Running or CredentialsLost, with what is known so far.
func (op *Operation) Outcome() Outcome {
	o := op.outcome
	if !op.done {
		if o.Result != CredentialsLost {
			o.Result = Running
		}
		o.Stack = op.state.stack
		o.Status = cmp.Or(op.owner.status, o.Stack.Status)
	}
	op.report.tell(&o)
	return o
}

// finish ends the operation in the status, with the stack as it was read last.
func (op *Operation) finish(status string, s Stack) {
	result, _ := resultOf(op.Kind, status)
	if op.Kind == undoing && status == "DELETE_COMPLETE" && op.owner.foreign != "" {
		result = Failed // somebody else deleted it
	}
	op.done = true
	op.outcome = Outcome{Result: result, Status: status, Stack: s}
}

// nothing ends an operation that has nothing to do: the stack is as it should be.
func (op *Operation) nothing(s Stack) {
	op.done, op.outcome = true, Outcome{Result: Succeeded, Status: s.Status, Stack: s}
}

// giveUp ends the wait for an operation of which nothing can be learned any more.
func (op *Operation) giveUp(reason string, err error) {
	s := op.state.stack
	op.done = true
	op.outcome = Outcome{Result: Unknown, Status: s.Status, Stack: s,
		Err: &Error{Stack: s.Name, Reason: reason, Err: err}}
}
