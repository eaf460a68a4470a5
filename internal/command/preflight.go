package command

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

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
			"do not look at what is reused before anything is made")
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
		query = facts.NetworkQuery{}
	}
	found, err := in.lookAt(ctx, e, s, query, in.reuses(s, in.effective))
	if err != nil {
		return err
	}
	var all []generator.Finding
	if query.VPC != "" {
		all = in.component.Look(in.effective, found.network)
	}
	for _, f := range append(all, in.component.Judge(in.effective, found.reused)...) {
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

// reuses returns what is to be read of what the values reuse outside the network: of a deployed stack
// only what changes, and nothing for --from alone.
func (in *stackInput) reuses(s *session, effective generator.Values) facts.ReuseQuery {
	look := in.component.Preflight
	if look.Reuses == nil || in.noPreflight {
		return facts.ReuseQuery{}
	}
	asked := generator.Values{}
	for name, value := range effective {
		if in.values[name] != "" && (!s.stack.Live() || value != s.stack.Parameters[name]) {
			asked[name] = value
		}
	}
	return look.Reuses(asked)
}

// looked is what was read of the account, for queries.
type looked struct {
	query   facts.NetworkQuery
	network facts.Network
	reuse   facts.ReuseQuery
	reused  facts.Reused
}

// look reads the network of the account once for each query, and what is reused outside of it. Only
// the end of the context is an error.
func (in *stackInput) look(
	ctx context.Context, e *env, s *session, q facts.NetworkQuery,
) (facts.Network, error) {
	found, err := in.lookAt(ctx, e, s, q, in.reuses(s, in.effectiveOn(s.stack)))
	return found.network, err
}

// lookAt reads what queries ask for and was not read before, all at once, and says in one line what
// cannot be read.
func (in *stackInput) lookAt(
	ctx context.Context, e *env, s *session, q facts.NetworkQuery, r facts.ReuseQuery,
) (*looked, error) {
	if in.looked == nil {
		in.looked = &looked{}
	}
	l, reader := in.looked, awsaccount.New(s.config)
	var unread, more []awsaccount.Unread
	var both sync.WaitGroup
	if q.VPC != "" && !reflect.DeepEqual(l.query, q) {
		both.Go(func() { l.network, unread = reader.Network(ctx, q) })
	}
	if !r.Empty() && !reflect.DeepEqual(l.reuse, r) {
		both.Go(func() { l.reused, more = reader.Reused(ctx, r) })
	}
	both.Wait()
	if ctx.Err() != nil {
		return l, context.Cause(ctx)
	}
	l.query, l.reuse, l.reused.Account = q, r, s.id
	in.reportUnread(e, append(unread, more...))
	return l, nil
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
	why := "AWS did not answer"
	for _, u := range unread {
		calls[u.Call] = true
		if deploy.Denied(u.Err) {
			why = "these credentials may not call"
		}
	}
	if len(calls) == 0 {
		return ""
	}
	return why + " " + strings.Join(slices.Sorted(maps.Keys(calls)), ", ")
}
