package command

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/awsconfig"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/metaflowconfig"
)

// configureCmd merges what stacks feed into Metaflow's configuration.
type configureCmd struct {
	*env

	metaflowProfile string
	format          string
	show            bool
	settings        []string // KEY=VALUE
	change          metaflowconfig.Change
	names           []string // of the stacks
}

// newConfigure writes Metaflow's configuration from the outputs of stacks.
func newConfigure(e *env) *cobra.Command {
	c := &configureCmd{env: e, names: []string{}}
	cmd := &cobra.Command{
		Use:   "configure STACK...",
		Short: "Write Metaflow's configuration from the outputs of stacks",
		Long: "configure merges the values of stacks into $METAFLOW_HOME/config.json (by\n" +
			"default in ~/.metaflowconfig), or config_PROFILE.json, keeps every other key,\n" +
			"and leaves a backup beside it. Metaflow has no key for the region: the line\n" +
			"that sets it is printed, for eval.\n" +
			"\n" +
			"A stack's default, like local metadata, does not replace what the file has.\n" +
			"--remove takes out the keys that still have the stacks' values; a deleted stack\n" +
			"is given by its ARN. --set works without a stack too, and without AWS.",
		Example: "  eval \"$(metaflow-cfn configure metaflow)\"\n" +
			"  metaflow-cfn configure metaflow --print\n" +
			"  metaflow-cfn configure metaflow --remove\n" +
			"  metaflow-cfn configure --set METAFLOW_S3_SERVER_SIDE_ENCRYPTION=AES256",
	}
	f := cmd.Flags()
	f.StringVar(&c.metaflowProfile, "metaflow-profile", "",
		"Metaflow profile to write, used with METAFLOW_PROFILE")
	f.BoolVar(&c.show, "print", false, "print the stacks' configuration and write nothing")
	f.StringArrayVar(&c.settings, "set", nil,
		"KEY=VALUE that wins over the stacks; an empty value removes the key; may be repeated")
	f.BoolVar(&c.change.Remove, "remove", false, "take the stacks' values out")
	enumFlag(cmd, &c.format, "output", "text", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c.check(args)
		if err := c.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return c.run(cmd.Context(), args)
	}
	return cmd
}

// check notes every problem of the command line.
func (c *configureCmd) check(args []string) {
	c.checkEnum("output", c.format, "text", "json")
	if c.format == "json" {
		c.records = display.NewRecords(c.displayConfig())
		if c.show {
			c.problems.add(errors.New("--print and --output json exclude each other"))
		}
	}
	c.checkProfile(c.metaflowProfile)
	var errs []error
	c.change.Settings, errs = metaflowconfig.Settings(c.settings)
	for _, err := range errs {
		c.problems.add(fmt.Errorf("--set: %w", err))
	}
	if len(args) == 0 && (len(c.settings) == 0 || c.change.Remove) {
		c.stackName(nil)
	}
	if len(args) == 0 && c.profile != "" { // it was Metaflow's in the release before
		c.problems.add(errors.New("--profile is the AWS profile, which nothing uses without a " +
			"stack: Metaflow's profile is --metaflow-profile"))
	}
	for i, name := range args {
		if c.regionOf(name) == "" || !c.change.Remove {
			c.stackName([]string{name})
		}
		if slices.Contains(args[:i], name) {
			c.problems.add(fmt.Errorf("stack %s is given twice", name))
		}
	}
}

// checkProfile notes a profile that would not be a plain file name.
func (p *problems) checkProfile(profile string) {
	if profile != "" && !regexp.MustCompile(`^[\w][\w.-]{0,99}$`).MatchString(profile) {
		p.add(fmt.Errorf("--metaflow-profile: %q is not a profile name of letters, digits, "+
			"_, - and ., like prod", profile))
	}
}

// suggestMetaflowProfile explains a profile that AWS does not have: --profile was
// Metaflow's in the release before.
func (e *env) suggestMetaflowProfile(err error) error {
	if missing := (*awsconfig.NoProfileError)(nil); e.profile == "" || !errors.As(err, &missing) {
		return err
	}
	return &exitError{exitUsage, err, "Metaflow's profile is --metaflow-profile " +
		awsconfig.Word(e.profile) + " now; --profile is that of AWS: aws configure list-profiles"}
}

// regionOf returns the region of the ARN of a stack, "" for anything else.
func (*configureCmd) regionOf(name string) string {
	form := regexp.MustCompile(`^arn:[a-z-]+:cloudformation:([a-z0-9-]+):\d{12}:stack/` +
		`[a-zA-Z][a-zA-Z0-9-]{0,127}/[\w-]+$`)
	if found := form.FindStringSubmatch(name); found != nil {
		return found[1]
	}
	return ""
}

