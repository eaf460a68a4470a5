package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// planning is one run of the plan command.
type planning struct {
	waiting
	wish

	exitCode bool
}

// newPlan shows what deploy would change, and changes nothing.
func newPlan(e *env) *cobra.Command {
	p := &planning{waiting: waiting{env: e}}
	cmd := &cobra.Command{
		Use:   "plan STACK",
		Short: "Show what deploy would change, and change nothing",
		Long: "plan makes a change set, prints what it would do, and removes it again, with the empty stack that a first\n" +
			"one needs. It says which --allow-replace a deployment would need.",
		Example: "  metaflow-cfn plan metaflow --compute-type SPOT --exit-code",
	}
	p.wish.flags(cmd)
	cmd.Flags().BoolVar(&p.exitCode, "exit-code", false, "exit 10 when there are changes")
	choice(cmd, &p.format, "output", "text", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p.waiting.check()
		p.wish.read(e, args)
		if err := e.usage(helpOf(cmd)); err != nil {
			return err
		}
		return p.run(cmd.Context())
	}
	return cmd
}

func (p *planning) run(ctx context.Context) error {
	to, err := p.connect(ctx)
	if err != nil {
		return err
	}
	stack, err := to.Stack(ctx, p.name)
	if err != nil {
		return failed(err, "")
	}
	if err := p.fits(p.env, stack, "Flags: metaflow-cfn plan --help"); err != nil {
		return err
	}
	if stack.NeedsDelete() {
		return &exit{exitRefused, fmt.Errorf("stack %s is %s: nothing can be planned before what is left of its creation is deleted", p.name, stack.Status),
			"Delete it and create it again in one go: metaflow-cfn deploy " + p.name}
	}
	request, err := p.request()
	if err != nil {
		return err
	}
	plan, err := p.waiting.plan(ctx, to, stack, request)
	if err != nil {
		return failed(err, p.nextFor(err))
	}
	p.discard(ctx, to, plan)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.tell(plan)
}

// tell prints the plan: it is what the command is for, so it goes to stdout.
func (p *planning) tell(plan *deploy.Plan) error {
	code := exitOK
	if p.exitCode && !plan.Empty() {
		code = exitDiffers
	}
	lost := logicalIDs(losses(plan.Changes, updatesInPlace(p.all)))
	switch {
	case p.records != nil:
		p.records.plan(plan)
		p.records.preview(plan, lost, code)
	default:
		p.review(p.out, plan, &p.wish)
		if len(lost) > 0 {
			p.sayTo(p.out, "A deployment needs: --allow-replace %s", strings.Join(lost, ","))
		}
	}
	if code != exitOK {
		return &exit{code: code}
	}
	return nil
}

// nextFor is the command after a refusal.
func (p *planning) nextFor(err error) string {
	var e *deploy.Error
	if !errors.As(err, &e) || e.Status == "" {
		return ""
	}
	return remedy(p.name, e.Status)
}

func logicalIDs(changes []deploy.Change) []string {
	var ids []string
	for _, c := range changes {
		ids = append(ids, c.LogicalID)
	}
	return ids
}
