package verify

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// readLimit is how long one check, or one search for the cause, may take.
const readLimit = 20 * time.Second

// Standing checks what costs nothing: the queue, its compute environments, the job role and the
// bucket. It reports whether a job can be tried. An error is that of the queue, which must be
// known.
func (v *Verifier) Standing(ctx context.Context) (bool, error) {
	if err := v.readQueue(ctx); err != nil {
		return false, err
	}
	v.readEnvironments(ctx)
	v.world.needs = v.needs()
	causes := Diagnose(v.world)
	v.checkQueue(causes)
	for _, check := range []func(context.Context){v.checkRole, v.checkProfiles, v.checkMachines,
		v.checkBucket} {
		limited, cancel := context.WithTimeout(ctx, readLimit)
		check(limited)
		cancel()
	}
	return !v.tell(causes), ctx.Err()
}

// readQueue reads the queue.
func (v *Verifier) readQueue(ctx context.Context) error {
	out, err := v.batch.DescribeJobQueues(ctx, &batch.DescribeJobQueuesInput{
		JobQueues: []string{v.Queue}})
	if err != nil {
		return named("read the job queue "+v.Queue, err)
	}
	v.world.Queue = Queue{Name: v.Queue}
	for _, q := range out.JobQueues {
		v.world.Queue = Queue{
			Name: aws.ToString(q.JobQueueName), ARN: aws.ToString(q.JobQueueArn),
			State: string(q.State), Status: string(q.Status), Reason: aws.ToString(q.StatusReason),
		}
		for _, e := range q.ComputeEnvironmentOrder {
			v.world.Queue.Environments = append(v.world.Queue.Environments,
				aws.ToString(e.ComputeEnvironment))
		}
	}
	return nil
}

// readEnvironments reads the compute environments of the queue, or notes that they are not known.
func (v *Verifier) readEnvironments(ctx context.Context) {
	if len(v.world.Queue.Environments) == 0 {
		return
	}
	out, err := v.batch.DescribeComputeEnvironments(ctx, &batch.DescribeComputeEnvironmentsInput{
		ComputeEnvironments: v.world.Queue.Environments})
	if v.unread("batch:DescribeComputeEnvironments", err) {
		return
	}
	all := []Environment{}
	for _, e := range out.ComputeEnvironments {
		one := Environment{
			Name: aws.ToString(e.ComputeEnvironmentName), State: string(e.State),
			Status: string(e.Status), Reason: aws.ToString(e.StatusReason), Type: string(e.Type),
			Cluster: aws.ToString(e.EcsClusterArn), ServiceRole: aws.ToString(e.ServiceRole),
		}
		if r := e.ComputeResources; r != nil {
			one.Type, one.Types = string(r.Type), r.InstanceTypes
			one.Profile = aws.ToString(r.InstanceRole)
			if lt := r.LaunchTemplate; lt != nil {
				one.Template = cmp.Or(aws.ToString(lt.LaunchTemplateId), aws.ToString(lt.LaunchTemplateName))
			}
			for _, c := range r.Ec2Configuration {
				if c.ImageIdOverride != nil {
					one.Images = append(one.Images, *c.ImageIdOverride)
				}
			}
			one.Max, one.Desired = int(aws.ToInt32(r.MaxvCpus)), int(aws.ToInt32(r.DesiredvCpus))
		}
		all = append(all, one)
	}
	v.world.Environments = all
}

// checkQueue shows the queue and its environments.
func (v *Verifier) checkQueue(causes []Cause) {
	status := func(things ...string) string {
		for _, c := range causes {
			for _, thing := range things {
				if c.Fatal && c.Of == thing {
					return "failed"
				}
			}
		}
		return "ok"
	}
	q := v.world.Queue
	v.observer.Check(Check{"job queue", status("queue"),
		strings.Join(nonEmpty(q.Name, q.State, q.Status, q.Reason), ", ")})
	for _, e := range v.world.Environments {
		v.observer.Check(Check{"compute environment", status(e.Name),
			strings.Join(nonEmpty(e.Name, e.State, e.Status, e.Type,
				fmt.Sprintf("%d of up to %d vCPUs", e.Desired, e.Max), e.Reason), ", ")})
	}
	for _, call := range v.world.Unread {
		v.observer.Check(Check{"compute environments", "unknown", call})
	}
}

