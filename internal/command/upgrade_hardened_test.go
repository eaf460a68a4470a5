package command

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestUpgradeRefused updates a hardened stack without permission to remove logs and endpoints, and
// compares the refusal.
func TestUpgradeRefused(t *testing.T) {
	isolateEnv(t)
	const wanted = "" +
		`metaflow-cfn: metaflow: this would take away what flows depend on; nothing was changed
metaflow-cfn:   EcrApiEndpoint: vpce-… is deleted
metaflow-cfn:   EcrDkrEndpoint: vpce-… is deleted
metaflow-cfn:   EcsAgentEndpoint: vpce-… is deleted
metaflow-cfn:   EcsEndpoint: vpce-… is deleted
metaflow-cfn:   EcsTelemetryEndpoint: vpce-… is deleted
metaflow-cfn:   FlowLog: fl-… is deleted
metaflow-cfn:   LogBucket: metaflow-logbucket-… is kept with its data, outside the stack
metaflow-cfn:   LogsEndpoint: vpce-… is deleted
Allow: the same command with --allow-replace EcrApiEndpoint,EcrDkrEndpoint,EcsAgentEndpoint,` +
		`EcsEndpoint,EcsTelemetryEndpoint,FlowLog,LogBucket,LogsEndpoint
`
	synctest.Test(t, func(t *testing.T) {
		s := hardened(t)
		s.exits(exitRefused, "deploy", "metaflow", "--yes")
		said := s.err.String()
		if i := strings.Index(said, "metaflow-cfn: "); i < 0 || !matches(said[i:], wanted) {
			t.Errorf("said:\n%s\nwant:\n%s", said, wanted)
		}
		s.exits(exitRefused, "deploy", "metaflow", "--yes", "--allow-replace", "LogBucket,FlowLog")
		got, left := s.server.Status("metaflow"), s.server.ChangeSets("metaflow")
		if got != "CREATE_COMPLETE" || left != nil {
			t.Errorf("the stack is %s, with change sets %v", got, left)
		}
	})
}

func hardened(t *testing.T) *program {
	stacks := firstVersions(t)
	i := slices.IndexFunc(stacks, func(f firstVersion) bool { return f.scenario == "hardened" })
	return stacks[i].seeded(t)
}

// TestUpgradeDelete deletes a stack of the first version that was never updated: the kept resources
// are read from its own template, which has a log bucket.
func TestUpgradeDelete(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := hardened(t)
		s.exits(exitOK, "delete", "metaflow", "--yes")
		for _, id := range []string{"Bucket", "BucketPolicy", "LogBucket", "LogBucketPolicy"} {
			if !regexp.MustCompile(`(?m)^  = ` + id + ` `).MatchString(s.err.String()) {
				t.Errorf("%s is not reported as kept:\n%s", id, s.err.String())
			}
		}
		if kept := s.server.Retained(); len(kept) != 4 {
			t.Errorf("kept are %v", kept)
		}
	})
}

// TestUpgradeHardened follows the steps of docs/security.md: the log bucket is kept with its
// policy, the hardening template reuses it, and the access log is written to it again.
func TestUpgradeHardened(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := hardened(t)
		logs := s.physicalIDs()["LogBucket"]
		allowed := strings.Join(s.planned().NeedsAllowReplace, ",")
		// A deployment alone cannot disable the queue, because it would remove the endpoints.
		s.exits(exitRefused, "deploy", "metaflow", "--yes", "--job-queue-state", "DISABLED")
		s.exits(exitOK, "deploy", "metaflow", "--yes", "--allow-replace", allowed,
			"--job-queue-state", "DISABLED")
		var kept []string
		for _, r := range s.server.Retained() {
			kept = append(kept, r.LogicalID+" "+r.PhysicalID)
		}
		want := []string{"LogBucket " + logs, "LogBucketPolicy " + logs}
		if slices.Sort(kept); !slices.Equal(kept, want) {
			t.Errorf("kept are %q, want %q", kept, want)
		}
		s.exits(exitOK, "hardening", "deploy", "metaflow-hardening", "--yes", "--from", "metaflow",
			"--existing-log-bucket-name", logs, "--interface-endpoints", "true")
		s.exits(exitOK, "deploy", "metaflow", "--yes", "--from", "metaflow-hardening",
			"--job-queue-state", "ENABLED")
		values := s.server.Parameters("metaflow")
		if values["AccessLogBucketName"] != logs || values["JobQueueState"] != "ENABLED" {
			t.Errorf("access log to %q, queue %s", values["AccessLogBucketName"], values["JobQueueState"])
		}
	})
}

