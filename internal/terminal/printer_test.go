package terminal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

func printer(err *bytes.Buffer) *Printer {
	return &Printer{Err: &Stream{Writer: err}, Secrets: &Secrets{}}
}

// TestPrintf redacts and escapes what is printed, on GitHub also what would be a
// command there.
func TestPrintf(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		github           bool
	}{
		{"controls", "a\x1b[31mb\tc", `a\u001b[31mb\u0009c`, false},
		{"secret", "key AKIAIOSFODNN7EXAMPLE, 0123456789abcdef", "key [redacted], [redacted]", false},
		{"command elsewhere", "::error::x", "::error::x", false},
		{"command", "  ::error::x", `  \u003a:error::x`, true},
		{"commands anywhere", "a ##[error]x ##VSO[task.x]y ##teamcity[z", `a \u0023#[error]x \u0023#VSO[task.x]y \u0023#teamcity[z`, false},
		{"headings", "# a ## b ### c [d]", "# a ## b ### c [d]", false},
		{"more signs", "###[group]", `#\u0023#[group]`, false},
		{"without width", "a\u200bb\ufeff\u3164\U000e0041", `a\u200bb\ufeff\u3164\udb40\udc41`, false},
	} {
		var out bytes.Buffer
		p := printer(&out)
		p.GitHub = c.github
		p.Secrets.Add("0123456789abcdef")
		if p.Printf("%s", c.text); out.String() != c.want+"\n" {
			t.Errorf("%s: printed %q, want %q", c.name, out.String(), c.want)
		}
	}
}

// TestStyle shows each style only on a stream with colours, around the whole line.
func TestStyle(t *testing.T) {
	for _, s := range []Style{Failure, Removal, Replacement, Notice} {
		for _, color := range []bool{false, true} {
			var out bytes.Buffer
			p := printer(&out)
			p.Err.Color = color
			p.Styledf(s, "%s", "a\x1b[0mb")
			if got := out.String(); strings.Contains(got, "\x1b") != color ||
				!strings.Contains(got, `a\u001b[0mb`) {
				t.Errorf("style %d, colours %v: %q", s, color, got)
			}
		}
	}
	var out bytes.Buffer
	p := printer(&out)
	p.Err.Color = true
	if p.Styledf(Plain, "a"); out.String() != "a\n" {
		t.Errorf("a plain line is %q", out.String())
	}
}

// TestStreamError remembers the first error, and tells once that the reader has gone.
func TestStreamError(t *testing.T) {
	times := 0
	s := &Stream{Writer: failing{syscall.EPIPE}, Closed: func() { times++ }}
	for range 2 {
		if _, err := s.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("the error is %v", err)
		}
	}
	if times != 1 || !errors.Is(s.Err(), syscall.EPIPE) {
		t.Errorf("told %d times; the error is %v", times, s.Err())
	}
	full := &Stream{Writer: failing{syscall.ENOSPC}, Closed: func() { times++ }}
	if _, err := full.Write(nil); !errors.Is(err, syscall.ENOSPC) || times != 1 {
		t.Errorf("a full disk: %v, told %d times", err, times)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestAlign keeps columns apart where a cell is longer than usual.
func TestAlign(t *testing.T) {
	got := Align([][]string{{"a", "b", ""}, {"long\tname", "b", "c"}})
	if want := []string{"a               b", `long\u0009name  b  c`}; !equal(got, want) {
		t.Errorf("the lines are %q, want %q", got, want)
	}
}

func equal(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// TestConfirm takes only y and yes for a yes.
func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, " YES \n": true, "n\n": false, "": false} {
		in, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.WriteString(answer); err != nil {
			t.Fatal(err)
		}
		w.Close()
		var out bytes.Buffer
		if got := printer(&out).Confirm(t.Context(), in, "Really?"); got != want {
			t.Errorf("%q means %v", answer, got)
		}
		in.Close()
	}
}

// TestConfirmInterrupted ends the question with its context.
func TestConfirmInterrupted(t *testing.T) {
	in, silent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer silent.Close() // lets the reader end
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if printer(&out).Confirm(ctx, in, "Really?") {
		t.Error("nobody said yes")
	}
	if out.String() != "Really? [y/N] \n" {
		t.Errorf("asked %q", out.String())
	}
}