// checkRole checks that tasks may assume the job role.
func (v *Verifier) checkRole(ctx context.Context) {
	role := path.Base(v.JobRole)
	out, err := v.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
	if err != nil {
		v.observer.Check(Check{"job role", "unknown", why("iam:GetRole", err)})
		return
	}
	if !trusts(out.Role.AssumeRolePolicyDocument, "ecs-tasks.amazonaws.com") {
		v.observer.Check(Check{"job role", "failed",
			role + " does not trust ecs-tasks.amazonaws.com, so that no job can use it"})
		return
	}
	v.observer.Check(Check{"job role", "ok", role + " trusts ecs-tasks.amazonaws.com"})
}

// checkBucket checks that the caller reaches the bucket.
func (v *Verifier) checkBucket(ctx context.Context) {
	bucket, _ := v.bucket()
	out, err := v.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket})
	switch {
	case err == nil && aws.ToString(out.BucketRegion) != "" && *out.BucketRegion != v.region:
		v.observer.Check(Check{"bucket", "failed",
			fmt.Sprintf("%s is in %s, and the queue in %s", bucket, *out.BucketRegion, v.region)})
	case err == nil:
		v.checkWritable(ctx, bucket)
	case code(err) == "NotFound" || code(err) == "NoSuchBucket":
		v.observer.Check(Check{"bucket", "failed", bucket + " does not exist"})
	default:
		v.observer.Check(Check{"bucket", "unknown", why("s3:ListBucket", err)})
	}
}

// checkWritable writes a small object as the caller does when a flow starts, and deletes it.
func (v *Verifier) checkWritable(ctx context.Context, bucket string) {
	key := v.key() + "-caller"
	out, err := v.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key})
	c, version := Check{"bucket", "ok", bucket + " can be written to"}, ""
	switch {
	case denied(err):
		c.Status, c.Detail = "failed", bucket+": "+why("s3:PutObject", err)
	case err != nil:
		c.Status, c.Detail = "unknown", bucket+": "+why("s3:PutObject", err)
	default:
		version = aws.ToString(out.VersionId)
	}
	v.observer.Check(c)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanLimit)
	defer cancel()
	if !denied(err) { // the object may be there though the answer was lost
		v.deleteKey(limited, key, version, true)
	}
}

// checkProfiles checks that the instance profiles of the environments exist, with a role that EC2
// may assume.
func (v *Verifier) checkProfiles(ctx context.Context) {
	seen := map[string]bool{}
	for _, e := range v.world.Environments {
		name := path.Base(e.Profile)
		if e.Profile == "" || seen[name] {
			continue
		}
		seen[name] = true
		out, err := v.iam.GetInstanceProfile(ctx,
			&iam.GetInstanceProfileInput{InstanceProfileName: &name})
		c := Check{"instance profile", "ok", name}
		switch {
		case code(err) == "NoSuchEntity":
			c.Status, c.Detail = "failed", name+" does not exist, so that no instance starts"
		case err != nil:
			c.Status, c.Detail = "unknown", why("iam:GetInstanceProfile", err)
		case len(out.InstanceProfile.Roles) == 0:
			c.Status, c.Detail = "failed", name+" has no role, so that no instance joins the cluster"
		case !trusts(out.InstanceProfile.Roles[0].AssumeRolePolicyDocument, "ec2.amazonaws.com"):
			c.Status, c.Detail = "failed", name+" has a role that does not trust ec2.amazonaws.com"
		}
		v.observer.Check(c)
	}
}

// trusts reports whether a trust policy, which IAM encodes for URLs, names a service. In China the
// names of services end with .cn.
func trusts(policy *string, service string) bool {
	text, err := url.QueryUnescape(aws.ToString(policy))
	return err == nil && strings.Contains(text, service)
}

// needs returns the vCPUs and the memory of the job, which are the least that AWS Batch takes.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
func (v *Verifier) needs() needs {
	if v.fargate() {
		return needs{vcpus: "0.25", memory: "512"}
	}
	return needs{vcpus: "1", memory: "512"}
}

// fargate reports whether the queue's environments are those of Fargate: a queue has only one
// kind.
func (v *Verifier) fargate() bool {
	for _, e := range v.world.Environments {
		if strings.HasPrefix(e.Type, "FARGATE") {
			return true
		}
	}
	return false
}

// nonEmpty returns the words that are not empty.
func nonEmpty(words ...string) (all []string) {
	for _, w := range words {
		if w != "" {
			all = append(all, w)
		}
	}
	return all
}
