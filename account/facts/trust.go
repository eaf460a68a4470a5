package facts

import (
	"encoding/json"
	"slices"
)

// words is a string or a list of strings, as policies have them.
type words []string

// UnmarshalJSON reads either form.
func (w *words) UnmarshalJSON(text []byte) error {
	var one string
	if err := json.Unmarshal(text, &one); err == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// Trusts reports whether a trust policy lets a service of AWS assume its role, as far as its
// conditions allow. In China some names of services end with .cn.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func Trusts(policy, service string) bool {
	type statement struct {
		Effect    string
		Action    words
		Principal json.RawMessage
	}
	var document struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(policy), &document) != nil {
		return false
	}
	var all []statement
	if json.Unmarshal(document.Statement, &all) != nil {
		all = make([]statement, 1)
		if json.Unmarshal(document.Statement, &all[0]) != nil {
			return false
		}
	}
	return slices.ContainsFunc(all, func(s statement) bool {
		assumes := func(action string) bool {
			return action == "sts:AssumeRole" || action == "sts:*" || action == "*"
		}
		var principal struct{ Service words }
		anybody := string(s.Principal) == `"*"`
		if !anybody && json.Unmarshal(s.Principal, &principal) != nil {
			return false
		}
		return s.Effect == "Allow" && slices.ContainsFunc(s.Action, assumes) && (anybody ||
			slices.Contains(principal.Service, service) ||
			slices.Contains(principal.Service, service+".cn"))
	})
}
