package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// MaxFileSize is how large a parameter file may be, in bytes.
const MaxFileSize = 1 << 20

// File is what a parameter file says.
type File struct {
	Parameters Values
	Broken     []string // parameters whose value is wrong, and left out
	Tags       map[string]string
}

// ReadFile reads a parameter file in YAML or JSON: a map of Parameters and Tags,
// as rain and CodePipeline's template configuration have it, or the AWS CLI's
// list of ParameterKey and ParameterValue. All problems are returned at once,
// each with the file's name, line and column.
func (c *Component) ReadFile(name string, data []byte) (File, error) {
	r := fileReader{
		component: c, name: name, file: File{Parameters: Values{}, Tags: map[string]string{}},
	}
	if root := r.parse(data); root != nil {
		r.root(root)
	}
	return r.file, errors.Join(r.errs...)
}

type fileReader struct {
	component *Component

	name string
	file File
	errs []error
}

func (r *fileReader) errorf(at *yaml.Node, format string, args ...any) {
	place := r.name
	if at != nil {
		place = fmt.Sprintf("%s:%d:%d", r.name, at.Line, at.Column)
	}
	r.errs = append(r.errs, fmt.Errorf("%s: %w", place, fmt.Errorf(format, args...)))
}

const example = "\"Parameters:\" with one \"Name: value\" a line below it"

// parse returns the document's root, or nil with the problem noted.
func (r *fileReader) parse(data []byte) *yaml.Node {
	switch {
	case len(data) > MaxFileSize:
		r.errorf(nil, "the file has %d bytes; a parameter file has at most %d", len(data), MaxFileSize)
		return nil
	case bytes.IndexByte(data, 0) >= 0:
		r.errorf(nil, "the file holds a NUL byte: it is not YAML or JSON text in UTF-8")
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		r.malformed(err)
		return nil
	}
	var doc, next yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		r.errorf(nil, "the file is empty; wanted %s", example)
		return nil
	} else if err != nil {
		r.malformed(err)
		return nil
	}
	if err := loader.Load(&next); err == nil {
		r.errorf(&next, "a second document begins: a parameter file has one")
	} else if !errors.Is(err, io.EOF) {
		r.malformed(err)
	}
	return doc.Content[0]
}

// malformed notes what the YAML parser says, at the position that it gives.
func (r *fileReader) malformed(err error) {
	var at *yaml.Node
	text := err.Error()
	if load, ok := errors.AsType[*yaml.LoadError](err); ok {
		text = load.Message
		if load.Mark.Line > 0 {
			at = &yaml.Node{Line: load.Mark.Line, Column: load.Mark.Column}
		}
		if begin := load.ContextMark; begin.Line > 0 && begin != load.Mark {
			text += fmt.Sprintf(", %s that begins in line %d", load.ContextMsg, begin.Line)
		}
	}
	r.errorf(at, "%s", text)
}

func (r *fileReader) root(root *yaml.Node) {
	switch root.Kind {
	case yaml.SequenceNode:
		for _, item := range root.Content {
			r.item(item)
		}
	case yaml.MappingNode:
		r.entries(root, "key", func(key, value *yaml.Node) {
			switch key.Value {
			case "Parameters":
				r.entries(value, "parameter", r.parameter)
			case "Tags":
				r.entries(value, "tag", r.tag)
			default:
				err := suggest.Unknown("key", key.Value, []string{"Parameters", "Tags"})
				if r.component.Lookup(key.Value) != nil {
					err = fmt.Errorf("parameter %s stands outside Parameters: wanted %s", key.Value, example)
				}
				r.errorf(key, "%w", err)
			}
		})
	default:
		r.errorf(root, "%s stands where a map is wanted: %s", kindOf(root), example)
	}
}

// entries yields the entries of a map and refuses keys that are given twice.
func (r *fileReader) entries(node *yaml.Node, noun string, entry func(key, value *yaml.Node)) {
	if node = plain(node); node.Kind != yaml.MappingNode {
		r.errorf(node, "%s stands where a map is wanted, such as %s", kindOf(node), example)
		return
	}
	first := map[string]*yaml.Node{}
	for pair := range slices.Chunk(node.Content, 2) {
		key, value := pair[0], pair[1]
		if before := first[key.Value]; before != nil {
			r.errorf(key, "%s %s is given twice, first in line %d; keep one", noun, key.Value, before.Line)
			continue
		}
		first[key.Value] = key
		entry(key, value)
	}
}

