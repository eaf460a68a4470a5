package generator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Reference is the table of parameters as table, json, markdown or schema (the
// JSON schema of parameter files); outputs is the table of outputs in Markdown.
func Reference(format string) ([]byte, error) {
	switch format {
	case "table":
		return []byte(table()), nil
	case "json":
		return rows()
	case "markdown":
		return []byte(markdown()), nil
	case "schema":
		return schema()
	case "outputs":
		return []byte(outputsMarkdown()), nil
	}
	return nil, Unknown("format", format, []string{"table", "json", "markdown", "schema"})
}

func markdown() string {
	var b strings.Builder
	b.WriteString("# Parameters\n\nMade by `metaflow-cfn parameters --format markdown`. " +
		"A parameter is a flag of the commands, a key of parameter files, and a parameter of the published template.\n")
	for _, g := range Groups {
		fmt.Fprintf(&b, "\n## %s\n\n| parameter, flag | default | what it is | values |\n|---|---|---|---|\n", g.Label)
		for _, p := range g.Parameters {
			fmt.Fprintf(&b, "| %s<br>`--%s` | %s | %s | %s |\n", p.Name, p.Flag(), p.defaultText(), p.Doc, p.valuesText())
		}
	}
	return b.String()
}

func outputsMarkdown() string {
	var b strings.Builder
	b.WriteString("# Outputs\n\nWhat the stack reports, and the key of Metaflow's configuration that `configure` writes from it.\n\n" +
		"| output | key | what it is |\n|---|---|---|\n")
	for _, o := range Outputs {
		key := "–"
		if o.Key != "" {
			key = "`" + o.Key + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", o.Name, key, o.Doc)
	}
	return b.String()
}

// table is the parameters for a terminal.
func table() string {
	var b strings.Builder
	for i, g := range Groups {
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

// Help is the text of the flag: what it is and what an empty value means.
func (p *Parameter) Help() string {
	help := p.Doc
	if p.Empty != "" {
		help += " Empty: " + p.Empty + "."
	}
	return help
}

func (p *Parameter) defaultText() string {
	switch {
	case p.Default != "":
		return "`" + p.Default + "`"
	case p.Empty != "":
		return "empty: " + p.Empty
	}
	return "empty"
}

func (p *Parameter) valuesText() string {
	values := slices.DeleteFunc(slices.Clone(p.Allowed), func(v string) bool { return v == "" })
	switch {
	case len(values) > 0:
		return "`" + strings.Join(values, "`, `") + "`"
	case p.Kind == number:
		return fmt.Sprintf("%d to %d", p.Min, p.Max)
	case p.Kind == list:
		return "list: each " + p.Shape.Want
	}
	return p.Shape.Want
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

// rows is the table of parameters for programs.
func rows() ([]byte, error) {
	var out []row
	for _, g := range Groups {
		for _, p := range g.Parameters {
			d := p.declaration()
			out = append(out, row{
				Name: p.Name, Flag: "--" + p.Flag(), Group: g.Label, Type: p.Type(), Default: p.Default, Empty: p.Empty,
				Doc: p.Doc, Allowed: p.Allowed, Pattern: d.Pattern, Min: d.Min, Max: d.Max,
			})
		}
	}
	return indented(out)
}

// schema is the JSON schema of parameter files, for editors.
func schema() ([]byte, error) {
	properties := map[string]any{}
	for p := range Parameters() {
		properties[p.Name] = p.schema()
	}
	word := map[string]any{"type": "string"}
	closed := func(properties map[string]any) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	}
	root := closed(map[string]any{
		"Parameters": closed(properties),
		"Tags":       map[string]any{"type": "object", "additionalProperties": word},
	})
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Parameters of metaflow-cfn"
	return indented(root)
}

func (p *Parameter) schema() map[string]any {
	d := p.declaration()
	item := map[string]any{"type": "string"}
	if d.Pattern != "" {
		item["pattern"] = d.Pattern
	}
	s := item
	switch p.Kind {
	case number:
		s = map[string]any{"type": "integer"}
		if d.Min != nil {
			s["minimum"], s["maximum"] = p.Min, p.Max
		}
	case list:
		s = map[string]any{"type": "array", "items": item}
	}
	if len(p.Allowed) > 0 {
		s["enum"] = p.enum()
	}
	s["description"], s["default"] = p.Help(), p.typedDefault()
	return s
}

func (p *Parameter) enum() []any {
	var out []any
	for _, v := range p.Allowed {
		if n, err := strconv.Atoi(v); err == nil && p.Kind == number {
			out = append(out, n)
		} else {
			out = append(out, v)
		}
	}
	return out
}

func (p *Parameter) typedDefault() any {
	switch p.Kind {
	case number:
		return json.Number(p.Default)
	case list:
		if p.Default == "" {
			return []string{}
		}
		return strings.Split(p.Default, ",")
	}
	return p.Default
}

func indented(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return []byte(b.String()), err
}
