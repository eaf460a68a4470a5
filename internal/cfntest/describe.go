package cfntest

import (
	"maps"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

const stackType = "AWS::CloudFormation::Stack"

func (s *Server) describeStacks(r *wire.Request) (*wire.Node, string, *wire.Error) {
	var list []*wire.Node
	if name := r.Get("StackName"); name != "" {
		st := s.find(name, r.Region)
		if st == nil {
			return nil, "", wire.Invalid("Stack with id %s does not exist", name)
		}
		v := s.seen(st)
		if v.status == "" {
			return nil, "", wire.Invalid("Stack with id %s does not exist", name)
		}
		list = append(list, s.stackNode(st, v))
	} else {
		for _, st := range slices.Backward(s.stacks) {
			if v := s.seen(st); v.status != "" && v.status != "DELETE_COMPLETE" && st.region == r.Region {
				list = append(list, s.stackNode(st, v))
			}
		}
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.StackPageSize)
	return wire.Element("", wire.List("Stacks", list), wire.Text("NextToken", next)), "", fail
}

// seen returns a stack as DescribeStacks shows it: for some time after a mutating call that may be
// what it was before.
func (s *Server) seen(st *stack) view {
	now := s.Now()
	if st.before != nil && s.stale > 0 && now.Sub(st.mutated) < s.stale {
		return *st.before
	}
	return st.at(now)
}

func (s *Server) stackNode(st *stack, v view) *wire.Node {
	rollbackOff := len(v.ops) > 0 && v.ops[len(v.ops)-1].onFailure == "DO_NOTHING"
	n := stackSummary(st, v).Add(
		wire.Bool("DisableRollback", rollbackOff),
		wire.Bool("EnableTerminationProtection", st.protected),
		wire.Text("DeletionMode", st.onDelete),
		wire.Element("RollbackConfiguration"),
		wire.Structure("DriftInformation", "StackDriftStatus", "NOT_CHECKED"),
	)
	if st.parent != "" {
		n.Add(wire.Text("ParentId", st.parent), wire.Text("RootId", s.root(st)))
	}
	if c := st.lastExecuted(); c != nil {
		n.Add(wire.Text("ChangeSetId", c.id))
	}
	if v.state != nil {
		n.Add(
			wire.Text("Description", v.state.Template.Description),
			wire.Text("RoleARN", v.state.roleARN),
			wire.List("Parameters", parameterNodes(&v.state.deployment)),
			wire.List("Tags", tagNodes(v.state.Tags)),
			wire.TextList("Capabilities", v.state.capabilities),
			wire.TextList("NotificationARNs", v.state.Topics),
			wire.List("Outputs", outputNodes(v.state.outputs)),
		)
	}
	var ops []*wire.Node
	for _, op := range slices.Backward(v.ops) {
		ops = append(ops, wire.Structure("", "OperationType", op.kind, "OperationId", op.id))
	}
	if !s.opts.NoOperationIDs && ops != nil {
		n.Add(wire.List("LastOperations", ops))
	}
	return n
}

// stackSummary returns what both DescribeStacks and ListStacks tell of a stack.
func stackSummary(st *stack, v view) *wire.Node {
	return wire.Structure("", "StackId", st.id, "StackName", st.name,
		"StackStatus", v.status, "StackStatusReason", v.reason,
	).Add(wire.Time("CreationTime", st.created), wire.Time("LastUpdatedTime", v.updated),
		wire.Time("DeletionTime", v.deleted))
}

// root returns the ARN of the stack at the top of a nested stack's parents.
func (s *Server) root(st *stack) string {
	top := st.parent
	for parent := s.find(top, ""); parent != nil && parent.parent != ""; parent = s.find(top, "") {
		top = parent.parent
	}
	return top
}

func outputNodes(outputs []evaluate.Output) []*wire.Node {
	var list []*wire.Node
	for _, o := range outputs {
		n := wire.Structure("", "OutputKey", o.Key, "Description", o.Description,
			"ExportName", o.Export)
		list = append(list, n.Add(wire.Leaf("OutputValue", o.Value)))
	}
	return list
}

func (s *Server) listStacks(r *wire.Request) (*wire.Node, string, *wire.Error) {
	var list []*wire.Node
	filter := r.List("StackStatusFilter")
	for _, st := range slices.Backward(s.stacks) {
		v := s.seen(st)
		wanted := filter == nil || slices.Contains(filter, v.status)
		if v.status != "" && st.region == r.Region && wanted {
			list = append(list, stackSummary(st, v))
		}
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.StackPageSize)
	return wire.Structure("", "NextToken", next).Add(wire.List("StackSummaries", list)), "", fail
}

// describeStackResources returns at most 100 rows, as AWS does.
func (s *Server) describeStackResources(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", fail
	}
	var list []*wire.Node
	for _, in := range st.rows(s.Now()) {
		if id := r.Get("LogicalResourceId"); id != "" && id != in.res.LogicalID || len(list) == 100 {
			continue
		}
		list = append(list, rowNode(st, in, "Timestamp"))
	}
	if id := r.Get("LogicalResourceId"); id != "" && list == nil {
		return nil, "", wire.Invalid("Resource %s does not exist for stack %s", id, st.name)
	}
	return wire.Element("", wire.List("StackResources", list)), "", nil
}

