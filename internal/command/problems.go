package command

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// problems collects what is wrong with a command line, so that all of it is reported
// at once.
type problems struct {
	errs       []error
	parameters int // of them concern values of parameters
}

// mostProblems is how many problems are printed: the rest are counted.
const mostProblems = 20

// add notes an error. Nil is none.
func (p *problems) add(err error) {
	if err != nil {
		p.errs = append(p.errs, err)
	}
}

// addParameter notes an error in the value of a parameter. Nil is none.
func (p *problems) addParameter(err error) {
	if err != nil {
		p.parameters++
		p.add(err)
	}
}

// found reports whether anything is wrong.
func (p *problems) found() bool { return len(p.errs) > 0 }

// err returns everything that is wrong, or nil. next is the command that helps; for values of
// parameters its help on parameters does.
func (p *problems) err(next string) error {
	if !p.found() {
		return nil
	}
	errs := p.errs
	for _, err := range errs {
		if ended := (signalled{}); errors.As(err, &ended) {
			return ended // while something was read
		}
	}
	if more := len(errs) - mostProblems; more > 0 {
		errs = append(slices.Clone(errs[:mostProblems]), fmt.Errorf("and %d more problems", more))
	}
	if command, is := strings.CutPrefix(next, "Flags: "); is && p.parameters > 0 {
		help := "Parameters: " + command + "-parameters"
		if next = help; p.parameters < len(p.errs) {
			next = "Flags: " + command + "   " + help
		}
	}
	return &exitError{exitUsage, errors.Join(errs...), next}
}

// stackName returns the one argument of a command, checked.
func (p *problems) stackName(args []string) string {
	switch {
	case len(args) == 0:
		p.add(errors.New("the stack's name is missing; wanted a name like metaflow"))
		return ""
	case len(args) > 1:
		p.add(fmt.Errorf("unexpected argument %q: the command takes one stack", args[1]))
	}
	name := args[0]
	if !validStackName(name) {
		p.add(fmt.Errorf("%q is not a stack name: a letter, then up to 127 letters, digits and "+
			"hyphens, like metaflow", name))
	}
	return name
}

// validStackName follows the pattern of CloudFormation's CreateStack.
func validStackName(name string) bool {
	return regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{0,127}$`).MatchString(name)
}

// noArguments notes arguments that a command does not take.
func (p *problems) noArguments(args []string) {
	for _, a := range args {
		p.add(fmt.Errorf("unexpected argument %q: the command takes none", a))
	}
}

// checkEnum notes a value that is not one of those that the flag takes.
func (p *problems) checkEnum(flag, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		p.add(fmt.Errorf("--%s: %q is not one of %s", flag, value, strings.Join(allowed, ", ")))
	}
}
