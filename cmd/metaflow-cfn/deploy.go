package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// deployment is one run of the deploy command.
type deployment struct {
	waiting

	in          *inputs
	name        string
	unset, tags []string
	yes, queue  bool
	roleARN     string
	unprotected bool
	configure   bool
	profile     string
}

// newDeploy creates or updates the stack and waits for it.
func newDeploy(e *env) *cobra.Command {
	d := &deployment{waiting: waiting{env: e}}
	cmd := &cobra.Command{
		Use:   "deploy STACK",
		Short: "Create or update the stack, show every event, and say how it ended",
		Long: "deploy shows what would change, asks, makes the change, shows each event as it happens and ends with the\n" +
			"outputs or the first real cause of a failure. On an update, parameters that are not given keep their value.",
		Example: "  metaflow-cfn deploy metaflow\n" +
			"  metaflow-cfn deploy metaflow --existing-vpc-id vpc-0123456789abcdef0 --compute-type SPOT --yes",
	}
	d.in = parameterFlags(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&d.unset, "unset", nil, "parameters that return to their default, as names or flags")
	f.StringSliceVar(&d.tags, "tags", nil, "tags of the stack, key=value; without any the stack keeps its tags")
	f.BoolVarP(&d.yes, "yes", "y", false, "do not ask; required without a terminal")
	f.StringVar(&d.roleARN, "role-arn", "", "role with which CloudFormation works on the stack")
	f.BoolVar(&d.queue, "wait", false, "follow an operation that is running on the stack, then go on")
	f.BoolVar(&d.unprotected, "no-termination-protection", false, "leave termination protection off after a create")
	f.BoolVar(&d.configure, "configure", false, "write Metaflow's configuration afterwards")
	f.StringVar(&d.profile, "profile", "", "Metaflow profile that --configure writes")
	d.waiting.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return d.run(cmd, args) }
	return cmd
}

func (d *deployment) run(cmd *cobra.Command, args []string) error {
	values, tags, unset := d.check(args)
	if err := d.usage(helpOf(cmd)); err != nil {
		return err
	}
	ctx, cancel := d.limit(cmd.Context())
	defer cancel()
	to, stack, err := d.begin(ctx)
	if err != nil {
		if clash := values.Relations(); len(clash) > 0 && ctx.Err() == nil {
			// Only values that a stack keeps could set these right, and none was found.
			return &exit{exitUsage, errors.Join(clash...), helpOf(cmd)}
		}
		return err
	}
	if err := d.fits(stack, values, unset); err != nil {
		return err
	}
	if stack.NeedsClearing() {
		if stack, err = d.clear(ctx, to, stack); err != nil {
			return err
		}
	}
	template, err := minified()
	if err != nil {
		return err
	}
	plan, err := to.Plan(ctx, stack, deploy.Request{
		Template: template, Parameters: values, Keep: kept(values, unset), Tags: tags, RoleARN: d.roleARN,
	})
	if err != nil {
		return failed(err, d.nextFor(err))
	}
	return d.carryOut(ctx, to, plan)
}

// check reads everything that is given and notes all that is wrong with it.
func (d *deployment) check(args []string) (values generator.Values, tags map[string]string, unset []string) {
	d.name = d.stackName(args)
	d.waiting.check()
	values = d.in.read(d.env)
	tags = d.parseTags(d.tags)
	if d.in.tags != nil {
		all := maps.Clone(d.in.tags)
		maps.Copy(all, tags)
		tags = all
	}
	if len(tags) > 50 {
		d.problem(fmt.Errorf("%d tags are given; a stack has at most 50", len(tags)))
	}
	unset = d.unsetNames(values)
	if !d.yes && !d.person() {
		d.problem(errors.New("there is no terminal to ask on: give --yes"))
	}
	if d.roleARN != "" {
		if err := generator.Lookup("ExistingJobRoleArn").Check(d.roleARN); err != nil {
			d.problem(fmt.Errorf("--role-arn: %w", err))
		}
	}
	d.checkProfile(d.profile)
	if !d.configure && d.profile != "" {
		d.problem(errors.New("--profile needs --configure"))
	}
	if len(d.problems) > 0 { // tell those of the relations with them, seen without the stack's own values
		for _, err := range values.Relations() {
			d.problem(err)
		}
	}
	return values, tags, unset
}

