package deploy

import "strings"

// Kinds of operation, as Operation.Kind and Plan.Operation name them.
const (
	creation = "CREATE"
	updating = "UPDATE"
	deletion = "DELETE"
	importer = "IMPORT"
)

// action is what a command may do to a stack that is in some status.
type action int

const (
	refuse   action = iota // it needs a decision first
	busy                   // an operation is running
	stuck                  // it needs to be repaired, or deleted, first
	create                 // a change set of type CREATE
	update                 // a change set of type UPDATE
	recreate               // delete what is left of a failed creation, then create
	remove                 // DeleteStack
	attach                 // follow the deletion that is already running
	nothing                // nothing is there
)

// state is what one stack status means.
type state struct {
	status string
	deploy action // what a deployment does to it
	delete action // what a deletion does to it
	// What an operation of the kind has come to when it ends in this status.
	// Running: the status is no end of such an operation.
	create, update, removal, imported Result
}

// on stands in the table for Running: the operation goes on.
const on = Running

// states is every status of a stack that CloudFormation knows, and "" for a stack
// that does not exist (StackStatus in the API reference).
//
// A deletion that ends a creation or an update is a failure of these, not a success.
var states = []state{
	// status                                        deploy  delete   create     update     delete     import
	{"", create, nothing, on, on, on, on},
	{"REVIEW_IN_PROGRESS", create, remove, on, on, on, on},
	{"CREATE_IN_PROGRESS", busy, remove, on, on, on, on},
	{"CREATE_COMPLETE", update, remove, Succeeded, on, on, on},
	{"CREATE_FAILED", refuse, remove, Stuck, on, on, on},
	{"ROLLBACK_IN_PROGRESS", busy, busy, on, on, on, on},
	{"ROLLBACK_COMPLETE", recreate, remove, Failed, on, on, on},
	{"ROLLBACK_FAILED", stuck, remove, Stuck, on, on, on},
	{"UPDATE_IN_PROGRESS", busy, busy, on, on, on, on},
	{"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", busy, busy, on, on, on, on},
	{"UPDATE_COMPLETE", update, remove, on, Succeeded, on, on},
	{"UPDATE_FAILED", refuse, remove, on, Stuck, on, on},
	{"UPDATE_ROLLBACK_IN_PROGRESS", busy, busy, on, on, on, on},
	{"UPDATE_ROLLBACK_FAILED", stuck, remove, on, Stuck, on, on},
	{"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", busy, busy, on, on, on, on},
	{"UPDATE_ROLLBACK_COMPLETE", update, remove, on, Failed, on, on},
	{"DELETE_IN_PROGRESS", busy, attach, on, on, on, on},
	{"DELETE_FAILED", stuck, remove, Stuck, Stuck, Stuck, Stuck},
	{"DELETE_COMPLETE", create, nothing, Failed, Failed, Succeeded, Failed},
	{"IMPORT_IN_PROGRESS", busy, busy, on, on, on, on},
	{"IMPORT_COMPLETE", update, remove, on, on, on, Succeeded},
	{"IMPORT_ROLLBACK_IN_PROGRESS", busy, busy, on, on, on, on},
	{"IMPORT_ROLLBACK_COMPLETE", update, remove, on, on, on, Failed},
	{"IMPORT_ROLLBACK_FAILED", stuck, remove, on, on, on, Stuck},
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
		return state{status, busy, busy, on, on, on, on}
	}
	return state{status, refuse, refuse, Unknown, Unknown, Unknown, Unknown}
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
