package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/command/display"
)

// share fills the parameters that nothing gives from the other stack of --from. It
// reads both stacks again: check reports what it has found.
func (in *stackInput) share(ctx context.Context, e *env, s *session) error {
	source, err := in.source(ctx, e, s)
	if err != nil {
		return err
	}
	own, err := in.ownResources(ctx, s)
	if err != nil {
		return err
	}
	in.shared, in.notes, in.lacking = nil, nil, nil
	taken, lacking := in.component.From(source)
	for _, t := range taken {
		if in.takes(s.stack, own, t) {
			in.shared = append(in.shared, t)
		}
	}
	in.leaveApart(source, s.stack, own, taken)
	in.noteLacking(s.stack, own, lacking)
	return nil
}

// source reads the other stack. It must be one of this program, and complete.
func (in *stackInput) source(
	ctx context.Context, e *env, s *session,
) (generator.Source, error) {
	none := generator.Source{}
	other, err := s.Stack(ctx, in.from)
	if err != nil {
		return none, failed(err, "")
	}
	component := e.componentOf(other)
	switch {
	case !other.Exists():
		return none, &exitError{exitUsage,
			fmt.Errorf("--from: stack %s does not exist in %s", in.from, s.region),
			"Stacks: aws cloudformation list-stacks"}
	case !other.Live() || other.Busy() || strings.HasSuffix(other.Status, "_FAILED"):
		e.recognise(other)
		return none, &exitError{exitRefused,
			fmt.Errorf("--from: stack %s is %s; wanted one that stands, like CREATE_COMPLETE",
				in.from, other.Status), e.nextCommand(in.from, other.Status)}
	case component == nil:
		return none, &exitError{exitUsage,
			fmt.Errorf("--from: stack %s is not one of this program's templates (%q); "+
				"give what is to be reused by its ID", in.from, other.Description), in.next(e)}
	}
	resources, err := physicalIDs(ctx, s, other)
	if err != nil {
		return none, err
	}
	partition, account := "aws", s.id
	if id, err := arn.Parse(other.ID); err == nil {
		partition, account = id.Partition, id.AccountID
	}
	return generator.Source{
		Stack: in.from, Component: component, Parameters: other.Parameters,
		Outputs: other.Outputs, Resources: resources, Partition: partition, Account: account,
	}, nil
}

// origins returns the values that come from the other stack, for records.
func (in *stackInput) origins() []display.SharedValue {
	var all []display.SharedValue
	for _, t := range in.shared {
		all = append(all, display.SharedValue{
			Parameter: t.Parameter.Name, Value: t.Value, Origin: t.Origin,
		})
	}
	return all
}

// next is the command that helps with the input.
func (in *stackInput) next(e *env) string { return e.flagsOf("deploy") }

// physicalIDs returns the physical IDs of a stack's resources, by logical ID.
func physicalIDs(ctx context.Context, s *session, stack deploy.Stack) (map[string]string, error) {
	resources, err := s.Resources(ctx, stack)
	if err != nil {
		return nil, failed(err, "")
	}
	ids := map[string]string{}
	for _, r := range resources {
		if !gone(r) {
			ids[r.LogicalID] = r.PhysicalID
		}
	}
	return ids, nil
}

// ownResources returns the physical IDs of the stack itself, if it stands.
func (in *stackInput) ownResources(ctx context.Context, s *session) (map[string]string, error) {
	if !s.stack.Live() {
		return nil, nil
	}
	return physicalIDs(ctx, s, s.stack)
}

// takes reports whether a value of the other stack is used. A given value
// takes precedence, and so do values that the stack keeps and resources that it has created.
func (in *stackInput) takes(
	stack deploy.Stack, own map[string]string, t generator.Taken,
) bool {
	name := t.Parameter.Name
	_, given := in.values[name]
	if given || in.in.previous[name] != "" || slices.Contains(in.unset, name) {
		return false
	}
	if !stack.Live() {
		return true
	}
	kept := generator.Values(stack.Parameters).Of(t.Parameter)
	need := in.needOf(t.Parameter)
	user := in.userOf(t.Parameter, own)
	switch {
	case kept == t.Value:
		return true
	case kept != "":
		in.note("%s stays %s: %s has %s (%s)", name, kept, in.from, t.Value, t.Origin)
		return false
	case need.ID == "" && user != "":
		in.note("%s stays empty: %s was created without it; %s has %s (%s)",
			name, user, in.from, t.Value, t.Origin)
		return false
	case need.External || own[need.ID] == "":
		return true
	case !names(t.Value, own[need.ID]):
		in.note("%s stays empty: the stack has created %s; %s has %s (%s)",
			name, own[need.ID], in.from, t.Value, t.Origin)
	}
	return false
}

