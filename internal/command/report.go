package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// report tells an error to people, one line a problem, and returns its exit code.
func (e *env) report(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	code, next := exitError, ""
	var x *exit
	var s signalled
	switch {
	case errors.As(err, &x):
		code, next = x.code, x.next
		if x.err == nil {
			return code
		}
	case errors.Is(err, syscall.EPIPE), errors.As(context.Cause(ctx), &s) && s.signal == syscall.SIGPIPE:
		return exitSignal + int(syscall.SIGPIPE) // nobody reads
	case errors.As(context.Cause(ctx), &s):
		code, err = exitSignal+int(s.signal), fmt.Errorf("%w: no operation was begun", s)
	case errors.Is(err, errTimeout) || errors.Is(err, context.DeadlineExceeded):
		err, next = fmt.Errorf("%w: no operation was begun", errTimeout), "Again: the same command with a longer --timeout"
	}
	if e.records != nil {
		e.records.stopped(code, err, next)
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		e.say("metaflow-cfn: %s", line)
	}
	e.refused(err)
	if next != "" {
		e.say("%s", next)
	}
	if code < exitSignal {
		e.annotate("metaflow-cfn", err.Error())
	}
	return code
}

// refused tells what CloudFormation's validations and hooks have against a change:
// the place, the words, and what to try.
func (e *env) refused(err error) {
	var refusal *deploy.Error
	if !errors.As(err, &refusal) {
		return
	}
	for _, c := range refusal.Causes {
		text, _, _ := c.Message()
		e.say("  %s: %s", strings.Join(present(resourceOf(c), c.Property), " "), text)
		if try := e.hint(c, ""); try != "" {
			e.say("    try: %s", try)
		}
	}
	if refusal.Note != "" && e.verbose {
		e.say("  %s", refusal.Note)
	}
}
