package command

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// refusal is a command line that is refused, and the messages on stderr.
type refusal struct {
	line string // words separated by one space; two spaces contain an empty word
	file string // content of values.yaml
	want string // lines; "…" stands for any text
}

// invocation is one run of the program as a separate process, in its own folder, without a
// terminal.
type invocation struct {
	args   []string
	env    map[string]string // added to an environment without AWS
	files  map[string]string
	folder string

	code           int
	stdout, stderr string
}

func (v *invocation) run(t *testing.T) {
	t.Helper()
	v.folder = t.TempDir()
	for name, content := range v.files {
		if err := os.WriteFile(filepath.Join(v.folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"HOME": v.folder, "AWS_EC2_METADATA_DISABLED": "true", "GORACE": "atexit_sleep_ms=0"}
	maps.Copy(env, v.env)
	cmd := exec.Command("metaflow-cfn", v.args...)
	cmd.Dir = v.folder
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	v.code, v.stdout, v.stderr = cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// matches compares line by line; "…" in a wanted line stands for any text.
func matches(got, want string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(want), "…", ".*")
	return regexp.MustCompile("^" + pattern + "$").MatchString(got)
}

// refuse runs the command lines, each of which must end with exit code 2, print exactly the
// problems in any order, then the hint at the help, and nothing on stdout.
func refuse(t *testing.T, env map[string]string, rows []refusal) {
	for _, r := range rows {
		t.Run(r.line, func(t *testing.T) {
			t.Parallel()
			v := &invocation{args: strings.Split(r.line, " "), env: env, files: map[string]string{"values.yaml": r.file}}
			v.run(t)
			said, parameters := strings.CutSuffix(v.stderr, parametersLine(v.args[0]))
			said, help := strings.CutSuffix(strings.Replace(said, " --help   ", " --help\n", 1), helpLine(v.args[0]))
			help = help || parameters
			if v.code != exitUsage || !help || !says(said, r.want) || v.stdout != "" {
				t.Errorf("exit code %d\nstderr:\n%s\nwant:\n%s\nstdout: %.100q", v.code, v.stderr, r.want, v.stdout)
			}
		})
	}
}

// unread is the line on reads of the account that the server refuses.
var unread = regexp.MustCompile(`(?m)^Not everything that is reused was looked at: .*\n`)

// says compares the printed problems with the wanted ones.
func says(told, wanted string) bool {
	told = unread.ReplaceAllString(told, "")
	left := strings.Split(strings.TrimSuffix(told, "\n"), "\n")
	for problem := range strings.SplitSeq(wanted, "\n") {
		want := "metaflow-cfn: " + strings.TrimSpace(problem)
		i := slices.IndexFunc(left, func(line string) bool { return matches(line, want) })
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return len(left) == 0
}

// helpLine returns the hint at the end of a refusal.
func helpLine(command string) string {
	if slices.Contains([]string{"generate", "parameters", "deploy", "watch", "delete", "configure", "version"}, command) {
		return "Flags: metaflow-cfn " + command + " --help\n"
	}
	return "Commands: metaflow-cfn --help\n"
}

// parametersLine returns the hint after a refusal of values of parameters.
func parametersLine(command string) string {
	return "Parameters: metaflow-cfn " + command + " --help-parameters\n"
}

// TestRefusals runs command lines that are invalid without asking AWS: nothing is called.
func TestRefusals(t *testing.T) {
	t.Parallel()
	server := cfntest.New(cfntest.Options{})
	env := credentials(server.Start(t))
	t.Run("rows", func(t *testing.T) {
		refuse(t, env, slices.Concat(othersCommands, othersFlags, badCommands, badStackNames, badFlags, badTags, badShapes,
			badBucketNames, badRanges, badFiles, badLargeFile()))
		refuse(t, env, onGenerate(badRelations))
	})
	if calls := server.Calls(); len(calls) > 0 {
		t.Errorf("%d calls were made, the first %s", len(calls), calls[0].Action)
	}
}

// TestRefusedRelations runs relations that the values of an existing stack could satisfy: there is
// no stack, so nothing changes.
func TestRefusedRelations(t *testing.T) {
	t.Parallel()
	server := cfntest.New(cfntest.Options{})
	env := credentials(server.Start(t))
	t.Run("rows", func(t *testing.T) { refuse(t, env, onDeploy(badRelations)) })
	if calls := server.Mutations(); len(calls) > 0 {
		t.Errorf("%s was called", calls[0].Action)
	}
	if len(server.Calls()) == 0 {
		t.Error("no stack was looked for")
	}
}

func onGenerate(rows []refusal) []refusal { return prefixed("generate ", rows) }

func onDeploy(rows []refusal) []refusal { return prefixed("deploy metaflow --yes ", rows) }

func prefixed(words string, rows []refusal) []refusal {
	out := slices.Clone(rows)
	for i := range out {
		out[i].line = words + out[i].line
	}
	return out
}
