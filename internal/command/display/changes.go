package display

import (
	"cmp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// symbols are what happens to a resource, the most serious first.
var symbols = []string{" - ", "-/+", "~/+", " ~ ", " + "}

// Symbol returns what happens to a resource, in three characters.
func Symbol(c deploy.Change) string {
	switch {
	case c.Action == "Add" || c.Action == "Import":
		return " + "
	case c.Action == "Remove":
		return " - "
	case c.Replacement == "True":
		return "-/+"
	case c.Replacement == "Conditional":
		return "~/+"
	}
	return " ~ "
}

// Ordered returns the changes with removals first, then replacements.
func Ordered(changes []deploy.Change) []deploy.Change {
	rank := func(c deploy.Change) int { return slices.Index(symbols, Symbol(c)) }
	return slices.SortedStableFunc(slices.Values(changes),
		func(a, b deploy.Change) int { return cmp.Compare(rank(a), rank(b)) })
}

// PropertyPath returns the path of a property as people write it:
// ComputeResources.Type.
func PropertyPath(p deploy.Property) string {
	path := strings.TrimPrefix(strings.TrimPrefix(p.Path, "/"), "Properties/")
	return strings.ReplaceAll(path, "/", ".")
}
