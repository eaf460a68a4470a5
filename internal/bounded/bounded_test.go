package bounded

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// endless is a reader that does not end. It counts what was read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }

func (*endless) Close() error { return nil }

// TestRead reads up to the limit, and stops soon behind it.
func TestRead(t *testing.T) {
	const most = 1 << 20
	for _, c := range []struct {
		size int
		ok   bool
	}{{0, true}, {most, true}, {most + 1, false}} {
		text := strings.Repeat("x", c.size)
		for name, read := range map[string]func() ([]byte, error){
			"read": func() ([]byte, error) { return Read(strings.NewReader(text), most) },
			"body": func() ([]byte, error) {
				return io.ReadAll(Body(io.NopCloser(strings.NewReader(text)), most))
			},
		} {
			data, err := read()
			if (err == nil) != c.ok || len(data) != min(c.size, most) ||
				err != nil && err.Error() != "more than 1 MiB" {
				t.Errorf("%s of %d bytes: %d bytes, %v", name, c.size, len(data), err)
			}
		}
	}
	for name, read := range map[string]func(*endless) error{
		"read": func(e *endless) error { _, err := Read(e, most); return err },
		"body": func(e *endless) error { _, err := io.Copy(io.Discard, Body(e, most)); return err },
	} {
		e := &endless{}
		if err := read(e); !errors.As(err, new(*TooLargeError)) || e.read > 2*most {
			t.Errorf("%s: %d bytes were read, %v", name, e.read, err)
		}
	}
}

// TestFile ends with its context where a read would wait without end.
func TestFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := File(t.Context(), path, 4); string(data) != "text" || err != nil {
		t.Errorf("got %q, %v", data, err)
	}
	if _, err := File(t.Context(), folder, 4); err == nil {
		t.Error("a folder was read")
	}
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	in, out := io.Pipe()
	defer out.Close()
	go cancel(stop)
	if _, err := Open(ctx, in, 4); !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
}
