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

const (
	// quick and slow are the pauses between two looks at the job, before and after it has waited
	// for quickly. At most 30 calls a minute are made.
	quick, slow = 3 * time.Second, 5 * time.Second
	quickly     = 10 * time.Second
	// scaleEvery is how often the vCPUs of the environments are read while the job waits.
	scaleEvery = 20 * time.Second
	// lookEvery is how often the cause is looked for, after the patience.
	lookEvery = time.Minute
	// trouble is how long the job's status may be unreadable.
	trouble = 2 * time.Minute
	// attempt is how long the job may run. AWS Batch takes at least a minute.
	attempt = 5 * time.Minute
)

// job registers a job definition, submits the job, and follows it.
func (v *Verifier) job(ctx context.Context) (Result, error) {
	out, err := v.batch.RegisterJobDefinition(ctx, v.definition())
	if err != nil {
		return Failed, named("register the job definition "+v.name, orCause(ctx, err))
	}
	v.definitionARN = aws.ToString(out.JobDefinitionArn)
	submitted, err := v.batch.SubmitJob(ctx, &batch.SubmitJobInput{
		JobName: &v.name, JobQueue: &v.Queue, JobDefinition: out.JobDefinitionArn, Tags: v.Tags,
		PropagateTags: aws.Bool(true),
	})
	if err != nil {
		return Failed, named("submit a job to "+v.Queue, orCause(ctx, err))
	}
	v.world.Job = Job{ID: aws.ToString(submitted.JobId)}
	return v.follow(ctx)
}

// orCause returns the cause of an ended context instead of the error of a call that it cut off.
func orCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// definition returns the job definition: no shell, one call, as Metaflow's client defines the jobs
// of each platform.
// https://github.com/Netflix/metaflow/blob/master/metaflow/plugins/aws/batch/batch_client.py
func (v *Verifier) definition() *batch.RegisterJobDefinitionInput {
	bucket, _ := v.bucket()
	in := &batch.RegisterJobDefinitionInput{
		JobDefinitionName: &v.name, Type: types.JobDefinitionTypeContainer, Tags: v.Tags,
		PropagateTags: aws.Bool(true),
		RetryStrategy: &types.RetryStrategy{Attempts: aws.Int32(1)},
		Timeout: &types.JobTimeout{
			AttemptDurationSeconds: aws.Int32(int32(attempt / time.Second))},
		ContainerProperties: &types.ContainerProperties{
			Image: &v.Image, JobRoleArn: &v.JobRole,
			Command: []string{"s3api", "put-object", "--bucket", bucket, "--key", v.key(),
				"--metadata", "job=" + v.name},
			Environment: []types.KeyValuePair{
				{Name: aws.String("AWS_DEFAULT_REGION"), Value: &v.region}},
			ResourceRequirements: []types.ResourceRequirement{
				{Type: types.ResourceTypeVcpu, Value: &v.world.needs.vcpus},
				{Type: types.ResourceTypeMemory, Value: &v.world.needs.memory}},
		},
	}
	if v.ExecutionRole != "" {
		in.ContainerProperties.ExecutionRoleArn = &v.ExecutionRole
	}
	if v.fargate() {
		in.PlatformCapabilities = []types.PlatformCapability{types.PlatformCapabilityFargate}
		in.ContainerProperties.NetworkConfiguration = &types.NetworkConfiguration{
			AssignPublicIp: types.AssignPublicIpEnabled}
	}
	return in
}

// follow looks at the job until it has ended, or will not run.
func (v *Verifier) follow(ctx context.Context) (Result, error) {
	started, read := time.Now(), time.Now()
	scaled, looked := started, started
	for {
		err := v.describe(ctx)
		switch {
		case ctx.Err() != nil:
			return Failed, context.Cause(ctx)
		case err == nil:
			read = time.Now()
		case time.Since(read) > trouble || code(err) == "AccessDeniedException":
			return Failed, named("read the job "+v.world.Job.ID, err)
		}
		switch job := v.world.Job; {
		case job.Status == "SUCCEEDED":
			return v.readBack(ctx)
		case job.Status == "FAILED":
			v.look(ctx)
			v.tell(Diagnose(v.world))
			return Failed, nil
		case time.Since(job.Since) >= patience && time.Since(looked) >= lookEvery:
			looked = time.Now()
			v.look(ctx)
			if v.tell(Diagnose(v.world)) {
				return Failed, nil
			}
		case job.Status == "RUNNABLE" && time.Since(scaled) >= scaleEvery:
			scaled = time.Now()
			v.showScaling(ctx)
		}
		pause := slow
		if time.Since(started) < quickly {
			pause = quick
		}
		select {
		case <-ctx.Done():
			return Failed, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// describe reads the job, and shows a new status.
func (v *Verifier) describe(ctx context.Context) error {
	out, err := v.batch.DescribeJobs(ctx, &batch.DescribeJobsInput{Jobs: []string{v.world.Job.ID}})
	if err != nil || len(out.Jobs) == 0 { // a job that was just submitted may not be there yet
		return err
	}
	found, old := out.Jobs[0], v.world.Job
	job := Job{ID: old.ID, Status: string(found.Status), Since: old.Since,
		Reason: aws.ToString(found.StatusReason)}
	if c := found.Container; c != nil {
		job.Container, job.LogStream = aws.ToString(c.Reason), aws.ToString(c.LogStreamName)
		job.Instance = aws.ToString(c.ContainerInstanceArn)
		if c.ExitCode != nil {
			job.Exit = aws.Int(int(*c.ExitCode))
		}
	}
	if job.Status != old.Status {
		job.Since = time.Now()
	}
	v.world.Job = job
	if job.Status != old.Status {
		detail := ""
		if job.Instance != "" && (job.Status == "STARTING" || job.Status == "RUNNING") {
			detail = "on " + job.Instance
		}
		v.progress(job.Status, detail)
	}
	return nil
}

// progress shows a step.
func (v *Verifier) progress(status, detail string) {
	v.observer.Progress(Progress{Status: status, Detail: detail, Job: v.world.Job.ID,
		At: time.Now()})
}

// showScaling shows the environments whose vCPUs AWS Batch has changed.
func (v *Verifier) showScaling(ctx context.Context) {
	before := v.world.Environments
	v.readEnvironments(ctx)
	for i, e := range v.world.Environments {
		if i < len(before) && before[i].Name == e.Name && before[i].Desired != e.Desired {
			v.progress("", fmt.Sprintf("%s scales from %d to %d vCPUs", e.Name, before[i].Desired,
				e.Desired))
		}
	}
}

// readBack reads the object that the job has written.
func (v *Verifier) readBack(ctx context.Context) (Result, error) {
	bucket, _ := v.bucket()
	key := v.key()
	out, err := v.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		if ctx.Err() != nil {
			return Failed, context.Cause(ctx)
		}
		v.tell([]Cause{unreadable(fmt.Sprintf("s3://%s/%s", bucket, key), err)})
		return Failed, nil
	}
	defer out.Body.Close()
	v.version = aws.ToString(out.VersionId)
	if out.Metadata["job"] != v.name {
		v.tell([]Cause{unreadable(fmt.Sprintf("s3://%s/%s", bucket, key),
			fmt.Errorf("it has the metadata %v, and not those of the job", out.Metadata))})
		return Failed, nil
	}
	v.observer.Check(Check{"data", "ok",
		fmt.Sprintf("the job has written s3://%s/%s, and it was read", bucket, key)})
	return Ran, nil
}
