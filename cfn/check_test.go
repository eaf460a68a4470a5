package cfn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/batch"
	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// sample is a sound template that has every section: a VPC, a gateway under a
// condition, and a subnet that waits for the gateway where that exists.
func sample() *cfn.Template {
	t := &cfn.Template{
		Description: "A sample.",
		Metadata:    map[string]any{"Owner": "tests"},
		Parameters: []cfn.Parameter{
			{ID: "Range", Type: "String", Default: new("10.0.0.0/16"), Pattern: `[0-9./]+`,
				Constraint: "must be a range"},
			{ID: "Public", Type: "String", Default: new("true"), AllowedValues: []string{"true", "false"}},
			{ID: "Size", Type: "Number", Default: new("2"), Min: new(1), Max: new(3)},
			{ID: "Zones", Type: "CommaDelimitedList", Default: new("a, b")},
		},
		Rules: []cfn.Rule{{ID: "Sizes", When: cfn.Equals(cfn.Ref("Public"), "false"),
			Assertions: []cfn.Assertion{
				{Assert: cfn.Not(cfn.Equals(cfn.Ref("Size"), "3")), Description: "Size 3 needs Public"},
			}}},
		Mappings: map[string]map[string]map[string]any{"Bits": {"2": {"Prefix": "/24"},
			"3": {"Prefix": "/20"}, "1": {"Prefix": "/28"}}},
		Conditions: []cfn.Condition{
			{ID: "IsPublic", Expr: cfn.Equals(cfn.Ref("Public"), "true")},
			{ID: "IsPrivate", Expr: cfn.Not(cfn.ConditionRef("IsPublic"))},
		},
	}
	vpc := t.Add(cfn.Resource{ID: "Vpc", Doc: "The network."},
		&ec2.VPC{CidrBlock: new(cfn.Ref("Range"))}, nil)
	gateway := t.Add(cfn.Resource{ID: "Gateway", Condition: "IsPublic", DeletionPolicy: "Retain",
		DependsOn: []string{"Vpc"}},
		&ec2.InternetGateway{}, nil)
	t.Add(cfn.Resource{ID: "Subnet",
		Metadata: map[string]any{cfn.After: []any{cfn.If("IsPublic", gateway, "none")}}},
		&ec2.Subnet{
			VpcId: vpc,
			CidrBlock: new(cfn.Sub("10.0.0.0${Bits}",
				map[string]string{"Bits": cfn.Fn("FindInMap", "Bits", cfn.Ref("Size"), "Prefix")})),
			AvailabilityZone: new(cfn.Fn("Select", 0, cfn.Ref("Zones"))),
		}, nil)
	t.Outputs = []cfn.Output{
		{ID: "VpcId", Description: "The network.", Value: vpc},
		{ID: "SubnetAlone", Condition: "IsPrivate", Value: cfn.GetAtt("Subnet", "SubnetId")},
	}
	return t
}

func TestCheckAccepts(t *testing.T) {
	if err := sample().Check(); err != nil {
		t.Error(err)
	}
}

// TestCheckRefuses breaks the sample in one way at a time. Neither Check nor an
// encoder may let it pass.
func TestCheckRefuses(t *testing.T) {
	for _, group := range []map[string]breakage{
		brokenValues, brokenPolicies, brokenNames, brokenReferences, brokenFunctions,
	} {
		for _, name := range slices.Sorted(maps.Keys(group)) {
			t.Run(name, func(t *testing.T) {
				template := sample()
				group[name].change(template)
				_, yaml := template.YAML()
				_, json := template.JSON()
				for from, err := range map[string]error{"Check": template.Check(), "YAML": yaml, "JSON": json} {
					if err == nil || !strings.Contains("\n"+err.Error()+"\n", "\n"+group[name].want+"\n") {
						t.Errorf("%s: got %v, want %s", from, err, group[name].want)
					}
				}
			})
		}
	}
}

