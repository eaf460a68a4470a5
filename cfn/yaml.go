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
	flowWidth = 120 // how long a function or a short mapping may be to stand on one line

	// partSize is how many entries of a section one dumper writes. A dumper keeps
	// and copies all that it has written; a new one costs some 50 allocations.
	partSize = 8
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
		if err := section.writeSection(&out); err != nil {
			return nil, err
		}
	}
	return pseudo.ReplaceAll(out.Bytes(), []byte("$1$2")), nil
}

// pseudo matches a pseudo parameter that the library quotes within brackets,
// where it needs no quotes.
var pseudo = regexp.MustCompile(`(!Ref )'(AWS::[A-Za-z]+)'`)

// writeSection writes a section in parts, each under the key of the section,
// which only the first part keeps.
func (m member) writeSection(out *bytes.Buffer) error {
	entries, ok := m.value.(object)
	if !ok || len(entries) == 0 {
		return m.write(out)
	}
	first := true
	for entries := range slices.Chunk(entries, partSize) {
		part := member{key: m.key, value: entries}
		if first {
			part.doc = m.doc
		}
		var buf bytes.Buffer
		if err := part.write(&buf); err != nil {
			return err
		}
		text := buf.Bytes()
		if !first {
			_, text, _ = bytes.Cut(text, []byte(":\n"))
		}
		out.Write(text)
		first = false
	}
	return nil
}

// write writes a mapping of one entry.
func (m member) write(out *bytes.Buffer) error {
	dumper, err := yaml.NewDumper(out, yaml.WithV4Defaults(), yaml.WithCompactSeqIndent(true),
		yaml.WithLineWidth(lineWidth))
	if err != nil {
		return err
	}
	if err := dumper.Dump(object{m}.node()); err != nil {
		return err
	}
	return dumper.Close()
}

// node returns an object as a mapping in block style.
func (o object) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range o {
		key := textNode(m.key)
		key.HeadComment = m.doc
		n.Content = append(n.Content, key, yamlNode(m.value))
	}
	if len(o) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

// yamlNode returns the YAML of a tree. A mapping or a list stands on one line
// where it is short and simple.
func yamlNode(v any) *yaml.Node {
	if name, arg, ok := call(v); ok {
		if n := shortForm(name, arg); n != nil {
			return n
		}
	}
	switch v := v.(type) {
	case string:
		return textNode(v)
	case object:
		return v.node()
	case map[string]any:
		n := ordered(v).node()
		if allScalars(n.Content) {
			n.Style = yaml.FlowStyle
			if width(n) > flowWidth {
				n.Style = 0
			}
		}
		return n
	case []any:
		return listNode(v, "")
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	default: // the other kinds of a tree are plain JSON
		switch tree := unmarked(v).(type) {
		case map[string]any, []any, json.Number, string:
			return yamlNode(tree)
		default:
			return &yaml.Node{Kind: yaml.ScalarNode, Value: string(compact(tree))}
		}
	}
}

// textNode returns a string, in quotes where YAML 1.1 needs them. The library
// adds those that YAML 1.2 needs.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if s == "" || ambiguousInYAML11(s) {
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// ambiguousInYAML11 reports whether a string of YAML 1.2 is something else in
// YAML 1.1, which CloudFormation reads: a boolean, a number of base 60, a merge
// key or a default key. https://yaml.org/type/
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

// listNode returns a list, or the function of that tag with the list as its
// arguments. It stands on one line where it holds scalars only, or is short and
// either the arguments of a function or a single item.
func listNode(items []any, tag string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: tag}
	for _, item := range items {
		n.Content = append(n.Content, yamlNode(item))
	}
	scalars := tag == "" && allScalars(n.Content) // of any number
	short := (tag != "" || len(n.Content) == 1) && width(n) <= flowWidth-20
	if scalars || short {
		n.Style |= yaml.FlowStyle
	}
	return n
}

// allScalars reports whether all nodes are strings, numbers or short functions of
// one argument.
func allScalars(nodes []*yaml.Node) bool {
	return !slices.ContainsFunc(nodes, func(n *yaml.Node) bool { return n.Kind != yaml.ScalarNode })
}

// width returns about how long a node is on one line. A mapping in block style
// counts as too long.
func width(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 {
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

// longOnly are the functions that are written in long form. The functions of
// rules have no documented short form, and rain drops !Contains
// (aws-cloudformation/rain#612); some tools misread !Condition.
// intrinsic-function-reference-rules.html
var longOnly = []string{
	"Condition", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll",
	"Fn::ValueOf", "Fn::ValueOfAll",
}

// shortForm returns a function in its short form, or nil where it has none: a tag
// over another tag, and the functions of longOnly.
func shortForm(name string, arg any) *yaml.Node {
	if slices.Contains(longOnly, name) {
		return nil
	}
	var n *yaml.Node
	tag := "!" + strings.TrimPrefix(name, "Fn::")
	switch arg := arg.(type) {
	case string:
		n = textNode(arg)
		n.Tag = tag
	case []any:
		if name == "Fn::GetAtt" {
			return shortForm(name, arg[0].(string)+"."+arg[1].(string))
		}
		n = listNode(arg, tag)
	default:
		return nil
	}
	n.Style |= yaml.TaggedStyle
	return n
}
