package cfntest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// deployment is a template with the inputs of a call.
type deployment struct {
	evaluate.Deployment
	capabilities []string
	roleARN      string

	original, processed string // what GetTemplate answers at a stage; empty: the template's text
}

// state is what a stack is from a moment on.
type state struct {
	deployment
	resources map[string]*evaluate.Resource
	outputs   []evaluate.Output
	since     *event // from which on it is
}

// environment returns what pseudo parameters tell of a stack.
func (st *stack) environment() evaluate.Environment {
	return evaluate.Environment{
		Region: st.region, Account: st.account, StackName: st.name, StackID: st.id}
}

// refusal returns an error of package evaluate as the API answers it.
func refusal(err *evaluate.Error) *wire.Error {
	if err == nil {
		return nil
	}
	return &wire.Error{Status: http.StatusBadRequest, Code: err.Code, Message: err.Message}
}

// prepare reads the template and parameters of a call and checks them as CloudFormation does before
// it starts. Before is what the stack has now, or nil.
func (s *Server) prepare(r *wire.Request, st *stack, before *state) (*deployment, *wire.Error) {
	body, fail := s.templateBody(r, before)
	if fail != nil {
		return nil, fail
	}
	t, err := evaluate.Parse(body)
	if err != nil {
		return nil, refusal(err)
	}
	d := &deployment{capabilities: r.List("Capabilities"), roleARN: r.Get("RoleARN")}
	d.Template, d.Topics, d.Tags = t, r.List("NotificationARNs"), r.Tags()
	if before != nil && !r.Form.Has("Tags.member.1.Key") && !r.Form.Has("Tags") {
		d.Tags = before.Tags
	}
	if err := t.CheckCapabilities(d.capabilities); err != nil {
		return nil, refusal(err)
	}
	var kept map[string]string
	if before != nil {
		kept = before.Parameters
	}
	if d.Parameters, err = t.Values(givenParameters(r), kept); err != nil {
		return nil, refusal(err)
	}
	return d, refusal(d.Settle(st.environment()))
}

func givenParameters(r *wire.Request) (list []evaluate.Given) {
	r.Each("Parameters", func(field func(string) (string, bool)) {
		g := evaluate.Given{}
		g.Name, _ = field("ParameterKey")
		previous, _ := field("UsePreviousValue")
		g.Previous = previous == "true"
		if value, given := field("ParameterValue"); given {
			g.Value = &value
		}
		list = append(list, g)
	})
	return list
}

// CloudFormation's limits of a template, in bytes: in a call, and behind a URL.
const (
	maxTemplateBody = 51200
	maxTemplate     = 1000000
)

func (s *Server) templateBody(r *wire.Request, before *state) (string, *wire.Error) {
	body, url := r.Get("TemplateBody"), r.Get("TemplateURL")
	switch {
	case len(body) > maxTemplateBody:
		return "", wire.Invalid("1 validation error detected: Value '%s' at 'templateBody' failed to "+
			"satisfy constraint: Member must have length less than or equal to %d",
			body, maxTemplateBody)
	case body != "":
		return body, nil
	case url != "":
		stored, ok := s.templates[url]
		switch {
		case len(stored) > maxTemplate:
			return "", wire.Invalid("Template may not exceed %d bytes in size.", maxTemplate)
		case ok:
			return stored, nil
		}
		return "", wire.Invalid("S3 error: Access Denied\nFor more information check " +
			"http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html")
	case r.Flag("UsePreviousTemplate") && before != nil:
		return before.Template.Body, nil
	}
	return "", wire.Invalid("Either Template URL or Template Body must be specified.")
}

