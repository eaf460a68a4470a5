package command

import (
	"context"
	"errors"
	"maps"
	"slices"

	smithy "github.com/aws/smithy-go"

	awsaccount "github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// chooseZones chooses the Availability Zones of the subnets that the stack creates: those in
// which its subnets are, else zones that the account can use. Zones that are given stay, and
// where AWS does not answer, CloudFormation takes the first two.
func (in *stackInput) chooseZones(ctx context.Context, e *env, s *session) error {
	z := in.component.Zones
	if z == nil {
		return nil
	}
	live, err := in.component.Built().Live(in.effectiveOn(s.stack))
	if err != nil || !z.Lives(live) { // check reports what is wrong with the values
		return nil
	}
	var zones [2]string
	for i, p := range z.Parameters {
		if s.stack.Live() {
			zones[i] = s.stack.Parameters[p.Name]
		}
	}
	if zones[0] == "" || zones[1] == "" {
		known := false
		if zones, known, err = in.askZones(ctx, e, s); err != nil || !known {
			return err
		}
	}
	in.derived.zones = zones
	if in.zonesGiven() {
		return nil
	}
	reason := "the stack's subnets are there"
	if zones[0] == "" || zones[1] == "" {
		chosen, err := chosenZones(ctx, e, s, zones)
		if err != nil || chosen == nil {
			return err
		}
		for i, zone := range zones {
			if zone == "" {
				zones[i], chosen = chosen[0].Name, chosen[1:]
			}
		}
		reason = "a zone that the account can use"
	}
	for i, p := range z.Parameters {
		in.derived.values = append(in.derived.values, generator.Derived{Parameter: p, Value: zones[i], Reason: reason})
	}
	return nil
}

// zonesGiven reports whether the command line, a file or another stack decides about zones, if
// only by an empty value.
func (in *stackInput) zonesGiven() bool {
	given := in.given()
	return slices.ContainsFunc(in.component.Zones.Parameters[:], func(p *generator.Parameter) bool {
		_, sent := given[p.Name]
		return sent || in.in.previous[p.Name] != ""
	})
}

// askZones returns in which zones the deployed subnets of the stack are, "" for a zone that has
// none, and whether that is known.
func (in *stackInput) askZones(
	ctx context.Context, e *env, s *session,
) (zones [2]string, known bool, err error) {
	if !s.stack.Live() || s.stack.Busy() {
		return zones, true, nil
	}
	own, err := in.ownResources(ctx, s)
	if deploy.Denied(err) {
		notChosen(e, mayNot+"cloudformation:ListStackResources", stay)
		return zones, false, nil
	}
	if err != nil {
		return zones, false, err
	}
	var ids []string
	for _, subnets := range in.component.Zones.Subnets {
		for _, id := range subnets {
			if own[id] != "" {
				ids = append(ids, own[id])
			}
		}
	}
	if len(ids) == 0 {
		return zones, true, nil
	}
	found, err := awsaccount.New(s.config).SubnetZones(ctx, ids)
	if err != nil {
		return zones, false, unknownZones(ctx, e, err, "DescribeSubnets", stay)
	}
	for i, subnets := range in.component.Zones.Subnets {
		for _, id := range subnets {
			if zone := found[own[id]]; zone != "" {
				zones[i] = zone
			}
		}
	}
	return zones, true, nil
}

// chosenZones returns zones for the subnets that have none yet, nil where CloudFormation
// chooses.
func chosenZones(
	ctx context.Context, e *env, s *session, taken [2]string,
) ([]facts.Zone, error) {
	const otherwise = "CloudFormation takes the first two zones of the region"
	zones, err := awsaccount.New(s.config).Zones(ctx)
	if err != nil {
		return nil, unknownZones(ctx, e, err, "DescribeAvailabilityZones", otherwise)
	}
	missing := 0
	for _, zone := range taken {
		if zone == "" {
			missing++
		}
	}
	chosen := facts.ChooseZones(zones, missing, taken[:]...)
	if len(chosen) < missing {
		e.Printf("The account can use %s in %s, and two are needed: %s",
			display.Count(len(zones), "Availability Zone"), s.region, otherwise)
		return nil, nil
	}
	for _, z := range chosen {
		if z.Gap() != "" {
			e.Printf("%s (%s) lacks %s, and the account can use no other zone of the region",
				z.Name, z.ID, z.Gap())
		}
	}
	return chosen, nil
}

// unknownZones says once why zones are not known and what happens; only the end of the context
// is an error.
func unknownZones(ctx context.Context, e *env, err error, call, happens string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	why := "EC2 did not answer " + call
	var api smithy.APIError
	switch {
	case deploy.Denied(err):
		why = mayNot + "ec2:" + call
	case errors.As(err, &api):
		why = "EC2 answers " + api.ErrorCode() + " to " + call
	}
	notChosen(e, why, happens)
	return nil
}

const (
	mayNot = "these credentials may not call "
	stay   = "the subnets stay where they are"
)

// notChosen says why zones are not chosen, and what happens.
func notChosen(e *env, why, happens string) {
	e.Printf("The Availability Zones are not chosen: %s; %s", why, happens)
}

// deployedValues returns the values of the deployed stack, with the zones of its subnets.
func (in *stackInput) deployedValues(stack deploy.Stack) generator.Values {
	values := maps.Clone(stack.Parameters)
	if z := in.component.Zones; z != nil {
		for i, p := range z.Parameters {
			if zone := in.derived.zones[i]; zone != "" {
				values[p.Name] = zone
			}
		}
	}
	return values
}
