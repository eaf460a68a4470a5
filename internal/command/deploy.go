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
	"github.com/metaflow-cfn/metaflow-cfn/verify"
)

// deployCmd is one run of the deploy command.
type deployCmd struct {
	follower
	stackInput
	postDeploy

	yes, queue   bool
	onFailure    string
	allowReplace []string

	ignoreCompanions bool
	unprotected      bool
	configure        bool
	verify           bool
	metaflowProfile  string
}

// newDeploy creates or updates the stack and waits for it.
func newDeploy(e *env, c *generator.Component) *cobra.Command {
	d := &deployCmd{follower: follower{env: e}}
	cmd := &cobra.Command{
		Use:   "deploy STACK",
		Short: "Create or update the stack, show every event, and report the outcome",
		Long: "deploy shows what would change, asks, makes the change, shows each event as it\n" +
			"happens and ends with the outputs or the first real cause of a failure. On an\n" +
			"update, parameters that are not given keep their value. Ctrl-C detaches: the\n" +
			"operation continues, and watch finds it again.",
		Example: "  metaflow-cfn deploy metaflow\n" +
			"  metaflow-cfn deploy metaflow --existing-vpc-id vpc-0123456789abcdef0 --compute-type SPOT",
	}
	d.flags(cmd, c)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		d.check(cmd.Context(), args)
		if err := d.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		ctx, cancel := d.limit(cmd.Context())
		defer cancel()
		err := d.run(ctx)
		if err != nil {
			d.sayDisabled(ctx)
		}
		return err
	}
	return cmd
}

func (d *deployCmd) flags(cmd *cobra.Command, c *generator.Component) {
	d.stackInput.flags(cmd, c)
	f := cmd.Flags()
	f.BoolVarP(&d.yes, "yes", "y", false, "do not ask; required without a terminal")
	f.StringSliceVar(&d.allowReplace, "allow-replace", nil, "logical IDs of buckets, networks, "+
		"addresses, compute environments and queues that may be replaced or removed")
	f.BoolVar(&d.ignoreCompanions, "ignore-companions", false,
		"replace or remove resources that other stacks use")
	f.BoolVar(&d.queue, "wait", false,
		"follow an operation that is running on the stack, then continue")
	enumFlag(cmd, &d.onFailure, "on-failure", "rollback", "rollback", "keep")
	f.BoolVar(&d.unprotected, "no-termination-protection", false,
		"leave termination protection off after a create")
	if configures(c) {
		f.BoolVar(&d.configure, "configure", false, "write Metaflow's configuration afterwards")
		f.StringVar(&d.metaflowProfile, "metaflow-profile", "",
			"Metaflow profile that --configure writes")
	}
	if c.PostDeploy {
		d.postDeploy.flags(cmd)
	}
	if hasQueue(c) {
		f.BoolVar(&d.verify, "verify", false, "run a small job afterwards, or say why it does not run")
		d.drain.flags(cmd)
	}
	d.follower.flags(cmd)
}

// check reads the command line and notes every problem.
func (d *deployCmd) check(ctx context.Context, args []string) {
	d.follower.check()
	if hasQueue(d.stackInput.component) {
		d.drain.check(d.env)
	}
	d.checkEnum("on-failure", d.onFailure, "rollback", "keep")
	d.requireConfirmable(d.yes)
	d.postDeploy.check(&d.problems)
	d.checkProfile(d.metaflowProfile)
	if !d.configure && d.metaflowProfile != "" {
		d.problems.add(errors.New("--metaflow-profile needs --configure"))
	}
	d.stackInput.read(ctx, d.env, args)
}

func (d *deployCmd) run(ctx context.Context) error {
	s, err := d.open(ctx, d.name, "Try: "+d.commandLine("watch", d.name))
	if err != nil {
		if d.configure {
			err = d.suggestMetaflowProfile(err)
		}
		return d.preferInputErrors(ctx, err)
	}
	if err := refuseOwned(s.stack, "deploy", s.region); err != nil {
		return err
	}
	if err := d.allowed(ctx, s); err != nil {
		return err
	}
	request, err := d.prepare(ctx, s)
	if err != nil {
		return err
	}
	if done, err := d.resume(ctx, s, request); done {
		return err
	}
	switch waited, err := d.waitUntilIdle(ctx, s); {
	case err != nil:
		return d.preferInputErrors(ctx, err)
	case waited: // the stack may have other resources now
		if request, err = d.prepare(ctx, s); err != nil {
			return err
		}
	}
	if err := d.stackInput.check(&d.follower, s.stack, d.parametersOf("deploy")); err != nil {
		return err
	}
	if err := d.preflight(ctx, d.env, s, d.parametersOf("deploy")); err != nil {
		return err
	}
	if s.stack.NeedsDelete() {
		if err := d.clear(ctx, s); err != nil {
			return err
		}
	}
	plan, err := d.plan(ctx, s, request)
	if err != nil {
		return failed(err, d.role.next(err, s.stack, d.nextFor(err)))
	}
	d.settle(plan)
	return d.carryOut(ctx, s, plan)
}