func (s *Server) getTemplate(r *wire.Request) (*wire.Node, string, *wire.Error) {
	stages := []string{"Original", "Processed"}
	stage := cmp.Or(r.Get("TemplateStage"), "Original")
	if !slices.Contains(stages, stage) {
		return nil, "", wire.Invalid("1 validation error detected: Value '%s' at 'templateStage' "+
			"failed to satisfy constraint: Member must satisfy enum value set: [Original, Processed]",
			stage)
	}
	d, fail := s.deployed(r)
	if fail != nil {
		return nil, "", fail
	}
	body := ""
	switch {
	case d == nil:
	case stage == "Original":
		body = cmp.Or(d.original, d.Template.Body)
	default:
		body = cmp.Or(d.processed, d.Template.Body)
	}
	result := wire.Structure("", "TemplateBody", body)
	return result.Add(wire.TextList("StagesAvailable", stages)), "", nil
}

// deployed returns the deployment of the change set or stack that a call names, nil for a stack
// that has none yet (REVIEW_IN_PROGRESS).
func (s *Server) deployed(r *wire.Request) (*deployment, *wire.Error) {
	if r.Get("ChangeSetName") != "" {
		_, c, fail := s.changeSet(r)
		if fail != nil {
			return nil, fail
		}
		return c.deployment, nil
	}
	st, fail := s.existing(r)
	if fail != nil {
		return nil, fail
	}
	if v := s.seen(st); v.state != nil {
		return &v.state.deployment, nil
	}
	return nil, nil
}

func (s *Server) getTemplateSummary(r *wire.Request) (*wire.Node, string, *wire.Error) {
	t, fail := s.anyTemplate(r)
	if fail != nil {
		return nil, "", fail
	}
	var types []string
	for _, def := range t.Resources {
		types = append(types, def.Type)
	}
	slices.Sort(types)
	metadata := ""
	if m, ok := t.Root["Metadata"]; ok {
		metadata = evaluate.JSON(m)
	}
	version := evaluate.Text(t.Root["AWSTemplateFormatVersion"])
	return summary(t, true).Add(wire.TextList("ResourceTypes", types),
		wire.Text("Version", version), wire.Text("Metadata", metadata)), "", nil
}

func (s *Server) validateTemplate(r *wire.Request) (*wire.Node, string, *wire.Error) {
	t, fail := s.anyTemplate(r)
	if fail != nil {
		return nil, "", fail
	}
	return summary(t, false), "", nil
}

func (s *Server) anyTemplate(r *wire.Request) (*evaluate.Template, *wire.Error) {
	if r.Get("StackName") != "" {
		st, fail := s.existing(r)
		if fail != nil {
			return nil, fail
		}
		if v := s.seen(st); v.state != nil {
			return v.state.Template, nil
		}
	}
	body, fail := s.templateBody(r, nil)
	if fail != nil {
		return nil, fail
	}
	t, err := evaluate.Parse(body)
	return t, refusal(err)
}

// summary returns what ValidateTemplate and, with types and constraints, GetTemplateSummary tell of
// a template.
func summary(t *evaluate.Template, full bool) *wire.Node {
	var list []*wire.Node
	for _, name := range slices.Sorted(maps.Keys(t.Definitions)) {
		def := t.Definitions[name]
		n := wire.Structure("", "ParameterKey", name,
			"Description", evaluate.Text(def["Description"])).Add(wire.Bool("NoEcho", t.NoEcho(name)))
		if d, ok := def["Default"]; ok {
			n.Add(wire.Leaf("DefaultValue", evaluate.Text(d)))
		}
		if full {
			var allowed []string
			values, _ := def["AllowedValues"].([]any)
			for _, v := range values {
				allowed = append(allowed, evaluate.Text(v))
			}
			n.Add(wire.Text("ParameterType", evaluate.Text(def["Type"])),
				wire.Element("ParameterConstraints", wire.TextList("AllowedValues", allowed)))
		}
		list = append(list, n)
	}
	result := wire.Structure("", "Description", t.Description).Add(wire.List("Parameters", list))
	if capability, reason := t.Capability(); capability != "" {
		result.Add(wire.TextList("Capabilities", []string{capability}),
			wire.Text("CapabilitiesReason", reason))
	}
	return result
}
