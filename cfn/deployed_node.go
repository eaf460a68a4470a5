package cfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
)

// deployedNode is a node of a deployed template that is not an alias.
type deployedNode struct{ *yaml.Node }

// entry is an entry of a mapping.
type entry struct {
	key   string
	value deployedNode
}

// isFunction reports whether the key is that of a function, which a logical ID
// cannot be.
func (e entry) isFunction() bool { return strings.HasPrefix(e.key, "Fn::") }

// parse returns the root node of a text. It reads JSON by itself, because the YAML
// library takes neither all escapes nor all white space of JSON.
func (r *deployedReader) parse(text []byte) deployedNode {
	var root *yaml.Node
	var err error
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if json.Valid(text) { // which also limits the depth
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		root, err = r.json(dec)
	} else if parts := bounded.Parts(text); parts > maxParts {
		r.fail("the template has %d lines and separators of YAML, more than %d", parts, maxParts)
		return deployedNode{&yaml.Node{}}
	} else {
		var doc yaml.Node
		err = yaml.Unmarshal(text, &doc)
		if err == nil && len(doc.Content) == 0 {
			err = errors.New("it is empty")
		}
		if err == nil {
			root = doc.Content[0]
		}
	}
	if err != nil {
		r.fail("the template is neither JSON nor YAML: %w", err)
		return deployedNode{&yaml.Node{}}
	}
	return r.node(root)
}

// json reads the next JSON value as a YAML node, with its keys in order.
func (r *deployedReader) json(dec *json.Decoder) (*yaml.Node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: fmt.Sprint(token)}
	switch token {
	case nil:
		n.Tag, n.Value = "!!null", ""
	case json.Delim('{'):
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	case json.Delim('['):
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	}
	if n.Kind == yaml.ScalarNode {
		return n, nil
	}
	for dec.More() { // keys are read as values
		item, err := r.json(dec)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, item)
	}
	_, err = dec.Token()
	return n, err
}

// node returns a node, or the one that it is an alias of.
func (r *deployedReader) node(n *yaml.Node) deployedNode {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return deployedNode{n}
}

// entries returns the entries of a mapping in order, then those of its merge keys
// that it does not have itself. https://yaml.org/type/merge.html
func (r *deployedReader) entries(where string, n deployedNode, depth int) []entry {
	if !r.step() {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.fail("%s is not a mapping", where)
		return nil
	}
	if depth > maxMerges {
		r.fail("%s: more than %d merge keys lead from one to the next", where, maxMerges)
		return nil
	}
	if tag, ok := n.functionTag(); ok { // as a function in long form
		return []entry{{"Fn::" + tag, n}}
	}
	var out []entry
	var merged []*yaml.Node
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && r.step(); i += 2 {
		key, value := r.node(n.Content[i]), r.node(n.Content[i+1])
		switch {
		case key.Tag == "!!merge" && value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		case key.Tag == "!!merge":
			merged = append(merged, value.Node)
		case key.Kind != yaml.ScalarNode:
			r.fail("%s has a key that is not text", where)
		case seen[key.Value]:
			r.fail("%s: %s is given twice", where, key.Value)
		default:
			seen[key.Value] = true
			out = append(out, entry{key.Value, value})
		}
	}
	for _, m := range merged {
		for _, e := range r.entries(where, r.node(m), depth+1) {
			if r.step() && !seen[e.key] {
				seen[e.key] = true
				out = append(out, e)
			}
		}
	}
	return out
}

// text returns the text of a scalar, Computed for all else.
func (n deployedNode) text() string {
	_, function := n.functionTag()
	switch {
	case function || n.Kind != yaml.ScalarNode:
		return Computed
	case n.isNull():
		return ""
	}
	return n.Value
}

func (n deployedNode) isNull() bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// functionTag returns the name in the tag that makes a node a function in short
// form. Tags of YAML itself begin with two exclamation marks.
func (n deployedNode) functionTag() (string, bool) {
	tag, ok := strings.CutPrefix(n.Tag, "!")
	return tag, ok && !strings.HasPrefix(tag, "!")
}

// call returns the function that a node is, in its short or its long form, with the
// argument where that is text.
func (r *deployedReader) call(n deployedNode) (name, arg string) {
	if tag, ok := n.functionTag(); ok {
		if tag != "Ref" {
			tag = "Fn::" + tag
		}
		return tag, n.Value
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		return r.node(n.Content[0]).Value, r.node(n.Content[1]).Value
	}
	return "", ""
}
