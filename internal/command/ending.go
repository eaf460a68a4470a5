package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

func (l *lines) end(op *deploy.Operation, o deploy.Outcome, code int) {
	stack := stackOf(op.StackID)
	switch {
	case o.Result == deploy.Succeeded:
		l.say("OK %s %s", stack, o.Status)
		l.pace()
	case code == exitTimeout || code > exitSignal:
		l.detached(stack, op.Kind, o)
	case o.Result == deploy.CredentialsLost:
		l.say("The credentials were lost: %s is still %s", stack, o.Status)
		l.say("  renew them, then: metaflow-cfn watch %s", stack)
	default:
		l.say("FAILED %s %s", stack, o.Status)
		l.cause(o)
		l.blocking(o)
		l.say("%s", next(stack, op.Kind, o))
		l.annotate(stack, failure(o))
	}
	for _, e := range o.Left {
		l.say("left behind: %s", strings.Join(present(resourceOf(e), e.Type, e.PhysicalID, e.Reason), "  "))
	}
	if o.Err != nil && !errors.As(o.Err, new(signalled)) {
		l.say("%v", o.Err)
	}
	if o.Result == deploy.Succeeded && deploys(op) {
		l.outputs(o.Stack)
		if code == exitOK && !l.configured && len(o.Stack.Outputs) > 0 {
			l.say("Next: metaflow-cfn configure %s", stack)
		}
	}
	if o.Result == deploy.Succeeded && (op.Kind == cancellation || op.Kind == "ROLLBACK") {
		l.say("Next: metaflow-cfn deploy %s", stack)
	}
}

// deploys says that an operation leaves a stack that is to be used.
func deploys(op *deploy.Operation) bool {
	return op.Kind == "CREATE" || op.Kind == "UPDATE" || op.Kind == "IMPORT"
}

// pace is how long everything took.
func (l *lines) pace() {
	if len(l.took) > 0 {
		l.say("  %s in %s; slowest: %s", count(len(l.took), "resource"), seconds(l.latest.Sub(l.first)), l.slowest(3))
	}
}

// running is the status of a stack on which an operation runs.
func running(kind string) string {
	if kind == cancellation {
		return "UPDATE_ROLLBACK_IN_PROGRESS"
	}
	return kind + "_IN_PROGRESS"
}

// detached says what goes on, how to follow and how to undo it.
func (l *lines) detached(stack, kind string, o deploy.Outcome) {
	if ended(o.Status) || o.Status == "REVIEW_IN_PROGRESS" { // as it was read before the operation was seen to begin
		o.Status = running(kind)
	}
	l.say("Detached: %s is still %s; nothing was cancelled", stack, o.Status)
	if l.planned > 0 {
		l.say("  %d of %d done", len(l.took), l.planned)
	}
	l.say("  follow: metaflow-cfn watch %s", stack)
	switch {
	case kind == "CREATE" && o.Status == "CREATE_IN_PROGRESS":
		l.say("  undo:   metaflow-cfn delete %s", stack)
	case kind == "UPDATE" && o.Status == "UPDATE_IN_PROGRESS":
		l.say("  undo:   metaflow-cfn cancel %s", stack)
	}
}

// next is the command that comes next after a failure, with what stands in the way.
func next(stack, kind string, o deploy.Outcome) string {
	var names []string
	for _, b := range o.Blocking {
		names = append(names, b.Name())
	}
	switch {
	case kind == cancellation && o.Status == "UPDATE_COMPLETE":
		return "The update was faster. Another one takes it back: metaflow-cfn deploy " + stack
	case o.Status == "DELETE_FAILED" && len(names) > 0:
		return strings.Replace(remedy(stack, o.Status), "--retain ID", "--retain "+strings.Join(names, ","), 1)
	case o.Status == "UPDATE_ROLLBACK_FAILED" && len(names) > 0:
		return remedy(stack, o.Status) + "   Or leave as it is what cannot be rolled back: --skip " + strings.Join(names, ",")
	}
	return remedy(stack, o.Status)
}

// remedy is the command that comes next for a stack in a status.
func remedy(stack, status string) string {
	switch status {
	case "DELETE_FAILED":
		return "Again, after mending the cause: metaflow-cfn delete " + stack + "   Or leave behind what cannot be deleted: --retain ID"
	case "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED":
		return "Repair, after mending the cause: metaflow-cfn recover " + stack
	case "CREATE_FAILED", "ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED":
		return "Delete what is left: metaflow-cfn delete " + stack
	}
	if strings.HasSuffix(status, "_IN_PROGRESS") {
		return "Follow: metaflow-cfn watch " + stack
	}
	return "Again, after mending the cause: metaflow-cfn deploy " + stack
}

// outputs goes to the next program.
func (e *env) outputs(s deploy.Stack) {
	for _, name := range sortedNames(s.Outputs) {
		fmt.Fprintf(e.out, "%s=%s\n", name, visible(e.secrets.hide(s.Outputs[name])))
	}
}

// cause tells the first real failure, and what to do about it.
func (e *env) cause(o deploy.Outcome) {
	if o.Cause == nil {
		if o.Stack.Reason != "" {
			e.say("Reason: %s", o.Stack.Reason)
		}
		return
	}
	text, code, request := o.Cause.Message()
	e.say("Root cause: %s  %s  at %s", resourceOf(*o.Cause), o.Cause.Type, o.Cause.Time.UTC().Format(time.RFC3339))
	e.say("  %s", text)
	if code != "" {
		code = "code " + code
	}
	if request != "" {
		request = "request " + request
	}
	if details := present(code, request); len(details) > 0 {
		e.say("  %s", strings.Join(details, ", "))
	}
	batch := e.answers[resourceOf(*o.Cause)]
	if batch != "" {
		e.say("  AWS Batch says: %s", batch)
	}
	if try := e.hint(*o.Cause, batch); try != "" {
		e.say("  try: %s", try)
	}
	for _, also := range o.Also {
		e.say("Also failed: %s  %s", resourceOf(also), also.Reason)
	}
	if o.Cancelled > 0 {
		e.say("cancelled because of it: %d", o.Cancelled)
	}
}

// failure is the cause in one line.
func failure(o deploy.Outcome) string {
	if o.Cause == nil {
		return strings.Join(present(o.Status, o.Stack.Reason), ": ")
	}
	text, _, _ := o.Cause.Message()
	return resourceOf(*o.Cause) + ": " + text
}

// blocking lists what keeps a stuck stack where it is.
func (e *env) blocking(o deploy.Outcome) {
	for _, b := range o.Blocking {
		e.say("stuck: %s", strings.Join(present(b.Name(), b.Type, b.PhysicalID, b.Reason), "  "))
	}
}

// present are the words that are not empty.
func present(words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// count is a number of things, in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
