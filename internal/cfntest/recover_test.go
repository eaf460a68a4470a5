package cfntest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestCancelledUpdateGoesBack(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		n := len(w.srv.Events("demo"))
		w.must(w.update("demo", network, "Cidr=10.1.0.0/16"))
		time.Sleep(20 * time.Second) // the subnet is being created
		_, err := w.c.CancelUpdateStack(w.Context(),
			&cloudformation.CancelUpdateStackInput{StackName: aws.String("demo"),
				ClientRequestToken: aws.String("stop")})
		w.must(err)
		w.settle("demo")
		w.expect(w.lines("demo", n+6), `
			Subnet UPDATE_FAILED: Resource update cancelled
			demo UPDATE_ROLLBACK_IN_PROGRESS: User Initiated
			Subnet UPDATE_IN_PROGRESS
			Vpc UPDATE_IN_PROGRESS
			Subnet UPDATE_COMPLETE
			Vpc UPDATE_COMPLETE
			demo UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS
			Subnet DELETE_IN_PROGRESS
			Subnet DELETE_COMPLETE
			Vpc DELETE_IN_PROGRESS
			Vpc DELETE_COMPLETE
			demo UPDATE_ROLLBACK_COMPLETE`)
		if e := w.srv.Events("demo"); e[len(e)-1].Token != "stop" {
			t.Errorf("the rollback has token %q", e[len(e)-1].Token)
		}
		time.Sleep(time.Hour) // the cancelled plan of the update has no effect
		if got := w.srv.Parameters("demo")["Cidr"]; got != "10.0.0.0/16" {
			t.Errorf("Cidr is %s", got)
		}
	})
}

// stuck brings a stack to UPDATE_ROLLBACK_FAILED because of its VPC.
func stuck(w *fixture) {
	w.create("demo", network)
	w.srv.FailUpdate("Nat", "no")
	w.srv.FailRollback("Vpc", "in use")
	w.must(w.update("demo", network, "Cidr=10.1.0.0/16"))
	w.settle("demo")
	w.status("demo", "UPDATE_ROLLBACK_FAILED")
}

func TestContinueUpdateRollback(t *testing.T) {
	in := func() *cloudformation.ContinueUpdateRollbackInput {
		return &cloudformation.ContinueUpdateRollbackInput{StackName: aws.String("demo")}
	}
	bubble(t, cfntest.Options{}, func(w *fixture) {
		stuck(w)
		w.refused(w.update("demo", network), "ValidationError",
			"is in UPDATE_ROLLBACK_FAILED state and can not be updated.")
		_, err := w.c.ContinueUpdateRollback(w.Context(), in())
		w.must(err)
		w.settle("demo")
		w.status("demo", "UPDATE_ROLLBACK_FAILED")

		wrong := in()
		wrong.ResourcesToSkip = []string{"Subnet"}
		_, err = w.c.ContinueUpdateRollback(w.Context(), wrong)
		w.refused(err, "ValidationError", "Resource [Subnet] cannot be skipped")
		w.srv.Heal("Vpc")
		_, err = w.c.ContinueUpdateRollback(w.Context(), in())
		w.must(err)
		w.settle("demo")
		w.status("demo", "UPDATE_ROLLBACK_COMPLETE")
		if n := len(w.srv.Live("demo")); n != 5 {
			t.Errorf("%d resources", n)
		}
	})
	for name, set := range map[string]func(*cloudformation.ContinueUpdateRollbackInput){
		"skip": func(in *cloudformation.ContinueUpdateRollbackInput) {
			in.ResourcesToSkip = []string{"Vpc"}
		},
		"force": func(in *cloudformation.ContinueUpdateRollbackInput) {
			in.ForceRollback = aws.Bool(true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, cfntest.Options{}, func(w *fixture) {
				stuck(w)
				in := in()
				set(in)
				_, err := w.c.ContinueUpdateRollback(w.Context(), in)
				w.must(err)
				w.settle("demo")
				w.status("demo", "UPDATE_ROLLBACK_COMPLETE")
			})
		})
	}
}

