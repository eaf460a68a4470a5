package safety

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// mutant is one change of a template. do and undo change the document in place.
type mutant struct {
	path, change string
	do, undo     func()
}

// spot is a value of a document with what replaces or removes it.
type spot struct {
	path, key string // the key of a list's items is that of the list
	value     any
	set       func(any)
	remove    func()
}

// breeder collects the mutants of one document.
type breeder struct {
	template *template
	mutants  []mutant
}

// breed makes every mutant of a document: of each value of its resources and
// outputs, and what is added to it. Their order is always the same.
func breed(t *template, extras map[string]any) []mutant {
	b := &breeder{template: t}
	for _, key := range slices.Sorted(maps.Keys(t.doc)) {
		b.walk(entry(t.doc, key, ""))
	}
	b.additions()
	b.attributes()
	b.intruders(extras)
	return b.mutants
}

func entry(m map[string]any, key, parent string) spot {
	path := strings.TrimPrefix(parent+"/"+key, "/")
	return spot{path, key, m[key], func(v any) { m[key] = v }, func() { delete(m, key) }}
}

// walk makes the mutants of a value and of what it holds. Calls of functions are
// values.
func (b *breeder) walk(s spot) {
	b.add(s, "delete", s.remove)
	switch v := s.value.(type) {
	case bool:
		b.replace(s, "flip", !v)
	case float64:
		b.replace(s, "zero", 0.0)
		b.replace(s, "one more", v+1)
		b.replace(s, "64 more", v+64)
	case string:
		b.word(s, v)
	case []any:
		b.list(s, v)
		for i, item := range v {
			rest := slices.Delete(slices.Clone(v), i, i+1)
			b.walk(spot{fmt.Sprint(s.path, "/", i), s.key, item,
				func(x any) { v[i] = x; s.set(v) }, func() { s.set(rest) }})
		}
	case map[string]any:
		if name, argument, ok := function(v); ok {
			b.call(s, name, argument)
			return
		}
		b.object(s, v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b.walk(entry(v, key, s.path))
		}
	}
}

// add adds a mutant; restoring the value undoes it.
func (b *breeder) add(s spot, change string, do func()) {
	b.mutants = append(b.mutants, mutant{s.path, change, do, func() { s.set(s.value) }})
}

func (b *breeder) replace(s spot, change string, v any) {
	if text(v) != text(s.value) {
		b.add(s, change, func() { s.set(v) })
	}
}

// words are the other things that a word may say.
var words = map[string][]string{
	"ENABLED": {"DISABLED"}, "Enabled": {"Disabled", "Suspended"}, "required": {"optional"},
	"Delete": {"Retain"}, "Retain": {"Delete", "Snapshot"}, "RetainExceptOnCreate": {"Retain", "Delete", "Snapshot"},
	"EC2": {"SPOT", "FARGATE"}, "SPOT": {"EC2"},
	"FARGATE": {"EC2"}, "MANAGED": {"UNMANAGED"}, "Allow": {"Deny"}, "Deny": {"Allow"},
	"tcp": {"udp", "-1"}, "BucketOwnerEnforced": {"ObjectWriter"}, "aws:kms": {"AES256"},
	"AES256": {"aws:kms"}, "gp3": {"standard"}, "ALL": {"REJECT"}, "s3": {"cloud-watch-logs"},
	"Interface": {"Gateway"}, "Gateway": {"Interface"}, "vpc": {"standard"}, "1.2": {"1.0"},
	"false": {"true"}, "2012-10-17": {"2008-10-17"}, "optimal": {"p5.48xlarge"},
	"RUNNABLE": {"RUNNING"}, "BEST_FIT_PROGRESSIVE": {"BEST_FIT"},
	"SPOT_PRICE_CAPACITY_OPTIMIZED": {"BEST_FIT"},
}

func (b *breeder) word(s spot, v string) {
	b.replace(s, "other word", v+"-x")
	for _, other := range words[v] {
		b.replace(s, other, other)
	}
	if _, err := netip.ParsePrefix(v); err == nil {
		b.replace(s, "everywhere", "0.0.0.0/0")
	}
	switch s.key {
	case "Action":
		service, _, _ := strings.Cut(v, ":")
		b.replace(s, "*", "*")
		b.replace(s, "all of the service", service+":*")
		b.replace(s, "other action", service+":DeleteBucket")
	case "Resource":
		b.replace(s, "*", "*")
	case "DependsOn":
		b.swap(s, v, func(id string) any { return id })
	}
}

