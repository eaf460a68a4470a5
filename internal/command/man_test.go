package command

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// TestManPages checks the macros of every page and, if groff is installed, that groff reads the
// page without a warning.
func TestManPages(t *testing.T) {
	root := newRoot(&env{
		Printer: &terminal.Printer{}, components: components, component: components[0],
	})
	folder := t.TempDir()
	if err := writePages(folder, root); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.1"))
	if err != nil || len(paths) < 15 {
		t.Fatalf("the pages are %q (%v)", paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".1")
		for _, want := range []string{
			`.TH "` + strings.ToUpper(strings.ReplaceAll(name, "-", `\-`)) + `" "1"`, "\n.SH \"NAME\"\n",
			"\n.SH \"SYNOPSIS\"\n", "\n.SH \"OPTIONS\"\n", "\n.SH \"SEE ALSO\"\n",
		} {
			if !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
		checkGroff(t, path)
	}
}

func checkGroff(t *testing.T, path string) {
	t.Helper()
	if _, err := exec.LookPath("groff"); err != nil {
		return
	}
	out, err := exec.Command("groff", "-man", "-Tutf8", "-ww", "-z", path).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("groff reads %s: %v\n%s", path, err, out)
	}
}
