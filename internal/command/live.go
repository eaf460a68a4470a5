package command

import (
	"fmt"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// slow is how long a resource may take without being mentioned when it is done.
const slow = 30 * time.Second

// live is the screen on a terminal: a block at the bottom that is drawn anew each
// second. Above it stays what failed, what was slow, and what the stack itself says.
type live struct {
	lines

	drawn []int // columns of each line of the block that is on the terminal
}

func (l *live) start(op *deploy.Operation, names []string) {
	l.lines.start(op, names)
	l.draw()
}

func (l *live) event(e deploy.Event) {
	if e.Verbose {
		return
	}
	l.erase()
	took, _ := l.lines.note(e)
	if e.Note != "" || e.Root || e.Failed() || !e.Ours || took > slow {
		l.lines.line(e, took)
	}
	l.draw()
}

func (l *live) tick() { l.draw() }

func (l *live) end(op *deploy.Operation, o deploy.Outcome, code int) {
	l.erase()
	l.lines.end(op, o, code)
}

// draw writes the block over the last one, in one write.
func (l *live) draw() {
	width, height := l.terminal()
	text := l.over()
	l.drawn = l.drawn[:0]
	for _, line := range l.block(width, height) {
		text += line + "\n"
		l.drawn = append(l.drawn, columns(line))
	}
	fmt.Fprint(l.err, text)
}

func (l *live) erase() {
	fmt.Fprint(l.err, l.over())
	l.drawn = nil
}

// over moves to the beginning of the block that is on the terminal and clears from
// there. A terminal that has become narrower has wrapped the lines of the block.
func (l *live) over() string {
	width, _ := l.terminal()
	rows := 0
	for _, columns := range l.drawn {
		rows += max(1, (columns+width-1)/max(width, 1))
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", rows)
}
