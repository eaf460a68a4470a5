package deploy

import "strings"

// Kinds of operation, as Operation.Kind and Plan.Operation name them. The last two go
// back to what was: from an update that is running, and from one that failed.
const (
	creation   = "CREATE"
	updating   = "UPDATE"
	deletion   = "DELETE"
	importer   = "IMPORT"
	cancelling = "CANCEL"
	undoing    = "ROLLBACK"
)

// action is what a command may do to a stack that is in some status.
type action int

const (
	refuse   action = iota // it cannot be done, or needs a decision first
	busy                   // an operation is running
	settle                 // an operation is running that is soon over; then go on
	stuck                  // it needs to be repaired, or deleted, first
	absent                 // there is no such stack
	nothing                // there is nothing to do
	create                 // a change set of type CREATE
	update                 // a change set of type UPDATE
	forward                // the same without rollback, when that is asked for
	recreate               // delete what is left of a failed creation, then create
	remove                 // DeleteStack
	attach                 // follow what is already running, or was the last to run
	cancel                 // CancelUpdateStack
	resume                 // ContinueUpdateRollback
	undo                   // RollbackStack
)

// state is what one stack status means.
type state struct {
	status string
	// What each command does to the stack.
	deploy, delete, watch, cancel, recover action
	// What an operation of each kind has come to when it ends in this status.
	// Running: the status is no end of such an operation.
	create, update, removal, imported, cancelled, undone Result
}

// Short for Results in the table. on stands for Running: the operation goes on.
const (
	on    = Running
	ok    = Succeeded
	no    = Failed
	never = Unknown
)

// states is every status of a stack that CloudFormation knows, and "" for a stack
// that does not exist (StackStatus in the API reference).
//
// A deletion that ends a creation or an update is a failure of these, not a success;
// it ends the rollback of a creation well (RollbackStack in the API reference).
var states = []state{
	// status                  deploy  delete   watch    cancel  recover  create  update delete import cancel rollback
	{"", create, nothing, absent, absent, absent, on, on, on, on, on, on},
	{"REVIEW_IN_PROGRESS", create, remove, nothing, refuse, nothing, on, on, on, on, on, on},
	{"CREATE_IN_PROGRESS", busy, remove, attach, refuse, busy, on, on, on, on, on, on},
	{"CREATE_COMPLETE", update, remove, attach, refuse, nothing, ok, on, on, on, on, on},
	{"CREATE_FAILED", forward, remove, attach, refuse, undo, Stuck, on, on, on, on, Stuck},
	{"ROLLBACK_IN_PROGRESS", busy, settle, attach, refuse, attach, on, on, on, on, on, on},
	{"ROLLBACK_COMPLETE", recreate, remove, attach, refuse, nothing, no, on, on, on, on, ok},
	{"ROLLBACK_FAILED", stuck, remove, attach, refuse, stuck, Stuck, on, on, on, on, Stuck},
	{"UPDATE_IN_PROGRESS", busy, busy, attach, cancel, busy, on, on, on, on, on, on},
	{"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", settle, settle, attach, refuse, busy, on, on, on, on, on, on},
	{"UPDATE_COMPLETE", update, remove, attach, refuse, nothing, on, ok, on, on, no, no},
	{"UPDATE_FAILED", forward, remove, attach, refuse, undo, on, Stuck, on, on, Stuck, Stuck},
	{"UPDATE_ROLLBACK_IN_PROGRESS", busy, settle, attach, attach, attach, on, on, on, on, on, on},
	{"UPDATE_ROLLBACK_FAILED", stuck, remove, attach, refuse, resume, on, Stuck, on, on, Stuck, Stuck},
	{"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", settle, settle, attach, attach, attach, on, on, on, on, on, on},
	{"UPDATE_ROLLBACK_COMPLETE", update, remove, attach, refuse, nothing, on, no, on, on, ok, ok},
	{"DELETE_IN_PROGRESS", busy, attach, attach, refuse, busy, on, on, on, on, on, on},
	{"DELETE_FAILED", stuck, remove, attach, refuse, stuck, Stuck, Stuck, Stuck, Stuck, Stuck, Stuck},
	{"DELETE_COMPLETE", create, nothing, attach, absent, absent, no, no, ok, no, no, ok},
	{"IMPORT_IN_PROGRESS", busy, settle, attach, refuse, busy, on, on, on, on, on, on},
	{"IMPORT_COMPLETE", update, remove, attach, refuse, nothing, on, on, on, ok, on, on},
	{"IMPORT_ROLLBACK_IN_PROGRESS", busy, settle, attach, refuse, attach, on, on, on, on, on, on},
	{"IMPORT_ROLLBACK_COMPLETE", update, remove, attach, refuse, nothing, on, on, on, no, on, ok},
	{"IMPORT_ROLLBACK_FAILED", stuck, remove, attach, refuse, stuck, on, on, on, Stuck, on, Stuck},
}

// stateOf is the meaning of a status. One that the table does not know is busy and
// followed when its name ends in _IN_PROGRESS; otherwise it is refused, and ends
// every operation as Unknown.
func stateOf(status string) state {
	for _, s := range states {
		if s.status == status {
			return s
		}
	}
	if strings.HasSuffix(status, "_IN_PROGRESS") {
		return state{status, busy, busy, attach, refuse, busy, on, on, on, on, on, on}
	}
	return state{status, refuse, refuse, attach, refuse, refuse, never, never, never, never, never, never}
}

// resultOf is what an operation of the kind has come to when its stack is in the
// status, and whether it has ended at all.
func resultOf(kind, status string) (result Result, ended bool) {
	s := stateOf(status)
	switch kind {
	case creation:
		result = s.create
	case updating:
		result = s.update
	case deletion:
		result = s.removal
	case importer:
		result = s.imported
	case cancelling:
		result = s.cancelled
	case undoing:
		result = s.undone
	}
	return result, result != on
}

// moving says whether an operation is running on a stack in this status.
func moving(status string) bool {
	return strings.HasSuffix(status, "_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS"
}

// starts says whether a stack enters this status at the beginning of an operation
// (a rollback continues the operation that failed).
func starts(status string) bool {
	switch status {
	case "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS":
		return true
	}
	return false
}

// begins says whether a stack enters this status when an operation of the kind begins.
func begins(kind, status string) bool {
	if kind == cancelling || kind == undoing {
		return strings.HasSuffix(status, "ROLLBACK_IN_PROGRESS")
	}
	return status == kind+"_IN_PROGRESS"
}

// continues says whether a stack that goes from one status to the next is still in
// the same operation though CloudFormation counts the next as one of its own:
// an automatic rollback, or the deletion that OnStackFailure DELETE asks for.
func continues(from, to string) bool {
	if strings.HasSuffix(to, "ROLLBACK_IN_PROGRESS") {
		return true
	}
	return to == "DELETE_IN_PROGRESS" && (from == "CREATE_IN_PROGRESS" || from == "CREATE_FAILED")
}

// kindOf guesses from its status what kind of operation a stack saw last.
func kindOf(status string) string {
	switch prefix, _, _ := strings.Cut(status, "_"); prefix {
	case updating, deletion, importer:
		return prefix
	}
	return creation // CREATE_*, ROLLBACK_*
}
