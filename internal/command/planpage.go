package command

import (
	"errors"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator/review"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// actions are the words of what happens to a resource, by its symbol.
var actions = map[string]string{
	" - ": "removed", "-/+": "replaced", "~/+": "may be replaced", " ~ ": "updated", " + ": "created",
}

// printPage prints the plan as a page for review to stdout.
func (p *planCmd) printPage(plan *deploy.Plan, lost []string) error {
	notes := review.Notes{Plan: p.reviewed(plan, lost), Sources: map[string]string{}}
	for _, name := range p.keptParameters() {
		notes.Sources[name] = "kept from the stack"
	}
	for _, t := range p.shared {
		notes.Sources[t.Parameter.Name] = "from " + p.from
	}
	for _, d := range p.derived.values {
		notes.Sources[d.Parameter.Name] = "derived: " + d.Reason
	}
	for name := range p.values {
		delete(notes.Sources, name)
	}
	text, err := review.Page(p.env.component, p.effective, notes)
	if err != nil {
		return err
	}
	_, err = p.Out.Write([]byte(p.Secrets.Redact(string(text))))
	return err
}

// reviewed returns the plan in the words of the page.
func (p *planCmd) reviewed(plan *deploy.Plan, lost []string) *review.Plan {
	out := &review.Plan{Summary: p.name + ": no changes"}
	if !plan.Empty() {
		out.Summary = p.name + ": " + strings.ToLower(plan.Operation) + ", " + display.Summary(plan.Changes)
	}
	config := p.displayConfig()
	for _, c := range display.Ordered(plan.Changes) {
		symbol := display.Symbol(c)
		change := review.Change{
			Action: actions[symbol], ID: c.LogicalID, Type: c.Type, Effect: p.Text(display.Disposition(c)),
			Serious: symbol != " ~ " && symbol != " + ",
		}
		for _, reason := range config.Reasons(c) {
			change.Properties = append(change.Properties, p.Text(reason))
		}
		out.Changes = append(out.Changes, change)
	}
	notes := p.planNotes(plan)
	for _, u := range notes.Updates {
		out.Notes = append(out.Notes, u.ID+": "+u.Change+". "+u.Reason)
	}
	for _, t := range notes.Tags {
		out.Notes = append(out.Notes, p.Text("Tag "+t.Key+" of the stack: "+t.Before+" → "+t.After))
	}
	if len(lost) > 0 {
		out.Notes = append(out.Notes, "A deployment needs --allow-replace "+strings.Join(lost, ","))
	}
	return out
}

// checkPage notes that a page and records are asked for at once.
func (p *planCmd) checkPage() {
	p.checkEnum("format", p.page, formatText, formatHTML)
	if p.page == formatHTML && p.format == "json" {
		p.problems.add(errors.New("--format html and --output json both use stdout: choose one"))
	}
}

// people returns the stream of the plan for people: stderr where stdout is for the page.
func (p *planCmd) people() *terminal.Stream {
	if p.page == formatHTML {
		return p.Err
	}
	return p.Out
}
