package command

import (
	"fmt"
	"strings"
)

var badCommands = []refusal{
	{line: "deplyo metaflow", want: `command "deplyo" is unknown: did you mean deploy?`},
	{line: "frobnicate", want: `command "frobnicate" is unknown`},
	{line: "help frobnicate", want: `command "frobnicate" is unknown`},
	{line: "--frobnicate", want: `flag "--frobnicate" is unknown`},
	{line: "generate please --quickly", want: `flag "--quickly" is unknown
		unexpected argument "please": the command takes none`},
	{line: "version 1", want: `unexpected argument "1": the command takes none`},
	{line: "deploy metaflow production --yes", want: `unexpected argument "production": the command takes one stack`},
}

const stackWanted = "a stack name: a letter, then up to 127 letters, digits and hyphens, like metaflow"

var badStackNames = append(
	[]refusal{
		{line: "deploy --yes", want: "the stack's name is missing; wanted a name like metaflow"},
		{line: "watch", want: "the stack's name is missing; wanted a name like metaflow"},
		{line: "delete --yes", want: "the stack's name is missing; wanted a name like metaflow"},
		{line: "configure", want: "the stack's name is missing; wanted a name like metaflow"},
		{line: "deploy --yes -Z", want: `flag "-Z" is unknown
			the stack's name is missing; wanted a name like metaflow`},
		{line: "deploy --yes -- -x", want: `"-x" is not ` + stackWanted},
	},
	everywhere("", "1st", "a_b", "métaflow", "$(rm)", "../up", "a\n", strings.Repeat("a", 129),
		"arn:aws:cloudformation:us-east-1:123456789012:stack/metaflow/0a1b")...)

// everywhere returns every command that takes a stack name, with invalid names.
func everywhere(names ...string) (out []refusal) {
	for _, name := range names {
		for _, words := range []string{"deploy %s --yes", "delete %s --yes", "watch %s", "configure %s"} {
			out = append(out, refusal{line: fmt.Sprintf(words, name), want: fmt.Sprintf("%q is not %s", name, stackWanted)})
		}
	}
	return out
}

var badFlags = []refusal{
	{line: "deploy metaflow --yess", want: `flag "--yess" is unknown: did you mean --yes?
		there is no terminal to confirm on: give --yes`},
	{line: "deploy metaflow --yes --maxvcpu 3 --existing-vpc=vpc-1 --foo", want: `flag "--maxvcpu" is unknown: did you mean --maxv-cpus?
		flag "--existing-vpc" is unknown: did you mean --existing-vpc-id?
		flag "--foo" is unknown`},
	{line: "deploy metaflow -yQ", want: `flag "-Q" is unknown`},
	{line: "delete metaflow -y --disable-protect", want: `flag "--disable-protect" is unknown: did you mean --disable-protection?`},
	{line: "generate --paramters values.yaml", want: `flag "--paramters" is unknown: did you mean --parameters?`},
	{line: "generate -o", want: `--out: the value is missing`},
	{line: "generate --parameters values.yaml", file: "Tags: {" + strings.ReplaceAll(manyTags(51), "=", ": ") + "}",
		want: "51 tags are given; a stack has at most 50"},
	{line: "generate --resolve=perhaps --format toml", want: `--resolve: "perhaps" is not true or false
		--format: "toml" is not one of yaml, json, mermaid, html`},
	{line: "generate --format mermaid", want: "--format mermaid shows what would exist: give --resolve too"},
	{line: "generate --against a", want: "--against is shown on the page of --format html: give that too, or --check"},
	{line: "generate --check a --out b", want: "--out and --check exclude each other: write the file, or compare with it"},
	{line: "parameters --format csv", want: `--format: "csv" is not one of table, json, markdown, schema`},
	{line: "deploy metaflow --yes=maybe --timeout soon --output xml --maxv-cpus 0", want: `--yes: "maybe" is not true or false
		--timeout: "soon" is not a time like 30m or 1h30m
		--output: "xml" is not one of text, json
		--maxv-cpus: 0 is not from 1 to 100000
		there is no terminal to confirm on: give --yes`},
	{line: "watch metaflow --timeout -3s", want: "--timeout: -3s is negative; wanted a time like 30m"},
	{line: "deploy metaflow", want: "there is no terminal to confirm on: give --yes"},
	{line: "delete metaflow", want: "there is no terminal to confirm on: give --yes"},
	{line: "deploy metaflow --yes --unset MaxVCpu,foo,max-vcpus --maxv-cpus 3", want: `--unset: parameter "MaxVCpu" is unknown: did you mean MaxvCpus?
		--unset: parameter "foo" is unknown
		--unset: MaxvCpus is given a value too: choose one`},
	{line: "deploy metaflow --yes --metaflow-profile prod", want: "--metaflow-profile needs --configure"},
	{line: "configure --remove --set METAFLOW_UI_URL=a",
		want: "the stack's name is missing; wanted a name like metaflow"},
	{line: "configure metaflow metaflow --set METAFLOW_BATCH_JOB_QUEU=a --set UI_URL", want: `
		stack metaflow is given twice
		--set: key "METAFLOW_BATCH_JOB_QUEU" is unknown: did you mean METAFLOW_BATCH_JOB_QUEUE?
		--set: "UI_URL" is not KEY=VALUE, like METAFLOW_DEFAULT_METADATA=local`[1:]},
	{line: "configure metaflow --print --output yaml --set=", want: `
		--output: "yaml" is not one of text, json
		--set: "" is not KEY=VALUE, like METAFLOW_DEFAULT_METADATA=local`[1:]},
	{line: "configure --set METAFLOW_UI_URL=a --profile team", // docs/field-reports.md
		want: "--profile is the AWS profile, which nothing uses without a stack: Metaflow's " +
			"profile is --metaflow-profile"},
	{line: "configure metaflow --metaflow-profile ../prod", want: `--metaflow-profile: "../prod" is not a profile name of letters, digits, _, - and ., like prod`},
}

