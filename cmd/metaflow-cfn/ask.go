package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
)

// confirm asks a question that only y or yes answers with yes. A signal ends
// the question.
func (e *env) confirm(ctx context.Context, question string) bool {
	fmt.Fprintf(e.err, "%s [y/N] ", visible(question))
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
