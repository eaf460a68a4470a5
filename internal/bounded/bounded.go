// Package bounded reads files and replies up to a size, and no longer than the program runs.
package bounded

import (
	"context"
	"fmt"
	"io"
	"os"
)

// TooLargeError is what has more bytes than it may have.
type TooLargeError struct{ Most int }

// Error names the limit.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("more than %d MiB", e.Most>>20)
}

// Read reads everything up to most bytes. With more it returns a TooLargeError.
func Read(from io.Reader, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, int64(most)+1))
	if err == nil && len(data) > most {
		err = &TooLargeError{most}
	}
	return data[:min(len(data), most)], err
}

// Parts returns how many lines and separators a text in YAML has. Each makes a parser allocate up
// to 2 kB, so that they bound its work.
func Parts(text []byte) (n int) {
	for _, c := range text {
		switch c {
		case '\n', ',', ':', '-', '[', '{', '?', '&', '*', '!':
			n++
		}
	}
	return n
}

// Body returns a reader that fails after most bytes with a TooLargeError.
func Body(from io.ReadCloser, most int) io.ReadCloser { return &body{from, most, most} }

type body struct {
	io.ReadCloser
	left, most int
}

// Read reads from the body. The first byte over the limit is the error.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		return b.left, &TooLargeError{b.most}
	}
	b.left -= n
	return n, err
}

// File reads a file, a device or a pipe as Read does. The end of ctx ends it, also where the file
// has not been opened yet: a named pipe waits for its writer.
func File(ctx context.Context, path string, most int) ([]byte, error) {
	return Until(ctx, func() ([]byte, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return Read(file, most)
	})
}

// Open reads what is open already as Read does. The end of ctx ends it.
func Open(ctx context.Context, from io.Reader, most int) ([]byte, error) {
	return Until(ctx, func() ([]byte, error) { return Read(from, most) })
}

// Until returns what work returns, or the cause of the end of ctx. Work that blocks is then left
// to itself: the program ends soon.
func Until[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := work()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
