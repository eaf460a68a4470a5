package deploy

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// updating begins an update of an existing stack.
func (a *account) updating() *Operation {
	a.Helper()
	a.Seed(cfntest.Stack{Name: "flow", Template: template})
	p, err := a.plan("Size=2")
	if err != nil {
		a.Fatal(err)
	}
	op, err := a.client.Execute(a.Context(), p)
	if err != nil {
		a.Fatal(err)
	}
	return op
}

// halfWay leaves a stack in UPDATE_ROLLBACK_FAILED because of its role.
func (a *account) halfWay() {
	a.Helper()
	a.FailUpdate("Queue", "priority is taken")
	a.FailRollback("Role", "role is locked")
	op := a.updating()
	a.follow(op)
	expect(a.T, "result", op.Outcome().Result, Stuck)
}

// ours follows an operation and checks that all events belong to it.
func (a *account) ours(op *Operation, err error) Outcome {
	a.Helper()
	if err != nil {
		a.Fatal(err)
	}
	events, notes := a.follow(op)
	for _, e := range events {
		if !e.Ours {
			a.Errorf("%s %s is not of the operation", e.LogicalID, e.Status)
		}
	}
	expect(a.T, "notes", len(notes), 0)
	return op.Outcome()
}

func TestCancel(t *testing.T) {
	for name, o := range map[string]cfntest.Options{
		"an update": {}, "on an old endpoint": {NoTokens: true, NoOperationIDs: true},
		"without tokens": {NoTokens: true},
	} {
		inAccount(t, name, o, func(a *account) {
			a.updating()
			time.Sleep(3 * time.Second)
			o := a.ours(a.client.Cancel(a.Context(), a.stack("flow")))
			expect(a.T, "result", o.Result, Succeeded)
			expect(a.T, "status", o.Status, "UPDATE_ROLLBACK_COMPLETE")
			expect(a.T, "cause", o.Cause == nil, true)
			expect(a.T, "parameters", a.Parameters("flow")["Size"], "1")
			expect(a.T, "cancellations", a.effects("CancelUpdateStack"), 1)
		})
	}
	inAccount(t, "one that is being cancelled", cfntest.Options{}, func(a *account) {
		a.updating()
		time.Sleep(3 * time.Second)
		a.ForeignCancel("flow")
		time.Sleep(time.Second)
		op, err := a.client.Cancel(a.Context(), a.stack("flow"))
		o := a.ours(op, err)
		expect(a.T, "kind", op.Kind, "CANCEL")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "cancellations", a.calls("CancelUpdateStack"), 0)
	})
	inAccount(t, "a rollback that fails", cfntest.Options{}, func(a *account) {
		a.FailRollback("Role", "role is locked")
		a.updating()
		time.Sleep(8 * time.Second)
		o := a.ours(a.client.Cancel(a.Context(), a.stack("flow")))
		expect(a.T, "result", o.Result, Stuck)
		expect(a.T, "cause", o.Cause.LogicalID, "Role")
		expect(a.T, "blocking", len(o.Blocking), 1)
		expect(a.T, "blocking", o.Blocking[0].Name(), "Role")
	})
}

func TestCancelInTrouble(t *testing.T) {
	for name, o := range map[string]cfntest.Options{
		"token known": {}, "token forgotten": {ForgetTokens: true},
	} {
		inAccount(t, "replies lost, "+name, o, func(a *account) {
			a.updating()
			time.Sleep(3 * time.Second)
			a.Fault("CancelUpdateStack", cfntest.ResetAfter, cfntest.Times(4))
			o := a.ours(a.client.Cancel(a.Context(), a.stack("flow")))
			expect(a.T, "result", o.Result, Succeeded)
			expect(a.T, "cancellations", a.effects("CancelUpdateStack"), 1)
		})
	}
	inAccount(t, "every request lost", cfntest.Options{}, func(a *account) {
		op := a.updating()
		a.Fault("CancelUpdateStack", cfntest.ResetBefore)
		s := a.stack("flow")
		_, err := a.client.Cancel(a.Context(), s)
		expect(a.T, "error", err != nil, true)
		a.follow(op)
		expect(a.T, "the update", op.Outcome().Result, Succeeded)
	})
	inAccount(t, "the update was faster", cfntest.Options{}, func(a *account) {
		a.updating()
		s := a.stack("flow")
		time.Sleep(time.Hour)
		_, err := a.client.Cancel(a.Context(), s)
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "error", strings.Contains(err.Error(), "UPDATE_COMPLETE"), true)
	})
}

