package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/batch/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	firstPause  = time.Second // between two counts, doubled each time
	maxPause    = 30 * time.Second
	maxFailures = 6 // in a row that may pass
	workers     = 8 // that terminate jobs
)

// ErrNoQueue is the error of a queue that does not exist.
var ErrNoQueue = errors.New("the queue does not exist")

// State is what AWS Batch says about a queue itself.
type State struct {
	Enabled bool // it takes new jobs
	Settled bool // no update of the queue is under way
}

// State reads the state of a queue.
func (c *Client) State(ctx context.Context, queue string) (State, error) {
	out, err := c.api.DescribeJobQueues(ctx, &batch.DescribeJobQueuesInput{
		JobQueues: []string{queue},
	})
	switch {
	case err != nil:
		return State{}, fmt.Errorf("read the queue %s: %w", queue, err)
	case len(out.JobQueues) == 0 || out.JobQueues[0].Status == types.JQStatusDeleted:
		return State{}, fmt.Errorf("read the queue %s: %w", queue, ErrNoQueue)
	}
	q := out.JobQueues[0]
	return State{q.State == types.JQStateEnabled, q.Status != types.JQStatusUpdating}, nil
}

// Enable lets a queue take new jobs, or none. Jobs that are on the queue are not affected.
func (c *Client) Enable(ctx context.Context, queue string, on bool) error {
	state := types.JQStateDisabled
	if on {
		state = types.JQStateEnabled
	}
	_, err := c.api.UpdateJobQueue(ctx, &batch.UpdateJobQueueInput{JobQueue: &queue, State: state})
	if err != nil {
		return fmt.Errorf("set the queue %s to %s: %w", queue, state, err)
	}
	return nil
}

// Drain is how the jobs of a queue end that takes no new ones.
type Drain struct {
	Queue  string
	Reason string      // for which jobs are terminated; "" waits until they end
	Tell   func(Count) // gets each count
}

// Drain waits until no jobs are on a queue and its own update is done. The end of ctx ends
// the wait.
func (c *Client) Drain(ctx context.Context, d Drain) error {
	terminated := map[string]bool{}
	failures, pause := 0, firstPause
	for {
		empty, err := c.drainOnce(ctx, d, terminated)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil && empty:
			return nil
		case err == nil:
			failures = 0
		default:
			if failures++; failures == maxFailures || !mayPass(err) {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		pause = min(2*pause, maxPause)
	}
}

// drainOnce counts the jobs, terminates those that it finds if that is asked for, and
// reports whether the queue is empty.
func (c *Client) drainOnce(
	ctx context.Context, d Drain, terminated map[string]bool,
) (bool, error) {
	var ids []string
	count, err := c.count(ctx, d.Queue, func(job types.JobSummary) {
		if job.JobId != nil && !terminated[*job.JobId] {
			ids = append(ids, *job.JobId)
		}
	})
	if err != nil {
		return false, err
	}
	d.Tell(count)
	if !count.Any() {
		state, err := c.State(ctx, d.Queue)
		if errors.Is(err, ErrNoQueue) {
			return true, nil
		}
		return state.Settled, err
	}
	if d.Reason == "" {
		return false, nil
	}
	done, err := c.terminate(ctx, ids, d.Reason)
	for _, id := range done {
		terminated[id] = true
	}
	return false, err
}

// terminate terminates jobs, several at a time, and returns those that AWS Batch accepted.
func (c *Client) terminate(
	ctx context.Context, ids []string, reason string,
) (done []string, err error) {
	var mu sync.Mutex
	var group sync.WaitGroup
	todo := make(chan string)
	for range min(workers, len(ids)) {
		group.Go(func() {
			for id := range todo {
				_, failure := c.api.TerminateJob(ctx, &batch.TerminateJobInput{JobId: &id, Reason: &reason})
				mu.Lock()
				if failure == nil {
					done = append(done, id)
				} else {
					err = fmt.Errorf("terminate the job %s: %w", id, failure)
				}
				mu.Unlock()
			}
		})
	}
	for _, id := range ids {
		todo <- id
	}
	close(todo)
	group.Wait()
	return done, err
}

// mayPass reports whether a failure may pass: there was no answer, or one of a service that
// is busy. AWS Batch calls its own errors and refusals 400 and 403.
func mayPass(err error) bool {
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) {
		return true
	}
	status := answer.HTTPStatusCode()
	return status >= 500 || status == 429
}
