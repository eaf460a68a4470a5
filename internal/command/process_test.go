package command

import (
	"errors"
	"os/exec"
	"strconv"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits runs a program that must end with an exit code.
func exits(_ *script, ts *testscript.TestScript, args []string) {
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if want := number(ts, args[0]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if args[1] == "metaflow-cfn" && writesRecords(args) {
		ts.Check(checkSchema(ts.ReadFile("stdout")))
	}
}

// interrupt sends a signal to the program in the background.
func interrupt(s *script, ts *testscript.TestScript, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}
	signal, known := signals[args[0]]
	background := ts.BackgroundCmds()
	if !known || len(background) != 1 {
		ts.Fatalf("wanted INT, TERM or HUP for one program in the background, have %s for %d", args[0], len(background))
	}
	s.began = background[0]
	ts.Check(s.began.Process.Signal(signal))
}

// exited checks, after "wait", the exit code of the interrupted program.
func exited(s *script, ts *testscript.TestScript, args []string) {
	if got, want := s.began.ProcessState.ExitCode(), number(ts, args[0]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}
