package picture

import (
	"maps"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// use is a reference to a resource. The key is that of the nearest property.
type use struct{ key, id string }

// wordy are the keys whose values name no resource, whatever their words are.
var wordy = []string{"Action", "Description", "GroupDescription", "Principal", "Sid", "Tags"}

// uses returns the resources that a tree of properties names, in the order of their use: those of
// the stack by functions, reused ones by their physical names.
func (d *drawer) uses(key string, v any) []use {
	var out []use
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			switch {
			case slices.Contains(wordy, k):
			case k == "Ref", strings.HasPrefix(k, "Fn::"):
				for _, id := range d.mentioned(v) {
					out = append(out, use{key, id})
				}
			default:
				out = append(out, d.uses(k, v[k])...)
			}
		}
	case []any:
		for _, item := range v {
			out = append(out, d.uses(key, item)...)
		}
	case string:
		for _, id := range d.named(v) {
			out = append(out, use{key, id})
		}
	}
	return out
}

// mentioned returns the IDs of all resources that a value names.
func (d *drawer) mentioned(v any) []string {
	ids := slices.Collect(cfn.Names(v))
	for s := range strings.SplitSeq(flat(v), "\n") {
		ids = append(ids, d.named(s)...)
	}
	return ids
}

// flat returns the texts in a tree, a line each.
func flat(v any) string {
	var lines []string
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			lines = append(lines, flat(v[k]))
		}
	case []any:
		for _, item := range v {
			lines = append(lines, flat(item))
		}
	case string:
		lines = append(lines, v)
	}
	return strings.Join(lines, "\n")
}

// named returns the IDs of the reused resources whose physical names are in a text.
func (d *drawer) named(s string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(d.reused)) {
		if containsName(s, d.reused[id]) {
			ids = append(ids, id)
		}
	}
	return ids
}

// containsName reports whether a name is in a text and is not a part of a longer name.
func containsName(s, name string) bool {
	inName := func(c byte) bool {
		return c == '-' || c == '.' || c >= '0' && c <= '9' ||
			c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	for from := 0; ; {
		i := strings.Index(s[from:], name)
		if i < 0 {
			return false
		}
		begin, end := from+i, from+i+len(name)
		if (begin == 0 || !inName(s[begin-1])) && (end == len(s) || !inName(s[end])) {
			return true
		}
		from = begin + 1
	}
}

// at returns what is at a path of keys in a tree.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}
