package events

import (
	"cmp"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
)

// Attribution decides which events belong to the operation that is followed, and knows
// its progress.
//
// An operation is known by the token of its request and by CloudFormation's operation
// ID. Neither is enough alone: old endpoints send neither, and a rollback has an ID of
// its own.
type Attribution struct {
	Kind    string // of the operation
	Status  string // of the stack, in its last event of the operation
	Started bool   // the stack's first event of the operation was seen
	Ended   bool   // such an operation ends in Status
	Over    bool   // a later operation, not ours, has begun
	Foreign string // token or ID of an operation that has taken ours over, "" for none

	tokens     map[string]bool // of the requests behind the operation
	operations map[string]bool // operation IDs that are ours
}

// NewAttribution returns the attribution to an operation of the kind that a request
// with the token begins; the token may be "".
func NewAttribution(kind, token string) Attribution {
	a := Attribution{Kind: kind, tokens: map[string]bool{}, operations: map[string]bool{}}
	a.Add(Event{Token: token})
	return a
}

// Add makes the operation that an event belongs to ours.
func (a *Attribution) Add(e Event) {
	if e.Token != "" {
		a.tokens[e.Token] = true
	}
	if e.OperationID != "" {
		a.operations[e.OperationID] = true
	}
}

// HasOperation reports whether an operation ID is known as ours.
func (a *Attribution) HasOperation(id string) bool { return a.operations[id] }

// Attribute reports whether the event belongs to the operation, and follows the events
// about the stack itself.
func (a *Attribution) Attribute(e Event) bool {
	ours := a.isOurs(e)
	if ours {
		a.Add(e)
	}
	if e.Root {
		a.follow(e, ours)
	}
	return ours
}

func (a *Attribution) isOurs(e Event) bool {
	switch {
	case a.tokens[e.Token], a.operations[e.OperationID], a.isOurRollback(e):
		return true
	case e.Token != "":
		return false
	case e.OperationID == "":
		return !a.Over
	}
	// An operation with an ID and no token is ours when it is the first after our
	// request and of its kind, or when it continues ours.
	if !a.Started {
		return e.Root && states.Begins(a.Kind, e.Status)
	}
	return e.Root && !a.Over && states.Continues(a.Status, e.Status)
}

// isOurRollback reports whether a rollback begins that is part of the operation, no
// matter who asked for it: because the operation is a rollback, or because it continues
// one that failed.
func (a *Attribution) isOurRollback(e Event) bool {
	if !e.Root || !strings.HasSuffix(e.Status, "ROLLBACK_IN_PROGRESS") {
		return false
	}
	goesBack := a.Kind == states.KindCancel || a.Kind == states.KindRollback
	return goesBack || strings.HasSuffix(a.Status, "ROLLBACK_FAILED")
}

func (a *Attribution) follow(e Event, ours bool) {
	unlabelled := e.Token == "" && e.OperationID == ""
	switch {
	case !a.Started:
		// Without a label, a late event of the operation before must not end ours.
		a.Started = ours && (!unlabelled || states.Moving(e.Status))
		if !a.Started {
			return
		}
	case a.Over:
		return
	case a.Ended && states.Starts(e.Status) && (!ours || unlabelled):
		a.Over = true
		return
	case !ours && a.Foreign == "":
		// Whichever operation takes the stack over, its end is also the end of this one.
		a.Foreign = cmp.Or(e.Token, e.OperationID)
	}
	a.Status = e.Status
	_, a.Ended = states.ResultOf(a.Kind, e.Status)
}
