// Package states knows what each status of a stack means: which action a command may
// take, and with which result an operation ends in it.
package states

import "strings"

// Kinds of operation. The last two go back to an earlier state: from an update that is
// running, and from an operation that failed.
const (
	KindCreate   = "CREATE"
	KindUpdate   = "UPDATE"
	KindDelete   = "DELETE"
	KindImport   = "IMPORT"
	KindCancel   = "CANCEL"
	KindRollback = "ROLLBACK"
)

// Action is what a command does to a stack because of its status.
type Action int

// The actions. The zero value refuses.
const (
	Refuse           Action = iota // it cannot be done, or needs a decision first
	Busy                           // an operation is running
	Wait                           // a clean-up or rollback is running: wait for its end, then go on
	Repair                         // the stack must be repaired, or deleted, first
	Absent                         // the stack does not exist
	Nothing                        // there is nothing to do
	Create                         // a change set of type CREATE
	Update                         // a change set of type UPDATE
	UpdateNoRollback               // the same, but only without rollback
	Recreate                       // delete what is left of a failed creation, then create
	Delete                         // DeleteStack
	Follow                         // follow the operation that is running, or was the last to run
	Cancel                         // CancelUpdateStack
	ContinueRollback               // ContinueUpdateRollback
	RollBack                       // RollbackStack
)

// State is what each command does to a stack in one status.
type State struct {
	Status                                 string
	Deploy, Delete, Watch, Cancel, Recover Action
}

