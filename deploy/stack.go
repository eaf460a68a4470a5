package deploy

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Stack is a stack as it was read. One that does not exist is a value too: only its
// name is set.
type Stack struct {
	Name         string
	ID           string            // ARN
	Status       string            // "" when the stack does not exist
	Description  string            // the template's
	Nested       bool              // another stack made it as one of its resources
	Reason       string            // CloudFormation's words on the status, mostly empty
	Parameters   map[string]string // values; those marked NoEcho as asterisks
	Outputs      map[string]string
	Descriptions map[string]string // of the outputs, by output
	Tags         map[string]string
	Protected    bool   // against termination
	RoleARN      string // with which CloudFormation works on the stack

	created    time.Time
	version    version
	operations []types.OperationEntry // the latest, newest first
}

// version tells two readings of a stack apart. All of it is the server's.
type version struct {
	status, changeSet, operations string
	updated                       int64 // ns
}

// same says whether two readings are of the same moment in the stack's life. The
// status alone does not tell: an update ends as UPDATE_COMPLETE, and began there. The
// operations tell best; without them the time of the last update, or the change set.
func (v version) same(w version) bool {
	switch {
	case v.status != w.status:
		return false
	case v.operations+w.operations != "":
		return v.operations == w.operations
	case v.updated != 0 || w.updated != 0:
		return v.updated == w.updated
	}
	return v.changeSet == w.changeSet
}

// Exists says whether there is a stack, if only the empty shell that a first change
// set makes (REVIEW_IN_PROGRESS).
func (s Stack) Exists() bool {
	return s.Status != "" && s.Status != "DELETE_COMPLETE"
}

// bare says that a reading has nothing but the status to tell its moment by.
func (v version) bare() bool { return v.operations == "" && v.updated == 0 && v.changeSet == "" }

// Live says whether the stack has been deployed, so that its parameters are the
// previous values of an update.
func (s Stack) Live() bool {
	return s.Exists() && s.Status != "REVIEW_IN_PROGRESS" && !s.NeedsClearing()
}

// Busy says whether an operation is running on the stack.
func (s Stack) Busy() bool { return moving(s.Status) }

// NeedsClearing says whether the stack is what remains of a creation that failed and
// was rolled back: it can be deleted and nothing else. See Client.Clear.
func (s Stack) NeedsClearing() bool { return stateOf(s.Status).deploy == recreate }

// Stack reads a stack by its name or ARN. Only "does not exist" makes it absent; every
// other failure is an error.
func (c *Client) Stack(ctx context.Context, name string) (Stack, error) {
	out, err := insist(ctx, c, c.describeStacks, &cloudformation.DescribeStacksInput{StackName: &name})
	switch {
	case err == nil:
		return stackOf(out.Stacks[0]), nil
	case ctx.Err() == nil && classify(err) == missing:
		return Stack{Name: name}, nil
	}
	return Stack{}, apiError(ctx, name, err)
}

// present is Stack for one that was there a moment ago: when it is not found by its
// ARN, where even a deleted one is, the read lags behind.
func (c *Client) present(ctx context.Context, s Stack) (Stack, error) {
	for lag := time.Duration(0); ; lag += time.Second {
		now, err := c.Stack(ctx, s.ID)
		if err != nil || now.Status != "" || lag >= staleLimit {
			now.Name = s.Name
			return now, err
		}
		if err := sleep(ctx, time.Second); err != nil {
			return Stack{}, err
		}
	}
}

// describeStacks takes an answer without a stack for the fault that it is.
func (c *Client) describeStacks(ctx context.Context, in *cloudformation.DescribeStacksInput, set ...options) (*cloudformation.DescribeStacksOutput, error) {
	out, err := c.api.DescribeStacks(ctx, in, set...)
	if err == nil && (len(out.Stacks) == 0 || out.Stacks[0].StackStatus == "") {
		return nil, errEmptyReply
	}
	return out, err
}

// glance is read without repetition: the wait has a patience of its own.
func (c *Client) glance(ctx context.Context, name string) (Stack, error) {
	out, err := call(ctx, c, c.describeStacks, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return Stack{}, err
	}
	return stackOf(out.Stacks[0]), nil
}

// Protect turns termination protection on or off.
func (c *Client) Protect(ctx context.Context, s Stack, on bool) error {
	_, err := mutate(ctx, c, c.api.UpdateTerminationProtection, &cloudformation.UpdateTerminationProtectionInput{
		StackName:                   aws.String(s.handle()),
		EnableTerminationProtection: &on,
	})
	if err != nil {
		return apiError(ctx, s.Name, err)
	}
	return nil
}

// handle is the name by which to call the stack: its ARN where there is one, which
// names it also after it was deleted and another took its name.
func (s Stack) handle() string {
	if s.ID != "" {
		return s.ID
	}
	return s.Name
}

// stackOf reads CloudFormation's form of a stack.
func stackOf(in types.Stack) Stack {
	s := Stack{
		Name:         aws.ToString(in.StackName),
		ID:           aws.ToString(in.StackId),
		Status:       string(in.StackStatus),
		Reason:       aws.ToString(in.StackStatusReason),
		Description:  aws.ToString(in.Description),
		Nested:       aws.ToString(in.ParentId) != "",
		Parameters:   map[string]string{},
		Outputs:      map[string]string{},
		Descriptions: map[string]string{},
		Tags:         map[string]string{},
		Protected:    aws.ToBool(in.EnableTerminationProtection),
		RoleARN:      aws.ToString(in.RoleARN),
		created:      aws.ToTime(in.CreationTime),
		operations:   in.LastOperations,
	}
	for _, p := range in.Parameters {
		s.Parameters[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	for _, o := range in.Outputs {
		s.Outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
		s.Descriptions[aws.ToString(o.OutputKey)] = aws.ToString(o.Description)
	}
	for _, t := range in.Tags {
		s.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	s.version = version{status: s.Status, changeSet: aws.ToString(in.ChangeSetId)}
	if in.LastUpdatedTime != nil {
		s.version.updated = in.LastUpdatedTime.UnixNano()
	}
	for _, operation := range in.LastOperations {
		s.version.operations += aws.ToString(operation.OperationId) + " "
	}
	return s
}

// DeployWaits says that what runs on the stack is only a clean-up: a deployment waits
// for its end (Client.Watch) and goes on.
func (s Stack) DeployWaits() bool { return stateOf(s.Status).deploy == settle }

// DeleteWaits says the same for a deletion, which waits for rollbacks too.
func (s Stack) DeleteWaits() bool { return stateOf(s.Status).delete == settle }

// refusal is why a stack in this status is not operated on, or nil.
func (s Stack) refusal(a action) error {
	e := &Error{Result: Refused, Stack: s.Name, Status: s.Status}
	switch a {
	case absent:
		e.Result, e.Reason = Unknown, "it does not exist"
	case busy, settle:
		e.Reason = "another operation is running"
	case stuck:
		e.Result = Stuck
		e.Reason = "it must be repaired or deleted first"
	case refuse:
		e.Reason = "nothing can be done to a stack in this status"
	case forward:
		e.Reason = "its last operation failed and was not rolled back; it must be rolled back or deleted first, or go on from here without rollback"
	case recreate:
		e.Reason = "its creation failed and was rolled back; what is left must be deleted before it can be created again"
	default:
		return nil
	}
	return e
}
