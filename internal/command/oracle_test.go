package command

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// count returns how often an action was called since the last "recount"; "*" is any action.
func (s *script) count(action string) (n int) {
	for _, c := range s.server.Calls()[s.counted:] {
		if action == "*" || c.Action == action {
			n++
		}
	}
	for _, c := range s.server.Batch.Calls() {
		if c.Action == action {
			n++
		}
	}
	return n
}

func calls(s *script, ts *testscript.TestScript, args []string) {
	if got := s.count(args[0]); got != number(ts, args[1]) {
		ts.Fatalf("%s was called %d times, want %s", args[0], got, args[1])
	}
}

// mutations checks the number of calls that changed something.
func mutations(s *script, ts *testscript.TestScript, args []string) {
	var effects []string
	for _, c := range s.server.Mutations() {
		if c.Effect != "" {
			effects = append(effects, c.Effect)
		}
	}
	if len(effects) != number(ts, args[0]) {
		ts.Fatalf("%d calls changed something, want %s: %q", len(effects), args[0], effects)
	}
}

func status(s *script, ts *testscript.TestScript, args []string) {
	if got := s.server.Status(args[0]); got != args[1] {
		ts.Fatalf("%s is %q, want %q", args[0], got, args[1])
	}
}

func changeSets(s *script, ts *testscript.TestScript, args []string) {
	if got := s.server.ChangeSets(args[0]); len(got) != number(ts, args[1]) {
		ts.Fatalf("%s has the change sets %q, want %s", args[0], got, args[1])
	}
}

func protected(s *script, ts *testscript.TestScript, args []string) {
	if got := fmt.Sprint(s.server.Protected(args[0])); got != args[1] {
		ts.Fatalf("protection of %s is %s, want %s", args[0], got, args[1])
	}
}

// asked checks parameters of the last call of an action; none means an empty value.
func asked(s *script, ts *testscript.TestScript, args []string) {
	for _, call := range slices.Backward(s.server.Calls()) {
		if call.Action != args[0] {
			continue
		}
		for _, arg := range args[1:] {
			if name, want, _ := strings.Cut(arg, "="); call.Params[name] != want {
				ts.Fatalf("%s is %q, want %q", name, call.Params[name], want)
			}
		}
		return
	}
	ts.Fatalf("%s was not called", args[0])
}

// holds checks parameter values of a stack.
func holds(s *script, ts *testscript.TestScript, args []string) {
	values := s.server.Parameters(args[0])
	for _, arg := range args[1:] {
		if name, want, _ := strings.Cut(arg, "="); values[name] != want {
			ts.Fatalf("%s is %q, want %q", name, values[name], want)
		}
	}
}

// retainedAre checks which resources deletions have retained.
func retainedAre(s *script, ts *testscript.TestScript, args []string) {
	equalIDs(ts, "left behind", s.server.Retained(), args)
}

// snapshotsAre checks what was deleted after a snapshot.
func snapshotsAre(s *script, ts *testscript.TestScript, args []string) {
	equalIDs(ts, "snapshots", s.server.Snapshots(), args)
}

// livesThere checks which resources a stack has.
func livesThere(s *script, ts *testscript.TestScript, args []string) {
	equalIDs(ts, args[0], s.server.Live(args[0]), args[1:])
}

func equalIDs(ts *testscript.TestScript, what string, resources []cfntest.Resource, want []string) {
	var got []string
	for _, r := range resources {
		got = append(got, r.LogicalID)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		ts.Fatalf("%s: %q, want %q", what, got, want)
	}
}

// mode checks the permissions of files.
func mode(_ *script, ts *testscript.TestScript, args []string) {
	for _, file := range args[1:] {
		info, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
			ts.Fatalf("%s has mode %s, want %s", file, got, args[0])
		}
	}
}

