package command

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// faultCase is a failure, and the reaction of the program.
type faultCase struct {
	number  int // of the case in docs/reliability.md
	name    string
	options cfntest.Options
	arrange func(b *bench)    // before the program runs
	args    string            // words separated by one space; two spaces contain an empty word
	env     map[string]string // an empty value removes a variable
	files   map[string]string // where the program runs
	shell   string            // a line for bash that runs metaflow-cfn "$@"; without it the program runs directly

	exit    int
	state   string   // of the stack metaflow at the end
	effects string   // the calls that changed something
	says    []string // expressions that the output matches
	writes  []string // files that are new or different afterwards
	check   func(b *bench)
}

// The calls of a whole command that change something.
const (
	nothing   = ""
	creates   = "CreateChangeSet ExecuteChangeSet UpdateTerminationProtection"
	updates   = "CreateChangeSet ExecuteChangeSet"
	withdraws = "CreateChangeSet DeleteChangeSet" // a change set is made and removed
	undoes    = withdraws + " DeleteStack"        // and the empty stack that it created
)

// bench is the environment of a faultCase: an account, a home, and the program.
type bench struct {
	*testing.T
	faultCase
	server    *cfntest.Server
	folder    string // contains home and work; the program runs in work
	vars      map[string]string
	prog      *exec.Cmd
	inProcess *program // runs the program in this process, in fake time

	code           int
	stdout, stderr string
	ended          time.Time
	signalledAt    atomic.Int64               // when the last signal was sent, Unix time in ns
	process        atomic.Pointer[os.Process] // the one that runs, or ran last
}

// TestReliability runs the program as a process, without a terminal.
func TestReliability(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts 70 processes and waits for them")
	}
	t.Parallel()
	for _, o := range faultCases() {
		t.Run(o.title(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, o)
			b.vars["AWS_ENDPOINT_URL"] = b.server.Start(t)
			b.runCase()
		})
	}
}

// TestReliabilityFakeTime runs the program in fake time, because the cases take minutes or hours.
func TestReliabilityFakeTime(t *testing.T) {
	isolateEnv(t)
	for _, o := range longFaultCases() {
		t.Run(o.title(), func(t *testing.T) {
			if testing.Short() && o.number == 53 {
				t.Skip("-short: reads 5000 events in seconds")
			}
			b := newBench(t, o)
			t.Setenv("HOME", b.path("home"))
			for name, value := range o.env {
				t.Setenv(name, os.ExpandEnv(value))
			}
			synctest.Test(t, func(t *testing.T) {
				b.T, b.inProcess = t, &program{t: t, server: b.server}
				b.runCase()
				time.Sleep(time.Hour) // the process would have exited; here the hanging calls must end
			})
		})
	}
}

func (o faultCase) title() string { return fmt.Sprintf("%02d %s", o.number, o.name) }

func newBench(t *testing.T, o faultCase) *bench {
	if o.options.Scale == 0 {
		o.options.Scale = 1e-6
	}
	b := &bench{T: t, faultCase: o, server: cfntest.New(o.options), folder: t.TempDir()}
	b.vars = credentials("")
	maps.Copy(b.vars, map[string]string{"HOME": b.path("home"), "AWS_EC2_METADATA_DISABLED": "true", "GORACE": "atexit_sleep_ms=0"})
	for _, dir := range []string{"home", "work"} {
		b.must(os.Mkdir(b.path(dir), 0o700))
	}
	for name, content := range o.files {
		b.must(os.WriteFile(b.path("work", name), []byte(content), 0o600))
	}
	return b
}

// runCase runs the program and checks the result.
func (b *bench) runCase() {
	if b.arrange != nil {
		b.arrange(b)
	}
	maps.Copy(b.vars, b.env)
	before := b.tree()
	b.run(strings.Split(b.args, " ")...)
	if b.code != b.exit {
		b.Errorf("exit code %d, want %d", b.code, b.exit)
	}
	if got := b.effected(); got != b.effects {
		b.Errorf("calls that changed something: %q, want %q", got, b.effects)
	}
	if got := b.server.Status("metaflow"); got != b.state {
		b.Errorf("metaflow is %q, want %q", got, b.state)
	}
	b.expect(b.says...)
	b.harmless()
	if got := changed(before, b.tree()); !slices.Equal(got, b.writes) {
		b.Errorf("files that are new or different: %q, want %q", got, b.writes)
	}
	if b.check != nil {
		b.check(b)
		b.harmless()
	}
	if b.Failed() {
		b.Logf("%s\nstdout: %.3000s\nstderr: %.3000s", b.args, b.stdout, b.stderr)
	}
}

