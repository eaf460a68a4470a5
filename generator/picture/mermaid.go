package picture

import (
	"fmt"
	"strings"
)

// Mermaid returns the picture as a flowchart of Mermaid. Reused resources have a dashed border and
// say that they are reused.
func (p *Picture) Mermaid() []byte {
	var out strings.Builder
	out.WriteString("flowchart LR\n")
	p.inside(&out, "", "  ")
	for _, e := range p.Edges {
		arrow := "-->"
		if e.Label != "" {
			arrow += "|" + quoted(e.Label) + "|"
		}
		fmt.Fprintf(&out, "  %s %s %s\n", e.From, arrow, e.To)
	}
	var reused []string
	for _, g := range p.Groups {
		if g.Reused {
			reused = append(reused, g.ID)
		}
	}
	for _, n := range p.Nodes {
		if n.Reused {
			reused = append(reused, n.ID)
		}
	}
	if len(reused) > 0 {
		out.WriteString("  classDef reused stroke-dasharray: 6 4\n")
		fmt.Fprintf(&out, "  class %s reused\n", strings.Join(reused, ","))
	}
	return []byte(out.String())
}

// inside writes what stands directly in a group.
func (p *Picture) inside(out *strings.Builder, group, indent string) {
	for _, n := range p.Nodes {
		if n.In == group {
			fmt.Fprintf(out, "%s%s[%s]\n", indent, n.ID, quoted(lines(n.Label, n.Detail, n.Reused)...))
		}
	}
	for _, g := range p.Groups {
		if g.In != group {
			continue
		}
		title := quoted(lines(g.Label, g.Detail, g.Reused)...)
		fmt.Fprintf(out, "%ssubgraph %s[%s]\n", indent, g.ID, title)
		p.inside(out, g.ID, indent+"  ")
		out.WriteString(indent + "end\n")
	}
}

// lines returns the texts of a node or a group.
func lines(label, detail string, reused bool) []string {
	switch {
	case reused:
		return []string{label, "reused: " + detail}
	case detail != "":
		return []string{label, detail}
	}
	return []string{label}
}

// entities are the characters that end a text of Mermaid or begin markup in it.
var entities = strings.NewReplacer(
	"#", "#35;", "&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;")

// quoted returns texts as one quoted label, a line each.
func quoted(texts ...string) string {
	escaped := make([]string, len(texts))
	for i, t := range texts {
		escaped[i] = entities.Replace(t)
	}
	return `"` + strings.Join(escaped, "<br/>") + `"`
}
