package generator_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// FuzzReadFile reads any bytes. Accepted values are valid, and have the same meaning in the AWS
// CLI's form; other values are reported with the file's name.
func FuzzReadFile(f *testing.F) {
	for _, seed := range []string{
		"Parameters:\n  MaxvCpus: 64\n  InstanceTypes: [m6i, c6i.large]\nTags:\n  team: ml\n",
		`{"Parameters": {"ExistingVpcId": "vpc-0123456789abcdef0", "S3Endpoint": false}, "Tags": {"a": "b"}}`,
		`[{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}, {"ParameterKey": "JobPolicyArns", "ParameterValue": ""}]`,
		"Parameters: &p\n  Ec2KeyPair: &n 'a b'\n  InstanceName: *n\nTags: *p\n",
		"\ufeffParameters:\r\n  MinvCpus: 1\r\n", "Parameters: {<<: *x}", "- &a [*a]\n",
		"---\n...\n---\n", "{\t\"Tags\":\t{\"a\":\t\"\\u0000\"}}",
		"Parameters:\n  ? {a: b}\n  : c\n",
		"Parameters:\n  MaxvCpus: !!int '64'\n  NewBucketName: !Sub x\n", "Tags: {? : , ~: ~}",
		"MaxvCpus=64\nexport InstanceTypes='c5,m5'\n", `["MaxvCpus=64"]`,
		"x-a: &a {MaxvCpus: 1}\nparameters: {<<: [*a, *a]}\ntemplate-file-path: a\n",
		`[{"ParameterKey": "MaxvCpus", "UsePreviousValue": true}, {"Key": "a", "Value": "b"}]`,
		"ParameterKey=MaxvCpus,ParameterValue=1\n",
		"Parameters:\n  NewBucketName: |\n    abc\n  VpcCidr: >-\n    10.0.0.0/16\n",
		"Parameters: {VpcCidr: 10.0.0.1/16, PublicSubnet1Cidr: 300.0.0.0/24}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := core.Component.ReadFile("p.yaml", data)
		for name, value := range file.Parameters {
			if p := core.Component.Lookup(name); p == nil || p.Check(value) != nil {
				t.Errorf("%s is accepted with %q", name, value)
			}
		}
		for key, value := range file.Tags {
			if err := generator.CheckTag(key, value); err != nil {
				t.Error(err)
			}
		}
		for name := range file.Previous {
			if _, has := file.Parameters[name]; has || core.Component.Lookup(name) == nil {
				t.Errorf("%s keeps its value, and has %v", name, file.Parameters)
			}
		}
		if err != nil {
			lines := strings.Split(err.Error(), "\n")
			if !strings.HasPrefix(lines[0], "p.yaml:") || len(lines) > 21 {
				t.Errorf("no file's name, or too much: %v", err)
			}
			return
		}
		if core.Component.Check(file.Parameters) == nil {
			core.Component.Warnings(file.Parameters, file.Parameters)
		}
		list := []map[string]string{}
		for name, value := range file.Parameters {
			list = append(list, map[string]string{"ParameterKey": name, "ParameterValue": value})
		}
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := core.Component.ReadFile("list.json", text); err != nil ||
			!maps.Equal(again.Parameters, file.Parameters) {
			t.Errorf("%s: read again: %v, %v", text, again.Parameters, err)
		}
	})
}
