package cfntest

import (
	"maps"
	"slices"
	"strings"
)

// deployment is a template with its inputs: what an operation brings about.
type deployment struct {
	tmpl         *template
	params       map[string]string
	tags         map[string]string
	capabilities []string
	roleARN      string
	topics       []string
	live         []string            // logical IDs whose condition holds, each after those it needs
	after        map[string][]string // what each needs, of those that live
}

// state is what a stack is from a moment on.
type state struct {
	deployment
	resources map[string]*resource
	outputs   []output
	since     *event // from which on it is
}

type output struct{ key, value, description, export string }

// prepare reads the template and parameters of a call and checks them as CloudFormation does before it starts. Before is what the stack has now,
// or nil.
func (s *Server) prepare(r *request, st *stack, before *state) (*deployment, *apiError) {
	body, fail := s.templateBody(r, before)
	if fail != nil {
		return nil, fail
	}
	t, fail := parseTemplate(body)
	if fail != nil {
		return nil, fail
	}
	d := &deployment{tmpl: t, capabilities: r.list("Capabilities"), roleARN: r.get("RoleARN"), topics: r.list("NotificationARNs"), tags: r.tags()}
	if before != nil && !r.form.Has("Tags.member.1.Key") && !r.form.Has("Tags") {
		d.tags = before.tags
	}
	if fail := t.checkCapabilities(d.capabilities); fail != nil {
		return nil, fail
	}
	var kept map[string]string
	if before != nil {
		kept = before.params
	}
	if d.params, fail = readParameters(r, t, kept); fail != nil {
		return nil, fail
	}
	return d, d.settle(st)
}

// settle decides the conditions, asserts the rules and puts the resources in order.
func (d *deployment) settle(st *stack) *apiError {
	sc := d.scope(st, nil)
	if fail := checkRules(sc); fail != nil {
		return fail
	}
	var open []string
	all := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(d.tmpl.resources)) {
		def := d.tmpl.resources[id]
		if def.condition == "" || sc.condition(def.condition) {
			raw, _ := sc.taken(def.raw).(map[string]any)
			all[id] = needs(raw)
			open = append(open, id)
		}
	}
	if sc.fail != nil {
		return sc.fail
	}
	d.after = map[string][]string{}
	for id, names := range all {
		d.after[id] = slices.DeleteFunc(names, func(name string) bool { return all[name] == nil && !slices.Contains(open, name) })
	}
	var circle []string
	if d.live, circle = inOrder(open, d.after); circle != nil {
		return invalid("Circular dependency between resources: [%s]", strings.Join(circle, ", "))
	}
	// Evaluate everything once, with invented IDs, so that a reference to what does not exist is found now.
	made := map[string]*resource{}
	sc = d.scope(st, made)
	for _, id := range d.live {
		made[id] = d.resource(id, sc)
		made[id].physical = id
	}
	d.outputs(sc)
	return sc.fail
}

// inOrder lists ids so that each comes after those it needs, or returns the ones that wait for each other.
func inOrder(ids []string, after map[string][]string) (out, circle []string) {
	for left := ids; len(left) > 0; {
		var open []string
		for _, id := range left {
			if slices.ContainsFunc(after[id], func(name string) bool { return slices.Contains(left, name) && !slices.Contains(out, name) }) {
				open = append(open, id)
			} else {
				out = append(out, id)
			}
		}
		if len(open) == len(left) {
			return out, open
		}
		left = open
	}
	return out, nil
}

// scope evaluates the deployment's expressions with the given resources.
func (d *deployment) scope(st *stack, resources map[string]*resource) *scope {
	partition, suffix := partitionOf(st.region), "amazonaws.com"
	if partition == "aws-cn" {
		suffix += ".cn"
	}
	topics := []any{}
	for _, topic := range d.topics {
		topics = append(topics, topic)
	}
	return &scope{tmpl: d.tmpl, params: parameterValues(d.tmpl, d.params), resources: resources, decided: map[string]bool{}, pseudo: map[string]any{
		"AWS::Region": st.region, "AWS::AccountId": st.account, "AWS::StackName": st.name, "AWS::StackId": st.id,
		"AWS::Partition": partition, "AWS::URLSuffix": suffix, "AWS::NotificationARNs": topics,
	}}
}

