package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// run executes one command line and returns the exit code.
func run(ctx context.Context, e *env, args []string) int {
	root := newRoot(e)
	root.SetArgs(args)
	root.SetOut(e.out)
	root.SetErr(e.err)
	e.unknownFlags(root, args)
	return e.report(ctx, root.ExecuteContext(ctx))
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "metaflow-cfn",
		Short: "What Metaflow needs on AWS, from one CloudFormation template",
		Long: "metaflow-cfn writes a CloudFormation template with what Metaflow needs on AWS: a bucket, a network and\n" +
			"AWS Batch. It reuses what the account already has, deploys the stack, and writes Metaflow's configuration.",
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				e.problem(generator.Unknown("command", args[0], commandNames(cmd)))
			}
			if err := e.usage("Commands: metaflow-cfn --help"); err != nil {
				return err
			}
			return cmd.Help()
		},
	}
	root.PersistentFlags().StringVar(&e.region, "region", "", "AWS region; else AWS_REGION or that of the profile")
	root.PersistentFlags().BoolVarP(&e.verbose, "verbose", "v", false, "say what is called and retried")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		e.problem(err)
		return e.usage(helpOf(cmd))
	})
	root.AddCommand(newGenerate(e), newParameters(e), newDeploy(e), newWatch(e), newDelete(e), newConfigure(e), newVersion(e))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		// Unknown flags are told by unknownFlags, together with everything else.
		cmd.FParseErrWhitelist.UnknownFlags = true
	}
	root.FParseErrWhitelist.UnknownFlags = true
	return root
}

func helpOf(cmd *cobra.Command) string { return "Flags: " + cmd.CommandPath() + " --help" }

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// unknownFlags notes every flag that the command does not have, with the one
// that may have been meant. The flag package alone would stop at the first.
func (e *env) unknownFlags(root *cobra.Command, args []string) {
	cmd, rest, err := root.Find(args)
	if err != nil || strings.HasPrefix(cmd.Name(), "__") {
		return
	}
	cmd.InitDefaultHelpFlag()
	flags := cmd.Flags()
	flags.AddFlagSet(cmd.InheritedFlags())
	var known []string
	flags.VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	for i := 0; i < len(rest) && rest[i] != "--"; i++ {
		name, _, hasValue := strings.Cut(rest[i], "=")
		long, isLong := strings.CutPrefix(name, "--")
		if !isLong {
			continue
		}
		flag := flags.Lookup(long)
		switch {
		case flag == nil:
			e.problem(generator.Unknown("flag", name, known))
		case !hasValue && flag.NoOptDefVal == "":
			i++ // its value
		}
	}
}

// stackName is the one argument of a command, checked.
func (e *env) stackName(args []string) string {
	switch {
	case len(args) == 0:
		e.problem(errors.New("the stack's name is missing; wanted a name like metaflow"))
		return ""
	case len(args) > 1:
		e.problem(fmt.Errorf("%q is one argument too many: a command takes one stack", args[1]))
	}
	name := args[0]
	if !validStackName(name) {
		e.problem(fmt.Errorf("%q is not a stack name: a letter, then up to 127 letters, digits and hyphens, like metaflow", name))
	}
	return name
}

// validStackName follows the pattern of CloudFormation's CreateStack.
func validStackName(name string) bool {
	if len(name) > 128 {
		return false
	}
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != ""
}

// noArguments refuses what a command does not take.
func (e *env) noArguments(args []string) {
	for _, a := range args {
		e.problem(fmt.Errorf("%q is one argument too many: the command takes none", a))
	}
}
