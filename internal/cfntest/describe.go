package cfntest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

const stackType = "AWS::CloudFormation::Stack"

func (s *Server) describeStacks(r *request) (*node, string, *apiError) {
	var list []*node
	if name := r.get("StackName"); name != "" {
		st := s.find(name, r.region)
		if st == nil {
			return nil, "", invalid("Stack with id %s does not exist", name)
		}
		v := s.seen(st)
		if v.status == "" {
			return nil, "", invalid("Stack with id %s does not exist", name)
		}
		list = append(list, s.stackNode(st, v))
	} else {
		for _, st := range slices.Backward(s.stacks) {
			if v := s.seen(st); v.status != "" && v.status != "DELETE_COMPLETE" && st.region == r.region {
				list = append(list, s.stackNode(st, v))
			}
		}
	}
	list, next, fail := page(list, r.get("NextToken"), s.opts.StackPageSize)
	return el("", members("Stacks", list), text("NextToken", next)), "", fail
}

// seen is a stack as DescribeStacks shows it: for some time after a mutating call that may be what it was before.
func (s *Server) seen(st *stack) view {
	now := s.now()
	if st.before != nil && s.stale > 0 && now.Sub(st.mutated) < s.stale {
		return *st.before
	}
	return st.at(now)
}

func (s *Server) stackNode(st *stack, v view) *node {
	n := el("", text("StackId", st.id), text("StackName", st.name), stamp("CreationTime", st.created), stamp("LastUpdatedTime", v.updated),
		stamp("DeletionTime", v.deleted), text("StackStatus", v.status), text("StackStatusReason", v.reason),
		boolean("DisableRollback", len(v.ops) > 0 && v.ops[len(v.ops)-1].onFailure == "DO_NOTHING"),
		boolean("EnableTerminationProtection", st.protected), text("DeletionMode", st.onDelete),
		el("RollbackConfiguration"), el("DriftInformation", text("StackDriftStatus", "NOT_CHECKED")))
	if st.parent != "" {
		n.kids = append(n.kids, text("ParentId", st.parent), text("RootId", s.root(st)))
	}
	if c := st.lastExecuted(); c != nil {
		n.kids = append(n.kids, text("ChangeSetId", c.id))
	}
	if v.state != nil {
		n.kids = append(n.kids, text("Description", v.state.tmpl.description), text("RoleARN", v.state.roleARN),
			members("Parameters", parameterNodes(&v.state.deployment)), members("Tags", tagNodes(v.state.tags)),
			textMembers("Capabilities", v.state.capabilities), textMembers("NotificationARNs", v.state.topics),
			members("Outputs", outputNodes(v.state.outputs)))
	}
	var ops []*node
	for _, op := range slices.Backward(v.ops) {
		ops = append(ops, el("", text("OperationType", op.kind), text("OperationId", op.id)))
	}
	if !s.opts.NoOperationIDs && ops != nil {
		n.kids = append(n.kids, members("LastOperations", ops))
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

func outputNodes(outputs []output) []*node {
	var list []*node
	for _, o := range outputs {
		list = append(list, el("", text("OutputKey", o.key), &node{name: "OutputValue", text: o.value}, text("Description", o.description), text("ExportName", o.export)))
	}
	return list
}

func (s *Server) listStacks(r *request) (*node, string, *apiError) {
	var list []*node
	filter := r.list("StackStatusFilter")
	for _, st := range slices.Backward(s.stacks) {
		v := s.seen(st)
		if v.status == "" || st.region != r.region || filter != nil && !slices.Contains(filter, v.status) {
			continue
		}
		list = append(list, el("", text("StackId", st.id), text("StackName", st.name), stamp("CreationTime", st.created), stamp("LastUpdatedTime", v.updated),
			stamp("DeletionTime", v.deleted), text("StackStatus", v.status), text("StackStatusReason", v.reason)))
	}
	list, next, fail := page(list, r.get("NextToken"), s.opts.StackPageSize)
	return el("", members("StackSummaries", list), text("NextToken", next)), "", fail
}

// describeStackResources gives at most 100 rows, as AWS.
func (s *Server) describeStackResources(r *request) (*node, string, *apiError) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", fail
	}
	var list []*node
	for _, in := range st.rows(s.now()) {
		if id := r.get("LogicalResourceId"); id != "" && id != in.res.logical || len(list) == 100 {
			continue
		}
		list = append(list, rowNode(st, in, "Timestamp"))
	}
	if id := r.get("LogicalResourceId"); id != "" && list == nil {
		return nil, "", invalid("Resource %s does not exist for stack %s", id, st.name)
	}
	return el("", members("StackResources", list)), "", nil
}

func (s *Server) describeStackResource(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	for _, in := range st.rows(s.now()) {
		if in.res.logical == r.get("LogicalResourceId") {
			return el("", el("StackResourceDetail", rowNode(st, in, "LastUpdatedTimestamp").kids...)), "", nil
		}
	}
	return nil, "", invalid("Resource %s does not exist for stack %s", r.get("LogicalResourceId"), st.name)
}

