package cfntest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestSeedAnyStatus(t *testing.T) {
	for _, status := range []string{"CREATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED",
		"IMPORT_ROLLBACK_COMPLETE", "MIGRATE_IN_PROGRESS", "QUANTUM_COMPLETE"} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			arn := w.srv.Seed(cfntest.Stack{Name: "demo", Status: status, Reason: "because",
				Protected: true})
			out, err := w.c.DescribeStacks(w.Context(), &cloudformation.DescribeStacksInput{StackName: &arn})
			w.must(err)
			st := out.Stacks[0]
			if string(st.StackStatus) != status || aws.ToString(st.StackStatusReason) != "because" ||
				!*st.EnableTerminationProtection {
				t.Errorf("%+v", st)
			}
		})
	}
}

func TestSeedFromATemplate(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.Seed(cfntest.Stack{Name: "demo", Template: network,
			Parameters: map[string]string{"WithNat": "false"}, Tags: map[string]string{"team": "ml"}})
		if got := len(w.srv.Live("demo")); got != 3 {
			t.Errorf("%d resources", got)
		}
		w.must(w.update("demo", network))
		w.settle("demo")
		w.status("demo", "UPDATE_COMPLETE")
		if got := len(w.srv.Live("demo")); got != 5 {
			t.Errorf("%d resources after the update", got)
		}
	})
}

func TestSeededRowsCanBeRecovered(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.Seed(cfntest.Stack{Name: "demo", Status: "UPDATE_ROLLBACK_FAILED",
			Resources: []cfntest.Resource{
				{LogicalID: "Good", PhysicalID: "vpc-1", Type: "AWS::EC2::VPC"},
				{LogicalID: "Bad", PhysicalID: "vpc-2", Type: "AWS::EC2::VPC", Status: "UPDATE_FAILED",
					Reason: "no"},
			}})
		n := len(w.srv.Events("demo"))
		_, err := w.c.ContinueUpdateRollback(w.Context(),
			&cloudformation.ContinueUpdateRollbackInput{StackName: aws.String("demo"),
				ResourcesToSkip: []string{"Bad"}})
		w.must(err)
		w.settle("demo")
		w.expect(w.lines("demo", n), `
			demo UPDATE_ROLLBACK_IN_PROGRESS: User Initiated
			Bad UPDATE_COMPLETE
			demo UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS
			demo UPDATE_ROLLBACK_COMPLETE`)
		w.delete("demo")
		w.status("demo", "DELETE_COMPLETE")
	})
}

func TestSeededEventsHappenInTime(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		in := func(d time.Duration) time.Time { return time.Now().Add(d) }
		child := w.srv.Seed(cfntest.Stack{Name: "child", Status: "CREATE_COMPLETE"})
		w.srv.Seed(cfntest.Stack{Name: "demo", Events: []cfntest.Event{
			{At: in(-time.Minute), Status: "CREATE_IN_PROGRESS", Token: "mine", OperationID: "op"},
			{At: in(0), LogicalID: "Child", Type: "AWS::CloudFormation::Stack", PhysicalID: child,
				Status: "CREATE_IN_PROGRESS", HookType: "Guard", HookStatus: "HOOK_COMPLETE_SUCCEEDED"},
			{At: in(time.Minute), LogicalID: "Child", Type: "AWS::CloudFormation::Stack", PhysicalID: child,
				Status: "CREATE_COMPLETE", Detail: "CONFIGURATION_COMPLETE"},
			{At: in(2 * time.Minute), Status: "CREATE_COMPLETE"},
		}})
		w.status("demo", "CREATE_IN_PROGRESS")
		w.expect(w.lines("demo", 0), "demo CREATE_IN_PROGRESS\nChild CREATE_IN_PROGRESS")
		time.Sleep(time.Minute)
		newest := w.paged("demo", nil)[0]
		if got := fmt.Sprint(newest.ResourceStatus,
			newest.DetailedStatus); got != "CREATE_COMPLETECONFIGURATION_COMPLETE" {
			t.Errorf("newest is %s", got)
		}
		w.settle("demo")
		w.status("demo", "CREATE_COMPLETE")
		if all := w.paged("demo", nil); len(all) != 4 ||
			aws.ToString(all[3].ClientRequestToken) != "mine" || aws.ToString(all[2].HookType) != "Guard" {
			t.Errorf("events: %+v", all)
		}
	})
}

func TestRowsShowTheSuccessorDuringCleanUp(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		w.must(w.update("demo", network, "Cidr=10.1.0.0/16"))
		time.Sleep(w.srv.Until("demo") - 3*time.Second) // the old VPC is being deleted
		w.status("demo", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
		out, err := w.c.DescribeStackResources(w.Context(),
			&cloudformation.DescribeStackResourcesInput{StackName: aws.String("demo"),
				LogicalResourceId: aws.String("Vpc")})
		w.must(err)
		if got := out.StackResources; len(got) != 1 || got[0].ResourceStatus != "UPDATE_COMPLETE" {
			t.Errorf("%+v", got)
		}
	})
}

func TestResourcesOfAStack(t *testing.T) {
	bubble(t, cfntest.Options{PageSize: 2}, func(w *fixture) {
		w.start("demo", network)
		time.Sleep(4 * time.Second)
		one, err := w.c.DescribeStackResource(w.Context(),
			&cloudformation.DescribeStackResourceInput{StackName: aws.String("demo"),
				LogicalResourceId: aws.String("Vpc")})
		w.must(err)
		if d := one.StackResourceDetail; d.ResourceStatus != "CREATE_IN_PROGRESS" ||
			d.PhysicalResourceId != nil {
			t.Errorf("%+v", d)
		}
		w.settle("demo")
		all, err := w.c.DescribeStackResources(w.Context(),
			&cloudformation.DescribeStackResourcesInput{StackName: aws.String("demo")})
		w.must(err)
		listed := 0
		for pages := cloudformation.NewListStackResourcesPaginator(w.c,
			&cloudformation.ListStackResourcesInput{StackName: aws.String("demo")}); pages.HasMorePages(); {
			out, err := pages.NextPage(w.Context())
			w.must(err)
			listed += len(out.StackResourceSummaries)
		}
		if len(all.StackResources) != 5 || listed != 5 {
			t.Errorf("%d described, %d listed", len(all.StackResources), listed)
		}
		arn := w.srv.StackID("demo")
		w.delete("demo")
		all, err = w.c.DescribeStackResources(w.Context(),
			&cloudformation.DescribeStackResourcesInput{StackName: &arn})
		w.must(err)
		for _, r := range all.StackResources {
			if want := map[bool]string{true: "DELETE_SKIPPED",
				false: "DELETE_COMPLETE"}[*r.LogicalResourceId == "Bucket"]; string(r.ResourceStatus) != want {
				t.Errorf("%s is %s", *r.LogicalResourceId, r.ResourceStatus)
			}
		}
		stacks, err := w.c.ListStacks(w.Context(), &cloudformation.ListStacksInput{})
		w.must(err)
		if len(stacks.StackSummaries) != 1 || stacks.StackSummaries[0].StackStatus != "DELETE_COMPLETE" {
			t.Errorf("%+v", stacks.StackSummaries)
		}
	})
}
