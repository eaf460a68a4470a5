package command

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// treatments are what the component says of an update: how resources are changed of which
// CloudFormation cannot say it.
type treatments struct {
	refresh   bool // the newest image is asked for
	verdicts  []generator.Verdict
	wouldFail error // the change set has a change that the service would refuse
}

// flag adds --refresh-image, where the component has an image.
func (u *treatments) flag(cmd *cobra.Command, c *generator.Component) {
	if c.Refresh != nil {
		cmd.Flags().BoolVar(&u.refresh, "refresh-image", false,
			"replace the instances by new ones with the newest image: sets --"+c.Refresh.Flag()+
				" to the date of today")
	}
}

// readRefresh gives the parameter of --refresh-image the date of today, in UTC.
func (in *stackInput) readRefresh(e *env) {
	if !in.refresh {
		return
	}
	p := in.component.Refresh
	if _, given := in.values[p.Name]; given || slices.Contains(in.unset, p.Name) {
		e.problems.add(fmt.Errorf("--refresh-image and %s exclude each other: choose one", p.Name))
		return
	}
	in.values[p.Name] = time.Now().UTC().Format(time.DateOnly)
}

// judge asks the component about the update of a stack to the effective values. It refuses
// an update that fails in any case, before a change set is made.
func (in *stackInput) judge(e *env, stack deploy.Stack) error {
	in.verdicts, in.wouldFail = nil, nil
	if !stack.Live() {
		return nil
	}
	in.verdicts = in.component.Verdicts(in.name, in.deployedValues(stack), in.effective)
	for _, v := range in.verdicts {
		if v.Change == generator.Refused && len(v.Properties) == 0 {
			return refuseUpdate(in.name, v)
		}
	}
	if p := in.component.Refresh; in.refresh && stack.Parameters[p.Name] == in.values[p.Name] {
		e.Printf("The image was refreshed today already (%s): there is nothing to refresh before "+
			"tomorrow, UTC", in.values[p.Name])
	}
	return nil
}

func refuseUpdate(stack string, v generator.Verdict) error {
	return &exitError{exitRefused,
		fmt.Errorf("%s: %s would fail: %s; nothing was changed", stack, v.Resource, v.Reason), v.Way}
}

// settle puts what the verdicts say in place of CloudFormation's Conditional.
func (in *stackInput) settle(p *deploy.Plan) {
	for i := range p.Changes {
		c := &p.Changes[i]
		v, found := in.verdict(*c)
		switch {
		case !found:
		case v.Change == generator.Refused:
			in.wouldFail = refuseUpdate(in.name, v)
		case c.Replacement != "Conditional":
		case v.Change == generator.InPlace:
			c.Replacement, c.Policy = "False", ""
		case v.Change == generator.Replaced:
			c.Replacement = "True"
		}
	}
}

// verdict returns the verdict about a change, if there is one.
func (in *stackInput) verdict(c deploy.Change) (generator.Verdict, bool) {
	i := slices.IndexFunc(in.verdicts, func(v generator.Verdict) bool {
		return v.Resource == c.LogicalID && c.Action == "Modify" &&
			(c.Replacement == "Conditional" ||
				slices.ContainsFunc(c.Properties, func(p deploy.Property) bool {
					return v.Covers(display.PropertyPath(p))
				}))
	})
	if i < 0 {
		return generator.Verdict{}, false
	}
	return in.verdicts[i], true
}

// explained returns what the verdicts say about the changes of a settled plan, where it is
// what happens.
func (in *stackInput) explained(p *deploy.Plan) (all []display.Update) {
	for _, c := range p.Changes {
		v, found := in.verdict(c)
		replaced := c.Replacement == "True"
		if found && v.Change != generator.Refused && replaced == (v.Change == generator.Replaced) {
			all = append(all, display.Update{ID: c.LogicalID, Change: v.Change.String(), Reason: v.Reason})
		}
	}
	return all
}

// planNotes returns what is said of a plan in addition to its changes.
func (in *stackInput) planNotes(p *deploy.Plan) display.PlanNotes {
	notes := display.PlanNotes{
		From: in.origins(), Derived: in.derived.records(p.Stack), Tags: in.in.tagChanges(p.Stack),
		Updates: in.explained(p),
	}
	if !p.Empty() {
		notes.Cost, _ = in.atRest(in.effective) // check has accepted the values
	}
	return notes
}
