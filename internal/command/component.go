package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/awsconfig"
)

// hint returns what to try about a failure, or nothing when nothing is known.
// also is further text about it, from the service itself.
func (e *env) hint(failure deploy.Event, also string) string {
	reason := failure.Reason + " " + also
	if strings.HasPrefix(failure.Type, "AWS::EC2::") { // advice names its ID
		reason += " " + failure.PhysicalID
	}
	try := e.component.Advise(failure.Type, failure.LogicalID, reason)
	if e.component != e.components[0] {
		try = strings.ReplaceAll(try, "metaflow-cfn policy", "metaflow-cfn "+e.component.Name+" policy")
	}
	return try
}

// componentOf returns the component that a stack is one of, by its description, or
// nil.
func (e *env) componentOf(s deploy.Stack) *generator.Component {
	for _, c := range e.components {
		if c.Describes(s.Description) {
			return c
		}
	}
	return nil
}

// recognise makes the component of a stack the one whose words messages use.
func (e *env) recognise(s deploy.Stack) {
	if c := e.componentOf(s); c != nil {
		e.component = c
	}
}

// checkComponent refuses to make a stack of one component out of another's.
func (e *env) checkComponent(s deploy.Stack) error {
	is := e.componentOf(s)
	if !s.Exists() || is == nil || is == e.component {
		return nil
	}
	wanted := e.component.Name
	e.component = is
	return &exitError{exitUsage,
		fmt.Errorf("stack %s is a stack of the %s template, not of %s; nothing was changed",
			s.Name, is.Name, wanted),
		"Update it: " + e.commandLine("deploy", s.Name)}
}

// commandLine returns the command line of a verb on a stack, or nothing where the
// verb has nothing to do for the component.
func (e *env) commandLine(verb, stack string) string {
	switch {
	case verb == "configure" && !configures(e.component):
		return ""
	case verb == "verify" && !hasQueue(e.component):
		return ""
	case (verb == "deploy" || verb == "plan") && e.component != e.components[0]:
		verb = e.component.Name + " " + verb
	}
	return "metaflow-cfn " + verb + " " + stack + e.place()
}

// place returns the flags of this command line that choose the account and the region:
// the next command needs them too.
func (e *env) place() string {
	flags := ""
	if e.profile != "" {
		flags += " --profile " + awsconfig.Word(e.profile)
	}
	if e.region != "" {
		flags += " --region " + e.region
	}
	return flags
}

// configures reports whether stacks of the component feed keys of Metaflow's
// configuration.
func configures(c *generator.Component) bool {
	return slices.ContainsFunc(c.Outputs, func(o generator.Output) bool { return o.Key != "" })
}

// flagsOf returns the command that shows the flags of a verb of the component.
func (e *env) flagsOf(verb string) string {
	if e.component != e.components[0] {
		verb = e.component.Name + " " + verb
	}
	return "Flags: metaflow-cfn " + verb + " --help"
}

// parametersOf returns the command that shows the parameters of a verb of the component.
func (e *env) parametersOf(verb string) string {
	return strings.Replace(e.flagsOf(verb), "Flags: ", "Parameters: ", 1) + "-parameters"
}
