// Package review writes what a component creates under given values as one page of HTML, for a
// person who decides about it. The page has no scripts and loads nothing.
package review

import (
	"cmp"
	"fmt"
	"html"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/picture"
)

// Notes are what a page shows in addition to the resources.
type Notes struct {
	// Difference is that to another resolved template, as diff writes it; nil: there is none to
	// show.
	Difference []byte
	Plan       *Plan             // nil: there is none to show
	Sources    map[string]string // where values of parameters come from that are not given
}

// Page returns the page of a component under values that its checks have accepted.
func Page(c *generator.Component, values generator.Values, notes Notes) ([]byte, error) {
	drawn, err := picture.Of(c, values)
	if err != nil {
		return nil, err
	}
	resolved, err := c.Built().Resolve(values)
	if err != nil {
		return nil, err
	}
	p := &page{}
	p.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n" +
		"<title>Review: " + html.EscapeString(c.File) + "</title>\n<style>\n" + style +
		"</style>\n</head>\n<body>\n<main>\n")
	p.element("h1", "Review: "+c.File)
	p.element("p", c.Description)
	if notes.Plan != nil {
		p.changes(notes.Plan)
	}
	if notes.Difference != nil {
		p.difference(notes.Difference)
	}
	p.drawing(c, drawn)
	p.reused(drawn)
	p.absent(c, resolved.Resources)
	p.cost(resolved.Resources)
	p.parameters(c, values, notes.Sources)
	p.statements(resolved.Resources)
	p.securityGroups(resolved.Resources)
	p.resources(resolved.Resources)
	p.WriteString("</main>\n</body>\n</html>\n")
	return []byte(p.String()), nil
}

// page is the text of a page.
type page struct{ strings.Builder }

// element writes an element with a text.
func (p *page) element(name, text string) {
	fmt.Fprintf(p, "<%s>%s</%s>\n", name, html.EscapeString(text), name)
}

// section writes a section below a heading.
func (p *page) section(id, heading string, content func()) {
	fmt.Fprintf(p, "<section id=\"%s\" aria-labelledby=\"%s-heading\">\n", id, id)
	fmt.Fprintf(p, "<h2 id=\"%s-heading\">%s</h2>\n", id, html.EscapeString(heading))
	content()
	p.WriteString("</section>\n")
}

// table writes a table. Without rows it says that there are none.
func (p *page) table(columns []string, rows [][]string) {
	if len(rows) == 0 {
		p.element("p", "None.")
		return
	}
	p.WriteString("<table>\n<thead><tr>")
	for _, c := range columns {
		fmt.Fprintf(p, "<th scope=\"col\">%s</th>", html.EscapeString(c))
	}
	p.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range rows {
		p.WriteString("<tr>")
		for _, cell := range row {
			fmt.Fprintf(p, "<td>%s</td>", html.EscapeString(cell))
		}
		p.WriteString("</tr>\n")
	}
	p.WriteString("</tbody>\n</table>\n")
}

// difference shows lines that were added and removed by their signs and colours.
func (p *page) difference(text []byte) {
	p.section("difference", "Difference to the other file", func() {
		if len(text) == 0 {
			p.element("p", "None: the other file has the same resources.")
			return
		}
		p.WriteString("<pre>")
		for line := range strings.Lines(string(text)) {
			element := map[byte]string{'+': "ins", '-': "del"}[line[0]]
			if element == "" {
				element = "span"
			}
			text := html.EscapeString(strings.TrimSuffix(line, "\n"))
			fmt.Fprintf(p, "<%s>%s</%s>\n", element, text, element)
		}
		p.WriteString("</pre>\n")
	})
}

// drawing shows the picture and its edges in words.
func (p *page) drawing(c *generator.Component, drawn *picture.Picture) {
	p.section("picture", "Picture", func() {
		p.WriteString("<figure>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" " +
			"aria-label=\"Drawing, which scrolls\">\n")
		p.WriteString(drawn.SVG("Resources of " + c.File + "; the table below has the same connections"))
		p.WriteString("</div>\n")
		p.element("figcaption", "A solid border: the stack creates it. "+
			"A dashed border: it exists and is reused.")
		p.WriteString("</figure>\n<details>\n<summary>Connections in words</summary>\n")
		names := map[string]string{}
		for _, g := range drawn.Groups {
			names[g.ID] = g.Label
		}
		for _, n := range drawn.Nodes {
			names[n.ID] = n.Label
		}
		var rows [][]string
		for _, e := range drawn.Edges {
			rows = append(rows, []string{names[e.From], e.Label, names[e.To]})
		}
		p.table([]string{"from", "how", "to"}, rows)
		p.WriteString("</details>\n")
	})
}

// reused lists what exists already.
func (p *page) reused(drawn *picture.Picture) {
	var rows [][]string
	for _, g := range drawn.Groups {
		if g.Reused {
			rows = append(rows, []string{g.Label, g.Detail})
		}
	}
	for _, n := range drawn.Nodes {
		if n.Reused {
			rows = append(rows, []string{n.Label, n.Detail})
		}
	}
	p.section("reused", "Reused, never changed", func() { p.table([]string{"what", "name"}, rows) })
}

// parameters lists every parameter with its value and where that comes from.
func (p *page) parameters(
	c *generator.Component, values generator.Values, sources map[string]string,
) {
	p.section("parameters", "Parameters", func() {
		for _, group := range c.Groups {
			var rows [][]string
			for _, parameter := range group.Parameters {
				source := "default"
				if _, given := values[parameter.Name]; given {
					source = cmp.Or(sources[parameter.Name], "given")
				}
				rows = append(rows, []string{parameter.Name, values.Of(parameter), source})
			}
			p.element("h3", group.Label)
			p.table([]string{"parameter", "value", "from"}, rows)
		}
	})
}

// resources lists the resources by the service of AWS, with all properties.
func (p *page) resources(resources []cfn.Resource) {
	var services []string
	of := map[string][]cfn.Resource{}
	for _, r := range resources {
		service := strings.Split(r.Type+"::", "::")[1]
		if of[service] == nil {
			services = append(services, service)
		}
		of[service] = append(of[service], r)
	}
	p.section("resources", fmt.Sprintf("Resources: %d", len(resources)), func() {
		for _, service := range services {
			p.element("h3", service)
			for _, r := range of[service] {
				p.element("h4", r.ID+", "+r.Type)
				p.element("p", r.Doc)
				rows := leaves("", r.Properties)
				if r.DeletionPolicy != "" {
					rows = append(rows, []string{"when it is deleted", r.DeletionPolicy})
				}
				p.table([]string{"property", "value"}, rows)
			}
		}
	})
}
