package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// stackInput is what a command line asks a stack to become.
type stackInput struct {
	name      string
	values    generator.Values  // that are given
	shared    []generator.Taken // that --from adds to them
	unset     []string          // parameters that return to their default
	effective generator.Values  // that the stack would have, with those that it keeps

	treatments
	derived    derived
	role       serviceRole
	component  *generator.Component
	in         *inputs
	from       string   // other stack
	notes      []string // on what is not shared, for check
	lacking    []error  // what the other stack does not have, for check
	unsetFlags []string

	resources   bool // the plan lists those of a new stack
	noPreflight bool
	looked      *looked // at the account, nil before
}

func (in *stackInput) flags(cmd *cobra.Command, c *generator.Component) {
	in.component, in.in = c, parameterFlags(cmd, c)
	in.role.flag(cmd)
	in.treatments.flag(cmd, c)
	in.preflightFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&in.from, "from", "",
		"stack whose resources are shared: fills what is not given; the plan shows each value")
	f.BoolVar(&in.resources, "resources", false,
		"list each resource of a new stack, and each IAM statement in words")
	f.StringSliceVar(&in.unsetFlags, "unset", nil,
		"parameters that return to their default, as names or flags")
	in.in.tagFlags(cmd)
}

// read reads everything that is given and notes what is wrong with it.
func (in *stackInput) read(ctx context.Context, e *env, args []string) {
	in.name = e.stackName(in.withoutPairs(e, args))
	e.component, e.ofComponent = in.component, true
	in.values = in.in.read(ctx, e)
	in.role.check(&e.problems)
	in.readUnset(e)
	in.readRefresh(e)
	in.readFrom(e)
	if e.problems.found() {
		for _, err := range in.clashes(in.in.wrong...) {
			e.problems.addParameter(err)
		}
	}
}

// clashes returns what is wrong among the given values, as seen without those of the
// stack. Messages about values that are not given may then
// be wrong, as with --from.
func (in *stackInput) clashes(broken ...string) []error {
	if in.from != "" {
		return nil
	}
	errs := in.component.CheckRelations(in.values, broken...)
	return slices.DeleteFunc(errs, func(err error) bool {
		if in.derivable(err) {
			return true
		}
		for name := range in.values {
			if strings.Contains(err.Error(), name) {
				return false
			}
		}
		return true
	})
}

// readUnset reads the parameters of --unset.
func (in *stackInput) readUnset(e *env) {
	var names []string
	for p := range in.component.Parameters() {
		names = append(names, p.Name)
	}
	for _, given := range in.unsetFlags {
		i := slices.IndexFunc(names, func(n string) bool {
			return suggest.Fold(n) == suggest.Fold(given)
		})
		switch {
		case i < 0:
			e.problems.addParameter(fmt.Errorf("--unset: %w", in.component.Unknown(given)))
		case in.values[names[i]] != "":
			e.problems.add(fmt.Errorf("--unset: %s is given a value too: choose one", names[i]))
		case in.in.previous[names[i]] != "":
			e.problems.add(fmt.Errorf("--unset: %s is to keep its value in %s: choose one",
				names[i], in.in.previous[names[i]]))
		default:
			in.unset = append(in.unset, names[i])
		}
	}
}

func (in *stackInput) readFrom(e *env) {
	switch {
	case in.from == "":
	case !validStackName(in.from):
		e.problems.add(fmt.Errorf("--from: %q is not a stack name, like metaflow", in.from))
	case in.from == in.name:
		e.problems.add(fmt.Errorf("--from: %s is the stack itself; wanted another one", in.from))
	}
}

// check checks the given values together with those that the stack keeps.
func (in *stackInput) check(w *follower, stack deploy.Stack, next string) error {
	e := w.env
	for _, note := range in.notes {
		e.Printf("%s", note)
	}
	for _, err := range in.lacking {
		e.problems.add(err)
	}
	in.effective = in.effectiveOn(stack)
	in.checkPrevious(e, stack)
	for _, err := range in.component.CheckRelations(in.effective) {
		e.problems.add(err)
	}
	if err := e.problems.err(next); err != nil {
		return err
	}
	in.in.printNotes(e)
	for _, warning := range in.component.Warnings(in.effective, in.values) {
		w.warn(in.name, warning)
	}
	in.reportRetired(e, stack)
	return in.judge(e, stack)
}

// reportRetired names the parameters that the stack has and the template no longer
// does, with what replaces them.
func (in *stackInput) reportRetired(e *env, stack deploy.Stack) {
	for _, name := range slices.Sorted(maps.Keys(stack.Parameters)) {
		successor, retired := in.component.Retired[name]
		switch {
		case in.component.Lookup(name) != nil || !stack.Live():
		case retired:
			e.Printf("%s (%s) leaves the stack: %s", name, stack.Parameters[name], successor)
		default:
			e.Printf("%s (%s) leaves the stack: the template has no such parameter",
				name, stack.Parameters[name])
		}
	}
}

// sent are the values that are sent: those that are given, and those that the account answers.
func (in *stackInput) sent() generator.Values {
	all := in.given()
	for _, d := range in.derived.values {
		all[d.Parameter.Name] = d.Value
	}
	return all
}

// given are the values that are given, and those of --from.
func (in *stackInput) given() generator.Values {
	all := generator.Values{}
	for _, t := range in.shared {
		all[t.Parameter.Name] = t.Value
	}
	maps.Copy(all, in.values)
	return all
}

// keptParameters returns the parameters whose previous value an update keeps.
func (in *stackInput) keptParameters() []string {
	sent := in.sent()
	var names []string
	for p := range in.component.Parameters() {
		_, given := sent[p.Name]
		keeps := !p.NotKept || in.in.previous[p.Name] != ""
		if !given && keeps && !slices.Contains(in.unset, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// keptValues returns the values that an update keeps and that are not the default,
// as Name=value.
func (in *stackInput) keptValues(stack deploy.Stack) []string {
	var out []string
	kept := in.keptParameters()
	for _, d := range in.derived.values {
		if stack.Parameters[d.Parameter.Name] == d.Value {
			kept = append(kept, d.Parameter.Name)
		}
	}
	for _, name := range kept {
		value, has := stack.Parameters[name]
		if p := in.component.Lookup(name); has && value != p.Default {
			out = append(out, name+"="+value)
		}
	}
	return out
}

// request is the input in CloudFormation's terms.
func (in *stackInput) request() (deploy.Request, error) {
	template, err := minified(in.component)
	return deploy.Request{
		Template: template, Parameters: in.sent(), Keep: in.keptParameters(), Tags: in.in.tags,
		RoleARN: in.role.arn,
	}, err
}

// minified is the template as it is sent: JSON without spaces, as CloudFormation
// takes at most 51,200 bytes in a call.
func minified(c *generator.Component) ([]byte, error) {
	text, err := c.Built().JSON()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = json.Compact(&buf, text)
	return buf.Bytes(), err
}
