package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/term"
)

// pseudoTerminal returns both ends of a terminal: that of the person, and that of the
// program.
func pseudoTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { person.Close() })
	var number, unlocked uint32
	for request, to := range map[uintptr]*uint32{
		syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number,
	} {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request,
			uintptr(unsafe.Pointer(to)))
		if errno != 0 {
			t.Fatal(errno)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// state returns how a terminal is set, for comparison.
func state(t *testing.T, f *os.File) term.State {
	t.Helper()
	s, err := term.GetState(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

// TestAsk does not show what is typed, and leaves the terminal as it was, also when the
// question ends with its context.
func TestAsk(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		person, program := pseudoTerminal(t)
		before := state(t, program)
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		typed := make(chan struct{})
		go func() {
			defer close(typed)
			for state(t, program) == before { // until nothing typed is shown
				time.Sleep(time.Millisecond)
			}
			if interrupted {
				cancel(stop)
				return
			}
			if _, err := person.WriteString("987654\n"); err != nil {
				t.Error(err)
			}
		}()
		var out bytes.Buffer
		got, err := printer(&out).Ask(ctx, program, "MFA code:")
		<-typed
		switch {
		case interrupted && !errors.Is(err, stop), !interrupted && (err != nil || got != "987654"):
			t.Errorf("interrupted %v: the answer is %q, %v", interrupted, got, err)
		case out.String() != "MFA code: \n":
			t.Errorf("printed %q", out.String())
		}
		if state(t, program) != before {
			t.Errorf("interrupted %v: the terminal is not as it was", interrupted)
		}
		cancel(nil)
	}
}
