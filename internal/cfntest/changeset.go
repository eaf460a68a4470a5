package cfntest

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/wire"
)

// changeSetDelay is the time from CreateChangeSet to CREATE_COMPLETE, before Options.Scale.
const changeSetDelay = 2 * time.Second

const (
	noChanges = "The submitted information didn't contain changes. Submit different " +
		"information to create a change set."
	earlyValidation = "The following hook(s)/validation failed: [%s]. To troubleshoot Early " +
		"Validation errors, use the DescribeEvents API for detailed failure information."
	nameConstraint     = "[a-zA-Z][-a-zA-Z0-9]*"
	stackNamePattern   = nameConstraint + `|arn:[-a-zA-Z0-9:/._+]*`
	patternUnsatisfied = "1 validation error detected: Value '%s' at '%s' failed to satisfy " +
		"constraint: Member must satisfy regular expression pattern: %s"
)

var validName = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`)

// changeSet is a change set. Its status follows from the time.
type changeSet struct {
	id, name, token, description, onFailure string

	importing      bool
	created, ready time.Time
	deployment     *deployment
	changes        []*resourceChange
	problem        string // why it is FAILED
	validation     *validation
	op             *operation // CreateChangeSet, for DescribeEvents
	executed       *operation
	obsolete       bool
}

// validation is an early-validation error.
type validation struct{ logical, path, name, reason string }

func (c *changeSet) status(now time.Time) string {
	switch {
	case now.Before(c.created.Add(c.ready.Sub(c.created) / 4)):
		return "CREATE_PENDING"
	case now.Before(c.ready):
		return "CREATE_IN_PROGRESS"
	case c.problem != "":
		return "FAILED"
	}
	return "CREATE_COMPLETE"
}

func (c *changeSet) execution(st *stack, now time.Time) string {
	switch {
	case c.executed != nil && st.at(now).busy():
		return "EXECUTE_IN_PROGRESS"
	case c.executed != nil:
		if i := slices.Index(st.ops, c.executed); i >= 0 && i+1 < len(st.ops) &&
			st.ops[i+1].kind == "ROLLBACK" {
			return "EXECUTE_FAILED"
		}
		return "EXECUTE_COMPLETE"
	case c.obsolete:
		return "OBSOLETE"
	case c.status(now) != "CREATE_COMPLETE":
		return "UNAVAILABLE"
	}
	return "AVAILABLE"
}

func (s *Server) createChangeSet(r *wire.Request) (*wire.Node, string, *wire.Error) {
	name, setName := r.Get("StackName"), r.Get("ChangeSetName")
	kind := cmp.Or(r.Get("ChangeSetType"), "UPDATE")
	if !validName.MatchString(setName) {
		return nil, "", wire.Invalid(patternUnsatisfied, setName, "changeSetName", nameConstraint)
	}
	st, before, fail := s.forChangeSet(r, name, setName, kind)
	if fail != nil {
		return nil, "", fail
	}
	named := &stack{name: name, region: r.Region, account: s.opts.Account}
	if st != nil {
		named = st
	}
	for _, c := range named.changeSets {
		switch {
		case c.name != setName || c.executed != nil:
		case c.token != "" && c.token == r.Get("ClientToken") && !s.opts.ForgetTokens:
			return wire.Structure("", "Id", c.id, "StackId", st.id), "", nil
		default:
			return nil, "", wire.Refused("AlreadyExistsException", "ChangeSet %s cannot be created "+
				"due to a mismatch with existing attribute ClientToken", setName)
		}
	}
	d, fail := s.prepare(r, named, before)
	if fail != nil {
		return nil, "", fail
	}
	effect := "change set " + setName
	if st == nil {
		st = s.newStack(name, r.Region)
		p := &planner{srv: s, st: st, op: &operation{start: s.Now()}}
		p.stack(s.Now(), "REVIEW_IN_PROGRESS", "User Initiated")
		effect += " and stack " + name
	}
	c := s.addChangeSet(st, r, d, before)
	return wire.Structure("", "Id", c.id, "StackId", st.id), effect, nil
}

// forChangeSet returns the stack that a change set is for, nil when it does not exist yet, and what
// it has now.
func (s *Server) forChangeSet(
	r *wire.Request, name, setName, kind string,
) (*stack, *state, *wire.Error) {
	st := s.find(name, r.Region)
	if st == nil {
		if kind == "UPDATE" {
			return nil, nil, wire.Invalid("Stack [%s] does not exist", name)
		}
		return nil, nil, checkStackName(name)
	}
	v := st.at(s.Now())
	switch {
	case v.status == "REVIEW_IN_PROGRESS" && kind == "CREATE":
		return st, nil, nil
	case kind == "CREATE":
		return nil, nil, wire.Invalid("Stack [%s] already exists and cannot be created again with "+
			"the changeSet [%s].", st.name, setName)
	}
	return st, v.state, updatable(st, v)
}

func checkStackName(name string) *wire.Error {
	if validName.MatchString(name) {
		return nil
	}
	if len(name) > 128 {
		return wire.Invalid("1 validation error detected: Value '%s' at 'stackName' failed to satisfy "+
			"constraint: Member must have length less than or equal to 128", name)
	}
	return wire.Invalid(patternUnsatisfied, name, "stackName", stackNamePattern)
}

// updatable refuses an update of a stack whose status does not allow one.
func updatable(st *stack, v view) *wire.Error {
	switch v.status {
	case "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
		"IMPORT_ROLLBACK_COMPLETE", "UPDATE_FAILED", "CREATE_FAILED":
		return nil
	}
	return wire.Invalid("Stack:%s is in %s state and can not be updated.", st.id, v.status)
}

func (s *Server) addChangeSet(st *stack, r *wire.Request, d *deployment, before *state) *changeSet {
	now := s.Now()
	s.count++
	c := &changeSet{
		name: r.Get("ChangeSetName"), token: r.Get("ClientToken"),
		description: r.Get("Description"), onFailure: r.Get("OnStackFailure"),
		importing: r.Flag("ImportExistingResources"),
		created:   now, ready: now.Add(s.scale(changeSetDelay)), deployment: d,
	}
	c.id = s.arn("changeSet", st.region, c.name, c.name)
	c.op = &operation{id: evaluate.UUID(c.id + "operation"), kind: "CREATE_CHANGESET",
		token: c.token, start: now}
	var same bool
	c.changes, same = s.preview(st, d, before)
	switch {
	case s.changeSetProblem != "":
		c.problem, s.changeSetProblem = s.changeSetProblem, ""
	case s.validation != nil:
		c.validation, s.validation = s.validation, nil
		c.problem = fmt.Sprintf(earlyValidation, c.validation.name)
	case same:
		c.problem = noChanges
	}
	st.changeSets = append(st.changeSets, c)
	return c
}

// changeSet finds the change set that a call names, by ARN or by name in a stack.
func (s *Server) changeSet(r *wire.Request) (*stack, *changeSet, *wire.Error) {
	name := r.Get("ChangeSetName")
	for _, st := range s.stacks {
		for _, c := range st.changeSets {
			if c.id == name {
				return st, c, nil
			}
		}
	}
	if st := s.find(r.Get("StackName"), r.Region); st != nil {
		for _, c := range slices.Backward(st.changeSets) {
			if c.name == name {
				return st, c, nil
			}
		}
	} else if r.Get("StackName") == "" && !strings.HasPrefix(name, "arn:") {
		return nil, nil, wire.Invalid(
			"StackName must be specified if ChangeSetName is not specified as an ARN.")
	} else if r.Get("StackName") != "" {
		return nil, nil, wire.Invalid("Stack [%s] does not exist", r.Get("StackName"))
	}
	return nil, nil, &wire.Error{
		Status: http.StatusNotFound, Code: "ChangeSetNotFound",
		Message: fmt.Sprintf("ChangeSet [%s] does not exist", name),
	}
}

// lastExecuted returns the change set that was executed last, or nil.
func (st *stack) lastExecuted() *changeSet {
	for _, c := range slices.Backward(st.changeSets) {
		if c.executed != nil {
			return c
		}
	}
	return nil
}

func (s *Server) executeChangeSet(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, c, fail := s.changeSet(r)
	if fail != nil {
		return nil, "", fail
	}
	if done, fail := s.repeated(st, r); done || fail != nil {
		return wire.Element(""), "", fail
	}
	now := s.Now()
	if status := c.status(now); status != "CREATE_COMPLETE" {
		return nil, "", wire.Refused("InvalidChangeSetStatus",
			"ChangeSet [%s] cannot be executed in its current status of [%s]", c.id, status)
	}
	if status := c.execution(st, now); status != "AVAILABLE" {
		return nil, "", wire.Refused("InvalidChangeSetStatus",
			"ChangeSet [%s] cannot be executed in its current execution status of [%s]", c.id, status)
	}
	v := st.at(now)
	if v.status != "REVIEW_IN_PROGRESS" {
		if fail := updatable(st, v); fail != nil {
			return nil, "", fail
		}
	}
	s.mutate(st, r)
	kind := "UPDATE_STACK"
	if v.status == "REVIEW_IN_PROGRESS" {
		kind = "CREATE_STACK"
	}
	p := s.begin(st, kind, r.Get("ClientRequestToken"))
	p.op.onFailure, p.op.retainNone = c.onFailure, r.Flag("RetainExceptOnCreate")
	if r.Flag("DisableRollback") {
		p.op.onFailure = "DO_NOTHING"
	}
	c.executed = p.op
	st.changeSets = slices.DeleteFunc(st.changeSets, func(other *changeSet) bool {
		return other != c && other.executed == nil
	})
	if kind == "CREATE_STACK" {
		p.create(c.deployment)
	} else {
		p.update(c.deployment)
	}
	return wire.Element(""), kind + " " + st.name, nil
}

func (s *Server) deleteChangeSet(r *wire.Request) (*wire.Node, string, *wire.Error) {
	st, c, fail := s.changeSet(r)
	if fail != nil {
		if fail.Code == "ChangeSetNotFound" && s.find(r.Get("StackName"), r.Region) != nil {
			return wire.Element(""), "", nil // not an error
		}
		return nil, "", fail
	}
	if c.executed != nil {
		return nil, "", wire.Refused("InvalidChangeSetStatus",
			"ChangeSet [%s] cannot be deleted in its current execution status of [%s]",
			c.id, c.execution(st, s.Now()))
	}
	st.changeSets = slices.DeleteFunc(st.changeSets, func(other *changeSet) bool { return other == c })
	return wire.Element(""), "deleted change set " + c.name, nil
}
