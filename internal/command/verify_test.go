package command

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/batchtest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
	"github.com/metaflow-cfn/metaflow-cfn/verify"
)

// TestVerify runs verify on a stack in some worlds.
func TestVerify(t *testing.T) {
	isolateEnv(t)
	t.Setenv("METAFLOW_HOME", t.TempDir())
	disabled := batchtest.World{Queue: batchtest.Queue{State: "DISABLED"}}
	waits := batchtest.World{Joined: 1, Environments: []batchtest.Environment{{Desired: 1}},
		Steps: []batchtest.Step{{Status: "RUNNABLE", Exit: -1}}}
	for _, test := range []struct {
		name   string
		world  batchtest.World
		deploy string // flags
		args   string
		denied string
		code   int
		says   string // on stderr
		record string // on stdout
	}{
		{name: "a job runs", says: `(?m)^OK metaflow runs jobs \(1m\d+s\)$`},
		{name: "progress", says: `(?m)^2000-01-01T00:\d\d:\d\dZ  RUNNING on arn:aws:ecs:`},
		{name: "the configuration differs", says: `differs  Metaflow's configuration: .*config\.json does ` +
			`not have the values of the stack: metaflow-cfn configure metaflow`},
		{name: "a network that is reused", deploy: "--existing-vpc-id vpc-0a1b2c3d " +
			"--existing-private-subnet1-id subnet-0a1b2c3d --existing-private-subnet2-id subnet-0a1b2c3e",
			says: `unknown  network: these credentials may not call ec2:DescribeInternetGateways, `},
		{name: "as records", args: "--output json",
			record: `{"v":1,"type":"result","stack":"metaflow","op":"VERIFY","result":"succeeded","exit":0}`},
		{name: "checks alone", args: "--no-job", says: `OK metaflow: no check has failed; no job was run`},
		{name: "checks that fail", args: "--no-job", world: disabled, code: exitNotRun,
			says: `Cause: the job queue is disabled\n  jobs is DISABLED\n  try: enable it: .*; parameters: ` +
				`--job-queue-state`},
		{name: "a cause as a record", args: "--output json", world: disabled, code: exitNotRun,
			record: `"type":"cause","id":"queue disabled","detail":"jobs is DISABLED","reason":"the job queue is disabled","hint":"enable it`},
		{name: "another queue", args: "--queue others", says: `is run on others in account 123456789012`},
		{name: "it waits", args: "--timeout 5m", world: waits, code: exitTimeout,
			says: `metaflow: the job still waited after 5m\ds, and was terminated; no cause is known`},
		{name: "no permission", denied: "batch:RegisterJobDefinition", code: exitUnknown,
			says: `Grant it: metaflow-cfn policy verify metaflow`},
		{name: "no permission to clean up", denied: "batch:DeregisterJobDefinition",
			says: `left: the job definition arn:\S+ is still active: .*\n  remove it: aws batch ` +
				`deregister-job-definition --job-definition arn:\S+ --region us-east-1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &program{t: t, server: cfntest.New(cfntest.Options{})}
				s.exits(exitOK, append([]string{"deploy", "metaflow", "--yes"},
					strings.Fields(test.deploy)...)...)
				b := batchtest.New(test.world)
				b.Serve(s.server.HandleService)
				if test.denied != "" {
					b.Fault(test.denied, batchtest.Denied, -1)
				}
				s.exits(test.code, append([]string{"verify", "metaflow"}, strings.Fields(test.args)...)...)
				if !regexp.MustCompile(test.says).MatchString(s.err.String()) {
					t.Errorf("stderr does not match %s:\n%s", test.says, s.err.String())
				}
				if !strings.Contains(s.out.String(), test.record) {
					t.Errorf("stdout does not have %s:\n%s", test.record, s.out.String())
				}
				if test.record == "" && s.out.Len() > 0 {
					t.Errorf("stdout has %s", s.out.String())
				}
				if left := b.Left(); test.denied == "" && len(left) > 0 {
					t.Errorf("left: %v", left)
				}
			})
		})
	}
}

// TestVerifyInterrupted: Ctrl-C ends the job and removes what was made.
func TestVerifyInterrupted(t *testing.T) {
	isolateEnv(t)
	t.Setenv("METAFLOW_HOME", t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		s := &program{t: t, server: cfntest.New(cfntest.Options{})}
		s.exits(exitOK, "deploy", "metaflow", "--yes")
		b := batchtest.New(batchtest.World{})
		b.Serve(s.server.HandleService)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(30*time.Second, func() { cancel(signalled{syscall.SIGINT}) })
		if code := s.run(ctx, "verify", "metaflow"); code != exitSignal+int(syscall.SIGINT) {
			t.Errorf("exit %d", code)
		}
		if !strings.Contains(s.err.String(), "metaflow-cfn: interrupt: the job was ended\n") {
			t.Errorf("stderr is %s", s.err.String())
		}
		if left := b.Left(); len(left) > 0 || b.Submitted() != 1 {
			t.Errorf("left: %v of %d jobs", left, b.Submitted())
		}
	})
}

// TestVerifyWithoutStack verifies a queue with Metaflow's configuration.
func TestVerifyWithoutStack(t *testing.T) {
	isolateEnv(t)
	home := t.TempDir()
	t.Setenv("METAFLOW_HOME", home)
	synctest.Test(t, func(t *testing.T) {
		s := &program{t: t, server: cfntest.New(cfntest.Options{})}
		batchtest.New(batchtest.World{}).Serve(s.server.HandleService)
		s.exits(exitUnknown, "verify", "--queue", batchtest.QueueARN)
		if !strings.Contains(s.err.String(), "METAFLOW_DATASTORE_SYSROOT_S3, "+roleKey+" is not known") {
			t.Errorf("stderr is %s", s.err.String())
		}
		config := `{"METAFLOW_DATASTORE_SYSROOT_S3": "s3://data/flows", ` +
			`"METAFLOW_ECS_S3_ACCESS_IAM_ROLE": "arn:aws:iam::123456789012:role/jobs"}`
		if err := os.WriteFile(filepath.Join(home, "config.json"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		s.exits(exitOK, "verify", "--queue", batchtest.QueueARN)
		s.exits(exitUnknown, "verify", "absent")
	})
}

// TestDeployVerify: deploy --verify ends with the job, and its failure leaves the stack.
func TestDeployVerify(t *testing.T) {
	isolateEnv(t)
	t.Setenv("METAFLOW_HOME", t.TempDir())
	for code, world := range map[int]batchtest.World{
		exitOK: {}, exitNotRun: {Queue: batchtest.Queue{State: "DISABLED"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &program{t: t, server: cfntest.New(cfntest.Options{})}
			b := batchtest.New(world)
			b.Serve(s.server.HandleService)
			s.exits(code, "deploy", "metaflow", "--yes", "--verify")
			if (b.Submitted() == 1) != (code == exitOK) {
				t.Errorf("%d jobs", b.Submitted())
			}
			s.exits(code, "deploy", "metaflow", "--yes", "--verify", "--output", "json")
			if n := strings.Count(s.out.String(), `"type":"result"`); n != 1 {
				t.Errorf("%d results:\n%s", n, s.out.String())
			}
		})
	}
}

// TestVerifyUsage: each problem of the command line is said, and nothing is called.
func TestVerifyUsage(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := &program{t: t, server: cfntest.New(cfntest.Options{})}
		s.exits(exitUsage, "verify", "--timeout", "5s", "--image", "a b", "--output", "xml")
		for _, want := range []string{"--timeout: 5s is shorter", `--image: "a b" is not an image`,
			"the stack's name is missing", "--output"} {
			if !strings.Contains(s.err.String(), want) {
				t.Errorf("%q is missing in %s", want, s.err.String())
			}
		}
		s.exits(exitUsage, "verify", "--queue", "https://queue")
		if n := len(s.server.Calls()); n > 0 {
			t.Errorf("%d calls", n)
		}
	})
}

// verifyResources are the resources of the calls of verify, as IAM sees them. Other calls take none.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
var verifyResources = map[string][]string{
	"batch:RegisterJobDefinition":   {"arn:aws:batch:us-east-1:123456789012:job-definition/metaflow_cfn_verify_0a1b"},
	"batch:DeregisterJobDefinition": {"arn:aws:batch:us-east-1:123456789012:job-definition/metaflow_cfn_verify_0a1b:1"},
	"batch:SubmitJob": {batchtest.QueueARN,
		"arn:aws:batch:us-east-1:123456789012:job-definition/metaflow_cfn_verify_0a1b:1"},
	"batch:TagResource": {"arn:aws:batch:us-east-1:123456789012:job-definition/metaflow_cfn_verify_0a1b:1",
		"arn:aws:batch:us-east-1:123456789012:job/0a1b2c3d"},
	"batch:TerminateJob":            {"arn:aws:batch:us-east-1:123456789012:job/0a1b2c3d"},
	"s3:GetObject":                  {"arn:aws:s3:::data/flows/metaflow-cfn-verify/metaflow_cfn_verify_0a1b"},
	"s3:DeleteObjectVersion":        {"arn:aws:s3:::data/flows/metaflow-cfn-verify/metaflow_cfn_verify_0a1b"},
	"s3:DeleteObject":               {"arn:aws:s3:::data/flows/metaflow-cfn-verify/metaflow_cfn_verify_0a1b"},
	"s3:ListBucket":                 {"arn:aws:s3:::data"},
	"s3:PutObject":                  {"arn:aws:s3:::data/flows/metaflow-cfn-verify/metaflow_cfn_verify_0a1b-caller"},
	"servicequotas:GetServiceQuota": {"arn:aws:servicequotas:us-east-1:123456789012:ec2/L-1216C47A"},
	"iam:GetInstanceProfile": {
		"arn:aws:iam::123456789012:instance-profile/metaflow-InstanceProfile-0A1B2C3D4E5F"},
	"iam:GetRole": {"arn:aws:iam::123456789012:role/metaflow-JobRole-0A1B2C3D4E5F",
		"arn:aws:iam::123456789012:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"},
	"ecs:ListContainerInstances": {"arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch-environment1"},
	"logs:GetLogEvents": {"arn:aws:logs:us-east-1:123456789012:log-group:/aws/batch/job:log-stream:" +
		"metaflow/default/0a1b"},
}

// TestVerifyPolicy: the policy of verify allows every call that verify makes in every world, and
// none of its deletions elsewhere.
func TestVerifyPolicy(t *testing.T) {
	isolateEnv(t)
	t.Setenv("METAFLOW_HOME", t.TempDir())
	var calls []string
	for _, world := range []batchtest.World{{}, {Steps: []batchtest.Step{{Status: "RUNNABLE", Exit: -1}}},
		{Steps: []batchtest.Step{{Status: "FAILED", Exit: 1}}, Log: []string{"no"}}} {
		synctest.Test(t, func(t *testing.T) {
			s := &program{t: t, server: cfntest.New(cfntest.Options{})}
			s.exits(exitOK, "deploy", "metaflow", "--yes")
			b := batchtest.New(world)
			b.Serve(s.server.HandleService)
			s.run(t.Context(), "verify", "metaflow")
			calls = append(calls, b.Calls()...)
		})
	}
	s := &program{t: t, server: cfntest.New(cfntest.Options{})}
	s.exits(exitOK, "policy", "verify", "metaflow", "--account", "123456789012", "--region", "us-east-1",
		"--queue", batchtest.QueueARN, "--bucket", "data")
	policy, err := iameval.Parse(s.out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(calls)
	for _, call := range slices.Compact(calls) {
		for _, action := range actionsOf(call) {
			resources := verifyResources[action]
			if resources == nil {
				resources = []string{"*"}
			}
			for _, r := range resources {
				if !iameval.Allowed(iameval.Request{Action: action, Resource: r}, policy) {
					t.Errorf("the policy does not allow %s on %s", action, r)
				}
			}
		}
	}
	for action, resource := range map[string]string{
		"s3:DeleteObject":               "arn:aws:s3:::data/flows/HelloFlow/1",
		"s3:DeleteObjectVersion":        "arn:aws:s3:::other/flows/metaflow-cfn-verify/a",
		"batch:DeregisterJobDefinition": "arn:aws:batch:us-east-1:123456789012:job-definition/metaflow_0a1b:1",
	} {
		if iameval.Allowed(iameval.Request{Action: action, Resource: resource}, policy) {
			t.Errorf("the policy allows %s on %s", action, resource)
		}
	}
}

// actionsOf returns the actions of IAM that a call needs.
func actionsOf(call string) []string {
	switch call {
	case "s3:HeadBucket":
		return []string{"s3:ListBucket"}
	case "s3:HeadObject":
		return []string{"s3:GetObject"}
	case "s3:DeleteObject":
		return []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}
	case "batch:RegisterJobDefinition":
		return []string{call, "batch:TagResource"}
	}
	return []string{call}
}

// TestTroubleshooting compares docs/troubleshooting.md with the causes that verify knows: each has a
// heading with its sentence, and the parameters that are named exist.
func TestTroubleshooting(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| ([^|]+) \\| `([^`]+)` \\| .+ \\|$").FindAllStringSubmatch(
		string(text), -1) {
		rows[m[1]] = true
	}
	for _, name := range verify.Names() {
		if !rows[name] {
			t.Errorf("docs/troubleshooting.md has no row for %s", name)
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("docs/troubleshooting.md has a row for %s, which verify does not know", name)
	}
	for _, name := range verify.Parameters() {
		if core.Component.Lookup(name) == nil {
			t.Errorf("verify names %s, which is not a parameter", name)
		}
	}
	for _, line := range verify.Texts() {
		if !strings.Contains(string(text), line) {
			t.Errorf("docs/troubleshooting.md does not have: %s", line)
		}
	}
}
