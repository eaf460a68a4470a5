package deploy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

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
