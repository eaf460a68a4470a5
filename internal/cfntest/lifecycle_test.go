package cfntest_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestCreateRevealsItsEventsInTime(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.start("demo", network)
		if got := len(w.srv.Events("demo")); got != 1 {
			t.Fatalf("%d events at once, want only the stack's own", got)
		}
		time.Sleep(30 * time.Second)
		w.status("demo", "CREATE_IN_PROGRESS")
		w.settle("demo")
		w.status("demo", "CREATE_COMPLETE")
		w.expect(w.lines("demo", 0), `
			demo CREATE_IN_PROGRESS: User Initiated
			Bucket CREATE_IN_PROGRESS
			Eip CREATE_IN_PROGRESS
			Vpc CREATE_IN_PROGRESS
			Vpc CREATE_IN_PROGRESS: Resource creation Initiated
			Eip CREATE_IN_PROGRESS: Resource creation Initiated
			Bucket CREATE_IN_PROGRESS: Resource creation Initiated
			Vpc CREATE_COMPLETE
			Subnet CREATE_IN_PROGRESS
			Subnet CREATE_IN_PROGRESS: Resource creation Initiated
			Eip CREATE_COMPLETE
			Bucket CREATE_COMPLETE
			Subnet CREATE_COMPLETE
			Nat CREATE_IN_PROGRESS
			Nat CREATE_IN_PROGRESS: Resource creation Initiated
			Nat CREATE_COMPLETE
			demo CREATE_COMPLETE`)
		for _, e := range w.srv.Events("demo") {
			if e.Token != "create-demo" || e.OperationID == "" {
				t.Errorf("%s %s has token %q, operation %q", e.LogicalID, e.Status, e.Token, e.OperationID)
			}
		}
		if root := w.srv.Outputs("demo")["Root"]; !strings.HasPrefix(root, "s3://demo-bucket-") {
			t.Errorf("output Root is %q", root)
		}
	})
}

func TestFailedCreateRollsBack(t *testing.T) {
	bubble(t, cfntest.Options{Durations: map[string]time.Duration{"Bucket": 5 * time.Minute}},
		func(w *fixture) {
			w.srv.FailCreate("Nat", "Nat gateway limit exceeded")
			w.create("demo", network)
			w.status("demo", "ROLLBACK_COMPLETE")
			w.expect(w.lines("demo", 12), `
			Nat CREATE_IN_PROGRESS
			Nat CREATE_FAILED: Nat gateway limit exceeded
			Bucket CREATE_FAILED: Resource creation cancelled
			demo ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Bucket, Nat]. \
				Rollback requested by user.
			Bucket DELETE_SKIPPED
			Nat DELETE_COMPLETE
			Eip DELETE_IN_PROGRESS
			Subnet DELETE_IN_PROGRESS
			Subnet DELETE_COMPLETE
			Vpc DELETE_IN_PROGRESS
			Eip DELETE_COMPLETE
			Vpc DELETE_COMPLETE
			demo ROLLBACK_COMPLETE`)
			out, err := w.c.DescribeStacks(w.Context(),
				&cloudformation.DescribeStacksInput{StackName: aws.String("demo")})
			w.must(err)
			ops := out.Stacks[0].LastOperations
			if len(ops) != 2 || ops[0].OperationType != "ROLLBACK" ||
				ops[1].OperationType != "CREATE_STACK" {
				t.Errorf("last operations are %v", ops)
			}
			if live := w.srv.Live("demo"); live != nil {
				t.Errorf("left: %v", live)
			}
			w.refused(w.update("demo", network), "ValidationError",
				"is in ROLLBACK_COMPLETE state and can not be updated.")
		})
}

func TestUpdateReplacesAndCleansUp(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		before := w.srv.Live("demo")
		n := len(w.srv.Events("demo"))
		w.must(w.update("demo", network, "Cidr=10.1.0.0/16", "WithNat=false"))
		w.settle("demo")
		w.expect(w.lines("demo", n), `
			demo UPDATE_IN_PROGRESS: User Initiated
			Vpc UPDATE_IN_PROGRESS: \
				Requested update requires the creation of a new physical resource; \
				hence creating one.
			Vpc UPDATE_IN_PROGRESS: Resource creation Initiated
			Vpc UPDATE_COMPLETE
			Subnet UPDATE_IN_PROGRESS: \
				Requested update requires the creation of a new physical resource; \
				hence creating one.
			Subnet UPDATE_IN_PROGRESS: Resource creation Initiated
			Subnet UPDATE_COMPLETE
			demo UPDATE_COMPLETE_CLEANUP_IN_PROGRESS
			Nat DELETE_IN_PROGRESS
			Nat DELETE_COMPLETE
			Eip DELETE_IN_PROGRESS
			Subnet DELETE_IN_PROGRESS
			Subnet DELETE_COMPLETE
			Vpc DELETE_IN_PROGRESS
			Eip DELETE_COMPLETE
			Vpc DELETE_COMPLETE
			demo UPDATE_COMPLETE`)
		after := w.srv.Live("demo")
		if len(before) != 5 || len(after) != 3 || after[1].PhysicalID == before[2].PhysicalID {
			t.Errorf("before %v\nafter %v", before, after)
		}
		if _, ok := w.srv.Outputs("demo")["NatId"]; ok {
			t.Error("the output of a false condition is there")
		}
	})
}