func (s *Server) describeStackResource(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	for _, in := range st.rows(s.Now()) {
		if in.res.LogicalID == r.Get("LogicalResourceId") {
			row := rowNode(st, in, "LastUpdatedTimestamp")
			row.Name = "StackResourceDetail"
			return wire.Element("", row), "", nil
		}
	}
	return nil, "", wire.Invalid("Resource %s does not exist for stack %s",
		r.Get("LogicalResourceId"), st.name)
}

func (s *Server) listStackResources(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", fail
	}
	var list []*wire.Node
	for _, in := range st.rows(s.Now()) {
		list = append(list, rowNode(st, in, "LastUpdatedTimestamp"))
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.PageSize)
	rows := wire.List("StackResourceSummaries", list)
	return wire.Structure("", "NextToken", next).Add(rows), "", fail
}

// rowNode returns a row of a list of resources; when is what the call names the timestamp.
func rowNode(st *stack, in *instance, when string) *wire.Node {
	physical := ""
	if in.made {
		physical = in.res.PhysicalID
	}
	return wire.Structure("", "StackId", st.id, "StackName", st.name,
		"LogicalResourceId", in.res.LogicalID, "PhysicalResourceId", physical,
		"ResourceType", in.res.Type, "ResourceStatus", in.last.Status,
		"ResourceStatusReason", in.last.Reason,
	).Add(wire.Time(when, in.last.At),
		wire.Structure("DriftInformation", "StackResourceDriftStatus", "NOT_CHECKED"))
}

func (s *Server) getCallerIdentity(r *wire.Request) (*wire.Node, string, *wire.Error) {
	arn := "arn:" + evaluate.Partition(r.Region) + ":iam::" + s.opts.Account + ":user/tester"
	return wire.Structure("", "Arn", arn, "UserId", "AIDATESTER", "Account", s.opts.Account), "", nil
}

func parameterNodes(d *deployment) []*wire.Node {
	var list []*wire.Node
	for _, name := range slices.Sorted(maps.Keys(d.Parameters)) {
		value := d.Parameters[name]
		if d.Template.NoEcho(name) {
			value = "****"
		}
		n := wire.Structure("", "ParameterKey", name, "ResolvedValue", d.Resolved(name))
		list = append(list, n.Add(wire.Leaf("ParameterValue", value)))
	}
	return list
}

func tagNodes(tags map[string]string) []*wire.Node {
	var list []*wire.Node
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, wire.Element("", wire.Text("Key", key), wire.Leaf("Value", tags[key])))
	}
	return list
}
