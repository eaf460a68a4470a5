package cfntest_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

const functions = `
AWSTemplateFormatVersion: 2010-09-09
Description: functions
Parameters:
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/ami}
  Secret: {Type: String, Default: hush, NoEcho: true}
Mappings:
  Sizes: {eu-west-1: {small: "1"}}
Conditions:
  Yes: !And [!Condition Here, !Not [!Or [!Equals [a, b], !Equals [!Ref Secret, ""]]]]
  Here: !Equals [!Ref "AWS::Region", eu-west-1]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: !If [Yes, /team/, !Ref "AWS::NoValue"]
      AssumeRolePolicyDocument:
        Statement: [{Condition: {StringEquals: {"aws:SourceAccount": !Ref "AWS::AccountId"}}}]
  Eip: {Type: "AWS::EC2::EIP"}
  Template: {Type: "AWS::EC2::LaunchTemplate"}
  Environment: {Type: "AWS::Batch::ComputeEnvironment", Properties: {ComputeEnvironmentName: mine}}
  Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: my-data}}
  Other: {Type: "Custom::Thing", Properties: {List: [1, !If [Yes, !Ref "AWS::NoValue", 2], true]}}
Outputs:
  a01: {Value: !Join ["-", !Ref Zones]}
  a02: {Value: !Select [1, !Split [".", "x.y.z"]]}
  a03: {Value: !FindInMap [Sizes, !Ref "AWS::Region", small]}
  a04: {Value: !Sub "${AWS::Partition} ${Bucket.Arn} ${!literal} ${AWS::StackName}"}
  a05: {Value: !Sub ["${X}-${Secret}", {X: !Ref Bucket}]}
  a06: {Value: !Base64 hello}
  a07: {Value: !Join [",", !GetAZs ""]}
  a08: {Value: !Ref Environment}
  a09: {Value: !GetAtt Template.LatestVersionNumber}
  a10: {Value: !GetAtt [Role, Arn]}
  a11: {Value: !GetAtt Eip.AllocationId}
  a12: {Value: !GetAtt Role.Path}
  a13: {Value: !Ref Image, Description: an image, Export: {Name: !Sub "${AWS::StackName}-image"}}
  a14: {Value: !If [Here, !Sub "s3.${AWS::URLSuffix}", ""]}
  a15: {Condition: Yes, Value: !Ref Role}
`

func TestFunctions(t *testing.T) {
	bubble(t, cfntest.Options{Region: "eu-west-1"}, func(w *fixture) {
		w.create("demo", functions)
		outputs := w.srv.Outputs("demo")
		var got []string
		for _, key := range slices.Sorted(maps.Keys(outputs)) {
			got = append(got, key+" "+outputs[key])
		}
		w.expect(got, `
			a01 a-b
			a02 y
			a03 1
			a04 aws arn:aws:s3:::my-data ${literal} demo
			a05 my-data-hush
			a06 aGVsbG8=
			a07 eu-west-1a,eu-west-1b,eu-west-1c
			a08 arn:aws:batch:eu-west-1:123456789012:compute-environment/mine
			a09 1
			a10 arn:aws:iam::123456789012:role/team/`+outputs["a15"]+`
			a11 `+outputs["a11"]+`
			a12 /team/
			a13 `+outputs["a13"]+`
			a14 s3.amazonaws.com
			a15 `+outputs["a15"])
		if !strings.HasPrefix(outputs["a11"], "eipalloc-") || !strings.HasPrefix(outputs["a13"], "ami-") {
			t.Errorf("IDs: %v", outputs)
		}
		out, err := w.c.DescribeStacks(w.Context(),
			&cloudformation.DescribeStacksInput{StackName: aws.String("demo")})
		w.must(err)
		st := out.Stacks[0]
		if aws.ToString(st.Description) != "functions" ||
			aws.ToString(st.Parameters[1].ParameterValue) != "****" ||
			aws.ToString(st.Parameters[0].ResolvedValue) != outputs["a13"] {
			t.Errorf("stack: %+v", st.Parameters)
		}
		if o := st.Outputs[12]; aws.ToString(o.Description) != "an image" ||
			aws.ToString(o.ExportName) != "demo-image" {
			t.Errorf("output: %+v", o)
		}
	})
}

