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

// seen is a stack as DescribeStacks shows it: for some time after a mutating call that may be what
// it was before.
func (s *Server) seen(st *stack) view {
	now := s.Now()
	if st.before != nil && s.stale > 0 && now.Sub(st.mutated) < s.stale {
		return *st.before
	}
	return st.at(now)
}

func (s *Server) stackNode(st *stack, v view) *wire.Node {
	n := wire.Element("", wire.Text("StackId", st.id), wire.Text("StackName", st.name),
		wire.Time("CreationTime", st.created), wire.Time("LastUpdatedTime", v.updated),
		wire.Time("DeletionTime", v.deleted), wire.Text("StackStatus",
			v.status), wire.Text("StackStatusReason", v.reason),
		wire.Bool("DisableRollback", len(v.ops) > 0 && v.ops[len(v.ops)-1].onFailure == "DO_NOTHING"),
		wire.Bool("EnableTerminationProtection", st.protected), wire.Text("DeletionMode", st.onDelete),
		wire.Element("RollbackConfiguration"), wire.Element("DriftInformation",
			wire.Text("StackDriftStatus", "NOT_CHECKED")))
	if st.parent != "" {
		n.Add(wire.Text("ParentId", st.parent), wire.Text("RootId", s.root(st)))
	}
	if c := st.lastExecuted(); c != nil {
		n.Add(wire.Text("ChangeSetId", c.id))
	}
	if v.state != nil {
		n.Add(wire.Text("Description", v.state.Template.Description),
			wire.Text("RoleARN", v.state.roleARN),
			wire.List("Parameters", parameterNodes(&v.state.deployment)), wire.List("Tags",
				tagNodes(v.state.Tags)),
			wire.TextList("Capabilities", v.state.capabilities), wire.TextList("NotificationARNs",
				v.state.Topics),
			wire.List("Outputs", outputNodes(v.state.outputs)))
	}
	var ops []*wire.Node
	for _, op := range slices.Backward(v.ops) {
		ops = append(ops, wire.Element("", wire.Text("OperationType", op.kind),
			wire.Text("OperationId", op.id)))
	}
	if !s.opts.NoOperationIDs && ops != nil {
		n.Add(wire.List("LastOperations", ops))
	}
	return n
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
		list = append(list, wire.Element("", wire.Text("OutputKey", o.Key),
			wire.Leaf("OutputValue", o.Value), wire.Text("Description",
				o.Description), wire.Text("ExportName", o.Export)))
	}
	return list
}

func (s *Server) listStacks(r *wire.Request) (*wire.Node, string, *wire.Error) {
	var list []*wire.Node
	filter := r.List("StackStatusFilter")
	for _, st := range slices.Backward(s.stacks) {
		v := s.seen(st)
		if v.status == "" || st.region != r.Region || filter != nil &&
			!slices.Contains(filter, v.status) {
			continue
		}
		list = append(list, wire.Element("", wire.Text("StackId", st.id), wire.Text("StackName", st.name),
			wire.Time("CreationTime", st.created), wire.Time("LastUpdatedTime", v.updated),
			wire.Time("DeletionTime", v.deleted), wire.Text("StackStatus",
				v.status), wire.Text("StackStatusReason", v.reason)))
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.StackPageSize)
	return wire.Element("", wire.List("StackSummaries", list), wire.Text("NextToken", next)), "", fail
}

// describeStackResources gives at most 100 rows, as AWS.
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
			return wire.Element("", wire.Element("StackResourceDetail",
				rowNode(st, in, "LastUpdatedTimestamp").Children...)), "", nil
		}
	}
	return nil, "", wire.Invalid("Resource %s does not exist for stack %s", r.Get("LogicalResourceId"),
		st.name)
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
	return wire.Element("", wire.List("StackResourceSummaries", list),
		wire.Text("NextToken", next)), "", fail
}

func rowNode(st *stack, in *instance, when string) *wire.Node {
	physical := ""
	if in.made {
		physical = in.res.PhysicalID
	}
	return wire.Element("", wire.Text("StackId", st.id), wire.Text("StackName", st.name),
		wire.Text("LogicalResourceId", in.res.LogicalID), wire.Text("PhysicalResourceId", physical),
		wire.Text("ResourceType", in.res.Type), wire.Time(when, in.last.At), wire.Text("ResourceStatus",
			in.last.Status), wire.Text("ResourceStatusReason", in.last.Reason),
		wire.Element("DriftInformation", wire.Text("StackResourceDriftStatus", "NOT_CHECKED")))
}

func (s *Server) getCallerIdentity(r *wire.Request) (*wire.Node, string, *wire.Error) {
	return wire.Element("", wire.Text("Arn",
		"arn:"+evaluate.Partition(r.Region)+":iam::"+s.opts.Account+":user/tester"), wire.Text("UserId", "AIDATESTER"), wire.Text("Account", s.opts.Account)), "", nil
}

func parameterNodes(d *deployment) []*wire.Node {
	var list []*wire.Node
	for _, name := range slices.Sorted(maps.Keys(d.Parameters)) {
		value := d.Parameters[name]
		if d.Template.NoEcho(name) {
			value = "****"
		}
		list = append(list, wire.Element("", wire.Text("ParameterKey", name),
			wire.Leaf("ParameterValue", value), wire.Text("ResolvedValue", d.Resolved(name))))
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
