package deploy

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// Stack is a stack as it was read. A stack that does not exist is a value too: only its
// name is set.
type Stack struct {
	Name         string
	ID           string            // ARN
	Status       string            // "" when the stack does not exist
	Description  string            // the template's
	Nested       bool              // another stack made it as one of its resources
	Reason       string            // CloudFormation's explanation of the status, mostly empty
	Parameters   map[string]string // values; those marked NoEcho as asterisks
	Outputs      map[string]string
	Descriptions map[string]string // of the outputs, by output
	Tags         map[string]string
	Changed      time.Time // when its last update began, or its creation
	Protected    bool      // against termination
	RoleARN      string    // with which CloudFormation works on the stack

	created    time.Time
	version    version
	operations []types.OperationEntry // the latest, newest first
}

// version identifies a moment in a stack's life. All of its values are the server's.
type version struct {
	status, changeSet, operations string
	updated                       int64 // ns
}

// same reports whether two readings are of the same moment. The status alone is not
// enough: an update can begin and end in UPDATE_COMPLETE. The operations are the best
// evidence; without them the time of the last update, or the change set.
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

// statusOnly reports whether the status is all that identifies the moment.
func (v version) statusOnly() bool {
	return v.operations == "" && v.updated == 0 && v.changeSet == ""
}

// Exists reports whether there is a stack. It may be the empty one that a first change
// set makes (REVIEW_IN_PROGRESS).
func (s Stack) Exists() bool { return s.Status != "" && s.Status != "DELETE_COMPLETE" }

// Live reports whether the stack has been deployed, so that its parameters are the
// previous values of an update.
func (s Stack) Live() bool { return s.Exists() && !s.isEmpty() && !s.NeedsDelete() }

// isEmpty reports whether the stack has a change set and was never deployed.
func (s Stack) isEmpty() bool { return s.Status == "REVIEW_IN_PROGRESS" }

// Busy reports whether an operation is running on the stack.
func (s Stack) Busy() bool { return states.Moving(s.Status) }

// NeedsDelete reports whether the stack is what remains of a creation that failed and
// was rolled back: it can only be deleted. See Client.DeleteEmpty.
func (s Stack) NeedsDelete() bool { return states.Of(s.Status).Deploy == states.Recreate }

// DeployWaits reports whether only a clean-up is running on the stack: a deployment
// waits for its end (Client.Watch) and then continues.
func (s Stack) DeployWaits() bool { return states.Of(s.Status).Deploy == states.Wait }

// DeleteWaits reports the same for a deletion, which waits for rollbacks too.
func (s Stack) DeleteWaits() bool { return states.Of(s.Status).Delete == states.Wait }

// nameOrARN returns the name by which to call the stack: its ARN where there is one,
// which names it also after it was deleted and another stack took its name.
func (s Stack) nameOrARN() string {
	if s.ID != "" {
		return s.ID
	}
	return s.Name
}

// Stack reads a stack by its name or ARN. Only "does not exist" makes it absent; every
// other failure is an error.
func (c *Client) Stack(ctx context.Context, name string) (Stack, error) {
	in := &cloudformation.DescribeStacksInput{StackName: &name}
	out, err := transport.Retry(ctx, c.connection, c.describeStack, in)
	switch {
	case err == nil:
		return stackOf(out.Stacks[0]), nil
	case ctx.Err() == nil && transport.Classify(err) == transport.Missing:
		return Stack{Name: name}, nil
	}
	return Stack{}, apiError(ctx, name, err)
}

// readExisting is Stack for a stack that existed a moment ago: when it is not found by
// its ARN, where even a deleted one is found, the read lags behind.
func (c *Client) readExisting(ctx context.Context, s Stack) (Stack, error) {
	for lag := time.Duration(0); ; lag += time.Second {
		now, err := c.Stack(ctx, s.ID)
		if err != nil || now.Status != "" || lag >= staleLimit {
			now.Name = s.Name
			return now, err
		}
		if err := transport.Sleep(ctx, time.Second); err != nil {
			return Stack{}, err
		}
	}
}

// readOnce is Stack without repetition: the wait has a patience of its own.
func (c *Client) readOnce(ctx context.Context, name string) (Stack, error) {
	in := &cloudformation.DescribeStacksInput{StackName: &name}
	out, err := transport.Call(ctx, c.connection, c.describeStack, in)
	if err != nil {
		return Stack{}, err
	}
	return stackOf(out.Stacks[0]), nil
}

