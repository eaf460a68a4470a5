package generator

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Warnings says which of the given values nothing uses, and what else deserves
// a second look. The values, with those that are not given now, must be sound.
func (v Values) Warnings(given Values) []string {
	if len(given) == 0 {
		return nil
	}
	t := Template()
	live, _ := t.Live(v)
	full, err := t.Resolve(v)
	if err != nil {
		return nil
	}
	var out []string
	for p := range Parameters() {
		value, asked := given[p.Name]
		if !asked || value == p.Default {
			continue
		}
		if p.Shape.Want == bucketName.Want && regexp.MustCompile(`[0-9]{12}`).MatchString(value) {
			out = append(out, fmt.Sprintf("%s %s holds twelve digits, like an account ID, and bucket names are no secret", p.Name, value))
		}
		rest := maps.Clone(v)
		delete(rest, p.Name)
		if without, err := t.Resolve(rest); err == nil && reflect.DeepEqual(full, without) {
			out = append(out, p.Name+" has no effect: "+reason(t, p, live))
		}
	}
	if vpc := given[existingVpcId.Name]; vpc != "" && live["InternetGateway"] {
		out = append(out, fmt.Sprintf("a new internet gateway is attached to %s, which has room for one: give ExistingInternetGatewayId if it has one", vpc))
	}
	return out
}

const idle = "the result is the same without it"

// reason says which things would use the parameter, none of which is created.
func reason(t *cfn.Template, p *Parameter, live map[string]bool) string {
	var nouns []string
	for _, thing := range things {
		if thing.existing == p {
			nouns = missing(thing, live)
		}
	}
	if len(nouns) == 0 {
		var users []thing
		for _, id := range t.Users(p.Name) {
			if live[id] {
				return idle
			}
			users = append(users, thingOf(t, id))
		}
		nouns = first(users)
	}
	slices.Sort(nouns)
	if nouns = slices.Compact(nouns); len(nouns) == 0 {
		return idle
	}
	return "no " + strings.Join(nouns, " and no ") + " is created"
}

// missing are those who would need the thing and are not created. A mere
// circumstance stands for those behind it.
func missing(t thing, live map[string]bool) []string {
	var nouns []string
	for _, id := range t.neededBy {
		need := find(id)
		switch {
		case need.noun == "":
			nouns = append(nouns, missing(need, live)...)
		case !live[id]:
			nouns = append(nouns, need.noun)
		}
	}
	return nouns
}

// first are those of the things that no other of them is needed by.
func first(all []thing) []string {
	var nouns []string
	for _, t := range all {
		if t.noun != "" && !slices.ContainsFunc(all, func(other thing) bool { return slices.Contains(t.neededBy, other.id) }) {
			nouns = append(nouns, t.noun)
		}
	}
	return nouns
}

// thingOf is the thing that a resource belongs to, if any.
func thingOf(t *cfn.Template, id string) thing {
	for _, r := range t.Resources {
		if r.ID != id {
			continue
		}
		for _, thing := range things {
			if thing.noun != "" && condition(thing.id) == r.Condition {
				return thing
			}
		}
	}
	return thing{}
}
