package deploy

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// planLimit is how long CloudFormation may take to make a change set.
const planLimit = 15 * time.Minute

// Request is what a stack should become.
type Request struct {
	Template   []byte            // JSON or YAML, at most 51,200 bytes
	Parameters map[string]string // values to set
	// Keep names parameters that keep the value they have. Those that the stack does
	// not have yet are left out, and so take the template's default.
	Keep    []string
	Tags    map[string]string // nil keeps the stack's tags, empty removes them
	RoleARN string            // with which CloudFormation works; "" keeps the stack's, or is the caller
	// KeepFailed turns rollback off: what fails stays as it is, and a later update goes
	// on from there. No resource can then be replaced.
	KeepFailed bool
}

// Plan is a change set: what executing it would change.
type Plan struct {
	ID        string // the change set's ARN
	Name      string
	Stack     Stack    // as it was planned for; its ID is set also when it is to be created
	Operation string   // CREATE or UPDATE
	Changes   []Change // in CloudFormation's order; none when only outputs or tags change

	empty   bool // nothing to do
	keep    bool // Request.KeepFailed
	seen    bool // the change set was read
	shell   bool // our change set made the stack
	settled bool // removed, executed, or perhaps executed: there is nothing to remove any more
}

// Empty says that the stack already is what was asked for. The change set is removed.
func (p *Plan) Empty() bool { return p.empty }

// Plan makes a change set, waits for it and reads it. When it returns an error, also
// because ctx has ended, the change set is already removed.
//
// A template or parameters that CloudFormation does not accept are an Error with
// Result Invalid; a stack whose status allows no deployment is Refused or Stuck.
func (c *Client) Plan(ctx context.Context, s Stack, r Request) (*Plan, error) {
	if !s.Exists() {
		s.ID = "" // a deleted stack's name is free, its ARN is not used again
	}
	p := &Plan{Name: unique(), Stack: s, keep: r.KeepFailed, shell: !s.Exists()}
	switch a := stateOf(s.Status).deploy; {
	case a == create:
		p.Operation = creation
	case a == update, a == forward && p.keep:
		p.Operation = updating
	default:
		return nil, s.refusal(a)
	}
	if err := c.make(ctx, p, r); err != nil {
		return nil, err
	}
	var err error
	if !p.empty {
		err = c.complete(ctx, p)
	}
	if err == nil && s.ID != "" && p.Stack.ID != s.ID {
		err = &Error{Result: Refused, Stack: s.Name, Reason: "somebody else deleted it and made it again meanwhile; plan again"}
	}
	if err == nil {
		err = p.replaces()
	}
	if err == nil && !p.empty {
		return p, nil
	}
	// Removing it must not fail because the user has lost patience.
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleLimit)
	defer cancel()
	if kept := c.Discard(clean, p); kept != nil {
		return nil, errors.Join(err, kept)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// make asks for the change set. An error means that there is none. When the reply was
// lost there may be one, and complete finds out.
func (c *Client) make(ctx context.Context, p *Plan, r Request) error {
	made, err := mutate(ctx, c, c.api.CreateChangeSet, p.input(r))
	var taken *types.AlreadyExistsException // by the attempt before the last: nobody else has the name
	switch {
	case err == nil:
		p.ID, p.Stack.ID = aws.ToString(made.Id), cmp.Or(aws.ToString(made.StackId), p.Stack.ID)
	case ctx.Err() == nil && unchanged(err.Error()):
		p.empty, p.settled = true, true
	case ctx.Err() == nil && !passing(err) && !errors.As(err, &taken):
		return apiError(ctx, p.Stack.Name, err)
	}
	return nil
}

func (p *Plan) input(r Request) *cloudformation.CreateChangeSetInput {
	in := &cloudformation.CreateChangeSetInput{
		StackName:     &p.Stack.Name,
		ChangeSetName: &p.Name,
		ChangeSetType: types.ChangeSetType(p.Operation),
		ClientToken:   aws.String(p.Name),
		Capabilities:  []types.Capability{types.CapabilityCapabilityIam},
		TemplateBody:  aws.String(string(r.Template)),
	}
	if r.RoleARN != "" {
		in.RoleARN = &r.RoleARN
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		in.Parameters = append(in.Parameters, types.Parameter{
			ParameterKey: aws.String(name), ParameterValue: aws.String(r.Parameters[name]),
		})
	}
	for _, name := range r.Keep {
		_, has := p.Stack.Parameters[name]
		if _, set := r.Parameters[name]; has && !set && p.Operation == updating {
			in.Parameters = append(in.Parameters, types.Parameter{ParameterKey: aws.String(name), UsePreviousValue: aws.Bool(true)})
		}
	}
	if r.Tags != nil {
		in.Tags = []types.Tag{} // sent even when it is empty: it removes the stack's tags
	}
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(r.Tags[key])})
	}
	return in
}

