package deploy

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// planLimit is how long CloudFormation may take to make a change set.
const planLimit = 15 * time.Minute

// incompleteValues is the warning that a list of changes with values may lack changes
// that the list without values has.
const incompleteValues = "--include-property-values option can return incomplete"

// Change is what a plan does to one resource, in CloudFormation's terms
// (ResourceChange in the API reference).
type Change struct {
	Action      string // Add, Modify, Remove, Import, Dynamic, SyncWithActual
	LogicalID   string
	PhysicalID  string // "" when there is none yet
	Type        string
	Replacement string   // True, False or Conditional for a Modify, else ""
	Policy      string   // for the old resource: Delete, Retain, Snapshot, ReplaceAndDelete, …
	Scope       []string // what changes: Properties, Tags, Metadata, …
	Properties  []Property
	Before      string // the resource as JSON, "" when there is none or it is not known
	After       string
}

// Property is one property that makes a resource change.
type Property struct {
	Path       string // like ComputeResources.Type
	Recreation string // whether changing it replaces the resource: Never, Conditionally, Always
	// Source is what changes it: ParameterReference, ResourceReference,
	// ResourceAttribute, DirectModification, Automatic.
	Source string
	Entity string // the parameter or resource that the change comes from
	Before string // "" when CloudFormation does not know it
	After  string
}

// createChangeSet asks for the change set. An error means that there is none. When the
// reply was lost there may be one, and completeChangeSet finds out.
func (c *Client) createChangeSet(ctx context.Context, p *Plan, r Request) error {
	made, err := transport.Mutate(ctx, c.connection, c.api.CreateChangeSet, p.input(r))
	// The name is unique: only a lost attempt of our own can have taken it.
	var taken *types.AlreadyExistsException
	switch {
	case err == nil:
		p.ID = aws.ToString(made.Id)
		p.Stack.ID = cmp.Or(aws.ToString(made.StackId), p.Stack.ID)
	case ctx.Err() == nil && unchanged(err.Error()):
		p.empty, p.closed = true, true
	case ctx.Err() == nil && !transport.Temporary(err) && !errors.As(err, &taken):
		return apiError(ctx, p.Stack.Name, err)
	}
	return nil
}

// completeChangeSet waits until CloudFormation has completed the change set, and reads it.
func (c *Client) completeChangeSet(ctx context.Context, p *Plan) error {
	ctx, cancel := context.WithTimeoutCause(ctx, planLimit, &Error{Stack: p.Stack.Name,
		Reason: "CloudFormation did not finish the change set within " + planLimit.String()})
	defer cancel()
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 3*time.Second) {
		if err := transport.Sleep(ctx, wait); err != nil {
			return err
		}
		set, err := c.describeChangeSet(ctx, p, "", false)
		if err != nil {
			return apiError(ctx, p.Stack.Name, err)
		}
		p.ID = cmp.Or(aws.ToString(set.ChangeSetId), p.ID)
		p.Stack.ID = cmp.Or(aws.ToString(set.StackId), p.Stack.ID)
		switch set.Status {
		case types.ChangeSetStatusCreatePending, types.ChangeSetStatusCreateInProgress:
		case types.ChangeSetStatusCreateComplete:
			return c.readChanges(ctx, p, set)
		case types.ChangeSetStatusFailed:
			return c.changeSetError(ctx, p, aws.ToString(set.StatusReason))
		default:
			return p.removedMeanwhile(" ("+string(set.Status)+")", nil)
		}
	}
}

// unchanged recognises CloudFormation's two ways to say that there is nothing to do.
func unchanged(reason string) bool {
	return strings.Contains(reason, "didn't contain changes") ||
		strings.Contains(reason, "No updates are to be performed")
}

// changeSetError returns what a change set in FAILED means; nil when it is empty.
func (c *Client) changeSetError(ctx context.Context, p *Plan, reason string) error {
	if unchanged(reason) {
		p.empty = true
		return nil
	}
	e := &Error{Result: Invalid, Stack: p.Stack.Name,
		Reason: "CloudFormation refuses the change: " + cmp.Or(reason, "it gives no reason")}
	causes, err := c.failures(ctx, &cloudformation.DescribeEventsInput{
		ChangeSetName: &p.ID, StackName: &p.Stack.ID,
	})
	if err != nil {
		e.Note = whyNoDiagnosis(err)
	}
	e.Causes = causes
	return e
}

