package generator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Markdown is the reference of the parameters.
func Markdown() string {
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

// OutputsMarkdown is the reference of the outputs.
func OutputsMarkdown() string {
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

// Table is the parameters for a terminal.
func Table() string {
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
	case p.Kind == Number:
		return fmt.Sprintf("%d to %d", p.Min, p.Max)
	case p.Kind == List:
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

// JSON is the table of parameters for programs.
func JSON() ([]byte, error) {
	var rows []row
	for _, g := range Groups {
		for _, p := range g.Parameters {
			d := p.declaration()
			rows = append(rows, row{
				Name: p.Name, Flag: "--" + p.Flag(), Group: g.Label, Type: p.Type(), Default: p.Default, Empty: p.Empty,
				Doc: p.Doc, Allowed: p.Allowed, Pattern: d.Pattern, Min: d.Min, Max: d.Max,
			})
		}
	}
	return indented(rows)
}

// Schema is the JSON schema of parameter files, for editors.
func Schema() ([]byte, error) {
	properties := map[string]any{}
	for p := range Parameters() {
		properties[p.Name] = p.schema()
	}
	word := map[string]any{"type": "string"}
	closed := func(properties map[string]any) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	}
	schema := closed(map[string]any{
		"Parameters": closed(properties),
		"Tags":       map[string]any{"type": "object", "additionalProperties": word},
	})
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "Parameters of metaflow-cfn"
	return indented(schema)
}

func (p *Parameter) schema() map[string]any {
	d := p.declaration()
	item := map[string]any{"type": "string"}
	if d.Pattern != "" {
		item["pattern"] = d.Pattern
	}
	s := item
	switch p.Kind {
	case Number:
		s = map[string]any{"type": "integer"}
		if d.Min != nil {
			s["minimum"], s["maximum"] = p.Min, p.Max
		}
	case List:
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
		if n, err := strconv.Atoi(v); err == nil && p.Kind == Number {
			out = append(out, n)
		} else {
			out = append(out, v)
		}
	}
	return out
}

func (p *Parameter) typedDefault() any {
	switch p.Kind {
	case Number:
		return json.Number(p.Default)
	case List:
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
