package batchtest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const arns = "arn:aws:batch:us-east-1:123456789012:"

// QueueARN is the ARN of the queue, by whatever name it is asked for.
const QueueARN = arns + "job-queue/jobs"

// batch does an action of AWS Batch.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html
func (s *Server) batch(r *request) string {
	action := r.action("batch")
	do := map[string]func(*request){
		"DescribeJobQueues": s.describeQueues, "DescribeComputeEnvironments": s.describeEnvironments,
		"RegisterJobDefinition": s.register, "SubmitJob": s.submit, "DescribeJobs": s.describeJobs,
		"ListJobs": s.listJobs, "TerminateJob": s.terminate,
		"DescribeJobDefinitions": s.describeDefinitions, "DeregisterJobDefinition": s.deregister,
	}[action]
	if do == nil {
		r.refuse("batch", http.StatusNotFound, "UnknownOperationException", r.URL.Path)
		return action
	}
	do(r)
	return action
}

// clientError refuses a call as AWS Batch does.
func clientError(r *request, format string, args ...any) {
	r.refuse("batch", http.StatusBadRequest, "ClientException", fmt.Sprintf(format, args...))
}

func (s *Server) describeQueues(r *request) {
	if s.world.NoQueue {
		r.out = map[string]any{"jobQueues": []any{}}
		return
	}
	order := []any{}
	for i := range s.world.Environments {
		order = append(order, map[string]any{"order": i + 1,
			"computeEnvironment": arns + "compute-environment/" + s.environment(i)})
	}
	q := s.world.Queue
	r.out = map[string]any{"jobQueues": []any{map[string]any{
		"jobQueueName": "jobs", "jobQueueArn": QueueARN, "priority": 1,
		"state": cmp.Or(q.State, "ENABLED"), "status": cmp.Or(q.Status, "VALID"),
		"statusReason": q.Reason, "computeEnvironmentOrder": order}}}
}

// environment returns the name of an environment.
func (s *Server) environment(i int) string {
	return cmp.Or(s.world.Environments[i].Name, fmt.Sprintf("environment%d", i+1))
}

func (s *Server) describeEnvironments(r *request) {
	desired := 0
	for _, j := range s.jobs {
		desired = max(desired, s.step(j).Desired)
	}
	all := []any{}
	for i, e := range s.world.Environments {
		name := s.environment(i)
		all = append(all, map[string]any{
			"computeEnvironmentName": name, "type": "MANAGED",
			"computeEnvironmentArn": arns + "compute-environment/" + name,
			"ecsClusterArn":         "arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch-" + name,
			"state":                 cmp.Or(e.State, "ENABLED"), "status": cmp.Or(e.Status, "VALID"),
			"statusReason": e.Reason, "serviceRole": linkedRole,
			"computeResources": map[string]any{"type": cmp.Or(e.Type, "EC2"), "subnets": []string{},
				"instanceRole":     "arn:aws:iam::123456789012:instance-profile/instances",
				"launchTemplate":   map[string]any{"launchTemplateId": launchTemplate},
				"ec2Configuration": []any{map[string]any{"imageIdOverride": image}},
				"instanceTypes":    []string{"optimal"}, "maxvCpus": maximum(e.Max), "desiredvCpus": max(e.Desired, desired)},
		})
	}
	r.out = map[string]any{"computeEnvironments": all}
}

// maximum returns the vCPUs that an environment may have; -1 stands for none.
func maximum(n int) int {
	if n < 0 {
		return 0
	}
	return cmp.Or(n, 256)
}

func (s *Server) register(r *request) {
	name := fmt.Sprint(r.in["jobDefinitionName"])
	container, _ := r.in["containerProperties"].(map[string]any)
	revision := 1
	for _, d := range s.defs {
		if d.name == name {
			revision++
		}
	}
	if r.in["type"] != "container" || container["image"] == nil || container["jobRoleArn"] == nil {
		clientError(r, "Error executing request, Exception : Container properties are missing")
		return
	}
	d := &definition{fmt.Sprintf("%sjob-definition/%s:%d", arns, name, revision), name, true, container}
	s.defs = append(s.defs, d)
	r.out = map[string]any{"jobDefinitionName": name, "jobDefinitionArn": d.arn, "revision": revision}
}

