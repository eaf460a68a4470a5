package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// recoverCmd is one run of the recover command.
type recoverCmd struct {
	follower

	yes, force bool
	skip       []string
	role       serviceRole
}

// newRecover brings a stack whose update failed back to a state from which it can
// be deployed.
func newRecover(e *env) *cobra.Command {
	r := &recoverCmd{follower: follower{env: e, format: "text"}}
	cmd := &cobra.Command{
		Use:   "recover STACK",
		Short: "Bring a stack back to its previous state after a failed update or rollback",
		Long: "recover continues a rollback that failed, or rolls back what was kept after a\n" +
			"failure, and follows it. First fix the cause, or leave those resources as they\n" +
			"are with --skip, or all that fail with --force: the template then no longer\n" +
			"says what they really are.",
	}
	cmd.Flags().BoolVarP(&r.yes, "yes", "y", false, "do not ask; required without a terminal")
	cmd.Flags().StringSliceVar(&r.skip, "skip", nil,
		"logical IDs of resources to leave as they are; NestedStack.ID in a nested stack")
	cmd.Flags().BoolVar(&r.force, "force", false, "leave whatever fails as it is")
	r.role.flag(cmd)
	r.progressFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		e.requireConfirmable(r.yes)
		if r.force && len(r.skip) > 0 {
			e.problems.add(errors.New("--skip and --force exclude each other: " +
				"name the resources, or leave all that fail"))
		}
		r.follower.check()
		r.role.check(&e.problems)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return r.run(cmd.Context(), name)
	}
	return cmd
}

func (r *recoverCmd) run(ctx context.Context, name string) error {
	s, err := r.open(ctx, name, "")
	if err != nil {
		return err
	}
	if err := r.neverDeployed(s.stack); err != nil {
		return err
	}
	status := s.stack.Status
	if strings.HasSuffix(status, "_FAILED") && !r.yes && !r.confirm(ctx, r.question(s)) {
		return declined(ctx, "nothing was changed")
	}
	op, err := r.beginOrDetach(ctx, name, func() (*deploy.Operation, error) {
		return s.Recover(ctx, s.stack, r.skip, r.force, r.role.arn)
	})
	if err != nil {
		return failed(err, r.role.next(err, s.stack, r.next(s.stack)))
	}
	if strings.HasSuffix(status, "_COMPLETE") {
		r.Printf("%s is %s: nothing to recover", name, status)
	}
	return r.ended(op, r.follow(ctx, s, op), nil)
}

func (r *recoverCmd) question(s *session) string {
	left := ""
	switch {
	case r.force:
		left = ", leaving whatever fails as it is"
	case len(r.skip) > 0:
		left = ", leaving " + strings.Join(r.skip, ", ") + " as they are"
	}
	return fmt.Sprintf("Roll %s (%s) back%s, in %s?", s.stack.Name, s.stack.Status, left, s)
}

// next returns the command for a stack that recover does not help.
func (r *recoverCmd) next(s deploy.Stack) string {
	switch {
	case !s.Exists():
		return "Create it: " + r.commandLine("deploy", s.Name)
	case s.Busy():
		return r.nextCommand(s.Name, s.Status)
	}
	switch s.Status {
	case "ROLLBACK_FAILED", "DELETE_FAILED", "IMPORT_ROLLBACK_FAILED":
		return r.nextCommand(s.Name, s.Status)
	}
	return ""
}