type breakage struct {
	want   string // a whole line of the error
	change func(*cfn.Template)
}

// property sets a property of the subnet.
func property(name string, value any) func(*cfn.Template) {
	return func(t *cfn.Template) { t.Resources[2].Properties[name] = value }
}

var brokenValues = map[string]breakage{
	"null property": {"Subnet.VpcId: required property is not set", property("VpcId", nil)},
	"null deep in a property": {"Subnet.Tags[0].Value: required property is not set",
		property("Tags", []any{map[string]any{"Key": "Name", "Value": nil}})},
	"null within a function": {"Subnet.VpcId[1].A: required property is not set",
		property("VpcId", map[string]any{"Fn::If": []any{"IsPublic", map[string]any{"A": nil}, "b"}})},
	"empty string": {"Subnet.VpcId: required property is empty", property("VpcId", "")},
	"empty string in a list": {"Subnet.Ids[1]: required property is empty",
		property("Ids", []any{"a", ""})},
	"empty string as a choice": {"Subnet.VpcId[1]: required property is empty",
		property("VpcId", map[string]any{"Fn::If": []any{"IsPublic", "a", ""}})},
	"list function beside items": {
		`Subnet.Ids[0]: a list function is beside other items: {"Ref":"Zones"}`,
		property("Ids", []any{cfn.List(cfn.Ref("Zones"))[0], "b"})},
	"output without a value": {"output VpcId: required property is not set",
		func(t *cfn.Template) { t.Outputs[0].Value = nil }},
	"output that is empty": {"output VpcId: required property is empty",
		func(t *cfn.Template) { t.Outputs[0].Value = "" }},
	"unset list of a typed resource": {"Queue.ComputeEnvironmentOrder: required property is not set",
		func(t *cfn.Template) {
			t.Add(cfn.Resource{ID: "Queue"}, &batch.JobQueue{}, nil)
		}},
	"unset string of a typed resource": {"Other.VpcId: required property is empty",
		func(t *cfn.Template) {
			t.Add(cfn.Resource{ID: "Other"}, &ec2.Subnet{}, nil)
		}},
	"path that names nothing": {"Other: CidrBloc: VPC has no property CidrBloc",
		func(t *cfn.Template) {
			t.Add(cfn.Resource{ID: "Other"}, &ec2.VPC{}, cfn.Set{"CidrBloc": "10.0.0.0/16"})
		}},
}

var brokenPolicies = map[string]breakage{
	"policy that does not exist": {
		`Gateway: DeletionPolicy "retain" is not Delete, Retain, RetainExceptOnCreate or Snapshot`,
		func(t *cfn.Template) { t.Resources[1].DeletionPolicy = "retain" }},
	"snapshot of what has none": {
		"Gateway: AWS::EC2::InternetGateway does not support DeletionPolicy Snapshot",
		func(t *cfn.Template) { t.Resources[1].DeletionPolicy = "Snapshot" }},
}

