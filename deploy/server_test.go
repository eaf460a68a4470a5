package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// template has a retained bucket, a role, and a queue that needs the role.
const template = `{"Parameters": {
 "Size": {"Type": "String", "Default": "1"}, "Name": {"Type": "String", "Default": "a"}},
"Resources": {
 "Bucket": {"Type": "AWS::S3::Bucket",
  "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
 "Role": {"Type": "AWS::IAM::Role", "Properties": {
  "AssumeRolePolicyDocument": {}, "Description": {"Ref": "Size"}}},
 "Queue": {"Type": "AWS::Batch::JobQueue", "DependsOn": "Role", "Properties": {
  "Priority": {"Ref": "Size"}}}},
"Outputs": {
 "Size": {"Value": {"Ref": "Size"}, "Description": "how large"},
 "Name": {"Value": {"Ref": "Name"}}}}`

// account is a server and a client of it through the real SDK, in fake time.
type account struct {
	*testing.T
	*cfntest.Server
	client *Client
}

func inAccount(t *testing.T, name string, o cfntest.Options, f func(a *account)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := cfntest.New(o)
			f(&account{t, server, New(server.Client())})
		})
	})
}

func (a *account) stack(name string) Stack {
	a.Helper()
	s, err := a.client.Stack(a.Context(), name)
	if err != nil {
		a.Fatal(err)
	}
	return s
}

func (a *account) plan(parameters ...string) (*Plan, error) {
	r := Request{Template: []byte(template), Parameters: map[string]string{},
		Keep: []string{"Size", "Name"}}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		r.Parameters[name] = value
	}
	return a.client.Plan(a.Context(), a.stack("flow"), r)
}

// deploy plans, executes and follows to the end.
func (a *account) deploy(parameters ...string) (Outcome, []string) {
	a.Helper()
	p, err := a.plan(parameters...)
	if err != nil {
		a.Fatal(err)
	}
	op, err := a.client.Execute(a.Context(), p)
	if err != nil {
		a.Fatal(err)
	}
	_, notes := a.follow(op)
	return op.Outcome(), notes
}

// follow runs the wait and checks that it yields every event of the operation that the server
// knows, once and in order.
func (a *account) follow(op *Operation) (events []Event, notes []string) {
	a.Helper()
	var got []string
	for e := range op.Events(a.Context()) {
		if e.Note != "" {
			notes = append(notes, e.Note)
			continue
		}
		events = append(events, e)
		got = append(got, e.ID)
	}
	var want []string
	for _, e := range a.Events(op.StackID) {
		if len(want) > 0 || len(got) > 0 && e.ID == got[0] {
			want = append(want, e.ID)
		}
	}
	expect(a.T, "events", got, want)
	return events, notes
}

// effects counts the calls of an action that changed something.
func (a *account) effects(action string) (n int) {
	for _, call := range a.Mutations() {
		if call.Action == action && call.Effect != "" {
			n++
		}
	}
	return n
}

// calls counts the calls of an action, with any result.
func (a *account) calls(action string) (n int) {
	for _, call := range a.Calls() {
		if call.Action == action {
			n++
		}
	}
	return n
}

func result(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Result.String()
	}
	return fmt.Sprint(err)
}

// interrupted is a context that ends after a while, as after Ctrl-C.
func (a *account) interrupted(after time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(a.Context(), after)
	a.Cleanup(cancel)
	return ctx
}
