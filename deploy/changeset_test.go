package deploy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestPlan(t *testing.T) {
	inAccount(t, "creation", cfntest.Options{PageSize: 2}, func(a *account) {
		p, err := a.plan("Size=2")
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "operation", p.Operation, "CREATE")
		expect(a.T, "changes", len(p.Changes), 3) // over two pages
		expect(a.T, "change", p.Changes[0].Action, "Add")
		expect(a.T, "stack", p.Stack.ID, a.StackID("flow"))
		if err := a.client.Discard(a.Context(), p); err != nil {
			a.Fatal(err)
		}
		time.Sleep(time.Minute)
		expect(a.T, "empty stack", a.stack("flow").Exists(), false)
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	})
	inAccount(t, "update keeps what is not given", cfntest.Options{}, func(a *account) {
		a.deploy("Size=2", "Name=b")
		p, err := a.plan("Size=3")
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "operation", p.Operation, "UPDATE")
		expect(a.T, "change", p.Changes[0].Action, "Modify")
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		a.follow(op)
		expect(a.T, "outputs", op.Outcome().Stack.Outputs, map[string]string{"Size": "3", "Name": "b"})
		expect(a.T, "description", op.Outcome().Stack.Descriptions["Size"], "how large")
	})
	inAccount(t, "tags stay when none are asked for", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template, Tags: map[string]string{"team": "ml"}})
		a.deploy("Size=3")
		expect(a.T, "tags", a.stack("flow").Tags, map[string]string{"team": "ml"})
	})
}

func TestPlanWithoutResourceChanges(t *testing.T) {
	inAccount(t, "outputs alone", cfntest.Options{}, func(a *account) {
		a.deploy("Name=a")
		p, err := a.plan("Name=b")
		expect(a.T, "error", err, error(nil))
		expect(a.T, "changes", len(p.Changes), 0)
		expect(a.T, "empty", p.Empty(), false)
	})
	for _, words := range []string{
		"The submitted information didn't contain changes. " +
			"Submit different information to create a change set.",
		"No updates are to be performed.",
	} {
		inAccount(t, words[:20], cfntest.Options{}, func(a *account) {
			a.Seed(cfntest.Stack{Name: "flow", Template: template})
			a.FailChangeSet(words)
			p, err := a.plan()
			expect(a.T, "error", err, error(nil))
			expect(a.T, "empty", p.Empty(), true)
			expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
		})
	}
	inAccount(t, "no changes, said at once", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FaultError("CreateChangeSet", 400, "ValidationError", "No updates are to be performed.")
		p, err := a.plan()
		expect(a.T, "error", err, error(nil))
		expect(a.T, "empty", p.Empty(), true)
	})
}

func TestPlanThatFailsLeavesNothing(t *testing.T) {
	gone := func(a *account) {
		a.Helper()
		time.Sleep(time.Minute)
		expect(a.T, "empty stack", a.stack("flow").Exists(), false)
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	}
	inAccount(t, "refused at once", cfntest.Options{}, func(a *account) {
		_, err := a.plan("Unknown=1")
		expect(a.T, "result", result(err), "invalid")
		gone(a)
	})
	inAccount(t, "refused later", cfntest.Options{}, func(a *account) {
		a.FailChangeSet("Transform failed")
		_, err := a.plan()
		expect(a.T, "result", result(err), "invalid")
		expect(a.T, "reason", strings.Contains(err.Error(), "Transform failed"), true)
		gone(a)
	})
	inAccount(t, "interrupted", cfntest.Options{}, func(a *account) {
		ctx, begun := a.interrupted(time.Second), time.Now()
		_, err := a.client.Plan(ctx, Stack{Name: "flow"}, Request{Template: []byte(template)})
		expect(a.T, "error", errors.Is(err, context.DeadlineExceeded), true)
		expect(a.T, "within a second", time.Since(begun) < 2*time.Second, true)
		expect(a.T, "made", a.effects("CreateChangeSet"), 1)
		gone(a)
	})
	inAccount(t, "replies that are always unreadable", cfntest.Options{}, func(a *account) {
		a.Fault("CreateChangeSet", cfntest.Malformed)
		a.Fault("DescribeChangeSet", cfntest.Malformed)
		_, err := a.plan()
		expect(a.T, "result", result(err), "unknown")
		expect(a.T, "request ID", strings.Contains(err.Error(), "request ID"), true)
		gone(a)
	})
}

func TestPlanRepeatsWhatWasLost(t *testing.T) {
	for name, fault := range map[string]cfntest.Fault{
		"before": cfntest.ResetBefore, "after": cfntest.ResetAfter,
		"HTML": cfntest.Unavailable, "throttled": cfntest.Throttle,
	} {
		inAccount(t, name, cfntest.Options{}, func(a *account) {
			a.Fault("CreateChangeSet", fault, cfntest.Times(5))
			p, err := a.plan()
			if err != nil {
				a.Fatal(err)
			}
			expect(a.T, "made", a.effects("CreateChangeSet"), 1)
			expect(a.T, "changes", len(p.Changes), 3)
		})
	}
	inAccount(t, "a change set that is not readable yet", cfntest.Options{}, func(a *account) {
		a.FaultError("DescribeChangeSet", 404, "ChangeSetNotFound", "ChangeSet does not exist",
			cfntest.Times(2))
		_, err := a.plan()
		expect(a.T, "error", err, error(nil))
	})
}

