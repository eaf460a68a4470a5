package deploy

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Delete begins the deletion of a stack, or attaches to the one that is running. A
// stack that does not exist is an operation that has already succeeded.
//
// retain names resources to leave behind, and force gives up those that cannot be
// deleted; CloudFormation takes both only for a stack in DELETE_FAILED, anything else
// is an Error with Result Invalid. A protected or busy stack is Refused.
func (c *Client) Delete(ctx context.Context, s Stack, retain []string, force bool) (*Operation, error) {
	if s.Exists() {
		now, err := c.Stack(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		now.Name = s.Name
		s = now
	}
	switch a := stateOf(s.Status).delete; {
	case a == nothing:
		op := c.operation(deletion, s)
		op.nothing(s)
		op.outcome.Status = "DELETE_COMPLETE"
		return op, nil
	case a == attach:
		return c.Watch(ctx, s)
	case a != remove:
		return nil, s.refusal(a)
	case s.Protected:
		return nil, &Error{Result: Refused, Stack: s.Name, Reason: "termination protection is on"}
	case s.Status != "DELETE_FAILED" && (force || len(retain) > 0):
		return nil, &Error{Result: Invalid, Stack: s.Name, Status: s.Status,
			Reason: "resources can be left behind only after a deletion has failed (DELETE_FAILED)"}
	}
	op := c.operation(deletion, s)
	if err := op.takeAnchor(ctx); err != nil {
		return nil, err
	}
	in := &cloudformation.DeleteStackInput{StackName: &s.ID, ClientRequestToken: &op.Token, RetainResources: retain}
	if force {
		in.DeletionMode = types.DeletionModeForceDeleteStack
	}
	if _, err := mutate(ctx, c, c.api.DeleteStack, in); err != nil && !c.deleting(ctx, s, err) {
		return nil, c.deleteError(ctx, s, err)
	}
	return op, nil
}

// deleting says whether a deletion whose request seems refused is under way all the
// same. The user wants the stack gone, so whose deletion it is does not matter.
func (c *Client) deleting(ctx context.Context, s Stack, refused error) bool {
	if f := classify(refused); ctx.Err() == nil && f != conflict && f != missing && !passing(refused) {
		return false
	}
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleLimit)
	defer cancel()
	now, err := c.Stack(look, s.ID)
	return err == nil && (!now.Exists() || now.Status == "DELETE_IN_PROGRESS")
}

func (c *Client) deleteError(ctx context.Context, s Stack, err error) error {
	if ctx.Err() == nil && strings.Contains(describe(err), "TerminationProtection") {
		return &Error{Result: Refused, Stack: s.Name, Reason: "termination protection is on", Err: err}
	}
	return apiError(ctx, s.Name, err)
}

// Clear deletes what is left of a stack whose creation failed and was rolled back
// (Stack.NeedsClearing), so that it can be created again. When a resource of it still
// lives, one that the template retains aside, or when it is protected, the Error is
// Refused and names what is there.
func (c *Client) Clear(ctx context.Context, s Stack) (*Operation, error) {
	if !s.NeedsClearing() {
		return nil, &Error{Result: Refused, Stack: s.Name, Status: s.Status, Reason: "only what is left of a failed creation is cleared"}
	}
	live, err := c.living(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(live) > 0 {
		return nil, &Error{Result: Refused, Stack: s.Name, Status: s.Status,
			Reason: "these resources of it still exist: " + strings.Join(live, ", ") + "; delete the stack first"}
	}
	return c.Delete(ctx, s, nil, false)
}

// living names the resources of a rolled-back stack that were neither deleted nor
// deliberately left behind (DELETE_SKIPPED), nor never made at all.
func (c *Client) living(ctx context.Context, s Stack) ([]string, error) {
	resources, err := c.Resources(ctx, s)
	if err != nil {
		return nil, err
	}
	var live []string
	for _, r := range resources {
		if r.Status != "DELETE_COMPLETE" && r.Status != "DELETE_SKIPPED" && r.PhysicalID != "" {
			live = append(live, r.LogicalID+" ("+r.PhysicalID+")")
		}
	}
	return live, nil
}
