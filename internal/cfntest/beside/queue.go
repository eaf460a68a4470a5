package beside

import (
	"cmp"
	"fmt"
	"slices"
)

// describeQueues returns the queues that are named and exist.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobQueues.html
func (b *Batch) describeQueues(in map[string]any) (any, error) {
	found := []any{}
	names, _ := in["jobQueues"].([]any)
	for _, name := range names {
		name := fmt.Sprint(name)
		if !slices.Contains(b.gone, name) {
			found = append(found, map[string]any{"jobQueueArn": name, "jobQueueName": name,
				"priority": 1, "status": "VALID", "state": cmp.Or(b.states[name], "ENABLED")})
		}
	}
	return map[string]any{"jobQueues": found}, nil
}

// describeEnvironments returns the compute environments that are named. All of them exist.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeComputeEnvironments.html
func (b *Batch) describeEnvironments(in map[string]any) (any, error) {
	found := []any{}
	names, _ := in["computeEnvironments"].([]any)
	for _, name := range names {
		e := map[string]any{"computeEnvironmentArn": name, "computeEnvironmentName": name,
			"status": "VALID", "state": "ENABLED", "type": "MANAGED"}
		if b.invalid != "" {
			e["status"], e["statusReason"] = "INVALID", b.invalid
		}
		found = append(found, e)
	}
	return map[string]any{"computeEnvironments": found}, nil
}

// updateQueue sets the state of a queue.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html
func (b *Batch) updateQueue(in map[string]any) (any, error) {
	name, state := fmt.Sprint(in["jobQueue"]), fmt.Sprint(in["state"])
	switch {
	case slices.Contains(b.gone, name):
		return nil, fmt.Errorf("the job queue %s does not exist", name)
	case state != "ENABLED" && state != "DISABLED":
		return nil, fmt.Errorf("%s is not a state", state)
	}
	if b.states == nil {
		b.states = map[string]string{}
	}
	b.states[name] = state
	return map[string]any{"jobQueueArn": name, "jobQueueName": name}, nil
}

// terminate lets a job fail.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_TerminateJob.html
func (b *Batch) terminate(in map[string]any) (any, error) {
	if fmt.Sprint(in["reason"]) == "" {
		return nil, fmt.Errorf("reason is missing")
	}
	for i := range b.jobs {
		if b.jobs[i].ID == in["jobId"] {
			b.jobs[i].Status = "FAILED"
			return map[string]any{}, nil
		}
	}
	return nil, fmt.Errorf("the job %v does not exist", in["jobId"])
}

// Invalidate gives every compute environment the status INVALID, with a reason.
func (b *Batch) Invalidate(reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.invalid = reason
}

// State returns the state of a queue.
func (b *Batch) State(queue string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return cmp.Or(b.states[queue], "ENABLED")
}

// Remove deletes a queue.
func (b *Batch) Remove(queue string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = append(b.gone, queue)
}
