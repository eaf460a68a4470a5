package deploy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/sourcemutants"
)

// seeded is a bug that other tools have had, and the test that must find it here.
type seeded struct {
	bug   string
	test  string
	edits edits
}

type edits = []sourcemutants.Edit

// edit replaces a text of a file below this directory.
func edit(file, old, text string) sourcemutants.Edit {
	return sourcemutants.Edit{File: file, Old: old, New: text}
}

// The files that contain the bugs, below this directory.
const (
	logFile    = "internal/events/log.go"
	ownersFile = "internal/events/attribution.go"
	statesFile = "internal/states/states.go"
	callFile   = "internal/transport/call.go"
)

// bugs are inserted into the package one at a time.
var bugs = []seeded{
	{"a batch is dropped when a page fails", "TestFailingPageLosesNothing", edits{
		edit(logFile, "batch[e.ID] = true\n", "batch[e.ID], log.delivered[e.ID] = true, true\n")}},
	{"the cursor is a time", "TestEventsAreNeitherSortedNorOld", edits{
		edit(logFile, "\tlog.delivered[e.ID] = true\n",
			"\tlog.delivered[e.ID], log.Since = true, e.Time.Add(1)\n")}},
	{"a page is told in the order in which it comes", "TestEventsAreYieldedOnceAndInOrder", edits{
		edit(logFile, "slices.Reverse(news.Events)", "slices.Reverse(news.Events[:0])")}},
	{"the status is not asked at the end", "TestOutcomeComesFromTheStatus", edits{
		edit("wait.go", "\tif w.statusDue() ||", "\tif w.attribution.Ended {\n"+
			"\t\tw.finish(w.attribution.Status, w.state.stack)\n\t}\n\tif w.statusDue() ||")}},
	{"each repetition has a token of its own", "TestAnExecutionTakesEffectOnce", edits{
		edit(callFile, "out, err := Call(ctx, c, send, in)",
			"if e, is := any(in).(*cloudformation.ExecuteChangeSetInput); is {\n"+
				"token := time.Now().Format(\"150405.000000000\")\n"+
				"e.ClientRequestToken = &token\n}\nout, err := Call(ctx, c, send, in)")}},
	{"a creation that ends in its deletion is a success", "TestSomebodyElsesOperation", edits{
		edit(statesFile, `{"DELETE_COMPLETE", Failed,`, `{"DELETE_COMPLETE", Succeeded,`)}},
	{"the last poll is fatal", "TestOutcomeWithoutATerminalEvent", edits{
		edit("wait.go", "\tdefault:\n\t\tif w.noteFailure(err) == transport.Denied {",
			"\tdefault:\n\t\tw.giveUp(\"it cannot be read\", err)\n"+
				"\t\tif w.noteFailure(err) == transport.Denied {")}},
	{"the anchor is taken after the execution", "TestEventsSinceTheExecution", edits{
		edit("execute.go", "if err := op.takeAnchor(ctx); err != nil {\n\t\treturn nil, err\n\t}\n", ""),
		edit("execute.go", "\tp.closed = true\n\treturn op, nil\n",
			"\tp.closed = true\n\treturn op, op.takeAnchor(ctx)\n")}},
	{"somebody else's operation is told as ours", "TestWhoseEventsTheyAre", edits{
		edit(ownersFile, "case e.Token != \"\":\n\t\treturn false",
			"case e.Token != \"\":\n\t\treturn true")}},
	{"leaving the wait deletes the stack", "TestLeavingChangesNothing", edits{
		edit("operation.go", "\t\t\t\top.outcome.Err = context.Cause(ctx)\n",
			"\t\t\t\top.outcome.Err = context.Cause(ctx)\n"+
				"\t\t\t\top.client.Delete(context.WithoutCancel(ctx), op.state.stack, nil, false, \"\")\n")}},
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
	return sourcemutants.Run(t.Context(), t, ".", sourcemutants.Edited(t, ".", b.edits...),
		"-run", fmt.Sprintf("^%s$", b.test), ".")
}
