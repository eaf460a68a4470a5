package cfntest_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// randomStack is a template whose resources refer to earlier ones; Setting changes some in place
// and replaces others.
type randomStack struct {
	body  string
	needs map[string][]string
}

func newRandomStack(r *rand.Rand) randomStack {
	s := randomStack{needs: map[string][]string{}}
	var b strings.Builder
	b.WriteString("Parameters: {Setting: {Type: String, Default: a}}\nResources:\n")
	types := []string{"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::EIP", "AWS::S3::Bucket",
		"Custom::Thing", "AWS::EC2::NatGateway"}
	for i := range 2 + r.IntN(12) {
		id := fmt.Sprintf("R%02d", i)
		s.needs[id] = nil
		fmt.Fprintf(&b, "  %s:\n    Type: %s\n", id, types[r.IntN(len(types))])
		if r.IntN(5) == 0 {
			b.WriteString("    DeletionPolicy: Retain\n")
		}
		b.WriteString("    Properties:\n")
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "      %s: !Ref Setting\n", []string{"CidrBlock", "Comment"}[r.IntN(2)])
		}
		fmt.Fprintf(&b, "      Fixed: x\n      List:\n        - x\n")
		for j := range i {
			if r.IntN(4) == 0 {
				other := fmt.Sprintf("R%02d", j)
				s.needs[id] = append(s.needs[id], other)
				fmt.Fprintf(&b, "        - !Ref %s\n", other)
			}
		}
	}
	s.body = b.String()
	return s
}

func (s randomStack) any(r *rand.Rand) string {
	ids := slices.Sorted(maps.Keys(s.needs))
	return ids[r.IntN(len(ids))]
}

// TestRandomOperations runs operations at random and checks the rules that every history keeps.
func TestRandomOperations(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs random operations")
	}
	t.Parallel()
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			bubble(t, cfntest.Options{Scale: []float64{1, 0.01, 1e-6}[r.IntN(3)], PageSize: 1 + r.IntN(40)},
				func(w *fixture) {
					s := newRandomStack(r)
					w.randomCreate(r, s)
					for range r.IntN(4) {
						w.randomUpdate(r, s)
					}
					arn := w.srv.StackID("demo")
					w.delete("demo")
					w.settle(arn)
					w.status(arn, "DELETE_COMPLETE")
					if live := w.srv.Live(arn); live != nil {
						t.Errorf("left: %v", live)
					}
					w.checkHistory(arn, s)
				})
		})
	}
}

func (w *fixture) randomCreate(r *rand.Rand, s randomStack) {
	failing := r.IntN(3) == 0
	if failing {
		w.srv.FailCreate(s.any(r), "no")
	}
	w.start("demo", s.body)
	if r.IntN(5) == 0 {
		time.Sleep(time.Duration(r.Int64N(int64(w.srv.Until("demo")))))
		return // the delete comes during the create
	}
	w.settle("demo")
	want, n := "CREATE_COMPLETE", len(s.needs)
	if failing {
		want, n = "ROLLBACK_COMPLETE", 0
	}
	w.status("demo", want)
	if got := len(w.srv.Live("demo")); got != n {
		w.Errorf("%s with %d resources, want %d", want, got, n)
	}
}

func (w *fixture) randomUpdate(r *rand.Rand, s randomStack) {
	if status := w.srv.Status("demo"); strings.HasPrefix(status, "ROLLBACK") ||
		strings.HasSuffix(status, "_IN_PROGRESS") {
		return
	}
	before := physical(w.srv.Live("demo"))
	failing := s.any(r)
	if r.IntN(2) == 0 {
		w.srv.FailUpdate(failing, "no")
	}
	if err := w.update("demo", s.body, fmt.Sprint("Setting=", r.IntN(1000))); err != nil {
		w.refused(err, "ValidationError", "No updates are to be performed.")
		return
	}
	if r.IntN(3) == 0 {
		time.Sleep(time.Duration(r.Int64N(int64(w.srv.Until("demo")))))
		if w.srv.Status("demo") == "UPDATE_IN_PROGRESS" {
			_, err := w.c.CancelUpdateStack(w.Context(),
				&cloudformation.CancelUpdateStackInput{StackName: aws.String("demo")})
			w.must(err)
		}
	}
	w.settle("demo")
	w.srv.Heal(failing)
	after := physical(w.srv.Live("demo"))
	switch status := w.srv.Status("demo"); {
	case status == "UPDATE_ROLLBACK_COMPLETE" && !maps.Equal(before, after):
		w.Errorf("rolled back to %v, was %v", after, before)
	case status == "UPDATE_COMPLETE" && len(after) != len(s.needs):
		w.Errorf("updated to %d resources, want %d", len(after), len(s.needs))
	case status != "UPDATE_COMPLETE" && status != "UPDATE_ROLLBACK_COMPLETE":
		w.Errorf("ended as %s", status)
	}
}

func physical(list []cfntest.Resource) map[string]string {
	ids := map[string]string{}
	for _, r := range list {
		ids[r.LogicalID] = r.PhysicalID
	}
	return ids
}

// checkHistory reports events that break the rules of every history.
func (w *fixture) checkHistory(arn string, s randomStack) {
	events := w.srv.Events(arn)
	made, ids, open := map[string]bool{}, map[string]bool{}, map[string]string{}
	for i, e := range events {
		if i > 0 && e.At.Before(events[i-1].At) {
			w.Errorf("event %d is older than the one before", i)
		}
		if ids[e.ID] {
			w.Errorf("two events are called %s", e.ID)
		}
		ids[e.ID] = true
		action, phase, _ := strings.Cut(e.Status, "_")
		key := e.LogicalID + action
		switch {
		case e.LogicalID == "demo":
		case phase == "IN_PROGRESS":
			open[key] = e.PhysicalID
			for _, need := range s.needs[e.LogicalID] {
				if action == "CREATE" && !made[need] {
					w.Errorf("%s starts before %s is there", e.LogicalID, need)
				}
			}
		case phase == "COMPLETE" && e.PhysicalID != "" || phase == "FAILED":
			if _, ok := open[key]; !ok {
				w.Errorf("%s is %s without having been in progress", e.LogicalID, e.Status)
			}
			made[e.LogicalID] = made[e.LogicalID] || action == "CREATE" && phase == "COMPLETE"
		}
	}
	paged := w.paged(arn, nil)
	slices.Reverse(paged)
	if len(paged) != len(events) {
		w.Fatalf("%d events on pages, %d in truth", len(paged), len(events))
	}
	for i, e := range paged {
		if aws.ToString(e.EventId) != events[i].ID {
			w.Errorf("event %d is %s on a page, %s in truth", i, aws.ToString(e.EventId), events[i].ID)
		}
	}
}
