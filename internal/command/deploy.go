package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// deployment is one run of the deploy command.
type deployment struct {
	waiting
	wish
	afterwards

	yes, queue   bool
	roleARN      string
	onFailure    string
	allowReplace []string
	unprotected  bool
	configure    bool
	profile      string
}

// newDeploy creates or updates the stack and waits for it.
func newDeploy(e *env) *cobra.Command {
	d := &deployment{waiting: waiting{env: e}}
	cmd := &cobra.Command{
		Use:   "deploy STACK",
		Short: "Create or update the stack, show every event, and say how it ended",
		Long: "deploy shows what would change, asks, makes the change, shows each event as it happens and ends with the\n" +
			"outputs or the first real cause of a failure. On an update, parameters that are not given keep their value.\n" +
			"Ctrl-C detaches: the operation goes on, and watch finds it again.",
		Example: "  metaflow-cfn deploy metaflow\n" +
			"  metaflow-cfn deploy metaflow --existing-vpc-id vpc-0123456789abcdef0 --compute-type SPOT --yes",
	}
	d.wish.flags(cmd)
	f := cmd.Flags()
	f.BoolVarP(&d.yes, "yes", "y", false, "do not ask; required without a terminal")
	f.StringVar(&d.roleARN, "role-arn", "", "role with which CloudFormation works on the stack")
	f.StringSliceVar(&d.allowReplace, "allow-replace", nil, "logical IDs of buckets, networks, addresses, compute environments and queues that may be replaced or removed")
	f.BoolVar(&d.queue, "wait", false, "follow an operation that is running on the stack, then go on")
	choice(cmd, &d.onFailure, "on-failure", "rollback", "rollback", "keep")
	f.BoolVar(&d.unprotected, "no-termination-protection", false, "leave termination protection off after a create")
	f.BoolVar(&d.configure, "configure", false, "write Metaflow's configuration afterwards")
	f.StringVar(&d.profile, "profile", "", "Metaflow profile that --configure writes")
	d.afterwards.flags(cmd)
	d.waiting.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		d.check(args)
		if err := d.usage(helpOf(cmd)); err != nil {
			return err
		}
		ctx, cancel := d.limit(cmd.Context())
		defer cancel()
		return d.run(ctx)
	}
	return cmd
}

// check reads everything that is given and notes all that is wrong with it.
func (d *deployment) check(args []string) {
	d.waiting.check()
	d.chosen("on-failure", d.onFailure, "rollback", "keep")
	d.checkResources("allow-replace", d.allowReplace)
	d.mayAsk(d.yes)
	if d.roleARN != "" {
		if err := generator.Lookup("ExistingJobRoleArn").Check(d.roleARN); err != nil {
			d.problem(fmt.Errorf("--role-arn: %w", err))
		}
	}
	d.afterwards.check(d.env)
	d.checkProfile(d.profile)
	if !d.configure && d.profile != "" {
		d.problem(errors.New("--profile needs --configure"))
	}
	d.wish.read(d.env, args)
}

func (d *deployment) run(ctx context.Context) error {
	to, stack, err := d.begin(ctx)
	if err != nil {
		return d.orClash(ctx, err)
	}
	request, err := d.request()
	if err != nil {
		return err
	}
	request.RoleARN, request.KeepFailed = d.roleARN, d.onFailure == "keep"
	if done, err := d.resume(ctx, to, stack, request); done {
		return err
	}
	if stack, err = d.ready(ctx, to, stack); err != nil {
		return d.orClash(ctx, err)
	}
	if err := d.fits(d.env, stack, "Flags: metaflow-cfn deploy --help"); err != nil {
		return err
	}
	if stack.NeedsDelete() {
		if stack, err = d.clear(ctx, to, stack); err != nil {
			return err
		}
	}
	plan, err := d.plan(ctx, to, stack, request)
	if err != nil {
		return failed(err, d.nextFor(err))
	}
	return d.carryOut(ctx, to, plan)
}

// plan makes the change set. A signal removes it again, which may take a moment.
func (w *waiting) plan(ctx context.Context, to account, stack deploy.Stack, r deploy.Request) (*deploy.Plan, error) {
	stop := context.AfterFunc(ctx, func() { w.say("The change set is removed first; a second Ctrl-C ends at once and leaves it") })
	defer stop()
	return to.Plan(ctx, stack, r)
}

// carryOut shows the plan, asks, executes and waits.
func (d *deployment) carryOut(ctx context.Context, to account, plan *deploy.Plan) error {
	d.show(plan, &d.wish)
	if plan.Empty() {
		op := &deploy.Operation{Kind: plan.Operation, StackID: plan.Stack.ID}
		return d.ended(op, deploy.Outcome{Result: deploy.Succeeded, Status: plan.Stack.Status, Stack: plan.Stack}, d.finish(ctx, to, plan.Stack))
	}
	if err := permit(plan, d.all, d.allowReplace); err != nil {
		d.discard(ctx, to, plan)
		return err
	}
	question := fmt.Sprintf("%s %s in account %s, %s?", plan.Operation, d.name, to.id, to.region)
	if !d.yes && !d.confirm(ctx, question) {
		d.discard(ctx, to, plan)
		return declined(ctx, "nothing was changed")
	}
	op, err := answered(ctx, d.name, func() (*deploy.Operation, error) { return to.Execute(ctx, plan) })
	if err != nil {
		if !errors.Is(err, errNoAnswer) {
			d.discard(ctx, to, plan)
		}
		return failed(err, "Again: metaflow-cfn deploy "+d.name)
	}
	return d.conclude(ctx, to, op)
}

// conclude follows the operation and does what comes after it.
func (d *deployment) conclude(ctx context.Context, to account, op *deploy.Operation) error {
	outcome := d.follow(ctx, to, op)
	if outcome.Result != deploy.Succeeded {
		return d.ended(op, outcome, nil)
	}
	if op.Kind == "CREATE" && !d.unprotected {
		if err := to.Protect(ctx, outcome.Stack, true); err != nil {
			d.say("termination protection could not be turned on: %v", err)
			d.say("Turn it on: aws cloudformation update-termination-protection --enable-termination-protection --stack-name %s", d.name)
		}
	}
	return d.ended(op, outcome, d.finish(ctx, to, outcome.Stack))
}

// finish does what comes after, and writes the configuration where it is asked for.
func (d *deployment) finish(ctx context.Context, to account, stack deploy.Stack) error {
	err := d.afterwards.do(ctx, to, stack)
	if !d.configure {
		return err
	}
	d.configured = true
	people := *d.env
	if d.records != nil { // stdout is theirs
		people.out = people.err
	}
	return errors.Join(err, people.writeConfiguration(stack, to.region, d.profile, false))
}

// discard removes the change set of a plan that is not carried out.
func (w *waiting) discard(ctx context.Context, to account, plan *deploy.Plan) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := to.Discard(ctx, plan); err != nil {
		w.say("the change set %s could not be removed: %v", plan.Name, err)
	}
}

// nextFor is the command after a refusal.
func (d *deployment) nextFor(err error) string {
	var e *deploy.Error
	switch {
	case !errors.As(err, &e) || e.Status == "":
		return ""
	case strings.HasSuffix(e.Status, "_IN_PROGRESS"):
		return remedy(d.name, e.Status) + "   Queue: the same command with --wait"
	}
	return remedy(d.name, e.Status)
}
