package command

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/metaflow-cfn/metaflow-cfn/internal/pytool"
)

const (
	motoRegion = "us-east-1"     // the only region whose zones moto's Fn::GetAZs knows
	motoLimit  = 5 * time.Minute // for each program that a test runs
)

// moto is a moto_server, which implements CloudFormation and other services independently of this
// project, with the tested program and clients that read the created resources.
type moto struct {
	endpoint string
	proxy    *motoProxy // for the programs
	log      *motoLog
	program  string // metaflow-cfn, built with go build
	home     string // HOME and METAFLOW_HOME of the programs

	s3     *s3.Client
	ec2    *ec2.Client
	iam    *iam.Client
	batch  *batch.Client
	logs   *cloudwatchlogs.Client
	stacks *cloudformation.Client
}

func newMoto(t *testing.T) *moto {
	t.Helper()
	m := &moto{log: &motoLog{ready: make(chan string, 1)}}
	m.start(t)
	m.program = buildProgram(t)
	select {
	case m.endpoint = <-m.log.ready:
	case <-time.After(motoLimit):
		t.Fatalf("moto_server does not start:\n%s", m.log.text())
	}
	m.proxy = startProxy(t, m.endpoint)
	config := aws.Config{
		Region: motoRegion, BaseEndpoint: &m.endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
	m.s3 = s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	m.ec2, m.iam = ec2.NewFromConfig(config), iam.NewFromConfig(config)
	m.batch, m.logs = batch.NewFromConfig(config), cloudwatchlogs.NewFromConfig(config)
	m.stacks = cloudformation.NewFromConfig(config)
	return m
}

// start starts the server on a port that the system chooses. The server ends with the test.
func (m *moto) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(pytool.Find(t, "moto_server"), "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(os.Environ(), "MOTO_EC2_LOAD_DEFAULT_AMIS=false") // no test needs one of the 600
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = m.log, m.log, time.Second
	signal := bind(cmd)
	begun, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the server ends with the thread
		begun <- cmd.Start()
		_ = cmd.Wait() // it ends with a signal
		close(ended)
	}()
	if err := <-begun; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
			_ = signal(s) // it may already have ended
			select {
			case <-ended:
				return
			case <-time.After(3 * time.Second):
			}
		}
		t.Error("moto_server does not end")
	})
}

// buildProgram builds metaflow-cfn, with the race detector if the test has it.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "metaflow-cfn")
	args := []string{"build", "-o", program}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "../../cmd/metaflow-cfn")...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// reset empties the account and HOME, and shows moto's output if a test fails.
func (m *moto) reset(t *testing.T) {
	t.Helper()
	response, err := http.Post(m.endpoint+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	m.home = t.TempDir()
	from := len(m.log.text())
	t.Cleanup(func() {
		said := m.log.text()[from:]
		if strings.Contains(said, `" 500 -`) {
			t.Error("moto has answered 500")
		}
		if t.Failed() {
			t.Logf("moto said:\n%s", goodAnswers.ReplaceAllString(said, ""))
		}
	})
}

// run runs a program in the account, with an empty HOME, and returns its stdout.
func (m *moto) run(t *testing.T, program string, args ...string) string {
	t.Helper()
	stdout, stderr, code := m.exit(t, program, args...)
	if code != 0 {
		t.Fatalf("%s %q: exit %d\n%s", filepath.Base(program), args, code, stderr)
	}
	return stdout
}

// exit runs a program that may fail.
func (m *moto) exit(t *testing.T, program string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), motoLimit)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, time.Second
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + m.home, "METAFLOW_HOME=" + m.home,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_ENDPOINT_URL=" + m.proxy.endpoint,
		"AWS_REGION=" + motoRegion, "AWS_DEFAULT_REGION=" + motoRegion,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"GORACE=atexit_sleep_ms=0", // otherwise a program with the race detector ends a second late
	}
	if err := cmd.Run(); cmd.ProcessState == nil || !cmd.ProcessState.Exited() {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(program), args, err, errs.String())
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// ask calls an operation of a service.
func ask[In, Out, Options any](t *testing.T, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), motoLimit)
	defer cancel()
	out, err := call(ctx, in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

// motoLog is the output of the server. Its first line contains the address after motoListens.
type motoLog struct {
	mu      sync.Mutex
	printed []byte
	told    bool
	ready   chan string
}

var goodAnswers = regexp.MustCompile(`(?m)^.*" 200 -\n`)

var motoListens = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)

func (l *motoLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.printed = append(l.printed, p...)
	if found := motoListens.FindSubmatch(l.printed); found != nil && !l.told {
		l.told = true
		l.ready <- string(found[1])
	}
	return len(p), nil
}

func (l *motoLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.printed)
}
