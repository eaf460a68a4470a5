package command

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// outputCases test the output on the terminal.
func outputCases() []faultCase {
	const steering = "a\u009b31mred\u202eback\rreturn\ttab\x1b]0;title\x07"
	failed := func(number int, name, reason, args string, says ...string) faultCase {
		return faultCase{number: number, name: name, args: deployIt + args, exit: exitFailed, state: "ROLLBACK_COMPLETE", effects: updates, says: says,
			arrange: func(b *bench) { b.server.FailCreate("NatGateway", reason) }}
	}
	raw := failed(55, "characters that XML does not allow", "\x1b[31mred\x00", "", `^  \\u001b\[31mred\\u0000$`)
	raw.options.RawControls = true
	referenced := failed(55, "references like &#x1B; that XML does not allow", "\x1b[31mred\x00", "",
		`^  \\u001b\[31mred\\u0000$`)
	long := failed(54, "a reason of 100 kB", "long "+strings.Repeat("x", 100_000), "", "^  long x+…$")
	long.check = (*bench).shortLines
	whole := failed(54, "a reason of 100 kB as a record", "long "+strings.Repeat("x", 100_000), " --output json", `"rootCause":{`)
	whole.check = func(b *bench) {
		if !strings.Contains(b.stdout, `"reason":"long `+strings.Repeat("x", 100_000)+`"`) {
			b.Error("the record holds a part of the reason")
		}
	}
	plain := func(name string, env map[string]string) faultCase {
		o := failed(57, name, steering, "", "^FAILED metaflow")
		o.env = env
		return o
	}
	return []faultCase{
		failed(54, "a reason that steers the terminal", steering, "", `^  a\\u009b31mred\\u202eback\\u000dreturn\\u0009tab\\u001b\]0;title\\u0007$`),
		failed(54, "a reason that steers, as a record", steering, " --output json", `\\u009b31mred\\u202eback`),
		long, whole, raw, referenced,
		failed(56, "keys in a reason", "key AKIAIOSFODNN7EXAMPLE, secret wJalrXUtnFEMIK7MDENG aws_session_token=abc", " -v", `key \[redacted\], secret \[redacted\]`),
		failed(56, "keys in a record", "key AKIAIOSFODNN7EXAMPLE, secret wJalrXUtnFEMIK7MDENG", " --output json -v", `key \[redacted\], secret \[redacted\]`),
		plain("no colour is wanted", map[string]string{"NO_COLOR": "1"}), plain("a dumb terminal", map[string]string{"TERM": "dumb"}),
		{number: 57, name: "stdout is closed", args: "generate", shell: `exec metaflow-cfn "$@" >&-`, exit: exitOK},
		{number: 57, name: "stdout is closed while an operation runs", args: deployIt, shell: `exec metaflow-cfn "$@" >&-`, state: "CREATE_COMPLETE", effects: creates,
			says: []string{"^OK metaflow CREATE_COMPLETE$"}},
		{number: 57, name: "the disk is full", args: "generate", shell: `exec metaflow-cfn "$@" >/dev/full`, exit: exitUnknown, says: []string{"no space left on device"}},
	}
}

// manyCases have more events than one page contains.
func manyCases() []faultCase {
	fifty := faultCase{number: 53, name: "5000 events on 50 pages, the second of which fails", args: "watch metaflow --output json", state: "CREATE_COMPLETE",
		says: []string{`"result":"succeeded"`}, check: (*bench).toldAll, arrange: func(b *bench) {
			b.manyEvents(5000)
			b.server.Fault("DescribeStackEvents", cfntest.Throttle, cfntest.After(51), cfntest.Times(12))
		}}
	return []faultCase{fifty}
}

func (b *bench) manyEvents(n int) {
	stack := cfntest.Stack{Name: "metaflow", Status: "CREATE_COMPLETE"}
	for i := range n {
		e := cfntest.Event{At: time.Now().Add(time.Duration(i-n-10) * time.Second), LogicalID: fmt.Sprintf("R%d", i/2), Type: "AWS::EC2::VPC", Token: "ours",
			Status: []string{"CREATE_COMPLETE", "CREATE_IN_PROGRESS"}[i%2]}
		if i == 0 || i == n-1 {
			e.LogicalID, e.Type, e.Status = "", "", []string{"CREATE_IN_PROGRESS", "CREATE_COMPLETE"}[min(i, 1)]
		}
		stack.Events = append(stack.Events, e)
	}
	b.server.Seed(stack)
}

// toldAll compares the records with the server's events of the operation: each once, in order.
func (b *bench) toldAll() {
	var got, want []string
	for text := range strings.Lines(b.stdout) {
		var record struct{ Type, EventID string }
		b.must(json.Unmarshal([]byte(text), &record))
		if record.Type == "event" {
			got = append(got, record.EventID)
		}
	}
	events := b.server.Events("metaflow")
	for _, e := range events {
		if e.Token == events[len(events)-1].Token {
			want = append(want, e.ID)
		}
	}
	if len(want) < 50 || !slices.Equal(got, want) {
		b.Errorf("%d events were told, want %d", len(got), len(want))
	}
}

