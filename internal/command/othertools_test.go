package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/internal/command/othertools"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

func newTestRoot() *cobra.Command {
	return newRoot(&env{
		Printer: &terminal.Printer{}, components: components, component: components[0],
	})
}

// commandsOfTools are the commands that manage stacks, by the page that lists them.
var commandsOfTools = map[string]string{
	"https://developer.hashicorp.com/terraform/cli/commands": "init validate plan apply destroy " +
		"force-unlock get graph import login output refresh show version",
	"https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd.html": "bootstrap deploy destroy diff " +
		"docs doctor drift import init list ls migrate rollback synth synthesize watch",
	"aws-cloudformation/rain docs/index.md": "bootstrap build cat deploy diff fmt forecast info " +
		"logs ls pkg rm tree watch",
	"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/" +
		"serverless-sam-cli-command-reference.html": "build delete deploy init list logs package " +
		"sync validate",
	"https://docs.aws.amazon.com/eks/latest/eksctl/": "create delete get info scale update " +
		"upgrade version",
	"https://docs.aws.amazon.com/cli/latest/reference/cloudformation/": "cancel-update-stack " +
		"continue-update-rollback create-change-set create-stack delete-change-set delete-stack " +
		"deploy describe-change-set describe-stack-events describe-stack-resource-drifts " +
		"describe-stack-resources describe-stacks detect-stack-drift execute-change-set " +
		"get-template list-stacks package rollback-stack update-stack validate-template wait",
}

// flagsOfTools are the flags of their deployments and deletions.
var flagsOfTools = map[string]string{
	"https://developer.hashicorp.com/terraform/cli/commands/apply": "auto-approve backup chdir " +
		"compact-warnings destroy detailed-exitcode input json lock lock-timeout no-color out " +
		"parallelism refresh refresh-only replace state state-out target var var-file",
	"https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-deploy.html": "all change-set-name " +
		"concurrency exclusively force hotswap hotswap-fallback method notification-arns " +
		"outputs-file parameters progress require-approval toolkit-stack-name",
	"aws-cloudformation/rain docs/rain_deploy.md": "changeset config detach experimental " +
		"ignore-unknown-params keep nested-change-set no-analytics no-exec node-style params " +
		"profile region role-arn s3-bucket s3-owner s3-prefix tags termination-protection yes " +
		"debug no-colour",
	"https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/" +
		"sam-cli-command-reference-sam-deploy.html": "capabilities config-env config-file " +
		"confirm-changeset no-confirm-changeset debug disable-rollback no-disable-rollback " +
		"guided no-fail-on-empty-changeset on-failure parameter-overrides profile region " +
		"resolve-s3 role-arn s3-bucket s3-prefix stack-name tags template",
	"eksctl-io/eksctl pkg/ctl/create/cluster.go": "approve config-file dry-run fargate " +
		"instance-types name node-ami node-type node-volume-size nodes nodes-max nodes-min " +
		"profile region spot ssh-access ssh-public-key tags timeout vpc-cidr vpc-nat-mode " +
		"vpc-private-subnets vpc-public-subnets wait zones",
	"https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-stack.html": "" +
		"ca-bundle capabilities cli-input-json client-request-token debug deletion-mode " +
		"disable-rollback enable-termination-protection endpoint-url force-upload " +
		"no-execute-changeset no-fail-on-empty-changeset no-verify-ssl notification-arns " +
		"on-failure output parameter-overrides parameters query resource-types " +
		"retain-except-on-create retain-resources role-arn rollback-configuration stack-name " +
		"stack-policy-body tags template-body template-file template-url timeout-in-minutes " +
		"use-previous-template",
}

// TestWordsOfOtherTools wants an answer to each command and flag of other tools: it is a word of
// this program, or its refusal says more than that it is unknown.
func TestWordsOfOtherTools(t *testing.T) {
	root := newTestRoot()
	for source, words := range commandsOfTools {
		for name := range strings.FieldsSeq(words) {
			if slices.Contains(commandNames(root), name) {
				continue
			}
			if err := unknownCommand(name, root); !strings.Contains(err.Error(), "is unknown: ") {
				t.Errorf("%s: %v", source, err)
			}
		}
	}
	deploy, _, err := root.Find([]string{"deploy"})
	if err != nil {
		t.Fatal(err)
	}
	deploy.Flags().AddFlagSet(deploy.InheritedFlags())
	for source, words := range flagsOfTools {
		for name := range strings.FieldsSeq(words) {
			if deploy.Flags().Lookup(name) != nil {
				continue
			}
			if err := unknownFlag(deploy, "--"+name); !strings.Contains(err.Error(), "is unknown: ") {
				t.Errorf("%s: %v", source, err)
			}
		}
	}
}

// TestTableOfOtherTools wants each name in one row, and an answer of each row that exists.
func TestTableOfOtherTools(t *testing.T) {
	root := newTestRoot()
	seen := map[string]bool{}
	for _, w := range othertools.Commands() {
		answered := w.Why != ""
		for _, here := range w.Here {
			verb, args, err := root.Find(strings.Fields(here))
			answered = answered || err == nil && verb.ParseFlags(args) == nil
		}
		checkWord(t, seen, "command ", w, answered)
	}
	flags := map[string]bool{}
	for _, cmd := range root.Commands() {
		cmd.Flags().AddFlagSet(cmd.InheritedFlags())
		cmd.Flags().VisitAll(func(f *pflag.Flag) { flags[f.Name] = true })
	}
	for _, w := range othertools.Flags() {
		answered := w.Why != ""
		for _, here := range w.Here {
			name, _, _ := strings.Cut(here, " ")
			if !flags[name] {
				t.Errorf("%s: --%s does not exist", w.Names, here)
			}
			answered = true
		}
		checkWord(t, seen, "flag ", w, answered)
	}
}

func checkWord(t *testing.T, seen map[string]bool, kind string, w othertools.Word, answered bool) {
	t.Helper()
	if !answered || w.Tools == "" {
		t.Errorf("%s%s has no answer or no tool", kind, w.Names)
	}
	for name := range strings.FieldsSeq(w.Names) {
		if key := suggest.Fold(name); len(name) > 1 && seen[kind+key] {
			t.Errorf("%s%s stands in two rows", kind, name)
		} else {
			seen[kind+key] = true
		}
	}
}

// TestSpellings finds each parameter by its name and by its flag with other hyphens. No two flags
// of a command may be spellings of one name.
func TestSpellings(t *testing.T) {
	root := newTestRoot()
	for _, cmd := range root.Commands() {
		folded := map[string]string{}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			key := suggest.Fold(f.Name)
			if folded[key] != "" {
				t.Errorf("%s: --%s and --%s", cmd.Name(), f.Name, folded[key])
			}
			folded[key] = f.Name
		})
	}
	var p problems
	for parameter := range components[0].Parameters() {
		flag := parameter.Flag()
		for _, name := range []string{parameter.Name, strings.ReplaceAll(flag, "-", "_"), strings.ToUpper(flag)} {
			got := p.flagErrors().Check(root, []string{"deploy", "--" + name + "=--a_b", "m"})
			if want := []string{"deploy", "--" + flag + "=--a_b", "m"}; !slices.Equal(got, want) {
				t.Errorf("--%s is read as %q, want %q", name, got, want)
			}
		}
	}
	if p.found() {
		t.Error(p.errs)
	}
}
