package terminal

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/term"
)

// Stream is stdout or stderr. It remembers the first write that failed, because
// most callers that print do not check.
type Stream struct {
	io.Writer
	// Size returns the size of the terminal, which may change. It is nil where
	// lines cannot be drawn over: there is no terminal, or TERM is dumb.
	Size   func() (width, height int)
	Color  bool   // styles are shown
	Closed func() // is called once, when the reader has gone

	mu  sync.Mutex
	err error
}

// NewStream returns the stream of a file. closed is called when its reader has gone.
func NewStream(f *os.File, closed func()) *Stream {
	s := &Stream{Writer: f, Closed: closed, Size: sizeOf(f)}
	s.Color = s.Size != nil && os.Getenv("NO_COLOR") == "" // https://no-color.org
	return s
}

// sizeOf returns a function that asks for the size of the terminal behind a file.
// The result is nil where lines cannot be drawn over.
func sizeOf(f *os.File) func() (width, height int) {
	name := os.Getenv("TERM")
	if name == "" || name == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func() (int, int) {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width <= 0 || height <= 0 {
			return 80, 24
		}
		return width, height
	}
}

// Write writes to the file and remembers the first error.
func (s *Stream) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	if err != nil && s.keep(err) && errors.Is(err, syscall.EPIPE) && s.Closed != nil {
		s.Closed()
	}
	return n, err
}

// keep remembers an error and reports whether it is the first.
func (s *Stream) keep(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return false
	}
	s.err = err
	return true
}

// Err returns the first error of a write. It is syscall.EPIPE when the reader has
// gone, as head does when it has enough.
func (s *Stream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
