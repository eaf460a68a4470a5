package evaluate

import (
	"maps"
	"slices"
	"strings"
)

// Environment has what pseudo parameters tell about a stack.
type Environment struct{ Region, Account, StackName, StackID string }

// Deployment is a template with its inputs: what an operation deploys.
type Deployment struct {
	Template   *Template
	Parameters map[string]string
	Tags       map[string]string // the stack's
	Topics     []string          // AWS::NotificationARNs

	// Settle sets these two.
	Order []string            // logical IDs of the resources to create, each after those it needs
	After map[string][]string // for each, those of Order that it needs
}

// Output is a computed output.
type Output struct{ Key, Value, Description, Export string }

// Settle evaluates the conditions, asserts the rules and puts the resources in order.
func (d *Deployment) Settle(env Environment) *Error {
	sc := d.Scope(env, nil)
	if fail := checkRules(sc); fail != nil {
		return fail
	}
	var open []string
	all := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(d.Template.Resources)) {
		def := d.Template.Resources[id]
		if def.condition == "" || sc.condition(def.condition) {
			raw, _ := sc.taken(def.raw).(map[string]any)
			all[id] = needs(raw)
			open = append(open, id)
		}
	}
	if sc.fail != nil {
		return sc.fail
	}
	d.After = map[string][]string{}
	absent := func(name string) bool { return all[name] == nil && !slices.Contains(open, name) }
	for id, names := range all {
		d.After[id] = slices.DeleteFunc(names, absent)
	}
	var circle []string
	if d.Order, circle = InOrder(open, d.After); circle != nil {
		return invalid("Circular dependency between resources: [%s]", strings.Join(circle, ", "))
	}
	// Evaluate everything once, with the logical IDs as physical ones, to find references to
	// resources that do not exist.
	made := map[string]*Resource{}
	sc = d.Scope(env, made)
	for _, id := range d.Order {
		made[id] = d.Resource(id, sc)
		made[id].PhysicalID = id
	}
	d.ComputeOutputs(sc)
	return sc.fail
}

// InOrder lists ids so that each comes after those that it needs, or returns a circle: those that
// need each other.
func InOrder(ids []string, after map[string][]string) (out, circle []string) {
	for left := ids; len(left) > 0; {
		var open []string
		waits := func(name string) bool {
			return slices.Contains(left, name) && !slices.Contains(out, name)
		}
		for _, id := range left {
			if slices.ContainsFunc(after[id], waits) {
				open = append(open, id)
			} else {
				out = append(out, id)
			}
		}
		if len(open) == len(left) {
			return out, open
		}
		left = open
	}
	return out, nil
}

// Scope returns a scope for the deployment's expressions with the given resources.
func (d *Deployment) Scope(env Environment, resources map[string]*Resource) *Scope {
	partition, suffix := Partition(env.Region), "amazonaws.com"
	if partition == "aws-cn" {
		suffix += ".cn"
	}
	topics := []any{}
	for _, topic := range d.Topics {
		topics = append(topics, topic)
	}
	return &Scope{
		template: d.Template, parameters: parameterValues(d.Template, d.Parameters),
		resources: resources, decided: map[string]bool{},
		pseudo: map[string]any{
			"AWS::Region":           env.Region,
			"AWS::AccountId":        env.Account,
			"AWS::StackName":        env.StackName,
			"AWS::StackId":          env.StackID,
			"AWS::Partition":        partition,
			"AWS::URLSuffix":        suffix,
			"AWS::NotificationARNs": topics,
		},
	}
}

// Resource computes a resource of the template. The caller gives it a physical ID.
func (d *Deployment) Resource(id string, sc *Scope) *Resource {
	def := d.Template.Resources[id]
	r := &Resource{LogicalID: id, Type: def.Type, After: d.After[id], Version: 1}
	r.Properties, _ = sc.value(def.properties).(map[string]any)
	r.Adopt(def)
	r.Metadata, _ = sc.value(def.metadata).(map[string]any)
	r.Tags = map[string]any{}
	if typeOf(def.Type).tagged {
		for key, value := range d.Tags {
			r.Tags[key] = value
		}
	}
	return r
}

// ComputeOutputs returns the outputs whose conditions are true.
func (d *Deployment) ComputeOutputs(sc *Scope) []Output {
	var out []Output
	for _, key := range slices.Sorted(maps.Keys(d.Template.outputs)) {
		def := d.Template.outputs[key]
		if condition, ok := def["Condition"].(string); ok && !sc.condition(condition) {
			continue
		}
		export, _ := def["Export"].(map[string]any)
		description, _ := def["Description"].(string)
		value, name := Text(sc.value(def["Value"])), Text(sc.value(export["Name"]))
		out = append(out, Output{key, value, description, name})
	}
	return out
}

// Mask replaces the values of NoEcho parameters in a text that shows properties.
func (d *Deployment) Mask(text string) string {
	for name, value := range d.Parameters {
		if value != "" && d.Template.NoEcho(name) {
			text = strings.ReplaceAll(text, value, "****")
		}
	}
	return text
}

// Partition returns the partition of a region, the second field of its ARNs.
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
