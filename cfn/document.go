package cfn

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// object is a mapping whose entries keep their order.
type object []member

// member is an entry of an object. Its doc is the comment over it in YAML.
type member struct {
	key   string
	value any
	doc   string
}

// ordered returns a map as an object in reading order.
func ordered(m map[string]any) object {
	var o object
	for _, key := range sortedKeys(m) {
		o = append(o, member{key: key, value: m[key]})
	}
	return o
}

// add appends an entry unless its value is empty.
func (o *object) add(key string, value any) {
	switch v := value.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case object:
		if len(v) == 0 {
			return
		}
	case map[string]any:
		if len(v) == 0 {
			return
		}
	}
	*o = append(*o, member{key: key, value: value})
}

// MarshalJSON writes the entries in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			buf.WriteByte(',')
		}
		buf.Write(compact(m.key))
		buf.WriteByte(':')
		value, err := marshal(m.value)
		if err != nil {
			return nil, err
		}
		buf.Write(value)
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// JSON returns the template in JSON, indented by two spaces.
func (t *Template) JSON() ([]byte, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	data, err := marshal(t.document())
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, data, "", "  "); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// document returns the whole template in CloudFormation's order of sections.
func (t *Template) document() object {
	var doc object
	doc.add("AWSTemplateFormatVersion", "2010-09-09")
	doc.add("Description", t.Description)
	doc.add("Metadata", t.Metadata)
	doc.add("Parameters", section(t.Parameters, Parameter.entry))
	doc.add("Rules", section(t.Rules, t.ruleEntry))
	if len(t.Mappings) > 0 {
		doc.add("Mappings", t.Mappings)
	}
	doc.add("Conditions", section(t.Conditions, func(c Condition) member {
		return member{key: c.ID, value: t.tree(c.Expr)}
	}))
	resources := section(t.Resources, Resource.entry)
	doc = append(doc, member{key: "Resources", value: resources, doc: t.orderNote()})
	doc.add("Outputs", section(t.Outputs, t.outputEntry))
	return doc
}

// orderNote returns an explanation of Metadata's After where a resource has it.
func (t *Template) orderNote() string {
	for _, r := range t.Resources {
		if r.Metadata[After] != nil {
			return "Metadata.After orders a resource after others that may not exist, " +
				"which DependsOn cannot."
		}
	}
	return ""
}

// section returns the entries of the items.
func section[T any](items []T, entry func(T) member) object {
	out := object{}
	for _, item := range items {
		out = append(out, entry(item))
	}
	return out
}

func (p Parameter) entry() member {
	var o object
	o.add("Type", p.Type)
	o.add("Description", p.Description)
	if p.Default != nil {
		o = append(o, member{key: "Default", value: p.value(*p.Default)})
	}
	if len(p.AllowedValues) > 0 {
		values := []any{}
		for _, v := range p.AllowedValues {
			values = append(values, p.value(v))
		}
		o.add("AllowedValues", values)
	}
	o.add("AllowedPattern", p.Pattern)
	if p.Min != nil {
		o.add("MinValue", *p.Min)
	}
	if p.Max != nil {
		o.add("MaxValue", *p.Max)
	}
	o.add("ConstraintDescription", p.Constraint)
	return member{key: p.ID, value: o}
}

// value returns a value of the parameter as it is written: a Number has no
// quotes.
func (p Parameter) value(text string) any {
	if p.Type == "Number" {
		return json.Number(text)
	}
	return text
}

func (t *Template) ruleEntry(r Rule) member {
	var o object
	if r.When != "" {
		o.add("RuleCondition", t.tree(r.When))
	}
	var assertions []any
	for _, a := range r.Assertions {
		assertions = append(assertions, object{
			{key: "Assert", value: t.tree(a.Assert)},
			{key: "AssertDescription", value: a.Description},
		})
	}
	o.add("Assertions", assertions)
	return member{key: r.ID, value: o}
}

func (r Resource) entry() member {
	var o object
	o.add("Type", r.Type)
	o.add("Condition", r.Condition)
	if len(r.DependsOn) > 0 {
		o.add("DependsOn", r.DependsOn)
	}
	o.add("DeletionPolicy", r.DeletionPolicy)
	if r.DeletionPolicy == policyRetainInUse {
		o.add("UpdateReplacePolicy", policyRetain)
	} else {
		o.add("UpdateReplacePolicy", r.DeletionPolicy)
	}
	o.add("Metadata", r.Metadata)
	o.add("Properties", ordered(r.Properties))
	return member{key: r.ID, value: o, doc: r.Doc}
}

func (t *Template) outputEntry(out Output) member {
	var o object
	o.add("Condition", out.Condition)
	o.add("Description", out.Description)
	o.add("Value", t.tree(out.Value))
	return member{key: out.ID, value: o}
}

// first and last are the keys that people expect at the ends of an object;
// the others are in alphabetical order between them.
var (
	first = []string{"Type", "Sid", "Effect", "Principal", "Action", "Resource"}
	last  = []string{"Condition", "PolicyDocument", "Statement"}
)

// sortedKeys returns the keys of an object in reading order.
func sortedKeys[V any](m map[string]V) []string {
	rank := func(key string) int {
		if i := slices.Index(first, key); i >= 0 {
			return i - len(first)
		}
		return 1 + slices.Index(last, key)
	}
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
}
