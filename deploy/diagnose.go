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
)

const (
	diagnosisLimit = 10 * time.Second // for asking why something failed
	maxVerdicts    = 5                // of hooks, that are asked for in full
)

// failures asks CloudFormation for what made an operation or a change set fail: also
// what validations and hooks say, which is not in the event log. Not every endpoint
// knows the call, and it needs a permission of its own.
func (c *Client) failures(ctx context.Context, in *cloudformation.DescribeEventsInput) ([]Event, error) {
	ctx, cancel := context.WithTimeout(ctx, diagnosisLimit)
	defer cancel()
	in.Filters = &types.EventFilter{FailedEvents: aws.Bool(true)}
	out, err := call(ctx, c, c.api.DescribeEvents, in)
	if err != nil {
		return nil, err
	}
	var failed []Event
	for _, raw := range out.OperationEvents {
		if e := failureOf(raw); e.Failed() {
			failed = append(failed, e)
		}
	}
	slices.SortStableFunc(failed, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return failed, nil
}

// failureOf reads CloudFormation's form of an event of an operation.
func failureOf(in types.OperationEvent) Event {
	e := Event{
		ID:          aws.ToString(in.EventId),
		Time:        aws.ToTime(cmp.Or(in.Timestamp, in.EndTime, in.StartTime)),
		LogicalID:   aws.ToString(in.LogicalResourceId),
		PhysicalID:  aws.ToString(in.PhysicalResourceId),
		Type:        aws.ToString(in.ResourceType),
		Status:      string(in.ResourceStatus),
		Reason:      aws.ToString(in.ResourceStatusReason),
		OperationID: aws.ToString(in.OperationId),
		Token:       aws.ToString(in.ClientRequestToken),
		Ours:        true,
	}
	verdict := ""
	switch in.EventType {
	case types.EventTypeValidationError:
		e.Hook, e.Property = aws.ToString(in.ValidationName), aws.ToString(in.ValidationPath)
		e.Reason = cmp.Or(aws.ToString(in.ValidationStatusReason), e.Reason)
		e.refused = in.ValidationStatus != types.ValidationStatusSkipped && in.ValidationFailureMode != types.HookFailureModeWarn
		verdict = string(types.DetailedStatusValidationFailed)
	case types.EventTypeHookInvocationError:
		e.Hook = aws.ToString(in.HookType)
		e.Reason = cmp.Or(aws.ToString(in.HookStatusReason), e.Reason)
		e.refused = in.HookFailureMode != types.HookFailureModeWarn
		verdict = string(in.HookStatus)
	}
	if e.refused { // others only warn
		e.Status = cmp.Or(e.Status, verdict)
	}
	return e
}

// unknowable is why more cannot be said about a failure, for those who ask.
func unknowable(err error) string {
	if classify(err) == denied {
		return "these credentials may not call cloudformation:DescribeEvents, which may know more about the failure"
	}
	return "more about the failure cannot be read (" + describe(err) + ")"
}

// diagnose adds to what the event log told of a failure what only other calls tell.
// None of them decides anything.
func (w *wait) diagnose() {
	if w.left || w.ctx.Err() != nil || w.outcome.Result != Failed && w.outcome.Result != Stuck {
		return
	}
	if id := w.failedOperation(); id != "" {
		found, err := w.client.failures(w.ctx, &cloudformation.DescribeEventsInput{OperationId: &id})
		if err != nil {
			w.remark("diagnosis", unknowable(err))
		}
		for _, e := range found {
			w.report.learn(e)
		}
	}
	for i := range w.report.causes[:min(len(w.report.causes), maxVerdicts)] {
		w.report.causes[i].Reason = w.client.verdict(w.ctx, w.report.causes[i])
	}
}

// failedOperation is the ID of the operation that failed: the newest of the stack that
// is ours and no rollback, since a failure and its rollback are two. When going back
// itself is what failed it is that.
func (w *wait) failedOperation() string {
	back := w.Kind == cancelling || w.Kind == undoing
	for _, o := range w.outcome.Stack.operations {
		rollback := strings.HasSuffix(string(o.OperationType), "ROLLBACK")
		id := aws.ToString(o.OperationId)
		ours := w.owner.operations[id] || w.state.blind && !strings.Contains(w.before.operations, id)
		if rollback == back && ours {
			return id
		}
	}
	return ""
}

// verdict is the whole of what a hook has to say, where the event has only a part.
func (c *Client) verdict(ctx context.Context, e Event) string {
	if e.hookID == "" {
		return e.Reason
	}
	ctx, cancel := context.WithTimeout(ctx, diagnosisLimit)
	defer cancel()
	out, err := call(ctx, c, c.api.GetHookResult, &cloudformation.GetHookResultInput{HookResultId: &e.hookID})
	if err != nil {
		return e.Reason
	}
	words := []string{cmp.Or(aws.ToString(out.HookStatusReason), e.Reason)}
	for _, a := range out.Annotations {
		if a.Status != types.AnnotationStatusFailed {
			continue
		}
		for _, more := range []*string{a.StatusMessage, a.RemediationMessage, a.RemediationLink} {
			if text := aws.ToString(more); text != "" && !slices.Contains(words, text) {
				words = append(words, text)
			}
		}
	}
	return strings.Join(words, "; ")
}
