package cfntest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// Stack is a stack to start from.
type Stack struct {
	Name   string
	Region string // default: the server's
	Status string // any text; default CREATE_COMPLETE
	Reason string // of the status
	// Template is what the stack was made from, JSON or YAML, ours or another tool's, at most
	// 1,000,000 bytes; its resources exist, complete, with invented physical IDs, unless
	// Resources states one for the same logical ID.
	Template string
	// Original is the text that was submitted where it differs from Template, or where this
	// server cannot evaluate it (transforms, macros): GetTemplate answers it at the stage Original
	// and, when Template is empty, at the stage Processed too.
	Original   string
	ParentID   string            // ARN of the stack that this one is nested in
	Parameters map[string]string // of the template
	Tags       map[string]string
	Resources  []Resource // further rows
	// its history; those in the future are revealed in time, and the stack's own change the status.
	// Default: a plausible one
	Events    []Event
	Protected bool // termination protection
}

// Resource is a row of a stack.
type Resource struct {
	LogicalID, PhysicalID, Type string
	Status                      string // default CREATE_COMPLETE
	Reason                      string
	DeletionPolicy              string // of a row that is not in the template; default Delete
}

// Event is an event of a resource, or of the stack itself when LogicalID is empty.
type Event struct {
	ID                          string // default: one like CloudFormation's
	At                          time.Time
	LogicalID, PhysicalID, Type string
	Status, Reason              string
	Detail                      string // DetailedStatus, such as CONFIGURATION_COMPLETE
	Token, OperationID          string

	HookType, HookStatus, HookReason, HookID string // of an event that tells of a hook
}

// Seed puts a stack there and returns its ARN. It panics on a template that CloudFormation would
// refuse.
func (s *Server) Seed(seed Stack) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	region := seed.Region
	if region == "" {
		region = s.opts.Region
	}
	st := s.newStack(seed.Name, region)
	st.protected, st.parent = seed.Protected, seed.ParentID
	start := s.Now().Add(-time.Hour)
	st.created = start
	p := &planner{srv: s, st: st, op: &operation{start: start, id: evaluate.UUID(st.id + "seed"),
		kind: "CREATE_STACK"}}
	st.ops = append(st.ops, p.op)
	body := seed.Template
	if body == "" {
		body = `{"Resources": {"None": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}`
	}
	s.templates[seedURL] = body
	form := map[string][]string{"TemplateURL": {seedURL},
		"Capabilities.member.1": {"CAPABILITY_NAMED_IAM"}}
	addMembers(form, "Parameters", "ParameterKey", "ParameterValue", seed.Parameters)
	addMembers(form, "Tags", "Key", "Value", seed.Tags)
	d, fail := s.prepare(&wire.Request{Form: form}, st, nil)
	if fail != nil {
		panic("cfntest: seed " + seed.Name + ": " + fail.Message)
	}
	d.original = seed.Original
	if seed.Template == "" {
		d.Order, d.processed = nil, seed.Original
	}
	p.seed(seed, d)
	return st.id
}

// seedURL is where the template of a stack that is being seeded lies: not a URL of S3.
const seedURL = "seed"

func addMembers(form map[string][]string, list, key, value string, values map[string]string) {
	for i, name := range slices.Sorted(maps.Keys(values)) {
		prefix := list + ".member." + evaluate.Text(float64(i+1)) + "."
		form[prefix+key], form[prefix+value] = []string{name}, []string{values[name]}
	}
}

