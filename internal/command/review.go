package command

import (
	"cmp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// review shows a plan to people, with what is removed and replaced first, and with
// the parameters behind each change.
func (e *env) review(w *terminal.Stream, p *deploy.Plan, asked *stackInput) {
	if p.Empty() {
		e.Fprintf(w, terminal.Plain, "%s: no changes", p.Stack.Name)
		return
	}
	if p.Reused {
		e.Fprintf(w, terminal.Plain, "An earlier run that was interrupted made this change set.")
	}
	e.Fprintf(w, terminal.Plain, "%s: %s, %s",
		p.Stack.Name, strings.ToLower(p.Operation), display.Summary(p.Changes))
	retagged := logicalIDs(p.Changes, onlyTags)
	changes := slices.DeleteFunc(display.Ordered(p.Changes), func(c deploy.Change) bool {
		return len(retagged) > 1 && onlyTags(c)
	})
	if !asked.folds(p) {
		e.displayConfig().Changes(w, changes)
	}
	if len(retagged) > 1 {
		e.Fprintf(w, terminal.Plain, "   ~  tags of %s", strings.Join(retagged, ", "))
	}
	for _, u := range asked.explained(p) {
		is := "updated "
		if u.Change == generator.Replaced.String() {
			is = ""
		}
		e.Fprintf(w, terminal.Notice, "%s is %s%s: %s", u.ID, is, u.Change, u.Reason)
	}
	e.reviewTags(w, p.Stack, asked.in)
	e.reviewFixedTags(w, p, asked.in)
	for _, t := range asked.shared {
		e.Fprintf(w, terminal.Plain, "From %s: %s=%s (%s)",
			asked.from, t.Parameter.Name, t.Value, t.Origin)
	}
	for _, d := range asked.derived.news(p.Stack) {
		e.Fprintf(w, terminal.Plain, "Chosen: %s=%s (%s)", d.Parameter.Name, d.Value, d.Reason)
	}
	if role := cmp.Or(asked.role.arn, p.Stack.RoleARN); role != "" {
		e.Fprintf(w, terminal.Plain, "CloudFormation works with the role %s", role)
	}
	if keeps := asked.keptValues(p.Stack); len(keeps) > 0 && p.Operation == "UPDATE" {
		e.Fprintf(w, terminal.Plain, "Kept from the stack: %s", strings.Join(keeps, ", "))
	}
	e.digest(w, p, asked)
}

// origin returns what makes a property change, in the words of the command line.
func (e *env) origin(p deploy.Property) string {
	switch p.Source {
	case "ParameterReference":
		if own := e.component.Lookup(p.Entity); own != nil {
			return "set by parameter " + own.Name + " (--" + own.Flag() + ")"
		}
		return "set by parameter " + p.Entity
	case "ResourceReference", "ResourceAttribute":
		return "follows " + p.Entity
	}
	return ""
}

// reviewFixedTags warns of resources that are replaced because the tags change.
func (e *env) reviewFixedTags(w *terminal.Stream, p *deploy.Plan, asked *inputs) {
	tagged := logicalIDs(p.Changes, e.byTags)
	if len(tagged) == 0 {
		return
	}
	flag := "--tags"
	if asked.noTags {
		flag = "--no-tags"
	}
	e.Fprintf(w, terminal.Notice, "The tags change: AWS Batch takes tags only when a resource "+
		"is created, so %s would be replaced. Without %s the tags stay.",
		strings.Join(tagged, " and "), flag)
}

// byTags reports whether a resource is replaced because of the stack's tags.
func (e *env) byTags(c deploy.Change) bool {
	return slices.Contains(e.component.FixedTags, c.Type) && c.Action == "Modify" &&
		c.Replacement != "False" && slices.Contains(c.Scope, "Tags")
}

// onlyTags reports whether only the stack's tags change in a resource.
func onlyTags(c deploy.Change) bool {
	return display.Symbol(c) == " ~ " && slices.Equal(c.Scope, []string{"Tags"})
}

// logicalIDs returns the IDs of the resources whose change fits.
func logicalIDs(changes []deploy.Change, fits func(deploy.Change) bool) []string {
	var ids []string
	for _, c := range display.Ordered(changes) {
		if fits(c) {
			ids = append(ids, c.LogicalID)
		}
	}
	return ids
}
