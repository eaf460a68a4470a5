package command

import (
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// submittedAre waits until that many jobs were submitted to AWS Batch since the server began.
func submittedAre(s *script, ts *testscript.TestScript, args []string) {
	want := number(ts, args[0])
	for range 1000 {
		if got := s.queues.Submitted(); got == want {
			return
		} else if got > want {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%d jobs were submitted, want %d", s.queues.Submitted(), want)
}

// leftover checks the kinds of what verify has left in the account: job, definition, object. None
// has the name none.
func leftover(s *script, ts *testscript.TestScript, args []string) {
	kinds := []string{}
	for _, left := range s.queues.Left() {
		kind, _, _ := strings.Cut(left, " ")
		kinds = append(kinds, kind)
	}
	if len(kinds) == 0 {
		kinds = append(kinds, "none")
	}
	slices.Sort(kinds)
	slices.Sort(args)
	if !slices.Equal(kinds, args) {
		ts.Fatalf("left: %v, want %v", s.queues.Left(), args)
	}
}
