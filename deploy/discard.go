package deploy

import (
	"cmp"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// Discard removes the change set of a plan that is not to be executed, and the empty
// shell of a stack that it made, unless somebody else uses that. It does nothing to an
// empty plan, which is already removed, and nothing after Execute. When ctx may have
// ended because the user gave up, give it a fresh one (context.WithoutCancel).
func (c *Client) Discard(ctx context.Context, p *Plan) error {
	if p.settled {
		return nil
	}
	_, err := mutate(ctx, c, c.api.DeleteChangeSet, &cloudformation.DeleteChangeSetInput{
		ChangeSetName: aws.String(cmp.Or(p.ID, p.Name)), StackName: aws.String(p.Stack.handle()),
	})
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return err
	case classify(err) == conflict: // somebody has executed it
		p.settled = true
		return nil
	case classify(err) != missing:
		return apiError(ctx, p.Stack.Name, err)
	}
	if p.shell {
		if err := c.removeShell(ctx, p); err != nil {
			return err
		}
	}
	p.settled = true
	return nil
}

// removeShell deletes the stack that our change set made, when it is still nothing
// but the shell of it, and waits until its name is free again.
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
	for waited := time.Duration(0); s.Exists() && waited < staleLimit; waited += time.Second {
		if err := sleep(ctx, time.Second); err != nil {
			return nil // it goes on without us
		}
		if s, err = c.Stack(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}
