package verify

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// cleanLimit is how long each part of the cleaning up may take.
const cleanLimit = 20 * time.Second

// cleanUp ends the job, deregisters the definition and deletes the object, also when the context
// has ended. It finds them by name: a reply may have been lost, and the SDK repeats the call.
func (v *Verifier) cleanUp(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, part := range []func(context.Context){v.endJobs, v.deregister, v.deleteObject} {
		limited, cancel := context.WithTimeout(ctx, cleanLimit)
		part(limited)
		cancel()
	}
}

// left tells what could not be cleaned up.
func (v *Verifier) left(what, command string, err error) {
	v.observer.Left(Left{fmt.Sprintf("%s: %v", what, err), command + " --region " + v.region})
}

// endJobs terminates the jobs of the name that have not ended. Where they cannot be listed, the
// known one is terminated.
func (v *Verifier) endJobs(ctx context.Context) {
	out, err := v.batch.ListJobs(ctx, &batch.ListJobsInput{JobQueue: &v.Queue,
		Filters: []types.KeyValuesPair{{Name: aws.String("JOB_NAME"), Values: []string{v.name}}}})
	ids := map[string]bool{}
	if err == nil {
		for _, job := range out.JobSummaryList {
			ids[aws.ToString(job.JobId)] = ended(job.Status)
		}
	}
	if _, listed := ids[v.world.Job.ID]; v.world.Job.ID != "" && !listed {
		ids[v.world.Job.ID] = ended(types.JobStatus(v.world.Job.Status))
	}
	if err != nil && v.world.Job.ID == "" && v.definitionARN != "" {
		v.left("it is not known whether the job "+v.name+" is on the queue",
			"aws batch list-jobs --job-queue "+v.Queue+" --filters name=JOB_NAME,values="+v.name, err)
	}
	for id, over := range ids {
		if over {
			continue
		}
		_, err := v.batch.TerminateJob(ctx, &batch.TerminateJobInput{JobId: &id,
			Reason: aws.String("metaflow-cfn verify has ended")})
		if err != nil {
			v.left("the job "+id+" is not terminated", "aws batch terminate-job --reason verify "+
				"--job-id "+id, err)
		}
	}
}

// ended reports whether a job of the status is over.
func ended(s types.JobStatus) bool {
	return s == types.JobStatusSucceeded || s == types.JobStatusFailed
}

// deregister deregisters every active revision of the definition.
func (v *Verifier) deregister(ctx context.Context) {
	out, err := v.batch.DescribeJobDefinitions(ctx, &batch.DescribeJobDefinitionsInput{
		JobDefinitionName: &v.name, Status: aws.String("ACTIVE")})
	arns := map[string]bool{}
	if err == nil {
		for _, d := range out.JobDefinitions {
			arns[aws.ToString(d.JobDefinitionArn)] = true
		}
	} else if v.definitionARN != "" {
		arns[v.definitionARN] = true
	} else {
		v.left("it is not known whether the job definition "+v.name+" exists",
			"aws batch describe-job-definitions --job-definition-name "+v.name, err)
	}
	for arn := range arns {
		_, err := v.batch.DeregisterJobDefinition(ctx,
			&batch.DeregisterJobDefinitionInput{JobDefinition: &arn})
		if err != nil {
			v.left("the job definition "+arn+" is still active",
				"aws batch deregister-job-definition --job-definition "+arn, err)
		}
	}
}

// deleteObject deletes the object that the job has written.
func (v *Verifier) deleteObject(ctx context.Context) {
	v.deleteKey(ctx, v.key(), v.version, v.world.Job.ID != "")
}

// deleteKey deletes a version of an object, so that nothing of it stays in the bucket. Where no
// version is known it looks for one; an object that may be there and cannot be looked for is named.
func (v *Verifier) deleteKey(ctx context.Context, key, version string, mayBe bool) {
	bucket, _ := v.bucket()
	if version == "" {
		out, err := v.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
		if c := code(err); c == "NotFound" || c == "NoSuchKey" || c == "NoSuchBucket" ||
			err != nil && !mayBe {
			return
		}
		if err == nil {
			version = aws.ToString(out.VersionId)
		}
	}
	in := &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}
	command := "aws s3api delete-object --bucket " + bucket + " --key " + key
	if version != "" {
		in.VersionId = &version
		command += " --version-id " + version
	}
	if _, err := v.s3.DeleteObject(ctx, in); err != nil {
		v.left("the object s3://"+bucket+"/"+key+" is not deleted", command, err)
	}
}
