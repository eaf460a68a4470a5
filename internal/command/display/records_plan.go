package display

import (
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator/cost"
)

// changeRecord is a change of a plan.
type changeRecord struct {
	Action      string           `json:"action"`                // Add, Modify, Remove, Import or Dynamic.
	ID          string           `json:"id"`                    // Logical ID of the resource.
	Physical    string           `json:"physicalId,omitempty"`  // Physical ID of the resource.
	Resource    string           `json:"rtype"`                 // Type of the resource.
	Replacement string           `json:"replacement,omitempty"` // True, False or Conditional: whether the resource is replaced.
	Policy      string           `json:"policy,omitempty"`      // CloudFormation's policy for the old resource, such as Delete, Retain or Snapshot.
	Scope       []string         `json:"scope,omitempty"`       // Attributes that change, such as Properties or Tags.
	Properties  []propertyRecord `json:"properties,omitempty"`  // Properties that change.
}

// propertyRecord is a property that makes a resource change.
type propertyRecord struct {
	Path       string `json:"path"`                 // Path of the property, such as ComputeResources.MaxvCpus.
	Before     string `json:"before,omitempty"`     // Value before the change, if CloudFormation knows it.
	After      string `json:"after,omitempty"`      // Value after the change, if CloudFormation knows it.
	Recreation string `json:"recreation,omitempty"` // Never, Conditionally or Always: whether the change replaces the resource.
	Source     string `json:"source,omitempty"`     // Source of the change, such as ParameterReference.
	Entity     string `json:"entity,omitempty"`     // Parameter or resource that the change comes from.
}

// SharedValue is a parameter value that comes from another stack.
type SharedValue struct {
	Parameter string `json:"parameter"` // Name of the parameter.
	Value     string `json:"value"`     // Value of the parameter.
	Origin    string `json:"origin"`    // Part of the other stack that has the value, such as "resource Vpc".
}

// DerivedValue is a parameter value that the account answers, because nothing gives it.
type DerivedValue struct {
	Parameter string `json:"parameter"` // Name of the parameter.
	Value     string `json:"value"`     // Value of the parameter.
	Reason    string `json:"reason"`    // Reason for the value.
}

// Update is how a resource is changed, with the reason and what it means for jobs.
type Update struct {
	ID     string `json:"id"`     // Logical ID of the resource.
	Change string `json:"change"` // Kind of the update: "in place" or "replaced".
	Reason string `json:"reason"` // Reason, and the effect on jobs.
}

// TagChange is a tag of the stack that is added, changed or removed.
type TagChange struct {
	Key    string `json:"key"`              // Key of the tag.
	Before string `json:"before,omitempty"` // Value before the change; absent if the tag is added.
	After  string `json:"after,omitempty"`  // Value after the change; absent if the tag is removed.
}

// PlanNotes are what a plan says in addition to its changes.
type PlanNotes struct {
	From    []SharedValue // values that come from another stack
	Derived []DerivedValue
	Tags    []TagChange // of the stack
	Updates []Update    // what CloudFormation does not say of resources
	Cost    []cost.Item // at rest, of the stack
}

// Plan writes a plan with its notes.
func (r *Records) Plan(p *deploy.Plan, notes PlanNotes) {
	rec := record{
		Type: "plan", Stack: p.Stack.Name, StackID: p.Stack.ID, Operation: p.Operation,
		Planned: len(p.Changes), From: notes.From,
		Derived: notes.Derived, Tags: notes.Tags, Updates: notes.Updates, Cost: notes.Cost,
	}
	for _, c := range Ordered(p.Changes) {
		change := changeRecord{
			Action: c.Action, ID: c.LogicalID, Physical: c.PhysicalID, Resource: c.Type,
			Replacement: c.Replacement, Policy: c.Policy, Scope: c.Scope,
		}
		for _, p := range c.Properties {
			change.Properties = append(change.Properties, propertyRecord{
				PropertyPath(p), p.Before, p.After, p.Recreation, p.Source, p.Entity,
			})
		}
		rec.Changes = append(rec.Changes, change)
	}
	r.write(rec)
}

// Preview writes the result of a plan that is not executed. protected are the
// resources that need permission to be replaced or removed.
func (r *Records) Preview(p *deploy.Plan, protected []string, code int) {
	r.ended = true
	r.write(record{
		Type: "result", Stack: p.Stack.Name, StackID: p.Stack.ID, Operation: p.Operation,
		Result: deploy.Succeeded.String(), Status: p.Stack.Status, Exit: &code, Losses: protected,
	})
}
