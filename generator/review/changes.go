package review

import (
	"fmt"
	"html"
)

// Plan is what a change set does to a stack.
type Plan struct {
	Summary string // like "metaflow: update, 2 changes: 1 replaced"
	Changes []Change
	Notes   []string // what else is to be known
}

// Change is the change of a resource.
type Change struct {
	Action     string // what happens to it, like replaced
	ID, Type   string
	Effect     string   // on the resource that exists, "" when there is none
	Properties []string // that change, with their values
	Serious    bool     // it removes or replaces the resource, or may do so
}

// changes lists what a change set does.
func (p *page) changes(plan *Plan) {
	p.section("changes", "Changes of the stack", func() {
		p.element("p", plan.Summary)
		if len(plan.Changes) > 0 {
			p.WriteString("<table>\n<thead><tr><th scope=\"col\">change</th><th scope=\"col\">resource</th>" +
				"<th scope=\"col\">details</th></tr></thead>\n<tbody>\n")
			for _, c := range plan.Changes {
				p.change(c)
			}
			p.WriteString("</tbody>\n</table>\n")
		}
		if len(plan.Notes) > 0 {
			p.WriteString("<ul>\n")
			for _, note := range plan.Notes {
				p.element("li", note)
			}
			p.WriteString("</ul>\n")
		}
	})
}

// change writes the row of a change. Serious actions are bold.
func (p *page) change(c Change) {
	action := html.EscapeString(c.Action)
	if c.Serious {
		action = "<strong>" + action + "</strong>"
	}
	fmt.Fprintf(p, "<tr><td>%s</td><td>%s<br/>%s</td><td>", action, html.EscapeString(c.ID), html.EscapeString(c.Type))
	if c.Effect != "" {
		p.element("p", c.Effect)
	}
	for _, property := range c.Properties {
		p.element("p", property)
	}
	p.WriteString("</td></tr>\n")
}
