package deploy

import "cmp"

// owner tells which events belong to the operation that is followed, and where that
// operation stands.
//
// An operation is known by the token of its request and by CloudFormation's operation
// ID. Neither is enough alone: old endpoints send neither, and a rollback has an ID of
// its own.
type owner struct {
	kind       string
	token      string
	operations map[string]bool // operation IDs that are ours

	status  string // that the stack's last event of the operation told
	started bool   // the stack's first event of the operation was seen
	ended   bool   // status is one in which such an operation ends
	over    bool   // a later operation of somebody else has begun
	foreign string // token or ID of an operation that has taken ours over, "" when none has
}

// claim says whether the event belongs to the operation, and follows the stack's own.
func (o *owner) claim(e Event) bool {
	ours := o.owns(e)
	if ours && e.OperationID != "" {
		o.operations[e.OperationID] = true
	}
	if e.Root {
		o.follow(e, ours)
	}
	return ours
}

func (o *owner) owns(e Event) bool {
	switch {
	case e.Token != "" && e.Token == o.token, e.OperationID != "" && o.operations[e.OperationID]:
		return true
	case e.Token != "":
		return false
	case e.OperationID == "":
		return !o.over
	}
	// An operation with an ID and no token is ours when it is the first after our
	// request and of its kind, or when it continues ours.
	if !o.started {
		return e.Root && e.Status == o.kind+"_IN_PROGRESS"
	}
	return e.Root && !o.over && continues(o.status, e.Status)
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
