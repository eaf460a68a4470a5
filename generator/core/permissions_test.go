package core_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"

// TestJobRolePermissions compares all permissions of jobs: the bucket, the given key, and nothing else.
func TestJobRolePermissions(t *testing.T) {
	list := "Allow [s3:ListBucket] on [map[Fn::Sub:arn:${AWS::Partition}:s3:::${Bucket}]]"
	use := "Allow [s3:GetObject s3:PutObject s3:AbortMultipartUpload] on " +
		"[map[Fn::Sub:arn:${AWS::Partition}:s3:::${Bucket}/*]]"
	crypt := "Allow [kms:GenerateDataKey kms:Decrypt] on [" + key + "]"
	for name, test := range map[string]struct {
		values  generator.Values
		want    []string
		managed string
	}{
		"default": {nil, []string{list, use}, "<nil>"},
		"KMS key": {generator.Values{"KmsKeyArn": key}, []string{list, use, crypt}, "<nil>"},
		"policies of yours": {generator.Values{"JobPolicyArns": "arn:aws:iam::aws:policy/a, " +
			"arn:aws:iam::aws:policy/b"}, []string{list, use},
			"[arn:aws:iam::aws:policy/a arn:aws:iam::aws:policy/b]"},
		"reused bucket": {generator.Values{"ExistingBucketName": "my-bucket", "KmsKeyArn": key}, []string{
			strings.NewReplacer("${Bucket}", "my-bucket").Replace(list),
			strings.NewReplacer("${Bucket}", "my-bucket").Replace(use), crypt}, "<nil>"},
	} {
		r := resolve(t, test.values)["JobRole"]
		var got []string
		for _, s := range templatetest.At(r, "Policies.0.PolicyDocument.Statement").([]any) {
			s := s.(map[string]any)
			got = append(got, fmt.Sprintf("%v %v on %v", s["Effect"], s["Action"], s["Resource"]))
		}
		if !slices.Equal(got, test.want) || len(r.Properties["Policies"].([]any)) != 1 {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
		if managed := fmt.Sprint(r.Properties["ManagedPolicyArns"]); managed != test.managed {
			t.Errorf("%s: the managed policies are %s", name, managed)
		}
	}
}

// TestTrust checks that one service may assume each role, and ECS only for this account.
func TestTrust(t *testing.T) {
	resources := resolve(t, nil)
	for id, want := range map[string]string{
		"JobRole": "map[Action:[sts:AssumeRole] " +
			"Condition:map[ArnLike:map[aws:SourceArn:map[Fn::Sub:arn:${AWS::Partition}:ecs:" +
			"${AWS::Region}:${AWS::AccountId}:*]] " +
			"StringEquals:map[aws:SourceAccount:map[Ref:AWS::AccountId]]] Effect:Allow " +
			"Principal:map[Service:ecs-tasks.amazonaws.com]]",
		"InstanceRole": "map[Action:[sts:AssumeRole] Effect:Allow " +
			"Principal:map[Service:map[Fn::Sub:ec2.${AWS::URLSuffix}]]]",
	} {
		trust := templatetest.At(resources[id], "AssumeRolePolicyDocument.Statement")
		if got := fmt.Sprint(trust); got != "["+want+"]" {
			t.Errorf("%s: got\n%s\nwant\n[%s]", id, got, want)
		}
	}
	for id, r := range resources {
		if r.Type == "AWS::IAM::Role" && id != "JobRole" && id != "InstanceRole" {
			t.Errorf("the test does not check the trust of %s", id)
		}
	}
}

// TestBucketPolicyOnlyDenies checks that the policy denies access and grants none.
func TestBucketPolicyOnlyDenies(t *testing.T) {
	var conditions []string
	for _, s := range templatetest.At(resolve(t, nil)["BucketPolicy"],
		"PolicyDocument.Statement").([]any) {
		s := s.(map[string]any)
		conditions = append(conditions, fmt.Sprint(s["Condition"]))
		got := fmt.Sprint(s["Effect"], s["Principal"], s["Action"], s["Resource"])
		if got != "Denymap[AWS:*] [s3:*] [map[Fn::GetAtt:[Bucket Arn]] map[Fn::Sub:${Bucket.Arn}/*]]" {
			t.Errorf("a statement says %s", got)
		}
	}
	want := []string{"map[Bool:map[aws:SecureTransport:false]]",
		"map[NumericLessThan:map[s3:TlsVersion:1.2]]"}
	if !slices.Equal(conditions, want) {
		t.Errorf("the conditions are %v, want %v", conditions, want)
	}
}

// TestNoLiteralPartition finds ARNs and service domains of a single partition in the template. The
// principals of the exempted services have the same name in every partition.
func TestNoLiteralPartition(t *testing.T) {
	template := core.Component.Template()
	template.Metadata = nil
	for i := range template.Parameters {
		template.Parameters[i].Description, template.Parameters[i].Constraint = "", ""
	}
	text, err := template.JSON()
	if err != nil {
		t.Fatal(err)
	}
	everywhere := regexp.MustCompile(`"(ecs-tasks|logging\.s3|delivery\.logs)\.amazonaws\.com"`)
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "arn:aws:") || strings.Contains(line, "amazonaws.com") &&
			!everywhere.MatchString(line) {
			t.Error(line)
		}
	}
}