func (s *Server) listStackResources(r *request) (*node, string, *apiError) {
	st, fail := s.existing(r)
	if fail != nil {
		return nil, "", fail
	}
	var list []*node
	for _, in := range st.rows(s.now()) {
		list = append(list, rowNode(st, in, "LastUpdatedTimestamp"))
	}
	list, next, fail := page(list, r.get("NextToken"), s.opts.PageSize)
	return el("", members("StackResourceSummaries", list), text("NextToken", next)), "", fail
}

func rowNode(st *stack, in *instance, when string) *node {
	physical := ""
	if in.made {
		physical = in.res.physical
	}
	return el("", text("StackId", st.id), text("StackName", st.name), text("LogicalResourceId", in.res.logical), text("PhysicalResourceId", physical),
		text("ResourceType", in.res.typ), stamp(when, in.last.At), text("ResourceStatus", in.last.Status), text("ResourceStatusReason", in.last.Reason),
		el("DriftInformation", text("StackResourceDriftStatus", "NOT_CHECKED")))
}

func (s *Server) getTemplate(r *request) (*node, string, *apiError) {
	stages := []string{"Original", "Processed"}
	stage := cmp.Or(r.get("TemplateStage"), "Original")
	if !slices.Contains(stages, stage) {
		return nil, "", invalid("1 validation error detected: Value '%s' at 'templateStage' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [Original, Processed]", stage)
	}
	t, fail := s.deployedTemplate(r)
	if fail != nil {
		return nil, "", fail
	}
	body := ""
	switch {
	case t == nil:
	case stage == "Original":
		body = cmp.Or(t.original, t.body)
	default:
		body = cmp.Or(t.processed, t.body)
	}
	return el("", text("TemplateBody", body), textMembers("StagesAvailable", stages)), "", nil
}

// deployedTemplate returns the template of the change set or stack that a call names, nil for a
// stack that has none yet (REVIEW_IN_PROGRESS).
func (s *Server) deployedTemplate(r *request) (*template, *apiError) {
	if r.get("ChangeSetName") != "" {
		_, c, fail := s.changeSet(r)
		if fail != nil {
			return nil, fail
		}
		return c.deployment.tmpl, nil
	}
	st, fail := s.existing(r)
	if fail != nil {
		return nil, fail
	}
	if v := s.seen(st); v.state != nil {
		return v.state.tmpl, nil
	}
	return nil, nil
}

func (s *Server) getTemplateSummary(r *request) (*node, string, *apiError) {
	t, fail := s.anyTemplate(r)
	if fail != nil {
		return nil, "", fail
	}
	var types []string
	for _, def := range t.resources {
		types = append(types, def.typ)
	}
	slices.Sort(types)
	metadata := ""
	if m, ok := t.root["Metadata"]; ok {
		metadata = jsonOf(m)
	}
	kids := append(s.summary(t, true), textMembers("ResourceTypes", types), text("Version", textOf(t.root["AWSTemplateFormatVersion"])), text("Metadata", metadata))
	return el("", kids...), "", nil
}

func (s *Server) validateTemplate(r *request) (*node, string, *apiError) {
	t, fail := s.anyTemplate(r)
	if fail != nil {
		return nil, "", fail
	}
	return el("", s.summary(t, false)...), "", nil
}

func (s *Server) anyTemplate(r *request) (*template, *apiError) {
	if r.get("StackName") != "" {
		st, fail := s.existing(r)
		if fail != nil {
			return nil, fail
		}
		if v := s.seen(st); v.state != nil {
			return v.state.tmpl, nil
		}
	}
	body, fail := s.templateBody(r, nil)
	if fail != nil {
		return nil, fail
	}
	return parseTemplate(body)
}

// summary is what ValidateTemplate and, with types and constraints, GetTemplateSummary say of a template.
func (s *Server) summary(t *template, full bool) []*node {
	var list []*node
	for _, name := range slices.Sorted(maps.Keys(t.parameters)) {
		def := t.parameters[name]
		n := el("", text("ParameterKey", name), text("Description", textOf(def["Description"])), boolean("NoEcho", t.secret(name)))
		if d, ok := def["Default"]; ok {
			n.kids = append(n.kids, &node{name: "DefaultValue", text: textOf(d)})
		}
		if full {
			var allowed []string
			values, _ := def["AllowedValues"].([]any)
			for _, v := range values {
				allowed = append(allowed, textOf(v))
			}
			n.kids = append(n.kids, text("ParameterType", textOf(def["Type"])), el("ParameterConstraints", textMembers("AllowedValues", allowed)))
		}
		list = append(list, n)
	}
	kids := []*node{text("Description", t.description), members("Parameters", list)}
	if capability, reason := t.capability(); capability != "" {
		kids = append(kids, textMembers("Capabilities", []string{capability}), text("CapabilitiesReason", reason))
	}
	return kids
}

func (s *Server) getCallerIdentity(r *request) (*node, string, *apiError) {
	return el("", text("Arn", "arn:"+partitionOf(r.region)+":iam::"+s.opts.Account+":user/tester"), text("UserId", "AIDATESTER"), text("Account", s.opts.Account)), "", nil
}

// reason is a change set's StatusReason once it is there.
func (c *changeSet) reason(now time.Time) string {
	if strings.HasSuffix(c.status(now), "FAILED") {
		return c.problem
	}
	return ""
}