func TestFailedUpdateGoesBack(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		before, n := w.srv.Live("demo"), len(w.srv.Events("demo"))
		w.srv.FailUpdate("Subnet", "no more subnets")
		w.must(w.update("demo", network, "Cidr=10.1.0.0/16"))
		w.settle("demo")
		w.expect(w.lines("demo", n), `
			demo UPDATE_IN_PROGRESS: User Initiated
			Vpc UPDATE_IN_PROGRESS: \
				Requested update requires the creation of a new physical resource; \
				hence creating one.
			Vpc UPDATE_IN_PROGRESS: Resource creation Initiated
			Vpc UPDATE_COMPLETE
			Subnet UPDATE_IN_PROGRESS: \
				Requested update requires the creation of a new physical resource; \
				hence creating one.
			Subnet UPDATE_FAILED: no more subnets
			demo UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to update: [Subnet].
			Subnet UPDATE_IN_PROGRESS
			Vpc UPDATE_IN_PROGRESS
			Subnet UPDATE_COMPLETE
			Vpc UPDATE_COMPLETE
			demo UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS
			Vpc DELETE_IN_PROGRESS
			Vpc DELETE_COMPLETE
			demo UPDATE_ROLLBACK_COMPLETE`)
		for i, r := range w.srv.Live("demo") {
			if r.PhysicalID != before[i].PhysicalID {
				t.Errorf("%s was %s, is %s", r.LogicalID, before[i].PhysicalID, r.PhysicalID)
			}
		}
		if got := w.srv.Parameters("demo")["Cidr"]; got != "10.0.0.0/16" {
			t.Errorf("Cidr is %s", got)
		}
		w.srv.Heal("Subnet")
		w.must(w.update("demo", network, "Cidr=10.2.0.0/16"))
		w.settle("demo")
		w.status("demo", "UPDATE_COMPLETE")
	})
}

func TestDeleteKeepsWhatIsRetained(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		bucket := strings.TrimSuffix(strings.TrimPrefix(w.srv.Outputs("demo")["Root"], "s3://"), "/flows")
		arn := w.srv.StackID("demo")
		n := len(w.srv.Events("demo"))
		w.delete("demo")
		w.expect(w.lines(arn, n), `
			demo DELETE_IN_PROGRESS: User Initiated
			Bucket DELETE_SKIPPED
			Nat DELETE_IN_PROGRESS
			Nat DELETE_COMPLETE
			Eip DELETE_IN_PROGRESS
			Subnet DELETE_IN_PROGRESS
			Subnet DELETE_COMPLETE
			Vpc DELETE_IN_PROGRESS
			Eip DELETE_COMPLETE
			Vpc DELETE_COMPLETE
			demo DELETE_COMPLETE`)
		if kept := w.srv.Retained(); len(kept) != 1 || kept[0].PhysicalID != bucket {
			t.Errorf("retained %v, want %s", kept, bucket)
		}
		_, err := w.c.DescribeStacks(w.Context(),
			&cloudformation.DescribeStacksInput{StackName: aws.String("demo")})
		w.refused(err, "ValidationError", "Stack with id demo does not exist")
		out, err := w.c.DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{StackName: &arn})
		w.must(err)
		if out.Stacks[0].StackStatus != "DELETE_COMPLETE" || out.Stacks[0].DeletionTime == nil {
			t.Errorf("by ARN: %+v", out.Stacks[0])
		}
		w.create("demo", network) // the name is free again
		if w.srv.StackID("demo") == arn {
			t.Error("a new stack has the old ARN")
		}
	})
}

func TestRunsAreDeterministic(t *testing.T) {
	var runs [2]map[string]string
	for i := range runs {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.create("demo", network)
			runs[i] = w.srv.Outputs("demo")
		})
	}
	if !maps.Equal(runs[0], runs[1]) {
		t.Errorf("outputs differ: %v", runs)
	}
}
