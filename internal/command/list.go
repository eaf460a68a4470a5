package command

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// newList lists the stacks of this program's templates.
func newList(e *env) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the stacks of this program's templates",
		Long: "list shows the stacks of the account and region that were made from this\n" +
			"program's templates, with the component, the status and the time of the last\n" +
			"update.",
	}
	enumFlag(cmd, &format, "output", "text", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		e.noArguments(args)
		e.checkEnum("output", format, "text", "json")
		if format == "json" {
			e.records = display.NewRecords(e.displayConfig())
		}
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return e.list(cmd.Context())
	}
	return cmd
}

// list prints the stacks, by name.
func (e *env) list(ctx context.Context) error {
	to, err := e.connect(ctx)
	if err != nil {
		return err
	}
	stacks, err := e.ownStacks(ctx, to)
	if err != nil {
		return failed(err, "The permissions: metaflow-cfn policy deployer STACK")
	}
	if e.records != nil {
		e.records.Stacks(stacks, func(s deploy.Stack) string { return e.componentOf(s).Name })
		return nil
	}
	if len(stacks) == 0 {
		e.Printf("%s has no stack of this program's templates; create one: %s",
			to, e.commandLine("deploy", "metaflow"))
		return nil
	}
	var rows [][]string
	for _, s := range stacks {
		rows = append(rows, []string{
			s.Name, e.componentOf(s).Name, s.Status, s.Changed.UTC().Format(time.DateTime) + "Z",
		})
	}
	for _, line := range terminal.Align(rows) {
		e.Fprintf(e.Out, terminal.Plain, "%s", line)
	}
	return nil
}

// ownStacks returns the stacks of this program's templates, by name.
func (e *env) ownStacks(ctx context.Context, to account) ([]deploy.Stack, error) {
	stacks, err := to.Stacks(ctx)
	if err != nil {
		return nil, err
	}
	stacks = slices.DeleteFunc(stacks, func(s deploy.Stack) bool { return e.componentOf(s) == nil })
	slices.SortFunc(stacks, func(a, b deploy.Stack) int { return cmp.Compare(a.Name, b.Name) })
	return stacks, nil
}

// completionLimit is how long the completion of a word may take.
const completionLimit = time.Second

// completeStackNames adds the completion of stack names to the commands that take one.
func (e *env) completeStackNames(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		if strings.Contains(sub.Use, " STACK") && sub.ValidArgsFunction == nil {
			sub.ValidArgsFunction = e.completeArgument
		}
		if sub.Flags().Lookup("from") != nil {
			if err := sub.RegisterFlagCompletionFunc("from", e.completeStacks); err != nil {
				panic("command: " + err.Error()) // only a flag that does not exist or has one
			}
		}
		e.completeStackNames(sub)
	}
}

// completeArgument is completeStacks for a command that takes one stack, or several.
func (e *env) completeArgument(
	cmd *cobra.Command, args []string, word string,
) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 && !strings.Contains(cmd.Use, "STACK...") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return e.completeStacks(cmd, args, word)
}

// completeStacks completes the names of stacks that are not given yet. It offers nothing
// where AWS does not answer in a second.
func (e *env) completeStacks(
	cmd *cobra.Command, args []string, _ string,
) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionLimit)
	defer cancel()
	quiet := *e
	printer := *e.Printer
	printer.Err = &terminal.Stream{Writer: io.Discard}
	quiet.Printer, quiet.in = &printer, nil // no message, no question
	names := make(chan []cobra.Completion, 1)
	go func() {
		var found []cobra.Completion
		if to, err := quiet.connect(ctx); err == nil {
			stacks, _ := quiet.ownStacks(ctx, to) // without an answer there is nothing to offer
			for _, s := range stacks {
				if !slices.Contains(args, s.Name) {
					found = append(found, cobra.CompletionWithDesc(s.Name, s.Status))
				}
			}
		}
		names <- found
	}()
	select {
	case found := <-names:
		return found, cobra.ShellCompDirectiveNoFileComp
	case <-ctx.Done():
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}
