package cfntest

import (
	"time"
)

// Call is a call that reached the server.
type Call struct {
	N       int       // from 1
	At      time.Time // on the server's clock
	Action  string
	Params  map[string]string // form names such as Parameters.member.1.ParameterKey; credentials are in no parameter
	Mutates bool              // the action is one that changes something
	Effect  string            // what changed, such as "CREATE_STACK demo"; empty when nothing did
	Code    string            // AWS error code of the reply; empty when there was none
	Fault   Fault             // the fault that hit it
}

func (s *Server) log(r *request, mutates bool) *Call {
	params := map[string]string{}
	for key := range r.form {
		if key != "Action" && key != "Version" {
			params[key] = r.form.Get(key)
		}
	}
	call := &Call{N: len(s.calls) + 1, At: s.now(), Action: r.action, Params: params, Mutates: mutates}
	s.calls = append(s.calls, call)
	return call
}

// Calls lists every call in order.
func (s *Server) Calls() []Call { return s.filtered(func(*Call) bool { return true }) }

// Mutations lists the calls of actions that change something, whether they did or not.
func (s *Server) Mutations() []Call { return s.filtered(func(c *Call) bool { return c.Mutates }) }

func (s *Server) filtered(keep func(*Call) bool) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Call
	for _, c := range s.calls {
		if keep(c) {
			list = append(list, *c)
		}
	}
	return list
}
