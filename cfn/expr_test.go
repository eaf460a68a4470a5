package cfn_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Example shows what becomes of a function in a string field.
func Example() {
	template := &cfn.Template{}
	name := cfn.Sub("${P}-data", map[string]string{"P": cfn.Ref("Prefix")})
	on := map[string]string{"Status": "Enabled"}
	bucket := template.Add(cfn.Resource{ID: "Bucket"}, &s3.Bucket{BucketName: &name},
		cfn.Set{"VersioningConfiguration": cfn.If("Versioned", on, cfn.NoValue)})

	fmt.Printf("%q\n%q\n", name, bucket)
	for _, property := range []string{"BucketName", "VersioningConfiguration"} {
		tree, _ := json.Marshal(template.Resources[0].Properties[property])
		fmt.Println(string(tree))
	}
	// Output:
	// "\x00{\"Fn::Sub\":[\"${P}-data\",{\"P\":{\"Ref\":\"Prefix\"}}]}"
	// "\x00{\"Ref\":\"Bucket\"}"
	// {"Fn::Sub":["${P}-data",{"P":{"Ref":"Prefix"}}]}
	// {"Fn::If":["Versioned",{"Status":"Enabled"},{"Ref":"AWS::NoValue"}]}
}

// toJSON is a tree as compact JSON.
func toJSON(t *testing.T, tree any) string {
	t.Helper()
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestExpressions puts each expression into a string field of a typed resource.
func TestExpressions(t *testing.T) {
	for _, test := range []struct{ name, expr, want string }{
		{"word", "word", `"word"`},
		{"Ref", cfn.Ref("Vpc"), `{"Ref":"Vpc"}`},
		{"NoValue", cfn.NoValue, `{"Ref":"AWS::NoValue"}`},
		{"GetAtt", cfn.GetAtt("Role", "Arn"), `{"Fn::GetAtt":["Role","Arn"]}`},
		{"Sub of text", cfn.Sub("${AWS::StackName}-x", nil), `{"Fn::Sub":"${AWS::StackName}-x"}`},
		{"Sub with variables", cfn.Sub("s3://${B}", map[string]string{"B": cfn.Ref("Bucket")}),
			`{"Fn::Sub":["s3://${B}",{"B":{"Ref":"Bucket"}}]}`},
		{"Equals", cfn.Equals(cfn.Ref("P"), ""), `{"Fn::Equals":[{"Ref":"P"},""]}`},
		{"Not", cfn.Not(cfn.ConditionRef("C")), `{"Fn::Not":[{"Condition":"C"}]}`},
		{"And", cfn.And(cfn.ConditionRef("A"), cfn.Not(cfn.Equals("a", "b"))),
			`{"Fn::And":[{"Condition":"A"},{"Fn::Not":[{"Fn::Equals":["a","b"]}]}]}`},
		{"one argument", cfn.Fn("GetAZs", ""), `{"Fn::GetAZs":""}`},
		{"list argument", cfn.Fn("Join", ",", []string{"a", cfn.Ref("B")}),
			`{"Fn::Join":[",",["a",{"Ref":"B"}]]}`},
		{"function of a function", cfn.Fn("Select", 1, cfn.Fn("GetAZs", "")),
			`{"Fn::Select":[1,{"Fn::GetAZs":""}]}`},
		{"list function as an argument", cfn.If("C", cfn.List(cfn.Ref("L")), cfn.NoValue),
			`{"Fn::If":["C",{"Ref":"L"},{"Ref":"AWS::NoValue"}]}`},
		{"If of words", cfn.If("C", "a", "b"), `{"Fn::If":["C","a","b"]}`},
		{"If of a boolean and a number", cfn.If("C", true, 3), `{"Fn::If":["C",true,3]}`},
		{"If of functions", cfn.If("C", cfn.Ref("A"), cfn.If("D", cfn.GetAtt("B", "Arn"), cfn.NoValue)),
			`{"Fn::If":["C",{"Ref":"A"},` +
				`{"Fn::If":["D",{"Fn::GetAtt":["B","Arn"]},{"Ref":"AWS::NoValue"}]}]}`},
		{"If of an object", cfn.If("C", map[string]any{"K": []any{cfn.Ref("A")}}, cfn.NoValue),
			`{"Fn::If":["C",{"K":[{"Ref":"A"}]},{"Ref":"AWS::NoValue"}]}`},
		{"quotes and brackets", cfn.Equals(`say "<&>" \`, cfn.Ref("P")),
			`{"Fn::Equals":["say \"\u003c\u0026\u003e\" \\",{"Ref":"P"}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := &cfn.Template{}
			template.Add(cfn.Resource{ID: "Vpc"}, &ec2.VPC{CidrBlock: &test.expr}, nil)
			if got := toJSON(t, template.Resources[0].Properties["CidrBlock"]); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestLists puts functions into a list of strings: one that is the whole list,
// and items.
func TestLists(t *testing.T) {
	for _, test := range []struct {
		name string
		list []string
		want string
	}{
		{"items", []string{"a", cfn.Ref("B"), cfn.NoValue}, `["a",{"Ref":"B"},{"Ref":"AWS::NoValue"}]`},
		{"whole", cfn.List(cfn.Ref("Ids")), `{"Ref":"Ids"}`},
		{"whole by condition", cfn.List(cfn.If("C", cfn.List(cfn.Ref("Ids")), cfn.NoValue)),
			`{"Fn::If":["C",{"Ref":"Ids"},{"Ref":"AWS::NoValue"}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := &cfn.Template{}
			template.Add(cfn.Resource{ID: "Instance"}, &ec2.Instance{SecurityGroupIds: test.list}, nil)
			if got := toJSON(t, template.Resources[0].Properties["SecurityGroupIds"]); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestAdd returns the reference of the resource that it appends.
func TestAdd(t *testing.T) {
	template := &cfn.Template{}
	if got := template.Add(cfn.Resource{ID: "Vpc"}, &ec2.VPC{}, nil); got != cfn.Ref("Vpc") {
		t.Errorf("got %q, want the reference of Vpc", got)
	}
	if r := template.Resources[0]; r.ID != "Vpc" || r.Type != "AWS::EC2::VPC" {
		t.Errorf("got %s of type %s", r.ID, r.Type)
	}
}
