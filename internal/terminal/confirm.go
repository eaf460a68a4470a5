package terminal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// Interactive reports whether a person can answer a question.
func Interactive(in *os.File) bool { return term.IsTerminal(int(in.Fd())) }

// Confirm asks a question and reports whether the answer is y or yes. The end of
// ctx ends the question.
func (p *Printer) Confirm(ctx context.Context, in *os.File, question string) bool {
	fmt.Fprintf(p.Err, "%s [y/N] ", p.Text(question))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n') // no line means no
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case a := <-answer:
		return a == "y" || a == "yes"
	case <-ctx.Done():
		fmt.Fprintln(p.Err)
		return false
	}
}
