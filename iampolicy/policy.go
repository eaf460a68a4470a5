// Package iampolicy writes least-privilege IAM policies for those who work on or
// with a stack of a component.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// maxPolicy is the size of a managed policy, in characters without white space.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxPolicy = 6144

// identity is a principal that works on or with a stack, or the boundary of one,
// with the statements of its policy.
type identity struct {
	name       string
	statements func(scope) []statement
	note       func(scope) []string // what the administrator must know; nil: nothing
	check      func(scope) []error  // what keeps the policy from being written; nil: nothing
}

// identities are in the order in which an administrator creates them.
var identities = []identity{
	{name: "boundary", statements: boundary},
	{name: "service-role", statements: serviceRole, note: open, check: checkPermissions},
	{name: "deployer", statements: deployer, note: namedRole},
	{name: "user", statements: user},
	{name: "verify", statements: verify},
}

// Policies returns the kinds of policy that Policy writes.
func Policies() []string {
	var names []string
	for _, i := range identities {
		names = append(names, i.name)
	}
	return names
}

// Policy returns the IAM policy document of a kind for a stack, as indented JSON,
// and notes for the administrator who uses it. The values are those of
// PolicyParameters, each valid alone; a region or account that none of them names
// is any (*). It is an error if they name different accounts, regions or
// partitions, or if the document is larger than a managed policy may be.
func Policy(
	c *generator.Component, kind, stack string, values generator.Values,
) (text []byte, notes []string, err error) {
	i := slices.IndexFunc(identities, func(i identity) bool { return i.name == kind })
	sc, errs := scopeOf(c, stack, values)
	if i < 0 {
		errs = append(errs, fmt.Errorf("%w (%s)", suggest.Unknown("policy", kind, Policies()),
			strings.Join(Policies(), ", ")))
	} else if identities[i].check != nil {
		errs = append(errs, identities[i].check(sc)...)
	}
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	text, size, err := encode(identities[i].statements(sc))
	switch {
	case err != nil:
		return nil, nil, err
	case size > maxPolicy:
		return nil, nil, fmt.Errorf("the policy has %d characters, and IAM takes %d: "+
			"name fewer policies and roles", size, maxPolicy)
	}
	return text, identities[i].notes(sc), nil
}

// notes returns what is left open, which values have no effect, and what is
// particular to the identity.
func (i identity) notes(sc scope) []string {
	var notes, open []string
	if sc.account == wildcard {
		open = append(open, "account")
	}
	if sc.region == wildcard {
		open = append(open, "region")
	}
	if len(open) > 0 {
		notes = append(notes, fmt.Sprintf("the policy is for any %s: narrow it with --%s",
			strings.Join(open, " and "), strings.Join(open, " and --")))
	}
	for _, p := range PolicyParameters[len(scopeParameters):] {
		if value := sc.given[p.Name]; value != "" && value != p.Default && i.ignores(sc, p) {
			notes = append(notes, fmt.Sprintf("--%s has no effect on the %s policy", p.Flag(), i.name))
		}
	}
	if i.note != nil {
		notes = append(notes, i.note(sc)...)
	}
	return notes
}

// ignores reports whether the policy is the same without the parameter.
func (i identity) ignores(sc scope, p *generator.Parameter) bool {
	rest := maps.Clone(sc.given)
	delete(rest, p.Name)
	without, _ := scopeOf(sc.component, sc.stack, rest) // fewer values cannot be in conflict
	return reflect.DeepEqual(i.statements(sc), i.statements(without))
}

// statement is a statement of a policy document.
type statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition conditionBlock `json:",omitempty"`
}

// conditionBlock holds the values that a key of the request must have, by operator
// and key.
type conditionBlock map[string]map[string][]string

// allowStatement returns a statement that allows actions on resources.
func allowStatement(sid string, resources []string, actions ...string) statement {
	return statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

// where returns the statement narrowed by one more condition.
func (s statement) where(operator, key string, values ...string) statement {
	block := conditionBlock{}
	for o, keys := range s.Condition {
		block[o] = maps.Clone(keys)
	}
	if block[operator] == nil {
		block[operator] = map[string][]string{}
	}
	block[operator][key] = values
	s.Condition = block
	return s
}

// encode returns a document as indented JSON, with its size as IAM counts it.
func encode(statements []statement) (text []byte, size int, err error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", statements})
	for _, r := range out.String() {
		if !strings.ContainsRune(" \n", r) {
			size++
		}
	}
	return out.Bytes(), size, err
}
