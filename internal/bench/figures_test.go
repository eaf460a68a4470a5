package main

import (
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestObserve compares a client that shows one event twice, another never and the others late with
// a server that had four events.
func TestObserve(t *testing.T) {
	server := cfntest.New(cfntest.Options{})
	start := time.Now().Add(-time.Minute).Truncate(time.Millisecond) // as the server keeps time
	server.Seed(cfntest.Stack{Name: stackName, Events: []cfntest.Event{
		{ID: "review", At: start, Status: "REVIEW_IN_PROGRESS"},
		{ID: "begins", At: start, Status: "CREATE_IN_PROGRESS"},
		{ID: "made", At: start.Add(time.Second), LogicalID: "A", Type: "AWS::EC2::VPC",
			Status: "CREATE_COMPLETE"},
		{ID: "lost", At: start.Add(2 * time.Second), LogicalID: "B", Type: "AWS::EC2::VPC",
			Status: "CREATE_COMPLETE"},
		{ID: "ends", At: start.Add(10 * time.Second), Status: "CREATE_COMPLETE"},
	}})
	f := figures{}
	f.follow(operationEvents(server), []sighting{
		{"begins", start.Add(time.Second)}, {"made", start.Add(2 * time.Second)}, {"made",
			start.Add(9 * time.Second)}, {"ends", start.Add(13 * time.Second)},
	})
	want := figures{Lasted: 10 * time.Second, Shown: 3, Lost: 1, Twice: 1, Median: time.Second,
		P95: 3 * time.Second, Largest: 3 * time.Second}
	if f != want {
		t.Errorf("got  %+v\nwant %+v", f, want)
	}
}

func TestCount(t *testing.T) {
	start := time.Now()
	call := func(second int, action, token string) cfntest.Call {
		return cfntest.Call{At: start.Add(time.Duration(second) * time.Second), Action: action,
			Params: map[string]string{"NextToken": token}}
	}
	const events = "DescribeStackEvents"
	f := figures{}
	f.count([]cfntest.Call{
		call(0, "ExecuteChangeSet", ""), call(1, events, ""), call(2, events, "a"), call(3, events,
			"b"), call(10, events, ""), call(11, "DescribeStacks", ""),
	}, start.Add(30*time.Second))
	if want := (figures{PerMinute: 12, Silence: 7 * time.Second, Pages: 3}); f != want {
		t.Errorf("got  %+v\nwant %+v", f, want)
	}
}
