package cfn_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// printed is the whole of the sample.
const printed = `AWSTemplateFormatVersion: '2010-09-09'

Description: A sample.

Metadata: {Owner: tests}

Parameters:
  Range:
    Type: String
    Default: 10.0.0.0/16
    AllowedPattern: '[0-9./]+'
    ConstraintDescription: must be a range
  Public:
    Type: String
    Default: 'true'
    AllowedValues: ['true', 'false']
  Size:
    Type: Number
    Default: 2
    MinValue: 1
    MaxValue: 3
  Zones:
    Type: CommaDelimitedList
    Default: a, b

Rules:
  Sizes:
    RuleCondition: !Equals [!Ref Public, 'false']
    Assertions:
    - Assert: !Not [!Equals [!Ref Size, '3']]
      AssertDescription: Size 3 needs Public

Mappings:
  Bits:
    '1': {Prefix: /28}
    '2': {Prefix: /24}
    '3': {Prefix: /20}

Conditions:
  IsPublic: !Equals [!Ref Public, 'true']
  IsPrivate: !Not [{Condition: IsPublic}]

# Metadata.After orders a resource after others that may not exist, which DependsOn cannot.
Resources:
  # The network.
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref Range
  Gateway:
    Type: AWS::EC2::InternetGateway
    Condition: IsPublic
    DependsOn: [Vpc]
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
  Subnet:
    Type: AWS::EC2::Subnet
    Metadata:
      After: [!If [IsPublic, !Ref Gateway, none]]
    Properties:
      AvailabilityZone: !Select [0, !Ref Zones]
      CidrBlock: !Sub
      - 10.0.0.0${Bits}
      - Bits: !FindInMap [Bits, !Ref Size, Prefix]
      VpcId: !Ref Vpc

Outputs:
  VpcId:
    Description: The network.
    Value: !Ref Vpc
  SubnetAlone:
    Condition: IsPrivate
    Value: !GetAtt Subnet.SubnetId
`

func TestYAML(t *testing.T) {
	got, err := sample().YAML()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != printed {
		t.Errorf("got\n%s\nwant\n%s", got, printed)
	}
}

// TestDeletionPolicies writes each policy, before and after Resolve, and reads it
// back.
func TestDeletionPolicies(t *testing.T) {
	for policy, want := range map[string]string{
		"":       "deleted, deleted, deleted",
		"Delete": "deleted, deleted, deleted",
		"Retain": "kept, kept, kept",
		// UpdateReplacePolicy does not take RetainExceptOnCreate.
		"RetainExceptOnCreate": "kept, kept, deleted",
		"Snapshot": "deleted after a snapshot, deleted after a snapshot, " +
			"deleted after a snapshot",
	} {
		template := &cfn.Template{}
		template.Add(cfn.Resource{ID: "Data", DeletionPolicy: policy}, &ec2.Volume{AvailabilityZone: "a"},
			nil)
		resolved, err := template.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []func() ([]byte, error){
			template.YAML, template.JSON, resolved.YAML, resolved.JSON,
		} {
			text, err := form()
			if err != nil {
				t.Fatal(err)
			}
			d, err := cfn.ReadDeployed(text)
			if err != nil {
				t.Fatal(err)
			}
			r := d.Resources[0]
			got := fmt.Sprintf("%v, %v, %v", r.WhenStackDeleted(), r.WhenReplaced(),
				r.WhenCreationRolledBack())
			if got != want || r.DeletionPolicy != policy {
				t.Errorf("%q: %s, want %s, in\n%s", policy, got, want, text)
			}
		}
	}
}

// TestYAMLForms prints values as a person would write them.
func TestYAMLForms(t *testing.T) {
	long := strings.Repeat("long-", 20)
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"word", "word", "word"},
		{"number", 12, "12"},
		{"boolean", true, "true"},
		{"empty object", map[string]any{}, "{}"},
		{"empty list", []any{}, "[]"},
		{"short list", []string{"a", cfn.Ref("Vpc")}, "[a, !Ref Vpc]"},
		{"tag", []any{map[string]any{"Key": "Name", "Value": "x"}}, "[{Key: Name, Value: x}]"},
		{"one fact", map[string]any{"Service": "ec2"}, "{Service: ec2}"},
		{"statement in reading order",
			map[string]any{"Resource": "r", "Condition": map[string]any{"A": map[string]any{"b": "c"}},
				"Effect": "Allow", "Action": "a"},
			"\n        Effect: Allow\n        Action: a\n        Resource: r" +
				"\n        Condition:\n          A: {b: c}"},
		{"function of nothing", cfn.Fn("GetAZs", ""), "!GetAZs ''"},
		{"function of nothing in a function", cfn.Fn("Select", 0, cfn.Fn("GetAZs", "")),
			"!Select [0, !GetAZs '']"},
		{"function of a function", cfn.Fn("Base64", cfn.Sub("x", nil)), "{'Fn::Base64': !Sub x}"},
		{"attribute", cfn.GetAtt("Vpc", "CidrBlock"), "!GetAtt Vpc.CidrBlock"},
		{"choice", cfn.If("IsPublic", cfn.Ref("Vpc"), cfn.NoValue),
			"!If [IsPublic, !Ref Vpc, !Ref AWS::NoValue]"},
		{"long choice", cfn.If("IsPublic", cfn.Sub(long, nil), long),
			"!If\n      - IsPublic\n      - !Sub " + long + "\n      - " + long},
		{"text of several lines", "a: b\n# c", "|-\n        a: b\n        # c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := encoded(t, test.value); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// encoded is the YAML of a property.
func encoded(t *testing.T, value any) string {
	t.Helper()
	template := sample()
	template.Add(cfn.Resource{ID: "Other"}, &ec2.VPC{CidrBlock: new("10.0.0.0/16")},
		cfn.Set{"+It": value})
	y, err := template.YAML()
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(y), "      It:")
	before, _, _ := strings.Cut(after, "\n\nOutputs:")
	return strings.TrimPrefix(before, " ")
}

