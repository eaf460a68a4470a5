package terminal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

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
	// Ended is closed when the program is to end. A write then waits for its reader no more
	// than a moment. Nil waits without end.
	Ended <-chan struct{}

	mu  sync.Mutex
	err error
}

// ErrUnread is the error of a write that nobody reads when the program is to end.
var ErrUnread = errors.New("the reader does not read")

// moment is how long a write may take after the program is to end.
const moment = 300 * time.Millisecond

// NewStream returns the stream of a file. closed is called when its reader has gone; the end
// of ended ends a write that blocks.
func NewStream(f *os.File, closed func(), ended <-chan struct{}) *Stream {
	s := &Stream{Writer: f, Closed: closed, Ended: ended, Size: sizeOf(f)}
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
	n, err := s.write(p)
	if err != nil && s.keep(err) && errors.Is(err, syscall.EPIPE) && s.Closed != nil {
		s.Closed()
	}
	return n, err
}

// write writes to the file. When the program is to end, it leaves a write that blocks to itself.
func (s *Stream) write(p []byte) (int, error) {
	if s.Ended == nil {
		return s.Writer.Write(p)
	}
	if err := s.Err(); errors.Is(err, ErrUnread) {
		return 0, err
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	text := bytes.Clone(p) // the caller may use p again
	go func() {
		n, err := s.Writer.Write(text)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return r.n, r.err
	case <-s.Ended:
	}
	select {
	case r := <-done:
		return r.n, r.err
	case <-time.After(moment):
		return 0, ErrUnread
	}
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
