package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/cost"
	"github.com/metaflow-cfn/metaflow-cfn/generator/review"
	"github.com/metaflow-cfn/metaflow-cfn/generator/summary"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// digest says at the end of a plan what a person decides about: what is new, who may do what, what
// it costs at rest, and how much changes.
func (e *env) digest(w *terminal.Stream, p *deploy.Plan, asked *stackInput) {
	if s, err := summary.Of(asked.component, asked.effective); err == nil { // the values are checked
		e.digestParts(w, p, asked, s)
	}
	created, changed, deleted := display.Totals(p.Changes)
	total := fmt.Sprintf("%d to create, %d to change, %d to delete", created, changed, deleted)
	if asked.folds(p) {
		total += "; --resources lists them"
	}
	e.Fprintf(w, terminal.Plain, "%s", total)
}

// listed is how many resources of a new stack a plan lists without --resources.
const listed = 10

// folds reports whether the plan of a new stack does not list its resources.
func (in *stackInput) folds(p *deploy.Plan) bool {
	return p.Operation == "CREATE" && !in.resources && len(p.Changes) > listed
}

// digestParts shows the parts of a digest. Those of an update are about what it adds.
func (e *env) digestParts(w *terminal.Stream, p *deploy.Plan, asked *stackInput, s *summary.Summary) {
	creates := p.Operation == "CREATE"
	added := func(id string) bool {
		return creates || slices.ContainsFunc(p.Changes, func(c deploy.Change) bool {
			return c.LogicalID == id && c.Action == "Add"
		})
	}
	if creates {
		for _, line := range s.New {
			e.part(w, "new", line.Area+": "+line.Text)
		}
		e.part(w, "zones", strings.Join(s.Zones, ", "))
		if len(asked.shared) == 0 { // else the values of the other stack are listed above
			e.part(w, "reused", strings.Join(s.Reused, ", "))
		}
		if len(s.Kept) > 0 {
			e.part(w, "kept", strings.Join(s.Kept, ", ")+", when the stack is deleted")
		}
	}
	statements := slices.DeleteFunc(s.Statements, func(s review.Statement) bool { return !added(s.Resource) })
	e.access(w, statements, asked.resources)
	for _, r := range s.Rules {
		if added(r.Group) {
			e.part(w, "rule", rule(r))
		}
	}
	e.part(w, "cost", asked.costs(p, s.Cost))
}

// part shows a part of a digest below its name, in lines that fit.
func (e *env) part(w *terminal.Stream, name, text string) {
	const indent = 10
	if text == "" {
		return
	}
	for i, line := range terminal.Wrap(text, helpWidth-indent) {
		if i > 0 {
			name = ""
		}
		e.Fprintf(w, terminal.Plain, "  %-*s%s", indent-2, name, line)
	}
}

// access shows which resources get IAM statements, or each statement in words.
func (e *env) access(w *terminal.Stream, statements []review.Statement, all bool) {
	var order []string
	counts := map[string]int{}
	for _, s := range statements {
		if all {
			e.part(w, "IAM", s.Resource+": "+s.Words)
		}
		if counts[s.Resource]++; counts[s.Resource] == 1 {
			order = append(order, s.Resource)
		}
	}
	if all {
		return
	}
	for i, id := range order {
		order[i] = id + " " + display.Count(counts[id], "statement")
	}
	e.part(w, "IAM", strings.Join(order, ", "))
}

// rule returns a rule of a security group in words.
func rule(r review.Rule) string {
	text := r.Group + ": " + r.Protocol + " from " + r.Peer
	if r.Direction == "Egress" {
		text = r.Group + ": " + r.Protocol + " to " + r.Peer
	}
	if r.Purpose != "" {
		text += " (" + r.Purpose + ")"
	}
	return text
}

// costs returns what the stack costs at rest: of a new stack, or where an update changes it.
func (in *stackInput) costs(p *deploy.Plan, items []cost.Item) string {
	before := ""
	if p.Operation != "CREATE" {
		old, err := in.atRest(in.known(in.deployedValues(p.Stack)))
		if err != nil || slices.Equal(old, items) { // an error: values of an older version
			return ""
		}
		dollars, _ := cost.Total(old)
		before = ", " + cost.Dollars(dollars) + " before"
	}
	dollars, known := cost.Total(items)
	text := ""
	switch {
	case !known:
		text = "more than "
	case dollars > 0:
		text = "about "
	}
	text += cost.Dollars(dollars) + " a month at rest" + before
	var parts []string
	for _, i := range items {
		parts = append(parts, i.String())
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text + " (" + cost.Basis + ")"
}

// atRest returns what the stack costs at rest under some values.
func (in *stackInput) atRest(v generator.Values) ([]cost.Item, error) {
	resolved, err := in.component.Built().Resolve(v)
	if err != nil {
		return nil, err
	}
	return cost.AtRest(resolved.Resources), nil
}

// known returns the values of parameters that the template has.
func (in *stackInput) known(v generator.Values) generator.Values {
	all := generator.Values{}
	for p := range in.component.Parameters() {
		if value, has := v[p.Name]; has {
			all[p.Name] = value
		}
	}
	return all
}
