package command

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

// TestTwoDeploysAtOnce starts the same command twice. Both have read the stack and created their
// change sets before either executes: one succeeds, the other is refused.
func TestTwoDeploysAtOnce(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"the same": {"64", "64"}, "different": {"64", "32"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, faultCase{options: cfntest.Options{Scale: 0.05}})
			b.vars["AWS_ENDPOINT_URL"] = b.server.Start(t)
			b.seed("")
			b.together("DescribeChangeSet")
			codes := map[int]int{}
			for i, code := range b.both("deploy metaflow --yes --maxv-cpus "+args[0], "deploy metaflow --yes --maxv-cpus "+args[1]) {
				if codes[code]++; code != exitOK && code != exitRefused {
					t.Errorf("deployment %d ends with exit code %d", i, code)
				}
			}
			executed := strings.Count(b.effected(), "ExecuteChangeSet")
			if codes[exitOK] != 1 || codes[exitRefused] != 1 || executed != 1 {
				t.Errorf("exit codes %v, %d executions; want one 0, one 5 and one execution", codes, executed)
			}
			if status, sets := b.server.Status("metaflow"), b.server.ChangeSets("metaflow"); status != "UPDATE_COMPLETE" || len(sets) > 0 {
				t.Errorf("metaflow is %s, with the change sets %q", status, sets)
			}
		})
	}
}

// together delays the answers to an action until two programs have called it.
func (b *bench) together(action string) {
	both := make(chan struct{})
	wait := func() {
		select {
		case <-both:
		case <-time.After(10 * time.Second):
		}
	}
	b.server.OnCall(action, 1, wait)
	b.server.OnCall(action, 2, func() { close(both) })
}

// both runs two command lines at once and returns their exit codes.
func (b *bench) both(lines ...string) (codes []int) {
	var running []*exec.Cmd
	for _, line := range lines {
		b.start(&bytes.Buffer{}, &bytes.Buffer{}, strings.Split(line, " ")...)
		running = append(running, b.prog)
	}
	for _, prog := range running {
		b.must(ignoreExit(prog.Wait()))
		codes = append(codes, exitCode(prog.ProcessState))
		b.stdout, b.stderr = prog.Stdout.(*bytes.Buffer).String(), prog.Stderr.(*bytes.Buffer).String()
		b.harmless()
		b.Logf("%s", b.stderr[max(0, len(b.stderr)-200):])
	}
	return codes
}

// TestTheAWSCLIDeploysTheTemplate deploys the published template with the AWS CLI on our test
// server: so the server is not tested only with our own client.
func TestTheAWSCLIDeploysTheTemplate(t *testing.T) {
	t.Parallel()
	aws := pytool.Find(t, "aws")
	// Slow answers and quick stacks: the CLI's second poll comes 30 s after its first.
	b := newBench(t, faultCase{options: cfntest.Options{Latency: 200 * time.Millisecond}})
	template, err := filepath.Abs("../../templates/metaflow.yaml")
	b.must(err)
	prog := exec.Command(aws, "cloudformation", "deploy", "--stack-name", "metaflow", "--template-file", template,
		"--capabilities", "CAPABILITY_IAM", "--parameter-overrides", "MaxvCpus=64")
	b.vars["AWS_ENDPOINT_URL"], b.vars["AWS_DEFAULT_REGION"], b.vars["PATH"] = b.server.Start(t), "us-east-1", os.Getenv("PATH")
	for name, value := range b.vars {
		prog.Env = append(prog.Env, name+"="+value)
	}
	if out, err := prog.CombinedOutput(); err != nil || !strings.Contains(string(out), "Successfully created/updated stack - metaflow") {
		t.Errorf("%v\n%s", err, out)
	}
	if status, cpus := b.server.Status("metaflow"), b.server.Parameters("metaflow")["MaxvCpus"]; status != "CREATE_COMPLETE" || cpus != "64" {
		t.Errorf("metaflow is %q with MaxvCpus %q", status, cpus)
	}
}
