package core_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// keys are the keys of Metaflow's configuration that every stack sets; fargateKey is set by stacks
// with an execution role.
var keys = []string{
	"METAFLOW_BATCH_JOB_QUEUE", "METAFLOW_DATASTORE_SYSROOT_S3", "METAFLOW_DATATOOLS_S3ROOT",
	"METAFLOW_DEFAULT_DATASTORE",
	"METAFLOW_DEFAULT_METADATA", "METAFLOW_ECS_S3_ACCESS_IAM_ROLE",
}

const fargateKey = "METAFLOW_ECS_FARGATE_EXECUTION_ROLE"

// TestOutputs finds each row of the table in the template, with a value and, for people, the key
// that it sets.
func TestOutputs(t *testing.T) {
	template := core.Component.Template()
	markdown := core.Component.OutputsPage()
	var fed []string
	for i, o := range core.Component.Outputs {
		got := template.Outputs[i]
		if got.ID != o.Name || got.Value == nil || got.Value == "" {
			t.Errorf("output %d is %+v, want %s", i, got, o.Name)
		}
		if o.Key != "" {
			fed = append(fed, o.Key)
			if got.Description != o.Key+": "+o.Doc {
				t.Errorf("%s is described as %s", o.Name, got.Description)
			}
		}
		if !strings.Contains(markdown, "| "+o.Name+" | ") || !strings.Contains(markdown, o.Doc) ||
			!strings.Contains(markdown, o.Key) {
			t.Errorf("the page lacks %s", o.Name)
		}
	}
	if len(template.Outputs) != len(core.Component.Outputs) {
		t.Errorf("%d outputs, want %d", len(template.Outputs), len(core.Component.Outputs))
	}
	want := slices.Sorted(slices.Values(append([]string{fargateKey}, keys...)))
	if slices.Sort(fed); !slices.Equal(fed, want) {
		t.Errorf("the keys are %v, want %v", fed, want)
	}
}

// TestOutputsFeedEveryKey resolves the template with nothing and with everything reused: the
// configuration is complete each time.
func TestOutputsFeedEveryKey(t *testing.T) {
	all := generator.Values{"DatastorePrefix": "team/flows", "DatatoolsPrefix": "tools"}
	reuse, _ := domain.Deciding()
	for _, choice := range reuse {
		all[choice.Name] = choice.Values[1]
	}
	all["ExistingBucketName"], all["ExistingJobQueueArn"] = "my-bucket", queue
	all["ExistingJobRoleArn"] = "arn:aws:iam::123456789012:role/job"
	all["ExistingExecutionRoleArn"] = "arn:aws:iam::123456789012:role/execution"
	for name, test := range map[string]struct {
		values generator.Values
		want   map[string]string
	}{
		"nothing reused": {nil, map[string]string{
			"BatchJobQueue":         `map[Ref:JobQueue]`,
			"BucketName":            `map[Ref:Bucket]`,
			"ComputeEnvironmentArn": `map[Ref:ComputeEnvironment]`,
			"DatastoreSysrootS3":    `map[Fn::Sub:s3://${Bucket}/flows]`,
			"DatatoolsS3Root":       `map[Fn::Sub:s3://${Bucket}/data-tools]`,
			"DefaultDatastore":      `s3`,
			"DefaultMetadata":       `local`,
			"EcsS3AccessIamRole":    `map[Fn::GetAtt:[JobRole Arn]]`,
		}},
		"everything reused": {all, map[string]string{
			"BatchJobQueue":      queue,
			"BucketName":         "my-bucket",
			"DatastoreSysrootS3": "s3://my-bucket/team/flows",
			"DatatoolsS3Root":    "s3://my-bucket/tools",
			"DefaultDatastore":   `s3`,
			"DefaultMetadata":    `local`,
			"EcsS3AccessIamRole": "arn:aws:iam::123456789012:role/job",

			"EcsFargateExecutionRole": "arn:aws:iam::123456789012:role/execution",
		}},
		"a new execution role": {generator.Values{"ComputeType": "FARGATE"}, map[string]string{
			"BatchJobQueue":           `map[Ref:JobQueue]`,
			"BucketName":              `map[Ref:Bucket]`,
			"ComputeEnvironmentArn":   `map[Ref:ComputeEnvironment]`,
			"DatastoreSysrootS3":      `map[Fn::Sub:s3://${Bucket}/flows]`,
			"DatatoolsS3Root":         `map[Fn::Sub:s3://${Bucket}/data-tools]`,
			"DefaultDatastore":        `s3`,
			"DefaultMetadata":         `local`,
			"EcsS3AccessIamRole":      `map[Fn::GetAtt:[JobRole Arn]]`,
			"EcsFargateExecutionRole": `map[Fn::GetAtt:[ExecutionRole Arn]]`,
		}},
	} {
		out, err := core.Component.Template().Resolve(test.values)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, o := range out.Outputs {
			got[o.ID] = fmt.Sprint(o.Value)
		}
		if !maps.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
		config := core.Component.Configuration(got)
		if fargate := config[fargateKey]; fargate != test.want["EcsFargateExecutionRole"] {
			t.Errorf("%s: the execution role is %q", name, fargate)
		}
		delete(config, fargateKey)
		if !slices.Equal(slices.Sorted(maps.Keys(config)), keys) {
			t.Errorf("%s: the configuration is %v", name, config)
		}
	}
}

func TestConfiguration(t *testing.T) {
	got := core.Component.Configuration(map[string]string{
		"DefaultDatastore": "s3", "DatastoreSysrootS3": "s3://b/flows",
		"DatatoolsS3Root": "s3://b/data-tools", "BatchJobQueue": "q",
		"EcsS3AccessIamRole": "", "VpcId": "vpc-1", "BucketName": "b", "Other": "x",
	})
	want := map[string]string{
		"METAFLOW_DEFAULT_DATASTORE": "s3", "METAFLOW_DATASTORE_SYSROOT_S3": "s3://b/flows",
		"METAFLOW_DATATOOLS_S3ROOT": "s3://b/data-tools",
		"METAFLOW_BATCH_JOB_QUEUE":  "q",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v: no key for what is empty, missing or not Metaflow's", got, want)
	}
	if got := core.Component.Configuration(nil); got == nil || len(got) != 0 {
		t.Errorf("got %v without outputs", got)
	}
}
