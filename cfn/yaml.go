package cfn

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	lineWidth = 120 // characters, where YAML may be broken
	flowWidth = 100 // how long a function may be to stand on one line
)

// YAML is the template as people read it: short functions, a comment over each
// resource, an empty line between the sections.
func (t *Template) YAML() ([]byte, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for i, m := range t.document() {
		if i > 0 {
			out.WriteByte('\n')
		}
		root := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{heading(m), node(m.value)}}
		var buf bytes.Buffer
		dumper, err := yaml.NewDumper(&buf, yaml.WithV4Defaults(), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(lineWidth))
		if err != nil {
			return nil, err
		}
		if err := dumper.Dump(root); err != nil {
			return nil, err
		}
		if err := dumper.Close(); err != nil {
			return nil, err
		}
		out.Write(buf.Bytes())
	}
	return out.Bytes(), nil
}

// node is the YAML of a tree.
func node(v any) *yaml.Node {
	if name, arg, ok := call(v); ok {
		if n := short(name, arg); n != nil {
			return n
		}
	}
	switch v := v.(type) {
	case string:
		return text(v)
	case object:
		return mapping(v)
	case map[string]any:
		return mapping(ordered(v))
	case []any:
		return sequence(v, "")
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	default: // the other kinds of a tree are plain JSON
		tree := unmarked(v)
		switch tree := tree.(type) {
		case map[string]any, []any, json.Number, string:
			return node(tree)
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Value: string(compact(tree))}
	}
}

func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if s == "" || oldMeaning.MatchString(s) {
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// oldMeaning matches the words that are booleans, numbers of base 60 or merge
// and default keys in YAML 1.1, which CloudFormation's tools read, and strings
// in YAML 1.2. https://yaml.org/type/
var oldMeaning = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|=|<<)$`)

func ordered(m map[string]any) object {
	var o object
	for _, key := range sortedKeys(m) {
		o = append(o, member{key: key, value: m[key]})
	}
	return o
}

func mapping(o object) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range o {
		n.Content = append(n.Content, heading(m), node(m.value))
	}
	if len(o) == 0 || oneFact(n) {
		n.Style = yaml.FlowStyle
	}
	return n
}

// heading is the key of an entry under its comment.
func heading(m member) *yaml.Node {
	key := text(m.key)
	key.HeadComment = m.doc
	return key
}

// oneFact reports whether a mapping reads well on one line: a single word under
// a key, or a tag.
func oneFact(n *yaml.Node) bool {
	if len(n.Content) == 2 {
		return n.Content[1].Kind == yaml.ScalarNode
	}
	return len(n.Content) == 4 && n.Content[0].Value == "Key" && n.Content[2].Value == "Value" && width(n.Content[3]) <= flowWidth
}

// sequence stands on one line where it is short and holds no object.
func sequence(items []any, tag string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: tag}
	for _, item := range items {
		n.Content = append(n.Content, node(item))
	}
	if plain(n.Content) || tag != "" && width(n) <= flowWidth {
		n.Style |= yaml.FlowStyle
	}
	return n
}

// plain reports whether all items are words, numbers or short functions of one
// word.
func plain(items []*yaml.Node) bool {
	for _, item := range items {
		if item.Kind != yaml.ScalarNode || strings.HasPrefix(item.Tag, "!Sub") {
			return false
		}
	}
	return true
}

// width is about how long a node is on one line. A mapping of several entries
// counts as too long: it reads better as a block.
func width(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2 {
		return flowWidth + 1
	}
	w := len(n.Value) + 2
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		w += len(n.Tag) + 1
	}
	for _, c := range n.Content {
		w += width(c)
	}
	return w
}

// short is a function in its short form, or nil where YAML has none: a tag over
// another tag, and Condition, which some tools misread.
func short(name string, arg any) *yaml.Node {
	tag := "!" + strings.TrimPrefix(name, "Fn::")
	switch arg := arg.(type) {
	case string:
		if name == "Condition" {
			return nil
		}
		n := text(arg)
		n.Tag = tag
		n.Style |= yaml.TaggedStyle
		return n
	case []any:
		if name == "Fn::GetAtt" {
			return short(name, arg[0].(string)+"."+arg[1].(string))
		}
		n := sequence(arg, tag)
		n.Style |= yaml.TaggedStyle
		return n
	}
	return nil
}
