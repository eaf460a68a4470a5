package account

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// reading is one reading of what is reused, with what it has found so far.
type reading struct {
	*Reader
	ctx   context.Context
	query facts.ReuseQuery

	mu     sync.Mutex // of what follows
	found  facts.Reused
	unread []Unread
}

// Reused reads buckets, queues, compute environments, roles and instance profiles, all at once, and
// returns the calls that failed. Queues and compute environments of other regions are not read.
func (r *Reader) Reused(ctx context.Context, q facts.ReuseQuery) (facts.Reused, []Unread) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	read := &reading{Reader: r, ctx: ctx, query: q, found: facts.Reused{
		Region: r.region, Buckets: map[string]facts.Bucket{}, Queues: map[string]facts.Queue{},
		Environments: map[string]facts.Environment{}, Roles: map[string]facts.Role{},
		Profiles: map[string]facts.Profile{},
	}}
	var all sync.WaitGroup
	for _, name := range q.Buckets {
		all.Go(func() { read.bucket(name) })
	}
	for _, arn := range q.Roles {
		all.Go(func() { read.role(arn) })
	}
	for _, arn := range q.Profiles {
		all.Go(func() { read.profile(arn) })
	}
	all.Go(func() { read.environments(read.local(q.Environments)) })
	all.Go(func() { read.queues(read.local(q.Queues)) })
	all.Wait()
	return read.found, read.unread
}

// local returns the ARNs that are of the region of the reader.
func (r *reading) local(arns []string) (here []string) {
	for _, arn := range arns {
		if region, _ := facts.Place(arn); region == r.region {
			here = append(here, arn)
		}
	}
	return here
}

// note keeps what a call has found, or that it failed.
func (r *reading) note(call string, err error, found func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.unread = append(r.unread, Unread{call, err})
		return
	}
	found()
}

// bucket reads where a bucket is. Amazon S3 answers that with the refusal too, for callers who may
// not list the bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
func (r *reading) bucket(name string) {
	out, err := r.s3.HeadBucket(r.ctx, &s3.HeadBucketInput{Bucket: &name})
	b := facts.Bucket{Exists: true}
	var refused *smithyhttp.ResponseError
	switch {
	case err == nil:
		b.Region = aws.ToString(out.BucketRegion)
	case errors.As(err, &refused) && refused.HTTPStatusCode() == http.StatusNotFound:
		b, err = facts.Bucket{}, nil
	case refused != nil && refused.HTTPResponse() != nil:
		if b.Region = refused.HTTPResponse().Header.Get("X-Amz-Bucket-Region"); b.Region != "" {
			err = nil
		}
	}
	r.note("s3:ListBucket", err, func() { r.found.Buckets[name] = b })
}

// queues reads queues and their compute environments.
func (r *reading) queues(arns []string) {
	if len(arns) == 0 {
		return
	}
	out, err := r.batch.DescribeJobQueues(r.ctx, &batch.DescribeJobQueuesInput{JobQueues: arns})
	var environments []string
	r.note("batch:DescribeJobQueues", err, func() {
		for _, arn := range arns {
			r.found.Queues[arn] = facts.Queue{}
		}
		for _, d := range out.JobQueues {
			q := facts.Queue{Exists: true, State: string(d.State), Status: string(d.Status),
				Reason: aws.ToString(d.StatusReason), Kind: string(d.JobQueueType)}
			for _, e := range d.ComputeEnvironmentOrder {
				q.Environments = append(q.Environments, aws.ToString(e.ComputeEnvironment))
			}
			environments = append(environments, q.Environments...)
			r.found.Queues[aws.ToString(d.JobQueueArn)] = q
		}
	})
	r.environments(environments)
}

// environments reads compute environments.
func (r *reading) environments(arns []string) {
	if len(arns) == 0 {
		return
	}
	arns = slices.Compact(slices.Sorted(slices.Values(arns)))
	out, err := r.batch.DescribeComputeEnvironments(r.ctx,
		&batch.DescribeComputeEnvironmentsInput{ComputeEnvironments: arns})
	r.note("batch:DescribeComputeEnvironments", err, func() {
		for _, arn := range arns {
			r.found.Environments[arn] = facts.Environment{}
		}
		for _, d := range out.ComputeEnvironments {
			r.found.Environments[aws.ToString(d.ComputeEnvironmentArn)] = facts.Environment{
				Exists: true, State: string(d.State), Status: string(d.Status),
				Reason: aws.ToString(d.StatusReason), Type: string(d.Type),
				Orchestration: cmp.Or(string(d.ContainerOrchestrationType), "ECS"),
			}
		}
	})
}
