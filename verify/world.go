package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/batch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	smithy "github.com/aws/smithy-go"
)

// World is what is known when the cause is looked for.
type World struct {
	Queue        Queue
	Environments []Environment
	Job          Job
	Activities   []Activity // of the environments' Auto Scaling groups, newest first
	Joined       map[string]int
	Ahead        int      // jobs on the queue that run or wait, without this one
	Log          []string // last lines of the job
	Unread       []string // calls that were not answered, with the reason
	Now          time.Time

	needs needs
}

// needs is what the job asks for.
type needs struct{ vcpus, memory string }

// Queue is the job queue.
type Queue struct {
	Name, ARN             string // ARN is "" for a queue that does not exist
	State, Status, Reason string
	Environments          []string
}

// Environment is a compute environment of the queue.
type Environment struct {
	Name, State, Status, Reason string
	Type                        string // EC2, SPOT, FARGATE, FARGATE_SPOT
	Types                       []string
	Max, Desired                int    // vCPUs
	Cluster                     string // of Amazon ECS
	Profile                     string // name or ARN of the instance profile, "" on Fargate
	Template                    string // ID or name of the launch template, "" for none
	Images                      []string
	ServiceRole                 string
}

// Job is the job as AWS Batch describes it.
type Job struct {
	ID, Status string
	Reason     string    // of the job
	Container  string    // reason of the container
	Since      time.Time // when the status began, as far as was seen
	Exit       *int
	LogStream  string
	Instance   string // container instance
}

// Activity is an activity of an Auto Scaling group.
type Activity struct {
	Group, Status, Text string
	Instance            string // that was launched, "" for none
	At                  time.Time
}

// unread notes a call that was not answered, and reports whether there was an error.
func (v *Verifier) unread(call string, err error) bool {
	if err == nil {
		return false
	}
	text := why(call, err)
	if !slices.Contains(v.world.Unread, text) {
		v.world.Unread = append(v.world.Unread, text)
	}
	return true
}

// why returns in a few words why a call was not answered.
func why(call string, err error) string {
	switch c := code(err); {
	case denied(err):
		return "these credentials may not call " + call
	case c != "":
		return call + " answers " + c
	}
	return call + " did not answer"
}

// denied reports whether a call was refused for lack of permission.
func denied(err error) bool {
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "Forbidden",
		"UnauthorizedOperation"}, code(err))
}

// code returns the code of an error of an API.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// look reads what may say why the job does not run.
func (v *Verifier) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	v.world.Unread = nil
	v.unread("batch:DescribeJobQueues", v.readQueue(ctx))
	v.readEnvironments(ctx)
	switch v.world.Job.Status {
	case "FAILED":
		v.readLog(ctx)
	case "RUNNABLE":
		v.readActivities(ctx)
		v.readClusters(ctx)
		v.readAhead(ctx)
	}
	v.world.Now = time.Now()
	for _, call := range v.world.Unread {
		if !v.told[call] {
			v.told[call] = true
			v.observer.Check(Check{"cause", "unknown", call})
		}
	}
}

// launched finds the instance in the description of an activity.
var launched = regexp.MustCompile(`^Launching a new EC2 instance: (i-[0-9a-f]+)`)

// readActivities reads the newest activities of the Auto Scaling groups that AWS Batch has made
// for the environments. Their names begin with that of the environment.
func (v *Verifier) readActivities(ctx context.Context) {
	out, err := v.scaling.DescribeScalingActivities(ctx,
		&autoscaling.DescribeScalingActivitiesInput{MaxRecords: aws.Int32(100)})
	if v.unread("autoscaling:DescribeScalingActivities", err) {
		return
	}
	v.world.Activities = nil
	for _, a := range out.Activities {
		group := aws.ToString(a.AutoScalingGroupName)
		if !slices.ContainsFunc(v.world.Environments, func(e Environment) bool {
			return strings.HasPrefix(group, e.Name)
		}) {
			continue
		}
		one := Activity{Group: group, Status: string(a.StatusCode), At: aws.ToTime(a.StartTime),
			Text: cmp.Or(aws.ToString(a.StatusMessage), aws.ToString(a.Description))}
		if found := launched.FindStringSubmatch(aws.ToString(a.Description)); found != nil {
			one.Instance = found[1]
		}
		v.world.Activities = append(v.world.Activities, one)
	}
}

// readClusters counts the instances that have joined the environments' clusters.
func (v *Verifier) readClusters(ctx context.Context) {
	v.world.Joined = map[string]int{}
	for _, e := range v.world.Environments {
		if e.Cluster == "" || strings.HasPrefix(e.Type, "FARGATE") {
			continue
		}
		out, err := v.ecs.ListContainerInstances(ctx,
			&ecs.ListContainerInstancesInput{Cluster: &e.Cluster})
		if !v.unread("ecs:ListContainerInstances", err) {
			v.world.Joined[e.Name] = len(out.ContainerInstanceArns)
		}
	}
}

// readAhead counts the other jobs of the queue that run or wait to.
func (v *Verifier) readAhead(ctx context.Context) {
	v.world.Ahead = 0
	for _, status := range []types.JobStatus{types.JobStatusRunning, types.JobStatusRunnable} {
		out, err := v.batch.ListJobs(ctx, &batch.ListJobsInput{JobQueue: &v.Queue, JobStatus: status})
		if v.unread("batch:ListJobs", err) {
			return
		}
		for _, job := range out.JobSummaryList {
			if aws.ToString(job.JobId) != v.world.Job.ID {
				v.world.Ahead++
			}
		}
	}
}

// logGroup is the log group that AWS Batch uses by default.
// https://docs.aws.amazon.com/batch/latest/userguide/using_cloudwatch_logs.html
const logGroup = "/aws/batch/job"

// logLines is how many lines of a job's log are shown.
const logLines = 10

// readLog reads the last lines that the job has printed.
func (v *Verifier) readLog(ctx context.Context) {
	v.world.Log = nil
	if v.world.Job.LogStream == "" {
		return
	}
	out, err := v.logs.GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: aws.String(logGroup), LogStreamName: &v.world.Job.LogStream,
		Limit: aws.Int32(logLines), StartFromHead: aws.Bool(false),
	})
	if code(err) == "ResourceNotFoundException" { // nothing was printed
		return
	}
	if v.unread("logs:GetLogEvents", err) {
		return
	}
	for _, e := range out.Events {
		v.world.Log = append(v.world.Log, aws.ToString(e.Message))
	}
}

// String returns the vCPUs and the memory in words.
func (n needs) String() string { return fmt.Sprintf("%s vCPUs and %s MiB", n.vcpus, n.memory) }