func TestRollbackTurnedOff(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.FailCreate("Nat", "quota")
		_, err := w.c.CreateStack(w.Context(),
			&cloudformation.CreateStackInput{StackName: aws.String("demo"),
				TemplateBody: aws.String(network), OnFailure: types.OnFailureDoNothing})
		w.must(err)
		w.settle("demo")
		w.status("demo", "CREATE_FAILED")
		if n := len(w.srv.Live("demo")); n != 4 {
			t.Errorf("%d resources are left, want 4", n)
		}
		w.srv.Heal("Nat")
		w.must(w.update("demo", network)) // fix forward
		w.settle("demo")
		w.status("demo", "UPDATE_COMPLETE")
		if n := len(w.srv.Live("demo")); n != 5 {
			t.Errorf("%d resources, want 5", n)
		}
		n := len(w.srv.Events("demo"))
		arn := w.srv.StackID("demo")
		w.delete("demo")
		if got := strings.Count(strings.Join(w.lines(arn, n), "\n"), "Nat DELETE_COMPLETE"); got != 1 {
			t.Errorf("Nat was deleted %d times", got)
		}
	})
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		w.srv.FailUpdate("Subnet", "no")
		_, err := w.c.UpdateStack(w.Context(),
			&cloudformation.UpdateStackInput{StackName: aws.String("demo"),
				TemplateBody: aws.String(network), DisableRollback: aws.Bool(true),
				Parameters: parameters([]string{"Cidr=10.1.0.0/16"})})
		w.must(err)
		w.settle("demo")
		w.status("demo", "UPDATE_FAILED")
		out, err := w.c.RollbackStack(w.Context(),
			&cloudformation.RollbackStackInput{StackName: aws.String("demo")})
		w.must(err)
		w.settle("demo")
		w.status("demo", "UPDATE_ROLLBACK_COMPLETE")
		if e := w.srv.Events("demo"); e[len(e)-1].OperationID != aws.ToString(out.OperationId) {
			t.Error("the rollback has another operation ID than its reply")
		}
	})
}

func TestCreateThatDeletesItself(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.FailCreate("Subnet", "no")
		_, err := w.c.CreateStack(w.Context(),
			&cloudformation.CreateStackInput{StackName: aws.String("demo"),
				TemplateBody: aws.String(network), OnFailure: types.OnFailureDelete})
		w.must(err)
		w.settle("demo")
		w.status("demo", "DELETE_COMPLETE")
		w.expect(w.lines("demo", 10), `
			Subnet CREATE_FAILED: no
			Bucket CREATE_FAILED: Resource creation cancelled
			demo DELETE_IN_PROGRESS: The following resource(s) failed to create: [Bucket, Subnet]. \
				Delete requested by user.
			Bucket DELETE_SKIPPED
			Eip DELETE_IN_PROGRESS
			Subnet DELETE_COMPLETE
			Vpc DELETE_IN_PROGRESS
			Vpc DELETE_COMPLETE
			Eip DELETE_COMPLETE
			demo DELETE_COMPLETE`)
	})
}

func TestDeleteDuringCreate(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.start("demo", network)
		time.Sleep(8 * time.Second)
		w.delete("demo")
		w.status("demo", "DELETE_COMPLETE")
		if live := w.srv.Live("demo"); live != nil {
			t.Errorf("left: %v", live)
		}
	})
}

func TestRecoveryFromDeleteFailed(t *testing.T) {
	for _, way := range []string{"heal", "retain", "force"} {
		t.Run(way, func(t *testing.T) {
			bubble(t, cfntest.Options{}, func(w *fixture) {
				w.create("demo", network)
				w.srv.FailDelete("Vpc", "The vpc has dependencies and cannot be deleted.")
				in := &cloudformation.DeleteStackInput{StackName: aws.String("demo"),
					RetainResources: []string{"Vpc"}}
				_, err := w.c.DeleteStack(w.Context(), in)
				w.refused(err, "ValidationError", "need a stack in status DELETE_FAILED")
				w.delete("demo")
				w.status("demo", "DELETE_FAILED")
				if live := w.srv.Live("demo"); len(live) != 1 || live[0].Status != "DELETE_FAILED" {
					t.Errorf("left: %v", live)
				}
				switch way {
				case "heal":
					w.srv.Heal("Vpc")
					in.RetainResources = nil
				case "force":
					in.RetainResources, in.DeletionMode = nil, types.DeletionModeForceDeleteStack
				}
				_, err = w.c.DeleteStack(w.Context(), in)
				w.must(err)
				w.settle("demo")
				w.status("demo", "DELETE_COMPLETE")
				if kept := len(w.srv.Retained()); (way == "heal") != (kept == 1) {
					t.Errorf("%d retained", kept)
				}
			})
		})
	}
}

func TestDependenciesOfAFailureAreNotDeleted(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		w.srv.FailDelete("Subnet", "in use")
		n := len(w.srv.Events("demo"))
		w.delete("demo")
		w.expect(w.lines("demo", n), `
			demo DELETE_IN_PROGRESS: User Initiated
			Bucket DELETE_SKIPPED
			Nat DELETE_IN_PROGRESS
			Nat DELETE_COMPLETE
			Eip DELETE_IN_PROGRESS
			Subnet DELETE_IN_PROGRESS
			Subnet DELETE_FAILED: in use
			Eip DELETE_COMPLETE
			demo DELETE_FAILED: The following resource(s) failed to delete: [Subnet].`)
	})
}

func TestRollbackThatFails(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.srv.FailCreate("Nat", "quota")
		w.srv.FailDelete("Vpc", "in use")
		w.create("demo", network)
		w.status("demo", "ROLLBACK_FAILED")
		w.srv.Heal("Vpc")
		w.delete("demo")
		w.status("demo", "DELETE_COMPLETE")
	})
}
