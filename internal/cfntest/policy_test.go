package cfntest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// policies has a resource with each DeletionPolicy; Zone replaces them all.
const policies = `
Parameters:
  Zone: {Type: String, Default: a}
Resources:
  Gone: {Type: "AWS::EC2::Subnet", Properties: {AvailabilityZone: !Ref Zone}}
  Kept:
    Type: AWS::EC2::Subnet
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: {AvailabilityZone: !Ref Zone}
  Data:
    Type: AWS::EC2::Subnet
    DeletionPolicy: RetainExceptOnCreate
    Properties: {AvailabilityZone: !Ref Zone}
  Last: {Type: "AWS::EC2::VPC", DependsOn: [Gone, Kept, Data]}
`

func retained(w *fixture) string {
	var ids []string
	for _, r := range w.srv.Retained() {
		ids = append(ids, r.LogicalID)
	}
	return strings.Join(ids, " ")
}

func TestPoliciesWhenACreateFails(t *testing.T) {
	for except, want := range map[bool]string{false: "Kept", true: ""} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.srv.FailCreate("Last", "no")
			_, err := w.c.CreateStack(w.Context(),
				&cloudformation.CreateStackInput{StackName: aws.String("demo"),
					TemplateBody: aws.String(policies), RetainExceptOnCreate: &except})
			w.must(err)
			w.settle("demo")
			w.status("demo", "ROLLBACK_COMPLETE")
			if got := retained(w); got != want {
				t.Errorf("RetainExceptOnCreate %v retains %q, want %q", except, got, want)
			}
		})
	}
}

func TestPoliciesWhenReplacedRemovedAndDeleted(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", policies)
		w.must(w.update("demo", policies, "Zone=b"))
		w.settle("demo")
		if got := retained(w); got != "Kept" { // the only one with an UpdateReplacePolicy
			t.Errorf("replaced: %q is retained", got)
		}
		w.must(w.update("demo", `{"Resources": {"Last": {"Type": "AWS::EC2::VPC"}}}`))
		w.settle("demo")
		if got := retained(w); got != "Kept Data Kept" {
			t.Errorf("removed: %q is retained", got)
		}
	})
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", policies)
		w.delete("demo")
		if got := retained(w); got != "Data Kept" {
			t.Errorf("deleted: %q is retained", got)
		}
	})
}

func TestPolicyFollowsTheTemplate(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", policies)
		changed := strings.Replace(policies, "DeletionPolicy: Retain\n", "DeletionPolicy: Delete\n", 1)
		w.must(w.update("demo", changed+"  More: {Type: \"AWS::EC2::EIP\"}\n"))
		w.settle("demo")
		w.delete("demo")
		if got := retained(w); got != "Data" {
			t.Errorf("%q is retained", got)
		}
	})
}

func TestCleanUpThatFailsIsForgotten(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", policies)
		w.srv.FailDelete("Gone", "in use")
		n := len(w.srv.Events("demo"))
		w.must(w.update("demo", policies, "Zone=b"))
		w.settle("demo")
		w.status("demo", "UPDATE_COMPLETE")
		if lines := strings.Join(w.lines("demo", n), "\n"); !strings.Contains(lines,
			"Gone DELETE_FAILED: in use") {
			t.Errorf("events:\n%s", lines)
		}
		if got := len(w.srv.Live("demo")); got != 4 {
			t.Errorf("%d resources", got)
		}
	})
}

func TestSecretsAreMasked(t *testing.T) {
	const body = `{"Parameters": {"Key": {"Type": "String", "NoEcho": true}}, "Resources": {"A": ` +
		`{"Type": "T", "Properties": {"P": {"Fn::Sub": "x-${Key}"}}}}}`
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", body, "Key=hush1")
		out := w.changeSet("demo", "one", "UPDATE", body, "Key=hush2")
		text := fmt.Sprint(changes(out), aws.ToString(out.Changes[0].ResourceChange.AfterContext),
			aws.ToString(out.Changes[0].ResourceChange.BeforeContext))
		w.must(w.execute("demo", "one", ""))
		w.settle("demo")
		for _, e := range w.paged("demo", nil) {
			text += aws.ToString(e.ResourceProperties)
		}
		if strings.Contains(text, "hush") || !strings.Contains(text, "x-****") {
			t.Errorf("shown: %s", text)
		}
	})
}

func TestStackPolicyIsStored(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", policies)
		_, err := w.c.SetStackPolicy(w.Context(),
			&cloudformation.SetStackPolicyInput{StackName: aws.String("demo"),
				StackPolicyBody: aws.String(`{"Statement": []}`)})
		w.must(err)
		out, err := w.c.GetStackPolicy(w.Context(),
			&cloudformation.GetStackPolicyInput{StackName: aws.String("demo")})
		w.must(err)
		if got := aws.ToString(out.StackPolicyBody); got != `{"Statement": []}` {
			t.Errorf("policy is %s", got)
		}
	})
}

func TestOneExecutionWins(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		const n = 8
		for i := range n {
			w.changeSet("demo", fmt.Sprint("set", i), types.ChangeSetTypeUpdate, network,
				fmt.Sprintf("Cidr=10.%d.0.0/16", i+1))
		}
		var all sync.WaitGroup
		var errs [n]error
		for i := range n {
			all.Go(func() { errs[i] = w.execute("demo", fmt.Sprint("set", i), fmt.Sprint("token", i)) })
		}
		all.Wait()
		effects := 0
		for _, call := range w.srv.Mutations() {
			if strings.HasPrefix(call.Effect, "UPDATE_STACK") {
				effects++
			}
		}
		failed := 0
		for _, err := range errs {
			if err != nil {
				w.refused(err, "ChangeSetNotFound", "")
				failed++
			}
		}
		if effects != 1 || failed != n-1 {
			t.Errorf("%d took effect, %d failed", effects, failed)
		}
	})
}

func TestPagesOfAChangeSet(t *testing.T) {
	bubble(t, cfntest.Options{PageSize: 2}, func(w *fixture) {
		w.changeSet("demo", "one", "CREATE", policies)
		var ids []string
		pages := cloudformation.NewDescribeChangeSetPaginator(w.c,
			&cloudformation.DescribeChangeSetInput{StackName: aws.String("demo"),
				ChangeSetName: aws.String("one")})
		for pages.HasMorePages() {
			out, err := pages.NextPage(w.Context())
			w.must(err)
			for _, c := range out.Changes {
				if c.ResourceChange.AfterContext != nil {
					t.Error("values without being asked for")
				}
				ids = append(ids, *c.ResourceChange.LogicalResourceId)
			}
		}
		w.expect(ids, "Data\nGone\nKept\nLast")
		_, err := w.c.DescribeChangeSet(w.Context(),
			&cloudformation.DescribeChangeSetInput{StackName: aws.String("demo"),
				ChangeSetName: aws.String("one"), NextToken: aws.String("?")})
		w.refused(err, "ValidationError", "NextToken is invalid")
	})
}
