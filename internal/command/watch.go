package command

import (
	"github.com/spf13/cobra"
)

// newWatch follows the operation that runs on a stack, or shows how the last one ended,
// with the exit code that deploy or delete would have had.
func newWatch(e *env) *cobra.Command {
	w := &follower{env: e}
	cmd := &cobra.Command{
		Use:   "watch STACK",
		Short: "Follow the running operation, or show how the last one ended",
	}
	w.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		w.check()
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		ctx, cancel := w.limit(cmd.Context())
		defer cancel()
		s, err := e.open(ctx, name, "")
		if err != nil {
			return err
		}
		if err := e.neverDeployed(s.stack); err != nil {
			return err
		}
		op, err := s.Watch(ctx, s.stack)
		if err != nil {
			return failed(err, "Create it: "+e.commandLine("deploy", name))
		}
		return w.ended(op, w.follow(ctx, s, op), nil)
	}
	return cmd
}