// resource computes a resource of the template; its physical ID is the caller's.
func (d *deployment) resource(id string, sc *scope) *resource {
	def := d.tmpl.resources[id]
	r := &resource{logical: id, typ: def.typ, after: d.after[id], version: 1}
	r.props, _ = sc.value(map[string]any(def.properties)).(map[string]any)
	r.adopt(def)
	r.metadata, _ = sc.value(map[string]any(def.metadata)).(map[string]any)
	r.tags = map[string]any{}
	if typeOf(def.typ).tagged {
		for key, value := range d.tags {
			r.tags[key] = value
		}
	}
	return r
}

func (d *deployment) outputs(sc *scope) []output {
	var out []output
	for _, key := range slices.Sorted(maps.Keys(d.tmpl.outputs)) {
		def := d.tmpl.outputs[key]
		if condition, ok := def["Condition"].(string); ok && !sc.condition(condition) {
			continue
		}
		export, _ := def["Export"].(map[string]any)
		description, _ := def["Description"].(string)
		out = append(out, output{key, textOf(sc.value(def["Value"])), description, textOf(sc.value(export["Name"]))})
	}
	return out
}

// mask hides the values of NoEcho parameters in a text that shows properties.
func (d *deployment) mask(text string) string {
	if d == nil {
		return text
	}
	for name, value := range d.params {
		if value != "" && d.tmpl.secret(name) {
			text = strings.ReplaceAll(text, value, "****")
		}
	}
	return text
}

func (t *template) secret(parameter string) bool {
	return textOf(t.parameters[parameter]["NoEcho"]) == "true"
}

// CloudFormation's limits of a template, in bytes: in a call, and behind a URL.
const (
	maxTemplateBody = 51200
	maxTemplate     = 1000000
)

func (s *Server) templateBody(r *request, before *state) (string, *apiError) {
	body, url := r.get("TemplateBody"), r.get("TemplateURL")
	switch {
	case len(body) > maxTemplateBody:
		return "", invalid("1 validation error detected: Value '%s' at 'templateBody' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", body, maxTemplateBody)
	case body != "":
		return body, nil
	case url != "":
		stored, ok := s.templates[url]
		switch {
		case len(stored) > maxTemplate:
			return "", invalid("Template may not exceed %d bytes in size.", maxTemplate)
		case ok:
			return stored, nil
		}
		return "", invalid("S3 error: Access Denied\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html")
	case r.flag("UsePreviousTemplate") && before != nil:
		return before.tmpl.body, nil
	}
	return "", invalid("Either Template URL or Template Body must be specified.")
}

// capability is what the template's IAM resources ask for, and the reason in GetTemplateSummary's words.
func (t *template) capability() (capability, reason string) {
	var which []string
	for id, def := range t.resources {
		if !strings.HasPrefix(def.typ, "AWS::IAM::") {
			continue
		}
		which = append(which, def.typ)
		if name := typeOf(def.typ).name; name != "" && t.resources[id].properties[name] != nil {
			capability = "CAPABILITY_NAMED_IAM"
		}
	}
	if which == nil {
		return "", ""
	}
	if capability == "" {
		capability = "CAPABILITY_IAM"
	}
	slices.Sort(which)
	return capability, "The following resource(s) require capabilities: [" + strings.Join(slices.Compact(which), ", ") + "]"
}

func (t *template) checkCapabilities(given []string) *apiError {
	if _, ok := t.root["Transform"]; ok && !slices.Contains(given, "CAPABILITY_AUTO_EXPAND") {
		return refused("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
	} else if ok {
		return invalid("Transform is not modelled by this server")
	}
	want, _ := t.capability()
	if want == "" || slices.Contains(given, want) || slices.Contains(given, "CAPABILITY_NAMED_IAM") {
		return nil
	}
	return refused("InsufficientCapabilitiesException", "Requires capabilities : [%s]", want)
}
