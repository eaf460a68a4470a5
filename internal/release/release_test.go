package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// root is the folder of the project.
var root = filepath.Join("..", "..")

// TestRelease builds the archive of this machine's platform in two clones: the checksums are
// equal, and the program of the unpacked archive runs without the clone.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the program for a release")
	}
	release := filepath.Join(t.TempDir(), "release")
	call(t, ".", "go", "build", "-o", release, ".")
	var dirs, sums []string
	for range 2 {
		clone := committed(t)
		dir := filepath.Join(clone, "dist")
		call(t, clone, release, "-o", dir, "-platforms", runtime.GOOS+"/"+runtime.GOARCH)
		dirs, sums = append(dirs, dir), append(sums, read(t, filepath.Join(dir, "SHA256SUMS")))
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds of one commit differ:\n%s%s", sums[0], sums[1])
	}
	sum, name, _ := strings.Cut(strings.TrimSpace(sums[0]), "  ")
	archive := read(t, filepath.Join(dirs[0], name))
	if found := sha256.Sum256([]byte(archive)); hex.EncodeToString(found[:]) != sum {
		t.Errorf("SHA256SUMS has %s, the archive %x", sum, found)
	}
	checkUnpacked(t, unpack(t, archive))
}

// checkUnpacked runs the program of an unpacked archive and looks at the files beside it.
func checkUnpacked(t *testing.T, dir string) {
	program := filepath.Join(dir, "metaflow-cfn")
	version := call(t, dir, program, "version")
	if !strings.HasPrefix(version, "metaflow-cfn v0.0.0-2020") || strings.Contains(version, "dirty") {
		t.Errorf("version is %q, wanted that of the commit", version)
	}
	template := read(t, filepath.Join(root, "templates", "metaflow.yaml"))
	if call(t, dir, program, "generate") != template ||
		read(t, filepath.Join(dir, "templates", "metaflow.yaml")) != template {
		t.Error("the program or the archive has another template than the project")
	}
	if page := call(t, dir, program, "man", "deploy"); page != read(t, filepath.Join(dir, "man", "man1", "metaflow-cfn-deploy.1")) {
		t.Error("man deploy differs from the page in the archive")
	}
	for _, name := range []string{"LICENSE", "SECURITY.md", "docs/security.md", "completions/_metaflow-cfn"} {
		if read(t, filepath.Join(dir, name)) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	var bom cyclonedx.BOM
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "sbom.cdx.json"))), &bom); err != nil {
		t.Fatal(err)
	}
	named := func(c cyclonedx.Component) bool { return c.Name == "github.com/spf13/cobra" }
	if !slices.ContainsFunc(*bom.Components, named) || bom.Metadata.Timestamp != "2020-02-03T04:05:06Z" {
		t.Errorf("the bill of materials has no cobra or another time: %+v", bom.Metadata)
	}
}

// TestRefusals runs a release where it would not be reproducible.
func TestRefusals(t *testing.T) {
	clone := committed(t)
	t.Chdir(clone)
	if err := os.WriteFile("README.md", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run("dist", nil); err == nil || !strings.Contains(err.Error(), "README.md") {
		t.Errorf("a changed tree gives %v", err)
	}
	if err := run("templates", nil); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a folder with files gives %v", err)
	}
	if _, _, err := archiveOf(clone, "linux", nil, time.Time{}); err == nil {
		t.Error("a platform without an architecture is accepted")
	}
}

// TestArchives packs files in another order: the bytes are the same, and both forms have names,
// modes and times of the entries.
func TestArchives(t *testing.T) {
	when := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	files := []file{{"b/c", 0o644, []byte("text")}, {"a", 0o755, []byte("program")}}
	turned := []file{files[1], files[0]}
	for _, pack := range []func(string, []file, time.Time) ([]byte, error){tarred, zipped} {
		one, err := pack("f", files, when)
		other, err2 := pack("f", turned, when)
		if err := errors.Join(err, err2); err != nil || !bytes.Equal(one, other) {
			t.Errorf("the order of the files decides the bytes: %v", err)
		}
	}
	text, _ := zipped("f", files, when)
	r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if f := r.File[0]; f.Name != "f/a" || f.Mode() != 0o755 || !f.Modified.Equal(when) {
		t.Errorf("the zip archive begins with %s %s %s", f.Name, f.Mode(), f.Modified)
	}
}

// TestMaterials takes the replacement of a module, and keeps a build's mark in the package URL.
func TestMaterials(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Path: "example.org/main", Version: "v1.0.0"},
		Deps: []*debug.Module{{Path: "example.org/old", Version: "v1.0.0",
			Replace: &debug.Module{Path: "example.org/new", Version: "v2.0.0+incompatible"}}}}
	text, err := billOfMaterials(info, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{"pkg:golang/std@1.26.0", "pkg:golang/example.org/new@v2.0.0%2Bincompatible"} {
		if !strings.Contains(string(text), wanted) {
			t.Errorf("no %s in\n%s", wanted, text)
		}
	}
	if strings.Contains(string(text), "example.org/old") {
		t.Error("a replaced module is listed")
	}
}

// committed copies the files of the project into a new repository with one commit, which is the
// same for the same files.
func committed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name := range strings.SplitSeq(call(t, root, "git", "ls-files", "-z", "-co", "--exclude-standard"), "\x00") {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil || info.IsDir() {
			continue // a deleted file that git still lists
		}
		to := filepath.Join(dir, name)
		err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o755),
			os.WriteFile(to, []byte(read(t, filepath.Join(root, name))), info.Mode()))
		if err != nil {
			t.Fatal(err)
		}
	}
	const date = "2020-02-03T04:05:06Z"
	for _, name := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+name+"_NAME", "test")
		t.Setenv("GIT_"+name+"_EMAIL", "test@example.org")
		t.Setenv("GIT_"+name+"_DATE", date)
	}
	call(t, dir, "git", "init", "-q")
	call(t, dir, "git", "add", "-A")
	call(t, dir, "git", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "test")
	return dir
}

// unpack writes the files of an archive and returns its only folder.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	packed, err := gzip.NewReader(strings.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	dir, folder := t.TempDir(), ""
	for r := tar.NewReader(packed); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, folder)
		}
		if err != nil {
			t.Fatal(err)
		}
		folder, _, _ = strings.Cut(header.Name, "/")
		text, err := io.ReadAll(r)
		path := filepath.Join(dir, header.Name)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755),
			os.WriteFile(path, text, header.FileInfo().Mode()))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// call runs a command in a folder and returns what it prints.
func call(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, wrong.Bytes())
	}
	return string(out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
