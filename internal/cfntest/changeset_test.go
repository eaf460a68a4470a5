package cfntest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// changes returns the changes of a change set, one a line, and their details.
func changes(out *cloudformation.DescribeChangeSetOutput) []string {
	var list []string
	for _, c := range out.Changes {
		rc := c.ResourceChange
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %v", rc.Action,
			aws.ToString(rc.LogicalResourceId), rc.Replacement, rc.PolicyAction, rc.Scope)))
		for _, d := range rc.Details {
			t := d.Target
			list = append(list, fmt.Sprintf("%s %s %s %s: %q -> %q %s", d.Evaluation, d.ChangeSource,
				aws.ToString(d.CausingEntity),
				aws.ToString(t.Path), aws.ToString(t.BeforeValue), aws.ToString(t.AfterValue),
				t.RequiresRecreation))
		}
	}
	return list
}

func TestChangeSetTakesItsTime(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		_, err := w.c.CreateChangeSet(w.Context(),
			&cloudformation.CreateChangeSetInput{StackName: aws.String("demo"),
				ChangeSetName: aws.String("one"),
				ChangeSetType: types.ChangeSetTypeCreate, TemplateBody: aws.String(network),
				ClientToken: aws.String("t")})
		w.must(err)
		w.status("demo", "REVIEW_IN_PROGRESS")
		for _, want := range []string{"CREATE_PENDING UNAVAILABLE 0", "CREATE_IN_PROGRESS UNAVAILABLE 0",
			"CREATE_COMPLETE AVAILABLE 5"} {
			out := w.describe("demo", "one")
			if got := fmt.Sprint(out.Status, " ", out.ExecutionStatus, " ", len(out.Changes)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if out.Status == types.ChangeSetStatusCreatePending {
				w.refused(w.execute("demo", "one", ""), "InvalidChangeSetStatus",
					"cannot be executed in its current status of [CREATE_PENDING]")
			}
			time.Sleep(time.Second)
		}
		w.must(w.execute("demo", "one", "mine"))
		if got := w.describe("demo", "one").ExecutionStatus; got != "EXECUTE_IN_PROGRESS" {
			t.Errorf("execution status is %s", got)
		}
		w.settle("demo")
		if got := w.describe("demo", "one").ExecutionStatus; got != "EXECUTE_COMPLETE" {
			t.Errorf("execution status is %s", got)
		}
		w.must(w.execute("demo", "one", "mine")) // the same token: no effect, no error
		w.refused(w.execute("demo", "one", "other"), "InvalidChangeSetStatus",
			"cannot be executed in its current execution status of [EXECUTE_COMPLETE]")
		w.status("demo", "CREATE_COMPLETE")
	})
}

func TestChangeSetNamesCauses(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		out := w.changeSet("demo", "one", "UPDATE", strings.Replace(network, "10.0.0.0/24", "10.0.1.0/24",
			1), "Cidr=10.1.0.0/16", "WithNat=false")
		got := strings.Join(changes(out), "\n")
		for _, r := range w.srv.Live("demo") {
			got = strings.ReplaceAll(got, r.PhysicalID, "<"+r.LogicalID+">")
		}
		w.expect(strings.Split(got, "\n"), `
			Modify Vpc True ReplaceAndDelete [Properties]
			Static ParameterReference Cidr /Properties/CidrBlock: "10.0.0.0/16" -> "10.1.0.0/16" Always
			Dynamic DirectModification  /Properties/CidrBlock: "10.0.0.0/16" -> "10.1.0.0/16" Always
			Modify Subnet True ReplaceAndDelete [Properties]
			Static DirectModification  /Properties/CidrBlock: "10.0.0.0/24" -> "10.0.1.0/24" Always
			Dynamic ResourceReference Vpc /Properties/VpcId: "<Vpc>" -> \
				"{{changeSet:KNOWN_AFTER_APPLY}}" Always
			Remove Eip  Delete []
			Remove Nat  Delete []`)
		add := w.changeSet("other", "one", "CREATE", network).Changes[0].ResourceChange
		if add.Action != "Add" || !strings.Contains(aws.ToString(add.AfterContext), "Retain") ||
			add.PhysicalResourceId != nil {
			t.Errorf("added: %+v", add)
		}
	})
}

