package generator_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestReadFile reads the same values in every form.
func TestReadFile(t *testing.T) {
	for name, text := range map[string]string{
		"YAML": "# a comment\nParameters:\n  MaxvCpus: 64\n  S3Endpoint: false\n  InstanceTypes: " +
			"[m6i, c6i.large]\n  NewBucketName: ''\nTags:\n  team: ml\n  cost: 007\n",
		"YAML with a marker": "---\nParameters: {MaxvCpus: 64, S3Endpoint: false, InstanceTypes: " +
			"'m6i,c6i.large', NewBucketName: \"\"}\n" +
			"Tags: {team: ml, cost: '007'}\n...\n",
		"YAML with aliases": "Tags: {team: ml, cost: '007'}\nParameters:\n  MaxvCpus: &n 64\n  " +
			"S3Endpoint: 'false'\n  InstanceTypes:\n  - m6i\n  - c6i.large\n  NewBucketName: ''\n",
		"YAML with CRLF": "Parameters:\r\n  MaxvCpus: 64\r\n  S3Endpoint: false\r\n  " +
			"InstanceTypes:\r\n    - m6i\r\n    - c6i.large\r\n  NewBucketName: ''\r\nTags:\r\n  team: " +
			"ml\r\n  cost: 007\r\n",
		"YAML with a BOM": "\ufeffParameters:\n  MaxvCpus: 64\n  S3Endpoint: false\n  " +
			"InstanceTypes: [m6i, c6i.large]\n  NewBucketName: ''\nTags: {team: ml, cost: 007}\n",
		"JSON": `{"Parameters": {"MaxvCpus": 64, "S3Endpoint": false, "InstanceTypes": ["m6i", "c6i.large"], "NewBucketName": ""},
			"Tags": {"team": "ml", "cost": "007"}}`,
		"JSON with tabs": "{\n\t\"Parameters\":\t{\n\t\t\"MaxvCpus\":\t\"64\",\n\t\t\"S3Endpoint\": " +
			"\"false\",\n\t\t\"InstanceTypes\": \"m6i,c6i.large\",\n\t\t\"NewBucketName\": \"\"\n\t},\n" +
			"\t\"Tags\": {\"team\": \"ml\", \"cost\": \"007\"}\n}\n",
		"the AWS CLI's list": `[{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}, {"ParameterValue": "false", "ParameterKey": "S3Endpoint"},
			{"ParameterKey": "InstanceTypes", "ParameterValue": "m6i,c6i.large"},
				{"ParameterKey": "NewBucketName", "ParameterValue": ""}]`,
		"the AWS CLI's list in YAML": "- ParameterKey: MaxvCpus\n  ParameterValue: 64\n- " +
			"{ParameterKey: S3Endpoint, ParameterValue: false}\n" +
			"- &types\n  ParameterKey: InstanceTypes\n  ParameterValue: [m6i, c6i.large]\n- " +
			"{ParameterKey: NewBucketName, ParameterValue: ''}\n",
	} {
		t.Run(name, func(t *testing.T) {
			file, err := core.Component.ReadFile("p.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			want := generator.Values{"MaxvCpus": "64", "S3Endpoint": "false",
				"InstanceTypes": "m6i,c6i.large", "NewBucketName": ""}
			if !maps.Equal(file.Parameters, want) {
				t.Errorf("got %v, want %v", file.Parameters, want)
			}
			tags := map[string]string{"team": "ml", "cost": "007"}
			if strings.Contains(name, "CLI") {
				tags = nil
			}
			if !maps.Equal(file.Tags, tags) {
				t.Errorf("got the tags %v, want %v", file.Tags, tags)
			}
		})
	}
}

// TestReadFileOfLittle reads files without values.
func TestReadFileOfLittle(t *testing.T) {
	for _, text := range []string{"{}", "[]", "Parameters: {}", "Tags: {}\nParameters: {}\n",
		"Parameters:\n  {}"} {
		file, err := core.Component.ReadFile("p.yaml", []byte(text))
		if err != nil || len(file.Parameters)+len(file.Tags) > 0 {
			t.Errorf("%q: got %v, %v", text, file, err)
		}
	}
}

// TestReadFileFollowsAliases reads values, maps and entries through aliases.
func TestReadFileFollowsAliases(t *testing.T) {
	for text, want := range map[string]generator.Values{
		"Parameters:\n  MaxvCpus: &n 64\n  MinvCpus: " +
			"*n\n": {"MaxvCpus": "64", "MinvCpus": "64"},
		"Parameters:\n  JobPolicyArns: [&p 'arn:aws:iam::aws:policy/x', " +
			"*p]\n": {"JobPolicyArns": "arn:aws:iam::aws:policy/x,arn:aws:iam::aws:policy/x"},
		"Tags: &none {}\nParameters: *none\n": {},
		"- {ParameterKey: MaxvCpus, ParameterValue: &n 64}\n- {ParameterKey: MinvCpus, " +
			"ParameterValue: *n}\n": {"MaxvCpus": "64", "MinvCpus": "64"},
	} {
		file, err := core.Component.ReadFile("p.yaml", []byte(text))
		if err != nil || !maps.Equal(file.Parameters, want) {
			t.Errorf("%q: got %v, %v", text, file.Parameters, err)
		}
	}
}

// TestReadFileIsBounded reads files made to exhaust a reader: each is refused. What they
// cost is measured in internal/paramfile.
func TestReadFileIsBounded(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1,
			c-1, c-1, c-1, c-1, c-1)
	}
	var unknown strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&unknown, "  Key%d: 1\n", i)
	}
	for name, text := range map[string]string{
		"alias bomb":             bomb,
		"alias bomb for a value": bomb + "Parameters: {InstanceTypes: *z}\n",
		"alias of itself":        "&x [*x]\n",
		"parameters in a circle": "Parameters: &p {InstanceTypes: *p}\n",
		"deep lists":             strings.Repeat("[", 500_000),
		"deep maps":              strings.Repeat("{a: ", 200_000),
		"deep blocks":            strings.Repeat("- ", 400_000) + "a",
		"many keys":              "Parameters:\n" + strings.Repeat("  MaxvCpus: 1\n", 60_000),
		"many unknown keys":      "Parameters:\n" + unknown.String(),
		"a long key":             "Parameters: {" + strings.Repeat("M", 900_000) + ": 1}\n",
		"a long value":           "Parameters: {NewBucketName: " + strings.Repeat("m", 900_000) + "}\n",
		"a long list": "Parameters: {InstanceTypes: [" + strings.Repeat("M,", 400_000) +
			"M]}\n",
		"a large file": strings.Repeat("#\n", generator.MaxFileSize/2) + "#",
	} {
		t.Run(name, func(t *testing.T) {
			file, err := core.Component.ReadFile("p.yaml", []byte(text))
			if err == nil || len(file.Parameters) > 1 {
				t.Errorf("got %d values and %v", len(file.Parameters), err)
			}
		})
	}
	file, err := core.Component.ReadFile("p.yaml",
		[]byte("Parameters: {MaxvCpus: 64}\n"+strings.Repeat("#", generator.MaxFileSize-27)))
	if err != nil || file.Parameters["MaxvCpus"] != "64" {
		t.Errorf("a file of just the largest size: %v, %v", file.Parameters, err)
	}
}