// shortLines checks the length of every line for a terminal.
func (b *bench) shortLines() {
	for line := range strings.Lines(b.stderr) {
		if len(line) > 2100 {
			b.Errorf("a line of %d bytes: %.80s", len(line), line)
		}
	}
}

// fileCases test files that cannot be written, or not completely.
func fileCases() []faultCase {
	const mine = `{"MINE": 1}`
	configure := func(number int, name string, arrange func(*bench), exit int, writes []string, says ...string) faultCase {
		return faultCase{number: number, name: name, args: "configure metaflow", state: "CREATE_COMPLETE", exit: exit, writes: writes, says: says,
			arrange: func(b *bench) { b.seed(""); arrange(b) }}
	}
	config := func(b *bench) string { return b.path("home", ".metaflowconfig", "config.json") }
	put := func(b *bench) {
		b.must(os.Mkdir(b.path("home", ".metaflowconfig"), 0o700))
		b.must(os.WriteFile(config(b), []byte(mine), 0o600))
	}
	const folder, file = "home/.metaflowconfig", "home/.metaflowconfig/config.json"
	written := func(number int, name, args string, exit int, writes []string, says ...string) faultCase {
		return faultCase{number: number, name: name, args: args, files: map[string]string{"old.yaml": "old"}, exit: exit, writes: writes, says: says, check: (*bench).uncalled}
	}
	full := written(60, "the disk is full", "generate -o old.yaml", exitUsage, nil, "file too large")
	full.shell = `ulimit -f 0; exec metaflow-cfn "$@"`
	return []faultCase{
		configure(58, "no folder yet", func(*bench) {}, exitOK, []string{folder, file}, "^export AWS_DEFAULT_REGION=us-east-1$"),
		configure(58, "a file that is there", put, exitOK, []string{file, file + ".bak"}, "kept the old file as"),
		configure(58, "a file instead of the folder", func(b *bench) { b.must(os.WriteFile(b.path(folder), nil, 0o600)) }, exitUnknown, nil, "not a directory", "See the values: .* --print"),
		configure(58, "a link instead of the file", func(b *bench) {
			b.must(os.WriteFile(b.path("home", "mine.json"), []byte(mine), 0o600))
			b.must(os.Mkdir(b.path(folder), 0o700))
			b.must(os.Symlink(b.path("home", "mine.json"), config(b)))
		}, exitUnknown, nil, "config.json is a link to "),
		configure(58, "a full disk", func(b *bench) { put(b); b.shell = `ulimit -f 0; exec metaflow-cfn "$@"` }, exitUnknown, nil, "file too large"),
		configure(59, "interrupted before the file is written", func(b *bench) { put(b); unanswered("DescribeStacks", syscall.SIGINT)(b) }, 130, nil, "interrupt"),
		written(60, "the output is a folder", "generate -o .", exitUsage, nil, "is not a regular file; wanted the name of a file"),
		written(60, "the output's folder is missing", "generate -o absent/new.yaml", exitUsage, nil, "the folder absent does not exist"),
		written(60, "the output is there", "generate -o old.yaml", exitOK, []string{"work/old.yaml"}),
		full,
	}
}

// deleteCases test obstacles to the deletion of a stack.
func deleteCases() []faultCase {
	const inUse = "The vpc has dependencies and cannot be deleted"
	stuck := func(b *bench) { b.seed(""); b.server.FailDelete("Vpc", inUse) }
	return []faultCase{
		{number: 61, name: "the bucket is kept", args: "delete metaflow --yes", arrange: given(""), state: "DELETE_COMPLETE", effects: "DeleteStack",
			says:  []string{"the bucket metaflow-bucket-[0-9a-f]+ is kept with its contents", "^left behind: Bucket"},
			check: func(b *bench) { b.retained("Bucket", "BucketPolicy") }},
		{number: 62, name: "the stack is protected", args: "delete metaflow --yes", exit: exitRefused, state: "CREATE_COMPLETE",
			arrange: protect, says: []string{"metaflow is protected against termination; nothing was deleted", "--disable-protection"}},
		{number: 62, name: "the protection is turned off", args: "delete metaflow --yes --disable-protection", arrange: protect, state: "DELETE_COMPLETE",
			effects: "UpdateTerminationProtection DeleteStack", says: []string{"^OK metaflow DELETE_COMPLETE$"}},
		{number: 64, name: "something outside uses the network", args: "delete metaflow --yes", arrange: stuck, exit: exitStuck, state: "DELETE_FAILED", effects: "DeleteStack",
			says: []string{"^Root cause: Vpc ", inUse, "--retain"},
			check: func(b *bench) {
				b.args += " --retain Vpc"
				again(exitOK, "DELETE_COMPLETE", "DeleteStack DeleteStack", "left behind: Vpc")(b)
			}},
		{number: 64, name: "resources that cannot be deleted are retained", args: "delete metaflow --yes", arrange: stuck, exit: exitStuck, state: "DELETE_FAILED", effects: "DeleteStack",
			check: func(b *bench) { b.args += " --force"; again(exitOK, "DELETE_COMPLETE", "DeleteStack DeleteStack")(b) }},
	}
}

func protect(b *bench) {
	text, err := minified(components[0])
	b.must(err)
	b.server.Seed(cfntest.Stack{Name: "metaflow", Template: string(text), Protected: true})
}
