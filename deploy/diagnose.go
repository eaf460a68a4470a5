package deploy

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

const (
	diagnosisLimit = 10 * time.Second // for asking why something failed
	maxHookResults = 5                // that are asked for in full
)

// failures asks CloudFormation why an operation or a change set failed. The answer has
// the messages of validations and hooks, which the event log lacks. Not every endpoint
// has the call, and it needs a permission of its own.
func (c *Client) failures(
	ctx context.Context, in *cloudformation.DescribeEventsInput,
) ([]Event, error) {
	ctx, cancel := context.WithTimeout(ctx, diagnosisLimit)
	defer cancel()
	in.Filters = &types.EventFilter{FailedEvents: aws.Bool(true)}
	out, err := transport.Call(ctx, c.connection, c.api.DescribeEvents, in)
	if err != nil {
		return nil, err
	}
	var failed []Event
	for _, raw := range out.OperationEvents {
		if e := events.FromOperation(raw); e.Failed() {
			failed = append(failed, e)
		}
	}
	slices.SortStableFunc(failed, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return failed, nil
}

// whyNoDiagnosis returns why no more is known about a failure, for users who ask for
// details.
func whyNoDiagnosis(err error) string {
	if Denied(err) {
		return "these credentials may not call cloudformation:DescribeEvents, " +
			"which may know more about the failure"
	}
	return "more about the failure cannot be read (" + transport.Describe(err) + ")"
}

// diagnose adds to the failures in the event log what only other calls know. It does not
// change the result.
func (w *wait) diagnose() {
	failed := w.outcome.Result == Failed || w.outcome.Result == Stuck
	if w.left || w.ctx.Err() != nil || !failed {
		return
	}
	if id := w.failedOperation(); id != "" {
		found, err := w.client.failures(w.ctx, &cloudformation.DescribeEventsInput{OperationId: &id})
		if err != nil {
			w.noteVerbose("diagnosis", whyNoDiagnosis(err))
		}
		for _, e := range found {
			w.summary.Merge(e)
		}
	}
	w.summary.Explain(maxHookResults, func(e Event) string {
		return w.client.hookResult(w.ctx, e)
	})
}

// failedOperation returns the ID of the operation that failed: the newest of the stack
// that is ours and not a rollback, since a failure and its rollback are two. When the
// operation that we follow is a rollback, it is the newest rollback that is ours.
func (w *wait) failedOperation() string {
	back := w.Kind == states.KindCancel || w.Kind == states.KindRollback
	for _, o := range w.outcome.Stack.operations {
		rollback := strings.HasSuffix(string(o.OperationType), "ROLLBACK")
		id := aws.ToString(o.OperationId)
		isNew := !strings.Contains(w.before.operations, id)
		ours := w.attribution.HasOperation(id) || w.state.eventsDenied && isNew
		if rollback == back && ours {
			return id
		}
	}
	return ""
}

// hookResult returns the whole message of a hook, of which the event has only a part.
func (c *Client) hookResult(ctx context.Context, e Event) string {
	if e.HookID == "" {
		return e.Reason
	}
	ctx, cancel := context.WithTimeout(ctx, diagnosisLimit)
	defer cancel()
	out, err := transport.Call(ctx, c.connection, c.api.GetHookResult,
		&cloudformation.GetHookResultInput{HookResultId: &e.HookID})
	if err != nil {
		return e.Reason
	}
	texts := []string{cmp.Or(aws.ToString(out.HookStatusReason), e.Reason)}
	for _, a := range out.Annotations {
		if a.Status != types.AnnotationStatusFailed {
			continue
		}
		for _, more := range []*string{a.StatusMessage, a.RemediationMessage, a.RemediationLink} {
			if text := aws.ToString(more); text != "" && !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	return strings.Join(texts, "; ")
}
