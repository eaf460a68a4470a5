package display

import (
	"fmt"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// slow is how long a resource may take without being mentioned when it is done.
const slow = 30 * time.Second

// Live shows a status area at the bottom of a terminal, which is drawn again each
// second. Above it stay failures, slow resources and the events of the stack itself.
type Live struct {
	Plain

	drawn []int // columns of each line of the status area on the terminal
}

// NewLive returns a display for a terminal: Err.Size is set.
func NewLive(c Config) *Live { return &Live{Plain: Plain{Config: c}} }

// Start prints which operation begins and draws the status area.
func (l *Live) Start(op *deploy.Operation, names []string) {
	l.Plain.Start(op, names)
	l.draw()
}

// Event adds an event to the status area, or prints it above.
func (l *Live) Event(e deploy.Event) {
	if e.Verbose {
		return
	}
	l.erase()
	took := l.note(e)
	if e.Note != "" || e.Root || e.Failed() || !e.Ours || took > slow {
		l.line(e, took)
	}
	l.draw()
}

// Tick draws the status area again.
func (l *Live) Tick() { l.draw() }

// End removes the status area and prints the outcome.
func (l *Live) End(e Ending) {
	l.erase()
	l.Plain.End(e)
}

// draw writes the status area over the last one, in one write.
func (l *Live) draw() {
	width, height := l.Err.Size()
	text := l.clear()
	l.drawn = l.drawn[:0]
	for _, line := range l.status(width, height) {
		line = terminal.Truncate(l.Text(line), max(width-1, 1))
		text += line + "\n"
		l.drawn = append(l.drawn, terminal.Width(line))
	}
	fmt.Fprint(l.Err, text)
}

func (l *Live) erase() {
	fmt.Fprint(l.Err, l.clear())
	l.drawn = nil
}

// clear returns the escape sequences that move to the beginning of the status area
// and clear from there. A terminal that has become narrower has wrapped its lines.
func (l *Live) clear() string {
	width, _ := l.Err.Size()
	rows := 0
	for _, columns := range l.drawn {
		rows += max(1, (columns+width-1)/max(width, 1))
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", rows)
}
