package cfn

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	lineWidth = 140 // characters, where YAML may be broken
	flowWidth = 120 // how long a function or a list of facts may be to stand on one line
)

// YAML returns the template as people read it: short functions, a comment over
// each resource, an empty line between the sections.
func (t *Template) YAML() ([]byte, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for i, section := range t.document() {
		if i > 0 {
			out.WriteByte('\n')
		}
		if err := writeSection(&out, section); err != nil {
			return nil, err
		}
	}
	return pseudo.ReplaceAll(out.Bytes(), []byte("$1$2")), nil
}

// partSize is how many entries of a section are written by one dumper. A dumper
// keeps all that it has written, and copies it as it grows; a new one costs some
// 50 allocations.
const partSize = 8

// writeSection writes a section in parts, each below the section's own key, which
// is cut off again but for the first.
func writeSection(out *bytes.Buffer, section member) error {
	entries, ok := section.value.(object)
	if !ok || len(entries) == 0 {
		return writeMapping(out, section)
	}
	first := true
	for part := range slices.Chunk(entries, partSize) {
		var buf bytes.Buffer
		if err := writeMapping(&buf, member{section.key, part, section.doc}); err != nil {
			return err
		}
		written := buf.Bytes()
		if !first {
			_, written, _ = bytes.Cut(written, []byte(":\n"))
		}
		out.Write(written)
		first, section.doc = false, ""
	}
	return nil
}

// writeMapping writes a mapping of one entry.
func writeMapping(out *bytes.Buffer, m member) error {
	dumper, err := yaml.NewDumper(out, yaml.WithV4Defaults(), yaml.WithCompactSeqIndent(true),
		yaml.WithLineWidth(lineWidth))
	if err != nil {
		return err
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{heading(m), node(m.value)}}
	if err := dumper.Dump(root); err != nil {
		return err
	}
	return dumper.Close()
}

// pseudo is a pseudo parameter that the emitter quotes within brackets, where
// it needs no quotes.
var pseudo = regexp.MustCompile(`(!Ref )'(AWS::[A-Za-z]+)'`)

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
		return mapping(v, false)
	case map[string]any:
		return mapping(ordered(v), true)
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
	if s == "" || ambiguousInYAML11(s) {
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// ambiguousInYAML11 reports whether a string of YAML 1.2 is something else in
// YAML 1.1, which CloudFormation's tools read: a boolean, a number of base 60, a
// merge key or a default key. https://yaml.org/type/
func ambiguousInYAML11(s string) bool {
	if len(s) <= len("off") {
		switch strings.ToLower(s) {
		case "y", "n", "yes", "no", "on", "off", "=", "<<":
			return true
		}
	}
	return strings.Contains(s, ":") && base60.MatchString(s)
}

var base60 = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)

func ordered(m map[string]any) object {
	var o object
	for _, key := range sortedKeys(m) {
		o = append(o, member{key: key, value: m[key]})
	}
	return o
}

// mapping is a block, or one line where it holds only a few facts.
func mapping(o object, facts bool) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range o {
		n.Content = append(n.Content, heading(m), node(m.value))
	}
	if len(o) == 0 || facts && plain(n.Content) && total(n) <= flowWidth {
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

// sequence stands on one line where it is short and holds no object.
func sequence(items []any, tag string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: tag}
	for _, item := range items {
		n.Content = append(n.Content, node(item))
	}
	words := tag == "" && plain(n.Content) // of any number
	short := (tag != "" || len(n.Content) == 1) && width(n) <= flowWidth-20
	if words || short {
		n.Style |= yaml.FlowStyle
	}
	return n
}

// plain reports whether all are words, numbers or short functions of one word.
func plain(nodes []*yaml.Node) bool {
	return !slices.ContainsFunc(nodes, func(n *yaml.Node) bool { return n.Kind != yaml.ScalarNode })
}

// width is about how long a node is on one line. A mapping that is no line by
// itself counts as too long.
func width(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 {
		return flowWidth + 1
	}
	return total(n)
}

func total(n *yaml.Node) int {
	w := len(n.Value) + 2
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		w += len(n.Tag) + 1
	}
	for _, c := range n.Content {
		w += width(c)
	}
	return w
}

// longOnly are the functions that are written in long form. The functions of
// rules have no documented short form, and rain drops !Contains
// (aws-cloudformation/rain#612); some tools misread !Condition.
// intrinsic-function-reference-rules.html
var longOnly = []string{
	"Condition", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll",
	"Fn::ValueOf", "Fn::ValueOfAll",
}

// short returns a function in its short form, or nil where it has none: a tag
// over another tag, and the functions of longOnly.
func short(name string, arg any) *yaml.Node {
	if slices.Contains(longOnly, name) {
		return nil
	}
	tag := "!" + strings.TrimPrefix(name, "Fn::")
	switch arg := arg.(type) {
	case string:
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
