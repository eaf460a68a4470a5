package deploy

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// seeded is a bug that other tools have had, and the test that must find it here.
type seeded struct {
	bug   string
	test  string
	edits []edit
}

// edit replaces a text, which must occur in the file exactly once.
type edit struct{ file, old, new string }

// The files that contain the bugs, below this directory.
const (
	logFile    = "internal/events/log.go"
	ownersFile = "internal/events/attribution.go"
	statesFile = "internal/states/states.go"
	callFile   = "internal/transport/call.go"
)

// bugs are inserted into the package one at a time.
var bugs = []seeded{
	{"a batch is dropped when a page fails", "TestFailingPageLosesNothing", []edit{
		{logFile, "batch[e.ID] = true\n", "batch[e.ID], log.delivered[e.ID] = true, true\n"}}},
	{"the cursor is a time", "TestEventsAreNeitherSortedNorOld", []edit{
		{logFile, "\tlog.delivered[e.ID] = true\n",
			"\tlog.delivered[e.ID], log.Since = true, e.Time.Add(1)\n"}}},
	{"a page is told in the order in which it comes", "TestEventsAreYieldedOnceAndInOrder", []edit{
		{logFile, "slices.Reverse(news.Events)", "slices.Reverse(news.Events[:0])"}}},
	{"the status is not asked at the end", "TestOutcomeComesFromTheStatus", []edit{
		{"wait.go", "\tif w.statusDue() ||", "\tif w.attribution.Ended {\n" +
			"\t\tw.finish(w.attribution.Status, w.state.stack)\n\t}\n\tif w.statusDue() ||"}}},
	{"each repetition has a token of its own", "TestAnExecutionTakesEffectOnce", []edit{
		{callFile, "out, err := Call(ctx, c, send, in)",
			"if e, is := any(in).(*cloudformation.ExecuteChangeSetInput); is {\n" +
				"token := time.Now().Format(\"150405.000000000\")\n" +
				"e.ClientRequestToken = &token\n}\nout, err := Call(ctx, c, send, in)"}}},
	{"a creation that ends in its deletion is a success", "TestSomebodyElsesOperation", []edit{
		{statesFile, `{"DELETE_COMPLETE", Failed,`, `{"DELETE_COMPLETE", Succeeded,`}}},
	{"the last poll is fatal", "TestOutcomeWithoutATerminalEvent", []edit{
		{"wait.go", "\tdefault:\n\t\tif w.noteFailure(err) == transport.Denied {",
			"\tdefault:\n\t\tw.giveUp(\"it cannot be read\", err)\n" +
				"\t\tif w.noteFailure(err) == transport.Denied {"}}},
	{"the anchor is taken after the execution", "TestEventsSinceTheExecution", []edit{
		{"execute.go", "if err := op.takeAnchor(ctx); err != nil {\n\t\treturn nil, err\n\t}\n", ""},
		{"execute.go", "\tp.closed = true\n\treturn op, nil\n",
			"\tp.closed = true\n\treturn op, op.takeAnchor(ctx)\n"}}},
	{"somebody else's operation is told as ours", "TestWhoseEventsTheyAre", []edit{
		{ownersFile, "case e.Token != \"\":\n\t\treturn false",
			"case e.Token != \"\":\n\t\treturn true"}}},
	{"leaving the wait deletes the stack", "TestLeavingChangesNothing", []edit{
		{"operation.go", "\t\t\t\top.outcome.Err = context.Cause(ctx)\n",
			"\t\t\t\top.outcome.Err = context.Cause(ctx)\n" +
				"\t\t\t\top.client.Delete(context.WithoutCancel(ctx), op.state.stack, nil, false, \"\")\n"}}},
}

// TestSeededBugs compiles the package with each bug and runs the test named with it, which must
// fail.
func TestSeededBugs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compiles the package ten times")
	}
	t.Parallel()
	turns := make(chan bool, 2) // each compiles and links
	for _, b := range bugs {
		t.Run(b.bug, func(t *testing.T) {
			t.Parallel()
			turns <- true
			defer func() { <-turns }()
			if out, err := b.run(t); err == nil {
				t.Errorf("%s does not find it:\n%s", b.test, out)
			} else if !strings.Contains(out, "--- FAIL: "+b.test) &&
				!strings.Contains(out, "/deploy."+b.test+".func") { // or a panic in it
				t.Errorf("%s did not run (%v):\n%s", b.test, err, out)
			}
		})
	}
}

// run runs the bug's test with the bug and returns its output.
func (b seeded) run(t *testing.T) (string, error) {
	dir := t.TempDir()
	sources := map[string]string{}
	for _, e := range b.edits {
		text, read := sources[e.file]
		if !read {
			source, err := os.ReadFile(e.file)
			if err != nil {
				t.Fatal(err)
			}
			text = string(source)
		}
		if n := strings.Count(text, e.old); n != 1 {
			t.Fatalf("%s contains %q %d times; wanted once: change the edit with the source", e.file, e.old, n)
		}
		sources[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for file, text := range sources {
		real, err := filepath.Abs(file)
		if err == nil {
			overlay.Replace[real] = filepath.Join(dir, filepath.Base(file))
			err = os.WriteFile(overlay.Replace[real], []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(overlay)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), list, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "test", "-vet=off", "-count=1", "-ldflags=-s -w",
		"-overlay="+filepath.Join(dir, "overlay.json"), "-run", fmt.Sprintf("^%s$", b.test), ".")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
