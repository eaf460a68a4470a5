package cfntest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestPagesStayOrShift(t *testing.T) {
	for _, shift := range []bool{false, true} {
		bubble(t, cfntest.Options{PageSize: 5, ShiftPages: shift}, func(w *fixture) {
			w.start("demo", network)
			time.Sleep(40 * time.Second)
			before := len(w.srv.Events("demo"))
			all := w.paged("demo", func(page int) {
				if page == 1 {
					w.srv.Emit("demo", cfntest.Event{At: time.Now(), LogicalID: "Vpc",
						Status: "UPDATE_IN_PROGRESS"}, cfntest.Event{At: time.Now(), LogicalID: "Vpc",
						Status: "UPDATE_COMPLETE"})
				}
			})
			seen := map[string]int{}
			for i, e := range all {
				seen[aws.ToString(e.EventId)]++
				if !shift && i > 0 && e.Timestamp.After(*all[i-1].Timestamp) {
					t.Error("not newest first")
				}
			}
			if len(seen) != before {
				t.Errorf("shift %v: %d events, want %d", shift, len(seen), before)
			}
			if repeats := len(all) - len(seen); shift != (repeats == 2) {
				t.Errorf("shift %v: %d repeats", shift, repeats)
			}
		})
	}
}

func TestLateEvents(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.LateEvents(10*time.Second, "Vpc")
		w.start("demo", network)
		time.Sleep(11 * time.Second)
		if got := len(w.paged("demo", nil)); got != 5 { // the stack's, and two each of Eip and Bucket
			t.Errorf("%d events", got)
		}
		time.Sleep(8 * time.Second)
		all := w.paged("demo", nil)
		if got := aws.ToString(all[0].LogicalResourceId); got == "Vpc" {
			t.Error("the late events are the newest, want them below newer ones")
		}
		if len(w.srv.Events("demo")) <= len(all) {
			t.Error("the truth is late too")
		}
		w.settle("demo")
		time.Sleep(10 * time.Second)
		if got, want := len(w.paged("demo", nil)), len(w.srv.Events("demo")); got != want {
			t.Errorf("%d events in the end, want %d", got, want)
		}
	})
}

func TestOldEndpoints(t *testing.T) {
	bubble(t, cfntest.Options{NoTokens: true, NoOperationIDs: true}, func(w *fixture) {
		w.create("demo", network)
		for _, e := range w.paged("demo", nil) {
			if e.ClientRequestToken != nil || e.OperationId != nil {
				t.Fatalf("%+v", e)
			}
		}
	})
	bubble(t, cfntest.Options{NoRollbackToken: true}, func(w *fixture) {
		w.srv.FailCreate("Vpc", "no")
		w.create("demo", network)
		all := w.paged("demo", nil)
		if first, last := all[len(all)-1], all[0]; aws.ToString(first.ClientRequestToken) == "" ||
			last.ClientRequestToken != nil || *first.OperationId == *last.OperationId {
			t.Errorf("first %+v\nlast %+v", first, last)
		}
	})
}

func TestDescribeEventsFindsTheCause(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.FailCreate("Nat", "quota")
		w.start("demo", network)
		running, err := w.c.DescribeEvents(w.Context(),
			&cloudformation.DescribeEventsInput{StackName: aws.String("demo")})
		w.must(err)
		if got := running.OperationEvents; len(got) != 1 ||
			got[0].OperationType != types.OperationTypeCreateStack {
			t.Errorf("before the rollback: %+v", got)
		}
		w.settle("demo")
		failed := func(in *cloudformation.DescribeEventsInput) []string {
			var list []string
			out, err := w.c.DescribeEvents(w.Context(), in)
			w.must(err)
			for _, e := range out.OperationEvents {
				list = append(list, fmt.Sprint(e.EventType, " ", aws.ToString(e.LogicalResourceId), " ",
					aws.ToString(e.ResourceStatusReason)))
			}
			return list
		}
		in := &cloudformation.DescribeEventsInput{StackName: aws.String("demo")}
		in.Filters = &types.EventFilter{FailedEvents: aws.Bool(true)}
		if got := failed(in); got != nil { // the newest operation is the rollback, which succeeded
			t.Errorf("got %v", got)
		}
		out, err := w.c.DescribeStacks(w.Context(),
			&cloudformation.DescribeStacksInput{StackName: aws.String("demo")})
		w.must(err)
		in.StackName, in.OperationId = nil, out.Stacks[0].LastOperations[1].OperationId
		w.expect(failed(in), "PROVISIONING_ERROR Nat quota")
	})
}

func TestManyEvents(t *testing.T) {
	t.Parallel()
	bubble(t, cfntest.Options{}, func(w *fixture) {
		at := time.Now().Add(-time.Hour)
		var history []cfntest.Event
		for i := range 2000 {
			history = append(history, cfntest.Event{At: at.Add(time.Duration(i/2) * time.Second),
				LogicalID: fmt.Sprint("R", i%100), PhysicalID: fmt.Sprint("r-", i%100), Type: "AWS::EC2::VPC",
				Status: []string{"UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"}[i/100%2], ID: fmt.Sprint("event-",
					i)})
		}
		w.srv.Seed(cfntest.Stack{Name: "demo", Status: "UPDATE_COMPLETE", Events: history})
		pages := 0
		all := w.paged("demo", func(int) { pages++ })
		if len(all) != 2000 || pages != 20 || aws.ToString(all[0].EventId) != "event-1999" {
			t.Errorf("%d events on %d pages, the newest is %s", len(all), pages,
				aws.ToString(all[0].EventId))
		}
	})
}
