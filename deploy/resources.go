package deploy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Stacks lists the stacks of the account and region that are not deleted, nested ones
// included.
func (c *Client) Stacks(ctx context.Context) ([]Stack, error) {
	var all []Stack
	in := &cloudformation.DescribeStacksInput{}
	for range maxPages {
		out, err := insist(ctx, c, c.api.DescribeStacks, in)
		if err == nil && out.Stacks == nil {
			err = errEmptyReply
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
	if s.Status == "REVIEW_IN_PROGRESS" {
		return "", &Error{Stack: s.Name, Status: s.Status, Reason: "it was never deployed and has no template"}
	}
	out, err := insist(ctx, c, c.api.GetTemplate, &cloudformation.GetTemplateInput{
		StackName: aws.String(s.handle()), TemplateStage: types.TemplateStageOriginal,
	})
	if err == nil && aws.ToString(out.TemplateBody) == "" {
		err = errEmptyReply
	}
	if err != nil {
		return "", apiError(ctx, s.Name, err)
	}
	return *out.TemplateBody, nil
}

// Resources tells of each resource of a stack the latest that happened to it, also of
// those that are gone or were left behind (DELETE_COMPLETE, DELETE_SKIPPED). These
// events have no ID.
func (c *Client) Resources(ctx context.Context, s Stack) ([]Event, error) {
	var all []Event
	in := &cloudformation.ListStackResourcesInput{StackName: aws.String(s.handle())}
	for range maxPages {
		out, err := insist(ctx, c, c.api.ListStackResources, in)
		if err == nil && out.StackResourceSummaries == nil {
			err = errEmptyReply
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