// unsetNames are the parameters of --unset.
func (d *deployment) unsetNames(values generator.Values) []string {
	var names, out []string
	for p := range generator.Parameters() {
		names = append(names, p.Name)
	}
	for _, given := range d.unset {
		i := slices.IndexFunc(names, func(n string) bool { return n == given || generator.Lookup(n).Flag() == given })
		switch {
		case i < 0:
			d.problem(fmt.Errorf("--unset: %w", generator.Unknown("parameter", given, names)))
		case values[names[i]] != "":
			d.problem(fmt.Errorf("--unset: %s is given a value too: choose one", names[i]))
		default:
			out = append(out, names[i])
		}
	}
	return out
}

// fits checks the given values together with those that the stack keeps.
func (d *deployment) fits(stack deploy.Stack, values generator.Values, unset []string) error {
	all := maps.Clone(values)
	if stack.Live() {
		for _, name := range kept(values, unset) {
			value, ok := stack.Parameters[name]
			if p := generator.Lookup(name); ok && p.Check(value) == nil {
				all[name] = value
			}
		}
	}
	for _, err := range all.Relations() {
		d.problem(err)
	}
	for _, w := range all.Warnings() {
		d.say("%s", w)
	}
	return d.usage("Flags: metaflow-cfn deploy --help")
}

// kept are the parameters whose previous value an update keeps.
func kept(values generator.Values, unset []string) []string {
	var names []string
	for p := range generator.Parameters() {
		_, given := values[p.Name]
		if !given && !p.PerDeploy && !slices.Contains(unset, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// minified is the template as it is sent: JSON without spaces, as CloudFormation
// takes at most 51,200 bytes in a call.
func minified() ([]byte, error) {
	text, err := generator.Template().JSON()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = json.Compact(&buf, text)
	return buf.Bytes(), err
}

// carryOut shows the plan, asks, executes and waits.
func (d *deployment) carryOut(ctx context.Context, to account, plan *deploy.Plan) error {
	d.screen.plan(plan)
	if plan.Empty() {
		unchanged := deploy.Outcome{Result: deploy.Succeeded, Status: plan.Stack.Status, Stack: plan.Stack}
		d.screen.end(&deploy.Operation{Kind: plan.Operation, StackID: plan.Stack.ID}, unchanged, exitOK)
		return d.finish(to, plan.Stack)
	}
	question := fmt.Sprintf("%s %s in account %s, %s?", plan.Operation, d.name, to.id, to.region)
	if !d.yes && !d.confirm(ctx, question) {
		return d.drop(ctx, to, plan)
	}
	op, err := to.Execute(ctx, plan)
	if err != nil {
		d.discard(ctx, to, plan)
		return failed(err, "Again: metaflow-cfn deploy "+d.name)
	}
	outcome := d.follow(ctx, op)
	if outcome.Result == deploy.Succeeded && plan.Operation == "CREATE" && !d.unprotected {
		if err := to.Protect(ctx, outcome.Stack, true); err != nil {
			d.say("termination protection could not be turned on: %v", err)
			d.say("Turn it on: aws cloudformation update-termination-protection --enable-termination-protection --stack-name %s", d.name)
		}
	}
	if err := d.ended(op, outcome); err != nil {
		return err
	}
	return d.finish(to, outcome.Stack)
}

// finish writes the configuration where it is asked for.
func (d *deployment) finish(to account, stack deploy.Stack) error {
	if !d.configure {
		return nil
	}
	people := *d.env
	if d.records != nil { // stdout is theirs
		people.out = people.err
	}
	return people.writeConfiguration(stack, to.region, d.profile, false)
}

// drop removes the change set of a plan that is not carried out.
func (d *deployment) drop(ctx context.Context, to account, plan *deploy.Plan) error {
	d.discard(ctx, to, plan)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &exit{exitDeclined, errors.New("nothing was changed"), ""}
}

func (d *deployment) discard(ctx context.Context, to account, plan *deploy.Plan) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := to.Discard(ctx, plan); err != nil {
		d.say("the change set %s could not be removed: %v", plan.Name, err)
	}
}

// nextFor is the command after a refusal.
func (d *deployment) nextFor(err error) string {
	var e *deploy.Error
	switch {
	case !errors.As(err, &e) || e.Status == "":
		return ""
	case strings.HasSuffix(e.Status, "_IN_PROGRESS"):
		return remedy(d.name, e.Status) + "   Queue: the same command with --wait"
	}
	return remedy(d.name, e.Status)
}
