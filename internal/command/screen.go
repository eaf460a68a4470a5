package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// screen is where an operation is shown.
type screen interface {
	start(op *deploy.Operation, names []string) // of the planned resources, none when not known
	event(e deploy.Event)
	tick() // about every second
	end(op *deploy.Operation, o deploy.Outcome, code int)
}

// heartbeat is how long a log may be silent before it says what it waits for.
const heartbeat = time.Minute

// lines is the screen for people without a terminal: one stable line for each
// thing, in UTC.
type lines struct {
	*env
	progress

	spoke time.Time // when the last line was written
}

func (l *lines) start(op *deploy.Operation, names []string) {
	l.progress, l.spoke = newProgress(op, names), time.Now()
	l.say("%s %s: %s", l.stack, l.kind, op.StackID)
}

func (l *lines) event(e deploy.Event) {
	if e.Verbose && !l.verbose {
		return
	}
	took, _ := l.note(e)
	l.line(e, took)
}

// note takes note of an event that is about a resource.
func (l *lines) note(e deploy.Event) (took time.Duration, ended bool) {
	if e.Note != "" {
		return 0, false
	}
	return l.add(e)
}

// line is an event as a line: when, what, how long it took, and why.
func (l *lines) line(e deploy.Event, took time.Duration) {
	l.spoke = time.Now()
	if e.Note != "" {
		l.say("%s", e.Note)
		return
	}
	spent, foreign := "", ""
	if took > 0 || ended(e.Status) {
		spent = seconds(took)
	}
	if !e.Ours {
		foreign = "(another operation)"
	}
	l.say("%s  %-20s %s", e.Time.UTC().Format(time.RFC3339), e.Status,
		strings.Join(present(resourceOf(e), e.Type, spent, foreign, e.Hook, e.Reason), "  "))
}

func ended(status string) bool { return !strings.HasSuffix(status, "_IN_PROGRESS") }

// tick is a sign of life: what is in progress, after a while without a line.
func (l *lines) tick() {
	if time.Since(l.spoke) < heartbeat {
		return
	}
	l.spoke = time.Now()
	l.say("%s: waiting, %s", l.stack, l.summary())
}

// summary is how far the operation has come, in a line.
func (p *progress) summary() string {
	parts := []string{fmt.Sprintf("%d done", len(p.took))}
	if p.planned > 0 {
		parts[0] = fmt.Sprintf("%d of %d done", len(p.took), p.planned)
	}
	if p.undoing {
		parts[0] = "rolling back"
	}
	var busy []string
	for _, e := range p.inProgress() {
		busy = append(busy, resourceOf(e)+" "+seconds(p.now().Sub(e.Time)))
	}
	if len(busy) > 0 {
		parts = append(parts, "in progress: "+strings.Join(busy, ", "))
	}
	if len(p.waiting) > 0 && !p.undoing {
		parts = append(parts, fmt.Sprintf("not started: %d", len(p.waiting)))
	}
	return strings.Join(parts, "; ")
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
