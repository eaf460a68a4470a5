package deploy

import (
	"cmp"
	"context"

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

// changes reads all pages of a complete change set.
func (c *Client) changes(ctx context.Context, p *Plan, set *cloudformation.DescribeChangeSetOutput) error {
	if set.ExecutionStatus == types.ExecutionStatusObsolete {
		return &Error{Result: Refused, Stack: p.Stack.Name, Reason: "the stack was changed meanwhile and the change set is obsolete; plan again"}
	}
	for page := 1; ; page++ {
		for _, change := range set.Changes {
			if change.ResourceChange != nil {
				p.Changes = append(p.Changes, changeOf(change.ResourceChange))
			}
		}
		next := aws.ToString(set.NextToken)
		if next == "" {
			return nil
		}
		if page == maxPages {
			return &Error{Stack: p.Stack.Name, Reason: "the list of changes does not end"}
		}
		var err error
		if set, err = c.describeSet(ctx, p, next); err != nil {
			return apiError(ctx, p.Stack.Name, err)
		}
	}
}

func changeOf(in *types.ResourceChange) Change {
	change := Change{
		Action:      string(in.Action),
		LogicalID:   aws.ToString(in.LogicalResourceId),
		PhysicalID:  aws.ToString(in.PhysicalResourceId),
		Type:        aws.ToString(in.ResourceType),
		Replacement: string(in.Replacement),
		Policy:      string(in.PolicyAction),
	}
	for _, scope := range in.Scope {
		change.Scope = append(change.Scope, string(scope))
	}
	for _, detail := range in.Details {
		property := Property{Source: string(detail.ChangeSource), Entity: aws.ToString(detail.CausingEntity)}
		if target := detail.Target; target != nil {
			property.Path = cmp.Or(aws.ToString(target.Path), cmp.Or(aws.ToString(target.Name), string(target.Attribute)))
			property.Recreation = string(target.RequiresRecreation)
			property.Before, property.After = aws.ToString(target.BeforeValue), aws.ToString(target.AfterValue)
		}
		change.Properties = append(change.Properties, property)
	}
	return change
}
