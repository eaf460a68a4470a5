package cfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// parseDeployed returns the root node of a text. JSON has a reader of its own
// because the YAML library takes neither all escapes nor all tabs of JSON.
func parseDeployed(text []byte) (*yaml.Node, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if json.Valid(text) { // which also bounds the depth
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		return jsonNode(dec)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("it is empty")
	}
	return doc.Content[0], nil
}

// jsonNode reads the next JSON value as a YAML node, with its keys in order.
func jsonNode(dec *json.Decoder) (*yaml.Node, error) {
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
		item, err := jsonNode(dec)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, item)
	}
	_, err = dec.Token()
	return n, err
}

// maxMerges is how deep merge keys may lead from mapping to mapping.
const maxMerges = 100

// shortCall returns the function that a node calls, in its short or its long
// form, with the argument where that is text.
func shortCall(n *yaml.Node) (name, arg string) {
	if tag, ok := functionTag(n); ok {
		if tag != "Ref" {
			tag = "Fn::" + tag
		}
		return tag, n.Value
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		return target(n.Content[0]).Value, target(n.Content[1]).Value
	}
	return "", ""
}

// attribute returns the text of a scalar, Computed for all else.
func attribute(n *yaml.Node) string {
	_, function := functionTag(n)
	switch {
	case function || n.Kind != yaml.ScalarNode:
		return Computed
	case isNull(n):
		return ""
	}
	return n.Value
}

// functionTag returns the tag that makes a node a function in short form. Tags of
// YAML itself begin with two exclamation marks.
func functionTag(n *yaml.Node) (string, bool) {
	tag, ok := strings.CutPrefix(n.Tag, "!")
	return tag, ok && !strings.HasPrefix(tag, "!")
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// target returns the node that an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// entry is an entry of a mapping, its aliases followed.
type entry struct {
	key   string
	value *yaml.Node
}

// entries returns the entries of a mapping in order, then those of its merge keys
// that it does not have itself. https://yaml.org/type/merge.html
func (r *deployedReader) entries(where string, n *yaml.Node, depth int) []entry {
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
	if tag, ok := functionTag(n); ok { // as a function in long form
		return []entry{{"Fn::" + tag, n}}
	}
	var out []entry
	var merged []*yaml.Node
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && r.step(); i += 2 {
		key, value := target(n.Content[i]), target(n.Content[i+1])
		switch {
		case key.Tag == "!!merge" && value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		case key.Tag == "!!merge":
			merged = append(merged, value)
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
		for _, e := range r.entries(where, target(m), depth+1) {
			if r.step() && !seen[e.key] {
				seen[e.key] = true
				out = append(out, e)
			}
		}
	}
	return out
}
