package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// review shows a plan to people: what is removed and replaced first, with what
// causes it, in the words of our parameters.
func (e *env) review(w *terminal.Stream, p *deploy.Plan, asked *stackInput) {
	if p.Empty() {
		e.Fprintf(w, terminal.Plain, "%s: no changes", p.Stack.Name)
		return
	}
	if p.Reused {
		e.Fprintf(w, terminal.Plain, "An earlier run had made this change set when it was cut off.")
	}
	e.Fprintf(w, terminal.Plain, "%s: %s, %s", p.Stack.Name, strings.ToLower(p.Operation), tally(p.Changes))
	retagged := logicalIDsWhere(p.Changes, onlyTags)
	e.changes(w, slices.DeleteFunc(display.Ordered(p.Changes), func(c deploy.Change) bool {
		return len(retagged) > 1 && onlyTags(c)
	}))
	if len(retagged) > 1 {
		e.Fprintf(w, terminal.Plain, "   ~  tags of %s", strings.Join(retagged, ", "))
	}
	if tagged := logicalIDsWhere(p.Changes, e.byTags); len(tagged) > 0 {
		e.Fprintf(w, terminal.Plain, "The tags change: AWS Batch takes tags only when it makes a thing, so %s would be replaced. Without --tags they stay.", strings.Join(tagged, " and "))
	}
	for _, t := range asked.shared {
		e.Fprintf(w, terminal.Plain, "From %s: %s=%s (%s)", asked.from, t.Parameter.Name, t.Value, t.Origin)
	}
	if keeps := asked.keptValues(p.Stack); len(keeps) > 0 && p.Operation == "UPDATE" {
		e.Fprintf(w, terminal.Plain, "Kept from the stack: %s", strings.Join(keeps, ", "))
	}
}

// changes prints a line for each change, with the reasons below it.
func (e *env) changes(w *terminal.Stream, changes []deploy.Change) {
	var rows [][]string
	for _, c := range changes {
		rows = append(rows, []string{
			"  " + display.Symbol(c) + " " + c.LogicalID,
			strings.Join(display.NonEmpty(c.Type, fate(c), mark(c)), "  "),
		})
	}
	for i, line := range terminal.Align(rows) {
		e.Fprintf(w, styleOf(changes[i]), "%s", line)
		for _, reason := range e.reasons(changes[i]) {
			e.Fprintf(w, terminal.Plain, "        %s", reason)
		}
	}
}

// styleOf returns the style of a change.
func styleOf(c deploy.Change) terminal.Style {
	switch display.Symbol(c) {
	case " - ":
		return terminal.Removal
	case "-/+", "~/+":
		return terminal.Replacement
	}
	return terminal.Plain
}

// tally is how many changes there are, and how many of them take something away.
func tally(changes []deploy.Change) string {
	text := display.Count(len(changes), "change")
	var parts []string
	for _, kind := range []struct{ sign, words string }{{" - ", "removed"}, {"-/+", "replaced"}, {"~/+", "perhaps replaced"}} {
		n := 0
		for _, c := range changes {
			if display.Symbol(c) == kind.sign {
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

// fate is what becomes of the physical resource that is there.
func fate(c deploy.Change) string {
	stays := strings.HasSuffix(c.Policy, "Retain")
	text := ""
	switch display.Symbol(c) {
	case " - ":
		text = "is deleted"
		if stays {
			text = "stays; the stack forgets it"
		}
	case "-/+":
		text = "is replaced"
	case "~/+":
		text = "may be replaced"
	default:
		return ""
	}
	if stays && c.Type == bucketType {
		text = "the data stays, the stack forgets it"
	}
	return strings.Join(display.NonEmpty(c.PhysicalID, text), " ")
}

// mark points out what changes permissions.
func mark(c deploy.Change) string {
	if strings.HasPrefix(c.Type, "AWS::IAM::") {
		return "IAM"
	}
	return ""
}

// reasons are the properties behind a change of a resource that is there, each
// with its values and where the change comes from.
func (e *env) reasons(c deploy.Change) []string {
	var lines, seen []string
	for _, p := range sources(c) {
		path := display.PropertyPath(p)
		if path == "" || slices.Contains(seen, path) || path == "Metadata" && len(c.Properties) > 1 {
			continue
		}
		seen = append(seen, path)
		value := ""
		if p.Before != "" || p.After != "" {
			value = ": " + shown(p.Before) + " → " + shown(p.After)
		}
		replaces := ""
		if p.Recreation == "Always" {
			replaces = "replaces it"
		}
		lines = append(lines, strings.Join(display.NonEmpty(path+value, e.origin(p), replaces), "   "))
	}
	return lines
}

// sources are the properties of a change, with those first whose origin is known:
// CloudFormation lists the same difference once more as a direct one.
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
	return slices.SortedStableFunc(slices.Values(c.Properties), func(a, b deploy.Property) int { return cmp.Compare(known(a), known(b)) })
}

// origin is what makes a property change, in the words of the command line.
func (e *env) origin(p deploy.Property) string {
	switch p.Source {
	case "ParameterReference":
		if own := e.component.Lookup(p.Entity); own != nil {
			return "set by parameter " + own.Name + " (--" + own.Flag() + ")"
		}
		return "set by parameter " + p.Entity
	case "ResourceReference", "ResourceAttribute":
		return "follows " + p.Entity
	}
	return ""
}

// shown is a value, short enough for a line.
func shown(value string) string {
	switch value {
	case "":
		return "(none)"
	case "{{changeSet:KNOWN_AFTER_APPLY}}":
		return "(a new one)"
	}
	return terminal.Truncate(value, 60)
}

// byTags says that a resource is replaced because of the stack's tags.
func (e *env) byTags(c deploy.Change) bool {
	return slices.Contains(e.component.FixedTags, c.Type) && c.Action == "Modify" && c.Replacement != "False" && slices.Contains(c.Scope, "Tags")
}

// onlyTags says that nothing but the stack's tags changes in a resource.
func onlyTags(c deploy.Change) bool {
	return display.Symbol(c) == " ~ " && slices.Equal(c.Scope, []string{"Tags"})
}

// logicalIDsWhere returns the logical IDs of the changes for which so holds.
func logicalIDsWhere(changes []deploy.Change, so func(deploy.Change) bool) []string {
	var out []string
	for _, c := range display.Ordered(changes) {
		if so(c) {
			out = append(out, c.LogicalID)
		}
	}
	return out
}
