// Package iameval decides offline, as IAM does, whether policy documents allow a request.
// It is for tests of the printed policies: an element, an operator or a variable that it does not
// know is an error, so that no document is judged by half.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package iameval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Request is what IAM is asked for one action on one resource. A call that needs several
// resources makes a request for each.
type Request struct {
	Action   string
	Resource string              // an ARN, or * for actions that take no resource
	Keys     map[string][]string // the condition keys of the request, in any case
}

func (r Request) String() string { return fmt.Sprintf("%s on %s %v", r.Action, r.Resource, r.Keys) }

// Document is a policy document.
type Document struct{ statements []Statement }

// Statement is a statement of a document.
type Statement struct {
	Sid, Effect                              string
	Action, NotAction, Resource, NotResource texts
	Condition                                map[string]map[string]texts
}

// texts is a string or a list of them.
type texts []string

// UnmarshalJSON reads a string or a list of strings.
func (t *texts) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// Parse reads a document. It returns an error for what it could not judge.
func Parse(text []byte) (Document, error) {
	var raw struct {
		Version   string
		Statement []Statement
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return Document{}, err
	}
	var errs []error
	if raw.Version != "2012-10-17" {
		errs = append(errs, fmt.Errorf("version %q", raw.Version))
	}
	if bytes.Contains(text, []byte("${")) {
		errs = append(errs, errors.New("variables are not known"))
	}
	for _, s := range raw.Statement {
		errs = append(errs, s.check())
	}
	return Document{raw.Statement}, errors.Join(errs...)
}

// check returns an error if the statement cannot be judged.
func (s Statement) check() error {
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return fmt.Errorf("%s: effect %q", s.Sid, s.Effect)
	}
	if (s.Action == nil) == (s.NotAction == nil) || (s.Resource == nil) == (s.NotResource == nil) {
		return fmt.Errorf("%s: wanted one of Action and NotAction, "+
			"one of Resource and NotResource", s.Sid)
	}
	for name := range s.Condition {
		if _, err := operatorOf(name); err != nil {
			return fmt.Errorf("%s: %w", s.Sid, err)
		}
	}
	return nil
}

// Statements returns the Sids of the statements.
func (d Document) Statements() []string {
	var sids []string
	for _, s := range d.statements {
		sids = append(sids, s.Sid)
	}
	return sids
}

// Without returns the document without a statement.
func (d Document) Without(sid string) Document {
	return Document{slices.DeleteFunc(slices.Clone(d.statements),
		func(s Statement) bool { return s.Sid == sid })}
}

// Allowed reports whether each of the documents allows a request: the policy of an identity, and
// its permissions boundary where it has one. A Deny in any of them wins.
func Allowed(r Request, documents ...Document) bool {
	for _, d := range documents {
		if !d.allows(r) {
			return false
		}
	}
	return len(documents) > 0
}

func (d Document) allows(r Request) bool {
	allowed := false
	for _, s := range d.statements {
		if s.applies(r) {
			if s.Effect == "Deny" {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

// applies reports whether the statement is about a request.
func (s Statement) applies(r Request) bool {
	if s.Action != nil && !named(s.Action, r.Action, true) ||
		s.NotAction != nil && named(s.NotAction, r.Action, true) ||
		s.Resource != nil && !named(s.Resource, r.Resource, false) ||
		s.NotResource != nil && named(s.NotResource, r.Resource, false) {
		return false
	}
	for name, keys := range s.Condition {
		o, err := operatorOf(name)
		if err != nil {
			return false // Parse refuses it
		}
		for key, wanted := range keys {
			if !o.holds(r.values(key), wanted) {
				return false
			}
		}
	}
	return true
}

// values returns the values of a condition key, whose name has no case.
func (r Request) values(key string) []string {
	for name, values := range r.Keys {
		if strings.EqualFold(name, key) {
			return values
		}
	}
	return nil
}

// named reports whether a pattern matches a text. Actions have no case.
func named(patterns []string, text string, folded bool) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if folded {
			return like(strings.ToLower(p), strings.ToLower(text))
		}
		return like(p, text)
	})
}

// like reports whether a pattern with * and ? matches a text. Each star takes as little as it can,
// and more of the text when what follows does not match.
func like(pattern, text string) bool {
	p, t, star, retry := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