func TestNoChanges(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		out := w.changeSet("demo", "one", "UPDATE", network)
		if out.Status != "FAILED" || !strings.HasPrefix(aws.ToString(out.StatusReason),
			"The submitted information didn't contain changes.") {
			t.Errorf("%s: %s", out.Status, aws.ToString(out.StatusReason))
		}
		w.refused(w.update("demo", network), "ValidationError", "No updates are to be performed.")
		_, err := w.c.DeleteChangeSet(w.Context(),
			&cloudformation.DeleteChangeSetInput{StackName: aws.String("demo"),
				ChangeSetName: aws.String("one")})
		w.must(err)
		if left := w.srv.ChangeSets("demo"); left != nil {
			t.Errorf("left: %v", left)
		}
	})
}

func TestAParameterKeepsItsValue(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network, "Cidr=10.9.0.0/16")
		_, err := w.c.UpdateStack(w.Context(),
			&cloudformation.UpdateStackInput{StackName: aws.String("demo"),
				UsePreviousTemplate: aws.Bool(true),
				Parameters: []types.Parameter{{ParameterKey: aws.String("Cidr"),
					UsePreviousValue: aws.Bool(true)}, {ParameterKey: aws.String("WithNat"),
					ParameterValue: aws.String("false")}}})
		w.must(err)
		w.settle("demo")
		if got := w.srv.Parameters("demo"); got["Cidr"] != "10.9.0.0/16" || got["WithNat"] != "false" {
			t.Errorf("parameters are %v", got)
		}
	})
}

func TestOtherChangeSetsAfterAnUpdate(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		w.changeSet("demo", "one", "UPDATE", network, "WithNat=false")
		w.changeSet("demo", "two", "UPDATE", network, "Cidr=10.1.0.0/16")
		w.must(w.execute("demo", "one", ""))
		w.refused(w.execute("demo", "two", ""), "ChangeSetNotFound", "ChangeSet [two] does not exist")
		w.settle("demo")
		w.changeSet("demo", "three", "UPDATE", network)
		w.must(w.srv.ForeignUpdate("demo"))
		w.refused(w.execute("demo", "three", ""), "InvalidChangeSetStatus", "[OBSOLETE]")
		list, err := w.c.ListChangeSets(w.Context(),
			&cloudformation.ListChangeSetsInput{StackName: aws.String("demo")})
		w.must(err)
		if len(list.Summaries) != 1 || list.Summaries[0].ExecutionStatus != "OBSOLETE" {
			t.Errorf("listed: %+v", list.Summaries)
		}
	})
}

func TestStackTagsReachResources(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		queue := `{"Resources": {"Queue": {"Type": "AWS::Batch::JobQueue", "Properties": {"Priority": ` +
			`1}}, "Vpc": {"Type": "AWS::EC2::VPC"}}}`
		w.create("demo", queue)
		_, err := w.c.CreateChangeSet(w.Context(),
			&cloudformation.CreateChangeSetInput{StackName: aws.String("demo"),
				ChangeSetName: aws.String("one"),
				TemplateBody:  &queue, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("ml")}}})
		w.must(err)
		time.Sleep(3 * time.Second)
		w.expect(changes(w.describe("demo", "one")), `
			Modify Queue True ReplaceAndDelete [Tags]
			Static DirectModification  /Tags/team: "" -> "ml" Always
			Modify Vpc False  [Tags]
			Static DirectModification  /Tags/team: "" -> "ml" Never`)
	})
}