// sent checks every parameter of the last change set: those with a value were sent with it, those
// with a minus were not sent, and all others were kept, or not sent (unsent).
func sent(s *script, ts *testscript.TestScript, args []string) {
	name := components[0].Name
	if of, given := strings.CutPrefix(args[0], "-of="); given {
		name, args = of, args[1:]
	}
	want := map[string]string{}
	for p := range componentNamed(ts, name).Parameters() {
		want[p.Name] = args[0]
	}
	for _, arg := range args[1:] {
		if name, value, given := strings.Cut(arg, "="); given {
			want[name] = "=" + value
		} else {
			want[strings.TrimPrefix(arg, "-")] = "unsent"
		}
	}
	got := s.lastRequest(ts)
	for name, what := range want {
		zone := strings.HasPrefix(name, "AvailabilityZone") && what == args[0] // zones.txt tests them
		if have := cmp.Or(got[name], "unsent"); have != what && !zone {
			ts.Fatalf("%s: %s, want %s", name, have, what)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		ts.Fatalf("sent too: %q", got)
	}
}

// lastRequest returns the parameters of the last change set: "=value" or "kept".
func (s *script) lastRequest(ts *testscript.TestScript) map[string]string {
	for _, call := range slices.Backward(s.server.Mutations()) {
		if call.Action != "CreateChangeSet" {
			continue
		}
		out := map[string]string{}
		for n := 1; ; n++ {
			member := fmt.Sprintf("Parameters.member.%d.", n)
			name, given := call.Params[member+"ParameterKey"]
			if !given {
				return out
			}
			out[name] = "=" + call.Params[member+"ParameterValue"]
			if call.Params[member+"UsePreviousValue"] == "true" {
				out[name] = "kept"
			}
		}
	}
	ts.Fatalf("no change set was asked for")
	return nil
}

// printed compares the output of the last program with the server's events of the newest operation
// on each stack: each event once, in order, and no other.
func printed(s *script, ts *testscript.TestScript, args []string) {
	flags := flag.NewFlagSet("printed", flag.ContinueOnError)
	least := flags.Int("least", 1, "")
	args = parse(ts, flags, args)
	var got, want []string
	switch format := args[0]; format {
	case "text":
		got = textEvents(ts.ReadFile("stderr"))
	case "json":
		got = jsonEvents(ts, ts.ReadFile("stdout"))
	}
	for _, stack := range args[1:] {
		history := s.server.Events(stack)
		for _, e := range history {
			if e.Token == history[len(history)-1].Token {
				want = append(want, lineOf(e, args[0]))
			}
		}
	}
	if len(want) < *least {
		ts.Fatalf("there are %d events only, want %d", len(want), *least)
	}
	for i := range max(len(got), len(want)) {
		if at(got, i) != at(want, i) {
			ts.Fatalf("event %d of %d (%d printed)\nprinted %q\nwant    %q", i+1, len(want), len(got), at(got, i), at(want, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}

// lineOf returns the text by which an event is found in the output: in text, the beginning of its
// line; in JSON, also its ID.
func lineOf(e cfntest.Event, format string) string {
	if format == "json" {
		return strings.Join([]string{e.ID, e.Status, e.LogicalID, e.Type, e.Reason}, " ")
	}
	return strings.Join([]string{e.At.UTC().Format(time.RFC3339), e.Status, e.LogicalID, e.Type}, " ")
}

var eventLine = regexp.MustCompile(`(?m)^(\d{4}-\S+Z)  ([A-Z_]+) +(\S+)  (\S+)`)

func textEvents(stderr string) (out []string) {
	for _, m := range eventLine.FindAllStringSubmatch(stderr, -1) {
		out = append(out, strings.Join(m[1:], " "))
	}
	return out
}

func jsonEvents(ts *testscript.TestScript, stdout string) (out []string) {
	for _, r := range decoded(ts, stdout) {
		if r.Type == "event" {
			out = append(out, strings.Join([]string{r.EventID, r.Status, r.ID, r.Kind, r.Reason}, " "))
		}
	}
	return out
}

// line is the part of a record that consumers rely on.
type line struct {
	Version int    `json:"v"`
	Type    string `json:"type"`
	EventID string `json:"eventId"`
	ID      string `json:"id"`
	Kind    string `json:"rtype"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Exit    *int   `json:"exit"`
}

// decoded reads stdout, every line of which must be a record of the published schema.
func decoded(ts *testscript.TestScript, stdout string) (out []line) {
	ts.Check(checkSchema(stdout))
	for text := range strings.Lines(stdout) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil || !strings.HasSuffix(text, "}\n") || l.Version != 1 || l.Type == "" {
			ts.Fatalf("%q is not a record of version 1: %v", text, err)
		}
		out = append(out, l)
	}
	return out
}

// checkRecords checks that stdout contains only records and that the last one, and no other, is a
// result with the exit code.
func checkRecords(_ *script, ts *testscript.TestScript, args []string) {
	all := decoded(ts, ts.ReadFile("stdout"))
	for i, l := range all {
		last := i == len(all)-1
		if (l.Type == "result") != last || (l.Exit != nil) != last || last && *l.Exit != number(ts, args[0]) {
			ts.Fatalf("record %d of %d: %+v", i+1, len(all), l)
		}
	}
	if len(all) == 0 {
		ts.Fatalf("stdout is empty")
	}
}
