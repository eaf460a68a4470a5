package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

const arn = "arn:aws:cloudformation:us-east-1:123456789012:stack/flows/5f0c3a10"

// screen is a configuration that writes to buffers.
type screen struct {
	out, err bytes.Buffer
	Config
}

func newScreen(width, height int) *screen {
	s := &screen{}
	s.Printer = &terminal.Printer{
		Out: &terminal.Stream{Writer: &s.out},
		Err: &terminal.Stream{Writer: &s.err, Color: true,
			Size: func() (int, int) { return width, height }},
		Secrets: &terminal.Secrets{},
	}
	s.Advice = Advice{
		Hint: func(deploy.Event, string) string { return "another one" },
		Next: func(stack, kind string, _ deploy.Outcome) string {
			return "next: " + kind + " " + stack
		},
		Command: func(verb, stack string) string { return "cfn " + verb + " " + stack },
	}
	return s
}

func event(id, status string, after time.Duration) deploy.Event {
	return deploy.Event{
		LogicalID: id, Type: "AWS::EC2::VPC", Status: status, Ours: true,
		Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(after),
	}
}

// failed returns the outcome of a creation with one failure.
func failed() Ending {
	cause := event("Vpc", "CREATE_FAILED", time.Minute)
	cause.Reason = "no more VPCs (Service: Ec2, Status Code: 400, Request ID: 1b1c)"
	return Ending{
		Operation: &deploy.Operation{Kind: "CREATE", Stack: "flows", StackID: arn},
		Outcome: deploy.Outcome{
			Result: deploy.Failed, Status: "ROLLBACK_COMPLETE", Cause: &cause,
		},
		Code: 3,
	}
}

// TestPlain prints a failure in colour, with the cause, the hint and the next command.
func TestPlain(t *testing.T) {
	s := newScreen(80, 24)
	d := NewPlain(s.Config)
	end := failed()
	d.Start(end.Operation, []string{"Vpc"})
	d.Event(event("Vpc", "CREATE_IN_PROGRESS", 0))
	d.Event(*end.Outcome.Cause)
	d.Event(deploy.Event{Note: "the event log is throttled"})
	d.Event(deploy.Event{Note: "a detail", Verbose: true})
	d.End(end)
	text := s.err.String()
	for _, want := range []string{
		"flows create: " + arn + "\n",
		"2026-01-02T03:04:05Z  CREATE_IN_PROGRESS   Vpc  AWS::EC2::VPC\n",
		"\x1b[1;31m2026-01-02T03:05:05Z  CREATE_FAILED        Vpc  AWS::EC2::VPC  1m0s",
		"\x1b[36mthe event log is throttled\x1b[m\n",
		"\x1b[1;31mFAILED flows ROLLBACK_COMPLETE\x1b[m\n",
		"\n  no more VPCs\n", "\n  request 1b1c\n", "\n  try: another one\n", "\nnext: CREATE flows\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "a detail") {
		t.Errorf("a detail is shown:\n%s", text)
	}
}

// TestDetached checks that the message says what continues, and how to undo a creation.
func TestDetached(t *testing.T) {
	s := newScreen(80, 24)
	d := NewPlain(s.Config)
	op := &deploy.Operation{Kind: "CREATE", Stack: "flows", StackID: arn, Planned: 2}
	d.Start(op, nil)
	d.End(Ending{Operation: op, Code: 7, Err: errors.New("--timeout has passed"),
		Outcome: deploy.Outcome{Result: deploy.Running, Status: "REVIEW_IN_PROGRESS"}})
	want := "Detached: flows is still CREATE_IN_PROGRESS; nothing was cancelled\n  0 of 2 done\n" +
		"  follow: cfn watch flows\n  undo:   cfn delete flows\n--timeout has passed\n"
	if !strings.HasSuffix(s.err.String(), want) {
		t.Errorf("printed:\n%s\nwant at the end:\n%s", s.err.String(), want)
	}
}

// TestStatusAligned keeps columns apart when a resource of a nested stack has a long name, and
// keeps every line within the terminal.
func TestStatusAligned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProgress(&deploy.Operation{Kind: "UPDATE", Stack: "flows", StackID: arn, Planned: 3}, nil)
		long := event("ALogicalIdWithManyLetters", "UPDATE_IN_PROGRESS", 0)
		long.Path = "Network/Subnets"
		p.add(long)
		p.add(event("Vpc", "UPDATE_IN_PROGRESS", time.Second))
		got := strings.Join(p.status(132, 24)[2:4], "\n")
		want := "  ~ Network/Subnets/ALogicalIdWithManyLetters  AWS::EC2::VPC" +
			strings.Repeat(" ", 28) + "update     1s\n" +
			"  ~ Vpc" + strings.Repeat(" ", 40) + "AWS::EC2::VPC" +
			strings.Repeat(" ", 28) + "update     0s"
		if got != want {
			t.Errorf("the lines are\n%s\nwant\n%s", got, want)
		}
	})
}

// TestLiveErases moves the cursor over exactly the lines that were drawn.
func TestLiveErases(t *testing.T) {
	s := newScreen(80, 24)
	d := NewLive(s.Config)
	d.Start(&deploy.Operation{Kind: "CREATE", Stack: "flows", StackID: arn, Planned: 1}, []string{"Vpc"})
	s.err.Reset()
	if d.Tick(); !strings.HasPrefix(s.err.String(), "\r\x1b[4A\x1b[J") {
		t.Errorf("four lines are drawn over by %q", s.err.String())
	}
	s.err.Reset()
	d.Event(event("Vpc", "CREATE_IN_PROGRESS", 0))
	if text := s.err.String(); strings.Contains(text, "CREATE_IN_PROGRESS") {
		t.Errorf("an ordinary event stays above the status area: %q", text)
	}
	d.End(failed())
	if text := s.err.String(); !strings.Contains(text, "FAILED flows") ||
		strings.Contains(text[strings.LastIndex(text, "\x1b[J"):], "detaches") {
		t.Errorf("the status area is left over: %q", text)
	}
}

// TestRecordsResult writes exactly one result, whatever follows.
func TestRecordsResult(t *testing.T) {
	s := newScreen(80, 24)
	d := NewRecords(s.Config)
	end := failed()
	d.Start(end.Operation, nil)
	d.Event(*end.Outcome.Cause)
	d.End(end)
	d.Stopped("refused", 5, errors.New("too late"), "")
	var types []string
	var last record
	for line := range strings.Lines(s.out.String()) {
		last = record{}
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		types = append(types, last.Type)
	}
	if got := strings.Join(types, " "); got != "start event result" {
		t.Errorf("the records are %s", got)
	}
	if last.Cause == nil || last.Cause.Hint != "another one" || last.Cause.Request != "1b1c" ||
		last.Next != "next: CREATE flows" || *last.Exit != 3 {
		t.Errorf("the result is %+v", last)
	}
}
