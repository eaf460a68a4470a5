package command

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/metaflow-cfn/metaflow-cfn/internal/batchtest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestMain makes this binary metaflow-cfn too: tests and scripts find it on their PATH under that
// name.
func TestMain(m *testing.M) {
	// Scripts sleep between polls most of the time. A flag of the caller wins.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"metaflow-cfn": func() {
		code := Main(components, os.Args[1:])
		keepStatus()
		os.Exit(code)
	}})
}

// statusVariable names the file that the program of a test copies its status to, as Linux has it,
// before it ends: the most memory that it used is in it. That of getrusage can be the parent's.
const statusVariable = "TEST_KEEP_STATUS"

func keepStatus() {
	path := os.Getenv(statusVariable)
	status, err := os.ReadFile("/proc/self/status")
	if path == "" || err != nil {
		return
	}
	if err := os.WriteFile(path, status, 0o600); err != nil {
		panic(err)
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		Setup:              setup,
		Cmds:               commands(),
		RequireUniqueNames: true,
		Condition: func(name string) (bool, error) {
			if name != "root" {
				return false, errors.New("the only condition of ours is root")
			}
			return os.Getuid() == 0, nil
		},
	})
}

// script is the state that the commands of one script share.
type script struct {
	env    *testscript.Env
	server *cfntest.Server   // nil until the command "server"
	began  *exec.Cmd         // process that "interrupt" signals
	roles  *roleServer       // nil until the command "roles"
	queues *batchtest.Server // nil unless the server has queues

	counted int // calls before the last "recount"
}

type scriptKey struct{}

// setup leaves a script without an account: no credentials, no region, an empty HOME. The command
// "server" provides an account.
func setup(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	env.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0") // otherwise each program waits for a second
	env.Values[scriptKey{}] = &script{env: env}
	return os.Mkdir(home, 0o700)
}

// command is a command of the scripts.
type command func(s *script, ts *testscript.TestScript, args []string)

// commands are the commands that this package adds, with their usage.
func commands() map[string]func(*testscript.TestScript, bool, []string) {
	words := []struct {
		usage string
		least int // arguments
		run   command
	}{
		{"exits CODE PROGRAM ARG...", 2, exits},
		{"interrupt SIGNAL", 1, interrupt},
		{"exited CODE", 1, exited},

		{"server [-scale=FACTOR] [-page=EVENTS] [-stacks=STACKS] [-shift] [-raw] [-queues]", 0, startServer},
		{"seed STACK [-empty] [-status=STATUS] [-reason=TEXT] [-parent=ARN] [-protected] [-of=COMPONENT] " +
			"[-template=FILE] [-original=FILE] [PARAMETER=VALUE...]", 1, seed},
		{"foreign update|cancel|delete STACK", 2, somebody},
		{"fail create|update|delete|rollback|changeset|validation|detection ID REASON", 3, fail},
		{"drift ID MODIFIED|DELETED|NOT_CHECKED [PATH KIND EXPECTED ACTUAL]...", 2, drift},
		{"heal ID", 1, heal},
		{"zones NAME=ID[,state=STATE][,kind=KIND][,opt-in=STATUS]...", 1, zones},
		{"interface ID[,description=TEXT][,owner=NAME][,instance=ID][,status=STATUS]...", 1, interfaces},
		{"batch REASON", 1, batchSays},
		{"jobs [-for=DURATION] NUMBER STATUS [CHILDREN]", 2, putJobs},
		{"finished", 0, finished},
		{"queue QUEUE STATE", 2, queueIs},
		{"submitted JOBS", 1, submittedAre},
		{"leftover KIND...", 1, leftover},
		{"denied ACTION", 1, denied},
		{"objects [-stack=STACK] [-uploads=NUMBER] BUCKET NUMBER [OLDER]", 2, putObjects},
		{"objectsleft BUCKET NUMBER|none", 2, objectsLeft},
		{"fault ACTION KIND [TIMES]", 2, fault},
		{"answer ACTION STATUS CODE MESSAGE", 4, answer},
		{"healthy", 0, healthy},
		{"roles DURATION", 1, roles},
		{"assumed TIMES [NAME=VALUE...]", 1, assumed},
		{"chatter STACK EVENTS", 2, chatter},
		{"identify STACK VARIABLE", 2, identify},
		{"physical STACK ID VARIABLE", 3, physical},
		{"output STACK NAME VARIABLE", 3, outputValue},
		{"recount", 0, recount},
		{"await ACTION TIMES", 2, await},

		{"calls ACTION TIMES", 2, calls},
		{"mutations TIMES", 1, mutations},
		{"status STACK STATUS", 2, status},
		{"changesets STACK TIMES", 2, changeSets},
		{"protected STACK true|false", 2, protected},
		{"sent [-of=COMPONENT] kept|unsent [NAME=VALUE...] [-NAME...]", 1, sent},
		{"printed [-least=EVENTS] text|json STACK...", 2, printed},
		{"asked ACTION NAME=VALUE...", 2, asked},
		{"lives STACK ID...", 2, livesThere},
		{"holds STACK NAME=VALUE...", 2, holds},
		{"retained ID...", 1, retainedAre},
		{"snapshots ID...", 1, snapshotsAre},
		{"mode OCTAL FILE...", 2, mode},
		{"records CODE", 1, checkRecords},
	}
	out := map[string]func(*testscript.TestScript, bool, []string){}
	for _, w := range words {
		name, _, _ := strings.Cut(w.usage, " ")
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg || len(args) < w.least {
				ts.Fatalf("usage: %s", w.usage)
			}
			w.run(ts.Value(scriptKey{}).(*script), ts, args)
		}
	}
	return out
}
