package command

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestFromResumed interrupts deployments with --from and runs them again: the same
// operation is followed to its end. Time is virtual, so that it is still running.
func TestFromResumed(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := newProgram(t)
		s.terminal = nil
		s.seed("metaflow", nil)
		s.resumed(t, "deploy", "second", "--from", "metaflow", "--yes")
		s.expect(t, 0, "hardening deploy logs --from metaflow --yes")
		s.resumed(t, "deploy", "metaflow", "--from", "logs", "--maxv-cpus", "8", "--yes")
		if got := s.server.Parameters("metaflow")["AccessLogBucketName"]; got == "" {
			t.Error("the update has not filled AccessLogBucketName")
		}
	})
}

// resumed interrupts a command line in the middle of its operation, and runs it again.
func (s *program) resumed(t *testing.T, args ...string) {
	t.Helper()
	before := s.called("CreateChangeSet")
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := time.AfterFunc(12*time.Second, func() { cancel(signalled{syscall.SIGINT}) })
	defer stop.Stop()
	if code := s.run(ctx, args...); code != exitSignal+int(syscall.SIGINT) {
		t.Fatalf("%q: exit %d\n%s", args, code, s.err.String())
	}
	if code := s.run(t.Context(), args...); code != exitOK {
		t.Fatalf("%q: exit %d\n%s", args, code, s.err.String())
	}
	if want := "An earlier run of this command started"; !strings.Contains(s.err.String(), want) {
		t.Errorf("%q: %q is missing in\n%s", args, want, s.err.String())
	}
	if n := s.called("CreateChangeSet") - before; n != 1 {
		t.Errorf("%q: %d change sets", args, n)
	}
}

// called returns how often an action was called.
func (s *program) called(action string) (n int) {
	for _, c := range s.server.Calls() {
		if c.Action == action {
			n++
		}
	}
	return n
}

// TestFromAfterWait waits for the deletion of the stack: values are then taken for the
// stack that is created, and not for the one that had resources of its own.
func TestFromAfterWait(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := newProgram(t)
		s.terminal = nil
		s.seed("metaflow", nil)
		s.seed("second", nil)
		if err := s.server.ForeignDelete("second"); err != nil {
			t.Fatal(err)
		}
		s.expect(t, 0, "deploy second --from metaflow --yes --wait",
			"second is DELETE_IN_PROGRESS: waiting for it to end", "second: create, 3 changes")
		if live := s.server.Live("second"); len(live) != 3 {
			t.Errorf("the stack has %v, want queue, compute environment and launch template", live)
		}
	})
}
