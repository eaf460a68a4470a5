package deploy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// Resource is one resource of a stack.
type Resource struct {
	LogicalID, PhysicalID string // PhysicalID is "" where nothing was made
	Type, Status          string
}

// Resources lists the resources of a stack, also those that are gone or were left
// behind (DELETE_COMPLETE, DELETE_SKIPPED).
func (c *Client) Resources(ctx context.Context, s Stack) ([]Resource, error) {
	var all []Resource
	in := &cloudformation.ListStackResourcesInput{StackName: aws.String(s.handle())}
	for range maxPages {
		out, err := insist(ctx, c.api.ListStackResources, in)
		if err != nil {
			return nil, apiError(ctx, s.Name, err)
		}
		if out.StackResourceSummaries == nil {
			return nil, apiError(ctx, s.Name, errEmptyReply)
		}
		for _, r := range out.StackResourceSummaries {
			all = append(all, Resource{
				LogicalID: aws.ToString(r.LogicalResourceId), PhysicalID: aws.ToString(r.PhysicalResourceId),
				Type: aws.ToString(r.ResourceType), Status: string(r.ResourceStatus),
			})
		}
		if in.NextToken = out.NextToken; aws.ToString(in.NextToken) == "" {
			break
		}
	}
	return all, nil
}