// TestRetiredParameter gives AuditLogs in every way in which the first version accepted it. Each is
// refused by name, with the successor, before anything is called.
func TestRetiredParameter(t *testing.T) {
	isolateEnv(t)
	const successor = "parameter AuditLogs is retired: the hardening template creates the flow log " +
		"and a log bucket; AccessLogBucketName sends the access log there"
	file := filepath.Join("testdata", "upgrade", "scenarios", "hardened.yaml")
	flag := "metaflow-cfn: --audit-logs: " + successor
	unset := "metaflow-cfn: --unset: " + successor
	for _, row := range []struct{ line, want string }{
		{"deploy metaflow --yes --audit-logs true", flag},
		{"deploy metaflow --yes --audit-logs=true", flag},
		{"deploy metaflow --yes --audit-logs", flag},
		{"plan metaflow --audit-logs false", flag},
		{"generate --resolve --audit-logs true", flag},
		{"deploy metaflow --yes --unset AuditLogs", unset},
		{"plan metaflow --unset AuditLogs", unset},
		{"deploy metaflow --yes --parameters " + file, "metaflow-cfn: " + file + ":3:3: " + successor},
		{"generate --resolve --parameters " + file, "metaflow-cfn: " + file + ":3:3: " + successor},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &program{t: t, server: cfntest.New(cfntest.Options{})}
			s.exits(exitUsage, strings.Split(row.line, " ")...)
			said, _, _ := strings.Cut(s.err.String(), "\n")
			if said != row.want || strings.Count(s.err.String(), "\n") != 2 {
				t.Errorf("%s says\n%s\nwant\n%s", row.line, s.err.String(), row.want)
			}
			if calls := s.server.Calls(); len(calls) > 0 {
				t.Errorf("%s calls %s", row.line, calls[0].Action)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := &program{t: t, server: cfntest.New(cfntest.Options{})}
		s.exits(exitOK, "deploy", "--help")
		if strings.Contains(s.out.String(), "audit-logs") {
			t.Error("the help has --audit-logs")
		}
		s.exits(exitUsage, "deploy", "metaflow", "--yes", "--audit-log", "true")
		if !strings.Contains(s.err.String(), `flag "--audit-log" is unknown`+"\n") {
			t.Errorf("a misspelt flag:\n%s", s.err.String())
		}
	})
}

// TestUpgradePolicy updates a hardened stack with the permissions of the first version's
// deployer: neither the template nor the list of all stacks can be read.
func TestUpgradePolicy(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := hardened(t)
		for _, calls := range []string{"GetTemplate", "DescribeStacks:list", "ListStacks"} {
			s.server.Fault(calls, cfntest.AccessDenied)
		}
		allowed := strings.Join(s.planned().NeedsAllowReplace, ",")
		s.exits(exitOK, "deploy", "metaflow", "--yes", "--allow-replace", allowed)
		const unknown = "whether other stacks use this one is not known"
		if !strings.Contains(s.err.String(), unknown) {
			t.Errorf("said:\n%s\nwant: … %s", s.err.String(), unknown)
		}
		s.exits(exitRefused, "delete", "metaflow", "--yes")
		if !strings.Contains(s.err.String(), "--force-unknown") {
			t.Errorf("delete says\n%s", s.err.String())
		}
	})
}