// complete waits until CloudFormation has worked the change set out, and reads it.
func (c *Client) complete(ctx context.Context, p *Plan) error {
	ctx, cancel := context.WithTimeoutCause(ctx, planLimit,
		&Error{Stack: p.Stack.Name, Reason: "CloudFormation did not finish the change set within " + planLimit.String()})
	defer cancel()
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 3*time.Second) {
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		set, err := c.describeSet(ctx, p, "", false)
		if err != nil {
			return apiError(ctx, p.Stack.Name, err)
		}
		p.ID, p.Stack.ID = cmp.Or(aws.ToString(set.ChangeSetId), p.ID), cmp.Or(aws.ToString(set.StackId), p.Stack.ID)
		switch set.Status {
		case types.ChangeSetStatusCreatePending, types.ChangeSetStatusCreateInProgress:
		case types.ChangeSetStatusCreateComplete:
			return c.changes(ctx, p, set)
		case types.ChangeSetStatusFailed:
			return c.failed(ctx, p, aws.ToString(set.StatusReason))
		default:
			return &Error{Result: Refused, Stack: p.Stack.Name, Reason: "somebody else removed the change set (" + string(set.Status) + "); plan again"}
		}
	}
}

// replaces refuses, with rollback off, what CloudFormation would refuse half-way.
func (p *Plan) replaces() error {
	var replaced []string
	for _, change := range p.Changes {
		if change.Replacement == string(types.ReplacementTrue) {
			replaced = append(replaced, change.LogicalID)
		}
	}
	if !p.keep || len(replaced) == 0 {
		return nil
	}
	return &Error{Result: Refused, Stack: p.Stack.Name,
		Reason: "with rollback off no resource can be replaced, and this would replace " + strings.Join(replaced, ", ")}
}

// unchanged recognises CloudFormation's two ways to say that there is nothing to do.
func unchanged(reason string) bool {
	return strings.Contains(reason, "didn't contain changes") || strings.Contains(reason, "No updates are to be performed")
}

// failed is what a change set in FAILED means.
func (c *Client) failed(ctx context.Context, p *Plan, reason string) error {
	if unchanged(reason) {
		p.empty = true
		return nil
	}
	e := &Error{Result: Invalid, Stack: p.Stack.Name, Reason: "CloudFormation refuses the change: " + cmp.Or(reason, "it gives no reason")}
	causes, err := c.failures(ctx, &cloudformation.DescribeEventsInput{ChangeSetName: &p.ID, StackName: &p.Stack.ID})
	if err != nil {
		e.Note = unknowable(err)
	}
	e.Causes = causes
	return e
}

// describeSet reads one page of the change set. Straight after it was made a lagging
// read may not know it yet; once it was read it is gone when it is not found.
func (c *Client) describeSet(ctx context.Context, p *Plan, page string, values bool) (*cloudformation.DescribeChangeSetOutput, error) {
	in := &cloudformation.DescribeChangeSetInput{
		ChangeSetName: aws.String(cmp.Or(p.ID, p.Name)), StackName: aws.String(p.Stack.handle()),
	}
	if page != "" {
		in.NextToken = &page
	}
	if values {
		in.IncludePropertyValues = &values
	}
	read := func(ctx context.Context, in *cloudformation.DescribeChangeSetInput, set ...options) (*cloudformation.DescribeChangeSetOutput, error) {
		out, err := c.api.DescribeChangeSet(ctx, in, set...)
		if err == nil && out.Status == "" {
			return nil, errEmptyReply
		}
		return out, err
	}
	for lag := time.Duration(0); ; lag += 2 * time.Second {
		out, err := insist(ctx, c, read, in)
		switch {
		case err == nil:
			p.seen = true
			return out, nil
		case ctx.Err() != nil || classify(err) != missing || lag >= staleLimit:
			return nil, err
		case p.seen && lag > 0:
			return nil, p.gone(err)
		}
		if err := sleep(ctx, 2*time.Second); err != nil {
			return nil, err
		}
	}
}

// gone is the refusal of a plan whose change set is there no more.
func (p *Plan) gone(err error) error {
	return &Error{Result: Refused, Stack: p.Stack.Name, Reason: "somebody else removed the change set; plan again", Err: err}
}
