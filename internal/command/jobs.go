package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	smithy "github.com/aws/smithy-go"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/jobs"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

const (
	queueType = "AWS::Batch::JobQueue"
	// jobsLimit is how long AWS Batch may take to say which jobs there are.
	jobsLimit = 10 * time.Second
)

// AWS Batch ends the jobs that are counted, in one of two ways.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_DeleteJobQueue.html
const (
	endWithQueue       = "AWS Batch terminates the jobs of a queue that is deleted"
	endWithEnvironment = "jobs that run are terminated with the old compute environment"
)

// affected are the jobs that an operation ends.
type affected struct {
	counts []jobs.Count
	fate   string // what becomes of them
}

// tell says which jobs the operation ends, to people on a stream or in a record.
func (w *follower) tell(to *terminal.Stream, stack string, a affected) {
	if w.records != nil {
		w.records.Jobs(stack, a.counts)
		return
	}
	for _, c := range a.counts {
		style, fate := terminal.Plain, ""
		if c.Any() {
			style, fate = terminal.Notice, "; "+a.fate
		}
		w.Fprintf(to, style, "%s%s", c, fate)
	}
}

// with adds the jobs to a question.
func (a affected) with(question string) string {
	running, waiting := 0, 0
	for _, c := range a.counts {
		running, waiting = running+c.Running, waiting+c.Waiting
	}
	if running+waiting == 0 {
		return question + "?"
	}
	return fmt.Sprintf("%s, with %d running and %d waiting jobs?", question, running, waiting)
}

// jobsOf counts the jobs of the queues among some resources. A count that fails
// has the reason.
func (a account) jobsOf(ctx context.Context, resources []deploy.Event) (all []jobs.Count) {
	ctx, cancel := context.WithTimeout(ctx, jobsLimit)
	defer cancel()
	client := jobs.New(a.config)
	for _, r := range resources {
		if r.Type != queueType || gone(r) {
			continue
		}
		count, err := client.Count(ctx, r.PhysicalID)
		if err != nil {
			count.Unknown = whyUnknown(err)
		}
		all = append(all, count)
	}
	return all
}

// whyUnknown returns in a few words why AWS Batch has not listed jobs.
func whyUnknown(err error) string {
	var api smithy.APIError
	switch {
	case deploy.Denied(err):
		return "these credentials may not list them (batch:ListJobs)"
	case errors.Is(err, context.DeadlineExceeded):
		return "AWS Batch has not answered within " + jobsLimit.String()
	case errors.As(err, &api):
		return "AWS Batch says " + api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return err.Error()
}

// jobsOfPlan counts the jobs that a settled plan ends: those of all queues of the deployed
// stack if it takes away a queue or a compute environment.
func (s *session) jobsOfPlan(ctx context.Context, p *deploy.Plan) affected {
	takes := func(kind string) bool {
		return slices.ContainsFunc(p.Changes, func(c deploy.Change) bool {
			return c.Type == kind && goes(c)
		})
	}
	a := affected{fate: endWithQueue}
	switch {
	case takes(queueType):
	case takes(environmentType):
		a.fate = endWithEnvironment
	default:
		return a
	}
	resources, err := s.Resources(ctx, s.stack)
	if err != nil {
		a.counts = []jobs.Count{{Unknown: err.Error()}}
		return a
	}
	a.counts = s.jobsOf(ctx, resources)
	return a
}
