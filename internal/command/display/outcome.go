package display

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// Cancellation is the kind of operation that deploy.Client.Cancel returns.
const Cancellation = "CANCEL"

// End prints the outcome with the next command. Outputs go to stdout.
func (l *Plain) End(e Ending) {
	op, o, stack := e.Operation, e.Outcome, e.Operation.Stack
	switch o.Result {
	case deploy.Succeeded:
		l.Printf("OK %s %s", stack, o.Status)
		l.durations()
		l.left(o)
	case deploy.Running:
		l.left(o)
		l.detached(stack, op.Kind, o)
	case deploy.CredentialsLost:
		l.Styledf(terminal.Failure, "The credentials were lost: %s is still %s", stack, o.Status)
		l.left(o)
		renew := "renew them"
		if l.Advice.Login != nil && l.Advice.Login() != "" {
			renew += " (" + l.Advice.Login() + ")"
		}
		l.Printf("  %s, then: %s", renew, l.Advice.Command("watch", stack))
	default:
		l.Styledf(terminal.Failure, "FAILED %s %s", stack, o.Status)
		l.Cause(o, e.Reasons)
		for _, b := range o.Blocking {
			l.Printf("stuck: %s", words(b.Name(), b.Type, b.PhysicalID, b.Reason))
		}
		l.left(o)
		l.Printf("%s", l.Advice.Next(stack, op.Kind, o))
		l.Annotate(stack, failure(o))
	}
	if e.Err != nil {
		l.Printf("%v", e.Err)
	}
	if o.Result == deploy.Succeeded {
		l.afterSuccess(e, stack)
	}
}

// left names what outlives its deletion.
func (l *Plain) left(o deploy.Outcome) {
	for _, left := range o.Left {
		l.Printf("left behind: %s", words(Resource(left), left.Type, left.PhysicalID, left.Reason))
	}
}

// afterSuccess prints the outputs and the command that comes next.
func (l *Plain) afterSuccess(e Ending, stack string) {
	switch kind := e.Operation.Kind; {
	case makesStack(kind):
		outputs := e.Outcome.Stack.Outputs
		for _, name := range slices.Sorted(maps.Keys(outputs)) {
			l.Fprintf(l.Out, terminal.Plain, "%s=%s", name, outputs[name])
		}
		if e.Code == 0 && len(outputs) > 0 {
			l.use(stack, e.Configured)
		}
	case kind == Cancellation || kind == "ROLLBACK":
		l.Printf("Next: %s", l.Advice.Command("deploy", stack))
	}
}

// use prints the commands that use a stack, which work when they are pasted.
func (l *Plain) use(stack string, configured bool) {
	var next []string
	if configure := l.Advice.Command("configure", stack); configure != "" && !configured {
		next = append(next, `eval "$(`+configure+`)"`)
	}
	if verify := l.Advice.Command("verify", stack); verify != "" {
		next = append(next, verify, "python examples/hello_batch.py run --with batch")
	}
	for i, command := range next {
		if i == 0 {
			command = "Next: " + command
		} else {
			command = "      " + command
		}
		l.Printf("%s", command)
	}
}

// makesStack reports whether an operation leaves a stack that is to be used.
func makesStack(kind string) bool {
	return kind == "CREATE" || kind == "UPDATE" || kind == "IMPORT"
}

// durations prints how long everything took.
func (l *Plain) durations() {
	if len(l.took) > 0 {
		l.Printf("  %s in %s; slowest: %s", Count(len(l.took), "resource"),
			seconds(l.latest.Sub(l.first)), l.slowest(3))
	}
}

// detached prints what continues, how to follow it and how to undo it.
func (l *Plain) detached(stack, kind string, o deploy.Outcome) {
	// The status may have been read before the operation was seen to begin.
	if hasEnded(o.Status) || o.Status == "REVIEW_IN_PROGRESS" {
		o.Status = kind + "_IN_PROGRESS"
		if kind == Cancellation {
			o.Status = "UPDATE_ROLLBACK_IN_PROGRESS"
		}
	}
	l.Printf("Detached: %s is still %s; nothing was cancelled", stack, o.Status)
	if l.planned > 0 {
		l.Printf("  %d of %d done", len(l.took), l.planned)
	}
	l.Printf("  follow: %s", l.Advice.Command("watch", stack))
	switch {
	case kind == "CREATE" && o.Status == "CREATE_IN_PROGRESS":
		l.Printf("  undo:   %s", l.Advice.Command("delete", stack))
	case kind == "UPDATE" && o.Status == "UPDATE_IN_PROGRESS":
		l.Printf("  undo:   %s", l.Advice.Command("cancel", stack))
	}
}

// Cause prints the first real failure and what to do about it.
func (c Config) Cause(o deploy.Outcome, reasons map[string]string) {
	if o.Cause == nil {
		if o.Stack.Reason != "" {
			c.Printf("Reason: %s", o.Stack.Reason)
		}
		return
	}
	text, code, request := o.Cause.Message()
	c.Styledf(terminal.Failure, "Root cause: %s  %s  at %s",
		Resource(*o.Cause), o.Cause.Type, o.Cause.Time.UTC().Format(time.RFC3339))
	c.Printf("  %s", text)
	if code != "" {
		code = "code " + code
	}
	if request != "" {
		request = "request " + request
	}
	if details := NonEmpty(code, request); len(details) > 0 {
		c.Printf("  %s", strings.Join(details, ", "))
	}
	reason := reasons[Resource(*o.Cause)]
	if reason != "" {
		c.Printf("  AWS Batch says: %s", reason)
	}
	if try := c.Advice.Hint(*o.Cause, reason); try != "" {
		c.Printf("  try: %s", try)
	}
	for _, also := range o.Also {
		c.Printf("Also failed: %s  %s", Resource(also), also.Reason)
	}
	if o.Cancelled > 0 {
		c.Printf("cancelled as a consequence: %d", o.Cancelled)
	}
}

// failure returns the cause in one line.
func failure(o deploy.Outcome) string {
	if o.Cause == nil {
		return strings.Join(NonEmpty(o.Status, o.Stack.Reason), ": ")
	}
	text, _, _ := o.Cause.Message()
	return Resource(*o.Cause) + ": " + text
}

// Count returns a number with its noun, in the plural unless the number is 1.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