// describeChangeSet reads one page of the change set. Straight after its creation a
// lagging read may not find it yet; once it was read, not found means removed.
func (c *Client) describeChangeSet(
	ctx context.Context, p *Plan, page string, values bool,
) (*cloudformation.DescribeChangeSetOutput, error) {
	in := &cloudformation.DescribeChangeSetInput{
		ChangeSetName: aws.String(cmp.Or(p.ID, p.Name)),
		StackName:     aws.String(p.Stack.nameOrARN()),
	}
	if page != "" {
		in.NextToken = &page
	}
	if values {
		in.IncludePropertyValues = &values
	}
	read := func(
		ctx context.Context, in *cloudformation.DescribeChangeSetInput, set ...option,
	) (*cloudformation.DescribeChangeSetOutput, error) {
		out, err := c.api.DescribeChangeSet(ctx, in, set...)
		if err == nil && out.Status == "" {
			return nil, transport.ErrEmptyReply
		}
		return out, err
	}
	for lag := time.Duration(0); ; lag += 2 * time.Second {
		out, err := transport.Retry(ctx, c.connection, read, in)
		absent := err != nil && transport.Classify(err) == transport.Missing
		switch {
		case err == nil:
			p.read = true
			return out, nil
		case ctx.Err() != nil || !absent || lag >= staleLimit:
			return nil, err
		case p.read && lag > 0:
			return nil, p.removedMeanwhile("", err)
		}
		if err := transport.Sleep(ctx, 2*time.Second); err != nil {
			return nil, err
		}
	}
}

// removedMeanwhile returns the refusal of a plan whose change set no longer exists.
func (p *Plan) removedMeanwhile(status string, err error) error {
	return p.refused("somebody else removed the change set"+status+"; plan again", err)
}

// readChanges reads the changes of a complete change set, with the values before and
// after where CloudFormation knows them. set is its first page, without values.
func (c *Client) readChanges(
	ctx context.Context, p *Plan, set *cloudformation.DescribeChangeSetOutput,
) error {
	if set.ExecutionStatus == types.ExecutionStatusObsolete {
		return p.refused("the stack was changed in the meantime and the change set is obsolete; "+
			"plan again", nil)
	}
	var detailed []Change
	first, err := c.describeChangeSet(ctx, p, "", true)
	if err == nil {
		detailed, err = c.pages(ctx, p, first, true)
	}
	var ours *Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &ours):
		return err
	case err == nil && !strings.Contains(aws.ToString(first.StatusReason), incompleteValues):
		p.Changes = detailed
		return nil
	}
	plain, err := c.pages(ctx, p, set, false)
	if err != nil {
		return apiError(ctx, p.Stack.Name, err)
	}
	p.Changes = mergeValues(plain, detailed)
	return nil
}

// pages reads the changes of a change set, beginning with a page.
func (c *Client) pages(
	ctx context.Context, p *Plan, set *cloudformation.DescribeChangeSetOutput, values bool,
) (changes []Change, err error) {
	for page := 1; ; page++ {
		for _, change := range set.Changes {
			if change.ResourceChange != nil {
				changes = append(changes, changeOf(change.ResourceChange))
			}
		}
		next := aws.ToString(set.NextToken)
		if next == "" {
			return changes, nil
		}
		if page == transport.MaxPages {
			return nil, &Error{Stack: p.Stack.Name, Reason: "the list of changes does not end"}
		}
		if set, err = c.describeChangeSet(ctx, p, next, values); err != nil {
			return nil, err
		}
	}
}

// mergeValues puts the values of a list that may lack changes into the complete list.
func mergeValues(plain, detailed []Change) []Change {
	for i := range plain {
		change := &plain[i]
		for _, other := range detailed {
			if other.LogicalID != change.LogicalID || other.PhysicalID != change.PhysicalID ||
				other.Action != change.Action {
				continue
			}
			change.Before, change.After = other.Before, other.After
			if len(other.Properties) > 0 {
				change.Properties = other.Properties
			}
		}
	}
	return plain
}

// changeOf returns the Change of CloudFormation's form of it.
func changeOf(in *types.ResourceChange) Change {
	change := Change{
		Action:      string(in.Action),
		LogicalID:   aws.ToString(in.LogicalResourceId),
		PhysicalID:  aws.ToString(in.PhysicalResourceId),
		Type:        aws.ToString(in.ResourceType),
		Replacement: string(in.Replacement),
		Policy:      string(in.PolicyAction),
		Before:      aws.ToString(in.BeforeContext),
		After:       aws.ToString(in.AfterContext),
	}
	for _, scope := range in.Scope {
		change.Scope = append(change.Scope, string(scope))
	}
	for _, detail := range in.Details {
		property := Property{
			Source: string(detail.ChangeSource), Entity: aws.ToString(detail.CausingEntity),
		}
		if target := detail.Target; target != nil {
			property.Path = cmp.Or(dotted(aws.ToString(target.Path)),
				aws.ToString(target.Name), string(target.Attribute))
			property.Recreation = string(target.RequiresRecreation)
			property.Before = aws.ToString(target.BeforeValue)
			property.After = aws.ToString(target.AfterValue)
		}
		change.Properties = append(change.Properties, property)
	}
	return change
}

// dotted writes a JSON pointer into a resource, like /Properties/Tags/0/Value, as
// people write it: Tags.0.Value.
func dotted(pointer string) string {
	path := strings.TrimPrefix(strings.TrimPrefix(pointer, "/Properties"), "/")
	return strings.NewReplacer("/", ".", "~1", "/", "~0", "~").Replace(path)
}
