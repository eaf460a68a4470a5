package iameval

import (
	"strings"
	"testing"
)

// document returns a document of statements.
func document(t *testing.T, statements ...string) Document {
	t.Helper()
	d, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": [` +
		strings.Join(statements, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	all       = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	noGet     = `{"Effect": "Deny", "Action": ["s3:get*"], "Resource": "arn:aws:s3:::data/*"}`
	oneLetter = `{"Effect": "Allow", "Action": "ec2:?", "Resource": "*"}`
	butIAM    = `{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::data/*"}`
)

// TestDecisions: elements, wildcards, explicit deny first, and boundaries.
func TestDecisions(t *testing.T) {
	for _, test := range []struct {
		action, resource string
		documents        []Document
		want             bool
	}{
		{"s3:GetObject", "arn:aws:s3:::data/a:b/c", []Document{document(t, all)}, true},
		{"s3:GetObject", "arn:aws:s3:::data/a", []Document{document(t, all, noGet)}, false},
		{"s3:GetObject", "arn:aws:s3:::data/a", []Document{document(t, noGet, all)}, false},
		{"s3:GetObject", "arn:aws:s3:::Data/a", []Document{document(t, noGet, all)}, true},
		{"s3:PutObject", "arn:aws:s3:::data/a", []Document{document(t, noGet)}, false},
		{"s3:PutObject", "arn:aws:s3:::other/a", []Document{document(t, butIAM)}, true},
		{"s3:PutObject", "arn:aws:s3:::data/a", []Document{document(t, butIAM)}, false},
		{"iam:PassRole", "arn:aws:iam::1:role/a", []Document{document(t, butIAM)}, false},
		{"iam:PassRole", "*", []Document{document(t, all), document(t, butIAM)}, false},
		{"iam:PassRole", "*", nil, false},
		{"ec2:X", "*", []Document{document(t, oneLetter)}, true},
		{"ec2:XY", "*", []Document{document(t, oneLetter)}, false},
	} {
		r := Request{Action: test.action, Resource: test.resource}
		if got := Allowed(r, test.documents...); got != test.want {
			t.Errorf("%s on %s %v: %v", test.action, test.resource, test.documents, got)
		}
	}
}

// TestConditions tries each operator with a key that meets it, does not meet it, and is absent.
func TestConditions(t *testing.T) {
	for _, test := range []struct {
		condition string
		values    []string
		want      bool
	}{
		{`"StringEquals": {"k": "a*"}`, []string{"ab"}, false},
		{`"StringEquals": {"k": ["b", "a"]}`, []string{"a"}, true},
		{`"StringEquals": {"k": "a"}`, nil, false},
		{`"StringEqualsIfExists": {"k": "a"}`, nil, true},
		{`"StringEqualsIfExists": {"k": "a"}`, []string{"b"}, false},
		{`"StringNotEquals": {"k": "a"}`, nil, true},
		{`"StringNotEquals": {"k": ["a", "b"]}`, []string{"b"}, false},
		{`"StringLike": {"K": "a*"}`, []string{"ab"}, true},
		{`"StringNotLike": {"k": "a*"}`, []string{"ab"}, false},
		{`"ArnLike": {"k": "arn:aws:iam::*:role/a*"}`, []string{"arn:aws:iam::1:role/ab"}, true},
		{`"ArnLike": {"k": "arn:aws:*:role/a"}`, []string{"arn:aws:iam::1:role/a"}, false},
		{`"ArnEquals": {"k": "arn:aws:iam::*:role/a"}`, []string{"arn:aws:iam::1:role/a"}, true},
		{`"ArnNotEquals": {"k": "arn:aws:iam::1:role/a"}`, []string{"arn:aws:iam::1:role/a"}, false},
		{`"Bool": {"k": "true"}`, []string{"True"}, true},
		{`"Bool": {"k": "true"}`, nil, false},
		{`"Null": {"k": "true"}`, nil, true},
		{`"Null": {"k": "true"}`, []string{"a"}, false},
		{`"Null": {"k": "false"}`, []string{"a"}, true},
		{`"ForAllValues:StringEquals": {"k": ["a", "b"]}`, []string{"b", "a"}, true},
		{`"ForAllValues:StringEquals": {"k": "a"}`, []string{"a", "b"}, false},
		{`"ForAllValues:StringEquals": {"k": "a"}`, nil, true},
		{`"ForAnyValue:StringLike": {"k": "a"}`, []string{"b", "a"}, true},
		{`"ForAnyValue:StringLike": {"k": "a"}`, nil, false},
		{`"StringLike": {"k": "a"}, "Bool": {"other": "true"}`, []string{"a"}, false},
	} {
		d := document(t, `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {`+
			test.condition+`}}`)
		r := Request{Action: "a:B", Resource: "*", Keys: map[string][]string{"k": test.values}}
		if got := Allowed(r, d); got != test.want {
			t.Errorf("%s with %q: %v", test.condition, test.values, got)
		}
	}
}

// TestUnknown: what cannot be judged is an error.
func TestUnknown(t *testing.T) {
	for _, statement := range []string{
		`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"k": "1"}}}`,
		`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringSimilar": {"k": "1"}}}`,
		`{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}`,
		`{"Effect": "Allow", "Action": "*", "NotAction": "a:B", "Resource": "*"}`,
		`{"Effect": "Allow", "Action": "*"}`,
		`{"Effect": "Maybe", "Action": "*", "Resource": "*"}`,
		`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}`,
	} {
		if _, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + statement + `]}`)); err ==
			nil {
			t.Errorf("%s is judged", statement)
		}
	}
	if _, err := Parse([]byte(`{"Version": "2008-10-17", "Statement": []}`)); err == nil {
		t.Error("the old version is judged")
	}
}

// TestLike: wildcards span any characters, and a star may take nothing.
func TestLike(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"*", "", true}, {"a*", "a", true}, {"*ab*ab", "aababab", true},
		{"a*b", "abc", false},
		{"a?c", "abc", true}, {"a?", "a", false}, {"**a", "ba", true}, {"a", "", false},
		{"a.c", "abc", false},
		{"x*y*z", "x1y2y3z", true}, {"x*y*z", "x1z2y", false},
	} {
		if got := like(test.pattern, test.text); got != test.want {
			t.Errorf("%q and %q: %v", test.pattern, test.text, got)
		}
	}
}
