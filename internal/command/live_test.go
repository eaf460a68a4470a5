package command

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// TestLive deploys on terminals of many sizes: the status area fits, is redrawn completely, and is
// gone at the end.
func TestLive(t *testing.T) {
	isolateEnv(t)
	for _, size := range []struct{ width, height int }{{20, 6}, {80, 24}, {300, 60}, {80, 2}} {
		synctest.Test(t, func(t *testing.T) {
			term := &emulator{width: size.width, height: size.height}
			tallestSeen, beyond := 0, 0
			term.frame = func(rows []string) {
				for i, row := range rows {
					if strings.HasPrefix(row, "metaflow  create") {
						tallestSeen = max(tallestSeen, len(rows)-1-i)
					}
					if terminal.Width(row) > size.width {
						beyond++
					}
				}
			}
			s := program{t: t, server: cfntest.New(cfntest.Options{Scale: 0.3}), terminal: term}
			if code := s.run(t.Context(), "deploy", "metaflow", "--yes"); code != exitOK {
				t.Fatalf("%v: exit %d\n%s", size, code, term.text())
			}
			if tallestSeen > min(12, max(size.height-1, 1)) || size.height > 4 && tallestSeen < 2 {
				t.Errorf("%v: the block has %d lines", size, tallestSeen)
			}
			for _, left := range []string{"Ctrl-C detaches", "waiting:", "] 2", "  ~ "} {
				if strings.Contains(term.text(), left) {
					t.Errorf("%v: %q is left over:\n%s", size, left, term.text())
				}
			}
			if beyond > 0 {
				t.Errorf("%v: %d rows are too wide", size, beyond)
			}
		})
	}
}

// TestLiveResize makes the terminal narrower during the run: the drawn lines wrap, and are still
// erased completely.
func TestLiveResize(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		term := &emulator{width: 120, height: 40}
		s := program{t: t, server: cfntest.New(cfntest.Options{}), terminal: term}
		time.AfterFunc(40*time.Second, func() { term.resize(50) })
		time.AfterFunc(80*time.Second, func() { term.resize(100) })
		if code := s.run(t.Context(), "deploy", "metaflow", "--yes"); code != exitOK {
			t.Fatalf("exit %d", code)
		}
		if text := term.text(); strings.Contains(text, "waiting:") || strings.Contains(text, "detaches") || !strings.Contains(text, "metaflow: create, 28 changes") {
			t.Errorf("the status area was not erased, or too much was erased:\n%s", text)
		}
	})
}

// resize wraps the text on the terminal again, as terminals do.
func (t *emulator) resize(width int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := t.rows
	t.width, t.rows, t.row, t.col = width, nil, 0, 0
	for i, row := range rows {
		for _, r := range row {
			t.put(r)
		}
		if i < len(rows)-1 {
			t.put('\n')
		}
	}
}

// TestHeartbeat prints nothing for almost a minute, then reports what it waits for, in text and as
// a record.
func TestHeartbeat(t *testing.T) {
	isolateEnv(t)
	synctest.Test(t, func(t *testing.T) {
		s := program{t: t, server: cfntest.New(cfntest.Options{Durations: map[string]time.Duration{"NatGateway": 4 * time.Minute}})}
		if code := s.run(t.Context(), "deploy", "metaflow", "--yes"); code != exitOK {
			t.Fatalf("exit %d", code)
		}
		beats := strings.Count(s.err.String(), "metaflow: waiting, 26 of 28 done; in progress: NatGateway ")
		if beats < 1 || beats > 3 || !strings.Contains(s.err.String(), "; not started: 1") {
			t.Errorf("%d heartbeats in two to three minutes without events:\n%s", beats, s.err.String())
		}
		if code := s.run(t.Context(), "deploy", "second", "--yes", "--output", "json"); code != exitOK {
			t.Fatalf("exit %d", code)
		}
		if !strings.Contains(s.out.String(), `{"v":1,"type":"waiting","stack":"second","planned":28,"done":26,"busy":["NatGateway"]}`) {
			t.Errorf("no heartbeat among the records:\n%s", s.out.String())
		}
	})
}

// TestDetachAtOnce exits within a second of the signal although the server does not answer, while
// the program plans, executes or waits.
func TestDetachAtOnce(t *testing.T) {
	isolateEnv(t)
	for _, action := range []string{"DescribeStacks", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStackEvents"} {
		synctest.Test(t, func(t *testing.T) {
			s := program{t: t, server: cfntest.New(cfntest.Options{})}
			s.server.Fault(action, cfntest.Hang, cfntest.Times(1))
			ctx, cancel := context.WithCancelCause(t.Context())
			var at time.Time
			time.AfterFunc(20*time.Second, func() {
				at = time.Now()
				cancel(signalled{2})
			})
			if code := s.run(ctx, "deploy", "metaflow", "--yes"); code != 130 {
				t.Errorf("%s: exit %d\n%s", action, code, s.err.String())
			}
			if took := time.Since(at); took > time.Second {
				t.Errorf("%s: %v after the signal", action, took)
			}
			time.Sleep(5 * time.Minute) // the process would have exited; here the hanging call must end
		})
	}
}