func (s *Server) submit(r *request) {
	definition := fmt.Sprint(r.in["jobDefinition"])
	switch {
	case s.world.NoQueue:
		clientError(r, "Error executing request, Exception : JobQueue %v not found.", r.in["jobQueue"])
		return
	case s.world.Queue.State == "DISABLED":
		clientError(r, "Error executing request, Exception : JobQueue jobs is disabled.")
		return
	case !s.has(definition):
		clientError(r, "Error executing request, Exception : JobDefinition %s not found.", definition)
		return
	}
	j := &job{id: fmt.Sprintf("0a1b2c3d-%d", len(s.jobs)+1), name: fmt.Sprint(r.in["jobName"]),
		definition: definition, at: time.Now()}
	s.jobs = append(s.jobs, j)
	r.out = map[string]any{"jobId": j.id, "jobName": j.name}
}

// has reports whether a definition is active.
func (s *Server) has(arn string) bool {
	for _, d := range s.defs {
		if d.arn == arn && d.active {
			return true
		}
	}
	return false
}

func (s *Server) describeJobs(r *request) {
	wanted, _ := r.in["jobs"].([]any)
	found := []any{}
	for _, j := range s.jobs {
		for _, id := range wanted {
			if id != j.id {
				continue
			}
			step := s.step(j)
			container := map[string]any{"reason": step.Container, "logStreamName": "verify/default/1"}
			if step.Exit >= 0 && (step.Status == "FAILED" || step.Status == "SUCCEEDED") {
				container["exitCode"] = step.Exit
			}
			if step.Status == "RUNNING" {
				container["containerInstanceArn"] =
					"arn:aws:ecs:us-east-1:123456789012:container-instance/0a1b2c3d"
			}
			found = append(found, map[string]any{"jobId": j.id, "jobName": j.name,
				"status": step.Status, "statusReason": step.Reason, "jobQueue": QueueARN,
				"jobDefinition": j.definition, "startedAt": 1, "container": container})
		}
	}
	r.out = map[string]any{"jobs": found}
}

// listJobs lists by name, of any status, or by status: then other jobs are there too.
func (s *Server) listJobs(r *request) {
	found := []any{}
	filters, _ := r.in["filters"].([]any)
	for _, j := range s.jobs {
		status := s.step(j).Status
		if len(filters) > 0 && strings.Contains(fmt.Sprint(filters), "["+j.name+"]") ||
			len(filters) == 0 && r.in["jobStatus"] == status {
			found = append(found, map[string]any{"jobId": j.id, "jobName": j.name, "status": status})
		}
	}
	if r.in["jobStatus"] == "RUNNING" {
		for i := range s.world.Others {
			found = append(found, map[string]any{"jobId": fmt.Sprintf("other-%d", i),
				"jobName": "other", "status": "RUNNING"})
		}
	}
	r.out = map[string]any{"jobSummaryList": found}
}

func (s *Server) terminate(r *request) {
	for _, j := range s.jobs {
		if j.id == r.in["jobId"] {
			j.terminated = true
		}
	}
	r.out = map[string]any{}
}

func (s *Server) describeDefinitions(r *request) {
	found := []any{}
	for _, d := range s.defs {
		if d.active && d.name == r.in["jobDefinitionName"] {
			found = append(found, map[string]any{"jobDefinitionArn": d.arn, "jobDefinitionName": d.name,
				"revision": 1, "type": "container", "status": "ACTIVE"})
		}
	}
	r.out = map[string]any{"jobDefinitions": found}
}

