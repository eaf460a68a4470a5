package command

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// program is the whole program inside a testing/synctest bubble: it reaches its server without a
// socket, and time passes at once.
type program struct {
	t        *testing.T
	server   *cfntest.Server
	out      bytes.Buffer
	terminal *emulator // nil: stderr is not a terminal
	err      lockedBuffer
	github   bool
	secrets  terminal.Secrets

	components []*generator.Component // nil: those of the program
}

// isolateEnv sets the environment of programs that run in a bubble; call it outside the bubble.
func isolateEnv(t *testing.T) {
	for name, value := range credentials("http://cloudformation.test") {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CA_BUNDLE", "") // needs a transport of the SDK
	for _, name := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		t.Setenv(name, os.DevNull)
	}
}

// run executes a command line and returns its exit code.
func (s *program) run(ctx context.Context, args ...string) int {
	in, err := os.Open(os.DevNull)
	if err != nil {
		s.t.Fatal(err)
	}
	defer in.Close()
	s.out.Reset()
	s.err.Reset()
	e := &env{in: in, http: s.server.HTTPClient(), Printer: &terminal.Printer{
		Out: &terminal.Stream{Writer: &s.out}, Err: &terminal.Stream{Writer: &s.err},
		Secrets: &s.secrets, GitHub: s.github,
	}}
	if s.terminal != nil {
		e.Err = &terminal.Stream{Writer: s.terminal, Size: s.terminal.size}
	}
	if s.components == nil {
		s.components = components
	}
	code := run(ctx, e, s.components, args)
	if writesRecords(args) {
		if err := checkSchema(s.out.String()); err != nil {
			s.t.Error(err)
		}
	}
	return code
}

// lockedBuffer is a buffer that several goroutines may write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// emulator shows text as a terminal does, including the lines that scrolled off.
type emulator struct {
	mu            sync.Mutex
	width, height int
	rows          []string
	row, col      int
	frame         func(rows []string) // called after each write
}

func (t *emulator) size() (int, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.width, t.height
}

var move = regexp.MustCompile(`^\x1b\[(\d*)([AJ])`)

func (t *emulator) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for text := string(p); text != ""; {
		if m := move.FindStringSubmatch(text); m != nil {
			t.command(m[2], m[1])
			text = text[len(m[0]):]
			continue
		}
		for _, r := range text {
			t.put(r)
			text = text[len(string(r)):]
			break
		}
	}
	if t.frame != nil {
		t.frame(t.rows)
	}
	return len(p), nil
}

func (t *emulator) command(name, argument string) {
	switch name {
	case "A":
		n, _ := strconv.Atoi(argument) // the expression has digits only
		t.row = max(t.row-n, len(t.rows)-t.height, 0)
	case "J":
		t.rows = append(t.rows[:t.row:t.row], "")
		t.col = 0
	}
}

func (t *emulator) put(r rune) {
	if len(t.rows) == 0 {
		t.rows = []string{""}
	}
	switch {
	case r == '\n':
		t.row, t.col = t.row+1, 0
		if t.row == len(t.rows) {
			t.rows = append(t.rows, "")
		}
		return
	case r == '\r':
		t.col = 0
		return
	case t.col >= t.width:
		t.put('\n')
	}
	t.rows[t.row] += string(r)
	t.col += terminal.Width(string(r))
}

// text returns everything that the terminal has shown and not overwritten.
func (t *emulator) text() string { return strings.TrimRight(strings.Join(t.rows, "\n"), "\n") + "\n" }