func TestAStackThatWasMadeAgain(t *testing.T) {
	inAccount(t, "meanwhile", cfntest.Options{}, func(a *account) {
		a.deploy()
		old := a.stack("flow")
		a.ForeignDelete("flow")
		time.Sleep(time.Hour)
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		_, err := a.client.Plan(a.Context(), old, Request{Template: []byte(template),
			Parameters: map[string]string{"Size": "7"}})
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	})
}

func TestQuotaIsNotThrottling(t *testing.T) {
	inAccount(t, "too many change sets", cfntest.Options{}, func(a *account) {
		a.FaultError("CreateChangeSet", 400, "LimitExceededException", "ChangeSet limit exceeded")
		_, err := a.plan()
		expect(a.T, "result", result(err), "unknown")
		expect(a.T, "calls, all the SDK's", a.calls("CreateChangeSet"), 3)
	})
}

func TestKeptParameters(t *testing.T) {
	r := Request{Parameters: map[string]string{"A": "1"}, Keep: []string{"A", "B", "New"}}
	s := Stack{Name: "flow", Parameters: map[string]string{"A": "0", "B": "0"}}
	for operation, want := range map[string]string{
		states.KindCreate: "A=1", states.KindUpdate: "A=1 B",
	} {
		var got []string
		for _, p := range (&Plan{Stack: s, Operation: operation}).input(r).Parameters {
			if p.ParameterValue != nil {
				got = append(got, *p.ParameterKey+"="+*p.ParameterValue)
			} else {
				got = append(got, *p.ParameterKey)
			}
		}
		expect(t, operation, strings.Join(got, " "), want)
	}
}

func TestOnlyOurOwnIsRemoved(t *testing.T) {
	inAccount(t, "a empty stack with somebody's change set", cfntest.Options{}, func(a *account) {
		p, err := a.plan()
		if err != nil {
			a.Fatal(err)
		}
		other, err := a.client.Plan(a.Context(), Stack{Name: "flow"}, Request{Template: []byte(template)})
		if err != nil {
			a.Fatal(err)
		}
		a.client.Discard(a.Context(), p)
		expect(a.T, "status", a.stack("flow").Status, "REVIEW_IN_PROGRESS")
		expect(a.T, "change sets", a.ChangeSets("flow"), []string{other.Name})
	})
	inAccount(t, "a empty stack that was there before", cfntest.Options{}, func(a *account) {
		if _, err := a.plan(); err != nil {
			a.Fatal(err)
		}
		second, err := a.plan("Size=2")
		if err != nil {
			a.Fatal(err)
		}
		expect(a.T, "operation", second.Operation, "CREATE")
		a.client.Discard(a.Context(), second)
		expect(a.T, "status", a.stack("flow").Status, "REVIEW_IN_PROGRESS")
	})
}

func TestPlanRefusesWhatCannotBe(t *testing.T) {
	for status, want := range map[string]string{
		"UPDATE_IN_PROGRESS": "refused", "DELETE_IN_PROGRESS": "refused",
		"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "refused",
		"ROLLBACK_COMPLETE":                   "refused",
		"CREATE_FAILED":                       "refused", "UPDATE_FAILED": "refused",
		"ROLLBACK_FAILED": "stuck", "UPDATE_ROLLBACK_FAILED": "stuck", "DELETE_FAILED": "stuck",
		"UPDATE_DREAMT": "refused", "UPDATE_ROLLBACK_COMPLETE": "<nil>", "IMPORT_COMPLETE": "<nil>",
	} {
		inAccount(t, status, cfntest.Options{}, func(a *account) {
			a.Seed(cfntest.Stack{Name: "flow", Template: template, Status: status})
			_, err := a.plan("Size=9")
			expect(a.T, "result", result(err), want)
			if err != nil {
				expect(a.T, "mutations", len(a.Mutations()), 0)
				expect(a.T, "names the status", strings.Contains(err.Error(), status), true)
			}
		})
	}
}

func TestAnErrorIsNotAbsence(t *testing.T) {
	inAccount(t, "denied", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStacks", cfntest.AccessDenied)
		_, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "error", strings.Contains(err.Error(), "may not call cloudformation:DescribeStacks"),
			true)
	})
	inAccount(t, "an empty reply", cfntest.Options{}, func(a *account) {
		a.FaultReply("DescribeStacks", 200, "")
		_, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "error", err != nil, true)
	})
	inAccount(t, "throttled five times", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStacks", cfntest.Throttle, cfntest.Times(5))
		s, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "error", err, error(nil))
		expect(a.T, "exists", s.Exists(), false)
	})
	inAccount(t, "a page of HTML", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStacks", cfntest.Unavailable)
		_, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "error", strings.Contains(err.Error(), "<"), false)
		expect(a.T, "error", strings.Contains(err.Error(), "503"), true)
	})
}
