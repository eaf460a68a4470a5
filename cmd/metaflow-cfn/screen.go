package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// screen is where a deployment is shown.
type screen interface {
	plan(p *deploy.Plan)
	start(op *deploy.Operation)
	event(e deploy.Event)
	quiet()
	end(op *deploy.Operation, o deploy.Outcome, code int)
}

// lines is the screen for people: one stable line for each thing, in UTC.
type lines struct {
	*env

	stack   string
	planned int
	begun   map[string]time.Time // resources in progress, by the server's clock
	done    int
}

func (l *lines) plan(p *deploy.Plan) {
	if p.Empty() {
		l.say("%s: no changes", p.Stack.Name)
		return
	}
	noun := "changes"
	if len(p.Changes) == 1 {
		noun = "change"
	}
	l.say("%s: %s, %d %s", p.Stack.Name, strings.ToLower(p.Operation), len(p.Changes), noun)
	for _, c := range p.Changes {
		l.say("  %s %-24s %s%s", sign(c), c.LogicalID, c.Type, details(c))
	}
}

// sign is what happens to a resource, at a glance.
func sign(c deploy.Change) string {
	switch {
	case c.Action == "Add":
		return " + "
	case c.Action == "Remove":
		return " - "
	case c.Replacement == "True":
		return "-/+"
	case c.Replacement == "Conditional":
		return "~/+"
	}
	return " ~ "
}

// details are the properties behind a change, and whether it replaces.
func details(c deploy.Change) string {
	var parts []string
	for _, p := range c.Properties {
		if p.Path != "" && !slices.Contains(parts, p.Path) {
			parts = append(parts, p.Path)
		}
	}
	text := ""
	if len(parts) > 0 {
		text = "  " + strings.Join(parts, ", ")
	}
	switch c.Replacement {
	case "True":
		text += "  (replaced)"
	case "Conditional":
		text += "  (may be replaced)"
	}
	return text
}

func (l *lines) start(op *deploy.Operation) {
	l.planned, l.begun, l.done = op.Planned, map[string]time.Time{}, 0
	l.stack = stackOf(op.StackID)
	l.say("%s %s: %s", l.stack, strings.ToLower(op.Kind), op.StackID)
}

func (l *lines) event(e deploy.Event) {
	if e.Note != "" {
		l.say("%s", e.Note)
		return
	}
	l.say("%s  %-20s %s  %s%s", e.Time.UTC().Format(time.RFC3339), e.Status, resourceOf(e), e.Type, l.remarks(e))
}

// remarks are how long a resource took, whose event it is, and the reason.
func (l *lines) remarks(e deploy.Event) string {
	text := ""
	key := resourceOf(e)
	if strings.HasSuffix(e.Status, "_IN_PROGRESS") {
		if _, known := l.begun[key]; !known {
			l.begun[key] = e.Time
		}
	} else if begun, known := l.begun[key]; known {
		delete(l.begun, key)
		text = "  " + e.Time.Sub(begun).Round(time.Second).String()
		if !e.Root {
			l.done++
		}
	}
	if !e.Ours {
		text += "  (another operation)"
	}
	if e.Reason != "" {
		text += "  " + e.Reason
	}
	return text
}

// quiet says what is in progress.
func (l *lines) quiet() {
	var busy []string
	for key := range l.begun {
		if key != l.stack {
			busy = append(busy, key)
		}
	}
	slices.Sort(busy)
	total := ""
	if l.planned > 0 {
		total = fmt.Sprintf(" of %d", l.planned)
	}
	l.say("%s: waiting, %d%s done; in progress: %s", l.stack, l.done, total, strings.Join(busy, ", "))
}

func (l *lines) end(op *deploy.Operation, o deploy.Outcome, code int) {
	switch {
	case o.Result == deploy.Succeeded:
		l.say("OK %s %s", l.stack, o.Status)
	case code == exitTimeout || code > exitSignal:
		l.say("Detached: %s is still %s; nothing was cancelled", l.stack, o.Status)
		l.say("  follow: metaflow-cfn watch %s", l.stack)
	case o.Result == deploy.CredentialsLost:
		l.say("The credentials were lost: %s is still %s", l.stack, o.Status)
		l.say("  renew them, then: metaflow-cfn watch %s", l.stack)
	default:
		l.say("FAILED %s %s", l.stack, o.Status)
		l.cause(o)
		l.say("%s", remedy(l.stack, o.Status))
	}
	for _, e := range o.Left {
		l.say("left behind: %s", strings.Join(present(resourceOf(e), e.Type, e.PhysicalID, e.Reason), "  "))
	}
	if o.Err != nil && !errors.As(o.Err, new(signalled)) {
		l.say("%v", o.Err)
	}
	if o.Result == deploy.Succeeded && o.Status != "DELETE_COMPLETE" {
		l.outputs(o.Stack)
	}
}

// remedy is the command that comes next for a stack in a status.
func remedy(stack, status string) string {
	switch status {
	case "DELETE_FAILED":
		return "Again, after mending the cause: metaflow-cfn delete " + stack + "   Or leave behind what cannot be deleted: --retain ID"
	case "UPDATE_ROLLBACK_FAILED":
		return "Repair, after mending the cause: aws cloudformation continue-update-rollback --stack-name " + stack
	case "UPDATE_FAILED":
		return "Roll back: aws cloudformation rollback-stack --stack-name " + stack
	case "CREATE_FAILED", "ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED":
		return "Delete what is left: metaflow-cfn delete " + stack
	}
	if strings.HasSuffix(status, "_IN_PROGRESS") {
		return "Follow: metaflow-cfn watch " + stack
	}
	return "Again, after mending the cause: metaflow-cfn deploy " + stack
}

// outputs goes to the next program.
func (l *lines) outputs(s deploy.Stack) {
	for _, name := range sortedNames(s.Outputs) {
		fmt.Fprintf(l.out, "%s=%s\n", name, visible(s.Outputs[name]))
	}
}

// cause tells the first real failure.
func (e *env) cause(o deploy.Outcome) {
	if o.Cause == nil {
		if o.Stack.Reason != "" {
			e.say("Reason: %s", o.Stack.Reason)
		}
		return
	}
	text, code, request := o.Cause.Message()
	e.say("Root cause: %s  %s  at %s", resourceOf(*o.Cause), o.Cause.Type, o.Cause.Time.UTC().Format(time.RFC3339))
	e.say("  %s", text)
	if code != "" {
		code = "code " + code
	}
	if request != "" {
		request = "request " + request
	}
	if details := present(code, request); len(details) > 0 {
		e.say("  %s", strings.Join(details, ", "))
	}
	for _, also := range o.Also {
		e.say("Also failed: %s  %s", resourceOf(also), also.Reason)
	}
	if o.Cancelled > 0 {
		e.say("cancelled because of it: %d", o.Cancelled)
	}
}

// present are the words that are not empty.
func present(words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// resourceOf names the resource of an event, through nested stacks.
func resourceOf(e deploy.Event) string {
	if e.Path != "" {
		return e.Path + "/" + e.LogicalID
	}
	return e.LogicalID
}

// stackOf is the name in a stack's ARN.
func stackOf(arn string) string {
	if parts := strings.Split(arn, "/"); len(parts) > 1 {
		return parts[1]
	}
	return arn
}
