package deploy

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// hastyLimit is what one who has interrupted us waits for the removal of a shell.
const hastyLimit = 600 * time.Millisecond

// Discard removes the change set of a plan that is not to be executed, and the empty
// shell of a stack that it made, unless somebody else uses that. It does nothing to an
// empty plan, which is already removed, and nothing after Execute. When ctx may have
// ended because the user gave up, give it a fresh one (context.WithoutCancel). It waits
// until the shell's name is free, but hardly so when Plan or Execute was interrupted.
func (c *Client) Discard(ctx context.Context, p *Plan) error {
	if p.settled {
		return nil
	}
	executed, err := c.removeSet(ctx, p)
	if err == nil && p.shell && !executed {
		err = c.removeShell(ctx, p)
	}
	p.settled = err == nil
	return err
}

// removeSet deletes the change set of a plan, or finds that somebody has executed it,
// who plans the same. One that is still being made may have to be waited for.
func (c *Client) removeSet(ctx context.Context, p *Plan) (executed bool, err error) {
	name, stack := aws.String(cmp.Or(p.ID, p.Name)), aws.String(p.Stack.handle())
	for waited := time.Duration(0); ; waited += time.Second {
		_, err := mutate(ctx, c, c.api.DeleteChangeSet, &cloudformation.DeleteChangeSetInput{ChangeSetName: name, StackName: stack})
		switch {
		case err == nil:
			return false, nil
		case ctx.Err() != nil:
			return false, err
		case classify(err) == missing:
			return false, nil
		case classify(err) != conflict || waited >= staleLimit:
			return false, apiError(ctx, p.Stack.Name, err)
		}
		set, err := call(ctx, c, c.api.DescribeChangeSet, &cloudformation.DescribeChangeSetInput{ChangeSetName: name, StackName: stack})
		if err == nil && strings.HasPrefix(string(set.ExecutionStatus), "EXECUTE_") {
			return true, nil
		}
		if err := sleep(ctx, time.Second); err != nil {
			return false, err
		}
	}
}

// removeShell deletes the stack that our change set made, when it is still nothing
// but the shell of it, and waits until its name is free again,
// but not for long when somebody waits for us to go.
func (c *Client) removeShell(ctx context.Context, p *Plan) error {
	s, err := c.Stack(ctx, p.Stack.handle())
	if err != nil || s.Status != "REVIEW_IN_PROGRESS" {
		return err
	}
	sets, err := c.changeSets(ctx, s.ID)
	if err != nil {
		return apiError(ctx, p.Stack.Name, err)
	}
	for _, set := range sets {
		if aws.ToString(set.ChangeSetName) != p.Name {
			return nil // somebody else plans to create this stack
		}
	}
	_, err = mutate(ctx, c, c.api.DeleteStack, &cloudformation.DeleteStackInput{
		StackName: &s.ID, ClientRequestToken: aws.String(unique("discard")),
	})
	if err != nil && (ctx.Err() != nil || classify(err) != missing) {
		return apiError(ctx, p.Stack.Name, err)
	}
	limit, step := staleLimit, time.Second
	if p.hasty {
		limit, step = hastyLimit, hastyLimit/3
	}
	for waited := time.Duration(0); s.Exists() && waited < limit; waited += step {
		if err := sleep(ctx, step); err != nil {
			return nil // it goes on without us
		}
		if s, err = c.Stack(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}
