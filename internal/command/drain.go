package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/jobs"
)

const (
	drainWait      = "wait"
	drainTerminate = "terminate"
	// drainLimit is how long jobs may take to end: the default of JobExecutionTimeoutMinutes.
	drainLimit = 24 * time.Hour
	// stateLimit is how long AWS Batch may take to change or tell the state of a queue.
	stateLimit = 30 * time.Second
)

// errDrainLimit is the cause of a context that --drain-timeout has ended.
var errDrainLimit = errors.New("--drain-timeout has passed")

// drain is what --drain asks for, and the queues that are drained.
type drain struct {
	how   string // "", wait or terminate
	limit time.Duration

	session *session
	queues  []drained
}

// drained is a queue that was disabled.
type drained struct {
	queue string
	ours  bool // it was enabled before
}

func (d *drain) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&d.how, "drain", "", "disable the queue first and wait for its jobs to end; "+
		"--drain=terminate terminates them")
	f.Lookup("drain").NoOptDefVal = drainWait
	f.DurationVar(&d.limit, "drain-timeout", drainLimit,
		"how long the jobs may take to end, like 2h")
}

func (d *drain) check(e *env) {
	e.checkEnum("drain", d.how, "", drainWait, drainTerminate)
	if d.limit <= 0 {
		e.problems.add(fmt.Errorf("--drain-timeout: %s is not positive; wanted a time like 2h", d.limit))
	}
}

// hasQueue reports whether the stacks of a component can have a queue, which a component that
// creates one protects. It is asked at every start, and builds no template.
func hasQueue(c *generator.Component) bool { return slices.Contains(c.Protected, queueType) }

// question returns the question with what happens to the jobs before.
func (d *drain) question(a affected, question string) string {
	switch {
	case len(a.counts) == 0 || d.how == "":
		return a.with(question)
	case d.how == drainTerminate:
		return a.with("Disable the queue, terminate its jobs, then: " + question)
	}
	return a.with("Disable the queue, wait for its jobs, then: " + question)
}

// drainable refuses a drain of queues of which AWS Batch does not list the jobs.
func (d *drain) drainable(a affected) error {
	if d.how == "" {
		return nil
	}
	for _, c := range a.counts {
		if c.Unknown != "" {
			return &exitError{exitRefused, fmt.Errorf("--drain: %s; nothing was changed", c),
				"Allow batch:ListJobs, or retry without --drain"}
		}
	}
	return nil
}

// drainQueues disables the queues of the jobs that an operation ends, and waits until they are
// empty.
func (w *follower) drainQueues(ctx context.Context, s *session, a affected) error {
	d := &w.drain
	if d.how == "" {
		return nil
	}
	if len(a.counts) == 0 {
		w.Printf("--drain: no queue is deleted, and no queue or compute environment is replaced")
	}
	d.session = s
	client := jobs.New(s.config)
	limited, cancel := context.WithTimeoutCause(ctx, d.limit, errDrainLimit)
	defer cancel()
	for _, c := range a.counts {
		if err := w.disable(limited, client, c); err != nil {
			return err
		}
	}
	for _, q := range d.queues {
		if err := w.empty(limited, client, q.queue); err != nil {
			return err
		}
	}
	return nil
}

// disable disables a queue, unless it is disabled. The call is not cut off, so that it is
// known whether the queue is disabled.
func (w *follower) disable(ctx context.Context, client *jobs.Client, c jobs.Count) error {
	state, err := client.State(ctx, c.Queue)
	switch {
	case errors.Is(err, jobs.ErrNoQueue):
		return nil
	case err != nil:
		return w.undrained(ctx, c.Queue, err)
	}
	w.drain.queues = append(w.drain.queues, drained{c.Queue, state.Enabled})
	if state.Enabled {
		whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), stateLimit)
		defer cancel()
		if err := client.Enable(whole, c.Queue, false); err != nil {
			return w.undrained(ctx, c.Queue, err)
		}
	}
	w.drainStep("disabled", c, w.drain.enabling(c.Queue))
	return nil
}