var brokenNames = map[string]breakage{
	"resource twice": {"Vpc: the resource is declared twice",
		func(t *cfn.Template) { t.Resources = append(t.Resources, t.Resources[0]) }},
	"parameter twice": {"Size: the parameter is declared twice",
		func(t *cfn.Template) { t.Parameters = append(t.Parameters, t.Parameters[2]) }},
	"condition twice": {"IsPublic: the condition is declared twice",
		func(t *cfn.Template) { t.Conditions = append(t.Conditions, t.Conditions[0]) }},
	"output twice": {"VpcId: the output is declared twice",
		func(t *cfn.Template) { t.Outputs = append(t.Outputs, t.Outputs[0]) }},
	"resource named like a parameter": {"Size: the parameter or resource is declared twice",
		func(t *cfn.Template) {
			t.Add(cfn.Resource{ID: "Size"}, &ec2.VPC{CidrBlock: new("10.0.0.0/16")}, nil)
		}},
	"parameter that nothing uses": {"Extra: nothing uses the parameter", func(t *cfn.Template) {
		t.Parameters = append(t.Parameters, cfn.Parameter{ID: "Extra", Type: "String"})
	}},
	"parameter that only a rule uses": {"Extra: nothing uses the parameter", func(t *cfn.Template) {
		t.Parameters = append(t.Parameters, cfn.Parameter{ID: "Extra", Type: "String"})
		t.Rules[0].When = cfn.Equals(cfn.Ref("Extra"), "a")
	}},
	"parameter that only an unused condition uses": {"Extra: nothing uses the parameter",
		func(t *cfn.Template) {
			t.Parameters = append(t.Parameters, cfn.Parameter{ID: "Extra", Type: "String"})
			t.Conditions = append(t.Conditions,
				cfn.Condition{ID: "More", Expr: cfn.Equals(cfn.Ref("Extra"), "a")})
		}},
	"condition that nothing uses": {"More: nothing uses the condition", func(t *cfn.Template) {
		t.Conditions = append(t.Conditions, cfn.Condition{ID: "More", Expr: cfn.ConditionRef("IsPublic")})
	}},
	"mapping that nothing uses": {"More: nothing uses the mapping",
		func(t *cfn.Template) { t.Mappings["More"] = nil }},
}

var brokenReferences = map[string]breakage{
	"Ref": {"Subnet: Nothing is not a parameter or resource of the template",
		property("A", map[string]any{"Ref": "Nothing"})},
	"Ref to a condition": {"Subnet: IsPublic is not a parameter or resource of the template",
		property("A", map[string]any{"Ref": "IsPublic"})},
	"GetAtt": {"Subnet: Nothing is not a resource of the template",
		property("A", map[string]any{"Fn::GetAtt": []any{"Nothing", "Arn"}})},
	"GetAtt of a parameter": {"Subnet: Size is not a resource of the template",
		property("A", map[string]any{"Fn::GetAtt": []any{"Size", "Arn"}})},
	"Sub": {"Subnet: Nothing is not a parameter or resource of the template",
		property("A", map[string]any{"Fn::Sub": "x-${Nothing}"})},
	"Sub with an attribute": {"Subnet: Nothing is not a resource of the template",
		property("A", map[string]any{"Fn::Sub": "x-${Nothing.Arn}"})},
	"variable of Sub": {"Subnet: Nothing is not a parameter or resource of the template",
		property("A",
			map[string]any{"Fn::Sub": []any{"${V}",
				map[string]any{"V": map[string]any{"Ref": "Nothing"}}}})},
	"If": {"Subnet: Nothing is not a condition of the template",
		property("A", map[string]any{"Fn::If": []any{"Nothing", "a", "b"}})},
	"within If": {"Subnet: Nothing is not a parameter or resource of the template",
		property("A",
			map[string]any{"Fn::If": []any{"IsPublic", "a", map[string]any{"Ref": "Nothing"}}})},
	"FindInMap": {"Subnet: Nothing is not a mapping of the template",
		property("A", map[string]any{"Fn::FindInMap": []any{"Nothing", "a", "b"}})},
	"within FindInMap": {"Subnet: Nothing is not a parameter or resource of the template",
		property("A",
			map[string]any{"Fn::FindInMap": []any{"Bits", map[string]any{"Ref": "Nothing"}, "b"}})},
	"DependsOn": {"Subnet: Nothing is not a resource of the template",
		func(t *cfn.Template) { t.Resources[2].DependsOn = []string{"Nothing"} }},
	"DependsOn a parameter": {"Subnet: Size is not a resource of the template",
		func(t *cfn.Template) { t.Resources[2].DependsOn = []string{"Size"} }},
	"Metadata": {"Subnet metadata: Nothing is not a parameter or resource of the template",
		func(t *cfn.Template) { t.Resources[2].Metadata["A"] = map[string]any{"Ref": "Nothing"} }},
	"condition of a resource": {"Subnet: Nothing is not a condition of the template",
		func(t *cfn.Template) { t.Resources[2].Condition = "Nothing" }},
	"condition of an output": {"output VpcId: Nothing is not a condition of the template",
		func(t *cfn.Template) { t.Outputs[0].Condition = "Nothing" }},
	"value of an output": {"output VpcId: Nothing is not a parameter or resource of the template",
		func(t *cfn.Template) { t.Outputs[0].Value = cfn.Ref("Nothing") }},
	"condition in a condition": {"condition IsPrivate: Nothing is not a condition of the template",
		func(t *cfn.Template) { t.Conditions[1].Expr = cfn.Not(cfn.ConditionRef("Nothing")) }},
	"parameter in a condition": {
		"condition IsPublic: Nothing is not a parameter or resource of the template",
		func(t *cfn.Template) { t.Conditions[0].Expr = cfn.Equals(cfn.Ref("Nothing"), "") }},
	"rule of a resource": {"rule Sizes: Vpc is not a parameter of the template",
		func(t *cfn.Template) { t.Rules[0].Assertions[0].Assert = cfn.Equals(cfn.Ref("Vpc"), "") }},
	"rule of a condition": {"rule Sizes: IsPublic is not a parameter of the template",
		func(t *cfn.Template) { t.Rules[0].When = cfn.ConditionRef("IsPublic") }},
}

