package command

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// newTestComponent returns a component that only this test knows: two parameters, and
// a bucket that is created, reused or shared with a core stack.
func newTestComponent() *generator.Component {
	existing := &generator.Parameter{
		Name: "ExistingArchiveName", Format: standard.BucketName, WhenEmpty: "a new bucket",
		Doc: "Bucket to reuse.",
	}
	days := &generator.Parameter{
		Name: "ArchiveDays", Kind: generator.Number, Default: "7", Min: 1, Max: 100,
		Doc: "Days that the new bucket keeps what is in it.",
	}
	needs := generator.Needs{{ID: "Bucket", Noun: "bucket", Existing: existing, Shared: true}}
	return &generator.Component{
		Name: "testcomp", File: "testcomp", Description: "A component of a test.",
		Intro: "A bucket of a test",
		Groups: []generator.Group{{
			Label: "Storage", Parameters: []*generator.Parameter{existing, days},
		}},
		Needs:     needs,
		Protected: []string{"AWS::S3::Bucket"},
		Outputs: []generator.Output{
			{Name: "ArchiveName", Value: needs.Reference("Bucket"), Doc: "The bucket."},
		},
		Build: func(b *generator.Builder) {
			archive := b.Create("Bucket", "Keeps things for a while.", &s3.Bucket{
				LifecycleConfiguration: &s3.Bucket_LifecycleConfiguration{
					Rules: []s3.Bucket_Rule{{Id: new("expire"), Status: "Enabled"}},
				},
				Tags: standard.NameTags("archive"),
			}, cfn.Set{"LifecycleConfiguration.Rules[0].ExpirationInDays": days.Ref()})
			b.Add(cfn.Resource{ID: "Policy", Doc: "Refuses other connections than TLS."},
				&s3.BucketPolicy{Bucket: archive, PolicyDocument: standard.Policy(map[string]any{
					"Effect": "Deny", "Principal": "*", "Action": "s3:*",
					"Resource":  standard.BucketARN(archive, "/*"),
					"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
				})}, nil)
		},
	}
}

// TestComponentOfATest runs the verbs of a component that no line of the machinery
// knows of.
func TestComponentOfATest(t *testing.T) {
	isolateEnv(t)
	t.Setenv("METAFLOW_HOME", t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		s := newProgram(t)
		s.terminal = nil
		s.components = []*generator.Component{core.Component, newTestComponent()}
		testPureVerbs(t, s)
		testStackVerbs(t, s)
	})
}

// expect runs a command line and holds what it prints against what is wanted.
func (s *program) expect(t *testing.T, code int, line string, want ...string) {
	t.Helper()
	if got := s.run(t.Context(), strings.Fields(line)...); got != code {
		t.Errorf("%s: exit %d, want %d\n%s", line, got, code, s.err.String())
	}
	for _, text := range want {
		if !strings.Contains(s.out.String()+s.err.String(), text) {
			t.Errorf("%s: %q is missing in\n%s%s", line, text, s.out.String(), s.err.String())
		}
	}
}

// testPureVerbs runs the verbs that call nothing.
func testPureVerbs(t *testing.T, s *program) {
	s.expect(t, 0, "testcomp generate", "Description: A component of a test.", "\n  NewBucket: ",
		"\n  ExistingArchiveName:\n", "\n  Bucket:\n    Type: AWS::S3::Bucket\n")
	s.expect(t, 0, "testcomp generate --resolve --archive-days 9", "ExpirationInDays: 9")
	s.expect(t, 0, "testcomp generate --resolve --existing-archive-name ours", "Bucket: ours")
	for _, not := range []string{"Parameters:", "AWS::S3::Bucket\n"} {
		if strings.Contains(s.out.String(), not) {
			t.Errorf("the resolved template reuses the bucket and has\n%s", s.out.String())
		}
	}
	s.expect(t, 2, "testcomp generate --archive-days 0 --existing-archive-name X --volume-size 8",
		"--archive-days: 0 is not from 1 to 100", "--existing-archive-name: ", "--volume-size",
		"metaflow-cfn testcomp generate --help")
	s.expect(t, 0, "testcomp parameters", "Storage\n", "--existing-archive-name\n",
		"Empty: a new bucket.", "--archive-days\n")
	for _, format := range []string{"json", "schema"} {
		s.expect(t, 0, "testcomp parameters --format "+format)
		if !json.Valid(s.out.Bytes()) || !strings.Contains(s.out.String(), "ArchiveDays") {
			t.Errorf("--format %s prints\n%s", format, s.out.String())
		}
	}
	s.expect(t, 0, "testcomp parameters --format markdown",
		"| ArchiveDays<br>`--archive-days` | `7` |")
	for _, kind := range []string{"boundary", "service-role", "deployer", "user"} {
		s.expect(t, 0, "testcomp policy "+kind+" archive")
		if !json.Valid(s.out.Bytes()) {
			t.Errorf("the policy %s is\n%s", kind, s.out.String())
		}
	}
	s.expect(t, 0, "testcomp policy service-role archive", "s3:PutLifecycleConfiguration")
	s.expect(t, 0, "testcomp --help", "deploy", "generate", "parameters", "plan", "policy")
	s.expect(t, 0, "--help", "testcomp", "A bucket of a test")
	s.expect(t, 2, "testcomp depoly archive", "deploy")
}

// testStackVerbs runs the verbs on stacks.
func testStackVerbs(t *testing.T, s *program) {
	s.expect(t, 10, "testcomp plan archive --exit-code", "archive: create, 2 changes")
	s.expect(t, 0, "testcomp deploy archive --yes", "archive: create, 2 changes",
		"OK archive CREATE_COMPLETE", "ArchiveName=archive-bucket-")
	if strings.Contains(s.err.String(), "Next:") {
		t.Errorf("a stack with nothing to configure is followed by\n%s", s.err.String())
	}
	s.expect(t, 0, "testcomp deploy archive --yes --archive-days 30", "archive: update, 1 change",
		"set by parameter ArchiveDays (--archive-days)")
	s.expect(t, 0, "testcomp deploy archive --yes", "archive: no changes")
	s.expect(t, 5, "testcomp deploy archive --yes --existing-archive-name ours",
		"--allow-replace Bucket")
	s.expect(t, 1, "configure archive", "there is nothing to configure")
	s.expect(t, 2, "deploy archive --yes",
		"stack archive is a stack of the testcomp template, not of core",
		"Update it: metaflow-cfn testcomp deploy archive")

	s.seed("metaflow", nil)
	s.expect(t, 0, "testcomp deploy shared --from metaflow --yes", "shared: create, 1 change",
		"From metaflow: ExistingArchiveName=metaflow-bucket-", "(resource Bucket)")
	s.server.FailCreate("Policy", "no")
	s.expect(t, 3, "testcomp deploy failed --from metaflow --yes",
		"retry: metaflow-cfn testcomp deploy failed")
	s.expect(t, 0, "delete archive --yes --disable-protection", "- Bucket")
	if got := s.server.Live("shared"); len(got) != 1 || got[0].LogicalID != "Policy" {
		t.Errorf("the stack with the shared bucket has %v", got)
	}
}
