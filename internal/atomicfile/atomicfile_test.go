package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteKeepsTheOld lets the write fail half-way, as on a full disk: the old
// file is as it was, and nothing else is in the folder.
func TestWriteKeepsTheOld(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Write(path, 0o600, func(w io.Writer) error {
		if _, err := io.WriteString(w, "ne"); err != nil {
			return err
		}
		return syscall.ENOSPC
	})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the error is %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "old" {
		t.Errorf("the file holds %q (%v)", text, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
}

// TestWrite replaces a file, which keeps its mode, and leaves nothing else in the folder. A new
// file has the given mode, as far as the umask allows it.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(path, 0o600, []byte("new")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "new" {
		t.Errorf("the file holds %q (%v)", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("the file has mode %v (%v)", info.Mode(), err)
	}
	if err := WriteBytes(path+".new", 0o600, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + ".new"); err != nil || info.Mode() != 0o600 {
		t.Errorf("the new file has mode %v (%v)", info.Mode(), err)
	}
	if err := os.Remove(path + ".new"); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
}

// TestCheck refuses a folder and a link, which stays.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("absent", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, link} {
		if err := WriteBytes(path, 0o600, nil); err == nil {
			t.Errorf("%s is replaced", path)
		}
	}
	if target, err := os.Readlink(link); err != nil || target != "absent" {
		t.Errorf("the link points to %q (%v)", target, err)
	}
	if err := Check(filepath.Join(dir, "new")); err != nil {
		t.Errorf("a new file: %v", err)
	}
}