var brokenFunctions = map[string]breakage{
	"If without a choice": {
		`Subnet.A: Fn::If does not take these arguments: {"Fn::If":["IsPublic","a"]}`,
		property("A", map[string]any{"Fn::If": []any{"IsPublic", "a"}})},
	"If by a function": {
		`Subnet.A: Fn::If does not take these arguments: {"Fn::If":[{"Ref":"Size"},"a","b"]}`,
		property("A", map[string]any{"Fn::If": []any{map[string]any{"Ref": "Size"}, "a", "b"}})},
	"Ref of a number": {`Subnet.A: Ref does not take these arguments: {"Ref":1}`,
		property("A", map[string]any{"Ref": 1})},
	"GetAtt of a word": {`Subnet.A: Fn::GetAtt does not take these arguments: {"Fn::GetAtt":"Vpc.Id"}`,
		property("A", map[string]any{"Fn::GetAtt": "Vpc.Id"})},
	"Sub of a list": {`Subnet.A: Fn::Sub does not take these arguments: {"Fn::Sub":["${A}","b"]}`,
		property("A", map[string]any{"Fn::Sub": []any{"${A}", "b"}})},
	"Or of one": {
		`condition IsPrivate: Fn::Or does not take these arguments: ` +
			`{"Fn::Or":[{"Condition":"IsPublic"}]}`,
		func(t *cfn.Template) {
			t.Conditions[1].Expr = cfn.Fn("Or",
				[]string{cfn.ConditionRef("IsPublic")})
		}},
	"function in a rule": {`rule Sizes: Fn::Not does not take these arguments: {"Fn::Not":"a"}`,
		func(t *cfn.Template) { t.Rules[0].When = cfn.Fn("Not", "a") }},
	"function that does not exist": {
		`Subnet.A: Fn::Iff does not take these arguments: {"Fn::Iff":["IsPublic","a","b"]}`,
		property("A", map[string]any{"Fn::Iff": []any{"IsPublic", "a", "b"}})},
	"function beside a key": {`Subnet.A: Ref does not take these arguments: {"B":"b","Ref":"Size"}`,
		property("A", map[string]any{"Ref": "Size", "B": "b"})},
}

// TestCheckAtOnce returns all that is wrong.
func TestCheckAtOnce(t *testing.T) {
	template := sample()
	property("VpcId", "")(template)
	property("CidrBlock", nil)(template)
	template.Outputs[0].Condition = "Nothing"
	err := template.Check()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"Subnet.VpcId", "Subnet.CidrBlock", "Nothing is not a condition",
		"Bits: nothing uses"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}
