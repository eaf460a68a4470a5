// Package beside has what is beside the server of package cfntest in an account: the jobs
// of AWS Batch and the buckets of Amazon S3, in the REST protocols that the SDK speaks.
package beside

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Job is a job of a queue.
type Job struct {
	ID     string
	Status string // SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED or FAILED
	Array  int    // children, 0 for a job that is not an array

	For time.Duration // from its first listing until it has SUCCEEDED, 0 for ever
	end time.Time
}

// Call is a call to AWS Batch or Amazon S3.
type Call struct {
	Action string // such as ListJobs
	Input  map[string]any
}

// Batch is the jobs of an account. Every queue has the same ones. The zero value has none.
type Batch struct {
	PageSize int // of ListJobs; default 1000

	mu      sync.Mutex
	jobs    []Job
	calls   []Call
	denied  []string
	failing map[string]int    // calls of an action that are answered with 500
	states  map[string]string // of queues that were updated
	gone    []string          // queues
	invalid string            // why the compute environments are INVALID, "" for those that are VALID
}

// Serve answers the calls that handle passes on, which is the method of an Endpoint.
func (b *Batch) Serve(handle func(pattern string, f http.HandlerFunc)) {
	for action, do := range map[string]func(map[string]any) (any, error){
		"DescribeComputeEnvironments": b.describeEnvironments,
		"DescribeJobQueues":           b.describeQueues,
		"ListJobs":                    b.listJobs,
		"TerminateJob":                b.terminate,
		"UpdateJobQueue":              b.updateQueue,
	} {
		handle("POST /v1/"+strings.ToLower(action), b.answer(action, do))
	}
}

// answer returns the handler of an action.
func (b *Batch) answer(
	action string, do func(map[string]any) (any, error),
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		call := Call{Action: action, Input: map[string]any{}}
		err := json.NewDecoder(r.Body).Decode(&call.Input)
		b.calls = append(b.calls, call)
		var out any
		switch {
		case err != nil:
		case b.failing[action] > 0:
			b.failing[action]--
			refuse(w, http.StatusInternalServerError, "ServerException", "try again")
			return
		case slices.Contains(b.denied, action):
			refuse(w, http.StatusForbidden, "AccessDeniedException",
				"User: arn:aws:iam::123456789012:user/test is not authorized to perform: batch:"+action)
			return
		default:
			out, err = do(call.Input)
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, "ClientException", err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // the client has gone
	}
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message}) // the client has gone
}

// listJobs returns a page of the jobs of a status, which is RUNNING by default.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
func (b *Batch) listJobs(in map[string]any) (any, error) {
	if in["jobQueue"] == nil {
		return nil, fmt.Errorf("jobQueue is missing")
	}
	status := "RUNNING"
	if given, is := in["jobStatus"].(string); is {
		status = given
	}
	from, size := 0, cmp.Or(b.PageSize, 1000)
	if token, is := in["nextToken"].(string); is {
		var err error
		if from, err = strconv.Atoi(token); err != nil {
			return nil, fmt.Errorf("the token %s is not valid", token)
		}
	}
	var found []map[string]any
	for i, job := range b.jobs {
		if job.status() != status {
			continue
		}
		if job.For > 0 && job.end.IsZero() {
			b.jobs[i].end = time.Now().Add(job.For)
		}
		summary := map[string]any{"jobId": job.ID, "jobName": "job", "status": job.Status}
		if job.Array > 0 {
			summary["arrayProperties"] = map[string]any{"size": job.Array}
		}
		found = append(found, summary)
	}
	out := map[string]any{"jobSummaryList": []any{}}
	if from < len(found) {
		out["jobSummaryList"] = found[from:min(from+size, len(found))]
	}
	if from+size < len(found) {
		out["nextToken"] = strconv.Itoa(from + size)
	}
	return out, nil
}

// Put puts a number of jobs of a status onto the queues.
func (b *Batch) Put(number int, like Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range number {
		like.ID = fmt.Sprintf("0a1b2c3d-%04d", len(b.jobs)+1)
		b.jobs = append(b.jobs, like)
	}
}

// Finish lets all jobs have SUCCEEDED.
func (b *Batch) Finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.jobs {
		b.jobs[i].end = time.Now()
	}
}

// Deny refuses an action from now on.
func (b *Batch) Deny(action string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.denied = append(b.denied, action)
}

// Fail answers the next calls of an action with an error of the server.
func (b *Batch) Fail(action string, times int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing = map[string]int{action: times}
}

// Calls returns the calls so far.
func (b *Batch) Calls() []Call {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}

// status returns the status of a job now.
func (j Job) status() string {
	if !j.end.IsZero() && time.Now().After(j.end) && j.Status != "FAILED" {
		return "SUCCEEDED"
	}
	return j.Status
}
