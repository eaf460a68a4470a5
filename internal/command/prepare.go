package command

import (
	"context"
	"errors"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// resume follows the operation that an earlier run of the same command has begun, if
// it is still running.
func (d *deployCmd) resume(ctx context.Context, s *session, r deploy.Request) (bool, error) {
	if !s.stack.Busy() {
		return false, nil
	}
	op, err := s.Resume(ctx, s.stack, r)
	switch {
	case err != nil:
		return true, failed(err, d.nextCommand(d.name, s.stack.Status))
	case op == nil:
		return false, nil
	}
	d.Printf("An earlier run of this command started what is running: following it")
	return true, d.conclude(ctx, s, op)
}

// preferInputErrors returns the errors of the given values instead of err, which kept
// us from finding the stack: only values that the stack keeps could make them right.
func (d *deployCmd) preferInputErrors(ctx context.Context, err error) error {
	found := d.env.component != d.stackInput.component // a stack of another component
	if clash := d.clashes(); len(clash) > 0 && ctx.Err() == nil && !found {
		return &exitError{exitUsage, errors.Join(clash...), d.parametersOf("deploy")}
	}
	return err
}

// waitUntilIdle waits for a clean-up that is running, and for another operation if
// --wait is given. It reports whether it has waited.
func (d *deployCmd) waitUntilIdle(ctx context.Context, s *session) (bool, error) {
	if !s.stack.DeployWaits() && !(s.stack.Busy() && d.queue) {
		return false, nil
	}
	return true, d.waitForCurrent(ctx, s)
}

// waitForCurrent follows the running operation to its end, whatever that is.
func (w *follower) waitForCurrent(ctx context.Context, s *session) error {
	w.Printf("%s is %s: waiting for it to end", s.stack.Name, s.stack.Status)
	op, err := s.Watch(ctx, s.stack)
	if err != nil {
		return failed(err, "")
	}
	outcome := w.follow(ctx, s, op)
	if outcome.Result == deploy.Running || outcome.Result == deploy.CredentialsLost {
		return w.ended(op, outcome, nil)
	}
	return s.reload(ctx)
}

// clear explains why the stack could not be created the last time, and deletes what
// is left of it.
func (d *deployCmd) clear(ctx context.Context, s *session) error {
	last, err := s.Watch(ctx, s.stack)
	if err != nil {
		return failed(err, "")
	}
	for range last.Events(ctx) {
	}
	d.Printf("%s could not be created last time and is empty (%s): "+
		"deleting it, then creating it again", d.name, s.stack.Status)
	d.displayConfig().Cause(last.Outcome(), d.reasons)
	op, err := s.DeleteEmpty(ctx, s.stack, d.role.arn)
	if err != nil {
		return failed(err, d.role.next(err, s.stack, "Delete: "+d.commandLine("delete", d.name)))
	}
	outcome := d.follow(ctx, s, op)
	if outcome.Result != deploy.Succeeded {
		return d.ended(op, outcome, nil)
	}
	return s.reload(ctx)
}
