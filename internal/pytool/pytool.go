// Package pytool finds the Python programs that tests run: cfn-lint and moto.
package pytool

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Find returns the path of a program, from PATH or from the virtual environment that `make tools`
// creates in .tools. If it is not there, the test is skipped; where the variable CI is true it
// fails. With -short the test is skipped in any case: these programs take seconds.
func Find(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: runs " + name)
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if path, err := exec.LookPath(filepath.Join(root(t), ".tools", "bin", name)); err == nil {
		return path
	}
	missing := name + " not found: run make tools"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// root returns the folder of go.mod, above the package that is tested.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("no go.mod above the test: %v", err)
	return ""
}
