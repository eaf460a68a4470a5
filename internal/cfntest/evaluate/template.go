package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Template is a document as CloudFormation reads it: short-form functions have become maps of one
// key.
type Template struct {
	Body        string // as it was given to Parse
	Description string
	Root        map[string]any            // the whole document
	Definitions map[string]map[string]any // the parameters
	Resources   map[string]Definition
	conditions  map[string]any
	outputs     map[string]map[string]any
}

// Definition is a resource of a template.
type Definition struct {
	Type                  string
	condition             string
	properties, metadata  map[string]any
	policy, replacePolicy string // DeletionPolicy, UpdateReplacePolicy; empty: the defaults
	raw                   map[string]any
}

// Parse reads a template, JSON or YAML, and refuses what CloudFormation refuses at once.
func Parse(body string) (*Template, *Error) {
	root, err := decode(body)
	if err != nil {
		return nil, invalid("Template format error: %s", err)
	}
	t := &Template{
		Body: body, Root: root, Definitions: section(root, "Parameters"),
		outputs: section(root, "Outputs"), Resources: map[string]Definition{},
	}
	t.Description, _ = root["Description"].(string)
	t.conditions, _ = root["Conditions"].(map[string]any)
	for key := range root {
		if !slices.Contains(sections, key) {
			return nil, invalid("Invalid template property or properties [%s]", key)
		}
	}
	if _, ok := root["Resources"].(map[string]any); !ok {
		return nil, invalid("Template format error: At least one Resources member must be defined.")
	}
	entries := section(root, "Resources")
	if len(entries) > maxResources {
		return nil, invalid("Template format error: Number of resources, %d, is greater than maximum "+
			"allowed, %d", len(entries), maxResources)
	}
	for id, raw := range entries {
		def, fail := define(id, raw)
		if fail != nil {
			return nil, fail
		}
		t.Resources[id] = def
	}
	return t, t.check()
}

// maxResources is CloudFormation's quota of resources in a template.
const maxResources = 500

// The sections of a template and the attributes of a resource.
var (
	sections = []string{"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules",
		"Mappings", "Conditions", "Transform", "Resources", "Outputs", "Hooks"}
	resourceKeys = []string{"Type", "Condition", "Properties", "Metadata", "DependsOn",
		"DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "Description"}
)

// section returns the maps of a section by their names.
func section(root map[string]any, name string) map[string]map[string]any {
	out := map[string]map[string]any{}
	entries, _ := root[name].(map[string]any)
	for id, v := range entries {
		if m, ok := v.(map[string]any); ok {
			out[id] = m
		}
	}
	return out
}

// define reads a resource of a template.
func define(id string, raw map[string]any) (Definition, *Error) {
	d := Definition{raw: raw}
	for key := range raw {
		if !slices.Contains(resourceKeys, key) {
			return d, invalid("Invalid template resource property '%s'", key)
		}
	}
	var ok bool
	if d.Type, ok = raw["Type"].(string); !ok {
		return d, invalid("Template format error: [/Resources/%s] Every Resources object must contain "+
			"a Type member.", id)
	}
	d.condition, _ = raw["Condition"].(string)
	d.properties, _ = raw["Properties"].(map[string]any)
	d.metadata, _ = raw["Metadata"].(map[string]any)
	d.policy, _ = raw["DeletionPolicy"].(string)
	d.replacePolicy, _ = raw["UpdateReplacePolicy"].(string)
	return d, d.checkPolicies(id)
}

// needs lists the logical IDs that a resource, or what conditions leave of it, comes after:
// DependsOn, and every Ref, GetAtt and Sub anywhere in it, Metadata included.
func needs(raw map[string]any) []string {
	names := map[string]bool{}
	switch on := raw["DependsOn"].(type) {
	case string:
		names[on] = true
	case []any:
		for _, name := range on {
			names[fmt.Sprint(name)] = true
		}
	}
	for key, v := range raw {
		if key != "DependsOn" {
			references(v, func(name, _ string) { names[name] = true })
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// check refuses references to nothing, which CloudFormation finds before it starts.
func (t *Template) check() *Error {
	var missing []string
	known := func(name string) bool {
		_, parameter := t.Definitions[name]
		_, resource := t.Resources[name]
		return parameter || resource || strings.HasPrefix(name, "AWS::")
	}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		def := t.Resources[id]
		if _, ok := t.conditions[def.condition]; def.condition != "" && !ok {
			return invalid("Template format error: Unresolved condition dependency %s in the Resources "+
				"block of the template", def.condition)
		}
		for _, name := range needs(def.raw) {
			if !known(name) && !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
	}
	if missing != nil {
		return unresolved(strings.Join(missing, ", "), "Resources")
	}
	for id, output := range t.outputs {
		var fail *Error
		references(output["Value"], func(name, _ string) {
			if !known(name) {
				fail = unresolved(name, "Outputs")
			}
		})
		if _, ok := output["Value"]; !ok {
			fail = invalid("Template format error: Output %s is malformed. Every Outputs member must "+
				"contain a Value object", id)
		}
		if fail != nil {
			return fail
		}
	}
	return nil
}

// Error is the error that CloudFormation returns for a template, parameters or capabilities.
type Error struct{ Code, Message string }

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func invalid(format string, args ...any) *Error {
	return &Error{"ValidationError", fmt.Sprintf(format, args...)}
}

func unresolved(names, section string) *Error {
	return invalid("Template format error: Unresolved resource dependencies [%s] in the %s block "+
		"of the template", names, section)
}
