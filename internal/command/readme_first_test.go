package command

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// step is a command with how it must end.
type step struct {
	command string
	code    int
	want    []string // expressions that stdout or stderr have, line by line
}

// firstReadme are the commands of the README of the first version in its order, each with
// what a reader does next to see its effect.
var firstReadme = [][]step{
	{{"go run ./cmd/metaflow-cfn generate", 0, []string{"^AWSTemplateFormatVersion: "}},
		{"go run ./cmd/metaflow-cfn generate >printed.yaml", 0, nil},
		{"diff printed.yaml templates/metaflow.yaml", 0, nil}},
	{{"make test", 0, nil}},
	{{"make tools", 0, nil}},
	{{"make build", 0, nil}, {"bin/metaflow-cfn version", 0, nil}},
	{{"export AWS_PROFILE=… AWS_REGION=us-east-1", 0, nil}},
	{{"bin/metaflow-cfn deploy metaflow", 0, []string{
		"^metaflow: create, 28 changes$", "^OK metaflow CREATE_COMPLETE$",
		"^BucketName=metaflow-bucket-", "^BatchJobQueue=arn:aws:batch:",
	}}},
	{{`eval "$(bin/metaflow-cfn configure metaflow)"`, 0, nil},
		{`echo "region $AWS_DEFAULT_REGION"`, 0, []string{"^region us-east-1$"}},
		{`cat "$HOME/.metaflowconfig/config.json"`, 0, []string{
			`"METAFLOW_DEFAULT_DATASTORE": "s3"`, `"METAFLOW_DATASTORE_SYSROOT_S3": "s3://metaflow-bucket-`,
			`"METAFLOW_DATATOOLS_S3ROOT": "s3://`, `"METAFLOW_BATCH_JOB_QUEUE": "arn:aws:batch:`,
			`"METAFLOW_ECS_S3_ACCESS_IAM_ROLE": "arn:aws:iam:`, `"METAFLOW_DEFAULT_METADATA": "local"`,
		}}},
	{{"python flow.py run --with batch", 0, nil}},
	{{"bin/metaflow-cfn delete metaflow --disable-protection", 0, []string{
		"^OK metaflow DELETE_COMPLETE$", "^the bucket metaflow-bucket-.* --existing-bucket-name ",
	}}},
	{{"metaflow-cfn generate --resolve --existing-vpc-id vpc-0123456789abcdef0", 0, []string{
		"vpc-0123456789abcdef0", "^  JobQueue:$",
	}},
		{"metaflow-cfn generate --resolve --existing-vpc-id vpc-0123456789abcdef0 | grep AWS::EC2::VPC$",
			1, nil}},
	{{"metaflow-cfn deploy metaflow --parameters team.yaml --compute-type SPOT --tags team=ml", 0,
		[]string{"^OK metaflow CREATE_COMPLETE$"}}},
	{{"metaflow-cfn generate --resolve --parameters team.yaml --check team.resolved.yaml", 0, nil},
		{"echo 'Parameters: {MaxvCpus: 65}' >team.yaml", 0, nil},
		{"metaflow-cfn generate --resolve --parameters team.yaml --check team.resolved.yaml", 10,
			[]string{`^-.*64`, `^\+.*65`}}},
	{{"metaflow-cfn parameters --format schema", 0, []string{`"ComputeType"`}}},
	{{"make check", 0, nil}},
	{{"make fuzz", 0, nil}},
	{{"make golden", 0, nil}},
	{{"make bench", 0, nil}},
}