// TestYAMLQuotes quotes what YAML, as 1.1 or as 1.2, would take for something
// else than the string that it is. CloudFormation reads 1.1.
func TestYAMLQuotes(t *testing.T) {
	for _, word := range []string{
		"2012-10-17", "2001-01-01 10:00:00", "true", "True", "false", "on", "On", "OFF", "yes", "No", "y",
		"N", "", "~", "null", "Null",
		"0", "1", "-1", "+1", "1.5", ".5", "1.", "1e3", "012", "08", "0x1F", "0o7", "0b1", "1_000",
		"1:30", "190:20:30", ".inf", ".nan",
		"=", "<<", "# c", "a #b", "a: b", "a:", "- a", "!x", "*a", "&a", "%a", "@a", "`a", "[", "{",
		"?", `"q"`, "  x ", "\ttab",
	} {
		got := encoded(t, map[string]any{word: cfn.Fn("Join", word, []string{word})})
		if strings.Count(got, "'"+word+"'") != 3 && strings.Count(got, strconv.Quote(word)) != 3 {
			t.Errorf("%q is printed as %s", word, got)
		}
	}
}

// TestYAMLIsJSON parses both forms, which must say the same.
func TestYAMLIsJSON(t *testing.T) {
	values := []any{
		"on", "a\nb\n", "x\u0085y", "é😀", "a, b]", "}",
		cfn.Sub("a: b # ${AWS::Region}\nline", nil), cfn.Fn("GetAZs", ""),
		cfn.Fn("Base64", cfn.Sub("x", nil)), cfn.If("IsPublic", "on", map[string]any{"0": []any{"0", 0}}),
		cfn.If("IsPublic", []any{map[string]any{"a": "b", "c": cfn.NoValue}}, cfn.NoValue),
		map[string]any{"on": "on", "Fn": 1, "a": []any{}, "b": map[string]any{}}, 1234567890123, 0.25,
		[]any{[]any{"a", []any{"b"}}, "- c"}, cfn.GetAtt("Vpc", "A.B"),
		strings.Repeat("word ", 60), strings.Repeat("x", 300),
	}
	for i, value := range values {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			template := sample()
			template.Add(cfn.Resource{ID: "Other"}, &ec2.VPC{}, cfn.Set{"+It": value})
			sameForms(t, template)
		})
	}
}

// sameForms fails unless the YAML and the JSON of a template say the same.
func sameForms(t *testing.T, template *cfn.Template) {
	t.Helper()
	y, err := template.YAML()
	if err != nil {
		t.Fatal(err)
	}
	j, err := template.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(y, &doc); err != nil {
		t.Fatalf("%v in\n%s", err, y)
	}
	var want any
	if err := json.Unmarshal(j, &want); err != nil {
		t.Fatal(err)
	}
	if got := longForm(t, doc.Content[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("the forms differ:\n%s\n%s", y, j)
	}
}

// longForm is a YAML node as a JSON parser would have it.
func longForm(t *testing.T, n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = longForm(t, n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, longForm(t, item))
		}
		v = list
	case yaml.ScalarNode:
		v = n.Value
		if n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!bool" {
			if err := json.Unmarshal([]byte(n.Value), &v); err != nil {
				t.Fatal(err)
			}
		}
	}
	name, short := strings.CutPrefix(n.Tag, "!")
	switch {
	case !short || strings.HasPrefix(name, "!"):
		return v
	case name == "Ref":
		return map[string]any{"Ref": v}
	case name == "GetAtt":
		id, attribute, _ := strings.Cut(n.Value, ".")
		v = []any{id, attribute}
	}
	return map[string]any{"Fn::" + name: v}
}
