package command

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/metaflowconfig"
)

// newConfigure writes Metaflow's configuration from the outputs of a stack.
func newConfigure(e *env) *cobra.Command {
	var profile string
	var show bool
	cmd := &cobra.Command{
		Use:   "configure STACK",
		Short: "Write Metaflow's configuration from the outputs of the stack",
		Long: "configure merges the stack's values into $METAFLOW_HOME/config.json (by default in\n" +
			"~/.metaflowconfig), or config_PROFILE.json, keeps every other key, and leaves a backup\n" +
			"beside it. Metaflow has no key for the region: the line that sets it is printed, for eval.",
		Example: "  eval \"$(metaflow-cfn configure metaflow)\"\n" +
			"  metaflow-cfn configure metaflow --print",
	}
	cmd.Flags().StringVar(&profile, "profile", "",
		"Metaflow profile to write, used with METAFLOW_PROFILE")
	cmd.Flags().BoolVar(&show, "print", false, "print the stack's configuration and write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		e.checkProfile(profile)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		s, err := e.open(cmd.Context(), name, "")
		switch {
		case err != nil:
			return err
		case !s.stack.Exists():
			return &exitError{exitUnknown,
				fmt.Errorf("stack %s does not exist in %s", name, s.region),
				"Create it: " + e.commandLine("deploy", name)}
		}
		return e.writeConfiguration(s.stack, s.region, profile, show)
	}
	return cmd
}

// checkProfile notes a profile that would not be a plain file name.
func (p *problems) checkProfile(profile string) {
	if profile != "" && !regexp.MustCompile(`^[\w][\w.-]{0,99}$`).MatchString(profile) {
		p.add(fmt.Errorf("--profile: %q is not a profile name of letters, digits, _, - and ., "+
			"like prod", profile))
	}
}

// writeConfiguration merges the stack's values into the configuration file, or
// prints them.
func (e *env) writeConfiguration(stack deploy.Stack, region, profile string, show bool) error {
	if !configures(e.component) {
		return &exitError{exitUnknown, fmt.Errorf("stack %s: %w", stack.Name, errNoConfiguration), ""}
	}
	config := e.component.Configuration(stack.Outputs)
	if missing := e.missingKeys(config); len(missing) > 0 {
		return &exitError{exitUnknown,
			fmt.Errorf("stack %s (%s) has no output for %s",
				stack.Name, stack.Status, strings.Join(missing, ", ")),
			"Update it: " + e.commandLine("deploy", stack.Name)}
	}
	if show {
		text, err := metaflowconfig.Text(config)
		if err == nil {
			_, err = e.Out.Write(text)
		}
		e.Printf("Jobs run in the stack's region: export AWS_DEFAULT_REGION=%s", region)
		return err
	}
	path, err := metaflowconfig.Path(profile)
	if err != nil {
		return &exitError{exitUnknown, err, ""}
	}
	backup, err := metaflowconfig.Merge(path, config)
	if err != nil {
		return &exitError{exitUnknown, fmt.Errorf("%s: %w", path, err),
			"See the values: metaflow-cfn configure " + stack.Name + " --print"}
	}
	e.Printf("wrote %s", path)
	if backup != "" {
		e.Printf("kept the old file as %s", backup)
	}
	fmt.Fprintf(e.Out, "export AWS_DEFAULT_REGION=%s\n", region)
	if profile != "" {
		fmt.Fprintf(e.Out, "export METAFLOW_PROFILE=%s\n", profile)
	}
	return nil
}

func (e *env) missingKeys(config map[string]string) []string {
	var missing []string
	for _, o := range e.component.Outputs {
		if o.Key != "" && config[o.Key] == "" && !o.Optional() {
			missing = append(missing, o.Key)
		}
	}
	return missing
}
