package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// wish is what a command line asks a stack to become.
type wish struct {
	name   string
	values generator.Values  // that are given
	unset  []string          // parameters that return to their default
	tags   map[string]string // of the stack; nil keeps them
	all    generator.Values  // that the stack would have, with those that it keeps

	in         *inputs
	unsetFlags []string
	tagFlags   []string
}

func (w *wish) flags(cmd *cobra.Command, c *generator.Component) {
	w.in = parameterFlags(cmd, c)
	cmd.Flags().StringSliceVar(&w.unsetFlags, "unset", nil, "parameters that return to their default, as names or flags")
	cmd.Flags().StringSliceVar(&w.tagFlags, "tags", nil, "tags of the stack, key=value; without any the stack keeps its tags")
}

// read reads everything that is given and notes what is wrong with it.
func (w *wish) read(e *env, args []string) {
	w.name = e.stackName(args)
	e.component = w.in.component
	w.values = w.in.read(e)
	w.tags = e.parseTags(w.tagFlags)
	if w.in.tags != nil {
		all := maps.Clone(w.in.tags)
		maps.Copy(all, w.tags)
		w.tags = all
	}
	if len(w.tags) > 50 {
		e.problems.add(fmt.Errorf("%d tags are given; a stack has at most 50", len(w.tags)))
	}
	w.readUnset(e)
	if e.problems.found() { // tell those of the relations with them, seen without the stack's own values
		for _, err := range w.in.component.CheckRelations(w.values, w.in.wrong...) {
			e.problems.add(err)
		}
	}
}

// readUnset reads the parameters of --unset.
func (w *wish) readUnset(e *env) {
	var names []string
	for p := range w.in.component.Parameters() {
		names = append(names, p.Name)
	}
	for _, given := range w.unsetFlags {
		i := slices.IndexFunc(names, func(n string) bool { return n == given || w.in.component.Lookup(n).Flag() == given })
		switch {
		case i < 0:
			e.problems.add(fmt.Errorf("--unset: %w", suggest.Unknown("parameter", given, names)))
		case w.values[names[i]] != "":
			e.problems.add(fmt.Errorf("--unset: %s is given a value too: choose one", names[i]))
		default:
			w.unset = append(w.unset, names[i])
		}
	}
}

// fits checks the given values together with those that the stack keeps.
func (w *wish) fits(e *env, stack deploy.Stack, next string) error {
	w.all = maps.Clone(w.values)
	if stack.Live() {
		for _, name := range w.kept() {
			value, ok := stack.Parameters[name]
			if p := w.in.component.Lookup(name); ok && p.Check(value) == nil {
				w.all[name] = value
			}
		}
	}
	for _, err := range w.in.component.CheckRelations(w.all) {
		e.problems.add(err)
	}
	if err := e.problems.err(next); err != nil {
		return err
	}
	for _, warning := range w.in.component.Warnings(w.all, w.values) {
		e.Printf("%s", warning)
	}
	return nil
}

// kept are the parameters whose previous value an update keeps.
func (w *wish) kept() []string {
	var names []string
	for p := range w.in.component.Parameters() {
		_, given := w.values[p.Name]
		if !given && !p.NotKept && !slices.Contains(w.unset, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// keeps are the values that an update keeps and that are not the default, as
// Name=value.
func (w *wish) keeps(stack deploy.Stack) []string {
	var out []string
	for _, name := range w.kept() {
		value, has := stack.Parameters[name]
		if p := w.in.component.Lookup(name); has && value != p.Default {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// request is the wish in CloudFormation's terms.
func (w *wish) request() (deploy.Request, error) {
	template, err := minified(w.in.component)
	return deploy.Request{Template: template, Parameters: w.values, Keep: w.kept(), Tags: w.tags}, err
}

// minified is the template as it is sent: JSON without spaces, as CloudFormation
// takes at most 51,200 bytes in a call.
func minified(c *generator.Component) ([]byte, error) {
	text, err := c.Template().JSON()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = json.Compact(&buf, text)
	return buf.Bytes(), err
}
