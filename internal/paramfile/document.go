package paramfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/internal/bounded"
)

const example = "\"Parameters:\" with one \"Name: value\" a line below it"

// readable notes what no form of a file may be: too large, or no text.
func (r *reader) readable(data []byte) bool {
	parts := bounded.Parts(data)
	switch {
	case len(data) > MaxSize:
		r.errorf(place{}, "the file has %d bytes; a parameter file has at most %d", len(data), MaxSize)
	case bytes.IndexByte(data, 0) >= 0:
		r.errorf(place{}, "the file has a NUL byte: it is not YAML or JSON text in UTF-8")
	case parts > maxParts:
		r.errorf(place{}, "the file has %d lines and separators; a parameter file has at most %d",
			parts, maxParts)
	default:
		return true
	}
	return false
}

// parse returns the document's root, or nil with the problem noted.
func (r *reader) parse(data []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		r.malformed(err)
		return nil
	}
	var doc, next yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		r.errorf(place{}, "the file is empty; wanted %s", example)
		return nil
	} else if err != nil {
		r.malformed(err)
		return nil
	}
	if err := loader.Load(&next); err == nil {
		r.errorf(at(&next), "found a second document; a parameter file has one")
	} else if !errors.Is(err, io.EOF) {
		r.malformed(err)
	}
	return doc.Content[0]
}

// malformed notes what the YAML parser says, where it says it.
func (r *reader) malformed(err error) {
	var where place
	text := err.Error()
	if load, ok := errors.AsType[*yaml.LoadError](err); ok {
		text = load.Message
		if load.Mark.Line > 0 {
			where = place{load.Mark.Line, load.Mark.Column}
		}
		if begin := load.ContextMark; begin.Line > 0 && begin != load.Mark {
			text += fmt.Sprintf(", %s that begins on line %d", load.ContextMsg, begin.Line)
		}
	}
	r.errorf(where, "%s", short(text))
}

// root reads the file as a map of sections, or as a list.
func (r *reader) root(root *yaml.Node) {
	switch root.Kind {
	case yaml.SequenceNode:
		for _, item := range root.Content {
			r.item(item, anyEntry)
		}
	case yaml.MappingNode:
		if other := otherTool(root); other != "" {
			r.errorf(at(root), "%s", other)
			return
		}
		r.sections(root)
	default:
		r.errorf(at(root), "%s is given where a map is wanted: %s", kindOf(root), example)
	}
}

// sections reads Parameters and Tags. Their case does not matter: Git sync writes them
// small.
func (r *reader) sections(root *yaml.Node) {
	lines := map[string]int{}
	r.entries(root, "key", func(key, value *yaml.Node) {
		name := sectionOf(key.Value)
		if line := lines[name]; line > 0 {
			r.twice(at(key), "key", key.Value, line)
			return
		}
		if name != "" {
			lines[name] = key.Line
		}
		switch name {
		case "parameters":
			r.parameters(value)
		case "tags":
			r.tags(value)
		case "template-file-path":
			r.file.Notes = append(r.file.Notes, fmt.Sprintf(
				"%s: %s is not used: this program deploys a template of its own",
				r.where(at(key)), key.Value))
		default:
			r.otherKey(key, value)
		}
	})
}

// parameters reads the section Parameters: a map, or the AWS CLI's list.
func (r *reader) parameters(node *yaml.Node) {
	switch node = r.plain(node); {
	case isNull(node):
	case node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			r.item(item, parameterEntry)
		}
	default:
		r.entries(node, "parameter", func(key, value *yaml.Node) { r.parameter(key, value) })
	}
}

// tags reads the section Tags: a map, or the AWS CLI's list.
func (r *reader) tags(node *yaml.Node) {
	if r.file.Tags == nil {
		r.file.Tags = map[string]string{}
	}
	switch node = r.plain(node); {
	case isNull(node):
	case node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			r.item(item, tagEntry)
		}
	case isTagEntry(node):
		r.item(node, tagEntry)
	default:
		r.entries(node, "tag", r.tag)
	}
}

// parameter reads a parameter and its value.
func (r *reader) parameter(key, node *yaml.Node) {
	r.set(at(key), at(node), key.Value, func(p Parameter) (string, bool) {
		return r.value(key.Value, p, node)
	})
}

// tag reads a tag of the stack.
func (r *reader) tag(key, node *yaml.Node) {
	value, ok := r.word("tag "+short(key.Value), r.plain(node))
	if !ok {
		return
	}
	if r.file.Tags == nil {
		r.file.Tags = map[string]string{}
	}
	if err := r.Tag(key.Value, value); err != nil {
		r.errorf(at(key), "%w", err)
		return
	}
	r.file.Tags[key.Value] = value
}
