package command

import (
	"errors"
	"fmt"
	"io"
	"syscall"
)

// stream is stdout or stderr. It remembers the first write that did not succeed,
// as most of those who print do not look.
type stream struct {
	io.Writer
	closed func() // told once, when nobody reads any more
	err    error
}

// Write is that of the file.
func (s *stream) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	if err != nil && s.err == nil {
		s.err = err
		if s.broken() && s.closed != nil {
			s.closed()
		}
	}
	return n, err
}

// broken says that the reader has gone, as head does when it has enough.
func (s *stream) broken() bool { return errors.Is(s.err, syscall.EPIPE) }

// flushed is the exit code after all has been printed: a reader that has gone is
// the end that SIGPIPE would have made, output that is lost otherwise an error.
func (e *env) flushed(code int) int {
	out, ok := e.out.(*stream)
	switch {
	case !ok || out.err == nil:
		return code
	case out.broken():
		return exitSignal + int(syscall.SIGPIPE)
	}
	fmt.Fprintf(e.err, "metaflow-cfn: stdout: %v\n", out.err)
	return max(code, exitError)
}
