package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/internal/command/othertools"
	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// unknownCommand returns the error of a command that parent does not hold. It names what the
// word of another tool is here, or a similar name.
func unknownCommand(name string, parent *cobra.Command) error {
	known := commandNames(parent)
	word, found := othertools.Command(name)
	if !found {
		return suggest.Unknown("command", name, known)
	}
	for _, here := range word.Here {
		verb := strings.Fields(here)[0]
		switch {
		case slices.Contains(known, verb):
			return meant("command", name, here)
		case slices.Contains(commandNames(parent.Root()), verb):
			return meant("command", name, parent.Root().Name()+" "+here)
		}
	}
	return because("command", name, word.Why)
}

// unknownFlag returns the error of a flag that the command does not have: what the flag of
// another tool is here, the same flag of another command, or a similar name.
func unknownFlag(cmd *cobra.Command, name string) error {
	bare := strings.TrimLeft(name, "-")
	if word, found := othertools.Flag(bare); found {
		return ofOtherTool(cmd, name, word)
	}
	if positive, is := strings.CutPrefix(bare, "no-"); is {
		if f := cmd.Flags().Lookup(positive); f != nil && f.NoOptDefVal == "true" {
			return meant("flag", name, "--"+f.Name+"=false")
		}
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, "--"+f.Name)
		}
	})
	here := suggest.Containing(bare, known)
	if with := commandsWith(cmd.Root(), bare); len(with) > 0 && len(here) == 0 {
		return because("flag", name, "it is a flag of "+strings.Join(with, ", "))
	}
	if len(bare) < 2 || suggest.Nearest(name, known) != "" {
		return suggest.Unknown("flag", name, known)
	}
	if len(here) > 0 && len(here) <= mostMeant {
		return meant("flag", name, here...)
	}
	return suggest.Unknown("flag", name, nil)
}

// mostMeant is the most names that one suggestion lists.
const mostMeant = 4

// ofOtherTool returns the error of a flag of another tool.
func ofOtherTool(cmd *cobra.Command, name string, word othertools.Word) error {
	var here, elsewhere []string
	for _, flag := range word.Here {
		official, _, _ := strings.Cut(flag, " ")
		if cmd.Flags().Lookup(official) != nil {
			here = append(here, "--"+flag)
		} else if with := commandsWith(cmd.Root(), official); len(with) > 0 {
			elsewhere = append(elsewhere, "--"+flag+" is a flag of "+strings.Join(with, ", "))
		}
	}
	switch {
	case len(here) > 0:
		return meant("flag", name, here...)
	case word.Why == "" && len(elsewhere) > 0:
		return because("flag", name, elsewhere[0])
	}
	return because("flag", name, word.Why)
}

func meant(kind, name string, here ...string) error {
	return because(kind, name, "did you mean "+strings.Join(here, " or ")+"?")
}

func because(kind, name, why string) error {
	if why == "" {
		return fmt.Errorf("%s %q is unknown", kind, name)
	}
	return fmt.Errorf("%s %q is unknown: %s", kind, name, why)
}

// commandsWith returns the commands at the top that have a flag of that name.
func commandsWith(root *cobra.Command, flag string) (names []string) {
	for _, cmd := range root.Commands() {
		if f := cmd.Flags().Lookup(flag); f != nil && !f.Hidden {
			names = append(names, cmd.Name())
		}
	}
	return names
}
