package command

import (
	"context"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/awsconfig"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// detectDrift has CloudFormation compare the resources of the stack with its template, shows
// what differs, and reports whether anything does.
func (p *planCmd) detectDrift(ctx context.Context, s *session) (bool, error) {
	p.Printf("CloudFormation compares the resources with the template: this can take some minutes")
	drift, err := s.Drift(ctx, s.stack)
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case err != nil:
		return false, failed(err, p.nextFor(err))
	}
	notes := p.driftNotes(s.stack, p.component.Built())
	if p.records != nil {
		p.records.Drift(p.name, drift, notes)
	} else {
		p.displayConfig().Drift(p.people(), p.name, drift, notes)
	}
	return len(drift.Resources) > 0, nil
}

// driftNotes returns what the component says of a property that differs: the parameters that
// set it, and the flag that makes its present value the stack's. Only a single parameter that
// has the expected value can be set so.
func (p *planCmd) driftNotes(
	stack deploy.Stack, t *cfn.Template,
) func(deploy.DriftedResource, deploy.Difference) display.DriftNotes {
	return func(r deploy.DriftedResource, d deploy.Difference) display.DriftNotes {
		n := display.DriftNotes{Parameters: t.Sources(r.LogicalID, d.Path)}
		if len(n.Parameters) != 1 || d.Kind != "NOT_EQUAL" {
			return n
		}
		own := p.component.Lookup(n.Parameters[0])
		if own == nil || stack.Parameters[own.Name] != d.Expected || own.Check(d.Actual) != nil {
			return n
		}
		n.Keep = "--" + own.Flag() + " " + awsconfig.Word(d.Actual)
		return n
	}
}
