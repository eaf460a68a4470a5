package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

const bucketType = "AWS::S3::Bucket"

// losses returns the changes of a plan that need permission: protected resources
// that are removed, replaced, or may be. What the component updates in place is
// not replaced, though CloudFormation cannot say so beforehand.
func losses(
	c *generator.Component, changes []deploy.Change, values generator.Values,
) []deploy.Change {
	return slices.DeleteFunc(display.Ordered(changes), func(change deploy.Change) bool {
		switch {
		case !slices.Contains(c.Protected, change.Type):
			return true
		case change.Replacement == "Conditional":
			return c.InPlace != nil && c.InPlace(change.Type, values)
		}
		return change.Action != "Remove" && change.Replacement != "True"
	})
}

// permit refuses a plan that takes away what is not named by --allow-replace.
func permit(component *generator.Component, p *deploy.Plan, values generator.Values, allowed []string) error {
	var missing []string
	text := []error{fmt.Errorf("%s: this would take away what flows depend on; nothing was changed", p.Stack.Name)}
	for _, c := range losses(component, p.Changes, values) {
		if !slices.Contains(allowed, c.LogicalID) {
			missing = append(missing, c.LogicalID)
			text = append(text, fmt.Errorf("  %s: %s", c.LogicalID, fate(c)))
		}
	}
	if missing == nil {
		return nil
	}
	return &exitError{exitRefused, errors.Join(text...), "Allow: the same command with --allow-replace " + strings.Join(append(slices.Clone(allowed), missing...), ",")}
}

// checkResources notes names that are no resource of the template.
func (e *env) checkResources(flag string, ids []string) {
	if len(ids) == 0 {
		return
	}
	var known []string
	for _, r := range e.component.Template().Resources {
		known = append(known, r.ID)
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			e.problems.add(fmt.Errorf("--%s: %w", flag, suggest.Unknown("resource", id, known)))
		}
	}
}
