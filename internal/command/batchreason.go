package command

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

const environmentType = "AWS::Batch::ComputeEnvironment"

// batchReason adds what AWS Batch says about a compute environment that has failed,
// before a rollback removes it. CloudFormation only says that it did not stabilize.
// Without an answer the failure is shown without it.
func (a account) batchReason(ctx context.Context, e deploy.Event, reasons map[string]string) {
	if e.Type != environmentType || !e.Failed() || e.PhysicalID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, batchLimit)
	defer cancel()
	client := batch.NewFromConfig(a.config)
	found, err := client.DescribeComputeEnvironments(ctx, &batch.DescribeComputeEnvironmentsInput{
		ComputeEnvironments: []string{e.PhysicalID},
	})
	if err != nil || len(found.ComputeEnvironments) == 0 {
		return
	}
	if reason := aws.ToString(found.ComputeEnvironments[0].StatusReason); reason != "" {
		status := string(found.ComputeEnvironments[0].Status)
		reasons[display.Resource(e)] = status + ", " + reason
	}
}
