package cfn_test

import (
	"fmt"
	"os"
	"reflect"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// shortForm is a template as people write it, by hand or for another tool.
const shortForm = `---
AWSTemplateFormatVersion: 2010-09-09
Description: >-
  A queue,
  folded
Metadata:
  x-tags: &tags
    - {Key: Name, Value: !Sub "${AWS::StackName}-x"}
Parameters:
  Stage: {Type: String, Default: dev}
  Count: {Type: Number, Default: 0.50}
  On: {Type: String, Default: true}
  None: {Type: String, Default: ''}
  Key: {Type: String, NoEcho: "TRUE"}
  Old: {Type: String, NoEcho: yes}
  Shown: {Type: String, NoEcho: false}
Mappings:
  Base: &base
    Retained: &retained
      DeletionPolicy: Retain
      UpdateReplacePolicy: Retain
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Bucket:
    <<: *retained
    Type: AWS::S3::Bucket
    Condition: IsProd
    Properties:
      Tags: *tags
      BucketName: !If
        - IsProd
        - !Join ['-', [!Ref Stage, !Select [0, !GetAZs '']]]
        - !Ref AWS::NoValue
  Logs:
    Type: AWS::S3::Bucket
    <<: [*retained, {UpdateReplacePolicy: Delete, DeletionPolicy: Delete}]
    DeletionPolicy: Delete
  Database:
    Type: "AWS::RDS::DBInstance"
Outputs:
  Arn: {Value: !GetAtt Bucket.Arn, Export: {Name: !Sub '${AWS::StackName}-Arn'}}
...
`

// TestReadShortForm reads the whole of a template in YAML.
func TestReadShortForm(t *testing.T) {
	d, err := cfn.ReadDeployed([]byte(shortForm))
	if err != nil {
		t.Fatal(err)
	}
	want := cfn.Deployed{
		Description: "A queue, folded",
		Parameters: []cfn.DeployedParameter{
			{Name: "Stage", Default: new("dev")}, {Name: "Count", Default: new("0.50")},
			{Name: "On", Default: new("true")}, {Name: "None", Default: new("")},
			{Name: "Key", NoEcho: true}, {Name: "Old", NoEcho: true}, {Name: "Shown"},
		},
		Resources: []cfn.DeployedResource{
			{LogicalID: "Bucket", Type: "AWS::S3::Bucket", Condition: "IsProd",
				DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain"},
			{LogicalID: "Logs", Type: "AWS::S3::Bucket",
				DeletionPolicy: "Delete", UpdateReplacePolicy: "Retain"},
			{LogicalID: "Database", Type: "AWS::RDS::DBInstance"},
		},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
}

// assembled is a template as the CDK writes it, with what YAML cannot read.
const assembled = "\ufeff" + `{
 "Description": "\ud83d\ude80 \/ up",
	"Resources": {
  "DataBucketE3889A50": {
   "Type": "AWS::S3::Bucket",
   "UpdateReplacePolicy": "Delete",
   "DeletionPolicy": "Delete",
   "Metadata": {"aws:cdk:path": "Stack/Data/Resource"}
  },
  "ArchiveBucket": {
   "Type": "AWS::S3::Bucket",
   "Properties": {"Tags": [{"Key": "<<", "Value": {"Fn::GetAtt": ["A", "Arn"]}}]},
   "UpdateReplacePolicy": "Retain",
   "DeletionPolicy": "RetainExceptOnCreate"
  },
  "Writer": {
   "Type": "AWS::RDS::DBInstance",
   "Properties": {"DBClusterIdentifier": {"Ref": "Cluster"}}
  },
  "CDKMetadata": {
   "Type": "AWS::CDK::Metadata",
   "Condition": "CDKMetadataAvailable",
   "Properties": {"<<": null}
  }
 },
 "Parameters": {
  "BootstrapVersion": {
   "Type": "AWS::SSM::Parameter::Value<String>",
   "Default": "/cdk-bootstrap/hnb659fds/version"
  },
  "Size": {"Type": "Number", "Default": 1e2, "NoEcho": true}
 }
}`

// TestReadJSON reads the whole of a template in JSON.
func TestReadJSON(t *testing.T) {
	d, err := cfn.ReadDeployed([]byte(assembled))
	if err != nil {
		t.Fatal(err)
	}
	want := []cfn.DeployedParameter{
		{Name: "BootstrapVersion", Default: new("/cdk-bootstrap/hnb659fds/version")},
		{Name: "Size", Default: new("1e2"), NoEcho: true},
	}
	if !reflect.DeepEqual(d.Parameters, want) || d.Description != "🚀 / up" || d.Transformed {
		t.Errorf("got %+v", d)
	}
	var got []string
	for _, r := range d.Resources {
		got = append(got, fmt.Sprintf("%s %s %v", r.LogicalID, r.Type, dispositionsOf(r)))
	}
	wantResources := []string{
		"DataBucketE3889A50 AWS::S3::Bucket {deleted deleted deleted}",
		"ArchiveBucket AWS::S3::Bucket {kept kept deleted}",
		"Writer AWS::RDS::DBInstance {deleted deleted deleted}",
		"CDKMetadata AWS::CDK::Metadata {deleted deleted deleted}",
	}
	if !reflect.DeepEqual(got, wantResources) || d.Resources[3].Condition != "CDKMetadataAvailable" {
		t.Errorf("got  %q\nwant %q", got, wantResources)
	}
}

// TestReadOwn reads what the encoders write, and the published template.
func TestReadOwn(t *testing.T) {
	y, errY := sample().YAML()
	j, errJ := sample().JSON()
	if errY != nil || errJ != nil {
		t.Fatal(errY, errJ)
	}
	a, errA := cfn.ReadDeployed(y)
	b, errB := cfn.ReadDeployed(j)
	if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("YAML and JSON differ: %+v, %v; %+v, %v", a, errA, b, errB)
	}
	if len(a.Resources) != 3 || a.Resources[1].WhenStackDeleted() != cfn.Kept ||
		*a.Parameters[2].Default != "2" {
		t.Errorf("got %+v", a)
	}
	published, err := os.ReadFile("../templates/metaflow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if d, err := cfn.ReadDeployed(published); err != nil || len(d.Resources) < 10 || d.Transformed {
		t.Errorf("%d resources, %v", len(d.Resources), err)
	}
}

// TestTransformed reads templates that make more than they list.
func TestTransformed(t *testing.T) {
	const bucket = "B: {Type: AWS::S3::Bucket}"
	for _, test := range []struct {
		name, text string
		resources  int
		kept       cfn.Disposition // of the first
	}{
		{"SAM", "Transform: AWS::Serverless-2016-10-31\nResources: {" + bucket + "}", 1, cfn.Deleted},
		{"macros", "Transform: [A, {Name: AWS::Include}]\nResources: {" + bucket + "}", 1, cfn.Deleted},
		{"only a transform", "Transform: Make\n", 0, 0},
		{"included section",
			"Fn::Transform: {Name: AWS::Include}\nResources: {" + bucket + "}", 1, cfn.Deleted},
		{"loop",

			"Resources: {'Fn::ForEach::Buckets': [N, [a, b], {'B${N}': {}}], " + bucket + "}",
			1, cfn.Deleted},
		{"included parameters",
			"Parameters: {'Fn::Transform': {Name: AWS::Include}}\nResources: {" + bucket + "}",
			1, cfn.Deleted},
		{"included resources in short form", "Resources: !Transform {Name: AWS::Include}", 0, 0},
		{"included attributes in short form",
			"Resources: {B: !Transform {Name: AWS::Include}}", 1, cfn.Unknown},
		{"included resources", "Resources: {'Fn::Transform': {Name: AWS::Include}}", 0, 0},
		{"included attributes",
			"Resources: {B: {Type: AWS::S3::Bucket, 'Fn::Transform': {Name: AWS::Include}}}",
			1, cfn.Unknown},
		{"included attributes beside a policy",
			"Resources: {B: {DeletionPolicy: Retain, 'Fn::Transform': {Name: AWS::Include}}}",
			1, cfn.Kept},
		{"module", "Resources: {M: {Type: My::S3::Bucket::MODULE}}", 1, cfn.Deleted},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := cfn.ReadDeployed([]byte(test.text))
			if err != nil || !d.Transformed || len(d.Resources) != test.resources {
				t.Fatalf("got %+v, %v", d, err)
			}
			if test.resources > 0 && d.Resources[0].WhenStackDeleted() != test.kept {
				t.Errorf("%v, want %v", d.Resources[0].WhenStackDeleted(), test.kept)
			}
		})
	}
}