var badTags = onDeploy([]refusal{
	{line: "--tags team", want: `--tags: "team" is not key=value, like team=ml`},
	{line: "--tags =ml,aws:x=1,team=a --tags team=b", want: `--tags: tag key "" has 0 characters; wanted 1 to 128, like team
		--tags: tag key "aws:x" begins with aws:, which AWS reserves; wanted another, like team
		--tags: tag team is given twice; keep one`},
	{line: "--tags " + strings.Repeat("é", 129) + "=ml", want: `--tags: tag key "` + strings.Repeat("é", 129) + `" has 129 characters; wanted 1 to 128, like team`},
	{line: "--tags team=" + strings.Repeat("x", 257), want: "--tags: tag team has a value of 257 characters; wanted at most 256"},
	// Forms that people paste from other tools, each with the report of it.
	{line: "--tags ", want: "--tags: the value is empty; wanted tags like team=ml, or --no-tags to " +
		"remove those of the stack"}, // moto#872
	{line: "--no-tags --tags a=b", want: "--no-tags and --tags exclude each other"},
	{line: "--no-tags --parameters values.yaml", file: "Tags: {a: b}",
		want: "--no-tags: the parameter files give tags; leave these out, or --no-tags"},
	{line: "--tags Key=team,Value=ml,owner=me", want: `--tags: "Key=team,Value=ml,owner=me" is not ` +
		`Key=team,Value=ml as for create-stack; wanted key=value, like team=ml`}, // aws-sam-cli#2716
	{line: "--tags Key=team", want: `--tags: "Key=team" is not Key=team,Value=ml as for ` +
		`create-stack; wanted key=value, like team=ml`},
	{line: "--tags team=ml owner=me", want: `unexpected argument "owner=me": separate tags with ` +
		`commas, like --tags team=ml,owner=me`}, // aws cloudformation deploy
	{line: "--tags team=ml\towner=me", want: `--tags: "team=ml\towner=me" looks like several tags: ` +
		`separate them with commas, like team=ml,owner=me; ` +
		`a value with a blank and = can be given in a parameter file, below Tags`},
	{line: "--tags team:ml", want: `--tags: "team:ml" is not key=value: did you mean team=ml?`},
	{line: `--tags [{"Key":"team"}]`, want: `--tags: the entry needs Key and Value, as in {"Key": ` +
		`"team", "Value": "ml"}`}, // github-deploy#151
	{line: `--tags [{"Key":"aws:x","Value":"1"},{"Key":"team","value":"1"}]`, want: `--tags: key "value" is unknown: did you mean Value?
		--tags: tag key "aws:x" begins with aws:, which AWS reserves; wanted another, like team`},
	{line: "--tags []", want: "--tags: no tag is given; wanted one, or --no-tags to remove those " +
		"of the stack"},
	{line: "--tags file://tags.json", want: `--tags: "file://tags.json" is a file: give it as ` +
		`--parameters, with its tags below Tags`},
	{line: "--tags team=a\nb=c", want: `--tags: "team=a\nb=c" is not a list like a,b; put an item ` +
		`with a comma or a quote in double quotes`},
	{line: "--tags team= --tags owner=a#b", want: `--tags: tag team has no value, which CloudFormation does not take; wanted 1 to 256 characters, like team=yes
		--tags: tag owner has the value "a#b" with the character #, which IAM does not take; wanted letters, numbers, blanks and _ . : / = + - @, like owner=team-1`},
	{line: "--tags Team=a --parameters values.yaml", file: "Tags: {team: b}",
		want: "tags Team and team differ only in case, and IAM takes both for one; keep one"},
	{line: "--tags name=a", want: "tag name differs only in case from Name, which the template " +
		"sets, and IAM takes both for one; wanted another key, like team"},
	{line: "--tags " + manyTags(50), want: "50 tags are given; with Name, which the template sets, " +
		"a resource would have 51; AWS takes at most 50"},
	{line: "--tags " + manyTags(51), want: "51 tags are given; a stack has at most 50"},
	{line: `--tags a"=b`, want: `--tags: "a\"=b" is not a list like a,b; put an item with a comma or a quote in double quotes`},
})

func manyTags(n int) string {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("tag%d=x", i))
	}
	return strings.Join(pairs, ",")
}
