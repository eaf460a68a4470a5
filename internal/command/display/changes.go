package display

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
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

// Changes prints a line for each change, with the reasons below it.
func (c Config) Changes(w *terminal.Stream, changes []deploy.Change) {
	var rows [][]string
	for _, change := range changes {
		rows = append(rows, []string{
			"  " + Symbol(change) + " " + change.LogicalID,
			words(change.Type, Disposition(change), permissionMark(change)),
		})
	}
	for i, line := range terminal.Align(rows) {
		c.Fprintf(w, styleOf(changes[i]), "%s", line)
		for _, reason := range c.Reasons(changes[i]) {
			c.Fprintf(w, terminal.Plain, "        %s", reason)
		}
	}
}

// styleOf returns the style of a change.
func styleOf(c deploy.Change) terminal.Style {
	switch Symbol(c) {
	case " - ":
		return terminal.Removal
	case "-/+", "~/+":
		return terminal.Replacement
	}
	return terminal.Plain
}

// Summary returns how many changes there are, and how many of them remove something.
func Summary(changes []deploy.Change) string {
	text := Count(len(changes), "change")
	var parts []string
	for _, kind := range []struct{ symbol, words string }{
		{" - ", "removed"}, {"-/+", "replaced"}, {"~/+", "perhaps replaced"},
	} {
		n := 0
		for _, c := range changes {
			if Symbol(c) == kind.symbol {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.words))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// Totals returns how many resources are created, changed and deleted. A replacement creates one and
// deletes one.
func Totals(changes []deploy.Change) (created, changed, deleted int) {
	for _, c := range changes {
		switch Symbol(c) {
		case " + ":
			created++
		case " - ":
			deleted++
		case "-/+":
			created++
			deleted++
		default:
			changed++
		}
	}
	return created, changed, deleted
}

// Disposition returns what happens to the physical resource that exists.
func Disposition(c deploy.Change) string {
	stays := strings.HasSuffix(c.Policy, "Retain")
	text := ""
	switch Symbol(c) {
	case " - ":
		text = "is deleted"
		if stays {
			text = "is kept, outside the stack"
		}
	case "-/+":
		text = "is replaced"
	case "~/+":
		text = "may be replaced"
	default:
		return ""
	}
	if stays && c.Type == "AWS::S3::Bucket" {
		text = "is kept with its data, outside the stack"
	}
	return strings.Join(NonEmpty(c.PhysicalID, text), " ")
}

// permissionMark returns a mark for what changes permissions.
func permissionMark(c deploy.Change) string {
	if strings.HasPrefix(c.Type, "AWS::IAM::") {
		return "IAM"
	}
	return ""
}

// Reasons returns the properties that make a resource change, each with its values and
// its origin.
func (c Config) Reasons(change deploy.Change) []string {
	var lines, seen []string
	for _, p := range sources(change) {
		path := PropertyPath(p)
		if path == "" || slices.Contains(seen, path) || path == "Metadata" && len(change.Properties) > 1 {
			continue
		}
		seen = append(seen, path)
		value := ""
		if p.Before != "" || p.After != "" {
			value = ": " + abbreviate(p.Before) + " → " + abbreviate(p.After)
		}
		replaces := ""
		if p.Recreation == "Always" {
			replaces = "replaces it"
		}
		lines = append(lines, strings.Join(NonEmpty(path+value, c.Advice.Origin(p), replaces), "   "))
	}
	return lines
}

// sources returns the properties of a change, with those of known origin first:
// CloudFormation lists the same difference again as a direct one.
func sources(c deploy.Change) []deploy.Property {
	if c.Action != "Modify" {
		return nil
	}
	known := func(p deploy.Property) int {
		if p.Entity == "" {
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(c.Properties),
		func(a, b deploy.Property) int { return cmp.Compare(known(a), known(b)) })
}

// abbreviate returns a value that is short enough for a line.
func abbreviate(value string) string {
	switch value {
	case "":
		return "(none)"
	case "{{changeSet:KNOWN_AFTER_APPLY}}":
		return "(known after apply)"
	}
	return terminal.Truncate(value, 60)
}
