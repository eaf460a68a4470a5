package command

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/paramfile"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// tagFlags gives a command the flags of the stack's tags.
func (in *inputs) tagFlags(cmd *cobra.Command) {
	in.ofStack = true
	cmd.Flags().StringArrayVar(&in.tagWords, "tags", nil, "all `tags` of the stack, "+
		"key=value,key=value, or the AWS CLI's list in JSON; without any the stack keeps its tags")
	cmd.Flags().BoolVar(&in.noTags, "no-tags", false, "remove all tags of the stack")
}

// readTags reads --tags and --no-tags, and checks all tags together.
func (in *inputs) readTags(e *env) {
	given := parseTags(in.tagWords, &e.problems)
	ofFiles := len(in.tags) > 0
	if in.ofStack && in.tags != nil && !ofFiles && given == nil && !in.noTags {
		in.notes = append(in.notes, fmt.Sprintf("Tags is empty in %s: the stack keeps its tags. "+
			"--no-tags removes them", strings.Join(in.paths, ", ")))
	}
	switch {
	case in.noTags && len(in.tagWords) > 0:
		e.problems.add(errors.New("--no-tags and --tags exclude each other"))
	case in.noTags && ofFiles:
		e.problems.add(errors.New("--no-tags: the parameter files give tags; " +
			"leave these out, or --no-tags"))
	case in.noTags:
		in.tags = map[string]string{}
	case given == nil && !ofFiles:
		in.tags = nil
	case in.tags == nil:
		in.tags = given
	default:
		maps.Copy(in.tags, given)
	}
	for _, err := range in.component.CheckTags(in.tags) {
		e.problems.add(err)
	}
}

// parseTags reads the words of --tags: key=value,key=value, or one of the AWS CLI's
// forms. Nil means that none were given.
func parseTags(words []string, problems *problems) map[string]string {
	var tags map[string]string
	for _, word := range words {
		pairs, err := tagsOf(word)
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				problems.add(errors.New("--tags: " + strings.TrimPrefix(line, "--tags: ")))
			}
		}
		for _, pair := range pairs {
			if err := generator.CheckTag(pair.key, pair.value); err != nil {
				problems.add(fmt.Errorf("--tags: %w", err))
				continue
			}
			if _, given := tags[pair.key]; given {
				problems.add(fmt.Errorf("--tags: tag %s is given twice; keep one", pair.key))
			}
			if tags == nil {
				tags = map[string]string{}
			}
			tags[pair.key] = pair.value
		}
	}
	return tags
}

// tag is a tag of a stack.
type tag struct{ key, value string }

// secondTag finds what looks like a further tag in a value.
var secondTag = regexp.MustCompile(`\s[^\s=]+=`)

// tagsOf reads one word of --tags.
func tagsOf(word string) ([]tag, error) {
	switch trimmed := strings.TrimSpace(word); {
	case trimmed == "":
		return nil, errors.New("the value is empty; wanted tags like team=ml, " +
			"or --no-tags to remove those of the stack")
	case strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{"):
		return jsonTags(trimmed)
	case strings.HasPrefix(trimmed, "file://"):
		return nil, fmt.Errorf("%q is a file: give it as --parameters, with its tags below Tags", trimmed)
	}
	lines, err := csv.NewReader(strings.NewReader(word)).ReadAll()
	if err != nil || len(lines) != 1 {
		return nil, fmt.Errorf("%q is not a list like a,b; put an item with a comma or a quote "+
			"in double quotes", word)
	}
	items := lines[0]
	if strings.HasPrefix(items[0], "Key=") || strings.HasPrefix(items[0], "Value=") {
		return shorthandTags(items)
	}
	var tags []tag
	var errs []error
	for _, item := range items {
		key, value, ok := strings.Cut(item, "=")
		switch name, rest, colon := strings.Cut(item, ":"); {
		case !ok && colon && name != "" && rest != "":
			errs = append(errs, fmt.Errorf("%q is not key=value: did you mean %s=%s?", item,
				strings.TrimSpace(name), strings.TrimSpace(rest)))
		case !ok:
			errs = append(errs, fmt.Errorf("%q is not key=value, like team=ml", item))
		case secondTag.MatchString(value):
			errs = append(errs, fmt.Errorf("%q looks like several tags: separate them with commas, "+
				"like %s; a value with a blank and = can be given in a parameter file, below Tags",
				item, strings.Join(strings.Fields(item), ",")))
		default:
			tags = append(tags, tag{key, value})
		}
	}
	return tags, errors.Join(errs...)
}

// jsonTags reads a map of tags, or the AWS CLI's list of Key and Value.
func jsonTags(text string) ([]tag, error) {
	read, err := paramfile.ReadTags("--tags", text, func(string, string) error { return nil })
	var tags []tag
	for _, key := range slices.Sorted(maps.Keys(read)) {
		tags = append(tags, tag{key, read[key]})
	}
	if err == nil && len(tags) == 0 {
		err = errors.New("no tag is given; wanted one, or --no-tags to remove those of the stack")
	}
	return tags, err
}

// shorthandTags reads Key=team,Value=ml, the form of create-stack.
func shorthandTags(items []string) ([]tag, error) {
	var tags []tag
	for pair := range slices.Chunk(items, 2) {
		slices.Sort(pair) // Key comes before Value
		key, isKey := strings.CutPrefix(pair[0], "Key=")
		value, isValue := "", false
		if len(pair) == 2 {
			value, isValue = strings.CutPrefix(pair[1], "Value=")
		}
		if !isKey || !isValue {
			return nil, fmt.Errorf("%q is not Key=team,Value=ml as for create-stack; wanted key=value, "+
				"like team=ml", strings.Join(items, ","))
		}
		tags = append(tags, tag{key, value})
	}
	return tags, nil
}

// tagChanges returns what changes in the tags of the stack, in their order.
func (in *inputs) tagChanges(stack deploy.Stack) []display.TagChange {
	if in.tags == nil {
		return nil
	}
	var changes []display.TagChange
	for _, key := range slices.Sorted(maps.Keys(union(stack.Tags, in.tags))) {
		before, after := stack.Tags[key], in.tags[key]
		if before != after && !strings.HasPrefix(key, "aws:") { // AWS keeps its own
			changes = append(changes, display.TagChange{Key: key, Before: before, After: after})
		}
	}
	return changes
}

// reviewTags shows which tags of the stack are added, changed and removed.
func (e *env) reviewTags(w *terminal.Stream, stack deploy.Stack, asked *inputs) {
	changes := asked.tagChanges(stack)
	if len(changes) == 0 {
		return
	}
	e.Fprintf(w, terminal.Plain, "Tags of the stack:")
	removed := false
	for _, c := range changes {
		switch {
		case c.Before == "":
			e.Fprintf(w, terminal.Plain, "   +  %s=%s", c.Key, c.After)
		case c.After == "":
			removed = true
			e.Fprintf(w, terminal.Plain, "   -  %s=%s", c.Key, c.Before)
		default:
			e.Fprintf(w, terminal.Plain, "   ~  %s=%s → %s", c.Key, c.Before, c.After)
		}
	}
	if removed && !asked.noTags {
		e.Fprintf(w, terminal.Notice, "Tags that are given replace all tags of the stack: "+
			"give those too that are to stay.")
	}
}

// union returns what is in one of the maps.
func union(a, b map[string]string) map[string]string {
	all := maps.Clone(b)
	maps.Copy(all, a)
	return all
}
