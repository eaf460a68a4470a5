package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

const bucketType = "AWS::S3::Bucket"

// guarded are the types of resources that are replaced or removed only when that
// is allowed by name: they hold data, run jobs, or are what others know them by.
var guarded = []string{bucketType, "AWS::EC2::VPC", "AWS::EC2::EIP", "AWS::EC2::NatGateway", environmentType, "AWS::Batch::JobQueue"}

// losses are the changes of a plan that need permission: guarded resources that
// are removed, replaced, or may be. A compute environment that Batch updates in
// place is not replaced, though CloudFormation cannot say so beforehand.
func losses(changes []deploy.Change, inPlace bool) []deploy.Change {
	return slices.DeleteFunc(display.Ordered(changes), func(c deploy.Change) bool {
		switch {
		case !slices.Contains(guarded, c.Type):
			return true
		case c.Replacement == "Conditional":
			return c.Type == environmentType && inPlace
		}
		return c.Action != "Remove" && c.Replacement != "True"
	})
}

// updatesInPlace says whether Batch can update the compute environment of these
// values, as the template's condition UpdateInPlace does.
func updatesInPlace(v generator.Values) bool {
	return v["ExistingBatchServiceRoleArn"] == "" && v["AllocationStrategy"] != "BEST_FIT"
}

// permit refuses a plan that takes away what is not named by --allow-replace.
func permit(p *deploy.Plan, values generator.Values, allowed []string) error {
	var missing []string
	text := []error{fmt.Errorf("%s: this would take away what flows depend on; nothing was changed", p.Stack.Name)}
	for _, c := range losses(p.Changes, updatesInPlace(values)) {
		if !slices.Contains(allowed, c.LogicalID) {
			missing = append(missing, c.LogicalID)
			text = append(text, fmt.Errorf("  %s: %s", c.LogicalID, display.Disposition(c)))
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
	for _, r := range generator.Template().Resources {
		known = append(known, r.ID)
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			e.problems.add(fmt.Errorf("--%s: %w", flag, generator.Unknown("resource", id, known)))
		}
	}
}
