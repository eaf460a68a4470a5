package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// follower follows an operation, for the verbs that do so.
type follower struct {
	*env

	timeout  time.Duration
	format   string
	progress string
	display  display.Display
	names    []string          // of the resources that the plan touches
	reasons  map[string]string // that AWS Batch gave for failures, by resource

	drain      drain
	configured bool // Metaflow's configuration was written
}

func (w *follower) flags(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.timeout, "timeout", 0,
		"stop waiting after this time, like 30m; the operation continues. 0 waits forever")
	enumFlag(cmd, &w.format, "output", "text", "text", "json")
	w.progressFlag(cmd)
}

// progressFlag adds --progress.
func (w *follower) progressFlag(cmd *cobra.Command) {
	enumFlag(cmd, &w.progress, "progress", "auto", "auto", "plain", "live")
	cmd.Flags().Lookup("progress").Usage = "auto, plain (a line for each event), or live " +
		"(a status area on the terminal)"
}

// check notes problems of the flags and chooses the display.
func (w *follower) check() {
	if w.timeout < 0 {
		w.problems.add(fmt.Errorf("--timeout: %s is negative; wanted a time like 30m", w.timeout))
	}
	w.checkEnum("output", w.format, "text", "json")
	if w.progress == "" {
		w.progress = "auto"
	}
	w.checkEnum("progress", w.progress, "auto", "plain", "live")
	if w.progress == "live" {
		w.checkLive()
	}
	w.chooseDisplay()
}

// checkLive notes what excludes a status area.
func (w *follower) checkLive() {
	switch {
	case w.format == "json":
		w.problems.add(errors.New("--progress live and --output json exclude each other"))
	case w.verbose:
		w.problems.add(errors.New("--progress live and --verbose exclude each other: details are lines"))
	case w.Err.Size == nil:
		w.problems.add(errors.New("--progress live: stderr is not a terminal that can be drawn over"))
	}
}

// chooseDisplay chooses the display that fits the output. --verbose needs lines.
func (w *follower) chooseDisplay() {
	config := w.displayConfig()
	switch {
	case w.format == "json":
		w.records = display.NewRecords(config)
		w.display = w.records
	case w.progress != "plain" && w.Err.Size != nil && !w.verbose:
		w.display = display.NewLive(config)
	default:
		w.display = display.NewPlain(config)
	}
}

// displayConfig returns what displays need.
func (e *env) displayConfig() display.Config {
	advice := display.Advice{
		Hint: e.hint, Next: e.nextAfter, Origin: e.origin, Command: e.commandLine,
		Login: func() string { return e.login },
	}
	return display.Config{Printer: e.Printer, Advice: advice, Verbose: e.verbose}
}

// show shows a plan before it is carried out.
func (w *follower) show(p *deploy.Plan, asked *stackInput) {
	w.names = nil
	for _, c := range display.Ordered(p.Changes) {
		w.names = append(w.names, c.LogicalID)
	}
	if w.records != nil {
		w.records.Plan(p, asked.planNotes(p))
		return
	}
	w.review(w.Err, p, asked)
}

// warn shows a warning about values: to people, and to programs as a record.
func (w *follower) warn(stack, warning string) {
	w.Printf("%s", warning)
	if w.records != nil {
		w.records.Warning(stack, warning)
	}
}

// errTimeout is the cause of a context that --timeout has ended.
var errTimeout = errors.New("--timeout has passed")

// limit returns the context of the whole command.
func (w *follower) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, w.timeout, errTimeout)
}

// follow shows the events of an operation until the operation or the wait ends.
func (w *follower) follow(ctx context.Context, s *session, op *deploy.Operation) deploy.Outcome {
	w.display.Start(op, w.names)
	w.names, w.reasons = nil, map[string]string{}
	events := make(chan deploy.Event)
	go func() {
		defer close(events)
		for e := range op.Events(ctx) {
			events <- e
		}
	}()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case e, more := <-events:
			if !more {
				return op.Outcome()
			}
			w.display.Event(e)
			s.batchReason(ctx, e, w.reasons)
		case <-second.C:
			w.display.Tick()
		}
	}
}

// ended shows the outcome and returns it as an error with its exit code. after is the
// error of what came after the operation.
func (w *follower) ended(op *deploy.Operation, o deploy.Outcome, after error) error {
	code := w.code(o)
	if after != nil && code == exitOK {
		code = exitUnknown
		if x := (*exitError)(nil); errors.As(after, &x) {
			code = x.code
		}
	}
	ending := display.Ending{
		Operation: op, Outcome: o, Code: code, Reasons: w.reasons, Configured: w.configured,
	}
	if !errors.As(o.Err, new(signalled)) {
		ending.Err = o.Err
	}
	if code != exitOK {
		w.sayDisabled(context.Background())
	}
	w.display.End(ending)
	if after == nil && code != exitOK {
		return &exitError{code: code}
	}
	return after
}

// code returns the exit code of an outcome. When the wait ended before the operation, it
// says why: a signal, the time, or the credentials.
func (w *follower) code(o deploy.Outcome) int {
	var s signalled
	if o.Result == deploy.Running && errors.As(o.Err, &s) {
		return exitSignal + int(s.signal)
	}
	return codeOf(o.Result)
}

// errNoAnswer is the error of a call that a signal cut off.
var errNoAnswer = errors.New("CloudFormation has not answered yet: the operation may have begun")

// beginOrDetach waits for a call that begins an operation. A signal does not cut the call
// off at once, because its answer says whether the operation has begun.
func (e *env) beginOrDetach(
	ctx context.Context, stack string, call func() (*deploy.Operation, error),
) (*deploy.Operation, error) {
	type answer struct {
		op  *deploy.Operation
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		op, err := call()
		answers <- answer{op, err}
	}()
	select {
	case a := <-answers:
		return a.op, a.err
	case <-ctx.Done():
	}
	select {
	case a := <-answers:
		return a.op, a.err
	case <-time.After(grace):
	}
	code := exitTimeout
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		code = exitSignal + int(s.signal)
	}
	return nil, &exitError{code, fmt.Errorf("%w: %w", context.Cause(ctx), errNoAnswer),
		"Check: " + e.commandLine("watch", stack)}
}