// note keeps a line for people until check.
func (in *stackInput) note(format string, args ...any) {
	in.notes = append(in.notes, fmt.Sprintf(format, args...))
}

// needOf returns the row of what a parameter reuses, or none.
func (in *stackInput) needOf(p *generator.Parameter) generator.Need {
	for _, need := range in.component.Needs {
		if need.Existing == p {
			return need
		}
	}
	return generator.Need{}
}

// userOf returns a resource that the stack has and that refers to a parameter.
func (in *stackInput) userOf(p *generator.Parameter, own map[string]string) string {
	for _, id := range in.component.Built().Users(p.Name) {
		if own[id] != "" {
			return id
		}
	}
	return ""
}

// leaveApart takes back what belongs to a resource of the other stack that is not
// shared: a subnet or security group to its VPC, a job role to its bucket.
func (in *stackInput) leaveApart(
	source generator.Source, stack deploy.Stack, own map[string]string, taken []generator.Taken,
) {
	have := in.allValues(stack)
	for _, to := range taken {
		need, value := in.needOf(to.Parameter), have[to.Parameter.Name]
		if need.ID == "" || value == to.Value || value == "" && names(to.Value, own[need.ID]) {
			continue
		}
		users := append(usersOf(in.component, need.ID), usersOf(source.Component, need.ID)...)
		in.shared = slices.DeleteFunc(in.shared, func(t generator.Taken) bool {
			its := in.needOf(t.Parameter)
			used := stack.Live() && stack.Parameters[t.Parameter.Name] == t.Value
			if used || its.ID == need.ID || !slices.Contains(users, its.ID) {
				return false
			}
			in.note("%s is not taken from %s: its %s belongs to the %s %s",
				t.Parameter.Name, in.from, its.Noun, need.Noun, to.Value)
			return true
		})
	}
}

// usersOf returns the resources of a component that refer to another one where that
// is reused.
func usersOf(c *generator.Component, id string) []string {
	for _, need := range c.Needs {
		if need.ID == id && need.Existing != nil {
			return c.Built().Users(need.Existing.Name)
		}
	}
	return nil
}

// effectiveOn returns the values that the stack would have: those that are sent, and those
// that it keeps and that are still valid.
func (in *stackInput) effectiveOn(stack deploy.Stack) generator.Values {
	values := in.allValues(stack)
	for _, name := range in.keptParameters() {
		if in.component.Lookup(name).Check(values[name]) != nil {
			delete(values, name)
		}
	}
	return values
}

// allValues returns the values that are sent, and those of the stack.
func (in *stackInput) allValues(stack deploy.Stack) generator.Values {
	values := in.sent()
	if stack.Live() {
		for _, name := range in.keptParameters() {
			if value, has := stack.Parameters[name]; has {
				values[name] = value
			}
		}
	}
	return values
}

// noteLacking notes what the other stack does not have and this one would then
// create or miss, though it was to be shared.
func (in *stackInput) noteLacking(
	stack deploy.Stack, own map[string]string, lacking []generator.Need,
) {
	values := in.allValues(stack)
	live, err := in.component.Built().Live(values)
	if err != nil {
		return // the check of all values says so
	}
	relations := errors.Join(in.component.CheckRelations(values)...)
	for _, need := range lacking {
		p := need.Existing
		wanted := live[need.ID] && own[need.ID] == "" && !need.Own
		if need.External {
			wanted = values[p.Name] == "" && relations != nil &&
				strings.Contains(relations.Error(), p.Name)
		}
		if wanted {
			in.lacking = append(in.lacking, fmt.Errorf("--from: stack %s has no %s to share; "+
				"give --%s, or leave --from out", in.from, need.Noun, p.Flag()))
		}
	}
}
