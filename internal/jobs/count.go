// Package jobs counts the jobs of a job queue of AWS Batch, and drains the queue.
package jobs

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/batch/types"
)

// maxPages bounds the pages that are read for each status. AWS Batch puts up to 1,000 jobs
// on a page.
const maxPages = 10

// unfinished are the statuses of jobs that have not ended, in their order. The jobs of some
// wait, and those of the others have a place to run.
var unfinished = []struct {
	status types.JobStatus
	waits  bool
}{
	{types.JobStatusSubmitted, true},
	{types.JobStatusPending, true},
	{types.JobStatusRunnable, true},
	{types.JobStatusStarting, false},
	{types.JobStatusRunning, false},
}

// Count is how many jobs of a queue have not ended.
type Count struct {
	Queue    string         `json:"queue"`              // ARN or name of the queue, "" if it is not known.
	Running  int            `json:"running"`            // Number of jobs that run or start.
	Waiting  int            `json:"waiting"`            // Number of jobs that wait.
	ByStatus map[string]int `json:"byStatus,omitempty"` // Number of jobs by their status in AWS Batch.
	AtLeast  bool           `json:"atLeast,omitempty"`  // True if there are more jobs than were counted.
	Unknown  string         `json:"unknown,omitempty"`  // Reason why the numbers are not known.
}

// Client reads the queues of an account.
type Client struct{ api *batch.Client }

// New returns a client of the account and region of the configuration.
func New(config aws.Config) *Client { return &Client{batch.NewFromConfig(config)} }

// Count counts the jobs of a queue that have not ended. An array job counts once.
func (c *Client) Count(ctx context.Context, queue string) (Count, error) {
	return c.count(ctx, queue, func(types.JobSummary) {})
}

// count is Count, and gives each job to see.
func (c *Client) count(
	ctx context.Context, queue string, see func(types.JobSummary),
) (Count, error) {
	count := Count{Queue: queue, ByStatus: map[string]int{}}
	for _, u := range unfinished {
		pages := batch.NewListJobsPaginator(c.api, &batch.ListJobsInput{
			JobQueue: &queue, JobStatus: u.status,
		}, func(o *batch.ListJobsPaginatorOptions) { o.StopOnDuplicateToken = true })
		for n := 0; pages.HasMorePages(); n++ {
			if n == maxPages {
				count.AtLeast = true
				break
			}
			page, err := pages.NextPage(ctx)
			if err != nil {
				return Count{Queue: queue}, fmt.Errorf("list the jobs of %s: %w", queue, err)
			}
			count.add(page.JobSummaryList, u.waits)
			for _, job := range page.JobSummaryList {
				see(job)
			}
		}
	}
	return count, nil
}

// add adds jobs of one status. While the children of an array job run, AWS Batch shows the
// array job as PENDING: it counts as running.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
func (c *Count) add(found []types.JobSummary, waits bool) {
	for _, job := range found {
		c.ByStatus[string(job.Status)]++
		array := job.Status == types.JobStatusPending && job.ArrayProperties != nil
		if waits && !array {
			c.Waiting++
		} else {
			c.Running++
		}
	}
}

// Any reports whether there are jobs.
func (c Count) Any() bool { return c.Running+c.Waiting > 0 }

// String returns the count as a sentence without a full stop.
func (c Count) String() string {
	on := " on the queue " + c.Queue
	if c.Queue == "" {
		on = " on the queues of the stack"
	}
	switch {
	case c.Unknown != "":
		return "it is not known which jobs are" + on + ": " + c.Unknown
	case !c.Any():
		return "no jobs are" + on
	}
	text := ""
	if c.AtLeast {
		text = "at least "
	}
	switch {
	case c.Waiting == 0:
		return text + number(c.Running, "job is running", "jobs are running") + on
	case c.Running == 0:
		return text + number(c.Waiting, "job waits", "jobs wait") + on
	}
	return text + number(c.Running, "job is running", "jobs are running") + " and " +
		number(c.Waiting, "waits", "wait") + on
}

// number returns a number with the words for one or for several.
func number(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
