package deploy

import (
	"cmp"
	"strings"
)

// owner tells which events belong to the operation that is followed, and where that
// operation stands.
//
// An operation is known by the token of its request and by CloudFormation's operation
// ID. Neither is enough alone: old endpoints send neither, and a rollback has an ID of
// its own.
type owner struct {
	kind       string
	tokens     map[string]bool // of the requests behind it
	operations map[string]bool // operation IDs that are ours

	status  string // that the stack's last event of the operation told
	started bool   // the stack's first event of the operation was seen
	ended   bool   // status is one in which such an operation ends
	over    bool   // a later operation of somebody else has begun
	foreign string // token or ID of an operation that has taken ours over, "" when none has
}

func newOwner(kind, token string) owner {
	o := owner{kind: kind, tokens: map[string]bool{}, operations: map[string]bool{}}
	o.knows(Event{Token: token})
	return o
}

// knows takes the operation that an event belongs to for ours.
func (o *owner) knows(e Event) {
	if e.Token != "" {
		o.tokens[e.Token] = true
	}
	if e.OperationID != "" {
		o.operations[e.OperationID] = true
	}
}

// claim says whether the event belongs to the operation, and follows the stack's own.
func (o *owner) claim(e Event) bool {
	ours := o.owns(e)
	if ours {
		o.knows(e)
	}
	if e.Root {
		o.follow(e, ours)
	}
	return ours
}

func (o *owner) owns(e Event) bool {
	switch {
	case o.tokens[e.Token], o.operations[e.OperationID], o.turns(e):
		return true
	case e.Token != "":
		return false
	case e.OperationID == "":
		return !o.over
	}
	// An operation with an ID and no token is ours when it is the first after our
	// request and of its kind, or when it continues ours.
	if !o.started {
		return e.Root && begins(o.kind, e.Status)
	}
	return e.Root && !o.over && continues(o.status, e.Status)
}

// turns says whether a rollback begins that is part of the operation whoever asked for
// it: when going back is what the operation is about, or to continue one that failed.
func (o *owner) turns(e Event) bool {
	if !e.Root || !strings.HasSuffix(e.Status, "ROLLBACK_IN_PROGRESS") {
		return false
	}
	return o.kind == cancelling || o.kind == undoing || strings.HasSuffix(o.status, "ROLLBACK_FAILED")
}

func (o *owner) follow(e Event, ours bool) {
	unlabelled := e.Token == "" && e.OperationID == ""
	switch {
	case !o.started:
		// Without a label, a late event of the operation before must not end ours.
		o.started = ours && (!unlabelled || moving(e.Status))
		if !o.started {
			return
		}
	case o.over:
		return
	case o.ended && starts(e.Status) && (!ours || unlabelled):
		o.over = true
		return
	case !ours && o.foreign == "":
		// Whoever takes the stack over, its end is our end.
		o.foreign = cmp.Or(e.Token, e.OperationID)
	}
	o.status = e.Status
	_, o.ended = resultOf(o.kind, e.Status)
}
