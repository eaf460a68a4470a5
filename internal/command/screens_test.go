package command

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sebdah/goldie/v2"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// TestScreens writes docs/screens.md from real runs. GOLDIE_UPDATE=1 accepts what has
// changed.
func TestScreens(t *testing.T) {
	isolateEnv(t)
	var page strings.Builder
	page.WriteString(screensHead)
	for _, shown := range []struct {
		title, words string
		show         func(*testing.T, *strings.Builder)
	}{
		{"A creation", "On a terminal the last lines are drawn anew each second. What took more than half a minute stays above them.", showCreation},
		{"A failure", "The first real cause comes first, with what to try. Exit 3: the stack is rolled back.", showFailure},
		{"A plan with a replacement", "What is removed and replaced comes first, with the parameter behind it.", showPlan},
		{"Ctrl-C", "The operation goes on. Exit 130.", showDetached},
		{"A log", "Without a terminal, in CI: one line an event, nothing drawn over, a sign of life in each silent minute.", showLog},
		{"Records", "`--output json`: each line is an object, the last one is the result. Long lines are cut here.", showRecords},
	} {
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n", shown.title, shown.words)
		synctest.Test(t, func(t *testing.T) { shown.show(t, &page) })
	}
	g := goldie.New(t, goldie.WithFixtureDir("../../docs"), goldie.WithNameSuffix(".md"))
	g.Assert(t, "screens", []byte(steady(page.String())))
}

const screensHead = `# What it looks like

Made by a test from runs against a server that behaves like CloudFormation; times and IDs are those of that server.
`

