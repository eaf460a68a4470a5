package command

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// batchLimit is how long AWS Batch may take to say what is wrong.
const batchLimit = 5 * time.Second

const environmentType = "AWS::Batch::ComputeEnvironment"

// ask keeps what AWS Batch says of a compute environment that has failed, before a
// rollback takes it away. CloudFormation only says that it did not stabilize.
// Without an answer the failure is told without it.
func (a account) ask(ctx context.Context, e deploy.Event, answers map[string]string) {
	if e.Type != environmentType || !e.Failed() || e.PhysicalID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, batchLimit)
	defer cancel()
	found, err := batch.NewFromConfig(a.config).DescribeComputeEnvironments(ctx, &batch.DescribeComputeEnvironmentsInput{
		ComputeEnvironments: []string{e.PhysicalID},
	})
	if err != nil || len(found.ComputeEnvironments) == 0 {
		return
	}
	if reason := aws.ToString(found.ComputeEnvironments[0].StatusReason); reason != "" {
		answers[resourceOf(e)] = string(found.ComputeEnvironments[0].Status) + ", " + reason
	}
}
