package deploy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/states"
)

// Request describes the wanted stack.
type Request struct {
	Template   []byte            // JSON or YAML, at most 51,200 bytes
	Parameters map[string]string // values to set
	// Keep names parameters that keep the value they have. Those that the stack does
	// not have yet are left out, and so take the template's default.
	Keep    []string
	Tags    map[string]string // nil keeps the stack's tags, empty removes them
	RoleARN string            // CloudFormation's role; "" keeps the stack's, or is the caller's
	// KeepFailed turns rollback off: what fails stays as it is, and a later update
	// continues from there. No resource can then be replaced.
	KeepFailed bool
}

// fingerprint tells requests apart. It is part of the names of our change sets and
// request tokens, so that a second run for the same request finds those of the first.
func (r Request) fingerprint() string {
	r.Keep = slices.Sorted(slices.Values(r.Keep))
	text, _ := json.Marshal(r) // strings and maps of strings never fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Plan is a change set: what executing it would change.
type Plan struct {
	ID        string   // the change set's ARN
	Name      string   // the change set's
	Stack     Stack    // as it was planned for; its ID is set also when it is to be created
	Operation string   // CREATE or UPDATE
	Changes   []Change // in CloudFormation's order; none when only outputs or tags change
	Reused    bool     // an earlier run, which was interrupted, made the change set

	empty       bool   // nothing to do
	request     string // Request.fingerprint
	keepFailed  bool   // Request.KeepFailed
	read        bool   // the change set was read
	interrupted bool   // the user waits for the program to end
	emptyStack  bool   // our change set made the stack, which is empty until it is executed
	closed      bool   // removed, executed, or perhaps executed: there is nothing to remove
}

// Empty reports whether there is nothing to change. The change set is then removed.
func (p *Plan) Empty() bool { return p.empty }

// Plan makes a change set, waits for it and reads it. It reuses one that an earlier run
// made for the same request and left behind. When Plan returns an error, also because
// ctx has ended, the change set is already removed.
//
// A template or parameters that CloudFormation does not accept are an Error with
// Result Invalid; a stack whose status does not allow a deployment is Refused or Stuck.
func (c *Client) Plan(ctx context.Context, s Stack, r Request) (*Plan, error) {
	if !s.Exists() {
		s.ID = "" // a deleted stack's name is free, its ARN is not used again
	}
	p := &Plan{Stack: s, request: r.fingerprint(), keepFailed: r.KeepFailed, emptyStack: !s.Exists()}
	switch a := states.Of(s.Status).Deploy; {
	case a == states.Create:
		p.Operation = states.KindCreate
	case a == states.Update, a == states.UpdateNoRollback && p.keepFailed:
		p.Operation = states.KindUpdate
	default:
		return nil, s.refusal(a)
	}
	err := c.reuseChangeSet(ctx, p)
	if err == nil && !p.Reused {
		p.Name = uniqueName(p.request)
		err = c.createChangeSet(ctx, p, r)
	}
	if err != nil {
		return nil, err
	}
	if !p.empty {
		err = c.completeChangeSet(ctx, p)
	}
	if err == nil && s.ID != "" && p.Stack.ID != s.ID {
		err = p.refused("it was deleted and created again in the meantime; plan again", nil)
	}
	if err == nil {
		err = p.checkReplacements()
	}
	if err == nil && !p.empty {
		return p, nil
	}
	// Clean up even if ctx was canceled, but then only briefly.
	p.interrupted = ctx.Err() != nil
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

// refused returns the error of a plan that cannot be made or executed. err is the API's
// error, if any.
func (p *Plan) refused(reason string, err error) error {
	return &Error{Result: Refused, Stack: p.Stack.Name, Reason: reason, Err: err}
}

// checkReplacements refuses, with rollback off, replacements: CloudFormation would
// refuse them half-way.
func (p *Plan) checkReplacements() error {
	var replaced []string
	for _, change := range p.Changes {
		if change.Replacement == string(types.ReplacementTrue) {
			replaced = append(replaced, change.LogicalID)
		}
	}
	if !p.keepFailed || len(replaced) == 0 {
		return nil
	}
	return p.refused("with rollback off no resource can be replaced, and this would replace "+
		strings.Join(replaced, ", "), nil)
}

// input returns the request for the change set of the plan.
func (p *Plan) input(r Request) *cloudformation.CreateChangeSetInput {
	in := &cloudformation.CreateChangeSetInput{
		StackName:     &p.Stack.Name,
		ChangeSetName: &p.Name,
		ChangeSetType: types.ChangeSetType(p.Operation),
		ClientToken:   aws.String(p.Name),
		Capabilities:  []types.Capability{types.CapabilityCapabilityIam},
		TemplateBody:  aws.String(string(r.Template)),
		RoleARN:       optional(r.RoleARN),
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		in.Parameters = append(in.Parameters, types.Parameter{
			ParameterKey: aws.String(name), ParameterValue: aws.String(r.Parameters[name]),
		})
	}
	for _, name := range r.Keep {
		_, has := p.Stack.Parameters[name]
		_, set := r.Parameters[name]
		if has && !set && p.Operation == states.KindUpdate {
			in.Parameters = append(in.Parameters, types.Parameter{
				ParameterKey: aws.String(name), UsePreviousValue: aws.Bool(true),
			})
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
