package paramfile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// The kinds of entries of the AWS CLI's lists.
const (
	anyEntry = iota
	parameterEntry
	tagEntry
)

const (
	entryExample = `{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}`
	tagExample   = `{"Key": "team", "Value": "ml"}`
)

// entryFields are the keys of an entry of the list of parameters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
var entryFields = []string{
	"ParameterKey", "ParameterValue", "UsePreviousValue", "ResolvedValue",
}

// item reads an entry of the AWS CLI's lists, or Name=value, as aws cloudformation
// deploy takes it in a list.
func (r *reader) item(item *yaml.Node, kind int) {
	item = r.plain(item)
	wanted, isTag := entryExample, kind == tagEntry || looksLikeTag(item)
	if kind == tagEntry {
		wanted = tagExample
	}
	switch {
	case item.Kind == yaml.ScalarNode && kind != tagEntry && isAssignment(item.Value):
		r.pair(at(item), item.Value)
	case item.Kind != yaml.MappingNode:
		r.errorf(at(item), "%s is given where an entry is wanted, such as %s", kindOf(item), wanted)
	case isTag && kind == parameterEntry:
		r.errorf(at(item), "a tag is given among the parameters: it belongs below Tags")
	case isTag:
		fields, sound := r.fields(item, "Key", "Value")
		r.tagItem(item, fields, sound)
	default:
		fields, sound := r.fields(item, entryFields...)
		r.parameterItem(item, fields, sound)
	}
}

// looksLikeTag reports whether an entry has Key, as tags have it.
func looksLikeTag(item *yaml.Node) bool {
	for i := 0; i < len(item.Content); i += 2 {
		if item.Content[i].Value == "Key" {
			return true
		}
	}
	return false
}

// isTagEntry reports whether a map is one tag in the AWS CLI's form, Key and Value alone,
// and not two tags of these names.
func isTagEntry(node *yaml.Node) bool {
	return node.Kind == yaml.MappingNode && len(node.Content) == 4 && looksLikeTag(node) &&
		(node.Content[0].Value == "Value" || node.Content[2].Value == "Value")
}

// fields returns the values of an entry by their keys, and whether it has no others.
func (r *reader) fields(item *yaml.Node, known ...string) (map[string]*yaml.Node, bool) {
	fields, sound := map[string]*yaml.Node{}, true
	r.entries(item, "key", func(key, value *yaml.Node) {
		if slices.Contains(known, key.Value) {
			fields[key.Value] = value
			return
		}
		sound = false
		r.add(at(key), func() error {
			if _, ok := r.parameterNamed(key.Value); ok {
				return errInList(key.Value)
			}
			return suggest.Unknown("key", short(key.Value), known)
		})
	})
	return fields, sound
}

// parameterItem reads an entry with ParameterKey.
func (r *reader) parameterItem(item *yaml.Node, fields map[string]*yaml.Node, sound bool) {
	key, value := fields["ParameterKey"], fields["ParameterValue"]
	previous, broken := r.previous(fields["UsePreviousValue"])
	switch {
	case broken:
	case key == nil && sound, value == nil && !previous && sound:
		r.errorf(at(item), "the entry needs ParameterKey and ParameterValue, as in %s", entryExample)
	case key == nil:
	case previous && value != nil:
		r.errorf(at(item), "the entry has ParameterValue and UsePreviousValue true: keep one")
	default:
		name, ok := r.word("ParameterKey", r.plain(key))
		switch {
		case !ok:
		case previous:
			r.keep(at(item), at(key), name)
		case value != nil:
			r.set(at(r.plain(key)), at(r.plain(value)), name, func(p Parameter) (string, bool) {
				return r.value(name, p, value)
			})
		}
	}
}

// previous reads UsePreviousValue.
func (r *reader) previous(node *yaml.Node) (previous, broken bool) {
	if node == nil {
		return false, false
	}
	node = r.plain(node)
	switch strings.ToLower(node.Value) {
	case "true":
		return true, false
	case "false":
		return false, false
	}
	r.errorf(at(node), "UsePreviousValue: %s is not true or false", kindOf(node))
	return false, true
}

// keep notes a parameter that keeps the stack's value.
func (r *reader) keep(item, key place, name string) {
	if _, ok := r.known(key, name); ok {
		r.file.Previous[name] = r.where(item)
	}
}

// tagItem reads an entry with Key and Value.
func (r *reader) tagItem(item *yaml.Node, fields map[string]*yaml.Node, sound bool) {
	key, value := fields["Key"], fields["Value"]
	if key == nil || value == nil {
		if sound {
			r.errorf(at(item), "the entry needs Key and Value, as in %s", tagExample)
		}
		return
	}
	name, ok := r.word("Key", r.plain(key))
	if !ok {
		return
	}
	if _, given := r.file.Tags[name]; given {
		r.errorf(at(key), "tag %s is given twice; keep one", short(name))
		return
	}
	r.tag(r.plain(key), value)
}
