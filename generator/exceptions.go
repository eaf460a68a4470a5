package generator

import "maps"

// exception is a finding of a checker that stays, with the reason why.
type exception struct{ id, reason string }

// except adds exceptions to a resource's Metadata in the form that cdk-nag
// reads. Rules of cfn-guard have names in upper case with underscores, and are
// listed for it too.
func except(metadata map[string]any, guard []string, all ...exception) map[string]any {
	var rules []any
	for _, e := range all {
		rules = append(rules, map[string]any{"id": e.id, "reason": e.reason})
	}
	out := maps.Clone(metadata)
	if out == nil {
		out = map[string]any{}
	}
	if len(rules) > 0 {
		out["cdk_nag"] = map[string]any{"rules_to_suppress": rules}
	}
	if len(guard) > 0 {
		out["guard"] = map[string]any{"SuppressedRules": guard}
	}
	return out
}
