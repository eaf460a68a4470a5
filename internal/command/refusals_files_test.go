package command

import "strings"

const (
	mapWanted   = `"Parameters:" with one "Name: value" a line below it`
	entryWanted = `{"ParameterKey": "MaxvCpus", "ParameterValue": "64"}`
)

// Parameter files that are refused.
var badFiles = onDeploy([]refusal{
	{line: "--parameters absent.yaml",
		want: "--parameters: open absent.yaml: no such file or directory; wanted a readable file, like templates/scenarios/core/default.yaml"},
	{line: "--parameters .", want: "--parameters: read .: is a directory; wanted a readable file, like templates/scenarios/core/default.yaml"},
	{line: "--parameters -", want: "stdin: the file is empty; wanted " + mapWanted},

	// What people give for a file, each with the report of it.
	{line: "--parameters ", want: "--parameters: the name of the file is empty; wanted a readable " +
		"file, like templates/scenarios/core/default.yaml"},
	{line: "--parameters MaxvCpus=64", want: `--parameters: "MaxvCpus=64" is not a file; give the ` +
		`value as --maxv-cpus 64`}, // github-deploy#58
	{line: "--parameters ParameterKey=MaxvCpus,ParameterValue=64",
		want: `--parameters: "ParameterKey=MaxvCpus,ParameterValue=64" is not a file; give the value ` +
			`as --maxv-cpus 64`},
	{line: "--parameters Colour=red MaxvCpus=64", want: `--parameters: "Colour=red" is not a file; give values as flags, like --existing-bucket-name VALUE
		unexpected argument "MaxvCpus=64": give the value as --maxv-cpus 64`},
	{line: "--parameters file://absent.json", want: "--parameters: open absent.json: no such file " +
		"or directory; wanted a readable file, like templates/scenarios/core/default.yaml"},
	{line: "--parameters https://x.org/p.json", want: "--parameters: https://x.org/p.json is an " +
		"address; wanted a file: download it first"},
	{line: "--parameters - --parameters -", want: `--parameters: - is given twice; stdin can be read once
		stdin: the file is empty; wanted ` + mapWanted},
	{line: "--existing-vpc-id {{resolve:ssm:/vpc}}", want: `--existing-vpc-id: ` +
		`"{{resolve:ssm:/vpc}}" is a dynamic reference, which is not resolved here; ` +
		`give the value itself: --existing-vpc-id "$(aws ssm get-parameter --name /vpc --query ` +
		`Parameter.Value --output text)"`}, // aws-deployment-framework#22
	{line: "--parameters values.yaml", file: "Parameters: {AuditLogs: true}\n",
		want: "values.yaml:1:14: parameter AuditLogs is retired: …"},

	{line: "--parameters values.yaml", file: "# nothing\n", want: "values.yaml: the file is empty; wanted " + mapWanted},
	{line: "--parameters values.yaml", file: "hello", want: `values.yaml:1:1: "hello" is given ` +
		`where a map is wanted: ` + mapWanted},
	{line: "--parameters values.yaml", file: "Parameters: [1\n",
		want: "values.yaml:2:1: did not find expected ',' or ']', while parsing a flow sequence that begins on line 1"},
	{line: "--parameters values.yaml", file: `{"Parameters": {"MaxvCpus": 1`,
		want: "values.yaml:2:1: did not find expected ',' or '}', while parsing a flow mapping that begins on line 1"},
	{line: "--parameters values.yaml", file: "Parameters:\n\tMaxvCpus: 1\n", want: "values.yaml:2:1: found character that cannot start any token"},
	{line: "--parameters values.yaml", file: "Parameters:\n  MaxvCpus: 1\x00\n",
		want: "values.yaml: the file has a NUL byte: it is not YAML or JSON text in UTF-8"},
	{line: "--parameters values.yaml", file: "Parameters:\n  MaxvCpus: \xc3\x28\n", want: "values.yaml: …UTF-8…"},
	{line: "--parameters values.yaml", file: "Parameters: {}\n---\nParameters: {}\n", want: "values.yaml:2:1: found a second document; a parameter file has one"},

	{line: "--parameters values.yaml", file: "Parameters:\n  MaxvCpu: 1\n  Colour: 2\nTagz: {}\nMaxvCpus: 3\n",
		want: `values.yaml:2:3: parameter "MaxvCpu" is unknown: did you mean MaxvCpus?
			values.yaml:3:3: parameter "Colour" is unknown
			values.yaml:4:1: key "Tagz" is unknown: did you mean Tags?
			values.yaml:5:1: parameter MaxvCpus is outside Parameters: wanted ` + mapWanted},
	{line: "--parameters values.yaml", file: "Parameters:\n  MaxvCpus: 1\n  MaxvCpus: 2\nTags:\n  a: b\n  a: c\nParameters: {}\n",
		want: `values.yaml:3:3: parameter MaxvCpus is given twice, first on line 2; keep one
			values.yaml:6:3: tag a is given twice, first on line 5; keep one
			values.yaml:7:1: key Parameters is given twice, first on line 1; keep one`},
	{line: "--parameters values.yaml", file: `{"Parameters": {"MaxvCpus": 1, "MaxvCpus": 2}}`,
		want: "values.yaml:1:32: parameter MaxvCpus is given twice, first on line 1; keep one"},
	{line: "--parameters values.yaml", file: "Parameters:\n  MaxvCpus: [1, 2]\n  ComputeType: {a: b}\n  MinvCpus:\n  S3Endpoint: yes\n  VolumeSize: 10.5\n",
		want: `values.yaml:2:13: MaxvCpus: a list is given where a word is wanted, as in Name: value
			values.yaml:3:16: ComputeType: a map is given where a word is wanted, as in Name: value
			values.yaml:4:12: MinvCpus has no value: write '' for an empty one, or leave the line out
			values.yaml:5:15: S3Endpoint: "yes" is not one of true, false
			values.yaml:6:15: VolumeSize: "10.5" is not a whole number like 100`},
	{line: "--parameters values.yaml", file: "Parameters: 7\nTags: [a]\n",
		want: `values.yaml:1:13: "7" is given where a map is wanted, such as ` + mapWanted + `
			values.yaml:2:8: "a" is given where an entry is wanted, such as {"Key": "team", "Value": "ml"}`},
	{line: "--parameters values.yaml", file: "Tags:\n  aws:x: 1\n  a: [1]\n",
		want: `values.yaml:2:3: tag key "aws:x" begins with aws:, which AWS reserves; wanted another, like team
			values.yaml:3:6: tag a: a list is given where a word is wanted, as in Name: value`},
	{line: "--parameters values.yaml", file: `[{"ParameterKey": "MaxvCpus", "ParameterValue": "1"},
 {"ParameterKey": "MaxvCpus", "ParameterValue": "2"},
 {"ParameterKey": "MinvCpus"},
 {"ParameterKey": "MaxCpus", "ParameterValue": "2", "Value": "3"},
 "MaxvCpus"]`,
		want: `values.yaml:2:19: parameter MaxvCpus is given twice, first on line 1; keep one
			values.yaml:3:2: the entry needs ParameterKey and ParameterValue, as in ` + entryWanted + `
			values.yaml:4:53: key "Value" is unknown
			values.yaml:4:19: parameter "MaxCpus" is unknown: did you mean MaxvCpus?
			values.yaml:5:2: "MaxvCpus" is given where an entry is wanted, such as ` + entryWanted},

	// All kinds of problems at once: the command line, the file, single values and relations.
	{line: "--parameters values.yaml --nonsense --maxv-cpus 0 --bid-percentage 60 --unset Colour --tags x --timeout never",
		file: "Parameters:\n  VolumeSize: 1\n  ComputeTyp: SPOT\n",
		want: `flag "--nonsense" is unknown
			--timeout: "never" is not a time like 30m or 1h30m
			values.yaml:2:15: VolumeSize: 1 is not from 30 to 16384
			values.yaml:3:3: parameter "ComputeTyp" is unknown: did you mean ComputeType?
			--maxv-cpus: 0 is not from 1 to 100000
			--tags: "x" is not key=value, like team=ml
			--unset: parameter "Colour" is unknown
			BidPercentage needs ComputeType SPOT`},
})

// badLargeFile is a file that is refused for its size. It is not a variable, as each process of
// the program, which is this binary, would then spend 20 ms on it.
func badLargeFile() []refusal {
	return onDeploy([]refusal{{
		line: "--parameters values.yaml",
		file: "Parameters:\n" + strings.Repeat("# 10 MB\n", 10<<20/8),
		want: "--parameters: values.yaml has more than 1 MiB; a parameter file has at most 1048576 bytes",
	}})
}
