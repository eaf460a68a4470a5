package command

import (
	"context"
	"slices"
	"strings"

	awsaccount "github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// derived are the values that follow from others or from the account: nothing gives them, and they
// are sent, so that the stack keeps them.
type derived struct {
	values []generator.Derived
	zones  [2]string // where the deployed subnets of the stack are, "" when not known
}

// derive finds the values of a new stack that need not be given, and the zones of subnets. Where the
// account cannot be read, they have to be given.
func (in *stackInput) derive(ctx context.Context, e *env, s *session) error {
	in.derived, in.looked = derived{}, nil
	if d := in.component.Derivation; d != nil && s.stack.Live() {
		in.derived.values = in.sentBefore(s.stack)
	} else if d != nil {
		if err := in.deriveVPC(ctx, e, s); err != nil {
			return err
		}
		if err := in.deriveNetwork(ctx, e, s); err != nil {
			return err
		}
	}
	return in.chooseZones(ctx, e, s)
}

// sentBefore returns the values that an earlier run has derived for a stack that is being created.
// That run is followed when the values are the same, and its subnets are in the account by now.
func (in *stackInput) sentBefore(stack deploy.Stack) (all []generator.Derived) {
	if stack.Status != "CREATE_IN_PROGRESS" {
		return nil
	}
	for _, p := range in.component.Derivation.Parameters {
		if value := stack.Parameters[p.Name]; in.undecided(p) && value != "" && value != p.Default {
			all = append(all, generator.Derived{Parameter: p, Value: value, Reason: "the stack has it"})
		}
	}
	return all
}

// undecided reports whether nothing decides about a parameter, not even that it is to be empty.
func (in *stackInput) undecided(p *generator.Parameter) bool {
	_, given := in.given()[p.Name]
	return !given && in.in.previous[p.Name] == "" && !slices.Contains(in.unset, p.Name)
}

// deriveVPC finds the VPC of what is reused in it.
func (in *stackInput) deriveVPC(ctx context.Context, e *env, s *session) error {
	d := in.component.Derivation
	if !in.undecided(d.VPC) {
		return nil
	}
	var ids []string
	given := in.given()
	for _, p := range d.Members {
		if id := given[p.Name]; id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	vpcs, unread := awsaccount.New(s.config).VPCsOf(ctx, ids...)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	in.reportUnread(e, unread)
	for _, id := range ids {
		if vpcs[id] != "" {
			in.derived.values = append(in.derived.values, generator.Derived{
				Parameter: d.VPC, Value: vpcs[id], Reason: "the VPC of " + id,
			})
			break
		}
	}
	return nil
}

// deriveNetwork finds the values that follow from the given ones and from the VPC that is reused. It
// reads the VPC only where something is to be found.
func (in *stackInput) deriveNetwork(ctx context.Context, e *env, s *session) error {
	values := in.effectiveOn(s.stack)
	found := in.component.Derive(values, nil)
	if query, reused := in.component.Preflight.Query(values); reused && in.component.Asks(values) {
		network, err := in.look(ctx, e, s, query)
		if err != nil {
			return err
		}
		found = in.component.Derive(values, &network)
	}
	for _, d := range found {
		if in.undecided(d.Parameter) {
			in.derived.values = append(in.derived.values, d)
		}
	}
	return nil
}

// derivable reports whether an error is about a value that nobody gives and that the account may
// answer.
func (in *stackInput) derivable(err error) bool {
	d := in.component.Derivation
	return d != nil && slices.ContainsFunc(d.Parameters, func(p *generator.Parameter) bool {
		return in.undecided(p) && slices.Contains(strings.Fields(err.Error()), p.Name)
	})
}

// news returns the derived values that the stack does not have yet, for people.
func (d derived) news(stack deploy.Stack) (news []generator.Derived) {
	for _, v := range d.values {
		if stack.Parameters[v.Parameter.Name] != v.Value {
			news = append(news, v)
		}
	}
	return news
}

// records returns the derived values, for programs.
func (d derived) records(stack deploy.Stack) (all []display.DerivedValue) {
	for _, v := range d.news(stack) {
		all = append(all, display.DerivedValue{
			Parameter: v.Parameter.Name, Value: v.Value, Reason: v.Reason,
		})
	}
	return all
}
