package display

import "github.com/metaflow-cfn/metaflow-cfn/deploy"

// changeRecord is a change of a plan.
type changeRecord struct {
	Action      string           `json:"action"`
	ID          string           `json:"id"`
	Physical    string           `json:"physicalId,omitempty"`
	Resource    string           `json:"rtype"`
	Replacement string           `json:"replacement,omitempty"`
	Policy      string           `json:"policy,omitempty"`
	Scope       []string         `json:"scope,omitempty"`
	Properties  []propertyRecord `json:"properties,omitempty"`
}

// propertyRecord is a property that makes a resource change.
type propertyRecord struct {
	Path       string `json:"path"`
	Before     string `json:"before,omitempty"`
	After      string `json:"after,omitempty"`
	Recreation string `json:"recreation,omitempty"`
	Source     string `json:"source,omitempty"`
	Entity     string `json:"entity,omitempty"` // parameter or resource behind the change
}

// SharedValue is a parameter value that comes from another stack.
type SharedValue struct {
	Parameter string `json:"parameter"`
	Value     string `json:"value"`
	Origin    string `json:"origin"` // where in the other stack, like "resource Vpc"
}

// DerivedValue is a parameter value that the account answers, because nothing gives it.
type DerivedValue struct {
	Parameter string `json:"parameter"`
	Value     string `json:"value"`
	Reason    string `json:"reason"`
}

// Update is how a resource is changed, with the reason and what it means for jobs.
type Update struct {
	ID     string `json:"id"`
	Change string `json:"change"` // in place or replaced
	Reason string `json:"reason"`
}

// TagChange is a tag of the stack that is added, changed or removed.
type TagChange struct {
	Key    string `json:"key"`
	Before string `json:"before,omitempty"` // empty: it is added
	After  string `json:"after,omitempty"`  // empty: it is removed
}

// PlanNotes are what a plan says besides its changes.
type PlanNotes struct {
	From    []SharedValue // values that come from another stack
	Derived []DerivedValue
	Tags    []TagChange // of the stack
	Updates []Update    // what CloudFormation does not say of resources
}

// Plan writes a plan with its notes.
func (r *Records) Plan(p *deploy.Plan, notes PlanNotes) {
	rec := record{
		Type: "plan", Stack: p.Stack.Name, StackID: p.Stack.ID, Operation: p.Operation,
		Planned: len(p.Changes), From: notes.From,
		Derived: notes.Derived, Tags: notes.Tags, Updates: notes.Updates,
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