func (s *Server) deregister(r *request) {
	for _, d := range s.defs {
		if d.arn == r.in["jobDefinition"] {
			d.active = false
		}
	}
	r.out = map[string]any{}
}

// s3 does an action of Amazon S3. Each object has one version.
func (s *Server) s3(r *request) string {
	action := r.action("s3")
	bucket, key := r.object()
	token, exists := s.objects[bucket+"/"+key]
	switch {
	case s.world.NoBucket:
		r.refuse("s3", http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	case action == "HeadBucket":
		r.header.Set("X-Amz-Bucket-Region", "us-east-1")
	case action == "PutObject":
		s.objects[bucket+"/"+key] = ""
		r.header.Set("X-Amz-Version-Id", "version1")
	case action == "DeleteObject":
		delete(s.objects, bucket+"/"+key)
		r.status = http.StatusNoContent
	case !exists:
		r.refuse("s3", http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	default:
		r.header.Set("X-Amz-Version-Id", "version1")
		r.header.Set("X-Amz-Meta-Job", token)
	}
	if r.Method == http.MethodHead {
		r.out = nil
	}
	return action
}

// iam answers with the trust of the job role, and with the instance profile.
func (s *Server) iam(r *request) string {
	const trust = "<AssumeRolePolicyDocument>%%7B%%22Principal%%22%%3A%%22%s%%22%%7D" +
		"</AssumeRolePolicyDocument>"
	if action := r.action("iam"); action == "GetInstanceProfile" {
		if s.world.NoProfile {
			r.refuse("iam", http.StatusNotFound, "NoSuchEntity", "Instance Profile cannot be found.")
			return action
		}
		r.out = fmt.Sprintf("<GetInstanceProfileResponse><GetInstanceProfileResult><InstanceProfile>"+
			"<Roles><member>"+trust+"</member></Roles></InstanceProfile></GetInstanceProfileResult>"+
			"</GetInstanceProfileResponse>", "ec2.amazonaws.com")
		return action
	}
	service := "ecs-tasks.amazonaws.com"
	if s.world.Untrusted {
		service = "ec2.amazonaws.com"
	}
	r.out = fmt.Sprintf("<GetRoleResponse><GetRoleResult><Role><RoleName>%s</RoleName>"+
		trust+"</Role></GetRoleResult></GetRoleResponse>", r.form.Get("RoleName"), service)
	return r.action("iam")
}

// scaling answers with the activities of the groups.
func (s *Server) scaling(r *request) string {
	text := "<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities>"
	for i, a := range s.world.Activities {
		text += fmt.Sprintf("<member><ActivityId>%d</ActivityId><AutoScalingGroupName>%s"+
			"</AutoScalingGroupName><StatusCode>%s</StatusCode><StatusMessage>%s</StatusMessage>"+
			"<Description>%s</Description><StartTime>%s</StartTime></member>", i, a.Group, a.Status,
			escape(a.Message), escape(a.Description),
			s.began.Add(-a.Ago).UTC().Format(time.RFC3339))
	}
	r.out = text + "</Activities></DescribeScalingActivitiesResult>" +
		"</DescribeScalingActivitiesResponse>"
	return r.action("autoscaling")
}

// ecs answers with the instances of a cluster.
func (s *Server) ecs(r *request) string {
	found := []string{}
	for i := range s.world.Joined {
		found = append(found, fmt.Sprintf("arn:aws:ecs:us-east-1:123456789012:container-instance/%d", i))
	}
	r.out = map[string]any{"containerInstanceArns": found}
	return r.action("ecs")
}

// logs answers with the lines of the job.
func (s *Server) logs(r *request) string {
	if s.world.Log == nil {
		r.refuse("logs", http.StatusBadRequest, "ResourceNotFoundException",
			"The specified log stream does not exist.")
		return r.action("logs")
	}
	events := []any{}
	for i, line := range s.world.Log {
		events = append(events, map[string]any{"timestamp": i, "message": line})
	}
	r.out = map[string]any{"events": events}
	return r.action("logs")
}
