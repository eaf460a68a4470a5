package display

import (
	"strings"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// Plain shows one stable line for each event, in UTC.
type Plain struct {
	Config
	progress

	printed time.Time // when the last line was written
}

// NewPlain returns a display of lines.
func NewPlain(c Config) *Plain { return &Plain{Config: c} }

// Start prints which operation begins.
func (l *Plain) Start(op *deploy.Operation, names []string) {
	l.progress, l.printed = newProgress(op, names), time.Now()
	l.Printf("%s %s: %s", l.stack, l.kind, op.StackID)
}

// Event prints an event as a line.
func (l *Plain) Event(e deploy.Event) {
	if e.Verbose && !l.Verbose {
		return
	}
	l.line(e, l.note(e))
}

// note adds an event that is about a resource, and returns how long that took.
func (l *Plain) note(e deploy.Event) (took time.Duration) {
	if e.Note == "" {
		took, _ = l.add(e)
	}
	return took
}

// line prints an event: when, what, how long it took, and why.
func (l *Plain) line(e deploy.Event, took time.Duration) {
	l.printed = time.Now()
	if e.Note != "" {
		l.Styledf(terminal.Notice, "%s", e.Note)
		return
	}
	spent, foreign, style := "", "", terminal.Plain
	if took > 0 || hasEnded(e.Status) {
		spent = seconds(took)
	}
	if !e.Ours {
		foreign = "(another operation)"
	}
	if e.Failed() {
		style = terminal.Failure
	}
	l.Styledf(style, "%s  %-20s %s", e.Time.UTC().Format(time.RFC3339), e.Status,
		words(Resource(e), e.Type, spent, foreign, e.Hook, e.Reason))
}

// Tick prints what is in progress, after a while without a line.
func (l *Plain) Tick() {
	if time.Since(l.printed) < heartbeat {
		return
	}
	l.printed = time.Now()
	l.Printf("%s: waiting, %s", l.stack, l.summary())
}

// words joins the words that are not empty, two spaces apart.
func words(list ...string) string { return strings.Join(NonEmpty(list...), "  ") }
