package paramfile

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// schema is a schema of a few parameters: Types is a list, Cpus a number.
func schema() Schema {
	names := []string{"Cpus", "Types", "Vpc"}
	return Schema{
		Parameter: func(name string) (Parameter, bool) {
			switch name {
			case "Cpus":
				return Parameter{Check: number}, true
			case "Types", "Vpc":
				return Parameter{List: name == "Types", Check: func(string) error { return nil }}, true
			}
			return Parameter{}, false
		},
		Unknown: func(name string) error { return suggest.Unknown("parameter", name, names) },
		Tag: func(key, value string) error {
			if key == "" || value == "" {
				return errors.New("the tag is empty")
			}
			return nil
		},
	}
}

func number(value string) error {
	if value == "" || strings.Trim(value, "0123456789") != "" {
		return fmt.Errorf("%q is not a number", value)
	}
	return nil
}

// TestForms reads what other tools write. Each row names the report that asked for it.
func TestForms(t *testing.T) {
	values := map[string]string{"Cpus": "64", "Types": "c5,m5"}
	team := map[string]string{"team": "ml"}
	none := map[string]string{}
	for _, c := range []struct {
		source, text     string
		values, tags     map[string]string
		previous, remark string
	}{
		{source: "rain#351: Git sync's deployment file",
			text: "template-file-path: vpc/template.yaml\nparameters:\n  Cpus: 64\n  Types: " +
				"c5,m5\ntags:\n  team: ml\n",
			values: values, tags: team,
			remark: "f:1:1: template-file-path is not used: this program deploys a template of its own"},
		{source: "rain#351: mixed case", text: "Parameters: {Cpus: 64, Types: [c5, m5]}\ntags: {team: " +
			"ml}\n",
			values: values, tags: team},
		{source: "rain#11, aws-cli#3461: CodePipeline's template configuration",
			text: `{"Parameters": {"Cpus": "64", "Types": "c5,m5"}, "Tags": {"team": "ml"}}`, values: values,
			tags: team},
		{source: "aws-cli#4077: UsePreviousValue", text: `[{"ParameterKey": "Vpc", "UsePreviousValue": true},
			{"ParameterKey": "Cpus", "ParameterValue": "64", "UsePreviousValue": false}]`,
			values: map[string]string{"Cpus": "64"}, previous: "Vpc f:1:2"},
		{source: "aws-cli#4077: describe-stacks --query Stacks[0].Parameters",
			text:   `[{"ParameterKey": "Vpc", "ParameterValue": "/vpc", "ResolvedValue": "vpc-1"}]`,
			values: map[string]string{"Vpc": "/vpc"}},
		{source: "aws-cli#5240: --cli-input-json", text: `{"Parameters": [{"ParameterKey": "Cpus", "ParameterValue": "64"}],
			"Tags": [{"Key": "team", "Value": "ml"}]}`, values: map[string]string{"Cpus": "64"}, tags: team},
		{source: "aws-cloudformation-github-deploy#151: a list of tags",
			text: "Tags:\n- {Key: team, Value: ml}\n", tags: team},
		{source: "aws-cloudformation-github-deploy#151: only tags",
			text: `[{"Key": "team", "Value": "ml"}]`, tags: team},
		{source: "aws-sam-cli#2716: one tag as Key and Value", text: "Tags:\n  Key: team\n  Value: ml\n",
			tags: team},
		{source: "aws-cli#2828: a file of key=value", text: "# production\nCpus=64\n\nTypes=c5,m5\n",
			values: values},
		{source: "aws-cli#2828: params.properties", text: "Cpus = 64\r\nTypes = 'c5,m5'\r\n",
			values: values},
		{source: "aws-cli#2828: a .env file", text: "export Cpus=64\nexport Types=\"c5,m5\"\n",
			values: values},
		{source: "aws-cli#2828: as $(cat FILE) is expanded", text: "Cpus=64 Types=c5,m5\n",
			values: values},
		{source: "aws-cli PR#5443: a list of key=value", text: `["Cpus=64", "Types=c5,m5"]`,
			values: values},
		{source: "aws-cli PR#5443: blanks in a list of key=value", text: `["Vpc=a b Cpus=1"]`,
			values: map[string]string{"Vpc": "a b Cpus=1"}},
		{source: "aws-sam-cli#3605: the shorthand", values: values, previous: "Vpc f:2:1",
			text: "ParameterKey=Cpus,ParameterValue=64 " +
				"ParameterKey=Types,ParameterValue=c5\\,m5\nParameterKey=Vpc,UsePreviousValue=true\n"},
		{source: "cfn-flip#118, cfn-lint PR#1182: merge keys",
			text: ".common: &common\n  Cpus: 1\n  Types: [c5, m5]\nParameters:\n  <<: *common\n  Cpus: " +
				"64\n",
			values: values},
		{source: "bootstrap-cfn#102: a list of merge keys", text: "x-a: &a {Cpus: 64}\nx-b: &b {Cpus: " +
			"1, Types: 'c5,m5'}\n" +
			"Parameters:\n  <<: [*a, *b]\n", values: values},
		{source: "stackit#39: merge keys of merge keys", text: "x-a: &a {Cpus: 64}\nx-b: &b {<<: *a, " +
			"Types: 'c5,m5'}\n" +
			"Parameters: {<<: *b}\n", values: values},
		{source: "cfn-flip#118: an anchor in a section of its own",
			text:   "x-n:\n  n: &n 64\nParameters: {Cpus: *n}\n",
			values: map[string]string{"Cpus": "64"}},
		{source: "maps that merge each other", text: "Parameters: &p\n  Cpus: 64\n  <<: *p\n",
			values: map[string]string{"Cpus": "64"}},
		{source: "a section whose lines are comments", text: "Parameters:\n  # Cpus: 64\nTags:\n  # " +
			"team: ml\n", tags: none},
		{source: "moto#872: no tags", text: "Tags: {}\n", tags: none},
	} {
		t.Run(c.source, func(t *testing.T) {
			file, err := Read("f", []byte(c.text), schema())
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(file.Parameters, c.values) || !maps.Equal(file.Tags,
				c.tags) || (file.Tags == nil) != (c.tags == nil) {
				t.Errorf("got %v and the tags %v, want %v and %v", file.Parameters, file.Tags, c.values, c.tags)
			}
			var previous []string
			for name, place := range file.Previous {
				previous = append(previous, name+" "+place)
			}
			if got := strings.Join(previous, ", "); got != c.previous {
				t.Errorf("previous: got %q, want %q", got, c.previous)
			}
			if got := strings.Join(file.Notes, "\n"); got != c.remark {
				t.Errorf("notes: got %q, want %q", got, c.remark)
			}
		})
	}
}

