// Package atomicfile replaces files as a whole.
package atomicfile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// pending is a temporary file that is to replace another.
type pending interface {
	io.Writer
	CloseAtomicallyReplace() error
	Cleanup() error // removes the file unless it has replaced the other
}

// Write replaces the file at path so that a reader finds the old or the new content,
// whatever happens. A new file gets the mode, less what the umask takes away; an existing one
// keeps its own. See Check for what it refuses.
func Write(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if err := Check(path); err != nil {
		return err
	}
	file, err := newPending(path, mode)
	if err != nil {
		return err
	}
	defer func() {
		if cleanup := file.Cleanup(); err == nil {
			err = cleanup
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

// WriteBytes replaces the file at path with data, as Write does.
func WriteBytes(path string, mode fs.FileMode, data []byte) error {
	return Write(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Check returns an error unless path is a regular file that may be written, or does not exist.
// A link is refused, because a rename would replace it and not what it points to; so is a file
// that nobody may write, because a rename would replace it too.
func Check(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil: // it does not exist, or the write returns the error
		return nil
	case info.Mode()&fs.ModeSymlink != 0:
		target, _ := os.Readlink(path) // for the message; the link is refused either way
		return fmt.Errorf("%s is a link to %s; wanted a file: name %s itself", path, target, target)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file; wanted the name of a file", path)
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s is read-only; wanted a file that may be written: chmod u+w %s", path, path)
	}
	return nil
}
