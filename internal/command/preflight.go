package command

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	awsaccount "github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// preflightFlag adds --no-preflight, where the component looks at the account.
func (in *stackInput) preflightFlag(cmd *cobra.Command) {
	if in.component.Preflight != nil {
		cmd.Flags().BoolVar(&in.noPreflight, "no-preflight", false,
			"do not look at the VPC that is reused before anything is made")
	}
}

// preflight looks at what the values reuse, and reports everything that is wrong with it. On an
// update it looks at what changes. It skips facts that cannot be read.
func (in *stackInput) preflight(ctx context.Context, e *env, s *session, next string) error {
	look := in.component.Preflight
	if look == nil || in.noPreflight {
		return nil
	}
	given := in.given()
	changes := func(p *generator.Parameter) bool {
		value, has := given[p.Name]
		return !s.stack.Live() || has && value != s.stack.Parameters[p.Name]
	}
	asked := func(p *generator.Parameter) bool { return in.values[p.Name] != "" && changes(p) }
	query, needed := look.Query(in.effective)
	if !needed || !slices.ContainsFunc(look.Parameters, asked) {
		return nil
	}
	network, err := in.look(ctx, e, s, query)
	if err != nil {
		return err
	}
	for _, f := range in.component.Look(in.effective, network) {
		switch {
		case !changes(f.Parameter):
		case f.Warning:
			e.Printf("%s", f)
		default:
			e.problems.add(errors.New(f.String()))
		}
	}
	return e.problems.err(next)
}

// looked is what was read of the account, for a query.
type looked struct {
	query   facts.NetworkQuery
	network facts.Network
}

// look reads the network of the account once for each query, and says what cannot be read. Only the
// end of the context is an error.
func (in *stackInput) look(
	ctx context.Context, e *env, s *session, q facts.NetworkQuery,
) (facts.Network, error) {
	if in.looked != nil && reflect.DeepEqual(in.looked.query, q) {
		return in.looked.network, nil
	}
	network, unread := awsaccount.New(s.config).Network(ctx, q)
	if ctx.Err() != nil {
		return network, context.Cause(ctx)
	}
	in.reportUnread(e, unread)
	in.looked = &looked{q, network}
	return network, nil
}

// reportUnread says in one line what was not looked at.
func (in *stackInput) reportUnread(e *env, unread []awsaccount.Unread) {
	if why := unreadReason(unread); why != "" {
		e.Printf("Not everything that is reused was looked at: %s", why)
	}
}

// unreadReason returns which calls failed and why, "" for none.
func unreadReason(unread []awsaccount.Unread) string {
	calls := map[string]bool{}
	why := "EC2 did not answer"
	for _, u := range unread {
		calls["ec2:"+u.Call] = true
		if deploy.Denied(u.Err) {
			why = "these credentials may not call"
		}
	}
	if len(calls) == 0 {
		return ""
	}
	return why + " " + strings.Join(slices.Sorted(maps.Keys(calls)), ", ")
}