func TestRecover(t *testing.T) {
	inAccount(t, "a rollback that is continued", cfntest.Options{}, func(a *account) {
		a.halfWay()
		again := a.ours(a.client.Recover(a.Context(), a.stack("flow"), nil, false, ""))
		expect(a.T, "result", again.Result, Stuck)
		expect(a.T, "blocking", again.Blocking[0].LogicalID, "Role")
		a.Heal("Role")
		o := a.ours(a.client.Recover(a.Context(), a.stack("flow"), nil, false, ""))
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "status", o.Status, "UPDATE_ROLLBACK_COMPLETE")
	})
	inAccount(t, "skipping what blocks", cfntest.Options{}, func(a *account) {
		a.halfWay()
		_, err := a.client.Recover(a.Context(), a.stack("flow"), []string{"Queue"}, false, "")
		expect(a.T, "result", result(err), "invalid")
		expect(a.T, "error", strings.Contains(err.Error(),
			"Queue does not block the rollback; what does: Role"), true)
		o := a.ours(a.client.Recover(a.Context(), a.stack("flow"), []string{"Role"}, false, ""))
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "by force", cfntest.Options{}, func(a *account) {
		a.halfWay()
		_, err := a.client.Recover(a.Context(), a.stack("flow"), []string{"Role"}, true, "")
		expect(a.T, "result", result(err), "invalid")
		o := a.ours(a.client.Recover(a.Context(), a.stack("flow"), nil, true, ""))
		expect(a.T, "result", o.Result, Succeeded)
	})
	inAccount(t, "run again while it runs", cfntest.Options{}, func(a *account) {
		a.halfWay()
		a.Heal("Role")
		if _, err := a.client.Recover(a.Context(), a.stack("flow"), nil, false, ""); err != nil {
			a.Fatal(err)
		}
		time.Sleep(time.Second)
		op, err := a.client.Recover(a.Context(), a.stack("flow"), nil, false, "")
		o := a.ours(op, err)
		expect(a.T, "kind", op.Kind, "ROLLBACK")
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "requests", a.effects("ContinueUpdateRollback"), 1)
	})
	inAccount(t, "replies lost", cfntest.Options{ForgetTokens: true}, func(a *account) {
		a.halfWay()
		a.Heal("Role")
		a.Fault("ContinueUpdateRollback", cfntest.ResetAfter)
		o := a.ours(a.client.Recover(a.Context(), a.stack("flow"), nil, false, ""))
		expect(a.T, "result", o.Result, Succeeded)
		expect(a.T, "requests", a.effects("ContinueUpdateRollback"), 1)
	})
}

func TestWhatBlocksARollback(t *testing.T) {
	bubble(t, "what failed on the way back, not on the way there", func(t *testing.T, s *script) {
		s.tells("0s stack UPDATE_IN_PROGRESS", "1s A UPDATE_FAILED the cause",
			"1s C UPDATE_FAILED Resource update cancelled",
			"2s stack UPDATE_ROLLBACK_IN_PROGRESS", "3s B UPDATE_FAILED locked", "3s D UPDATE_FAILED",
			"3s E UPDATE_FAILED Resource update cancelled", "4s stack UPDATE_ROLLBACK_FAILED")
		s.reads("0s UPDATE_IN_PROGRESS op-1", "4s UPDATE_ROLLBACK_FAILED op-1")
		op := s.op(states.KindUpdate)
		follow(t.Context(), op)
		expect(t, "cause", op.Outcome().Cause.LogicalID, "A")
		expect(t, "blocking", len(op.Outcome().Blocking), 2)
		expect(t, "blocking", op.Outcome().Blocking[0].LogicalID+op.Outcome().Blocking[1].LogicalID, "BD")
	})
}

func TestDeletedWhileItIsRecovered(t *testing.T) {
	for token, want := range map[string]Result{"theirs": Failed, "ours": Succeeded} {
		bubble(t, "by "+token, func(t *testing.T, s *script) {
			s.tells("0s stack ROLLBACK_IN_PROGRESS")
			s.log(arn, token, "op-"+token, "2s stack DELETE_IN_PROGRESS")
			s.log(arn, token, "op-"+token, "5s stack DELETE_COMPLETE")
			s.reads("0s ROLLBACK_IN_PROGRESS", "2s DELETE_IN_PROGRESS", "5s DELETE_COMPLETE")
			op := s.op(states.KindRollback)
			follow(t.Context(), op)
			expect(t, "result", op.Outcome().Result, want)
		})
	}
}

// command is one of the commands, with its entry in the table of states.
type command struct {
	name   string
	action states.Action
	run    func(a *account, now Stack) error
}

// commandsOn returns the commands on a stack in a state.
func commandsOn(s states.State) []command {
	return []command{
		{"deploy", s.Deploy, func(a *account, _ Stack) error {
			_, err := a.plan("Size=9")
			return err
		}},
		{"delete", s.Delete, func(a *account, _ Stack) error {
			_, err := a.delete(nil, false)
			return err
		}},
		{"watch", s.Watch, func(a *account, now Stack) error {
			_, err := a.client.Watch(a.Context(), now)
			return err
		}},
		{"cancel", s.Cancel, func(a *account, now Stack) error {
			_, err := a.client.Cancel(a.Context(), now)
			return err
		}},
		{"recover", s.Recover, func(a *account, now Stack) error {
			_, err := a.client.Recover(a.Context(), now, nil, false, "")
			return err
		}},
	}
}

// For every status and command, the result agrees with the table of states.
func TestEveryCommandOnEveryStatus(t *testing.T) {
	words := map[states.Action]string{
		states.Refuse: "refused", states.Busy: "refused", states.Wait: "refused",
		states.UpdateNoRollback: "refused", states.Recreate: "refused",
		states.Repair: "stuck", states.Absent: "unknown",
	}
	all := []string{"", "UPDATE_DREAMING_IN_PROGRESS", "UPDATE_DREAMT"}
	for _, status := range types.StackStatus("").Values() {
		all = append(all, string(status))
	}
	for _, status := range all {
		s := states.Of(status)
		for _, command := range commandsOn(s) {
			inAccount(t, command.name+" "+s.Status, cfntest.Options{}, func(a *account) {
				name := "flow"
				if s.Status != "" {
					name = a.Seed(cfntest.Stack{Name: "flow", Template: template, Status: s.Status})
				}
				now := a.stack(name)
				now.Name = "flow"
				expect(a.T, "status", now.Status, s.Status)
				err := command.run(a, now)
				want, refused := words[command.action]
				if refused {
					expect(a.T, "result", result(err), want)
					expect(a.T, "mutations", len(a.Mutations()), 0)
					expect(a.T, "names the status", strings.Contains(err.Error(), s.Status), true)
					return
				}
				expect(a.T, "error", err, error(nil))
				quiet := command.action == states.Follow || command.action == states.Nothing
				expect(a.T, "nothing is changed", len(a.Mutations()) == 0, quiet)
			})
		}
	}
}
