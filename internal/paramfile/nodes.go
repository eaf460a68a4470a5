package paramfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// at returns the place of a node.
func at(node *yaml.Node) place { return place{node.Line, node.Column} }

// anchors are the nodes that aliases stand for, and the sections that are there only to
// have anchors.
type anchors struct {
	used    map[*yaml.Node]bool
	holders []holder
	steps   int // entries that merge keys have taken over
}

// holder is a section that is there only to have anchors.
type holder struct{ key, value *yaml.Node }

// plain returns the node that an alias stands for.
func (r *reader) plain(node *yaml.Node) *yaml.Node {
	if node.Kind != yaml.AliasNode {
		return node
	}
	if r.used == nil {
		r.used = map[*yaml.Node]bool{}
	}
	r.used[node.Alias] = true
	return node.Alias
}

// isHolder reports whether a key of the root is for anchors alone. Such keys begin with
// x- or a dot, as in the files of Docker Compose and GitLab.
func isHolder(key string) bool {
	return strings.HasPrefix(key, ".") || strings.HasPrefix(key, "x-")
}

// checkAnchors notes the sections for anchors that nothing refers to.
func (r *reader) checkAnchors() {
	for _, h := range r.holders {
		if !r.refersInto(h.value) {
			r.errorf(at(h.key), "key %s is not used: nothing refers to an anchor in it, as <<: *name "+
				"does to &name; leave it out", short(h.key.Value))
		}
	}
}

// refersInto reports whether an alias stands for a node or for one in it.
func (r *reader) refersInto(node *yaml.Node) bool {
	return r.used[node] || slices.ContainsFunc(node.Content, r.refersInto)
}

// entries yields the entries of a map and notes keys that are given twice. Those of
// merge keys come last, and only where the map does not have the key itself.
// https://yaml.org/type/merge.html
func (r *reader) entries(node *yaml.Node, noun string, entry func(key, value *yaml.Node)) {
	if node = r.plain(node); node.Kind != yaml.MappingNode {
		wanted := example
		if noun == "tag" {
			wanted = "\"Tags:\" with one \"key: value\" a line below it"
		}
		r.errorf(at(node), "%s is given where a map is wanted, such as %s", kindOf(node), wanted)
		return
	}
	m := merging{r, noun, entry, map[string]bool{}, map[*yaml.Node]bool{}}
	m.take(node)
}

// merging takes the entries of one map and of those that it merges.
type merging struct {
	*reader
	noun  string
	entry func(key, value *yaml.Node)
	keys  map[string]bool // that the map has so far
	maps  map[*yaml.Node]bool
}

// take yields the entries of a map, then those of the maps that it merges. A map that is
// merged again adds nothing, so that maps in a circle end.
func (m merging) take(node *yaml.Node) {
	if m.maps[node] {
		return
	}
	m.maps[node] = true
	first := map[string]int{}
	var merged []*yaml.Node
	for pair := range slices.Chunk(node.Content, 2) {
		if m.steps++; m.steps > maxParts {
			if m.steps == maxParts+1 {
				m.errorf(at(node), "merge keys give the file more than %d entries", maxParts)
			}
			return
		}
		key, value := m.plain(pair[0]), pair[1]
		switch {
		case key.Tag == "!!merge":
			merged = append(merged, value)
		case key.Kind != yaml.ScalarNode:
			m.errorf(at(pair[0]), "%s is given where the name of a %s is wanted", kindOf(key), m.noun)
		case len(key.Value) > maxName:
			m.errorf(at(pair[0]), "the name of a %s is longer than %d bytes: %q",
				m.noun, maxName, short(key.Value))
		case first[key.Value] > 0:
			m.twice(at(pair[0]), m.noun, key.Value, first[key.Value])
		default:
			first[key.Value] = max(key.Line, 1)
			if !m.keys[key.Value] {
				m.entry(key, value)
			}
		}
	}
	for name := range first {
		m.keys[name] = true
	}
	for _, value := range merged {
		m.merge(value)
	}
}

// merge takes the entries of the map, or the maps of the list, that a merge key names.
func (m merging) merge(node *yaml.Node) {
	all := []*yaml.Node{node}
	if list := m.plain(node); list.Kind == yaml.SequenceNode {
		all = list.Content
	}
	for _, one := range all {
		if from := m.plain(one); from.Kind == yaml.MappingNode {
			m.take(from)
		} else {
			m.errorf(at(one), "%s is given where << wants a map or a list of maps, like <<: *common",
				kindOf(from))
		}
	}
}

// value returns a word, or the items of a list parameter.
func (r *reader) value(name string, p Parameter, node *yaml.Node) (string, bool) {
	node = r.plain(node)
	if node.Kind != yaml.SequenceNode || !p.List {
		return r.word(name, node)
	}
	var items []string
	size := 0
	for _, item := range node.Content {
		word, ok := r.word(name, r.plain(item))
		if !ok {
			return "", false
		}
		if strings.Contains(word, ",") {
			r.errorf(at(item), "%s: %q has a comma: write an item for each", name, short(word))
			return "", false
		}
		if items = append(items, word); size > maxValue {
			break // too long; aliases could make it longer than memory
		}
		size += len(word) + 1
	}
	return strings.Join(items, ","), true
}

// word returns the text of a scalar, as it is written.
func (r *reader) word(name string, node *yaml.Node) (string, bool) {
	switch {
	case node.Kind != yaml.ScalarNode:
		r.errorf(at(node), "%s: %s is given where a word is wanted, as in Name: value",
			name, kindOf(node))
	case isNull(node):
		r.errorf(at(node), "%s has no value: write '' for an empty one, or leave the line out", name)
	case !strings.HasPrefix(node.Tag, "!!"):
		r.errorf(at(node), "%s: %s is given where a word is wanted: parameter files have no functions",
			name, short(node.Tag))
	case !slices.Contains(wordTags, node.Tag):
		r.errorf(at(node), "%s: %s is given where a word is wanted", name, short(node.Tag))
	default:
		return node.Value, r.fits(at(node), name, node.Value)
	}
	return "", false
}

// wordTags are the types of YAML whose text is the value. !!binary is not: its text is
// not what it stands for.
var wordTags = []string{"!!str", "!!int", "!!float", "!!bool", "!!timestamp", "!!merge"}

// isNull reports whether a node is empty, or null.
func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Tag == "!!null"
}

// kindOf returns what a node is, for people.
func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	}
	return fmt.Sprintf("%q", short(node.Value))
}
