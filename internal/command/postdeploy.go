package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// postDeploy does after a deployment what a template cannot do: the default security
// group comes with the VPC, and Batch creates the log group of jobs itself, so that a
// declared one would collide.
type postDeploy struct {
	emptyDefault bool
	logDays      int32
}

// jobLogs is the log group of Batch jobs.
const jobLogs = "/aws/batch/job"

// retentions are the numbers of days that CloudWatch Logs takes.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var retentions = []int32{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
	3288, 3653,
}

func (a *postDeploy) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&a.emptyDefault, "empty-default-security-group", false,
		"remove every rule of the default security group of the new VPC")
	f.Int32Var(&a.logDays, "log-retention-days", 0,
		"days that "+jobLogs+" keeps what jobs print; 0 leaves it as it is")
}

func (a *postDeploy) check(p *problems) {
	if a.logDays != 0 && !slices.Contains(retentions, a.logDays) {
		p.add(fmt.Errorf("--log-retention-days: %d is not a number of days that CloudWatch Logs "+
			"takes; wanted one of %v", a.logDays, retentions))
	}
}

// run does what was asked for. A failure does not undo the deployment, and is
// reported with the rest.
func (a *postDeploy) run(ctx context.Context, to account, stack deploy.Stack) error {
	var errs []error
	if a.emptyDefault {
		if err := a.emptyDefaultGroup(ctx, to, stack); err != nil {
			errs = append(errs, fmt.Errorf("the default security group keeps its rules: %w", err))
		}
	}
	if a.logDays != 0 {
		if err := a.setRetention(ctx, cloudwatchlogs.NewFromConfig(to.config)); err != nil {
			errs = append(errs, fmt.Errorf("log group %s keeps its retention: %w", jobLogs, err))
		}
	}
	return errors.Join(errs...)
}

// emptyDefaultGroup removes the rules of the default security group of the stack's own
// VPC. A reused VPC is not changed.
func (a *postDeploy) emptyDefaultGroup(ctx context.Context, to account, stack deploy.Stack) error {
	resources, err := to.Resources(ctx, stack)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(resources, func(r deploy.Event) bool {
		return r.Type == "AWS::EC2::VPC" && r.PhysicalID != ""
	})
	if i < 0 {
		return errors.New("the stack has no VPC of its own, and a reused one is never changed")
	}
	client := ec2.NewFromConfig(to.config)
	found, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{
			{Name: aws.String("vpc-id"), Values: []string{resources[i].PhysicalID}},
			{Name: aws.String("group-name"), Values: []string{"default"}},
		},
	})
	if err != nil {
		return err
	}
	for _, group := range found.SecurityGroups {
		if err := revoke(ctx, client, group); err != nil {
			return err
		}
	}
	return nil
}

func revoke(ctx context.Context, client *ec2.Client, group ec2types.SecurityGroup) error {
	if len(group.IpPermissions) > 0 {
		in := &ec2.RevokeSecurityGroupIngressInput{
			GroupId: group.GroupId, IpPermissions: group.IpPermissions,
		}
		if _, err := client.RevokeSecurityGroupIngress(ctx, in); err != nil {
			return err
		}
	}
	if len(group.IpPermissionsEgress) > 0 {
		in := &ec2.RevokeSecurityGroupEgressInput{
			GroupId: group.GroupId, IpPermissions: group.IpPermissionsEgress,
		}
		if _, err := client.RevokeSecurityGroupEgress(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// setRetention sets the retention of the log group, and creates it if no job has run
// yet.
func (a *postDeploy) setRetention(ctx context.Context, client *cloudwatchlogs.Client) error {
	group := aws.String(jobLogs)
	_, err := client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group})
	var exists *logtypes.ResourceAlreadyExistsException
	if err != nil && !errors.As(err, &exists) {
		return err
	}
	_, err = client.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{
		LogGroupName: group, RetentionInDays: &a.logDays,
	})
	return err
}
