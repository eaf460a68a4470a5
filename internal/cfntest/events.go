package cfntest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

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

func (s *Server) describeStackEvents(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, "", fail
	}
	list := s.visible(st, s.Now())
	from, fail := pageStart(list, r.Get("NextToken"))
	if fail != nil {
		return nil, "", fail
	}
	end := min(from+s.opts.PageSize, len(list))
	var nodes []*wire.Node
	for _, e := range list[from:end] {
		nodes = append(nodes, s.eventNode(st, e))
	}
	next := ""
	switch {
	case end == len(list):
	case s.opts.ShiftPages:
		next = wire.Token(strconv.Itoa(end))
	default:
		next = wire.Token(afterEvent + list[end-1].ID)
	}
	return wire.Element("", wire.List("StackEvents", nodes), wire.Text("NextToken", next)), "", nil
}

// pageStart returns where a page begins: after the last event of the previous page, or at a fixed
// distance from the newest when pages shift.
func pageStart(list []*event, token string) (int, *wire.Error) {
	if id, ok := strings.CutPrefix(wire.Untoken(token), afterEvent); ok {
		if i := slices.IndexFunc(list, func(e *event) bool { return e.ID == id }); i >= 0 {
			return i + 1, nil
		}
	}
	return wire.Offset(token, len(list))
}

// afterEvent begins the text of a NextToken that names the last event of the previous page.
const afterEvent = "after "

func (s *Server) eventNode(st *stack, e *event) *wire.Node {
	n := wire.Structure("", "EventId", e.ID, "StackId", st.id, "StackName", st.name,
		"LogicalResourceId", e.LogicalID, "PhysicalResourceId", e.PhysicalID,
		"ResourceType", e.Type, "ResourceStatus", e.Status, "ResourceStatusReason", e.Reason,
		"ResourceProperties", e.props, "DetailedStatus", e.Detail, "HookType", e.HookType,
		"HookStatus", e.HookStatus, "HookStatusReason", e.HookReason, "HookInvocationId", e.HookID,
	).Add(wire.Time("Timestamp", e.At))
	if !s.opts.NoTokens {
		n.Add(wire.Text("ClientRequestToken", e.Token))
	}
	if !s.opts.NoOperationIDs {
		n.Add(wire.Text("OperationId", e.OperationID))
	}
	return n
}

// describeEvents answers for an operation, for the newest one of a stack, or for a change set's
// validation.
func (s *Server) describeEvents(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, op, c, fail := s.operation(r)
	if fail != nil {
		return nil, "", fail
	}
	var list []*wire.Node
	failedOnly := r.Flag("Filters.FailedEvents")
	if c != nil && c.validation != nil && c.status(s.Now()) == "FAILED" {
		list = append(list, c.validationNode(st))
	}
	for _, e := range s.visible(st, s.Now()) {
		bad := strings.HasSuffix(e.Status, "_FAILED") && e.res != nil
		if e.OperationID != op.id || failedOnly && !bad {
			continue
		}
		kind := "STACK_EVENT"
		if bad {
			kind = "PROVISIONING_ERROR"
		}
		n := s.eventNode(st, e)
		n.Add(wire.Text("EventType", kind), wire.Text("OperationType", op.kind))
		list = append(list, n)
	}
	list, next, fail := wire.Page(list, r.Get("NextToken"), s.opts.PageSize)
	return wire.Structure("", "NextToken", next).Add(wire.List("OperationEvents", list)), "", fail
}

func (c *changeSet) validationNode(st *stack) *wire.Node {
	v := c.validation
	return wire.Structure("", "EventId", evaluate.UUID(c.id), "StackId", st.id,
		"OperationId", c.op.id, "OperationType", c.op.kind, "EventType", "VALIDATION_ERROR",
		"LogicalResourceId", v.logical, "ValidationFailureMode", "FAIL", "ValidationName", v.name,
		"ValidationStatus", "FAILED", "ValidationStatusReason", v.reason, "ValidationPath", v.path,
	).Add(wire.Time("Timestamp", c.ready))
}

// operation finds what a DescribeEvents call asks about.
func (s *Server) operation(r *wire.Request) (*stack, *operation, *changeSet, *wire.Error) {
	if r.Get("ChangeSetName") != "" {
		st, c, fail := s.changeSet(r)
		if fail != nil {
			return nil, nil, nil, fail
		}
		return st, c.op, c, nil
	}
	if id := r.Get("OperationId"); id != "" {
		for _, st := range s.stacks {
			for _, op := range st.at(s.Now()).ops {
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
		return nil, nil, nil, wire.Invalid("Operation [%s] does not exist", id)
	}
	st, fail := s.bracketed(r)
	if fail != nil {
		return nil, nil, nil, fail
	}
	return st, s.lastOperation(st), nil, nil
}