func (p *planner) seed(seed Stack, d *deployment) {
	begin := p.stack(p.op.start, "CREATE_IN_PROGRESS", "User Initiated")
	p.st.commit(begin, &state{deployment: *d})
	p.given = map[string]string{}
	for _, r := range seed.Resources {
		p.given[r.LogicalID] = r.PhysicalID
	}
	_, now := p.steps(d, nil)
	at := p.op.start
	for _, id := range d.Order {
		at = at.Add(time.Second)
		p.resource(at, now[id], false, "CREATE_IN_PROGRESS", "")
		p.resource(at.Add(time.Second/2), now[id], true, "CREATE_IN_PROGRESS",
			"Resource creation Initiated")
		p.resource(at.Add(time.Second), now[id], true, "CREATE_COMPLETE", "")
	}
	for _, r := range seed.Resources {
		at = at.Add(time.Second)
		if r.Status == "" {
			r.Status = "CREATE_COMPLETE"
		}
		e := Event{At: at, LogicalID: r.LogicalID, PhysicalID: r.PhysicalID, Type: r.Type,
			Status: r.Status, Reason: r.Reason}
		if known := now[r.LogicalID]; known != nil {
			e.PhysicalID, e.Type = known.PhysicalID, known.Type
		}
		res := p.emit(e)
		if r.DeletionPolicy != "" {
			res.DeletionPolicy = r.DeletionPolicy
		}
		now[r.LogicalID] = res
	}
	if seed.Status == "" {
		seed.Status = "CREATE_COMPLETE"
	}
	if seed.Events != nil {
		for _, e := range p.st.events { // the given history is the whole one
			e.hidden = true
		}
	}
	last := p.stack(at.Add(2*time.Second), seed.Status, seed.Reason)
	last.hidden = seed.Events != nil
	p.st.commit(last, p.result(d, now))
	for _, e := range seed.Events {
		p.emit(e)
	}
}

// emit adds an event from outside and returns its resource.
func (p *planner) emit(e Event) *evaluate.Resource {
	if e.LogicalID == "" {
		e.LogicalID, e.PhysicalID, e.Type = p.st.name, p.st.id, stackType
		p.st.add(&event{Event: e})
		return nil
	}
	out := &event{Event: e, res: &evaluate.Resource{LogicalID: e.LogicalID, PhysicalID: e.PhysicalID,
		Type: e.Type, DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete"}}
	for _, in := range p.st.fold(e.At) {
		if in.res.LogicalID == e.LogicalID && (in.res.PhysicalID == e.PhysicalID || e.PhysicalID == "") {
			out.res = in.res
		}
	}
	out.gone = e.Status == "DELETE_COMPLETE" || e.Status == "DELETE_SKIPPED"
	out.kept = e.Status == "DELETE_SKIPPED"
	p.st.add(out)
	return out.res
}

// Emit adds events, also future ones, to a stack.
func (s *Server) Emit(name string, events ...Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.find(name, ""); st != nil {
		p := &planner{srv: s, st: st}
		for _, e := range events {
			p.emit(e)
		}
	}
}

// PutTemplate makes a URL one that TemplateURL finds.
func (s *Server) PutTemplate(url, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates[url] = body
}

// FailCreate makes every creation of a resource fail with a reason, until Heal. It has no physical
// ID then, unless the reason has the handler's error code NotStabilized: what does not get ready
// was made.
func (s *Server) FailCreate(logicalID, reason string) { s.fail("CREATE "+logicalID, reason) }

// FailUpdate makes every update of a resource fail with a reason, until Heal.
func (s *Server) FailUpdate(logicalID, reason string) { s.fail("UPDATE "+logicalID, reason) }

// FailDelete makes every deletion of a resource fail with a reason, until Heal.
func (s *Server) FailDelete(logicalID, reason string) { s.fail("DELETE "+logicalID, reason) }

// FailRollback makes a resource fail to go back when its update is rolled back, until Heal.
func (s *Server) FailRollback(logicalID, reason string) { s.fail("ROLLBACK "+logicalID, reason) }

func (s *Server) fail(key, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails[key] = reason
}

// Heal ends the failures of a resource.
func (s *Server) Heal(logicalID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.fails, func(key, _ string) bool { return strings.HasSuffix(key, " "+logicalID) })
}

// FailChangeSet makes the next change set end as FAILED with a reason.
func (s *Server) FailChangeSet(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeSetProblem = reason
}

// FailValidation makes the next change set end as FAILED by early validation; DescribeEvents then
// names the validation, such as AWS::EarlyValidation::PropertyValidation, the resource, the path in
// the template and the reason.
func (s *Server) FailValidation(name, logicalID, path, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.validation = &validation{logicalID, path, name, reason}
}
