package command

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// reader is a person who follows a page: a shell in the folder of a clone, with a home and
// an account of their own.
type reader struct {
	t      *testing.T
	server *cfntest.Server
	folder string
	env    map[string]string
}

// ran is how a command of a page ended.
type ran struct {
	code           int // -1: the shell did not come to it
	stdout, stderr string
}

func newReader(t *testing.T) *reader {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs sh")
	}
	program, err := exec.LookPath("metaflow-cfn")
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, server: cfntest.New(cfntest.Options{Scale: 0.001}), folder: t.TempDir()}
	r.env = credentials(r.server.Start(t))
	maps.Copy(r.env, map[string]string{
		"HOME": filepath.Join(r.folder, "home"), "PATH": filepath.Join(r.folder, "programs"),
		"PROGRAM": program, "AWS_EC2_METADATA_DISABLED": "true", "GORACE": "atexit_sleep_ms=0",
	})
	for _, name := range []string{"templates", "examples"} {
		from := filepath.Join("..", "..", name)
		if _, err := os.Stat(from); err == nil {
			r.check(os.CopyFS(filepath.Join(r.folder, name), os.DirFS(from)))
		}
	}
	r.write("Makefile", readPage(t, filepath.Join("..", "..", "Makefile")), 0o600)
	for name, text := range pageFiles {
		r.write(name, text, 0o600)
	}
	for name, p := range programs {
		r.write(filepath.Join("programs", name), "#!/bin/sh\n"+p.command+"\n", 0o700)
	}
	for _, name := range utilities {
		path, err := exec.LookPath(name)
		r.check(err)
		r.check(os.Symlink(path, filepath.Join(r.folder, "programs", name)))
	}
	r.check(os.Mkdir(r.env["HOME"], 0o700))
	return r
}

func (r *reader) check(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) write(name, text string, mode os.FileMode) {
	path := filepath.Join(r.folder, name)
	r.check(os.MkdirAll(filepath.Dir(path), 0o700))
	// A process that another test starts meanwhile would keep the file open for writing, and the
	// kernel runs no program that is (golang/go#22315).
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte(text), mode)
	syscall.ForkLock.RUnlock()
	r.check(err)
}

// run executes commands in one shell, so that what one exports the next has.
func (r *reader) run(commands []string) []ran {
	var script strings.Builder
	for i, command := range commands {
		fmt.Fprintf(&script, "{\n%s\n} >out.%d 2>err.%d </dev/null\necho $? >code.%d\n",
			r.runnable(command), i, i, i)
	}
	shell := exec.Command("sh", "-c", script.String())
	shell.Dir = r.folder
	for name, value := range r.env {
		shell.Env = append(shell.Env, name+"="+value)
	}
	if out, err := shell.CombinedOutput(); err != nil || len(out) > 0 {
		r.t.Errorf("the shell ended with %v: %s", err, out)
	}
	all := make([]ran, len(commands))
	for i := range all {
		all[i] = ran{code: -1, stdout: r.output("out", i), stderr: r.output("err", i)}
		if code, err := strconv.Atoi(strings.TrimSpace(r.output("code", i))); err == nil {
			all[i].code = code
		}
	}
	return all
}

// runnable returns what runs for a command of a page.
func (r *reader) runnable(command string) string {
	for _, row := range replaced {
		pattern := regexp.MustCompile(row.pattern)
		if !pattern.MatchString(command) {
			continue
		}
		r.t.Logf("%s: %s", command, row.reason)
		command = pattern.ReplaceAllString(command, row.command)
		if row.command == "" {
			return ":"
		}
	}
	return command
}

// output returns what a command wrote, or nothing where the shell did not come to it.
func (r *reader) output(kind string, command int) string {
	text, err := os.ReadFile(filepath.Join(r.folder, fmt.Sprintf("%s.%d", kind, command)))
	if err != nil {
		return ""
	}
	return string(text)
}
