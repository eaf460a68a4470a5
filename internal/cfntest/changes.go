package cfntest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// resourceChange is what a change set does with a resource.
type resourceChange struct {
	action, policyAction, replacement string
	res                               *evaluate.Resource // the new one, or the one that is removed
	physical                          string
	scope                             []string
	details                           []detail
	before, after                     string // BeforeContext, AfterContext
}

// detail is a difference and a cause of it.
type detail struct {
	evaluate.Change
	evaluate.Cause
	shownBefore, shownAfter string // values as text
}

// preview compares a deployment with what the stack has. Same is true when executing it would
// change nothing.
func (s *Server) preview(
	st *stack, d *deployment, before *state,
) (changes []*resourceChange, same bool) {
	p := &planner{srv: s, st: st, op: &operation{}, preview: true}
	have := map[string]*evaluate.Resource{}
	for _, in := range st.live(s.Now()) {
		if in.made {
			have[in.res.LogicalID] = in.res
		}
	}
	steps, now := p.steps(d, have)
	for _, id := range d.Order {
		if step := steps[id]; step.Old == nil {
			changes = append(changes, &resourceChange{
				action: "Add", res: step.New, after: evaluate.Context(step.New)})
		} else if step.Changes != nil {
			changes = append(changes, modification(d, before, step, steps))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		if _, stays := now[id]; !stays {
			r := have[id]
			changes = append(changes, &resourceChange{
				action: "Remove", policyAction: removalPolicy(r, false), res: r,
				physical: r.PhysicalID, before: evaluate.Context(r),
			})
		}
	}
	for _, rc := range changes {
		rc.hide(d, before)
	}
	if before == nil {
		return changes, false
	}
	outputs := reflect.DeepEqual(d.Template.Root["Outputs"], before.Template.Root["Outputs"]) &&
		reflect.DeepEqual(d.ComputeOutputs(d.Scope(st.environment(), now)), before.outputs)
	return changes, changes == nil && outputs && maps.Equal(d.Tags, before.Tags)
}

// modification describes the changes of a resource that stays or is replaced.
func modification(
	d *deployment, before *state, s *evaluate.Step, steps map[string]*evaluate.Step,
) *resourceChange {
	var deployed *evaluate.Deployment
	if before != nil {
		deployed = &before.Deployment
	}
	rc := &resourceChange{action: "Modify", replacement: "False", res: s.New,
		physical: s.Old.PhysicalID, before: evaluate.Context(s.Old), after: evaluate.Context(s.New)}
	for _, c := range s.Changes {
		if !slices.Contains(rc.scope, c.Scope) {
			rc.scope = append(rc.scope, c.Scope)
		}
		causes := d.Causes(deployed, s.New.LogicalID, c, steps)
		for _, cause := range causes {
			rc.details = append(rc.details, detail{Change: c, Cause: cause})
		}
		switch dynamic := causes[0].Dynamic; {
		case c.Conditional && rc.replacement == "False":
			rc.replacement = "Conditional"
		case c.Conditional:
		case c.Recreates && !dynamic:
			rc.replacement = "True"
		case c.Recreates && rc.replacement == "False":
			rc.replacement = "Conditional"
		}
	}
	if rc.replacement != "False" {
		rc.policyAction = "ReplaceAnd" + removalPolicy(s.New, true)
	}
	return rc
}

// hide masks the secrets of both templates in what a change shows.
func (rc *resourceChange) hide(d *deployment, before *state) {
	mask := d.Mask
	if before != nil {
		mask = func(text string) string { return before.Mask(d.Mask(text)) }
	}
	rc.before, rc.after = mask(rc.before), mask(rc.after)
	for i := range rc.details {
		detail := &rc.details[i]
		detail.shownBefore = mask(evaluate.Shown(detail.Before))
		detail.shownAfter = mask(evaluate.Shown(detail.After))
	}
}

// reason returns a change set's StatusReason.
func (c *changeSet) reason(now time.Time) string {
	if strings.HasSuffix(c.status(now), "FAILED") {
		return c.problem
	}
	return ""
}

func (s *Server) describeChangeSet(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, c, fail := s.changeSet(r)
	if fail != nil {
		return nil, "", fail
	}
	now := s.Now()
	var changes []*wire.Node
	if c.status(now) == "CREATE_COMPLETE" {
		for _, rc := range c.changes {
			changes = append(changes, rc.node(r.Flag("IncludePropertyValues")))
		}
	}
	changes, next, fail := wire.Page(changes, r.Get("NextToken"), s.opts.PageSize)
	if fail != nil {
		return nil, "", fail
	}
	d := c.deployment
	return c.node(st, now).Add(
		wire.Text("Description", c.description),
		wire.Text("OnStackFailure", c.onFailure),
		wire.Bool("ImportExistingResources", c.importing),
		wire.List("Parameters", parameterNodes(d)),
		wire.List("Tags", tagNodes(d.Tags)),
		wire.TextList("Capabilities", d.capabilities),
		wire.TextList("NotificationARNs", d.Topics),
		wire.Element("RollbackConfiguration"),
		wire.List("Changes", changes),
		wire.Text("NextToken", next),
	), "", nil
}

// node returns what both DescribeChangeSet and ListChangeSets tell of a change set.
func (c *changeSet) node(st *stack, now time.Time) *wire.Node {
	return wire.Structure("", "ChangeSetName", c.name, "ChangeSetId", c.id,
		"StackId", st.id, "StackName", st.name, "Status", c.status(now),
		"StatusReason", c.reason(now), "ExecutionStatus", c.execution(st, now),
	).Add(wire.Time("CreationTime", c.created), wire.Bool("IncludeNestedStacks", false))
}

func (s *Server) listChangeSets(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	now := s.Now()
	var list []*wire.Node
	for _, c := range st.changeSets {
		if c.executed == nil { // executed ones are not listed
			list = append(list, c.node(st, now))
		}
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.PageSize)
	return wire.Element("", wire.List("Summaries", list), wire.Text("NextToken", next)), "", fail
}

func (rc *resourceChange) node(values bool) *wire.Node {
	var details []*wire.Node
	for _, d := range rc.details {
		details = append(details, d.node(values))
	}
	n := wire.Structure("ResourceChange", "PolicyAction", rc.policyAction, "Action", rc.action,
		"LogicalResourceId", rc.res.LogicalID, "PhysicalResourceId", rc.physical,
		"ResourceType", rc.res.Type, "Replacement", rc.replacement,
	).Add(wire.TextList("Scope", rc.scope), wire.List("Details", details))
	if values {
		n.Add(wire.Text("BeforeContext", rc.before), wire.Text("AfterContext", rc.after))
	}
	return wire.Element("", wire.Text("Type", "Resource"), n)
}

func (d detail) node(values bool) *wire.Node {
	recreation, evaluation := "", "Static"
	target := wire.Element("Target", wire.Text("Attribute", d.Scope))
	switch {
	case d.Conditional:
		recreation = "Conditionally"
	case d.Recreates:
		recreation = "Always"
	case d.Scope != "Metadata":
		recreation = "Never"
	}
	if d.Scope == "Properties" {
		target.Add(wire.Text("Name", d.Path[0]))
	}
	target.Add(wire.Text("RequiresRecreation", recreation))
	if d.Dynamic {
		evaluation = "Dynamic"
	}
	if values && len(d.Path) > 0 {
		kind := "Modify"
		switch {
		case d.Before == nil:
			kind = "Add"
		case d.After == nil:
			kind = "Remove"
		}
		target.Add(wire.Text("Path", "/"+d.Scope+"/"+strings.Join(d.Path, "/")),
			wire.Text("BeforeValue", d.shownBefore), wire.Text("AfterValue", d.shownAfter),
			wire.Text("AttributeChangeType", kind))
	}
	return wire.Structure("", "Evaluation", evaluation,
		"ChangeSource", d.Source, "CausingEntity", d.Entity).Add(target)
}
