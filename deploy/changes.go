package deploy

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Change is what a plan does to one resource, in CloudFormation's terms
// (ResourceChange in the API reference).
type Change struct {
	Action      string // Add, Modify, Remove, Import, Dynamic, SyncWithActual
	LogicalID   string
	PhysicalID  string // "" when there is none yet
	Type        string
	Replacement string   // True, False or Conditional for a Modify, else ""
	Policy      string   // what becomes of the old resource: Delete, Retain, Snapshot, ReplaceAndDelete, …
	Scope       []string // what of it changes: Properties, Tags, Metadata, …
	Properties  []Property
	Before      string // the whole resource as JSON, "" when CloudFormation does not tell or there is none
	After       string
}

// Property is one property that makes a resource change.
type Property struct {
	Path       string // like ComputeResources.Type
	Recreation string // whether changing it replaces the resource: Never, Conditionally, Always
	Source     string // ParameterReference, ResourceReference, ResourceAttribute, DirectModification, Automatic
	Entity     string // the parameter or resource that the change comes from
	Before     string // "" when CloudFormation does not tell
	After      string
}

// incomplete is how CloudFormation says that a list with values may lack changes that
// the list without them has.
const incomplete = "--include-property-values option can return incomplete"

// changes reads what a complete change set changes, with the values before and after
// where CloudFormation tells them. set is its first page, without them.
func (c *Client) changes(ctx context.Context, p *Plan, set *cloudformation.DescribeChangeSetOutput) error {
	if set.ExecutionStatus == types.ExecutionStatusObsolete {
		return &Error{Result: Refused, Stack: p.Stack.Name, Reason: "the stack was changed meanwhile and the change set is obsolete; plan again"}
	}
	var detailed []Change
	first, err := c.describeSet(ctx, p, "", true)
	if err == nil {
		detailed, err = c.pages(ctx, p, first, true)
	}
	var ours *Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &ours):
		return err
	case err == nil && !strings.Contains(aws.ToString(first.StatusReason), incomplete):
		p.Changes = detailed
		return nil
	}
	plain, err := c.pages(ctx, p, set, false)
	if err != nil {
		return apiError(ctx, p.Stack.Name, err)
	}
	p.Changes = merge(plain, detailed)
	return nil
}

// pages reads the changes of a change set from a page on.
func (c *Client) pages(ctx context.Context, p *Plan, set *cloudformation.DescribeChangeSetOutput, values bool) (changes []Change, err error) {
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
		if page == maxPages {
			return nil, &Error{Stack: p.Stack.Name, Reason: "the list of changes does not end"}
		}
		if set, err = c.describeSet(ctx, p, next, values); err != nil {
			return nil, err
		}
	}
}

// merge puts the values of a list that may lack changes into one that is whole.
func merge(plain, detailed []Change) []Change {
	for i := range plain {
		change := &plain[i]
		for _, other := range detailed {
			if other.LogicalID == change.LogicalID && other.PhysicalID == change.PhysicalID && other.Action == change.Action {
				change.Before, change.After = other.Before, other.After
				if len(other.Properties) > 0 {
					change.Properties = other.Properties
				}
			}
		}
	}
	return plain
}

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
		property := Property{Source: string(detail.ChangeSource), Entity: aws.ToString(detail.CausingEntity)}
		if target := detail.Target; target != nil {
			property.Path = cmp.Or(dotted(aws.ToString(target.Path)), aws.ToString(target.Name), string(target.Attribute))
			property.Recreation = string(target.RequiresRecreation)
			property.Before, property.After = aws.ToString(target.BeforeValue), aws.ToString(target.AfterValue)
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
