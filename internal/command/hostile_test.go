package command

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// mebibyte repeats a text up to the largest size of a file.
func mebibyte(part string) string { return strings.Repeat(part, (1<<20)/len(part)) }

// hostileInput are command lines that read a hostile file, which is called hostile, or stdin.
var hostileInput = []struct {
	name, args, file, stdin string
	env                     map[string]string
	code                    int
	says                    string
}{
	{name: "a device for parameters", args: "generate --parameters /dev/zero", code: exitUsage,
		says: "/dev/zero has more than 1 MiB"},
	{name: "a device to compare", args: "generate --check /dev/zero", code: exitUsage,
		says: "/dev/zero has more than 1 MiB"},
	{name: "stdin without end", args: "generate --parameters -", stdin: "endless", code: exitUsage,
		says: "stdin has more than 1 MiB"},
	{name: "flow lists", args: "generate --parameters hostile", file: mebibyte("[x,"), code: exitUsage,
		says: "separators"},
	{name: "deep maps", args: "plan metaflow --parameters hostile", file: mebibyte("{a: "), code: exitUsage,
		says: "separators"},
	{name: "lines to compare", args: "generate --check hostile", file: mebibyte("\n"), code: exitUsage,
		says: "more than 50000 lines"},
	{name: "one line to compare", args: "generate --check hostile", file: mebibyte("\x1b"), code: exitDiffers,
		says: "differs"},
	{name: "lines of the template to compare", args: "generate --check hostile",
		file: strings.Repeat("    Type: String\n", maxLines), code: exitDiffers, says: "differs"},
	{name: "a device for AWS", args: "plan metaflow", env: map[string]string{"AWS_CONFIG_FILE": "/dev/zero"},
		code: exitUsage, says: "AWS_CONFIG_FILE: /dev/zero is a device"},
	{name: "a large file for AWS", args: "plan metaflow", file: mebibyte("#") + "#",
		env: map[string]string{"AWS_SHARED_CREDENTIALS_FILE": "hostile"}, code: exitUsage,
		says: "AWS_SHARED_CREDENTIALS_FILE: hostile has more than 1 MiB"},
	{name: "profiles for AWS", args: "configure metaflow", file: mebibyte("[profile a]\n"),
		env: map[string]string{"AWS_CONFIG_FILE": "hostile"}, code: exitUnknown, says: "does not exist"},
	{name: "keys for AWS", args: "configure metaflow", file: mebibyte("[default]\na=b\n"),
		env: map[string]string{"AWS_CONFIG_FILE": "hostile"}, code: exitUnknown, says: "does not exist"},
	{name: "a large configuration", args: "configure --set METAFLOW_UI_URL=x", file: mebibyte(" ") + " ",
		code: exitUnknown, says: "more than 1 MiB"},
	{name: "deep lists in the configuration", args: "configure --set METAFLOW_UI_URL=x", file: mebibyte("["),
		code: exitUnknown, says: "not valid JSON"},
	{name: "flags without end", args: "generate" + strings.Repeat(" --nonsense", 20_000), code: exitUsage,
		says: "and 19980 more problems"},
	{name: "tags without end", args: "deploy metaflow --yes --tags a=b" + strings.Repeat(",=", 30_000),
		code: exitUsage, says: "more problems"},
}

// TestHostileInput runs the program on files, devices and command lines that are made to exhaust
// it. Each ends by itself with a short message and in 100 MB. The bound on the time is
// generous: other tests use the machine too.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	env := credentials(cfntest.New(cfntest.Options{}).Start(t))
	for _, c := range hostileInput {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for _, name := range []string{"hostile", "config.json"} {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "metaflow-cfn", strings.Fields(c.args)...)
			cmd.Dir, cmd.Env = folder, []string{"HOME=" + folder, "METAFLOW_HOME=" + folder}
			for _, variables := range []map[string]string{env, c.env} {
				for name, value := range variables {
					cmd.Env = append(cmd.Env, name+"="+value)
				}
			}
			if c.stdin == "endless" {
				cmd.Stdin = endless{}
			}
			ends(t, cmd, c.code, c.says)
		})
	}
}

// endless is stdin that does not end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// ends runs a program that must end soon, in little memory, with a code and a short message.
func ends(t *testing.T, cmd *exec.Cmd, code int, says string) {
	t.Helper()
	var stderr strings.Builder
	status := filepath.Join(t.TempDir(), "status")
	cmd.Env = append(cmd.Env, statusVariable+"="+status)
	cmd.Stderr, cmd.WaitDelay = &stderr, time.Second
	began := time.Now()
	_ = cmd.Run() // the code is compared below
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	text, err := os.ReadFile(status)
	if found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text); found != nil {
		used, _ := strconv.Atoi(string(found[1])) // digits
		if used > 100<<10 && !templatetest.Race {
			t.Errorf("it used %d kB", used)
		}
	} else if runtime.GOOS == "linux" {
		t.Errorf("the memory is not known: %v", err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(stderr.String(), says) ||
		stderr.Len() > 20_000 {
		t.Errorf("exit code %d, want %d; %d bytes on stderr: %.600s", got, code, stderr.Len(), stderr.String())
	}
}

// TestRepliesWithoutEnd answers every call with a body that does not end. The program names the
// command that tries it; the reason is the limit, or the connection that the SDK gives up.
func TestRepliesWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]string{
		"stacks":   "<DescribeStacksResponse><DescribeStacksResult>",
		"identity": "<GetCallerIdentityResponse><GetCallerIdentityResult>",
		"text":     "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/xml")
				_, err := io.WriteString(w, begin)
				for part := []byte(strings.Repeat("<a>x</a>", 1<<12)); err == nil; {
					_, err = w.Write(part)
				}
			}))
			defer server.Close()
			cmd := exec.CommandContext(t.Context(), "metaflow-cfn", "watch", "metaflow")
			cmd.Env = []string{"HOME=" + t.TempDir(), "AWS_MAX_ATTEMPTS=1"}
			for name, value := range credentials(server.URL) {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			ends(t, cmd, exitUnknown, "aws sts get-caller-identity")
		})
	}
}
