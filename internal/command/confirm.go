package command

import (
	"context"
	"errors"

	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// requireConfirmable notes a problem if a question is needed and nobody can answer.
func (e *env) requireConfirmable(yes bool) {
	if !yes && !terminal.Interactive(e.in) {
		e.problems.add(errors.New("there is no terminal to confirm on: give --yes"))
	}
}

// confirm asks a question and reports whether the answer is yes.
func (e *env) confirm(ctx context.Context, question string) bool {
	return e.Confirm(ctx, e.in, question)
}

// declined returns the error of a question that was not answered with yes.
func declined(ctx context.Context, what string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &exitError{exitDeclined, errors.New(what), ""}
}
