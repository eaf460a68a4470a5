package cfntest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// Stack is a stack to start from: see Server.Seed.
type Stack struct {
	Name   string
	Region string // default: the server's
	Status string // any text; default CREATE_COMPLETE
	Reason string // of the status

	// Template is what the stack was created from, JSON or short-form YAML, ours or another tool's, at
	// most 1,000,000 bytes. Its resources exist, in status CREATE_COMPLETE.
	Template string
	// Original is what was submitted when that differs from Template, or when this server cannot
	// evaluate it (transforms, macros). GetTemplate answers it at the stage Original and, when
	// Template is empty, at the stage Processed too.
	Original string
	// Resources are further rows, or give resources of the template a physical ID or a status.
	Resources []Resource
	// Events are the stack's history; default: a plausible one. Those in the future are revealed in
	// time, and the stack's own change its status.
	Events []Event

	Parameters map[string]string // of the template
	Tags       map[string]string
	ParentID   string // ARN of the stack that this one is nested in
	Protected  bool   // termination protection
}

// Resource is a row of a stack.
type Resource struct {
	LogicalID, PhysicalID, Type string
	Status                      string // default CREATE_COMPLETE
	Reason                      string
	DeletionPolicy              string // default: the template's, else Delete
}

// Event is an event of a resource, or of the stack itself when LogicalID is empty.
type Event struct {
	ID                          string // default: one like CloudFormation's
	At                          time.Time
	LogicalID, PhysicalID, Type string
	Status, Reason              string
	Detail                      string // DetailedStatus, such as CONFIGURATION_COMPLETE
	Token, OperationID          string

	HookType, HookStatus, HookReason, HookID string // of an event about a hook
}

// Seed adds a stack and returns its ARN. It panics on a template that CloudFormation would refuse.
func (s *Server) Seed(seed Stack) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.newStack(seed.Name, cmp.Or(seed.Region, s.opts.Region))
	st.protected, st.parent = seed.Protected, seed.ParentID
	start := s.Now().Add(-time.Hour)
	st.created = start
	op := &operation{start: start, id: evaluate.UUID(st.id + "seed"), kind: "CREATE_STACK"}
	p := &planner{srv: s, st: st, op: op}
	st.ops = append(st.ops, op)
	s.templates[seedURL] = cmp.Or(seed.Template, noResources)
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

const (
	// seedURL is where prepare finds the template of a seed, which may be longer than a call allows.
	seedURL = "seed"
	// noResources is the template of a seed without one.
	noResources = `{"Resources": {"None": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}`
)

func addMembers(form map[string][]string, list, key, value string, values map[string]string) {
	for i, name := range slices.Sorted(maps.Keys(values)) {
		prefix := fmt.Sprintf("%s.member.%d.", list, i+1)
		form[prefix+key], form[prefix+value] = []string{name}, []string{values[name]}
	}
}

// seed adds the events of a seed.
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
		now[r.LogicalID] = p.seedRow(r, at, now[r.LogicalID])
	}
	if seed.Events != nil {
		for _, e := range p.st.events { // the seed's events are the whole history
			e.hidden = true
		}
	}
	last := p.stack(at.Add(2*time.Second), cmp.Or(seed.Status, "CREATE_COMPLETE"), seed.Reason)
	last.hidden = seed.Events != nil
	p.st.commit(last, p.result(d, now))
	for _, e := range seed.Events {
		p.emit(e)
	}
}

// seedRow adds the event of a row. Known is the template's resource of the same logical ID, or nil.
func (p *planner) seedRow(r Resource, at time.Time, known *evaluate.Resource) *evaluate.Resource {
	e := Event{At: at, LogicalID: r.LogicalID, PhysicalID: r.PhysicalID, Type: r.Type,
		Status: cmp.Or(r.Status, "CREATE_COMPLETE"), Reason: r.Reason}
	if known != nil {
		e.PhysicalID, e.Type = known.PhysicalID, known.Type
	}
	res := p.emit(e)
	res.DeletionPolicy = cmp.Or(r.DeletionPolicy, res.DeletionPolicy)
	return res
}

// emit adds an event that a test states and returns its resource, nil when it is the stack itself.
func (p *planner) emit(e Event) *evaluate.Resource {
	if e.LogicalID == "" {
		e.LogicalID, e.PhysicalID, e.Type = p.st.name, p.st.id, stackType
		p.st.add(&event{Event: e})
		return nil
	}
	out := &event{Event: e, res: &evaluate.Resource{
		LogicalID: e.LogicalID, PhysicalID: e.PhysicalID, Type: e.Type,
		DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete",
	}}
	for _, in := range p.st.fold(e.At) {
		same := in.res.PhysicalID == e.PhysicalID || e.PhysicalID == ""
		if same && in.res.LogicalID == e.LogicalID {
			out.res = in.res
		}
	}
	out.gone = e.Status == "DELETE_COMPLETE" || e.Status == "DELETE_SKIPPED"
	out.kept = e.Status == "DELETE_SKIPPED"
	p.st.add(out)
	return out.res
}

// Emit adds events to a stack. Future ones are revealed in time.
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

// PutTemplate stores a template at a URL, for TemplateURL.
func (s *Server) PutTemplate(url, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates[url] = body
}

// FailCreate makes every creation of a resource fail with a reason, until Heal. The resource has no
// physical ID then, unless the reason has the handler's error code NotStabilized: a resource that
// does not become ready was created.
func (s *Server) FailCreate(logicalID, reason string) { s.fail("CREATE "+logicalID, reason) }

// FailUpdate makes every update of a resource fail with a reason, until Heal.
func (s *Server) FailUpdate(logicalID, reason string) { s.fail("UPDATE "+logicalID, reason) }

// FailDelete makes every deletion of a resource fail with a reason, until Heal.
func (s *Server) FailDelete(logicalID, reason string) { s.fail("DELETE "+logicalID, reason) }

// FailRollback makes the rollback of a resource's update fail with a reason, until Heal.
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
