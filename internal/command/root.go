package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/flagerrors"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// Main executes the command line of this process and returns its exit code. The
// verbs that need a template are at the top for the first component, and below
// a noun for each of the others.
func Main(components []*generator.Component, args []string) int {
	ctx, e := begin()
	return run(ctx, e, components, args)
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, e *env, components []*generator.Component, args []string) int {
	e.components, e.component = components, components[0]
	root := newRoot(e)
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	root.SetArgs(e.flagErrors().Check(root, args))
	return e.exitCodeAfterFlush(e.report(ctx, root.ExecuteContext(ctx)))
}

// flagErrors returns the collector of problems of flags.
func (p *problems) flagErrors() flagerrors.Collector {
	return flagerrors.Collector{
		Add: p.add, Unknown: unknownFlag,
		Enough: func() bool { return len(p.errs) >= mostProblems },
	}
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "metaflow-cfn",
		Short: "What Metaflow needs on AWS, from one CloudFormation template",
		Long: "metaflow-cfn writes a CloudFormation template with what Metaflow needs on AWS:\n" +
			"a bucket, a network and AWS Batch. It reuses what the account already has,\n" +
			"deploys the stack, and writes Metaflow's configuration.\n" +
			"\n" +
			"The environment of the AWS SDK is used as everywhere: AWS_PROFILE, AWS_REGION …\n" +
			"NO_COLOR removes colours.\n" +
			"\n" +
			"Hyphens, underscores and capitals in the names of flags do not matter:\n" +
			"--max-vcpus is --maxv-cpus.",
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE:                       e.noVerb,
	}
	root.PersistentFlags().StringVar(&e.profile, "profile", "",
		"AWS profile; else AWS_PROFILE")
	root.PersistentFlags().StringVar(&e.region, "region", "",
		"AWS region; else AWS_REGION or that of the profile")
	root.PersistentFlags().BoolVarP(&e.verbose, "verbose", "v", false,
		"show details, like calls that are repeated")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		e.problems.add(flagerrors.Translate(err))
		return e.problems.err(helpOf(cmd))
	})
	root.AddCommand(ofComponent(e, e.components[0])...)
	root.AddCommand(newWatch(e), newCancel(e), newRecover(e), newDelete(e), newVerify(e), newConfigure(e),
		newList(e), newMan(e), newVersion(e))
	for _, c := range e.components[1:] {
		root.AddCommand(newNoun(e, c))
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	e.ownHelp(root)
	e.completeStackNames(root)
	e.flagErrors().Collect(root)
	return root
}

// ofComponent returns the verbs that need a template.
func ofComponent(e *env, c *generator.Component) []*cobra.Command {
	return []*cobra.Command{
		newGenerate(e, c), newParameters(e, c), newPlan(e, c), newDeploy(e, c), newPolicy(e, c),
	}
}

// newNoun returns the command that holds the verbs of a component.
func newNoun(e *env, c *generator.Component) *cobra.Command {
	noun := &cobra.Command{
		Use: c.Name, Short: c.Intro, Args: cobra.ArbitraryArgs, RunE: e.noVerb,
	}
	noun.AddCommand(ofComponent(e, c)...)
	for _, verb := range noun.Commands() {
		verb.Example = "" // they show the first component's parameters
	}
	return noun
}

// noVerb shows the help of a command that only holds others, or refuses a verb
// that it does not hold.
func (e *env) noVerb(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		e.problems.add(unknownCommand(args[0], cmd))
	}
	if err := e.problems.err("Commands: " + cmd.CommandPath() + " --help"); err != nil {
		return err
	}
	return cmd.Help()
}

// ownHelp makes cobra's help and completion refuse what they do not know, as our verbs
// do.
func (p *problems) ownHelp(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.RunE = p.topics(root, unknownCommand, "Commands: metaflow-cfn --help")
		case "completion":
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, p.topics(cmd, unknownShell, helpOf(cmd))
			for _, shell := range cmd.Commands() {
				shell.Args = func(cmd *cobra.Command, args []string) error {
					p.noArguments(args)
					return p.err(helpOf(cmd))
				}
			}
		}
	}
}

// topics returns a function that shows the help of the parent or of a command below it.
func (p *problems) topics(
	parent *cobra.Command, unknown func(string, *cobra.Command) error, next string,
) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		cmd, rest, err := parent.Find(args)
		if err != nil || len(rest) > 0 {
			p.add(unknown(args[0], parent))
			return p.err(next)
		}
		cmd.InitDefaultHelpFlag()
		return cmd.Help()
	}
}

func unknownShell(name string, parent *cobra.Command) error {
	return suggest.Unknown("shell", name, commandNames(parent))
}

func helpOf(cmd *cobra.Command) string { return "Flags: " + cmd.CommandPath() + " --help" }

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}
