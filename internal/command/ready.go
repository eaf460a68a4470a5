package command

import (
	"context"
	"errors"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// begin finds the account and the stack.
func (d *deployment) begin(ctx context.Context) (account, deploy.Stack, error) {
	to, err := d.connect(ctx)
	if err != nil {
		return to, deploy.Stack{}, err
	}
	stack, err := to.Stack(ctx, d.name)
	return to, stack, failed(err, "Try: metaflow-cfn watch "+d.name)
}

// resume follows the operation that an earlier run of the same command has begun,
// where it is still going on.
func (d *deployment) resume(ctx context.Context, to account, stack deploy.Stack, r deploy.Request) (done bool, err error) {
	if !stack.Busy() {
		return false, nil
	}
	op, err := to.Resume(ctx, stack, r)
	switch {
	case err != nil:
		return true, failed(err, remedy(d.name, stack.Status))
	case op == nil:
		return false, nil
	}
	d.say("An earlier run of this command has begun what is running; it is followed")
	return true, d.conclude(ctx, to, op)
}

// orClash prefers what is wrong with the given values to an error that kept us from
// finding the stack: only values that it keeps could have set these right.
func (d *deployment) orClash(ctx context.Context, err error) error {
	if clash := d.values.Relations(); len(clash) > 0 && ctx.Err() == nil {
		return &exit{exitUsage, errors.Join(clash...), "Flags: metaflow-cfn deploy --help"}
	}
	return err
}

// ready is the stack after the operation that is running, where that is waited for:
// a clean-up always, another one if the user says so.
func (d *deployment) ready(ctx context.Context, to account, stack deploy.Stack) (deploy.Stack, error) {
	if !stack.DeployWaits() && !(stack.Busy() && d.queue) {
		return stack, nil
	}
	return d.settle(ctx, to, stack)
}

// settle follows the running operation to its end, whatever that is.
func (w *waiting) settle(ctx context.Context, to account, stack deploy.Stack) (deploy.Stack, error) {
	w.say("%s is %s: waiting for it to end", stack.Name, stack.Status)
	op, err := to.Watch(ctx, stack)
	if err != nil {
		return stack, failed(err, "")
	}
	outcome := w.follow(ctx, to, op)
	if outcome.Result == deploy.Running || outcome.Result == deploy.CredentialsLost {
		return stack, w.ended(op, outcome, nil)
	}
	stack, err = to.Stack(ctx, stack.Name)
	return stack, failed(err, "")
}

// clear explains why the stack could not be created the last time, and deletes
// what is left of it.
func (d *deployment) clear(ctx context.Context, to account, stack deploy.Stack) (deploy.Stack, error) {
	last, err := to.Watch(ctx, stack)
	if err != nil {
		return stack, failed(err, "")
	}
	for range last.Events(ctx) {
	}
	d.say("%s could not be created the last time and is empty (%s); it is deleted and created again", d.name, stack.Status)
	d.cause(last.Outcome())
	op, err := to.DeleteEmpty(ctx, stack)
	if err != nil {
		return stack, failed(err, "Delete: metaflow-cfn delete "+d.name)
	}
	outcome := d.follow(ctx, to, op)
	if outcome.Result != deploy.Succeeded {
		return stack, d.ended(op, outcome, nil)
	}
	stack, err = to.Stack(ctx, d.name)
	return stack, failed(err, "")
}
