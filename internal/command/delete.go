package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/bucket"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// deleteCmd is one run of the delete command.
type deleteCmd struct {
	follower

	yes, force, unprotect bool
	forceUnknown          bool
	ignoreCompanions      bool
	retain                []string
	bucket, emptied       string // of --empty-bucket, and once it is deleted
	role                  serviceRole

	resources []deploy.Event  // of the stack before it is deleted
	kept      map[string]bool // logical IDs of those that stay
}

// newDelete deletes the stack and waits for it.
func newDelete(e *env) *cobra.Command {
	d := &deleteCmd{follower: follower{env: e}}
	cmd := &cobra.Command{
		Use:   "delete STACK",
		Short: "Delete the stack; the bucket is kept",
		Long: "delete shows what is deleted and what is kept, asks, deletes the stack and\n" +
			"shows each event as it happens. At the end it names what is left, with the\n" +
			"commands that remove it.\n" +
			"\n" +
			"--empty-bucket deletes the stack's own bucket after the stack, with all\n" +
			"versions of all objects. With the name of a stack that is deleted already, it\n" +
			"deletes the bucket alone.",
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
	f.StringVar(&d.bucket, "empty-bucket", "",
		"name of the stack's bucket, to delete it with its contents")
	d.role.flag(cmd)
	d.drain.flags(cmd)
	d.follower.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := e.stackName(args)
		d.follower.check()
		d.role.check(&e.problems)
		d.drain.check(e)
		if cmd.Flags().Changed("empty-bucket") && !validBucket(d.bucket) {
			e.problems.add(fmt.Errorf("--empty-bucket: %q is not the name of a bucket; wanted a name "+
				"like metaflow-bucket-1a2b3c4d5e6f", d.bucket))
		}
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
		if d.bucket != "" {
			if err := d.agreeToEmpty(ctx, s, name); err != nil {
				return err
			}
		}
		if d.records == nil {
			return d.emptyBucket(ctx, s, deploy.Outcome{Result: deploy.Succeeded})
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
	return d.finish(ctx, s, op)
}

// finish follows the deletion, empties the bucket, and says what is left.
func (d *deleteCmd) finish(ctx context.Context, s *session, op *deploy.Operation) error {
	o := d.follow(ctx, s, op)
	err := d.emptyBucket(ctx, s, o)
	left, heading := []remain(nil), "Left over, with the commands that remove it:"
	switch o.Result {
	case deploy.Succeeded:
		left = d.remains(ctx, s)
	case deploy.Stuck:
		left, heading = d.holders(ctx, s, o), "These hold up the deletion:"
	}
	if d.records != nil { // of which the result is the last
		d.sayRemains(s.stack.Name, heading, left)
		return d.ended(op, o, err)
	}
	err = d.ended(op, o, err)
	d.sayRemains(s.stack.Name, heading, left)
	return err
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
	if err := d.ownBucket(s, resources); err != nil {
		return err
	}
	d.list(resources, fate)
	if err := d.refuse(ctx, s, resources, fate); err != nil {
		return err
	}
	d.sayBuckets(ctx, s, resources, fate)
	ended := affected{s.jobsOf(ctx, leaving(resources, fate)), endWithQueue}
	d.tell(d.Err, name, ended)
	if err := d.drain.drainable(ended); err != nil {
		return err
	}
	what := name
	if d.bucket != "" {
		what += " and the bucket " + d.bucket + " with its contents"
	}
	question := d.drain.question(ended, fmt.Sprintf("Delete %s in %s", what, s))
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

// sayBuckets says which buckets are kept, and which one is emptied and deleted.
func (d *deleteCmd) sayBuckets(
	ctx context.Context, s *session, resources []deploy.Event, fate map[string]cfn.Disposition,
) {
	d.resources, d.kept = resources, map[string]bool{}
	for _, r := range resources {
		d.kept[r.LogicalID] = fate[r.LogicalID] == cfn.Kept
		switch {
		case r.Type == bucketType && r.PhysicalID == d.bucket:
			d.measured(ctx, bucket.New(s.config), " after the stack")
		case r.Type == bucketType && d.kept[r.LogicalID]:
			d.Printf("the bucket %s is kept with its contents%s", r.PhysicalID, d.reuse(s.stack, r))
		}
	}
}

// reuse returns how another stack reuses a resource that is kept, or nothing where
// the stack is not one of this program.
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
	taken := leaving(resources, fate)
	for _, r := range resources {
		if r.PhysicalID == d.bucket && fate[r.LogicalID] == cfn.Kept {
			taken = append(taken, r)
		}
	}
	found, err := d.companions(ctx, s, taken)
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
