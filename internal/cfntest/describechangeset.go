package cfntest

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) describeChangeSet(r *request) (*node, string, *apiError) {
	st, c, fail := s.changeSet(r)
	if fail != nil {
		return nil, "", fail
	}
	now := s.now()
	var changes []*node
	if c.status(now) == "CREATE_COMPLETE" {
		for _, rc := range c.changes {
			changes = append(changes, rc.node(r.flag("IncludePropertyValues")))
		}
	}
	changes, next, fail := page(changes, r.get("NextToken"), s.opts.PageSize)
	if fail != nil {
		return nil, "", fail
	}
	d := c.deployment
	return el("",
		text("ChangeSetName", c.name), text("ChangeSetId", c.id), text("StackId", st.id), text("StackName", st.name),
		text("Description", c.description), stamp("CreationTime", c.created), boolean("IncludeNestedStacks", false),
		text("Status", c.status(now)), text("StatusReason", c.reason(now)), text("ExecutionStatus", c.execution(st, now)),
		text("OnStackFailure", c.onFailure), boolean("ImportExistingResources", c.importing),
		members("Parameters", parameterNodes(d)), members("Tags", tagNodes(d.tags)), textMembers("Capabilities", d.capabilities),
		textMembers("NotificationARNs", d.topics), el("RollbackConfiguration"), members("Changes", changes), text("NextToken", next)), "", nil
}

func (s *Server) listChangeSets(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	now := s.now()
	var list []*node
	for _, c := range st.changeSets {
		if c.executed != nil {
			continue // only what is still to be executed is listed
		}
		list = append(list, el("", text("ChangeSetName", c.name), text("ChangeSetId", c.id), text("StackId", st.id), text("StackName", st.name),
			stamp("CreationTime", c.created), text("Status", c.status(now)), text("StatusReason", c.reason(now)),
			text("ExecutionStatus", c.execution(st, now)), boolean("IncludeNestedStacks", false)))
	}
	list, next, fail := page(list, r.get("NextToken"), s.opts.PageSize)
	return el("", members("Summaries", list), text("NextToken", next)), "", fail
}

func (rc *resourceChange) node(values bool) *node {
	var details []*node
	for _, d := range rc.details {
		details = append(details, d.node(values))
	}
	n := el("ResourceChange", text("PolicyAction", rc.policyAction), text("Action", rc.action), text("LogicalResourceId", rc.res.logical),
		text("PhysicalResourceId", rc.physical), text("ResourceType", rc.res.typ), text("Replacement", rc.replacement),
		textMembers("Scope", rc.scope), members("Details", details))
	if values {
		n.kids = append(n.kids, text("BeforeContext", rc.before), text("AfterContext", rc.after))
	}
	return el("", text("Type", "Resource"), n)
}

func (d detail) node(values bool) *node {
	recreation, evaluation := "", "Static"
	target := el("Target", text("Attribute", d.scope))
	switch {
	case d.recreates:
		recreation = "Always"
	case d.scope != "Metadata":
		recreation = "Never"
	}
	if d.scope == "Properties" {
		target.kids = append(target.kids, text("Name", d.path[0]))
	}
	target.kids = append(target.kids, text("RequiresRecreation", recreation))
	if d.dynamic {
		evaluation = "Dynamic"
	}
	if values && len(d.path) > 0 {
		kind := "Modify"
		switch {
		case d.before == nil:
			kind = "Add"
		case d.after == nil:
			kind = "Remove"
		}
		target.kids = append(target.kids, text("Path", "/"+d.scope+"/"+strings.Join(d.path, "/")), text("BeforeValue", d.shownBefore),
			text("AfterValue", d.shownAfter), text("AttributeChangeType", kind))
	}
	return el("", target, text("Evaluation", evaluation), text("ChangeSource", d.source), text("CausingEntity", d.cause))
}

func parameterNodes(d *deployment) []*node {
	var list []*node
	values := parameterValues(d.tmpl, d.params)
	for _, name := range slices.Sorted(maps.Keys(d.params)) {
		value, resolved := d.params[name], ""
		if typ := textOf(d.tmpl.parameters[name]["Type"]); strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<") {
			resolved = textOf(values[name])
		}
		if d.tmpl.secret(name) {
			value = "****"
		}
		list = append(list, el("", text("ParameterKey", name), &node{name: "ParameterValue", text: value}, text("ResolvedValue", resolved)))
	}
	return list
}

func tagNodes(tags map[string]string) []*node {
	var list []*node
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, el("", text("Key", key), &node{name: "Value", text: tags[key]}))
	}
	return list
}

// page cuts a list that does not change between calls; the token is the place where the next page begins.
func page(list []*node, token string, size int) (cut []*node, next string, fail *apiError) {
	from := 0
	if token != "" && token != loopToken {
		decoded, err := base64.RawURLEncoding.DecodeString(token)
		if from, fail = offset(string(decoded), err, len(list)); fail != nil {
			return nil, "", fail
		}
	}
	list = list[from:]
	if len(list) > size {
		return list[:size], encodeToken(strconv.Itoa(from + size)), nil
	}
	return list, "", nil
}

func offset(decoded string, err error, length int) (int, *apiError) {
	n, bad := strconv.Atoi(decoded)
	if err != nil || bad != nil || n < 0 || n > length {
		return 0, invalid("NextToken is invalid")
	}
	return n, nil
}

func encodeToken(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
