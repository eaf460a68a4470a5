package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// Reference returns the table of parameters in a format: table (for a terminal),
// json, markdown, or schema (the JSON schema of parameter files).
func (c *Component) Reference(format string) ([]byte, error) {
	switch format {
	case "table":
		return []byte(c.table()), nil
	case "json":
		return c.rows()
	case "markdown":
		return []byte(c.markdown()), nil
	case "schema":
		return c.schema()
	}
	return nil, suggest.Unknown("format", format, []string{"table", "json", "markdown", "schema"})
}

func (c *Component) markdown() string {
	var b strings.Builder
	b.WriteString("# Parameters\n\nMade by the command `parameters --format markdown`. " +
		"A parameter is a flag of the commands, a key of parameter files, and a parameter of " +
		"the published template.\n")
	for _, g := range c.Groups {
		fmt.Fprintf(&b, "\n## %s\n\n| parameter, flag | default | what it is | values |\n"+
			"|---|---|---|---|\n", g.Label)
		for _, p := range g.Parameters {
			fmt.Fprintf(&b, "| %s<br>`--%s` | %s | %s | %s |\n",
				p.Name, p.Flag(), p.defaultText(), p.Doc, p.valuesText())
		}
	}
	return b.String()
}

// OutputsPage returns the table of outputs in Markdown.
func (c *Component) OutputsPage() string {
	var b strings.Builder
	b.WriteString("# Outputs\n\nWhat the stack reports, and the key of Metaflow's configuration " +
		"that `configure` writes from it.\n\n| output | key | what it is |\n|---|---|---|\n")
	for _, o := range c.Outputs {
		key := "–"
		if o.Key != "" {
			key = "`" + o.Key + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", o.Name, key, o.Doc)
	}
	return b.String()
}

// table returns the parameters for a terminal.
func (c *Component) table() string {
	var b strings.Builder
	for i, g := range c.Groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n", g.Label)
		for _, p := range g.Parameters {
			fmt.Fprintf(&b, "  --%-32s %s\n", p.Flag(), p.Help())
		}
	}
	return b.String()
}

// Help returns the text of the flag: what it is and what an empty value means.
func (p *Parameter) Help() string {
	help := p.Doc
	if p.WhenEmpty != "" {
		help += " Empty: " + p.WhenEmpty + "."
	}
	return help
}

func (p *Parameter) defaultText() string {
	switch {
	case p.Default != "":
		return "`" + p.Default + "`"
	case p.WhenEmpty != "":
		return "empty: " + p.WhenEmpty
	}
	return "empty"
}

func (p *Parameter) valuesText() string {
	values := slices.DeleteFunc(slices.Clone(p.Allowed), func(v string) bool { return v == "" })
	switch {
	case len(values) > 0:
		return "`" + strings.Join(values, "`, `") + "`"
	case p.Kind == Number:
		return fmt.Sprintf("%d to %d", p.Min, p.Max)
	case p.Kind == List:
		return "list: each " + p.Format.Expected
	}
	return p.Format.Expected
}

// row is a parameter for programs.
type row struct {
	Name    string   `json:"name"`
	Flag    string   `json:"flag"`
	Group   string   `json:"group"`
	Type    string   `json:"type"`
	Default string   `json:"default"`
	Empty   string   `json:"empty,omitempty"`
	Doc     string   `json:"description"`
	Allowed []string `json:"allowedValues,omitempty"`
	Pattern string   `json:"allowedPattern,omitempty"`
	Min     *int     `json:"minValue,omitempty"`
	Max     *int     `json:"maxValue,omitempty"`
}

// rows returns the table of parameters for programs.
func (c *Component) rows() ([]byte, error) {
	var out []row
	for _, g := range c.Groups {
		for _, p := range g.Parameters {
			d := p.declaration()
			out = append(out, row{
				Name: p.Name, Flag: "--" + p.Flag(), Group: g.Label, Type: p.Type(),
				Default: p.Default, Empty: p.WhenEmpty, Doc: p.Doc, Allowed: p.Allowed,
				Pattern: d.Pattern, Min: d.Min, Max: d.Max,
			})
		}
	}
	return indented(out)
}
