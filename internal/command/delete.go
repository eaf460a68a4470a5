package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// deleteCmd is one run of the delete command.
type deleteCmd struct {
	follower

	yes, force, unprotect bool
	forceUnknown          bool
	ignoreCompanions      bool
	retain                []string
	role                  serviceRole
}

// newDelete deletes the stack and waits for it.
func newDelete(e *env) *cobra.Command {
	d := &deleteCmd{follower: follower{env: e}}
	cmd := &cobra.Command{
		Use:   "delete STACK",
		Short: "Delete the stack; the bucket is kept",
		Long: "delete shows what is deleted and what is kept, asks, deletes the stack and shows each\n" +
			"event as it happens.",
	}
	f := cmd.Flags()
	f.BoolVarP(&d.yes, "yes", "y", false, "do not ask; required without a terminal")
	f.StringSliceVar(&d.retain, "retain", nil,
		"logical IDs to leave behind, after a failed deletion")
	f.BoolVar(&d.force, "force", false,
		"abandon resources that cannot be deleted, after a failed deletion")
	f.BoolVar(&d.unprotect, "disable-protection", false,
		"turn termination protection off first")
	f.BoolVar(&d.forceUnknown, "force-unknown", false,
		"with --yes: delete though it is not known which resources are kept")
	f.BoolVar(&d.ignoreCompanions, "ignore-companions", false,
		"delete though other stacks use resources of the stack")
	d.role.flag(cmd)
	d.drain.flags(cmd)
	d.follower.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		d.follower.check()
		d.role.check(&e.problems)
		d.drain.check(e)
		e.requireConfirmable(d.yes)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		ctx, cancel := d.limit(cmd.Context())
		defer cancel()
		err := d.run(ctx, name)
		if err != nil {
			d.sayDisabled(ctx)
		}
		return err
	}
	return cmd
}

func (d *deleteCmd) run(ctx context.Context, name string) error {
	s, err := d.open(ctx, name, "")
	if err != nil {
		return err
	}
	if err := refuseOwned(s.stack, "delete", s.region); err != nil {
		return err
	}
	if s.stack.DeleteWaits() {
		if err := d.waitForCurrent(ctx, s); err != nil {
			return err
		}
	}
	if !s.stack.Exists() {
		d.Printf("%s does not exist: nothing to delete", name)
		if d.records == nil {
			return nil
		}
	} else if err := d.agree(ctx, s); err != nil {
		return err
	}
	op, err := d.beginOrDetach(ctx, name, func() (*deploy.Operation, error) {
		return s.Delete(ctx, s.stack, d.retain, d.force, d.role.arn)
	})
	if err != nil {
		return failed(err, d.role.next(err, s.stack, d.next(err, name)))
	}
	return d.ended(op, d.follow(ctx, s, op), nil)
}

// next returns the command after a request that did not succeed.
func (d *deleteCmd) next(err error, name string) string {
	var e *deploy.Error
	switch {
	case errors.As(err, &e) && e.Status != "":
		return d.nextCommand(name, e.Status)
	case errors.As(err, &e) && e.Result == deploy.Unknown && !deploy.Denied(err):
		return "Check: " + d.commandLine("watch", name)
	}
	return ""
}

// agree shows what is deleted and what is kept, and asks.
func (d *deleteCmd) agree(ctx context.Context, s *session) error {
	name := s.stack.Name
	if s.stack.Protected && !d.unprotect {
		return &exitError{exitRefused,
			fmt.Errorf("%s is protected against termination; nothing was deleted", name),
			"Delete it anyway: " + d.commandLine("delete", name) + " --disable-protection"}
	}
	resources, err := s.Resources(ctx, s.stack)
	if err != nil {
		return failed(err, "")
	}
	resources = slices.DeleteFunc(resources, gone)
	template, err := d.deployedTemplate(ctx, s)
	if err != nil {
		return err
	}
	fate := dispositions(template, resources)
	d.list(resources, fate)
	if err := d.refuse(ctx, s, resources, fate); err != nil {
		return err
	}
	for _, r := range resources {
		if fate[r.LogicalID] == cfn.Kept && r.Type == bucketType {
			d.Printf("the bucket %s is kept with its contents%s", r.PhysicalID, d.reuse(s.stack, r))
		}
	}
	ended := affected{s.jobsOf(ctx, leaving(resources, fate)), endWithQueue}
	d.tell(d.Err, name, ended)
	if err := d.drain.drainable(ended); err != nil {
		return err
	}
	question := d.drain.question(ended, fmt.Sprintf("Delete %s in %s", name, s))
	if !d.yes && !d.confirm(ctx, question) {
		return declined(ctx, "nothing was deleted")
	}
	if err := d.drainQueues(ctx, s, ended); err != nil {
		return err
	}
	if s.stack.Protected {
		if err := s.Protect(ctx, s.stack, false); err != nil {
			return failed(err, "")
		}
	}
	return nil
}

// reuse returns how another stack reuses a resource that is kept, or nothing where
// the stack is not one of ours.
func (d *deleteCmd) reuse(stack deploy.Stack, r deploy.Event) string {
	if c := d.componentOf(stack); c != nil {
		for _, need := range c.Needs {
			if need.ID == r.LogicalID && need.Existing != nil {
				return "; reuse it with --" + need.Existing.Flag() + " " + r.PhysicalID
			}
		}
	}
	return ""
}

// refuse refuses a deletion that takes resources away from other stacks, or whose
// effect is not known.
func (d *deleteCmd) refuse(
	ctx context.Context, s *session, resources []deploy.Event, fate map[string]cfn.Disposition,
) error {
	if err := checkUnknown(resources, fate, d.yes, d.forceUnknown); err != nil {
		return err
	}
	if d.ignoreCompanions {
		return nil
	}
	found, err := d.companions(ctx, s, leaving(resources, fate))
	if err != nil {
		return err
	}
	return refuseCompanions(s.stack.Name, found)
}

// leaving returns the resources that are deleted, or may be.
func leaving(resources []deploy.Event, fate map[string]cfn.Disposition) []deploy.Event {
	return slices.DeleteFunc(slices.Clone(resources), func(r deploy.Event) bool {
		return fate[r.LogicalID] == cfn.Kept
	})
}

// list prints what happens to each resource: - is deleted, = is kept, ? is not known.
func (d *deleteCmd) list(resources []deploy.Event, fate map[string]cfn.Disposition) {
	symbols := map[cfn.Disposition]string{
		cfn.Deleted: "-", cfn.Snapshot: "-", cfn.Kept: "=", cfn.Unknown: "?",
	}
	var rows [][]string
	for _, r := range resources {
		what := r.PhysicalID
		if fate[r.LogicalID] == cfn.Snapshot {
			what += "  " + cfn.Snapshot.String()
		}
		rows = append(rows, []string{"  " + symbols[fate[r.LogicalID]] + " " + r.LogicalID, r.Type, what})
	}
	for i, line := range terminal.Align(rows) {
		style := terminal.Removal
		if fate[resources[i].LogicalID] == cfn.Kept {
			style = terminal.Plain
		}
		d.Styledf(style, "%s", line)
	}
}

// gone reports whether the stack no longer has the resource.
func gone(r deploy.Event) bool {
	return r.PhysicalID == "" || r.Status == "DELETE_COMPLETE" || r.Status == "DELETE_SKIPPED"
}
