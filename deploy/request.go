package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

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

// fingerprint tells requests apart. It is part of the names of our change sets and of
// our request tokens, so that one who is started again finds what is his.
func (r Request) fingerprint() string {
	r.Keep = slices.Sorted(slices.Values(r.Keep))
	text, _ := json.Marshal(r) // strings and maps of strings never fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// input is the request for the change set of the plan.
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
