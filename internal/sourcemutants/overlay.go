// Package sourcemutants changes the source of the wait and of the guard in small ways, one at a
// time, and expects that their tests fail: what survives shows a gap, or is in
// testdata/survivors.txt with the reason why it changes nothing that matters.
package sourcemutants

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Edit replaces a text of a source file, in which it must occur exactly once.
type Edit struct{ File, Old, New string } // File: below the folder of Edited

// Edited returns the texts of the files of a folder with the edits, which are made in order.
func Edited(t *testing.T, dir string, edits ...Edit) map[string][]byte {
	t.Helper()
	texts := map[string][]byte{}
	for _, e := range edits {
		text, read := texts[e.File]
		if !read {
			var err error
			if text, err = os.ReadFile(filepath.Join(dir, e.File)); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(string(text), e.Old); n != 1 {
			t.Fatalf("%s contains %q %d times; wanted once: change the edit with the source",
				e.File, e.Old, n)
		}
		texts[e.File] = []byte(strings.Replace(string(text), e.Old, e.New, 1))
	}
	return texts
}

// Run runs go test in a folder with other texts of source files, until ctx ends, and returns what
// it prints.
func Run(
	ctx context.Context, t *testing.T, dir string, texts map[string][]byte, arguments ...string,
) (string, error) {
	t.Helper()
	temp := t.TempDir()
	replace := map[string]string{}
	write := func(name string, content []byte) string {
		path := filepath.Join(temp, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for file, text := range texts {
		path, err := filepath.Abs(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		replace[path] = write(strconv.Itoa(len(replace))+".go", text)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-vet=off", "-count=1",
		"-ldflags=-s -w", "-overlay=" + write("overlay.json", overlay)}, arguments...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}
