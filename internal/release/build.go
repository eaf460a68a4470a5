package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// program is the name of the program and the first part of the archives' names.
const program = "metaflow-cfn"

// texts are the files and folders of the project that each archive has.
var texts = []string{
	"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "docs", "examples",
	"templates",
}

// shells are the shells that have a completion, with the file that each expects.
var shells = []struct{ name, file string }{
	{"bash", program + ".bash"},
	{"fish", program + ".fish"},
	{"powershell", program + ".ps1"},
	{"zsh", "_" + program},
}

// file is an entry of an archive.
type file struct {
	name string // with slashes, below the folder of the archive
	mode fs.FileMode
	text []byte
}

// commitTime returns the time of the commit. It fails when the tree differs from the commit: such
// an archive could not be built again.
func commitTime() (time.Time, error) {
	changed, err := output(nil, "git", "status", "--porcelain")
	if err != nil {
		return time.Time{}, err
	}
	if len(changed) > 0 {
		return time.Time{}, fmt.Errorf("the tree differs from the commit, commit first:\n%s", changed)
	}
	text, err := output(nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return time.Unix(seconds, 0).UTC(), err
}

// build builds the program for a platform and returns its path.
func build(scratch, goos, goarch string) (string, error) {
	path := filepath.Join(scratch, goos+"-"+goarch, program)
	if goos == "windows" {
		path += ".exe"
	}
	_, err := output([]string{"GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0"},
		"go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", path, "./cmd/"+program)
	return path, err
}

// sharedFiles returns the entries that the archives of all platforms have. The program of this
// machine prints its manual pages and completions.
func sharedFiles(scratch string) ([]file, error) {
	host, err := build(scratch, runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return nil, err
	}
	pages := filepath.Join(scratch, "man")
	if err := os.Mkdir(pages, 0o755); err != nil {
		return nil, err
	}
	if _, err := output(nil, host, "man", "--dir", pages); err != nil {
		return nil, err
	}
	files, err := filesBelow(pages, "man/man1")
	if err != nil {
		return nil, err
	}
	for _, s := range shells {
		text, err := output(nil, host, "completion", s.name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"completions/" + s.file, 0o644, text})
	}
	for _, t := range texts {
		found, err := filesBelow(t, t)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

// filesBelow returns a file, or all files of a folder, under another name.
func filesBelow(root, name string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		below := filepath.ToSlash(strings.TrimPrefix(path, root))
		files = append(files, file{name + below, 0o644, text})
		return nil
	})
	return files, err
}

// archiveOf builds the program for a platform and returns the name and the bytes of its archive.
func archiveOf(
	scratch, platform string, shared []file, when time.Time,
) (string, []byte, error) {
	goos, goarch, ok := strings.Cut(platform, "/")
	if !ok {
		return "", nil, errors.New("wanted GOOS/GOARCH, such as linux/arm64")
	}
	path, err := build(scratch, goos, goarch)
	if err != nil {
		return "", nil, err
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return "", nil, err
	}
	materials, err := billOfMaterials(info, when)
	if err != nil {
		return "", nil, err
	}
	files := append([]file{
		{filepath.Base(path), 0o755, binary},
		{"sbom.cdx.json", 0o644, materials},
	}, shared...)
	folder := strings.Join([]string{program, info.Main.Version, goos, goarch}, "_")
	if goos == "windows" {
		text, err := zipped(folder, files, when)
		return folder + ".zip", text, err
	}
	text, err := tarred(folder, files, when)
	return folder + ".tar.gz", text, err
}

// output runs a command and returns what it prints.
func output(environment []string, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), environment...)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, args[0], err, wrong.Bytes())
	}
	return text, nil
}