const (
	entryNeeds = `{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}`
	sam        = "the file is a configuration of the SAM CLI, which is not read: " +
		`write what its parameter_overrides give as "Parameters:" with one "Name: value" a line below it`
)

// TestRefusals names what is not read, and the way.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ source, text, want string }{
		{"rain#11: StackPolicy", `{"Parameters": {"Cpus": "64"}, "StackPolicy": {"Statement": []}}`,
			"f:1:32: key StackPolicy is not read: this program sets no stack policy; leave it out, and " +
				"set it " +
				"after the deployment: aws cloudformation set-stack-policy"},
		{"aws-cli#5240: other keys of --cli-input-json", `{"StackName": "a", "TemplateURL": "b", ` +
			`"Capabilities": [], "OnFailure": "DELETE"}`,
			"f:1:2: key StackName is not read: the command line names the stack; leave the key out\n" +
				"f:1:20: key TemplateURL is not read: this program deploys a template of its own; leave the " +
				"key out\n" +
				"f:1:40: key Capabilities is not read: this program sends the capability that its template " +
				"needs; leave the key out\n" +
				"f:1:60: key OnFailure is not read: give --on-failure, and leave the key out"},
		{"aws-cli#2828: SAM's configuration", "version = " +
			"0.1\n[default.deploy.parameters]\nparameter_overrides = \"Cpus=64\"\n", "f:2:1: " + sam},
		{"aws-cli#2828: SAM's configuration in YAML", "version: 0.1\ndefault:\n  deploy:\n    " +
			"parameters: {}\n", "f:1:1: " + sam},
		{"a template for a parameter file", "AWSTemplateFormatVersion: '2010-09-09'\nParameters: " +
			"{Cpus: {Type: Number}}\n",
			`f:1:1: the file is a template: wanted a file with values for its parameters, "Parameters:" ` +
				`with one "Name: value" a line below it`},
		{"aws-cli#4077: all of describe-stacks", `{"Stacks": [{"Parameters": []}]}`,
			"f:1:1: the file is the output of describe-stacks: keep its parameters alone with --query " +
				"'Stacks[0].Parameters'"},
		{"aws-cli#4077: a value and the previous one", `[{"ParameterKey": "Cpus", "ParameterValue": ` +
			`"1", "UsePreviousValue": true}]`,
			"f:1:2: the entry has ParameterValue and UsePreviousValue true: keep one"},
		{"aws-cli#4077: neither", `[{"ParameterKey": "Cpus", "UsePreviousValue": false}]`,
			"f:1:2: the entry needs ParameterKey and ParameterValue, as in " + entryNeeds},
		{"UsePreviousValue that is none", `[{"ParameterKey": "Cpus", "UsePreviousValue": "yes"}]`,
			`f:1:47: UsePreviousValue: "yes" is not true or false`},
		{"github-deploy#151: tags among the parameters", "Parameters:\n- {Key: team, Value: ml}\n",
			"f:2:3: a tag is given among the parameters: it belongs below Tags"},
		{"github-deploy#151: half a tag", "Tags: [{Key: team}]\n",
			`f:1:8: the entry needs Key and Value, as in {"Key": "team", "Value": "ml"}`},
		{"a tag twice in a list", "Tags:\n- {Key: a, Value: b}\n- {Key: a, Value: c}\n",
			"f:3:9: tag a is given twice; keep one"},
		{"a tag that is wrong", "Tags: {a: ''}", "f:1:8: the tag is empty"},
		{"cfn-flip#118: an anchor below an unknown key", "common: &common {Cpus: 1}\nParameters: {<<: " +
			"*common}\n",
			`f:1:1: key "common" is unknown: begin it with x- if it is there for its anchor &common, ` +
				`like x-common`},
		{"cfn-flip#118: anchors that nothing uses", ".common: &common {Cpus: 64}\nx-more: {Cpus: 1}\n",
			"f:1:1: key .common is not used: nothing refers to an anchor in it, as <<: *name does to " +
				"&name; leave it out\n" +
				"f:2:1: key x-more is not used: nothing refers to an anchor in it, as <<: *name does to " +
				"&name; leave it out"},
		{"cfn-flip#118: a merge of a word", "Parameters: {<<: Cpus}",
			`f:1:18: "Cpus" is given where << wants a map or a list of maps, like <<: *common`},
		{"a key twice in what is merged", "x-a: &a {Cpus: 1, Cpus: 2}\nParameters: {<<: *a}\n",
			"f:1:19: parameter Cpus is given twice, first on line 1; keep one"},
		{"a section in two cases", "Parameters: {Cpus: 1}\nparameters: {Cpus: 2}\n",
			"f:2:1: key parameters is given twice, first on line 1; keep one"},
		{"!!binary taken as text", "Parameters: {Vpc: !!binary dnBj}\n",
			"f:1:19: Vpc: !!binary is given where a word is wanted"},
		{"a parameter twice in two forms", "Cpus=1\nParameterKey=Cpus,ParameterValue=2\n",
			"f:2:1: parameter Cpus is given twice, first on line 1; keep one"},
		{"a wrong line among key=value", "Cpus=1\n  Vpc\n", `f:2:3: "Vpc" is not Name=value: put a ` +
			`value with blanks in quotes`},
		{"a value with blanks", "Vpc=my vpc\n", `f:1:1: "vpc" is not Name=value: put a value with ` +
			`blanks in quotes`},
		{"a comment behind a value", "Vpc=a # b\n", `f:1:1: "#" is not Name=value: give a comment a ` +
			`line of its own, and a value that has # quotes`},
		{"a quote that has no end", "Vpc='a\n", "f:1:1: Vpc='a: the quote ' has no end"},
		{"half of the shorthand", "ParameterKey=Cpus\n", `f:1:1: "ParameterKey=Cpus" is not ` +
			`ParameterKey=Name,ParameterValue=value`},
		{"key=value that is unknown and wrong", "Cpu=1\nCpus=many\n",
			`f:1:1: parameter "Cpu" is unknown: did you mean Cpus?` + "\n" +
				`f:2:1: Cpus: "many" is not a number`},
		{"key=value in Latin-1", "Vpc=\xfc\n", "f: the file is not text in UTF-8"},
	} {
		t.Run(c.source, func(t *testing.T) {
			_, err := Read("f", []byte(c.text), schema())
			if err == nil || err.Error() != c.want {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

// TestReadTags reads tags of a flag.
func TestReadTags(t *testing.T) {
	for text, want := range map[string]string{
		`[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d=,"}]`: "map[a:b c:d=,]",
		`{"a": "b"}`:                 "map[a:b]",
		`{"Key": "a", "Value": "b"}`: "map[a:b]",
		`[{"Key": "a"}]`: `--tags: the entry needs Key and Value, as in {"Key": "team", ` +
			`"Value": "ml"}`,
		`[{"Key": "a", "value": "b"}]`: `--tags: key "value" is unknown: did you mean Value?`,
		`[{"Key": "a"`: "--tags: did not find expected ',' or '}', while parsing a " +
			"flow mapping that begins on line 1",
		`{"a": "b", "a": "c"}`: "--tags: tag a is given twice; keep one",
	} {
		tags, err := ReadTags("--tags", text, schema().Tag)
		got := fmt.Sprint(tags)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
