// Package standard contains what the components share: formats of values, names and tags, policy
// documents, private buckets, and the parameters of every role.
package standard

import (
	"github.com/awslabs/goformation/v7/cloudformation/tags"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// NameTags returns the Name tag: the stack's name and a suffix.
func NameTags(part string) []tags.Tag {
	return []tags.Tag{{Key: "Name", Value: NameOf(part)}}
}

// NameOf returns the stack's name and a suffix.
func NameOf(part string) string { return cfn.Sub("${AWS::StackName}-"+part, nil) }

// Dependency is a resource that another one waits for, if it exists.
type Dependency struct{ Condition, Ref string }

// After returns the Metadata that orders a resource after others, if these exist.
func After(all ...Dependency) map[string]any {
	var refs []any
	for _, d := range all {
		if d.Condition == "" {
			refs = append(refs, d.Ref)
		} else {
			refs = append(refs, cfn.If(d.Condition, d.Ref, "none"))
		}
	}
	return map[string]any{cfn.After: refs}
}
