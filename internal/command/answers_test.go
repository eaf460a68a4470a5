package command

import (
	"github.com/rogpeppe/go-internal/testscript"
)

// answer makes every call of an action fail with an error of AWS.
func answer(s *script, ts *testscript.TestScript, args []string) {
	s.server.FaultError(args[0], number(ts, args[1]), args[2], args[3])
}

// healthy ends what answer and fault have begun.
func healthy(s *script, _ *testscript.TestScript, _ []string) { s.server.ClearFaults() }