func TestPropertiesOfEvents(t *testing.T) {
	bubble(t, cfntest.Options{Region: "eu-west-1"}, func(w *fixture) {
		w.create("demo", functions)
		for _, e := range w.paged("demo", nil) {
			if aws.ToString(e.LogicalResourceId) == "Other" {
				if got := aws.ToString(e.ResourceProperties); got != `{"List":[1,true]}` {
					t.Errorf("properties are %s", got)
				}
				return
			}
		}
		t.Error("no event of Other")
	})
}

func TestPartitions(t *testing.T) {
	for region, want := range map[string]string{"cn-north-1": "arn:aws-cn:s3:::my-data " +
		"amazonaws.com.cn", "us-gov-west-1": "arn:aws-us-gov:s3:::my-data amazonaws.com"} {
		bubble(t, cfntest.Options{Region: region}, func(w *fixture) {
			w.create("demo", `{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": `+
				`{"BucketName": "my-data"}}}, "Outputs": {"O": {"Value": {"Fn::Sub": "${B.Arn} `+
				`${AWS::URLSuffix}"}}}}`)
			if got := w.srv.Outputs("demo")["O"]; got != want {
				t.Errorf("%s: got %s, want %s", region, got, want)
			}
			if !strings.HasPrefix(w.srv.StackID("demo"),
				strings.Split(want, ":s3")[0]+":cloudformation:"+region+":123456789012:stack/demo/") {
				t.Errorf("stack %s", w.srv.StackID("demo"))
			}
		})
	}
}

func TestRegionsAreApart(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		w.create("demo", network)
		cfg := w.srv.Config()
		cfg.Region = "eu-west-1"
		_, err := cloudformation.NewFromConfig(cfg).DescribeStacks(w.Context(),
			&cloudformation.DescribeStacksInput{StackName: aws.String("demo")})
		w.refused(err, "ValidationError", "Stack with id demo does not exist")
	})
}

func TestDependenciesFollowConditions(t *testing.T) {
	const body = `
Parameters: {Wait: {Type: String, Default: "yes"}}
Conditions: {Waits: !Equals [!Ref Wait, "yes"]}
Resources:
  First: {Type: "AWS::EC2::NatGateway"}
  Second: {Type: "AWS::EC2::VPC", Metadata: {After: [!If [Waits, !Ref First, none]]}}
`
	for wait, want := range map[string]string{"yes": "First Second", "no": "Second First"} {
		bubble(t, cfntest.Options{}, func(w *fixture) {
			w.create("demo", body, "Wait="+wait)
			var done []string
			for _, e := range w.srv.Events("demo") {
				if e.Status == "CREATE_COMPLETE" && e.LogicalID != "demo" {
					done = append(done, e.LogicalID)
				}
			}
			if got := strings.Join(done, " "); got != want {
				t.Errorf("waits %s: %s were made, want %s", wait, got, want)
			}
		})
	}
}

func TestSummaries(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		body := aws.String(functions)
		valid, err := w.c.ValidateTemplate(w.Context(),
			&cloudformation.ValidateTemplateInput{TemplateBody: body})
		w.must(err)
		summary, err := w.c.GetTemplateSummary(w.Context(),
			&cloudformation.GetTemplateSummaryInput{TemplateBody: body})
		w.must(err)
		got := fmt.Sprint(len(valid.Parameters), valid.Capabilities,
			aws.ToString(summary.CapabilitiesReason), aws.ToString(summary.Parameters[2].DefaultValue),
			summary.ResourceTypes)
		want := "3 [CAPABILITY_IAM]The following resource(s) require capabilities: [AWS::IAM::Role]a, b" +
			"[AWS::Batch::ComputeEnvironment AWS::EC2::EIP AWS::EC2::LaunchTemplate AWS::IAM::Role " +
			"AWS::S3::Bucket Custom::Thing]"
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		w.srv.PutTemplate("https://bucket.s3.amazonaws.com/t.yaml", network)
		_, err = w.c.CreateStack(w.Context(),
			&cloudformation.CreateStackInput{StackName: aws.String("demo"),
				TemplateURL: aws.String("https://bucket.s3.amazonaws.com/t.yaml")})
		w.must(err)
		template, err := w.c.GetTemplate(w.Context(),
			&cloudformation.GetTemplateInput{StackName: aws.String("demo"),
				TemplateStage: types.TemplateStageOriginal})
		w.must(err)
		if aws.ToString(template.TemplateBody) != network {
			t.Error("another template")
		}
	})
}
