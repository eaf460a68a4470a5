package command

import (
	"fmt"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// nextAfter returns the command that comes after an operation that did not succeed,
// with the resources that block it.
func (e *env) nextAfter(stack, kind string, o deploy.Outcome) string {
	next := e.nextCommand(stack, o.Status)
	reasons := o.Stack.Reason
	if o.Cause != nil {
		reasons += " " + o.Cause.Reason
	}
	var names []string
	for _, b := range o.Blocking {
		names = append(names, b.Name())
		reasons += " " + b.Reason
	}
	if strings.Contains(reasons, roleGone) {
		return new(serviceRole).advice(o.Stack) + "   " + next
	}
	reuse := e.reuseOf(o.Left)
	switch {
	case o.Status == "ROLLBACK_COMPLETE" && reuse != "":
		return "Fix the cause, then retry with what is left behind: " +
			e.commandLine("deploy", stack) + reuse
	case kind == display.Cancellation && o.Status == "UPDATE_COMPLETE":
		return "The update finished first. Another update undoes it: " + e.commandLine("deploy", stack)
	case o.Status == "DELETE_FAILED" && len(names) > 0:
		return strings.Replace(next, "--retain ID", "--retain "+strings.Join(names, ","), 1)
	case o.Status == "UPDATE_ROLLBACK_FAILED" && len(names) > 0:
		return next + "   Or skip what cannot be rolled back: --skip " + strings.Join(names, ",")
	}
	return next
}

// reuseOf returns the flags that reuse the buckets that a failed creation has left behind:
// a bucket that has a name could not be created again.
func (e *env) reuseOf(left []deploy.Event) string {
	flags := ""
	for _, r := range left {
		for _, need := range e.component.Needs {
			if need.ID == r.LogicalID && r.Type == bucketType && need.Existing != nil {
				flags += " --" + need.Existing.Flag() + " " + r.PhysicalID
			}
		}
	}
	return flags
}

// emptyStatus is the status of a stack that has a change set and nothing else.
const emptyStatus = "REVIEW_IN_PROGRESS"

// neverDeployed returns an error for a stack on which no deployment has run.
func (e *env) neverDeployed(s deploy.Stack) error {
	if s.Status != emptyStatus {
		return nil
	}
	return &exitError{exitUnknown,
		fmt.Errorf("stack %s: no deployment has run yet: only a change set exists (%s)",
			s.Name, s.Status), e.nextCommand(s.Name, s.Status)}
}

// nextCommand returns the command that comes next for a stack in a status.
func (e *env) nextCommand(stack, status string) string {
	switch status {
	case "DELETE_FAILED":
		return "Fix the cause, then retry: " + e.commandLine("delete", stack) +
			"   Or leave behind what cannot be deleted: --retain ID"
	case "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED":
		return "Fix the cause, then: " + e.commandLine("recover", stack)
	case "CREATE_FAILED", "ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED":
		return "Delete what is left: " + e.commandLine("delete", stack)
	case emptyStatus:
		return "Create it: " + e.commandLine("deploy", stack)
	}
	if strings.HasSuffix(status, "_IN_PROGRESS") {
		return "Follow: " + e.commandLine("watch", stack)
	}
	return "Fix the cause, then retry: " + e.commandLine("deploy", stack)
}
