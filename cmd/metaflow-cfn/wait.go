package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// heartbeat is how long a wait may be silent before it says what it waits for.
const heartbeat = time.Minute

// waiting is what commands share that follow an operation.
type waiting struct {
	*env

	timeout time.Duration
	format  string
	screen  screen
}

func (w *waiting) flags(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&w.timeout, "timeout", 0, "stop waiting after this time, like 30m; the operation goes on. 0 waits for ever")
	choice(cmd, &w.format, "output", "text", "text", "json")
}

// check notes what is wrong with the flags, and chooses the screen.
func (w *waiting) check() {
	w.chosen("output", w.format, "text", "json")
	if w.timeout < 0 {
		w.problem(fmt.Errorf("--timeout: %s is negative; wanted a time like 30m", w.timeout))
	}
	w.screen = &lines{env: w.env}
	if w.format == "json" {
		w.records = &records{env: w.env}
		w.screen = w.records
	}
}

// errTimeout is the cause of a context that --timeout has ended.
var errTimeout = errors.New("--timeout has passed")

// limit is the context of the whole command.
func (w *waiting) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, w.timeout, errTimeout)
}

// follow shows the events of an operation until it ends or the wait does, and a
// sign of life where nothing happens.
func (w *waiting) follow(ctx context.Context, op *deploy.Operation) deploy.Outcome {
	w.screen.start(op)
	events := make(chan deploy.Event)
	go func() {
		defer close(events)
		for e := range op.Events(ctx) {
			events <- e
		}
	}()
	silence := time.NewTimer(heartbeat)
	defer silence.Stop()
	for {
		select {
		case e, more := <-events:
			if !more {
				return op.Outcome()
			}
			w.screen.event(e)
		case <-silence.C:
			w.screen.quiet()
		}
		silence.Reset(heartbeat)
	}
}

// ended shows the outcome and gives it its exit code and the next command.
func (w *waiting) ended(op *deploy.Operation, o deploy.Outcome) error {
	code := w.code(o)
	w.screen.end(op, o, code)
	if code == exitOK {
		return nil
	}
	return &exit{code: code}
}

// code is the exit code of an outcome. A wait that ended before the operation
// says why: a signal, the time, or the credentials.
func (w *waiting) code(o deploy.Outcome) int {
	var s signalled
	if o.Result == deploy.Running && errors.As(o.Err, &s) {
		return exitSignal + int(s.signal)
	}
	return codeOf(o.Result)
}