// firstCommands are the rows of the table of commands, with command lines of that form.
var firstCommands = map[string][]step{
	"generate": {
		{"metaflow-cfn generate -o written.yaml", 0, nil},
		{"metaflow-cfn generate --check written.yaml", 0, nil},
		{"metaflow-cfn generate --format json", 0, []string{`"AWSTemplateFormatVersion"`}},
	},
	"parameters": {
		{"metaflow-cfn parameters", 0, []string{"^  --existing-bucket-name$"}},
		{"metaflow-cfn parameters --format json", 0, []string{`"ExistingBucketName"`}},
		{"metaflow-cfn parameters --format markdown", 0, []string{"ExistingBucketName"}},
	},
	"plan STACK": {
		{"metaflow-cfn plan metaflow --exit-code", 0, []string{"^metaflow: no changes$"}},
		{"metaflow-cfn plan metaflow --maxv-cpus 8 --exit-code", 10, []string{"MaxvCpus: 64 → 8"}},
	},
	"deploy STACK": {
		{"metaflow-cfn deploy metaflow", 0, []string{"^metaflow: no changes$"}},
		{"metaflow-cfn deploy metaflow --output json", 0, []string{`"type":"result"`}},
		{"metaflow-cfn deploy metaflow --unset MaxvCpus", 0, []string{"^OK metaflow UPDATE_COMPLETE$"}},
	},
	"watch STACK":   {{"metaflow-cfn watch metaflow", 0, []string{"^OK metaflow UPDATE_COMPLETE$"}}},
	"cancel STACK":  {{"metaflow-cfn cancel metaflow", 5, []string{"metaflow is UPDATE_COMPLETE"}}},
	"recover STACK": {{"metaflow-cfn recover metaflow", 0, []string{"nothing to recover$"}}},
	"delete STACK": {
		{"metaflow-cfn delete metaflow", 5, []string{"delete metaflow --disable-protection$"}},
	},
	"configure STACK": {
		{"metaflow-cfn configure metaflow", 0, []string{"^export AWS_DEFAULT_REGION=us-east-1$"}},
	},
	"policy KIND STACK": {
		{"metaflow-cfn policy deployer metaflow", 0, []string{`"cloudformation:`}},
		{"metaflow-cfn policy service-role metaflow", 0, []string{`"ec2:CreateVpc"`}},
		{"metaflow-cfn policy boundary metaflow", 0, []string{`"ecs:Poll"`}},
		{"metaflow-cfn policy user metaflow", 0, []string{`"batch:ListJobs"`}},
	},
	"completion": {{"metaflow-cfn completion bash", 0, []string{"metaflow-cfn"}}},
	"version":    {{"metaflow-cfn version", 0, []string{"metaflow-cfn"}}},
}

// TestFirstReadme follows the README of the first version with the program of today: every
// command does what it did, and of the other code spans one flag alone is retired.
func TestFirstReadme(t *testing.T) {
	t.Parallel()
	page := readPage(t, filepath.Join("testdata", "upgrade", "README-1.md"))
	var commands []string
	var steps []step
	for _, command := range prepared {
		steps = append(steps, step{command: command})
	}
	for _, group := range firstReadme {
		commands = append(commands, group[0].command)
		steps = append(steps, group...)
	}
	if found := commandsOf(page); !slices.Equal(found, commands) {
		t.Fatalf("the page has\n%s\nthe table\n%s",
			strings.Join(found, "\n"), strings.Join(commands, "\n"))
	}
	steps = append(steps, commandTable(t, page)...)
	steps = append(steps, step{"metaflow-cfn deploy metaflow --audit-logs true", exitUsage,
		[]string{"--audit-logs: parameter AuditLogs is retired: " +
			regexp.QuoteMeta(core.Component.Retired["AuditLogs"]) + "$"}})
	follow(t, steps)
	want := []string{"`--audit-logs true`: no command has --audit-logs"}
	if problems := checkSpans(page); !slices.Equal(problems, want) {
		t.Errorf("code spans: %q, want %q", problems, want)
	}
}

// commandTable returns the steps of the rows of a page's table of commands.
func commandTable(t *testing.T, page string) (steps []step) {
	_, table, _ := strings.Cut(page, "| command | what it does |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0
	for line := range strings.SplitSeq(table, "\n") {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), "|")
		for _, form := range codeSpan.FindAllStringSubmatch(first, -1) {
			if firstCommands[form[1]] == nil {
				t.Errorf("no step for %s", form[1])
			}
			steps = append(steps, firstCommands[form[1]]...)
			rows++
		}
	}
	if rows != len(firstCommands) {
		t.Errorf("the page has %d commands, and there are steps for %d", rows, len(firstCommands))
	}
	return steps
}

// follow runs the steps as one reader.
func follow(t *testing.T, steps []step) {
	var commands []string
	for _, s := range steps {
		commands = append(commands, s.command)
	}
	r := newReader(t)
	for i, done := range r.run(commands) {
		if done.code != steps[i].code {
			t.Errorf("%s: exit code %d, want %d\n%s%s", commands[i], done.code, steps[i].code,
				done.stderr, done.stdout)
		}
		for _, want := range steps[i].want {
			if !regexp.MustCompile("(?m)" + want).MatchString(done.stdout + done.stderr) {
				t.Errorf("%s: no %s in\n%s%s", commands[i], want, done.stderr, done.stdout)
			}
		}
	}
	if values := r.server.Parameters("metaflow"); values["ComputeType"] != "SPOT" {
		t.Errorf("the compute type is %q", values["ComputeType"])
	}
}
