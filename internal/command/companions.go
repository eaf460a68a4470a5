package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// companion is a stack of this program that uses a resource of another one.
type companion struct {
	stack, parameter, resource string
}

// companions returns the stacks of this program whose parameters name a resource of a
// stack, by physical ID or ARN, each stack once for every resource. A caller without
// permission to list stacks gets a note, and the command continues.
func (e *env) companions(
	ctx context.Context, s *session, resources []deploy.Event,
) ([]companion, error) {
	if len(resources) == 0 {
		return nil, nil
	}
	stacks, err := s.Stacks(ctx)
	switch {
	case deploy.Denied(err):
		e.Printf("These credentials may not list stacks (cloudformation:DescribeStacks on *): " +
			"whether other stacks use this one is not known")
		return nil, nil
	case err != nil:
		return nil, failed(err, "")
	}
	var all []companion
	for _, other := range stacks {
		if other.ID == s.stack.ID || !other.Live() || e.componentOf(other) == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(other.Parameters)) {
			for _, r := range resources {
				if names(other.Parameters[name], r.PhysicalID) {
					all = append(all, companion{other.Name, name, r.LogicalID})
				}
			}
		}
	}
	return all, nil
}

// names reports whether a parameter value, or an item of it, is the physical ID of
// a resource or its ARN.
func names(value, physical string) bool {
	if physical == "" {
		return false
	}
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == physical || strings.HasPrefix(item, "arn:") &&
			(strings.HasSuffix(item, "/"+physical) || strings.HasSuffix(item, ":"+physical)) {
			return true
		}
	}
	return false
}

// refuseCompanions returns the refusal of what would take resources away from
// companions, or nil where there are none. what is what was asked for.
func refuseCompanions(what string, found []companion) error {
	if len(found) == 0 {
		return nil
	}
	var stacks, lines []string
	for _, c := range found {
		stacks = append(stacks, c.stack)
		lines = append(lines, fmt.Sprintf("  %s uses %s (%s)", c.stack, c.resource, c.parameter))
	}
	slices.Sort(stacks)
	stacks = slices.Compact(stacks)
	return &exitError{exitRefused,
		fmt.Errorf("%s: other stacks use it; nothing was changed\n%s", what, strings.Join(lines, "\n")),
		"Delete or change first: " + strings.Join(stacks, ", ") +
			"   Or: the same command with --ignore-companions"}
}
