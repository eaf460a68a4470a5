package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// newCancel cancels the update that is running.
func newCancel(e *env) *cobra.Command {
	w := &follower{env: e, format: "text"}
	var yes bool
	cmd := &cobra.Command{
		Use:   "cancel STACK",
		Short: "Cancel a running update; the stack is rolled back",
		Long: "cancel stops an update and follows its rollback: exit 0 when the stack is\n" +
			"rolled back, 3 when the update finished first. A creation cannot be cancelled,\n" +
			"only deleted.",
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask; required without a terminal")
	w.progressFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		e.requireConfirmable(yes)
		w.check()
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return w.cancel(cmd.Context(), name, yes)
	}
	return cmd
}

func (w *follower) cancel(ctx context.Context, name string, yes bool) error {
	s, err := w.open(ctx, name, "")
	if err != nil {
		return err
	}
	question := fmt.Sprintf("Cancel the update of %s in %s?", name, s)
	if s.stack.Status == "UPDATE_IN_PROGRESS" && !yes && !w.confirm(ctx, question) {
		return declined(ctx, "nothing was cancelled")
	}
	op, err := w.beginOrDetach(ctx, name, func() (*deploy.Operation, error) {
		return s.Cancel(ctx, s.stack)
	})
	if err != nil {
		next := ""
		switch s.stack.Status {
		case "CREATE_IN_PROGRESS":
			next = "Abort it: " + w.commandLine("delete", name)
		case "UPDATE_ROLLBACK_FAILED":
			next = w.nextCommand(name, s.stack.Status)
		}
		return failed(err, next)
	}
	return w.ended(op, w.follow(ctx, s, op), nil)
}