// list widens a list and empties it.
func (b *breeder) list(s spot, v []any) {
	b.replace(s, "empty", []any{})
	more := func(change string, item any) { b.replace(s, change, append(slices.Clone(v), item)) }
	switch s.key {
	case "Action", "Resource":
		b.replace(s, "*", []any{"*"})
		more("and *", "*")
		return
	case "Statement":
		more("and allow all", map[string]any{"Effect": "Allow", "Principal": "*", "Action": "*",
			"Resource": "*"})
		more("and allow a stranger", map[string]any{"Effect": "Allow",
			"Principal": map[string]any{"AWS": "${AWS::AccountId}"},
			"Action":    []any{"s3:GetObject"}, "Resource": []any{"x"}})
		more("and deny writing", map[string]any{"Effect": "Deny", "Principal": "*",
			"Action": []any{"s3:PutObject"}, "Resource": []any{"*"}})
		return
	case "ManagedPolicyArns":
		more("and administrator", sub("arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"))
		return
	}
	more("and another", "another")
	if len(v) > 0 {
		more("and the first again", v[0])
		b.swapped(v[0], func(change string, item any) { more("and "+change, item) })
	}
}

// object drops what narrows, and widens principals.
func (b *breeder) object(s spot, v map[string]any) {
	switch s.key {
	case "Principal":
		b.replace(s, "anybody", "*")
		b.replace(s, "any account", map[string]any{"AWS": "*"})
		b.replace(s, "our account",
			map[string]any{"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")})
		b.replace(s, "another service too",
			map[string]any{"Service": append(list(v["Service"]), "lambda.amazonaws.com")})
	case "Condition":
		for _, operator := range slices.Sorted(maps.Keys(v)) {
			weaker := maps.Clone(v)
			delete(weaker, operator)
			weaker[operator+"IfExists"] = v[operator]
			b.replace(s, operator+"IfExists", weaker)
		}
	}
}

// call swaps what a call refers to, and writes down what it would find out.
func (b *breeder) call(s spot, name string, argument any) {
	b.swapped(s.value, func(change string, v any) { b.replace(s, change, v) })
	whole := text(s.value)
	for _, fact := range [][2]string{{"Partition", "aws"}, {"Region", "us-east-1"},
		{"AccountId", "123456789012"}, {"URLSuffix", "amazonaws.com"}} {
		if variable, literal := "${AWS::"+fact[0]+"}", fact[1]; strings.Contains(whole, variable) {
			b.replace(s, "literal "+literal, sub(strings.ReplaceAll(whole, variable, literal)))
		}
	}
	b.replace(s, "literal", "literal")
	if name == "Fn::Sub" {
		b.replace(s, "not substituted", argument)
		b.replace(s, "longer", sub(whole+"-x"))
		b.replace(s, "looked up", sub(whole+"{{resolve:ssm:/metaflow/value}}"))
		b.replace(s, "any", sub(whole[:strings.LastIndexAny(whole, ":/.-")+1]+"*"))
	}
	if name == "Fn::Select" {
		b.replace(s, "the other", map[string]any{name: []any{1 - at(argument, "0").(float64),
			at(argument, "1")}})
	}
}

// swapped yields a call with each thing that it refers to replaced by each other
// of its type.
func (b *breeder) swapped(v any, yield func(change string, v any)) {
	m, _ := v.(map[string]any)
	if _, _, ok := function(m); !ok {
		return
	}
	whole := text(v)
	for variable := range variables(whole) {
		id, rest, _ := strings.Cut(variable, ".")
		for _, other := range b.others(id) {
			name := strings.TrimSuffix(other+"."+rest, ".")
			yield("swap "+id+" for "+other, sub(strings.ReplaceAll(whole, "${"+variable+"}", "${"+name+"}")))
		}
	}
}

func (b *breeder) swap(s spot, id string, make func(string) any) {
	for _, other := range b.others(id) {
		b.replace(s, "swap for "+other, make(other))
	}
}

// others are the other resources of a resource's type, or other facts of the stack.
func (b *breeder) others(id string) []string {
	facts := []string{"AWS::AccountId", "AWS::Region", "AWS::StackName"}
	if slices.Contains(facts, id) {
		return slices.DeleteFunc(facts, func(other string) bool { return other == id })
	}
	var out []string
	if own, ok := b.template.find(id); ok {
		for r := range b.template.of(own.kind) {
			if r.id != id {
				out = append(out, r.id)
			}
		}
	}
	return out
}

func sub(s string) any { return map[string]any{"Fn::Sub": s} }
