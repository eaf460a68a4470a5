package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/flagerrors"
)

// Main executes the command line of this process and returns its exit code.
func Main(args []string) int {
	ctx, e := begin()
	return run(ctx, e, args)
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, e *env, args []string) int {
	root := newRoot(e)
	root.SetArgs(args)
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	e.flagErrors().UnknownFlags(root, args)
	return e.exitCodeAfterFlush(e.report(ctx, root.ExecuteContext(ctx)))
}

// flagErrors returns the collector of problems of flags.
func (p *problems) flagErrors() flagerrors.Collector {
	return flagerrors.Collector{Add: p.add, Unknown: generator.Unknown}
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "metaflow-cfn",
		Short: "What Metaflow needs on AWS, from one CloudFormation template",
		Long: "metaflow-cfn writes a CloudFormation template with what Metaflow needs on AWS: a bucket,\n" +
			"a network and AWS Batch. It reuses what the account already has, deploys the stack, and\n" +
			"writes Metaflow's configuration.\n\n" +
			"The environment of the AWS SDK is used as everywhere: AWS_PROFILE, AWS_REGION … NO_COLOR\n" +
			"removes colours.",
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				e.problems.add(generator.Unknown("command", args[0], commandNames(cmd)))
			}
			if err := e.problems.err("Commands: metaflow-cfn --help"); err != nil {
				return err
			}
			return cmd.Help()
		},
	}
	root.PersistentFlags().StringVar(&e.region, "region", "",
		"AWS region; else AWS_REGION or that of the profile")
	root.PersistentFlags().BoolVarP(&e.verbose, "verbose", "v", false,
		"show details, like calls that are repeated")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		e.problems.add(flagerrors.Translate(err))
		return e.problems.err(helpOf(cmd))
	})
	root.AddCommand(newGenerate(e), newParameters(e), newPlan(e), newDeploy(e), newWatch(e),
		newCancel(e), newRecover(e), newDelete(e), newConfigure(e), newPolicy(e), newMan(e),
		newVersion(e))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	e.ownHelp(root)
	e.flagErrors().Collect(root)
	return root
}

// ownHelp makes cobra's help and completion refuse what they do not know, as our verbs
// do.
func (p *problems) ownHelp(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.RunE = p.topics(root, "command", "Commands: metaflow-cfn --help")
		case "completion":
			cmd.Args, cmd.RunE = cobra.ArbitraryArgs, p.topics(cmd, "shell", helpOf(cmd))
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
	parent *cobra.Command, noun, next string,
) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		cmd, rest, err := parent.Find(args)
		if err != nil || len(rest) > 0 {
			p.add(generator.Unknown(noun, args[0], commandNames(parent)))
			return p.err(next)
		}
		cmd.InitDefaultHelpFlag()
		return cmd.Help()
	}
}

func helpOf(cmd *cobra.Command) string { return "Flags: " + cmd.CommandPath() + " --help" }

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}
