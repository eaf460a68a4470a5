package standard

import "maps"

// Suppression is a finding of a checker that stays, with the reason why.
type Suppression struct{ ID, Reason string }

// Suppress adds suppressions to a resource's Metadata in the forms that cdk-nag
// and cfn-guard read. guard are names of cfn-guard's rules, in upper case with
// underscores; all are cdk-nag's.
func Suppress(metadata map[string]any, guard []string, all ...Suppression) map[string]any {
	var rules []any
	for _, s := range all {
		rules = append(rules, map[string]any{"id": s.ID, "reason": s.Reason})
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
