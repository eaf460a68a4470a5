package cfntest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// loopToken is the NextToken of a server that repeats its page for ever.
const loopToken = "loop"

// visible lists the events that DescribeStackEvents shows, newest first.
func (s *Server) visible(st *stack, now time.Time) []*event {
	var list []*event
	for _, e := range slices.Backward(st.events) {
		late := s.late
		if s.lateOnly != nil && !slices.Contains(s.lateOnly, e.LogicalID) {
			late = 0
		}
		if !e.hidden && !e.At.Add(late).After(now) {
			list = append(list, e)
		}
	}
	return list
}

func (s *Server) describeStackEvents(r *request) (*node, string, *apiError) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	list := s.visible(st, s.now())
	from, fail := s.pageStart(list, r.get("NextToken"))
	if fail != nil {
		return nil, "", fail
	}
	end := min(from+s.opts.PageSize, len(list))
	var nodes []*node
	for _, e := range list[from:end] {
		nodes = append(nodes, s.eventNode(st, e))
	}
	next := ""
	switch {
	case end == len(list):
	case s.opts.ShiftPages:
		next = encodeToken(strconv.Itoa(end))
	default:
		next = encodeToken("after " + list[end-1].ID)
	}
	return el("", members("StackEvents", nodes), text("NextToken", next)), "", nil
}

// pageStart is where a page begins: after the last event of the page before, or at a fixed distance from the newest when pages shift.
func (s *Server) pageStart(list []*event, token string) (int, *apiError) {
	if token == "" || token == loopToken {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if id, ok := strings.CutPrefix(string(b), "after "); ok {
		if i := slices.IndexFunc(list, func(e *event) bool { return e.ID == id }); i >= 0 {
			return i + 1, nil
		}
	}
	return offset(string(b), err, len(list))
}

func (s *Server) eventNode(st *stack, e *event) *node {
	n := el("", text("EventId", e.ID), text("StackId", st.id), text("StackName", st.name), text("LogicalResourceId", e.LogicalID),
		text("PhysicalResourceId", e.PhysicalID), text("ResourceType", e.Type), stamp("Timestamp", e.At), text("ResourceStatus", e.Status),
		text("ResourceStatusReason", e.Reason), text("ResourceProperties", e.props))
	n.kids = append(n.kids, text("DetailedStatus", e.Detail), text("HookType", e.HookType), text("HookStatus", e.HookStatus),
		text("HookStatusReason", e.HookReason), text("HookInvocationId", e.HookID))
	if !s.opts.NoTokens {
		n.kids = append(n.kids, text("ClientRequestToken", e.Token))
	}
	if !s.opts.NoOperationIDs {
		n.kids = append(n.kids, text("OperationId", e.OperationID))
	}
	return n
}

// describeEvents answers for an operation, for the newest one of a stack, or for a change set's validation.
func (s *Server) describeEvents(r *request) (*node, string, *apiError) {
	st, op, c, fail := s.operation(r)
	if fail != nil {
		return nil, "", fail
	}
	var list []*node
	failedOnly := r.flag("Filters.FailedEvents")
	if c != nil && c.validation != nil && c.status(s.now()) == "FAILED" {
		list = append(list, c.validationNode(st))
	}
	for _, e := range s.visible(st, s.now()) {
		bad := strings.HasSuffix(e.Status, "_FAILED") && e.res != nil
		if e.OperationID != op.id || failedOnly && !bad {
			continue
		}
		kind := "STACK_EVENT"
		if bad {
			kind = "PROVISIONING_ERROR"
		}
		n := s.eventNode(st, e)
		n.kids = append(n.kids, text("EventType", kind), text("OperationType", op.kind))
		list = append(list, n)
	}
	list, next, fail := page(list, r.get("NextToken"), s.opts.PageSize)
	return el("", members("OperationEvents", list), text("NextToken", next)), "", fail
}

func (c *changeSet) validationNode(st *stack) *node {
	v := c.validation
	return el("", text("EventId", uuid(c.id)), text("StackId", st.id), text("OperationId", c.op.id), text("OperationType", c.op.kind),
		text("EventType", "VALIDATION_ERROR"), text("LogicalResourceId", v.logical), stamp("Timestamp", c.ready), text("ValidationFailureMode", "FAIL"),
		text("ValidationName", v.name), text("ValidationStatus", "FAILED"), text("ValidationStatusReason", v.reason), text("ValidationPath", v.path))
}

// operation finds what a DescribeEvents call asks about.
func (s *Server) operation(r *request) (*stack, *operation, *changeSet, *apiError) {
	if r.get("ChangeSetName") != "" {
		st, c, fail := s.changeSet(r)
		if fail != nil {
			return nil, nil, nil, fail
		}
		return st, c.op, c, nil
	}
	if id := r.get("OperationId"); id != "" {
		for _, st := range s.stacks {
			for _, op := range st.at(s.now()).ops {
				if op.id == id {
					return st, op, nil, nil
				}
			}
			for _, c := range st.changeSets {
				if c.op.id == id {
					return st, c.op, c, nil
				}
			}
		}
		return nil, nil, nil, invalid("Operation [%s] does not exist", id)
	}
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, nil, nil, fail
	}
	return st, s.lastOperation(st), nil, nil
}
