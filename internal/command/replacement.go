package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

const bucketType = "AWS::S3::Bucket"

// losses returns the changes of a settled plan that need permission: protected
// resources that are removed, replaced, or may be.
func losses(c *generator.Component, changes []deploy.Change) []deploy.Change {
	return slices.DeleteFunc(display.Ordered(changes), func(change deploy.Change) bool {
		return !goes(change) || !slices.Contains(c.Protected, change.Type)
	})
}

// goes reports whether a resource is removed or replaced, or may be.
func goes(c deploy.Change) bool {
	return c.Action == "Remove" || c.Replacement == "True" || c.Replacement == "Conditional"
}

// permit refuses a plan that would fail, that takes away what --allow-replace does not
// name, or what other stacks use.
func (d *deployCmd) permit(ctx context.Context, s *session, p *deploy.Plan) error {
	if d.wouldFail != nil {
		return d.wouldFail
	}
	var missing []string
	text := []error{fmt.Errorf(
		"%s: this would take away what flows depend on; nothing was changed", p.Stack.Name)}
	for _, c := range losses(d.env.component, p.Changes) {
		if !slices.Contains(d.allowReplace, c.LogicalID) {
			missing = append(missing, c.LogicalID)
			text = append(text, fmt.Errorf("  %s: %s", c.LogicalID, display.Disposition(c)))
		}
	}
	if missing != nil {
		all := append(slices.Clone(d.allowReplace), missing...)
		return &exitError{exitRefused, errors.Join(text...),
			"Allow: the same command with --allow-replace " + strings.Join(all, ",")}
	}
	if d.ignoreCompanions {
		return nil
	}
	found, err := d.companions(ctx, s, lost(p.Changes))
	if err != nil {
		return err
	}
	return refuseCompanions(p.Stack.Name, found)
}

// lost returns the resources that a settled plan takes away: those that are removed or
// replaced, or may be, but for those that the template then keeps.
func lost(changes []deploy.Change) []deploy.Event {
	var out []deploy.Event
	for _, change := range changes {
		if goes(change) && !strings.HasSuffix(change.Policy, "Retain") {
			out = append(out, deploy.Event{
				LogicalID: change.LogicalID, PhysicalID: change.PhysicalID, Type: change.Type,
			})
		}
	}
	return out
}

// allowed checks that --allow-replace names resources of the new template or of the
// deployed stack, which may be of another version.
func (d *deployCmd) allowed(ctx context.Context, s *session) error {
	var known []string
	for _, r := range d.env.component.Built().Resources {
		known = append(known, r.ID)
	}
	isKnown := func(id string) bool { return slices.Contains(known, id) }
	if !slices.ContainsFunc(d.allowReplace, func(id string) bool { return !isKnown(id) }) {
		return nil
	}
	deployed, err := d.ownResources(ctx, s)
	if err != nil {
		return err
	}
	known = append(known, slices.Sorted(maps.Keys(deployed))...)
	for _, id := range d.allowReplace {
		if !isKnown(id) {
			d.problems.add(fmt.Errorf("--allow-replace: %w", suggest.Unknown("resource", id, known)))
		}
	}
	return d.problems.err(d.flagsOf("deploy"))
}
