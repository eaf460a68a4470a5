package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// mayAsk notes that a question could not be asked.
func (e *env) mayAsk(yes bool) {
	if !yes && !e.person() {
		e.problem(errors.New("there is no terminal to ask on: give --yes"))
	}
}

// confirm asks a question that only y or yes answers with yes. A signal ends
// the question.
func (e *env) confirm(ctx context.Context, question string) bool {
	fmt.Fprintf(e.err, "%s [y/N] ", visible(e.secrets.hide(question)))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(e.in).ReadString('\n') // no line is no answer
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case a := <-answer:
		return a == "y" || a == "yes"
	case <-ctx.Done():
		fmt.Fprintln(e.err)
		return false
	}
}

// declined is the error of a question that was not answered with yes.
func declined(ctx context.Context, what string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &exit{exitDeclined, errors.New(what), ""}
}