// empty waits until a queue is empty, and says it when the number of jobs changes.
func (w *follower) empty(ctx context.Context, client *jobs.Client, queue string) error {
	reason, step := "", "waiting"
	if w.drain.how == drainTerminate {
		reason, step = "metaflow-cfn --drain=terminate, stack "+w.drain.session.stack.Name, "terminating"
	}
	last, told := jobs.Count{}, time.Time{}
	err := client.Drain(ctx, jobs.Drain{Queue: queue, Reason: reason, Tell: func(c jobs.Count) {
		if c.Any() && (c.String() != last.String() || time.Since(told) >= time.Minute) {
			w.drainStep(step, c, "")
			told = time.Now()
		}
		last = c
	}})
	if err != nil {
		return w.undrained(ctx, queue, err)
	}
	w.drainStep("empty", jobs.Count{Queue: queue}, "")
	return nil
}

// undrained returns the error of a queue that could not be drained.
func (w *follower) undrained(ctx context.Context, queue string, err error) error {
	retry := "Retry: the same command continues   Or: without --drain"
	switch {
	case errors.Is(context.Cause(ctx), errDrainLimit):
		return &exitError{exitTimeout, fmt.Errorf(
			"--drain-timeout: jobs are still on the queue %s after %s; no operation was started",
			queue, w.drain.limit),
			"Go on: the same command with a longer --drain-timeout, or with --drain=terminate"}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return &exitError{exitUnknown, fmt.Errorf("--drain: %w; no operation was started", err), retry}
}

// drainStep says a step of the drain of a queue.
func (w *follower) drainStep(step string, c jobs.Count, next string) {
	if w.records != nil {
		w.records.Drain(w.drain.session.stack.Name, step, c, next)
		return
	}
	switch step {
	case "waiting":
		w.Printf("Waiting for jobs to end: %s", c)
	case "terminating":
		w.Printf("Terminating jobs: %s", c)
	case "empty":
		w.Printf("No jobs are left on the queue %s", c.Queue)
	case "enabled":
		w.Printf("The queue %s is enabled again", c.Queue)
	default:
		w.Printf("The queue %s is %s: it takes no new jobs. Enable it again: %s", c.Queue, step, next)
	}
}

// enabling returns the command that enables a queue.
func (d *drain) enabling(queue string) string {
	return strings.Join([]string{"aws batch update-job-queue", "--region", d.session.region,
		"--job-queue", queue, "--state ENABLED"}, " ")
}

// enableAgain enables the queues that an update has kept and this program has disabled.
func (w *follower) enableAgain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stateLimit)
	defer cancel()
	d := &w.drain
	d.queues = slices.DeleteFunc(d.queues, func(q drained) bool {
		client := jobs.New(d.session.config)
		state, err := client.State(ctx, q.queue)
		if errors.Is(err, jobs.ErrNoQueue) || err == nil && state.Enabled {
			return true
		}
		if err != nil || !q.ours || client.Enable(ctx, q.queue, true) != nil {
			return false
		}
		w.drainStep("enabled", jobs.Count{Queue: q.queue}, "")
		return true
	})
	w.sayDisabled(ctx)
}

// sayDisabled says once which queues are still disabled, with the command that enables them. A
// queue that is deleted, or enabled by somebody, is not named.
func (w *follower) sayDisabled(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), batchLimit)
	defer cancel()
	for _, q := range w.drain.queues {
		state, err := jobs.New(w.drain.session.config).State(ctx, q.queue)
		step := "still disabled"
		switch {
		case errors.Is(err, jobs.ErrNoQueue) || err == nil && state.Enabled:
			continue
		case err != nil:
			step = "disabled, as far as is known"
		}
		w.drainStep(step, jobs.Count{Queue: q.queue}, w.drain.enabling(q.queue))
	}
	w.drain.queues = nil
}
