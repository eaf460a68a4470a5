package generator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// schema returns the JSON schema of parameter files, for editors.
func (c *Component) schema() ([]byte, error) {
	properties := map[string]any{}
	for p := range c.Parameters() {
		properties[p.Name] = p.schema()
	}
	closed := func(properties map[string]any) map[string]any {
		return map[string]any{
			"type": "object", "additionalProperties": false, "properties": properties,
		}
	}
	root := closed(map[string]any{
		"Parameters": closed(properties),
		"Tags":       tagsSchema(),
	})
	root["patternProperties"] = map[string]any{`^(\.|x-)`: map[string]any{
		"description": "Holds anchors that Parameters or Tags refer to.",
	}}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Parameters of metaflow-cfn"
	return indented(root)
}

// tagPattern takes what IAM takes of ASCII in a tag. IAM's own pattern has classes of
// Unicode, which not every validator knows.
const tagPattern = "^[^\\x00-\\x1f!-*,;<>?\\[-^`{-\\x7f]*$"

// tagsSchema is the schema of Tags, with what CheckTag says.
func tagsSchema() map[string]any {
	word := func(most int) map[string]any {
		return map[string]any{
			"type": "string", "minLength": 1, "maxLength": most, "pattern": tagPattern,
		}
	}
	return map[string]any{
		"type": "object", "maxProperties": maxTags,
		"propertyNames": word(maxTagKey), "additionalProperties": word(maxTagValue),
	}
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