// item reads one entry of the AWS CLI's list.
func (r *fileReader) item(item *yaml.Node) {
	const wanted = `{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}`
	if item = plain(item); item.Kind != yaml.MappingNode {
		r.errorf(item, "%s stands where an entry is wanted, such as %s", kindOf(item), wanted)
		return
	}
	var key, value *yaml.Node
	r.entries(item, "key", func(k, v *yaml.Node) {
		switch k.Value {
		case "ParameterKey":
			key = v
		case "ParameterValue":
			value = v
		default:
			r.errorf(k, "%w", suggest.Unknown("key", k.Value, []string{"ParameterKey", "ParameterValue"}))
		}
	})
	switch {
	case key == nil || value == nil:
		r.errorf(item, "the entry needs ParameterKey and ParameterValue, as in %s", wanted)
	case r.file.Parameters.has(key.Value):
		r.errorf(key, "parameter %s is given twice; keep one", key.Value)
	default:
		r.parameter(key, value)
	}
}

func (r *fileReader) parameter(key, node *yaml.Node) {
	p := r.component.Lookup(key.Value)
	if p == nil {
		r.errorf(key, "%w", r.component.Unknown(key.Value))
		return
	}
	value, ok := r.value(p, node)
	if ok {
		if err := p.Check(value); err != nil {
			r.errorf(node, "%s: %w", p.Name, err)
			ok = false
		}
	}
	if !ok {
		r.file.Broken = append(r.file.Broken, p.Name)
		return
	}
	r.file.Parameters[p.Name] = value
}

// value returns a word, or the items of a list parameter.
func (r *fileReader) value(p *Parameter, node *yaml.Node) (string, bool) {
	node = plain(node)
	if node.Kind != yaml.SequenceNode || p.Kind != List {
		return r.word(p.Name, node)
	}
	var items []string
	for _, item := range node.Content {
		word, ok := r.word(p.Name, plain(item))
		if !ok {
			return "", false
		}
		if strings.Contains(word, ",") {
			r.errorf(item, "%s: %q holds a comma: write an item for each", p.Name, word)
			return "", false
		}
		items = append(items, word)
	}
	return strings.Join(items, ","), true
}

// word returns the text of a scalar, as it is written.
func (r *fileReader) word(name string, node *yaml.Node) (string, bool) {
	switch {
	case node.Kind != yaml.ScalarNode:
		r.errorf(node, "%s: %s stands where a word is wanted, as in Name: value", name, kindOf(node))
	case node.Tag == "!!null":
		r.errorf(node, "%s has no value: write '' for an empty one, or leave the line out", name)
	case !strings.HasPrefix(node.Tag, "!!"):
		r.errorf(node, "%s: %s stands where a word is wanted: parameter files have no functions",
			name, node.Tag)
	default:
		return node.Value, true
	}
	return "", false
}

func (r *fileReader) tag(key, node *yaml.Node) {
	value, ok := r.word("tag "+key.Value, plain(node))
	if !ok {
		return
	}
	if err := CheckTag(key.Value, value); err != nil {
		r.errorf(key, "%w", err)
		return
	}
	r.file.Tags[key.Value] = value
}

// plain returns the node that an alias stands for.
func plain(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// CheckTag returns what is wrong with a stack tag.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
func CheckTag(key, value string) error {
	switch {
	case key == "" || len([]rune(key)) > 128:
		return fmt.Errorf("tag key %q has %d characters; wanted 1 to 128, like team",
			key, len([]rune(key)))
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return fmt.Errorf("tag key %q begins with aws:, which AWS reserves; wanted another, like team",
			key)
	case len([]rune(value)) > 256:
		return fmt.Errorf("tag %s has a value of %d characters; wanted at most 256",
			key, len([]rune(value)))
	}
	return nil
}

// kindOf says what a node is, for people.
func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%q", node.Value)
}
