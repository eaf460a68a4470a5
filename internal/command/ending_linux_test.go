package command

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// blockedAt are the stages in which the program waits for something outside of AWS. All command
// lines read the named pipe ready first, and with it show that they run; nobody opens other.
var blockedAt = []struct{ name, args string }{
	{"opening a named pipe", "generate --parameters ready --parameters other"},
	{"reading stdin", "generate --parameters ready --parameters -"},
	{"opening what is compared", "generate --parameters ready --check other"},
	{"opening a named pipe to write", "generate --parameters ready -o other"},
	{"writing to stdout", "generate --parameters ready"},
	{"opening a file before a plan", "plan metaflow --parameters ready --parameters other"},
	{"opening a file before a deployment", "deploy metaflow --yes --parameters ready --parameters other"},
}

// TestSignalsEnd sends each signal to a program that is blocked. It ends with the code of the
// signal, says so, and prints no stacks.
func TestSignalsEnd(t *testing.T) {
	t.Parallel()
	for _, stage := range blockedAt {
		for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
			t.Run(stage.name+" and "+s.String(), func(t *testing.T) {
				t.Parallel()
				b := stall(t, "metaflow-cfn", strings.Fields(stage.args)...)
				b.end(t, exitSignal+int(s), s.String()+": no operation was started", s)
			})
		}
	}
}

// TestIgnoredSignal hangs up a program that was started to ignore that, as nohup does.
func TestIgnoredSignal(t *testing.T) {
	t.Parallel()
	b := stall(t, "sh", "-c", `trap "" HUP; exec metaflow-cfn generate --parameters ready --parameters other`)
	b.end(t, 143, "terminated: no operation was started", syscall.SIGHUP, syscall.SIGTERM)
}

// blocked is a program that waits.
type blocked struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

// stall starts a program in a folder with the named pipes ready and other, and returns when it
// has read ready. Its stdin and stdout are pipes; that of stdout is full.
func stall(t *testing.T, program string, args ...string) *blocked {
	t.Helper()
	b := &blocked{cmd: exec.Command(program, args...)}
	b.cmd.Dir = t.TempDir()
	b.cmd.Env = []string{"HOME=" + b.cmd.Dir, "PATH=" + os.Getenv("PATH"), "AWS_EC2_METADATA_DISABLED=true"}
	for _, name := range []string{"ready", "other"} {
		if err := syscall.Mkfifo(filepath.Join(b.cmd.Dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in, typist := pipe(t)
	reader, out := pipe(t)
	_ = typist.SetWriteDeadline(time.Time{}) // it stays open, and so does the reader
	if err := out.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write(make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the pipe is not full: %v", err)
	}
	t.Cleanup(func() { reader.Close(); typist.Close() })
	b.cmd.Stdin, b.cmd.Stdout = in, out
	b.start(t)
	ready, err := os.OpenFile(filepath.Join(b.cmd.Dir, "ready"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ready.WriteString("Parameters: {MaxvCpus: 8}\n"); err != nil {
		t.Fatal(err)
	}
	if err := ready.Close(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // it comes to where it is blocked; earlier is as good
	return b
}

func pipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close(); writer.Close() })
	return reader, writer
}

func (b *blocked) start(t *testing.T) {
	t.Helper()
	b.cmd.Stderr, b.cmd.WaitDelay = &b.stderr, time.Second
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// end sends the signals, after which the program must end with a code and a message.
func (b *blocked) end(t *testing.T, code int, says string, signals ...syscall.Signal) {
	t.Helper()
	for _, s := range signals {
		if err := b.cmd.Process.Signal(s); err != nil {
			t.Error(err)
		}
	}
	const muchLonger = 30 * time.Second
	kill := time.AfterFunc(muchLonger, func() { _ = b.cmd.Process.Kill() })
	_ = b.cmd.Wait() // the code is compared below
	if !kill.Stop() {
		t.Error("it did not end")
	}
	text := b.stderr.String()
	if got := b.cmd.ProcessState.ExitCode(); got != code || !strings.Contains(text, says) ||
		strings.Contains(text, "goroutine ") {
		t.Errorf("exit code %d, want %d; %s", got, code, text)
	}
}
