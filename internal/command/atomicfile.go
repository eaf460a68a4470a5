package command

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file so that a reader finds the old or the new content,
// whatever happens: a temporary file in the same folder, flushed, then renamed.
// What is no regular file is left alone; so is a link, which a rename would
// replace and not what it points to.
func replaceFile(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if err := replaceable(path); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if err = tmp.Chmod(mode); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// replaceable is nil for a regular file, and for one that is not there yet.
func replaceable(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil: // not there, or the write will tell
		return nil
	case info.Mode()&fs.ModeSymlink != 0:
		target, _ := os.Readlink(path) // for people; the link is refused either way
		return fmt.Errorf("%s is a link to %s; wanted a file: name %s itself", path, target, target)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file; wanted the name of a file", path)
	}
	return nil
}

// content writes bytes.
func content(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}
