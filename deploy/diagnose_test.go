package deploy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestEarlyValidation(t *testing.T) {
	refuse := func(a *account) *Error {
		a.FailValidation("AWS::EarlyValidation::PropertyValidation", "Queue",
			"/Resources/Queue/Properties/Priority", "#/Priority: expected type: Integer")
		_, err := a.plan()
		expect(a.T, "result", result(err), "invalid")
		expect(a.T, "calls", a.calls("DescribeEvents") <= 3, true) // the SDK's
		time.Sleep(time.Minute)
		expect(a.T, "empty stack", a.stack("flow").Exists(), false)
		return err.(*Error)
	}
	inAccount(t, "each error with its place", cfntest.Options{}, func(a *account) {
		e := refuse(a)
		expect(a.T, "causes", len(e.Causes), 1)
		cause := e.Causes[0]
		expect(a.T, "cause", []string{cause.LogicalID, cause.Property, cause.Reason, cause.Hook},
			[]string{"Queue", "/Resources/Queue/Properties/Priority", "#/Priority: expected type: Integer",
				"AWS::EarlyValidation::PropertyValidation"})
		expect(a.T, "failed", cause.Failed(), true)
		expect(a.T, "note", e.Note, "")
	})
	for fault, note := range map[cfntest.Fault]string{
		cfntest.AccessDenied: "may not call cloudformation:DescribeEvents",
		cfntest.Unavailable:  "HTTP status 503",
		cfntest.Hang:         "more about the failure cannot be read",
	} {
		inAccount(t, "that cannot be read: "+note, cfntest.Options{}, func(a *account) {
			a.Fault("DescribeEvents", fault)
			e := refuse(a)
			expect(a.T, "causes", len(e.Causes), 0)
			expect(a.T, "note", strings.Contains(e.Note, note), true)
			expect(a.T, "reason", strings.Contains(e.Error(), "AWS::EarlyValidation::PropertyValidation"),
				true)
		})
	}
}

func TestDiagnosis(t *testing.T) {
	inAccount(t, "the event log may not be read", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStackEvents", cfntest.AccessDenied)
		a.FailCreate("Role", "no more roles")
		p, _ := a.plan()
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		for range op.Events(a.Context()) {
		}
		expect(a.T, "result", op.Outcome().Result, Failed)
		expect(a.T, "cause", op.Outcome().Cause.Reason, "no more roles")
	})
	inAccount(t, "only a note when it may not be asked", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeEvents", cfntest.AccessDenied)
		a.FailCreate("Role", "no more roles")
		p, _ := a.plan()
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		var notes []Event
		for e := range op.Events(a.Context()) {
			if e.Note != "" {
				notes = append(notes, e)
			}
		}
		expect(a.T, "notes", len(notes), 1)
		expect(a.T, "for those who ask", notes[0].Verbose, true)
		expect(a.T, "cause", op.Outcome().Cause.Reason, "no more roles")
	})
}

func TestDiagnosisAsksOnce(t *testing.T) {
	inAccount(t, "asked of the operation that failed, once", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailUpdate("Queue", "priority is taken")
		a.deploy("Size=2")
		first := a.Events("flow")
		var failed string
		for _, e := range first {
			if e.Reason == "priority is taken" {
				failed = e.OperationID
			}
		}
		expect(a.T, "calls", a.calls("DescribeEvents"), 1)
		for _, call := range a.Calls() {
			if call.Action == "DescribeEvents" {
				expect(a.T, "operation", call.Params["OperationId"], failed)
			}
		}
	})
	inAccount(t, "not asked of a success", cfntest.Options{}, func(a *account) {
		a.deploy()
		expect(a.T, "calls", a.calls("DescribeEvents"), 0)
	})
}

func TestWhatFailsKeepsItsPhysicalID(t *testing.T) {
	bubble(t, "a compute environment that never gets ready", func(t *testing.T, s *script) {
		s.tells("0s stack CREATE_IN_PROGRESS", "1s Compute CREATE_IN_PROGRESS",
			"2s Compute CREATE_FAILED Resource did not stabilize (HandlerErrorCode: NotStabilized)",
			"3s stack ROLLBACK_IN_PROGRESS", "4s Compute DELETE_COMPLETE", "5s stack ROLLBACK_COMPLETE")
		s.logs[arn][2].event.PhysicalResourceId = nil
		s.reads("0s CREATE_IN_PROGRESS", "5s ROLLBACK_COMPLETE")
		op := s.op(states.KindCreate)
		follow(t.Context(), op)
		expect(t, "physical ID", op.Outcome().Cause.PhysicalID, "physical-Compute")
		_, code, _ := op.Outcome().Cause.Message()
		expect(t, "code", code, "NotStabilized")
	})
}

// hooked is a CloudFormation that returns details of a hook's result.
type hooked struct{ *cloudformation.Client }

func (hooked) GetHookResult(
	_ context.Context, in *cloudformation.GetHookResultInput, _ ...option,
) (*cloudformation.GetHookResultOutput, error) {
	out := &cloudformation.GetHookResultOutput{HookStatusReason: new("1 rule failed")}
	out.Annotations = []types.Annotation{
		{Status: types.AnnotationStatusPassed, StatusMessage: new("encrypted")},
		{Status: types.AnnotationStatusFailed, StatusMessage: new("not tagged"),
			RemediationMessage: new("tag " + *in.HookResultId)},
	}
	return out, nil
}

func TestHooks(t *testing.T) {
	seed := func(a *account) {
		now := time.Now()
		event := func(at int, id, status, reason string) cfntest.Event {
			e := cfntest.Event{At: now.Add(time.Duration(at) * time.Second), LogicalID: id, Status: status,
				Reason: reason, Type: "AWS::S3::Bucket", OperationID: "op", Token: "theirs"}
			if id == "" {
				e.Type = ""
			}
			return e
		}
		verdict := event(2, "Bucket", "CREATE_IN_PROGRESS", "Hook failed")
		verdict.HookType, verdict.HookStatus = "Acme::Tags::Hook", "HOOK_COMPLETE_FAILED"
		verdict.HookReason, verdict.HookID = "1 rule", "hook-1"
		a.Seed(cfntest.Stack{Name: "flow", Status: "CREATE_IN_PROGRESS", Events: []cfntest.Event{
			event(0, "", "CREATE_IN_PROGRESS", "User Initiated"), event(1, "Bucket", "CREATE_IN_PROGRESS",
				""), verdict,
			event(3, "Bucket", "CREATE_FAILED", "The following hook(s) failed: [Acme::Tags::Hook]"),
			event(4, "", "ROLLBACK_IN_PROGRESS",
				"The following resource(s) failed to create: [Bucket]."), event(6, "", "ROLLBACK_COMPLETE", ""),
		}})
	}
	inAccount(t, "in full", cfntest.Options{}, func(a *account) {
		a.client = New(hooked{a.Client()})
		seed(a)
		_, o := a.watch("flow")
		expect(a.T, "cause", []string{o.Cause.LogicalID, o.Cause.Hook, o.Cause.Reason},
			[]string{"Bucket", "Acme::Tags::Hook", "1 rule failed; not tagged; tag hook-1"})
		expect(a.T, "also", len(o.Also), 0)
	})
	inAccount(t, "as far as the event tells", cfntest.Options{}, func(a *account) {
		a.FaultError("GetHookResult", 403, "AccessDenied", "no")
		seed(a)
		_, o := a.watch("flow")
		expect(a.T, "cause", o.Cause.Reason, "1 rule")
	})
}
