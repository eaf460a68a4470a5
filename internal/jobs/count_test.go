package jobs

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/beside"
)

const queue = "arn:aws:batch:us-east-1:123456789012:job-queue/jobs"

// client returns a client of a server.
func client(t *testing.T, b *beside.Batch) *Client {
	t.Helper()
	mux := http.NewServeMux()
	b.Serve(func(pattern string, f http.HandlerFunc) { mux.HandleFunc(pattern, f) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return New(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

func TestCount(t *testing.T) {
	t.Parallel()
	on := " on the queue " + queue
	for name, test := range map[string]struct {
		page int
		jobs map[beside.Job]int
		want Count
		text string
	}{
		"none": {text: "no jobs are" + on},
		"ended": {jobs: map[beside.Job]int{{Status: "SUCCEEDED"}: 2, {Status: "FAILED"}: 1},
			text: "no jobs are" + on},
		"one runs": {jobs: map[beside.Job]int{{Status: "RUNNING"}: 1},
			want: Count{Running: 1, ByStatus: map[string]int{"RUNNING": 1}}, text: "1 job is running" + on},
		"one waits": {jobs: map[beside.Job]int{{Status: "RUNNABLE"}: 1},
			want: Count{Waiting: 1, ByStatus: map[string]int{"RUNNABLE": 1}}, text: "1 job waits" + on},
		"each status, in pages": {page: 2,
			jobs: map[beside.Job]int{{Status: "SUBMITTED"}: 5, {Status: "PENDING"}: 1, {Status: "RUNNABLE"}: 1,
				{Status: "STARTING"}: 1, {Status: "RUNNING"}: 3},
			want: Count{Running: 4, Waiting: 7, ByStatus: map[string]int{"SUBMITTED": 5, "PENDING": 1,
				"RUNNABLE": 1, "STARTING": 1, "RUNNING": 3}},
			text: "4 jobs are running and 7 wait" + on},
		// An array job is PENDING while its children run (API_ListJobs).
		"an array runs": {jobs: map[beside.Job]int{{Status: "PENDING", Array: 9}: 1, {Status: "RUNNABLE"}: 1},
			want: Count{Running: 1, Waiting: 1, ByStatus: map[string]int{"PENDING": 1, "RUNNABLE": 1}},
			text: "1 job is running and 1 waits" + on},
		"more than the bound": {page: 1, jobs: map[beside.Job]int{{Status: "RUNNING"}: maxPages + 1},
			want: Count{Running: maxPages, AtLeast: true, ByStatus: map[string]int{"RUNNING": maxPages}},
			text: "at least 10 jobs are running" + on},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &beside.Batch{PageSize: test.page}
			for job, number := range test.jobs {
				b.Put(number, job)
			}
			got, err := client(t, b).Count(t.Context(), queue)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Queue = queue
			if test.want.ByStatus == nil {
				test.want.ByStatus = map[string]int{}
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
			if got.String() != test.text {
				t.Errorf("got  %s\nwant %s", got, test.text)
			}
		})
	}
}

func TestCountIsNotKnown(t *testing.T) {
	t.Parallel()
	b := &beside.Batch{}
	b.Deny("ListJobs")
	got, err := client(t, b).Count(t.Context(), queue)
	if err == nil || !strings.Contains(err.Error(), "AccessDeniedException") {
		t.Errorf("%v", err)
	}
	got.Unknown = "no permission"
	if want := "it is not known which jobs are on the queue " + queue + ": no permission"; got.String() != want {
		t.Errorf("got %s", got)
	}
}
