package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// planCmd is one run of the plan command.
type planCmd struct {
	follower
	stackInput

	exitCode bool
	page     string // formatText or formatHTML
	drift    bool
	drifted  bool // something was changed outside of CloudFormation
}

// newPlan shows what deploy would change, and changes nothing.
func newPlan(e *env, c *generator.Component) *cobra.Command {
	p := &planCmd{follower: follower{env: e}}
	cmd := &cobra.Command{
		Use:   "plan STACK",
		Short: "Show what deploy would change, and change nothing",
		Long: "plan makes a change set, prints what it would do, and removes it again, with\n" +
			"the empty stack that a first one needs. It says which --allow-replace a\n" +
			"deployment would need. With --drift it also compares the resources with what\n" +
			"the template and the parameters say, and names the parameters of what differs.\n" +
			"With --format html stdout is a page for review of the stack as it would be.",
		Example: "  metaflow-cfn plan metaflow --compute-type SPOT --exit-code",
	}
	p.stackInput.flags(cmd, c)
	cmd.Flags().BoolVar(&p.exitCode, "exit-code", false, "exit 10 when there are changes")
	cmd.Flags().BoolVar(&p.drift, "drift", false, "first show what was changed outside of "+
		"CloudFormation, which takes a minute or more")
	enumFlag(cmd, &p.page, "format", formatText, formatText, formatHTML)
	enumFlag(cmd, &p.format, "output", "text", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p.follower.check()
		p.checkPage()
		p.stackInput.read(cmd.Context(), e, args)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		return p.run(cmd.Context())
	}
	return cmd
}

func (p *planCmd) run(ctx context.Context) error {
	s, err := p.open(ctx, p.name, "")
	if err != nil {
		return err
	}
	if p.from != "" {
		if err := p.share(ctx, p.env, s); err != nil {
			return err
		}
	}
	if err := p.derive(ctx, p.env, s); err != nil {
		return err
	}
	if err := p.stackInput.check(&p.follower, s.stack, p.parametersOf("plan")); err != nil {
		return err
	}
	if err := p.preflight(ctx, p.env, s, p.parametersOf("plan")); err != nil {
		return err
	}
	if s.stack.NeedsDelete() {
		return &exitError{exitRefused,
			fmt.Errorf("stack %s is %s: nothing can be planned until the rest of its "+
				"creation is deleted", p.name, s.stack.Status),
			"Delete it and create it again: " + p.commandLine("deploy", p.name)}
	}
	if p.drift {
		if p.drifted, err = p.detectDrift(ctx, s); err != nil {
			return err
		}
	}
	request, err := p.request()
	if err != nil {
		return err
	}
	plan, err := p.follower.plan(ctx, s, request)
	if err != nil {
		return failed(err, p.role.next(err, s.stack, p.nextFor(err)))
	}
	p.settle(plan)
	p.discard(ctx, s, plan)
	ended := s.jobsOfPlan(ctx, plan)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.print(plan, ended)
}

// print prints the plan to stdout: it is what the verb is for.
func (p *planCmd) print(plan *deploy.Plan, ended affected) error {
	code := exitOK
	if p.exitCode && (p.drifted || !plan.Empty()) {
		code = exitDiffers
	}
	lost := logicalIDs(losses(p.env.component, plan.Changes),
		func(deploy.Change) bool { return true })
	switch {
	case p.records != nil:
		p.records.Plan(plan, p.planNotes(plan))
		p.tell(p.Out, p.name, ended)
		if p.wouldFail != nil {
			return p.wouldFail
		}
		p.records.Preview(plan, lost, code)
	default:
		out := p.people()
		p.review(out, plan, &p.stackInput)
		p.tell(out, p.name, ended)
		if p.wouldFail != nil {
			return p.wouldFail
		}
		if len(lost) > 0 {
			p.Fprintf(out, terminal.Notice, "A deployment needs: --allow-replace %s",
				strings.Join(lost, ","))
		}
		if p.page == formatHTML {
			if err := p.printPage(plan, lost); err != nil {
				return err
			}
		}
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

// nextFor returns the command after a refusal.
func (p *planCmd) nextFor(err error) string {
	var e *deploy.Error
	if !errors.As(err, &e) || e.Status == "" {
		return ""
	}
	return p.nextCommand(p.name, e.Status)
}
