package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// report prints an error, one line for each problem, and returns its exit code.
func (e *env) report(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	code, next := exitUnknown, ""
	var x *exitError
	var s signalled
	switch {
	case errors.As(err, &x):
		code, next = x.code, x.next
		if x.err == nil {
			return code
		}
	case errors.Is(err, syscall.EPIPE),
		errors.As(context.Cause(ctx), &s) && s.signal == syscall.SIGPIPE:
		return exitSignal + int(syscall.SIGPIPE) // the reader has gone
	case errors.As(context.Cause(ctx), &s):
		code, err = exitSignal+int(s.signal), fmt.Errorf("%w: no operation was started", s)
	case errors.Is(err, errTimeout) || errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("%w: no operation was started", errTimeout)
		next = "Retry: the same command with a longer --timeout"
	}
	if e.records != nil {
		e.records.Stopped(resultOf(code), code, err, next)
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		e.Styledf(terminal.Failure, "metaflow-cfn: %s", line)
	}
	e.refused(err)
	if next != "" {
		e.Printf("%s", next)
	}
	if code < exitSignal {
		e.Annotate("metaflow-cfn", err.Error())
	}
	return code
}

// refused prints what CloudFormation's validations and hooks object to: where, why, and
// what to try.
func (e *env) refused(err error) {
	var refusal *deploy.Error
	if !errors.As(err, &refusal) {
		return
	}
	for _, c := range refusal.Causes {
		text, _, _ := c.Message()
		where := strings.Join(display.NonEmpty(display.Resource(c), c.Property), " ")
		e.Printf("  %s: %s", where, text)
		if try := e.hint(c, ""); try != "" {
			e.Printf("    try: %s", try)
		}
	}
	if refusal.Note != "" && e.verbose {
		e.Printf("  %s", refusal.Note)
	}
}

// resultOf returns the result, in records, of a command that ended before an
// operation began.
func resultOf(code int) string {
	switch code {
	case exitUsage:
		return deploy.Invalid.String()
	case exitStuck:
		return deploy.Stuck.String()
	case exitRefused:
		return deploy.Refused.String()
	case exitDeclined:
		return "declined"
	case exitNotRun:
		return deploy.Failed.String()
	case exitTimeout:
		return deploy.Running.String()
	}
	return deploy.Unknown.String()
}

// exitCodeAfterFlush returns the exit code after everything has been printed: that of
// SIGPIPE if the reader of stdout has gone, an error if output was lost otherwise.
func (e *env) exitCodeAfterFlush(code int) int {
	err := e.Out.Err()
	switch {
	case err == nil:
		return code
	case errors.Is(err, syscall.EPIPE):
		return exitSignal + int(syscall.SIGPIPE)
	case errors.Is(err, terminal.ErrUnread):
		return code // that of the signal
	}
	fmt.Fprintf(e.Err, "metaflow-cfn: stdout: %v\n", err)
	return max(code, exitUnknown)
}
