package deploy

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// changed lets somebody change the queue and delete the bucket; the role cannot be compared.
func (a *account) changed() {
	a.Seed(cfntest.Stack{Name: "flow", Template: template})
	a.Drift("Queue", cfntest.Drift{Status: "MODIFIED", Differences: []cfntest.Difference{
		{Path: "/Priority", Kind: "NOT_EQUAL", Expected: "1", Actual: "9"},
		{Path: "/Tags/Owner", Kind: "ADD", Actual: "ml"},
	}})
	a.Drift("Bucket", cfntest.Drift{Status: "DELETED"})
	a.Drift("Role", cfntest.Drift{Status: "NOT_CHECKED"})
}

func TestDrift(t *testing.T) {
	inAccount(t, "nothing has changed", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		d, err := a.client.Drift(a.Context(), a.stack("flow"))
		expect(a.T, "error", err, nil)
		expect(a.T, "drift", d, Drift{Compared: 3})
	})
	// One resource a page, and another detection that must end first.
	inAccount(t, "changes", cfntest.Options{PageSize: 1}, func(a *account) {
		a.changed()
		stack := a.stack("flow")
		if _, err := a.client.detect(a.Context(), stack); err != nil {
			a.Fatal(err)
		}
		d, err := a.client.Drift(a.Context(), stack)
		expect(a.T, "error", err, nil)
		expect(a.T, "compared", d.Compared, 2)
		expect(a.T, "unchecked", d.Unchecked, []string{"Role"})
		expect(a.T, "drifted", len(d.Resources), 2)
		bucket, queue := d.Resources[0], d.Resources[1]
		expect(a.T, "bucket", bucket.LogicalID, "Bucket")
		expect(a.T, "deleted", bucket.Deleted, true)
		expect(a.T, "queue", queue.LogicalID, "Queue")
		expect(a.T, "differences", queue.Differences, []Difference{
			{Path: "Priority", Kind: "NOT_EQUAL", Expected: "1", Actual: "9"},
			{Path: "Tags.Owner", Kind: "ADD", Actual: "ml"},
		})
	})
	inAccount(t, "not everything can be read", cfntest.Options{}, func(a *account) {
		a.changed()
		a.FailDetection("no permission")
		d, err := a.client.Drift(a.Context(), a.stack("flow"))
		expect(a.T, "error", err, nil)
		expect(a.T, "incomplete", d.Incomplete, "no permission")
		expect(a.T, "drifted", len(d.Resources), 2)
	})
}

// TestDriftCalls bounds the calls of a detection of half an hour's length and less, and bears
// calls that fail.
func TestDriftCalls(t *testing.T) {
	inAccount(t, "a slow detection", cfntest.Options{Scale: 30}, func(a *account) { // 10 minutes
		a.changed()
		begun := time.Now()
		_, err := a.client.Drift(a.Context(), a.stack("flow"))
		expect(a.T, "error", err, nil)
		calls, limit := a.calls("DescribeStackDriftDetectionStatus"), int(time.Since(begun).Minutes()*15)
		expect(a.T, "few calls", calls <= limit, true)
	})
	inAccount(t, "one that does not end", cfntest.Options{Scale: 300}, func(a *account) {
		a.changed()
		_, err := a.client.Drift(a.Context(), a.stack("flow"))
		expect(a.T, "error", err.Error(), "stack flow: CloudFormation did not finish the drift "+
			"detection within 15m0s")
	})
	inAccount(t, "Ctrl-C", cfntest.Options{}, func(a *account) {
		a.changed()
		_, err := a.client.Drift(a.interrupted(5*time.Second), a.stack("flow"))
		expect(a.T, "error", errors.Is(err, context.DeadlineExceeded), true)
	})
	for _, call := range []string{
		"DetectStackDrift", "DescribeStackDriftDetectionStatus", "DescribeStackResourceDrifts",
	} {
		for _, fault := range []cfntest.Fault{cfntest.Throttle, cfntest.ResetAfter, cfntest.Malformed} {
			inAccount(t, call+" "+string(fault), cfntest.Options{}, func(a *account) {
				a.changed()
				a.Fault(call, fault, cfntest.Times(2))
				d, err := a.client.Drift(a.Context(), a.stack("flow"))
				expect(a.T, "error", err, nil)
				expect(a.T, "drifted", len(d.Resources), 2)
			})
		}
		inAccount(t, call+" denied", cfntest.Options{}, func(a *account) {
			a.changed()
			a.Fault(call, cfntest.AccessDenied)
			_, err := a.client.Drift(a.Context(), a.stack("flow"))
			expect(a.T, "denied", Denied(err), true)
		})
	}
}

// TestDriftRefused asks for no detection where there is nothing to compare.
func TestDriftRefused(t *testing.T) {
	for _, status := range []string{"", "REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE",
		"CREATE_FAILED", "UPDATE_FAILED", "UPDATE_IN_PROGRESS", "DELETE_FAILED", "DELETE_IN_PROGRESS"} {
		inAccount(t, "in "+status, cfntest.Options{}, func(a *account) {
			if status != "" {
				a.Seed(cfntest.Stack{Name: "flow", Template: template, Status: status})
			}
			_, err := a.client.Drift(a.Context(), a.stack("flow"))
			want := "refused"
			if status == "" {
				want = "unknown"
			}
			expect(a.T, "result", result(err), want)
			expect(a.T, "calls", a.calls("DetectStackDrift"), 0)
		})
	}
}