func TestExecutionThatFails(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.FailCreate("Vpc", "no")
		w.changeSet("demo", "one", "CREATE", network)
		w.must(w.execute("demo", "one", ""))
		w.settle("demo")
		if got := w.describe("demo", "one").ExecutionStatus; got != "EXECUTE_FAILED" {
			t.Errorf("execution status is %s", got)
		}
	})
}

func TestChangesWithoutAResource(t *testing.T) {
	const route = `{"Resources": {"Route": {"Type": "AWS::EC2::Route", "Properties": ` +
		`{"RouteTableId": "rtb-1"}}}`
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", route+"}")
		out := w.changeSet("demo", "one", "UPDATE", route+`, "Outputs": {"O": {"Value": "x"}}}`)
		if out.Status != "CREATE_COMPLETE" || len(out.Changes) != 0 {
			t.Errorf("an output: %s with %d changes", out.Status, len(out.Changes))
		}
		_, err := w.c.UpdateStack(w.Context(),
			&cloudformation.UpdateStackInput{StackName: aws.String("demo"),
				UsePreviousTemplate: aws.Bool(true), Tags: []types.Tag{{Key: aws.String("team"),
					Value: aws.String("ml")}}})
		w.must(err) // a tag that no resource receives
		w.settle("demo")
		w.status("demo", "UPDATE_COMPLETE")
	})
}

func TestLaunchTemplateVersionsReachTheComputeEnvironment(t *testing.T) {
	const body = `
Parameters:
  Size: {Type: String, Default: "100"}
  Max: {Type: Number, Default: 256}
  Replace: {Type: String, Default: "false"}
Resources:
  Template: {Type: "AWS::EC2::LaunchTemplate", Properties: {LaunchTemplateData: {Size: !Ref Size}}}
  Environment:
    Type: AWS::Batch::ComputeEnvironment
    Properties:
      Type: MANAGED
      ReplaceComputeEnvironment: !Ref Replace
      ComputeResources:
        MaxvCpus: !Ref Max
        LaunchTemplate: {Version: !GetAtt Template.LatestVersionNumber}
`
	for pairs, want := range map[string]string{
		"Size=200":              "Modify Environment Conditional",
		"Size=200 Replace=true": "Modify Environment Conditional",
		"Max=8 Replace=true":    "Modify Environment False",
	} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.create("demo", body)
			got := strings.Join(changes(w.changeSet("demo", "one", "UPDATE", body,
				strings.Fields(pairs)...)), "\n")
			if !strings.Contains(got, want) {
				t.Errorf("%s: got\n%s\nwant %s", pairs, got, want)
			}
		})
	}
}

func TestEarlyValidation(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.FailValidation("AWS::EarlyValidation::PropertyValidation", "Vpc",
			"/Resources/Vpc/Properties/CidrBlock", "#/CidrBlock: not a CIDR")
		out := w.changeSet("demo", "one", "CREATE", network)
		if out.Status != "FAILED" || !strings.Contains(aws.ToString(out.StatusReason),
			"use the DescribeEvents API") {
			t.Fatalf("%s: %s", out.Status, aws.ToString(out.StatusReason))
		}
		events, err := w.c.DescribeEvents(w.Context(),
			&cloudformation.DescribeEventsInput{ChangeSetName: aws.String("one"),
				StackName: aws.String("demo")})
		w.must(err)
		if e := events.OperationEvents[0]; e.EventType != types.EventTypeValidationError ||
			aws.ToString(e.ValidationStatusReason) != "#/CidrBlock: not a CIDR" {
			t.Errorf("event: %+v", e)
		}
		w.srv.FailChangeSet("Cannot do that")
		if out := w.changeSet("demo", "two", "CREATE",
			network); aws.ToString(out.StatusReason) != "Cannot do that" {
			t.Errorf("%s: %s", out.Status, aws.ToString(out.StatusReason))
		}
		w.delete("demo") // a stack in REVIEW_IN_PROGRESS
		w.status("demo", "DELETE_COMPLETE")
	})
}
