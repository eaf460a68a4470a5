package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file so that a reader finds the old or the new content,
// whatever happens: a temporary file in the same folder, flushed, then renamed.
// An existing file that is no regular one is left alone.
func replaceFile(path string, data []byte, mode fs.FileMode) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file; wanted the name of a file", path)
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
	if _, err = tmp.Write(data); err != nil {
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
