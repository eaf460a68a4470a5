package generator_test

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestReadFileErrors reads bad files and compares every line of the messages.
func TestReadFileErrors(t *testing.T) {
	const example = `"Parameters:" with one "Name: value" a line below it`
	for _, test := range []struct{ name, text, want string }{
		{"unknown parameter", "Parameters:\n  MaxVcpu: 64\n",
			`p.yaml:2:3: parameter "MaxVcpu" is unknown: did you mean MaxvCpus?`},
		{"unknown parameter in JSON", "{\n  \"Parameters\": {\"A\": 1,\n    \"Computetype\": " +
			"\"SPOT\"}\n}", `p.yaml:2:18: parameter "A" is unknown` + "\n" +
			`p.yaml:3:5: parameter "Computetype" is unknown: did you mean ComputeType?`},
		{"unknown parameter in a list", `[{"ParameterKey": "MaxvCpu", "ParameterValue": "64"}]`,
			`p.yaml:1:19: parameter "MaxvCpu" is unknown: did you mean MaxvCpus?`},
		{"unknown section", "parameter:\n  MaxvCpus: 64\nOther: 1\n",
			`p.yaml:1:1: key "parameter" is unknown: did you mean Parameters?` + "\n" +
				`p.yaml:3:1: key "Other" is unknown`},
		{"parameter at the top", "MaxvCpus: 64\n",
			"p.yaml:1:1: parameter MaxvCpus is outside Parameters: wanted " + example},
		{"unknown key of an entry", `[{"ParameterKey": "MaxvCpus", "ParamterValue": "64"}]`,
			`p.yaml:1:31: key "ParamterValue" is unknown: did you mean ParameterValue?`},
		{"key that is a list", "Parameters:\n  ? [a, b]\n  : c\n",
			"p.yaml:2:5: a list is given where the name of a parameter is wanted"},
		{"merge key", "Tags: &t {a: b}\nParameters:\n  <<: *t\n",
			`p.yaml:1:11: parameter "a" is unknown`},

		{"map for a word", "Parameters:\n  MaxvCpus: {a: b}\n",
			"p.yaml:2:13: MaxvCpus: a map is given where a word is wanted, as in Name: value"},
		{"list for a word", "Parameters:\n  MaxvCpus:\n    - 64\n",
			"p.yaml:3:5: MaxvCpus: a list is given where a word is wanted, as in Name: value"},
		{"map in a list", "Parameters:\n  InstanceTypes: [m6i, {a: b}]\n",
			"p.yaml:2:24: InstanceTypes: a map is given where a word is wanted, as in Name: value"},
		{"comma in an item", "Parameters:\n  InstanceTypes:\n    - m6i\n    - c6i,r6i\n",
			`p.yaml:4:7: InstanceTypes: "c6i,r6i" has a comma: write an item for each`},
		{"nothing for a word", "Parameters:\n  MaxvCpus:\n  MinvCpus: ~\n",
			"p.yaml:2:12: MaxvCpus has no value: write '' for an empty one, or leave the line out\n" +
				"p.yaml:3:13: MinvCpus has no value: write '' for an empty one, or leave the line out"},
		{"nothing in a list", "Parameters:\n  InstanceTypes: [m6i, null]\n",
			"p.yaml:2:24: InstanceTypes has no value: write '' for an empty one, or leave the line out"},
		{"function", "Parameters:\n  NewBucketName: !Sub my-bucket\n",
			"p.yaml:2:18: NewBucketName: !Sub is given where a word is wanted: parameter files have no " +
				"functions"},
		{"list for the parameters", "Parameters:\n  - MaxvCpus: 64\n",
			"p.yaml:2:5: parameter MaxvCpus is given in a list: wanted " +
				`{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}, or Name: value without the dash`},
		{"word for the tags", "Tags: team\n", `p.yaml:1:7: "team" is given where a map is wanted, ` +
			`such as "Tags:" with one "key: value" a line below it`},
		{"word for the file", "MaxvCpus\n", `p.yaml:1:1: "MaxvCpus" is given where a map is wanted: ` +
			example},
		{"words for the entries", "- MaxvCpus\n- 64\n",
			`p.yaml:1:3: "MaxvCpus" is given where an entry is wanted, such as {"ParameterKey": ` +
				`"MaxvCpus", "ParameterValue": "64"}` + "\n" +
				`p.yaml:2:3: "64" is given where an entry is wanted, such as {"ParameterKey": "MaxvCpus", ` +
				`"ParameterValue": "64"}`},

		{"bad value", "Parameters:\n  MaxvCpus: many\n  S3Endpoint:   False\n",
			`p.yaml:2:13: MaxvCpus: "many" is not a whole number like 256` + "\n" +
				`p.yaml:3:17: S3Endpoint: "False" is not one of true, false`},
		{"bad value in a list", "Parameters:\n  InstanceTypes: [m6i, M6I]\n",
			`p.yaml:2:18: InstanceTypes: "M6I" is not an instance type or family like m6i.large or m6i`},
		{"number of another kind", "Parameters: {MaxvCpus: 0x10, MinvCpus: 1_0}\n",
			`p.yaml:1:24: MaxvCpus: "0x10" is not a whole number like 256` + "\n" +
				`p.yaml:1:40: MinvCpus: "1_0" is not a whole number like 0`},
		{"tag of AWS", "Tags:\n  aws:cost: x\n",
			`p.yaml:2:3: tag key "aws:cost" begins with aws:, which AWS reserves; wanted another, like team`},
		{"list for a tag", "Tags:\n  team: [a]\n",
			"p.yaml:2:9: tag team: a list is given where a word is wanted, as in Name: value"},
		{"tag without a value", "Tags:\n  team:\n",
			"p.yaml:2:8: tag team has no value: write '' for an empty one, or leave the line out"},

		{"duplicate parameter", "Parameters:\n  MaxvCpus: 64\n  MinvCpus: 0\n  MaxvCpus: 65\n",
			"p.yaml:4:3: parameter MaxvCpus is given twice, first on line 2; keep one"},
		{"duplicate section", "Parameters: {}\nTags: {}\nParameters: {}\n",
			"p.yaml:3:1: key Parameters is given twice, first on line 1; keep one"},
		{"duplicate tag", "Tags: {a: b, a: b}\n",
			"p.yaml:1:14: tag a is given twice, first on line 1; keep one"},
		{"duplicate entry", "- {ParameterKey: MaxvCpus, ParameterValue: 64}\n- {ParameterKey: " +
			"MaxvCpus, ParameterValue: 65}\n",
			"p.yaml:2:18: parameter MaxvCpus is given twice, first on line 1; keep one"},
		{"duplicate entry by an alias", "- &e {ParameterKey: MaxvCpus, ParameterValue: 64}\n- *e\n",
			"p.yaml:1:21: parameter MaxvCpus is given twice, first on line 1; keep one"},

		{"tabs in YAML", "Parameters:\n\tMaxvCpus: 64\n",
			"p.yaml:2:1: found character that cannot start any token"},
		{"colon in a word", "Parameters:\n  Ec2KeyPair: my: key\n",
			"p.yaml:2:17: mapping values are not allowed in this context"},
		{"bracket that stays open", "Parameters:\n  InstanceTypes: [m6i\nTags: {}\n",
			"p.yaml:3:5: did not find expected ',' or ']', while parsing a flow sequence that begins on " +
				"line 2"},
		{"quote that stays open", "Parameters:\n  Ec2KeyPair: 'my key\n",
			"p.yaml:3:1: found unexpected end of stream, while scanning a quoted scalar that begins on " +
				"line 2"},
		{"bad indentation", "Parameters:\n  MaxvCpus: 64\n MinvCpus: 1\n",
			"p.yaml:3:2: did not find expected key, while parsing a block mapping that begins on line 1"},
		{"text after JSON", "{\"Parameters\": {}}\n}",
			"p.yaml:2:1: did not find expected <document start>"},
		{"unknown alias", "Parameters: *p\n", "p.yaml:1:13: unknown anchor 'p' referenced"},
		{"second document", "Parameters: {MaxvCpus: 64}\n---\nParameters: {MaxvCpus: 65}\n",
			"p.yaml:2:1: found a second document; a parameter file has one"},
		{"NUL", "Parameters:\n  Ec2KeyPair: a\x00b\n",
			"p.yaml: the file has a NUL byte: it is not YAML or JSON text in UTF-8"},
		{"UTF-16", "\xff\xfeP\x00:\x00",
			"p.yaml: the file has a NUL byte: it is not YAML or JSON text in UTF-8"},
		{"Latin-1", "Parameters:\n  Ec2KeyPair: schl\xfcssel\n",
			"p.yaml: invalid leading UTF-8 octet (value: 252)"},
		{"empty", "", "p.yaml: the file is empty; wanted " + example},
		{"only a comment", "# later\n\n", "p.yaml: the file is empty; wanted " + example},
		{"only a BOM", "\ufeff", "p.yaml: the file is empty; wanted " + example},
		{"null", "null\n", `p.yaml:1:1: "null" is given where a map is wanted: ` + example},
		{"too large", strings.Repeat("#", 1<<20+1),
			"p.yaml: the file has 1048577 bytes; a parameter file has at most 1048576"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := core.Component.ReadFile("p.yaml", []byte(test.text)); err == nil ||
				err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// TestReadFilePositions finds the same mistake with a BOM, with CRLF and after letters of several
// bytes.
func TestReadFilePositions(t *testing.T) {
	for text, want := range map[string]string{
		"\ufeffMaxvCpu: 1\n":           `p.yaml:1:1: key "MaxvCpu" is unknown`,
		"Parameters:\r\n  Tags: 1\r\n": `p.yaml:2:3: parameter "Tags" is unknown`,
		"Tags: {é: ü}\nParameters: {\n\t\"MaxvCpu\":\t1}\n": `p.yaml:3:2: parameter "MaxvCpu" is ` +
			`unknown: did you mean MaxvCpus?`,
		"Tags: {äöü: ß, ñ: }\nParameters: " +
			"{}\n": `p.yaml:1:19: tag ñ has no value: write '' for an empty one, or leave the line out`,
		"# é\n\n\nParameters: # x\n  # y\n\n  MaxvCpu: 1 # " +
			"z": `p.yaml:7:3: parameter "MaxvCpu" is unknown: did you mean MaxvCpus?`,
	} {
		if _, err := core.Component.ReadFile("p.yaml", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestReadFileReportsAll checks that every problem and the valid values are returned.
func TestReadFileReportsAll(t *testing.T) {
	file, err := core.Component.ReadFile("team.yaml", []byte(`Parameters:
  MaxvCpus: 64
  MinvCpus: -1
  ComputType: SPOT
  MaxvCpus: 32
  InstanceTypes: {}
Tags:
  aws:a: b
  team: ml
Params: {}
`))
	want := `team.yaml:3:13: MinvCpus: -1 is not from 0 to 100000
team.yaml:4:3: parameter "ComputType" is unknown: did you mean ComputeType?
team.yaml:5:3: parameter MaxvCpus is given twice, first on line 2; keep one
team.yaml:6:18: InstanceTypes: a map is given where a word is wanted, as in Name: value
team.yaml:8:3: tag key "aws:a" begins with aws:, which AWS reserves; wanted another, like team
team.yaml:10:1: key "Params" is unknown`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if file.Parameters["MaxvCpus"] != "64" || len(file.Parameters) != 1 ||
		file.Tags["team"] != "ml" || len(file.Tags) != 1 {
		t.Errorf("got %v", file)
	}
}