// describeStack makes a failure of an answer without a stack.
func (c *Client) describeStack(
	ctx context.Context, in *cloudformation.DescribeStacksInput, set ...option,
) (*cloudformation.DescribeStacksOutput, error) {
	out, err := c.api.DescribeStacks(ctx, in, set...)
	if err == nil && (len(out.Stacks) == 0 || out.Stacks[0].StackStatus == "") {
		return nil, transport.ErrEmptyReply
	}
	return out, err
}

// Stacks lists the stacks of the account and region that are not deleted, nested ones
// included.
func (c *Client) Stacks(ctx context.Context) ([]Stack, error) {
	var all []Stack
	in := &cloudformation.DescribeStacksInput{}
	for range transport.MaxPages {
		out, err := transport.Retry(ctx, c.connection, c.api.DescribeStacks, in)
		if err == nil && out.Stacks == nil {
			err = transport.ErrEmptyReply
		}
		if err != nil {
			return nil, apiError(ctx, "", err)
		}
		for _, one := range out.Stacks {
			if s := stackOf(one); s.Exists() {
				all = append(all, s)
			}
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return all, nil
		}
	}
	return nil, &Error{Reason: "the list of stacks does not end"}
}

// Template returns the template of a stack as it was submitted, JSON or YAML.
func (c *Client) Template(ctx context.Context, s Stack) (string, error) {
	if s.isEmpty() {
		return "", &Error{Stack: s.Name, Status: s.Status,
			Reason: "it was never deployed and has no template"}
	}
	out, err := transport.Retry(ctx, c.connection, c.api.GetTemplate,
		&cloudformation.GetTemplateInput{
			StackName:     aws.String(s.nameOrARN()),
			TemplateStage: types.TemplateStageOriginal,
		})
	if err == nil && aws.ToString(out.TemplateBody) == "" {
		err = transport.ErrEmptyReply
	}
	if err != nil {
		return "", apiError(ctx, s.Name, err)
	}
	return *out.TemplateBody, nil
}

// Resources returns the latest that happened to each resource of a stack, also to those
// that are gone or were left behind (DELETE_COMPLETE, DELETE_SKIPPED). These events
// have no ID.
func (c *Client) Resources(ctx context.Context, s Stack) ([]Event, error) {
	var all []Event
	in := &cloudformation.ListStackResourcesInput{StackName: aws.String(s.nameOrARN())}
	for range transport.MaxPages {
		out, err := transport.Retry(ctx, c.connection, c.api.ListStackResources, in)
		if err == nil && out.StackResourceSummaries == nil {
			err = transport.ErrEmptyReply
		}
		if err != nil {
			return nil, apiError(ctx, s.Name, err)
		}
		for _, r := range out.StackResourceSummaries {
			all = append(all, Event{
				Time:       aws.ToTime(r.LastUpdatedTimestamp),
				LogicalID:  aws.ToString(r.LogicalResourceId),
				PhysicalID: aws.ToString(r.PhysicalResourceId),
				Type:       aws.ToString(r.ResourceType),
				Status:     string(r.ResourceStatus),
				Reason:     aws.ToString(r.ResourceStatusReason),
			})
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			return all, nil
		}
	}
	return nil, &Error{Stack: s.Name, Reason: "the list of its resources does not end"}
}

// Protect turns termination protection on or off.
func (c *Client) Protect(ctx context.Context, s Stack, on bool) error {
	_, err := transport.Mutate(ctx, c.connection, c.api.UpdateTerminationProtection,
		&cloudformation.UpdateTerminationProtectionInput{
			StackName:                   aws.String(s.nameOrARN()),
			EnableTerminationProtection: &on,
		})
	if err != nil {
		return apiError(ctx, s.Name, err)
	}
	return nil
}

// stackOf returns the Stack of CloudFormation's form of it.
func stackOf(in types.Stack) Stack {
	s := Stack{
		Name:         aws.ToString(in.StackName),
		ID:           aws.ToString(in.StackId),
		Status:       string(in.StackStatus),
		Description:  aws.ToString(in.Description),
		Nested:       aws.ToString(in.ParentId) != "",
		Reason:       aws.ToString(in.StackStatusReason),
		Parameters:   map[string]string{},
		Outputs:      map[string]string{},
		Descriptions: map[string]string{},
		Tags:         map[string]string{},
		Protected:    aws.ToBool(in.EnableTerminationProtection),
		RoleARN:      aws.ToString(in.RoleARN),
		Changed:      aws.ToTime(cmp.Or(in.LastUpdatedTime, in.CreationTime)),
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
