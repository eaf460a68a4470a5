package main

import (
	"context"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// begin finds the account and the stack.
func (d *deployment) begin(ctx context.Context) (account, deploy.Stack, error) {
	to, err := d.connect(ctx)
	if err != nil {
		return to, deploy.Stack{}, err
	}
	stack, err := d.ready(ctx, to)
	return to, stack, err
}

// ready is the stack, after another operation if the user waits for it.
func (d *deployment) ready(ctx context.Context, to account) (deploy.Stack, error) {
	stack, err := to.Stack(ctx, d.name)
	if err != nil {
		return stack, failed(err, "Try: metaflow-cfn watch "+d.name)
	}
	if stack.Busy() && d.queue {
		d.say("%s is %s: waiting for it to end", d.name, stack.Status)
		return d.settle(ctx, to, stack)
	}
	return stack, nil
}

// settle follows the running operation to its end, whatever that is.
func (d *deployment) settle(ctx context.Context, to account, stack deploy.Stack) (deploy.Stack, error) {
	op, err := to.Watch(ctx, stack)
	if err != nil {
		return stack, failed(err, "")
	}
	outcome := d.follow(ctx, op)
	if outcome.Result == deploy.Running || outcome.Result == deploy.CredentialsLost {
		return stack, d.ended(op, outcome)
	}
	stack, err = to.Stack(ctx, d.name)
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
	op, err := to.Clear(ctx, stack)
	if err != nil {
		return stack, failed(err, "Delete: metaflow-cfn delete "+d.name)
	}
	outcome := d.follow(ctx, op)
	if outcome.Result != deploy.Succeeded {
		return stack, d.ended(op, outcome)
	}
	stack, err = to.Stack(ctx, d.name)
	return stack, failed(err, "")
}
