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

// identity is somebody who works on or with a stack, and what it needs for that.
type identity struct {
	name       string
	statements func(place) []statement
	note       func(place) string // what the administrator must know; empty: nothing
}

// identities are in the order in which an administrator makes them.
var identities = []identity{
	{"boundary", boundary, nothing},
	{"service-role", serviceRole, unbounded},
	{"deployer", deployer, namedRole},
	{"user", user, nothing},
}

func nothing(place) string { return "" }

// Policies are the kinds of policy that Policy makes.
func Policies() []string {
	var names []string
	for _, i := range identities {
		names = append(names, i.name)
	}
	return names
}

// Policy is the IAM policy document of one of Policies for a stack, as indented
// JSON, and what to tell whoever puts it to use. Values are those of
// PolicyParameters, each sound alone; what none names is any, *. It is an error
// if they name different accounts, regions or partitions, or if the document is
// larger than a managed policy may be.
func Policy(
	c *generator.Component, kind, stack string, values generator.Values,
) (text []byte, notes []string, err error) {
	i := slices.IndexFunc(identities, func(i identity) bool { return i.name == kind })
	p, errs := placeOf(c, stack, values)
	if i < 0 {
		errs = append(errs, fmt.Errorf("%w (%s)", suggest.Unknown("policy", kind, Policies()), strings.Join(Policies(), ", ")))
	}
	if kind == "service-role" {
		errs = append(errs, unknownTypes(p.template)...)
	}
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	text, size, err := encode(identities[i].statements(p))
	switch {
	case err != nil:
		return nil, nil, err
	case size > maxPolicy:
		return nil, nil, fmt.Errorf("the policy has %d characters, and IAM takes %d: name fewer policies and roles", size, maxPolicy)
	}
	return text, identities[i].notes(p), nil
}

// notes say what is left open, what has no effect, and what is particular to
// the identity.
func (i identity) notes(p place) []string {
	var notes, open []string
	if p.account == anywhere {
		open = append(open, "account")
	}
	if p.region == anywhere {
		open = append(open, "region")
	}
	if len(open) > 0 {
		notes = append(notes, fmt.Sprintf("the policy is for any %s: narrow it with --%s",
			strings.Join(open, " and "), strings.Join(open, " and --")))
	}
	for _, q := range PolicyParameters[len(everywhere):] {
		if value := p.given[q.Name]; value != "" && value != q.Default && i.ignores(p, q) {
			notes = append(notes, fmt.Sprintf("--%s has no effect on the %s policy", q.Flag(), i.name))
		}
	}
	if note := i.note(p); note != "" {
		notes = append(notes, note)
	}
	return notes
}

// ignores reports whether the policy is the same without the parameter.
func (i identity) ignores(p place, q *generator.Parameter) bool {
	rest := maps.Clone(p.given)
	delete(rest, q.Name)
	without, _ := placeOf(p.component, p.stack, rest) // less cannot be in conflict
	return reflect.DeepEqual(i.statements(p), i.statements(without))
}

// statement is what an identity may do to some resources.
type statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition conditionBlock `json:",omitempty"`
}

// conditionBlock is the values that a key of the request must have, by operator
// and key.
type conditionBlock map[string]map[string][]string

// may allows actions on resources.
func may(sid string, resources []string, actions ...string) statement {
	return statement{Sid: sid, Effect: "Allow", Action: actions, Resource: resources}
}

// where narrows a statement by one more condition.
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

// encode is a document as indented JSON, with its size as IAM counts it.
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
