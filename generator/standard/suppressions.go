package standard

import "maps"

// Suppress adds to a resource's Metadata the rules of cfn-guard that do not hold
// for it: cfn-guard reads templates, and has no place for a reason. The reasons
// stand in docs/security.md.
func Suppress(metadata map[string]any, rules ...string) map[string]any {
	out := maps.Clone(metadata)
	if out == nil {
		out = map[string]any{}
	}
	out["guard"] = map[string]any{"SuppressedRules": rules}
	return out
}
