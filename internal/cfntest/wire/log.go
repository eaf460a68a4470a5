package wire

import "time"

// Call is a call that reached the server.
type Call struct {
	N       int       // from 1
	At      time.Time // on the server's clock
	Action  string
	Params  map[string]string // by form name, such as Parameters.member.1.ParameterKey
	Mutates bool              // the action is one that changes something
	Effect  string            // what changed, such as "CREATE_STACK demo"; empty when nothing did
	Code    string            // AWS error code of the reply; empty when there was none
	Fault   Fault             // the fault that hit it
}

func (e *Endpoint) log(r *Request) *Call {
	params := map[string]string{}
	for key := range r.Form {
		if key != "Action" && key != "Version" {
			params[key] = r.Form.Get(key)
		}
	}
	call := &Call{N: len(e.calls) + 1, At: e.Now(), Action: r.Action, Params: params,
		Mutates: e.service.Mutates(r.Action)}
	e.calls = append(e.calls, call)
	return call
}

// Calls lists every call in order.
func (e *Endpoint) Calls() []Call { return e.filtered(func(*Call) bool { return true }) }

// Mutations lists the calls of actions that change something, whether they did or not.
func (e *Endpoint) Mutations() []Call { return e.filtered(func(c *Call) bool { return c.Mutates }) }

func (e *Endpoint) filtered(keep func(*Call) bool) []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []Call
	for _, c := range e.calls {
		if keep(c) {
			list = append(list, *c)
		}
	}
	return list
}
