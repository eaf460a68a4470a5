package deploy

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// watch follows the last operation to its end. All its events belong to the operation.
func (a *account) watch(name string) (*Operation, Outcome) {
	a.Helper()
	op, err := a.client.Watch(a.Context(), a.stack(name))
	if err != nil {
		a.Fatal(err)
	}
	events, _ := a.follow(op)
	for _, e := range events {
		if !e.Ours {
			a.Errorf("%s %s is not of the operation", e.LogicalID, e.Status)
		}
	}
	return op, op.Outcome()
}

func TestWatch(t *testing.T) {
	inAccount(t, "what runs", cfntest.Options{PageSize: 3}, func(a *account) {
		a.deploy()
		p, _ := a.plan("Size=2")
		a.FailUpdate("Queue", "priority is taken")
		a.client.Execute(a.Context(), p)
		time.Sleep(10 * time.Second)
		_, o := a.watch("flow")
		expect(a.T, "result", o.Result, Failed)
		expect(a.T, "cause", o.Cause.LogicalID, "Queue")
	})
	for name, o := range map[string]cfntest.Options{
		"what ran":                    {NoRollbackToken: true},
		"what ran on an old endpoint": {NoTokens: true, NoOperationIDs: true},
	} {
		inAccount(t, name, o, func(a *account) {
			a.FailCreate("Queue", "priority is taken")
			a.deploy()
			time.Sleep(time.Hour)
			begun := time.Now()
			_, o := a.watch("flow")
			expect(a.T, "result", o.Result, Failed)
			expect(a.T, "cause", o.Cause.LogicalID, "Queue")
			expect(a.T, "at once", time.Since(begun) < time.Second, true)
		})
	}
}

func TestWatchAfterSeveralOperations(t *testing.T) {
	inAccount(t, "a success after a failure", cfntest.Options{}, func(a *account) {
		a.deploy()
		a.FailUpdate("Queue", "priority is taken")
		a.deploy("Size=2")
		a.Heal("Queue")
		a.deploy("Size=3")
		_, o := a.watch("flow")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "cause", o.Cause == nil, true)
		expect(a.T, "outputs", o.Stack.Outputs["Size"], "3")
	})
	inAccount(t, "a rollback that was continued", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.FailUpdate("Queue", "priority is taken")
		a.FailRollback("Role", "role is locked")
		a.deploy("Size=2")
		_, o := a.watch("flow")
		expect(a.T, "stuck", o.Result, Stuck)
		a.Heal("Role")
		again := &cloudformation.ContinueUpdateRollbackInput{StackName: new("flow")}
		if _, err := a.Client().ContinueUpdateRollback(a.Context(), again); err != nil {
			a.Fatal(err)
		}
		_, o = a.watch("flow")
		expect(a.T, "rolled back", o.Result, Failed)
		expect(a.T, "cause", o.Cause.LogicalID, "Queue")
	})
}

func TestWatchADeletion(t *testing.T) {
	inAccount(t, "a deletion", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: template})
		a.ForeignDelete("flow")
		time.Sleep(time.Hour)
		op, o := a.watch(a.StackID("flow"))
		expect(a.T, "kind", op.Kind, "DELETE")
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "a creation that was deleted because it failed", cfntest.Options{
		NoRollbackToken: true,
	}, func(a *account) {
		a.FailCreate("Role", "no more roles")
		if _, err := a.Client().CreateStack(a.Context(),
			&cloudformation.CreateStackInput{StackName: new("flow"), TemplateBody: new(template),
				OnFailure:    types.OnFailureDelete,
				Capabilities: []types.Capability{types.CapabilityCapabilityIam}}); err != nil {
			a.Fatal(err)
		}
		time.Sleep(time.Hour)
		op, o := a.watch(a.StackID("flow"))
		expect(a.T, "kind", op.Kind, "CREATE")
		expect(a.T, "result", o.Result, Failed)
		expect(a.T, "cause", o.Cause.LogicalID, "Role")
	})
	inAccount(t, "nothing has run yet", cfntest.Options{}, func(a *account) {
		a.plan()
		_, o := a.watch("flow")
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "nothing is there", cfntest.Options{}, func(a *account) {
		_, err := a.client.Watch(a.Context(), a.stack("flow"))
		expect(a.T, "result", result(err), "unknown")
	})
	inAccount(t, "a stack from the future", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Status: "UPDATE_DREAMT"})
		_, o := a.watch("flow")
		expect(a.T, "result", o.Result, Unknown)
	})
}
