package command

import (
	"context"
	"slices"
	"strings"
	"time"

	awsaccount "github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
	"github.com/metaflow-cfn/metaflow-cfn/verify"
)

// Check shows a check of verify, to people or as a record.
func (v *verifyCmd) Check(c verify.Check) {
	if v.records != nil {
		v.records.Check(c.Name, c.Status, c.Detail)
		return
	}
	style := terminal.Plain
	switch c.Status {
	case "failed":
		style = terminal.Failure
	case "unknown", "differs", "warning":
		style = terminal.Notice
	}
	v.Styledf(style, "  %-8s %s: %s", c.Status, c.Name, c.Detail)
}

// lookAgain shows what is wrong with the network that the stack reuses.
func (v *verifyCmd) lookAgain(ctx context.Context, s *session) {
	if v.component.Preflight == nil {
		return
	}
	values := generator.Values(s.stack.Parameters)
	query, needed := v.component.Preflight.Query(values)
	if !needed {
		return
	}
	network, unread := awsaccount.New(s.config).Network(ctx, query)
	found := v.component.LookAgain(values, network)
	for _, f := range found {
		status := "failed"
		if f.Warning {
			status = "warning"
		}
		v.Check(verify.Check{Name: "network", Status: status, Detail: f.String()})
	}
	if why := unreadReason(unread); why != "" {
		v.Check(verify.Check{Name: "network", Status: "unknown", Detail: why})
	} else if len(found) == 0 {
		v.Check(verify.Check{Name: "network", Status: "ok", Detail: query.VPC})
	}
}

// Progress shows a step of the job.
func (v *verifyCmd) Progress(p verify.Progress) {
	if v.records != nil {
		v.records.Progress(p.Job, p.Status, p.Detail, p.At)
		return
	}
	v.Printf("%s  %s", p.At.UTC().Format(time.RFC3339), strings.TrimSpace(p.Status+" "+p.Detail))
}

// Cause shows why the job does not run, with the evidence and what to change.
func (v *verifyCmd) Cause(c verify.Cause) {
	try := c.Try
	if flags := v.flagsThatChange(c.Change); flags != "" {
		try += "; parameters: " + flags
	}
	if v.records != nil {
		v.records.Because(c.Kind(), c.Text, c.Evidence, try)
		return
	}
	v.Styledf(terminal.Failure, "Cause: %s", c.Text)
	for line := range strings.SplitSeq(c.Evidence, "\n") {
		v.Printf("  %s", line)
	}
	v.Printf("  try: %s", try)
}

// Left shows what could not be removed, and the command that removes it.
func (v *verifyCmd) Left(l verify.Left) {
	if v.records != nil {
		v.records.Remain("", l.What, l.Command)
		return
	}
	v.Styledf(terminal.Notice, "left: %s", l.What)
	v.Printf("  remove it: %s", l.Command)
}

// flagsThatChange returns the flags of parameters.
func (v *verifyCmd) flagsThatChange(names []string) string {
	var flags []string
	for _, name := range names {
		if p := v.components[0].Lookup(name); p != nil {
			flags = append(flags, "--"+p.Flag())
		}
	}
	return strings.Join(flags, ", ")
}

// sorted returns words in their order, as a list.
func sorted(words []string) string {
	slices.Sort(words)
	return strings.Join(words, ", ")
}
