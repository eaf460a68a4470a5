package cfn_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// TestResolve shows whole templates.
func TestResolve(t *testing.T) {
	for _, test := range []struct {
		name   string
		values map[string]string
		want   string
	}{
		{"defaults", nil, `AWSTemplateFormatVersion: '2010-09-09'

Description: A sample.

Resources:
  # The network.
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Gateway:
    Type: AWS::EC2::InternetGateway
    DependsOn: [Vpc]
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
  Subnet:
    Type: AWS::EC2::Subnet
    DependsOn: [Gateway]
    Properties:
      AvailabilityZone: a
      CidrBlock: 10.0.0.0/24
      VpcId: !Ref Vpc

Outputs:
  VpcId:
    Description: The network.
    Value: !Ref Vpc
`},
		{"without the gateway", map[string]string{
			"Public": "false", "Size": "1", "Zones": "z", "Range": "10.1.0.0/16",
		}, `AWSTemplateFormatVersion: '2010-09-09'

Description: A sample.

Resources:
  # The network.
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      AvailabilityZone: z
      CidrBlock: 10.0.0.0/28
      VpcId: !Ref Vpc

Outputs:
  VpcId:
    Description: The network.
    Value: !Ref Vpc
  SubnetAlone:
    Value: !GetAtt Subnet.SubnetId
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := sample().Resolve(test.values)
			if err != nil {
				t.Fatal(err)
			}
			got, err := out.YAML()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			again, err := out.Resolve(nil)
			if err != nil || !reflect.DeepEqual(again, out) {
				t.Errorf("resolved again: %v, %v", again, err)
			}
		})
	}
}

// ruled is a template with rules and bad conditions.
func ruled(change func(*cfn.Template)) *cfn.Template {
	equals := func(p, v string) string { return cfn.Equals(cfn.Ref(p), v) }
	t := &cfn.Template{
		Parameters: []cfn.Parameter{
			{ID: "A", Type: "String", Default: new("")}, {ID: "B", Type: "String", Default: new("")},
			{ID: "N", Type: "Number", Default: new("1")},
			{ID: "L", Type: "CommaDelimitedList", Default: new("x,y")},
		},
		Rules: []cfn.Rule{
			{ID: "Together", When: cfn.Not(equals("A", "")), Assertions: []cfn.Assertion{
				{Assert: cfn.Not(equals("B", "")), Description: "A needs B"},
				{Assert: cfn.Not(equals("N", "1")), Description: "A needs N over 1"},
			}},
			{ID: "Known", Assertions: []cfn.Assertion{
				{Assert: cfn.Fn("Contains", []string{"", "b", "c"}, cfn.Ref("B")), Description: "B is b or c"},
				{Assert: cfn.Fn("Not", []any{cfn.Fn("Contains", cfn.Ref("L"), cfn.Ref("B"))}),
					Description: "B is not in L"},
			}},
		},
	}
	t.Add(cfn.Resource{ID: "Vpc"}, &ec2.VPC{CidrBlock: new(cfn.Ref("A"))}, nil)
	if change != nil {
		change(t)
	}
	return t
}

// TestRules refuses values by all rules that they break, in the rules' words.
func TestRules(t *testing.T) {
	for _, test := range []struct {
		name   string
		values map[string]string
		want   []string
	}{
		{"defaults", nil, nil},
		{"sound", map[string]string{"A": "a", "B": "b", "N": "2"}, nil},
		{"one", map[string]string{"A": "a", "B": "b"}, []string{"A needs N over 1"}},
		{"two of a rule", map[string]string{"A": "a"}, []string{"A needs B", "A needs N over 1"}},
		{"two rules", map[string]string{"A": "a", "B": "x"},
			[]string{"A needs N over 1", "B is b or c", "B is not in L"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ruled(nil).Resolve(test.values)
			if want := strings.Join(test.want, "\n"); (err == nil) != (want == "") || err != nil &&
				err.Error() != want {
				t.Errorf("Resolve: got %v, want %s", err, want)
			}
			var got []string
			for _, err := range ruled(nil).Assert(test.values) {
				got = append(got, err.Error())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("Assert: got %q, want %q", got, test.want)
			}
		})
	}
}

// TestResolveErrors gives values and conditions that decide nothing.
func TestResolveErrors(t *testing.T) {
	conditions := func(conditions ...cfn.Condition) func(*cfn.Template) {
		return func(t *cfn.Template) { t.Conditions = conditions }
	}
	for _, test := range []struct {
		name   string
		change func(*cfn.Template)
		values map[string]string
		want   string
	}{
		{"unknown parameters", nil, map[string]string{"X": "x", "Y": "y"},
			"X is not a parameter of the template\nY is not a parameter of the template"},
		{"no value", func(t *cfn.Template) { t.Parameters[0].Default = nil }, nil,
			"A: the parameter has no default and needs a value"},
		{"no number", nil, map[string]string{"N": "one"}, `N: "one" is not a number`},
		{"number with a space", nil, map[string]string{"N": " 1"}, `N: " 1" is not a number`},
		{"hexadecimal number", nil, map[string]string{"N": "0x1"}, `N: "0x1" is not a number`},
		{"no value of a number", nil, map[string]string{"N": ""}, `N: "" is not a number`},
		{"control character", nil, map[string]string{"A": "\x00{}"},
			`A: "\x00{}" contains a control character`},
		{"circle",
			conditions(cfn.Condition{ID: "P", Expr: cfn.Not(cfn.ConditionRef("Q"))},
				cfn.Condition{ID: "Q", Expr: cfn.Not(cfn.ConditionRef("P"))}), nil,
			"condition P depends on itself: P → Q"},
		{"circle of one", conditions(cfn.Condition{ID: "P", Expr: cfn.ConditionRef("P")}), nil,
			"condition P depends on itself: P"},
		{"undecided",
			conditions(cfn.Condition{ID: "P", Expr: cfn.Equals(cfn.Ref("AWS::Region"), "us-east-1")}), nil,
			`condition P: {"Ref":"AWS::Region"} is not decided by the parameters`},
		{"by a resource", conditions(cfn.Condition{ID: "P", Expr: cfn.Equals(cfn.Ref("Vpc"), "")}), nil,
			"condition P: refers to Vpc, which will not exist\n" +
				`condition P: {"Ref":"Vpc"} is not decided by the parameters`},
		{"by a list", conditions(cfn.Condition{ID: "P", Expr: cfn.Equals(cfn.Ref("L"), "")}), nil,
			`condition P: {"Ref":"L"} is not decided by the parameters`},
		{"no condition function", conditions(cfn.Condition{ID: "P", Expr: cfn.Ref("A")}), nil,
			`condition P: {"Ref":"A"} does not evaluate to true or false`},
		{"word for a condition", conditions(cfn.Condition{ID: "P", Expr: "true"}), nil,
			`condition P: "true" does not evaluate to true or false`},
		{"malformed condition", conditions(cfn.Condition{ID: "P", Expr: cfn.Fn("Equals", "a")}), nil,
			`condition P: {"Fn::Equals":"a"} does not evaluate to true or false`},
		{"unknown condition", conditions(cfn.Condition{ID: "P", Expr: cfn.ConditionRef("Q")}), nil,
			"Q is not a condition of the template"},
		{"Contains in no list", func(t *cfn.Template) { t.Rules[0].When = cfn.Fn("Contains", "ab", "a") },
			nil, `rule Together: {"Fn::Contains":["ab","a"]} does not evaluate to true or false`},
		{"mistake while building",
			func(t *cfn.Template) { t.Add(cfn.Resource{ID: "V"}, &ec2.VPC{}, cfn.Set{"Nothing": 1}) }, nil,
			"V: Nothing: VPC has no property Nothing"},
		{"output without a value",
			func(t *cfn.Template) { t.Outputs = []cfn.Output{{ID: "O", Value: cfn.NoValue}} }, nil,
			"output O: the value is AWS::NoValue"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := ruled(test.change).Resolve(test.values)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v and %v, want %s", out, err, test.want)
			}
		})
	}
}

// TestConditions decides by every condition function.
func TestConditions(t *testing.T) {
	yes, no := cfn.Equals("1", cfn.Ref("N")), cfn.Equals("", "a")
	for _, test := range []struct {
		expr string
		want bool
	}{
		{yes, true}, {no, false}, {cfn.Not(yes), false}, {cfn.ConditionRef("Other"), true},
		{cfn.And(yes, yes), true}, {cfn.And(yes, yes, no), false},
		{cfn.Or(no, no), false}, {cfn.Or(no, no, yes), true},
		{cfn.Or(cfn.Not(cfn.ConditionRef("Other")), cfn.And(yes, cfn.Not(no))), true},
		{cfn.Equals(cfn.Fn("Join", "", cfn.Ref("L")), "xy"), true},
	} {
		template := ruled(func(t *cfn.Template) {
			t.Conditions = []cfn.Condition{{ID: "It", Expr: test.expr}, {ID: "Other", Expr: cfn.Not(no)}}
			t.Resources[0].Condition = "It"
		})
		live, err := template.Live(nil)
		if err != nil || live["Vpc"] != test.want {
			t.Errorf("%q: got %v, %v", test.expr, live, err)
		}
	}
}

// TestOrder turns the references of Metadata's After into DependsOn.
func TestOrder(t *testing.T) {
	template := world(map[string]any{"CidrBlock2": "a"})
	r := &template.Resources[2]
	r.DependsOn = []string{"Live", "Dropped"}
	template.Add(cfn.Resource{ID: "Later", Metadata: map[string]any{
		"Other": cfn.Ref("Word"),
		cfn.After: []any{cfn.If("Yes", cfn.Ref("Live"), "none"), cfn.If("No", cfn.Ref("Dropped"), "none"),
			cfn.GetAtt("It", "A"), cfn.Ref("Live"), cfn.Ref("AWS::Region")},
	}}, &ec2.VPC{}, nil)
	out, err := template.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	it, later := out.Resources[1], out.Resources[2]
	if !slices.Equal(it.DependsOn, []string{"Live"}) {
		t.Errorf("DependsOn %v, want Live alone", it.DependsOn)
	}
	if !slices.Equal(later.DependsOn, []string{"Live", "It"}) ||
		!reflect.DeepEqual(later.Metadata, map[string]any{"Other": "web"}) {
		t.Errorf("DependsOn %v, Metadata %v; want Live and It, and Other alone", later.DependsOn,
			later.Metadata)
	}
}

func TestLive(t *testing.T) {
	live, err := ruled(func(t *cfn.Template) {
		t.Conditions = []cfn.Condition{{ID: "HasB", Expr: cfn.Not(cfn.Equals(cfn.Ref("B"), ""))}}
		t.Add(cfn.Resource{ID: "Other", Condition: "HasB"}, &ec2.VPC{}, nil)
	}).Live(map[string]string{"A": "against the rules"})
	if want := map[string]bool{"Vpc": true, "Other": false}; err != nil ||
		!reflect.DeepEqual(live, want) {
		t.Errorf("got %v, %v, want %v", live, err, want)
	}
	if _, err := ruled(nil).Live(map[string]string{"X": ""}); err == nil {
		t.Error("an unknown parameter is taken")
	}
}

// TestNames yields what functions name, also in the text of Fn::Sub; conditions and texts are not
// names.
func TestNames(t *testing.T) {
	tree := map[string]any{"A": []any{map[string]any{"Ref": "Vpc"}, "Text",
		map[string]any{"Fn::Sub": "${Bucket.Arn}/${!No}"}},
		"B": map[string]any{"Fn::If": []any{"Condition", map[string]any{"Fn::GetAtt": []any{"Eip", "Id"}}, "x"}}}
	if found := slices.Collect(cfn.Names(tree)); !slices.Equal(found, []string{"Vpc", "Bucket", "Eip"}) {
		t.Errorf("the names are %v", found)
	}
}
