package cfntest

import (
	"fmt"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// look runs f under the lock on the stack with a name or ARN, if there is one. A name means the
// newest stack, deleted ones included.
func (s *Server) look(nameOrID string, f func(st *stack, now time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.find(nameOrID, "")
	for i := len(s.stacks) - 1; st == nil && i >= 0; i-- {
		if s.stacks[i].name == nameOrID {
			st = s.stacks[i]
		}
	}
	if st != nil {
		f(st, s.Now())
	}
}

// Status returns a stack's true status now, empty when there never was one.
func (s *Server) Status(nameOrID string) (status string) {
	s.look(nameOrID, func(st *stack, now time.Time) { status = st.at(now).status })
	return status
}

// StackID returns a stack's ARN.
func (s *Server) StackID(name string) (arn string) {
	s.look(name, func(st *stack, _ time.Time) { arn = st.id })
	return arn
}

// Events lists a stack's events up to now, oldest first, late ones included.
func (s *Server) Events(nameOrID string) (list []Event) {
	s.look(nameOrID, func(st *stack, now time.Time) {
		for _, e := range st.events {
			if !e.hidden && !e.At.After(now) {
				list = append(list, e.Event)
			}
		}
	})
	return list
}

// Live lists the resources that exist now and belong to the stack.
func (s *Server) Live(nameOrID string) (list []Resource) {
	s.look(nameOrID, func(st *stack, now time.Time) {
		for _, in := range st.live(now) {
			if in.made {
				list = append(list, in.row())
			}
		}
	})
	return list
}

// Retained lists the resources of all stacks that deletes and clean-ups left behind.
func (s *Server) Retained() []Resource { return s.all(func(in *instance) bool { return in.kept }) }

// Snapshots lists the resources of all stacks that were deleted after a snapshot was made.
func (s *Server) Snapshots() []Resource {
	return s.all(func(in *instance) bool { return in.saved })
}

func (s *Server) all(keep func(*instance) bool) (list []Resource) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.stacks {
		for _, in := range st.fold(s.Now()) {
			if keep(in) {
				list = append(list, in.row())
			}
		}
	}
	return list
}

func (in *instance) row() Resource {
	return Resource{LogicalID: in.res.LogicalID, PhysicalID: in.res.PhysicalID, Type: in.res.Type,
		Status: in.last.Status, Reason: in.last.Reason, DeletionPolicy: in.res.DeletionPolicy}
}

// Outputs returns a stack's outputs now.
func (s *Server) Outputs(nameOrID string) map[string]string {
	values := map[string]string{}
	s.look(nameOrID, func(st *stack, now time.Time) {
		if v := st.at(now); v.state != nil {
			for _, o := range v.state.outputs {
				values[o.Key] = o.Value
			}
		}
	})
	return values
}

// Parameters returns a stack's parameter values now, secret ones too.
func (s *Server) Parameters(nameOrID string) (values map[string]string) {
	s.look(nameOrID, func(st *stack, now time.Time) {
		if v := st.at(now); v.state != nil {
			values = v.state.Parameters
		}
	})
	return values
}

// Protected tells whether a stack has termination protection.
func (s *Server) Protected(nameOrID string) (on bool) {
	s.look(nameOrID, func(st *stack, _ time.Time) { on = st.protected })
	return on
}

// ChangeSets lists the names of a stack's change sets that were not executed.
func (s *Server) ChangeSets(nameOrID string) (names []string) {
	s.look(nameOrID, func(st *stack, _ time.Time) {
		for _, c := range st.changeSets {
			if c.executed == nil {
				names = append(names, c.name)
			}
		}
	})
	return names
}

// Until returns the time until the last planned event of a stack, 0 when nothing runs.
func (s *Server) Until(nameOrID string) (left time.Duration) {
	s.look(nameOrID, func(st *stack, now time.Time) {
		if n := len(st.events); n > 0 {
			left = max(0, st.events[n-1].At.Sub(now))
		}
	})
	return left
}

// ForeignUpdate starts an update of a stack by another user: its tags change.
func (s *Server) ForeignUpdate(name string) error {
	return s.foreign(name, "UpdateStack", map[string][]string{
		"UsePreviousTemplate":   {"true"},
		"Capabilities.member.1": {"CAPABILITY_NAMED_IAM"},
		"Tags.member.1.Key":     {"changed-by"},
		"Tags.member.1.Value":   {"somebody else"},
	})
}

// ForeignCancel cancels a stack's update as another user.
func (s *Server) ForeignCancel(name string) error {
	return s.foreign(name, "CancelUpdateStack", nil)
}

// ForeignDelete deletes a stack as another user.
func (s *Server) ForeignDelete(name string) error { return s.foreign(name, "DeleteStack", nil) }

// foreign makes a call that is not in the log.
func (s *Server) foreign(name, action string, form map[string][]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &wire.Request{Action: action, Form: map[string][]string{"StackName": {name}},
		Region: s.opts.Region}
	if st := s.find(name, ""); st != nil {
		r.Region = st.region
		if v := st.at(s.Now()); v.state != nil && form != nil {
			i := 0
			for key := range v.state.Parameters {
				i++
				prefix := fmt.Sprintf("Parameters.member.%d.", i)
				r.Form.Set(prefix+"ParameterKey", key)
				r.Form.Set(prefix+"UsePreviousValue", "true")
			}
		}
	}
	for key, values := range form {
		r.Form[key] = values
	}
	s.count++
	r.Form.Set("ClientRequestToken", "foreign-"+evaluate.UUID(fmt.Sprint(s.count)))
	if _, _, fail := actions[action].do(s, r); fail != nil {
		return fail
	}
	return nil
}
