package terminal

import (
	"bufio"
	"context"
	"errors"
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

// Ask asks for a line that is not shown while it is typed, and returns it. The end of
// ctx ends the question.
func (p *Printer) Ask(ctx context.Context, in *os.File, question string) (string, error) {
	fd := int(in.Fd())
	shown, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(p.Err, "%s ", p.Text(question))
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	defer fmt.Fprintln(p.Err)
	select {
	case a := <-answers:
		return strings.TrimSpace(string(a.line)), a.err
	case <-ctx.Done():
		return "", errors.Join(context.Cause(ctx), term.Restore(fd, shown))
	}
}
