package evaluate_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest/evaluate"
)

const short = `
Parameters: {Name: {Type: String, Default: data}, Copies: {Type: Number, Default: 2}}
Conditions:
  Two: !Not [!Equals [!Ref Copies, 1]]
Resources:
  First: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${Name}-1"}}
  Second:
    Type: AWS::S3::Bucket
    Condition: Two
    Properties: {Tags: [{Key: first, Value: !GetAtt First.Arn}]}
`

const long = `{
"Parameters": {"Name": {"Type": "String", "Default": "data"},
               "Copies": {"Type": "Number", "Default": 2}},
"Conditions": {"Two": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Copies"}, 1]}]}},
"Resources": {
  "First": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "${Name}-1"}}},
  "Second": {"Type": "AWS::S3::Bucket", "Condition": "Two", "Properties": {
    "Tags": [{"Key": "first", "Value": {"Fn::GetAtt": ["First", "Arn"]}}]}}}}`

func deploy(t *testing.T, body string, given ...evaluate.Given) *evaluate.Deployment {
	t.Helper()
	template, err := evaluate.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	d := &evaluate.Deployment{Template: template}
	if d.Parameters, err = template.Values(given, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(evaluate.Environment{Region: "eu-west-1", StackName: "demo"}); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestShortAndLongFormsAreEqual(t *testing.T) {
	a, b := deploy(t, short), deploy(t, long)
	if !reflect.DeepEqual(a.Template.Root, b.Template.Root) {
		t.Errorf("YAML gives %s\nJSON gives %s",
			evaluate.JSON(a.Template.Root), evaluate.JSON(b.Template.Root))
	}
}

func TestSteps(t *testing.T) {
	env := evaluate.Environment{Region: "eu-west-1", StackName: "demo"}
	newID := func(s *evaluate.Step, sc *evaluate.Scope) string { return s.New.NewID(sc) }
	d := deploy(t, short)
	if !slices.Equal(d.Order, []string{"First", "Second"}) {
		t.Errorf("order: %v", d.Order)
	}
	_, now := d.Steps(env, nil, newID)
	tag := now["Second"].Properties["Tags"]
	if got := evaluate.JSON(tag); got != `[{"Key":"first","Value":"arn:aws:s3:::data-1"}]` {
		t.Errorf("tags: %s", got)
	}

	name, copies := "logs", "1"
	changed := deploy(t, short, evaluate.Given{Name: "Name", Value: &name})
	steps, now := changed.Steps(env, now, newID)
	if s := steps["First"]; !s.Replaces || s.New.PhysicalID != "logs-1" {
		t.Errorf("First: %+v", s)
	}
	if s := steps["Second"]; s.Replaces || len(s.Changes) != 1 {
		t.Errorf("Second: %+v", s)
	}

	single := deploy(t, short, evaluate.Given{Name: "Name", Value: &name},
		evaluate.Given{Name: "Copies", Value: &copies})
	steps, _ = single.Steps(env, now, newID)
	if s := steps["First"]; len(steps) != 1 || s.Old != s.New {
		t.Errorf("steps: %+v", steps)
	}
}