// run executes a command line to its end.
func (b *bench) run(args ...string) {
	b.Helper()
	if b.inProcess != nil {
		b.code = b.inProcess.run(b.Context(), args...)
		b.stdout, b.stderr = b.inProcess.out.String(), b.inProcess.err.String()
		return
	}
	var stdout, stderr bytes.Buffer
	b.start(&stdout, &stderr, args...)
	b.must(ignoreExit(b.prog.Wait()))
	b.ended = time.Now()
	b.code, b.stdout, b.stderr = exitCode(b.prog.ProcessState), stdout.String(), stderr.String()
	if writesRecords(args) {
		b.must(checkSchema(b.stdout))
	}
}

// start starts a process that the caller waits for.
func (b *bench) start(stdout, stderr *bytes.Buffer, args ...string) {
	b.Helper()
	b.prog = exec.Command("metaflow-cfn", args...)
	if b.shell != "" {
		b.prog = exec.Command("bash", append([]string{"-c", b.shell, "bash"}, args...)...)
		b.prog.Env = []string{"PATH=" + os.Getenv("PATH")}
	}
	b.prog.Dir, b.prog.Stdout, b.prog.Stderr = b.path("work"), stdout, stderr
	for name, value := range b.vars {
		if value != "" {
			b.prog.Env = append(b.prog.Env, name+"="+value)
		}
	}
	b.must(b.prog.Start())
	b.process.Store(b.prog.Process)
}

// seed puts the stack metaflow, created from the published template, into the account.
func (b *bench) seed(status string, parameters ...string) {
	text, err := minified(components[0])
	b.must(err)
	s := cfntest.Stack{Name: "metaflow", Status: status, Template: string(text), Parameters: map[string]string{}}
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		s.Parameters[name] = value
	}
	b.server.Seed(s)
}

// signal sends a signal to the process, from a hook of the server.
func (b *bench) signal(s syscall.Signal) {
	for b.process.Load() == nil {
		time.Sleep(time.Millisecond)
	}
	b.signalledAt.Store(time.Now().UnixNano())
	b.must(b.process.Load().Signal(s))
}

// exitCode returns the exit code as a shell does: 128 plus the number of the signal that ended the
// process.
func exitCode(s *os.ProcessState) int {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return exitSignal + int(w.Signal())
	}
	return s.ExitCode()
}

func ignoreExit(err error) error {
	if _, is := err.(*exec.ExitError); is {
		return nil
	}
	return err
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) path(names ...string) string {
	return filepath.Join(append([]string{b.folder}, names...)...)
}

// effected returns the actions of the calls that changed something, in order.
func (b *bench) effected() string {
	var actions []string
	for _, c := range b.server.Mutations() {
		if c.Effect != "" {
			actions = append(actions, c.Action)
		}
	}
	return strings.Join(actions, " ")
}

// expect compares the output with expressions.
func (b *bench) expect(expressions ...string) {
	b.Helper()
	for _, e := range expressions {
		if !regexp.MustCompile("(?m)" + e).MatchString(b.stdout + b.stderr) {
			b.Errorf("the output does not match %q", e)
		}
	}
}

var (
	steering = regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]`)
	secret   = regexp.MustCompile(`wJalrXUtnFEMI|AKIDTEST|Authorization|AWS4-HMAC|Signature=`)
	crash    = regexp.MustCompile(`(?m)^panic: |^goroutine \d|DATA RACE|<html|<\?xml`)
)

// harmless checks the rules for the output of every case.
func (b *bench) harmless() {
	b.Helper()
	for what, e := range map[string]*regexp.Regexp{"steers a terminal": steering, "is secret": secret, "is for nobody": crash} {
		for stream, text := range map[string]string{"stdout": b.stdout, "stderr": b.stderr} {
			if at := e.FindStringIndex(text); at != nil {
				b.Errorf("what %s is on %s: %.200q", what, stream, text[max(0, at[0]-60):])
			}
		}
	}
}
