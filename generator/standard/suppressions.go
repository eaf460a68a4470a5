package standard

import "maps"

// Suppress adds to a resource's Metadata the rules of cfn-guard that do not apply to it. cfn-guard
// has no field for a reason: the reasons are in docs/security.md.
func Suppress(metadata map[string]any, rules ...string) map[string]any {
	out := maps.Clone(metadata)
	if out == nil {
		out = map[string]any{}
	}
	out["guard"] = map[string]any{"SuppressedRules": rules}
	return out
}