// table has every status of a stack that CloudFormation knows, and "" for a stack that
// does not exist (StackStatus in the API reference).
var table = []State{
	// Status, Deploy, Delete, Watch, Cancel, Recover
	{"", Create, Nothing, Absent, Absent, Absent},
	{"REVIEW_IN_PROGRESS", Create, Delete, Nothing, Refuse, Nothing},
	{"CREATE_IN_PROGRESS", Busy, Delete, Follow, Refuse, Busy},
	{"CREATE_COMPLETE", Update, Delete, Follow, Refuse, Nothing},
	{"CREATE_FAILED", UpdateNoRollback, Delete, Follow, Refuse, RollBack},
	{"ROLLBACK_IN_PROGRESS", Busy, Wait, Follow, Refuse, Follow},
	{"ROLLBACK_COMPLETE", Recreate, Delete, Follow, Refuse, Nothing},
	{"ROLLBACK_FAILED", Repair, Delete, Follow, Refuse, Repair},
	{"UPDATE_IN_PROGRESS", Busy, Busy, Follow, Cancel, Busy},
	{"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Wait, Wait, Follow, Refuse, Busy},
	{"UPDATE_COMPLETE", Update, Delete, Follow, Refuse, Nothing},
	{"UPDATE_FAILED", UpdateNoRollback, Delete, Follow, Refuse, RollBack},
	{"UPDATE_ROLLBACK_IN_PROGRESS", Busy, Wait, Follow, Follow, Follow},
	{"UPDATE_ROLLBACK_FAILED", Repair, Delete, Follow, Refuse, ContinueRollback},
	{"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", Wait, Wait, Follow, Follow, Follow},
	{"UPDATE_ROLLBACK_COMPLETE", Update, Delete, Follow, Refuse, Nothing},
	{"DELETE_IN_PROGRESS", Busy, Follow, Follow, Refuse, Busy},
	{"DELETE_FAILED", Repair, Delete, Follow, Refuse, Repair},
	{"DELETE_COMPLETE", Create, Nothing, Follow, Absent, Absent},
	{"IMPORT_IN_PROGRESS", Busy, Wait, Follow, Refuse, Busy},
	{"IMPORT_COMPLETE", Update, Delete, Follow, Refuse, Nothing},
	{"IMPORT_ROLLBACK_IN_PROGRESS", Busy, Wait, Follow, Refuse, Follow},
	{"IMPORT_ROLLBACK_COMPLETE", Update, Delete, Follow, Refuse, Nothing},
	{"IMPORT_ROLLBACK_FAILED", Repair, Delete, Follow, Refuse, Repair},
}

// end is the result of each kind of operation in one status. Running means that the
// status does not end such an operation.
type end struct {
	status                                             string
	create, update, delete, imported, cancel, rollback Result
}

// ends has the statuses that end an operation; the others of the table end none.
//
// A deletion that ends a creation or an update is a failure of these, not a success. It
// is how the rollback of a creation ends well (RollbackStack in the API reference).
var ends = []end{
	// status, create, update, delete, import, cancel, rollback
	{"CREATE_COMPLETE", Succeeded, Running, Running, Running, Running, Running},
	{"CREATE_FAILED", Stuck, Running, Running, Running, Running, Stuck},
	{"ROLLBACK_COMPLETE", Failed, Running, Running, Running, Running, Succeeded},
	{"ROLLBACK_FAILED", Stuck, Running, Running, Running, Running, Stuck},
	{"UPDATE_COMPLETE", Running, Succeeded, Running, Running, Failed, Failed},
	{"UPDATE_FAILED", Running, Stuck, Running, Running, Stuck, Stuck},
	{"UPDATE_ROLLBACK_FAILED", Running, Stuck, Running, Running, Stuck, Stuck},
	{"UPDATE_ROLLBACK_COMPLETE", Running, Failed, Running, Running, Succeeded, Succeeded},
	{"DELETE_FAILED", Stuck, Stuck, Stuck, Stuck, Stuck, Stuck},
	{"DELETE_COMPLETE", Failed, Failed, Succeeded, Failed, Failed, Succeeded},
	{"IMPORT_COMPLETE", Running, Running, Running, Succeeded, Running, Running},
	{"IMPORT_ROLLBACK_COMPLETE", Running, Running, Running, Failed, Running, Succeeded},
	{"IMPORT_ROLLBACK_FAILED", Running, Running, Running, Stuck, Running, Stuck},
}

// Of returns the row of a status. A status that is not in the table is busy and followed
// when its name ends in _IN_PROGRESS; otherwise it is refused.
func Of(status string) State {
	for _, s := range table {
		if s.Status == status {
			return s
		}
	}
	if strings.HasSuffix(status, "_IN_PROGRESS") {
		return State{status, Busy, Busy, Follow, Refuse, Busy}
	}
	return State{status, Refuse, Refuse, Follow, Refuse, Refuse}
}

// ResultOf returns the result of an operation of the kind when its stack is in the
// status, and whether the operation has ended. A status that is not in the tables ends
// every operation as Unknown, unless its name ends in _IN_PROGRESS.
func ResultOf(kind, status string) (result Result, ended bool) {
	for _, e := range ends {
		if e.status == status {
			result = map[string]Result{
				KindCreate: e.create, KindUpdate: e.update, KindDelete: e.delete,
				KindImport: e.imported, KindCancel: e.cancel, KindRollback: e.rollback,
			}[kind]
			return result, result != Running
		}
	}
	if status == "" || strings.HasSuffix(status, "_IN_PROGRESS") {
		return Running, false
	}
	return Unknown, true
}

// Moving reports whether an operation is running on a stack in this status.
func Moving(status string) bool {
	return strings.HasSuffix(status, "_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS"
}

// Starts reports whether a stack enters this status at the beginning of an operation.
// A rollback continues the operation that failed.
func Starts(status string) bool {
	switch status {
	case "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS":
		return true
	}
	return false
}

// Begins reports whether a stack enters this status when an operation of the kind begins.
func Begins(kind, status string) bool {
	if kind == KindCancel || kind == KindRollback {
		return strings.HasSuffix(status, "ROLLBACK_IN_PROGRESS")
	}
	return status == kind+"_IN_PROGRESS"
}

// Continues reports whether a stack that goes from one status to the next is still in
// the same operation although CloudFormation gives the next an operation ID of its own:
// an automatic rollback, or the deletion that OnStackFailure DELETE asks for.
func Continues(from, to string) bool {
	if strings.HasSuffix(to, "ROLLBACK_IN_PROGRESS") {
		return true
	}
	return to == "DELETE_IN_PROGRESS" && (from == "CREATE_IN_PROGRESS" || from == "CREATE_FAILED")
}

// KindOf guesses from its status what kind of operation a stack saw last.
func KindOf(status string) string {
	switch prefix, _, _ := strings.Cut(status, "_"); prefix {
	case KindUpdate, KindDelete, KindImport:
		return prefix
	}
	return KindCreate // CREATE_*, ROLLBACK_*
}
