package cfntest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// change is one difference between two versions of a resource.
type change struct {
	scope         string   // Properties, Metadata or Tags (the stack's)
	path          []string // below it: ["ComputeResources", "MaxvCpus"]
	before, after any      // nil: absent
	recreates     bool
}

// compare lists what differs between two versions of a resource, and whether that makes a new one.
func compare(old, new *resource) (changes []change, replace bool) {
	if old.typ != new.typ {
		return []change{{scope: "Properties", path: []string{"Type"}, before: old.typ, after: new.typ, recreates: true}}, true
	}
	walk(nil, orEmpty(old.props), orEmpty(new.props), func(path []string, before, after any) {
		c := change{scope: "Properties", path: path, before: before, after: after, recreates: new.replaces(path)}
		replace = replace || c.recreates
		changes = append(changes, c)
	})
	walk(nil, old.tags, new.tags, func(path []string, before, after any) {
		c := change{scope: "Tags", path: path, before: before, after: after, recreates: new.replaces([]string{"Tags"})}
		replace = replace || c.recreates
		changes = append(changes, c)
	})
	if !same(orEmpty(old.metadata), orEmpty(new.metadata)) {
		changes = append(changes, change{scope: "Metadata", before: old.metadata, after: new.metadata})
	}
	return changes, replace
}

func orEmpty(m map[string]any) any {
	if len(m) == 0 {
		return map[string]any{}
	}
	return m
}

// walk calls f for every place where two values differ, as deep as both are of one shape.
func walk(path []string, before, after any, f func(path []string, before, after any)) {
	if same(before, after) {
		return
	}
	if a, ok := before.(map[string]any); ok {
		if b, ok := after.(map[string]any); ok {
			keys := maps.Clone(a)
			maps.Copy(keys, b)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				walk(append(slices.Clone(path), key), a[key], b[key], f)
			}
			return
		}
	}
	if a, ok := before.([]any); ok {
		if b, ok := after.([]any); ok && len(a) == len(b) {
			for i := range a {
				walk(append(slices.Clone(path), strconv.Itoa(i)), a[i], b[i], f)
			}
			return
		}
	}
	f(path, before, after)
}

// contextOf is BeforeContext or AfterContext: the resource as JSON.
func contextOf(r *resource) string {
	m := map[string]any{}
	if len(r.props) > 0 {
		m["Properties"] = texts(r.props)
	}
	if len(r.metadata) > 0 {
		m["Metadata"] = r.metadata
	}
	if r.policy != r.defaultPolicy() {
		m["DeletionPolicy"] = r.policy
	}
	if r.replacePolicy != "Delete" {
		m["UpdateReplacePolicy"] = r.replacePolicy
	}
	return jsonOf(m)
}

// texts turns every leaf into text, as CloudFormation shows properties.
func texts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, item := range v {
			m[key] = texts(item)
		}
		return m
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, texts(item))
		}
		return list
	}
	return textOf(v)
}

// shown is a value of a property in a change set.
func shown(v any) string {
	switch v.(type) {
	case map[string]any, []any:
		return jsonOf(texts(v))
	}
	return fmt.Sprint(textOf(v))
}