// steady replaces what is different in each run.
func steady(text string) string {
	for _, r := range []struct{ random, instead string }{
		{`metaflow-cfn-([a-z]+-)?[0-9a-f]{12,}`, "metaflow-cfn-${1}3f9a0c5e"},
		{`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, "5f0c3a10-6e2b-11f0-9a51-0a1b2c3d4e5f"},
		{`-[0-9A-F]{12}\b`, "-1A2B3C4D5E6F"},
		{`-bucket-[0-9a-f]{12}\b`, "-bucket-1a2b3c4d5e6f"},
		{`\b(vpc|nat|sg|eipalloc)-[0-9a-f]{17}\b`, "$1-0123456789abcdef0"},
	} {
		text = regexp.MustCompile(r.random).ReplaceAllString(text, r.instead)
	}
	return text
}

// block is a command line and what it printed.
func block(page *strings.Builder, args []string, printed string) {
	fmt.Fprintf(page, "```\n$ metaflow-cfn %s\n%s```\n", strings.Join(args, " "), printed)
}

func newProgram(t *testing.T) *program {
	return &program{t: t, server: cfntest.New(cfntest.Options{}), terminal: &emulator{width: 132, height: 40}}
}

func showCreation(t *testing.T, page *strings.Builder) {
	s := newProgram(t)
	middle := ""
	s.terminal.frame = func(rows []string) {
		if text := strings.Join(rows, "\n"); middle == "" && strings.Contains(text, "] 21/28") && strings.Contains(text, "detaches") {
			middle = s.terminal.text()
		}
	}
	args := []string{"deploy", "metaflow", "--yes"}
	if code := s.run(t.Context(), args...); code != exitOK {
		t.Errorf("exit %d", code)
	}
	_, middle, _ = strings.Cut(middle, "metaflow create: arn")
	block(page, args, "...\nmetaflow create: arn"+middle)
	_, ending, _ := strings.Cut(s.terminal.text(), "metaflow create: arn")
	fmt.Fprintf(page, "\nand at the end, with the outputs on stdout:\n\n```\n...\nmetaflow create: arn%s%s```\n", ending, s.out.String())
}

func showFailure(t *testing.T, page *strings.Builder) {
	s := newProgram(t)
	s.server.FailCreate("Eip", `Resource handler returned message: "The maximum number of addresses has been reached. `+
		`(Service: Ec2, Status Code: 400, Request ID: 1b1c7e0e-4f0a-4c1e-9d0b-6a1f2e3d4c5b)" (RequestToken: 7d0c, HandlerErrorCode: ServiceLimitExceeded)`)
	args := []string{"deploy", "metaflow", "--yes"}
	if code := s.run(t.Context(), args...); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	_, ending, _ := strings.Cut(s.terminal.text(), "metaflow create: arn")
	block(page, args, "...\nmetaflow create: arn"+ending)
}

func showPlan(t *testing.T, page *strings.Builder) {
	s := newProgram(t)
	s.terminal = nil
	s.seed("metaflow", map[string]string{"MaxvCpus": "64"})
	args := []string{"plan", "metaflow", "--vpc-cidr", "10.1.0.0/16", "--existing-bucket-name", "ours", "--exit-code",
		"--public-subnet1-cidr", "10.1.0.0/24", "--private-subnet1-cidr", "10.1.1.0/24", "--public-subnet2-cidr", "10.1.2.0/24", "--private-subnet2-cidr", "10.1.3.0/24"}
	if code := s.run(t.Context(), args...); code != exitDiffers {
		t.Errorf("exit %d\n%s", code, s.err.String())
	}
	block(page, args, s.out.String())
	page.WriteString("\nA deployment without permission ends with exit 5 and changes nothing:\n\n")
	args = []string{"deploy", "metaflow", "--compute-type", "SPOT", "--tags", "team=ml", "--yes"}
	if code := s.run(t.Context(), args...); code != exitRefused {
		t.Errorf("exit %d\n%s", code, s.err.String())
	}
	block(page, args, s.err.String())
}

func showDetached(t *testing.T, page *strings.Builder) {
	s := newProgram(t)
	s.terminal = nil
	s.seed("metaflow", nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Second, func() { cancel(signalled{2}) })
	args := []string{"deploy", "metaflow", "--volume-size", "200", "--yes"}
	if code := s.run(ctx, args...); code != 130 {
		t.Errorf("exit %d\n%s", code, s.err.String())
	}
	_, ending, _ := strings.Cut(s.err.String(), "Detached")
	block(page, args, "...\n^CDetached"+ending)
	args = []string{"watch", "metaflow"}
	if code := s.run(t.Context(), args...); code != exitOK {
		t.Errorf("exit %d\n%s", code, s.err.String())
	}
	block(page, args, s.err.String()+"...\n")
}

func showLog(t *testing.T, page *strings.Builder) {
	s := newProgram(t)
	s.terminal = nil
	s.seed("metaflow", nil)
	args := []string{"deploy", "metaflow", "--maxv-cpus", "64", "--yes"}
	if code := s.run(t.Context(), args...); code != exitOK {
		t.Errorf("exit %d\n%s", code, s.err.String())
	}
	block(page, args, s.err.String()+s.out.String())
}

func showRecords(t *testing.T, page *strings.Builder) {
	s := newProgram(t)
	s.terminal = nil
	s.seed("metaflow", nil)
	args := []string{"deploy", "metaflow", "--maxv-cpus", "64", "--yes", "--output", "json"}
	if code := s.run(t.Context(), args...); code != exitOK {
		t.Errorf("exit %d\n%s", code, s.err.String())
	}
	var cutLines strings.Builder
	for line := range strings.Lines(steady(s.out.String())) {
		cutLines.WriteString(terminal.Truncate(strings.TrimSuffix(line, "\n"), 160) + "\n")
	}
	block(page, args, cutLines.String())
}

// seed puts a complete stack of the product into the account.
func (s *program) seed(name string, parameters map[string]string) {
	text, err := minified(components[0])
	if err != nil {
		s.t.Fatal(err)
	}
	s.server.Seed(cfntest.Stack{Name: name, Template: string(text), Parameters: parameters})
}