func (c *configureCmd) run(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return c.write(nil, "")
	}
	to, err := c.connect(ctx)
	if err != nil {
		return c.suggestMetaflowProfile(err)
	}
	var stacks []deploy.Stack
	var missing []string
	for _, name := range names {
		if region := c.regionOf(name); region != "" && region != to.region {
			return &exitError{exitUsage, fmt.Errorf("%s is not in %s", name, to.region),
				"Give its region: --region " + region}
		}
		stack, err := to.stackOnce(ctx, name)
		if err != nil {
			return failed(err, "")
		}
		// CloudFormation may still have the outputs of a stack that was deleted.
		if !stack.Exists() && (!c.change.Remove || len(stack.Outputs) == 0) {
			missing = append(missing, name)
		}
		stacks = append(stacks, stack)
	}
	if len(missing) > 0 {
		return c.missing(missing, to.region)
	}
	return c.write(stacks, to.region)
}

// missing returns the error of stacks that do not exist.
func (c *configureCmd) missing(names []string, region string) error {
	var errs []error
	for _, name := range names {
		errs = append(errs, fmt.Errorf("stack %s does not exist in %s", name, region))
	}
	next := "Create it: " + c.commandLine("deploy", names[0])
	if c.change.Remove {
		next = "Give the ARN of the deleted stack; without outputs, remove each key: " +
			"metaflow-cfn configure --set KEY="
	}
	return &exitError{exitUnknown, errors.Join(errs...), next}
}

// write makes the change with what the stacks feed, or prints it.
func (c *configureCmd) write(stacks []deploy.Stack, region string) error {
	if err := c.feed(stacks); err != nil {
		return err
	}
	if err := c.change.Check(); err != nil {
		return &exitError{exitUsage, err, "Give one of the stacks, or decide: --set KEY=VALUE"}
	}
	path, err := metaflowconfig.Path(c.metaflowProfile)
	if err != nil {
		return &exitError{exitUnknown, err, ""}
	}
	if c.show {
		return c.preview(stacks, path, region)
	}
	result, err := metaflowconfig.Apply(path, c.change)
	if err != nil {
		next := "" // without a stack the command line has all of the values
		if len(stacks) > 0 {
			next = "See the values: metaflow-cfn configure " +
				strings.Join(c.names, " ") + c.place() + " --print"
		}
		return &exitError{exitUnknown, fmt.Errorf("%s: %w", path, err), next}
	}
	c.tell(result)
	c.advise(stacks, result)
	return c.export(result, region)
}

// feed adds what each stack feeds to the change.
func (c *configureCmd) feed(stacks []deploy.Stack) error {
	var none []error
	for _, stack := range stacks {
		component := c.components[0]
		if is := c.componentOf(stack); is != nil {
			component = is
		}
		c.component, c.names = component, append(c.names, stack.Name)
		if !configures(component) {
			none = append(none, fmt.Errorf("stack %s: its template feeds no key of Metaflow's "+
				"configuration; there is nothing to configure", stack.Name))
			continue
		}
		config := component.Configuration(stack.Outputs)
		if err := c.checkComplete(stack, config); err != nil && !c.change.Remove {
			return err
		}
		c.change.Parts = append(c.change.Parts, metaflowconfig.Part{
			Stack: stack.Name, Values: config, Defaults: component.DefaultKeys(),
		})
	}
	if len(none) > 0 && len(c.change.Parts) == 0 {
		return &exitError{exitUnknown, errors.Join(none...), ""}
	}
	for _, err := range none {
		c.Printf("%v", err)
	}
	return nil
}

// checkComplete returns an error for a stack that lacks keys which each stack of its
// component feeds.
func (c *configureCmd) checkComplete(stack deploy.Stack, config map[string]string) error {
	var missing []string
	for _, o := range c.component.Outputs {
		if o.Key != "" && config[o.Key] == "" && !o.Optional() {
			missing = append(missing, o.Key)
		}
	}
	switch {
	case len(missing) == 0:
		return nil
	case stack.Status == emptyStatus:
		return c.neverDeployed(stack)
	case stack.Status == "CREATE_IN_PROGRESS":
		return &exitError{exitUnknown,
			fmt.Errorf("stack %s is still being created and has no outputs yet", stack.Name),
			"Follow it, then repeat the command: " + c.commandLine("watch", stack.Name)}
	}
	return &exitError{exitUnknown,
		fmt.Errorf("stack %s (%s) has no output for %s",
			stack.Name, stack.Status, strings.Join(missing, ", ")),
		"Update it: " + c.commandLine("deploy", stack.Name)}
}
