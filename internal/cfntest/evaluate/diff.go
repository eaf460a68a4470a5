package evaluate

import (
	"maps"
	"slices"
	"strconv"
)

// Change is one difference between two versions of a resource.
type Change struct {
	Scope         string   // Properties, Metadata or Tags (the stack's)
	Path          []string // such as ["ComputeResources", "MaxvCpus"]
	Before, After any      // nil: absent
	Recreates     bool     // the resource is replaced
	Conditional   bool     // whether it is, is not said in a change set
}

// compare lists the differences between two versions of a resource and tells whether it is
// replaced.
func compare(old, new *Resource) (changes []Change, replace bool) {
	if old.Type != new.Type {
		return []Change{{Scope: "Properties", Path: []string{"Type"}, Before: old.Type, After: new.Type,
			Recreates: true}}, true
	}
	walk(nil, orEmpty(old.Properties), orEmpty(new.Properties),
		func(path []string, before, after any) {
			c := Change{Scope: "Properties", Path: path, Before: before, After: after,
				Recreates: new.replaces(path), Conditional: new.replacesConditionally(path)}
			replace = replace || c.Recreates
			changes = append(changes, c)
		})
	walk(nil, old.Tags, new.Tags, func(path []string, before, after any) {
		c := Change{Scope: "Tags", Path: path, Before: before, After: after,
			Recreates: new.replaces([]string{"Tags"})}
		replace = replace || c.Recreates
		changes = append(changes, c)
	})
	if !same(orEmpty(old.Metadata), orEmpty(new.Metadata)) {
		changes = append(changes, Change{Scope: "Metadata", Before: old.Metadata, After: new.Metadata})
	}
	return changes, replace
}

func orEmpty(m map[string]any) any {
	if len(m) == 0 {
		return map[string]any{}
	}
	return m
}

// walk calls f for every path at which two values differ; it descends where both are maps or lists
// of one length.
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

// Context returns BeforeContext or AfterContext of a change set: the resource as JSON.
func Context(r *Resource) string {
	m := map[string]any{}
	if len(r.Properties) > 0 {
		m["Properties"] = texts(r.Properties)
	}
	if len(r.Metadata) > 0 {
		m["Metadata"] = r.Metadata
	}
	if r.DeletionPolicy != r.defaultPolicy() {
		m["DeletionPolicy"] = r.DeletionPolicy
	}
	if r.UpdateReplacePolicy != "Delete" {
		m["UpdateReplacePolicy"] = r.UpdateReplacePolicy
	}
	return JSON(m)
}