// prepare returns the request with the values of --from and of the account.
func (d *deployCmd) prepare(ctx context.Context, s *session) (deploy.Request, error) {
	if d.from != "" {
		if err := d.share(ctx, d.env, s); err != nil {
			return deploy.Request{}, err
		}
	}
	if err := d.derive(ctx, d.env, s); err != nil {
		return deploy.Request{}, err
	}
	request, err := d.request()
	request.KeepFailed = d.onFailure == "keep"
	return request, err
}

// plan makes the change set. A signal removes it again, which may take a moment.
func (w *follower) plan(
	ctx context.Context, s *session, r deploy.Request,
) (*deploy.Plan, error) {
	stop := context.AfterFunc(ctx, func() {
		w.Printf("Removing the change set first; a second Ctrl-C ends at once and leaves it")
	})
	defer stop()
	return s.Plan(ctx, s.stack, r)
}

// carryOut shows the plan, asks, executes and waits.
func (d *deployCmd) carryOut(ctx context.Context, s *session, plan *deploy.Plan) error {
	d.show(plan, &d.stackInput)
	if plan.Empty() {
		op := &deploy.Operation{
			Kind: plan.Operation, Stack: plan.Stack.Name, StackID: plan.Stack.ID,
		}
		outcome := deploy.Outcome{
			Result: deploy.Succeeded, Status: plan.Stack.Status, Stack: plan.Stack,
		}
		return d.ended(op, outcome, d.finish(ctx, s, plan.Stack))
	}
	if err := d.permit(ctx, s, plan); err != nil {
		d.discard(ctx, s, plan)
		return err
	}
	ended := s.jobsOfPlan(ctx, plan)
	d.tell(d.Err, d.name, ended)
	if err := d.drain.drainable(ended); err != nil {
		d.discard(ctx, s, plan)
		return err
	}
	question := d.drain.question(ended, fmt.Sprintf("%s %s in %s", plan.Operation, d.name, s))
	if !d.yes && !d.confirm(ctx, question) {
		d.discard(ctx, s, plan)
		return declined(ctx, "nothing was changed")
	}
	if err := d.drainQueues(ctx, s, ended); err != nil {
		d.discard(ctx, s, plan)
		return err
	}
	op, err := d.beginOrDetach(ctx, d.name, func() (*deploy.Operation, error) {
		return s.Execute(ctx, plan)
	})
	if err != nil {
		if !errors.Is(err, errNoAnswer) {
			d.discard(ctx, s, plan)
		}
		retry := "Retry: " + d.commandLine("deploy", d.name)
		return failed(err, d.role.next(err, s.stack, retry))
	}
	return d.conclude(ctx, s, op)
}

// conclude follows the operation and does what comes after it.
func (d *deployCmd) conclude(ctx context.Context, s *session, op *deploy.Operation) error {
	outcome := d.follow(ctx, s, op)
	if outcome.Result != deploy.Succeeded {
		return d.ended(op, outcome, nil)
	}
	d.enableAgain(ctx)
	if op.Kind == "CREATE" && !d.unprotected {
		if err := s.Protect(ctx, outcome.Stack, true); err != nil {
			d.Printf("termination protection could not be turned on: %v", err)
			d.Printf("Turn it on: aws cloudformation update-termination-protection "+
				"--enable-termination-protection --stack-name %s", d.name)
		}
	}
	return d.ended(op, outcome, d.finish(ctx, s, outcome.Stack))
}

// finish does what comes after the operation, and writes the configuration if
// --configure is given.
func (d *deployCmd) finish(ctx context.Context, s *session, stack deploy.Stack) error {
	err := d.postDeploy.run(ctx, s.account, stack)
	if d.configure {
		err = errors.Join(err, d.writeConfiguration(s, stack))
	}
	if d.verify {
		one := verifyCmd{env: d.env, image: verify.DefaultImage, timeout: verifyLimit, after: true}
		err = errors.Join(err, one.verifyStack(ctx, s.account, stack))
	}
	return err
}

// writeConfiguration writes Metaflow's configuration.
func (d *deployCmd) writeConfiguration(s *session, stack deploy.Stack) error {
	d.configured = true
	people, printer := *d.env, *d.Printer
	if d.records != nil { // stdout is for records
		printer.Out = printer.Err
	}
	people.Printer = &printer
	configure := configureCmd{env: &people, metaflowProfile: d.metaflowProfile}
	return configure.write([]deploy.Stack{stack}, s.region)
}

// discard removes the change set of a plan that is not carried out.
func (w *follower) discard(ctx context.Context, s *session, plan *deploy.Plan) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := s.Discard(ctx, plan); err != nil {
		w.Printf("the change set %s could not be removed: %v", plan.Name, err)
	}
}

// nextFor returns the command after a refusal.
func (d *deployCmd) nextFor(err error) string {
	var e *deploy.Error
	switch {
	case !errors.As(err, &e) || e.Status == "":
		return ""
	case strings.HasSuffix(e.Status, "_IN_PROGRESS"):
		return d.nextCommand(d.name, e.Status) + "   Queue: the same command with --wait"
	}
	return d.nextCommand(d.name, e.Status)
}
