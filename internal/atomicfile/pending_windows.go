package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// file is a pending file for Windows, where renameio does not build because a rename
// is not promised to be atomic there.
type file struct {
	*os.File

	path string
	done bool
}

func newPending(path string, mode fs.FileMode) (pending, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode()
	}
	return &file{File: f, path: path}, f.Chmod(mode)
}

// CloseAtomicallyReplace renames the file.
func (f *file) CloseAtomicallyReplace() error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	f.done = true
	return os.Rename(f.Name(), f.path)
}

// Cleanup removes the file unless it was renamed.
func (f *file) Cleanup() error {
	if f.done {
		return nil
	}
	f.Close() // may be closed already
	return os.Remove(f.Name())
}
