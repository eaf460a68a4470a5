package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// unknownFlags notes every flag that the command does not have, with the one
// that may have been meant. The flag package alone would stop at the first.
func (e *env) unknownFlags(root *cobra.Command, args []string) {
	cmd, rest, err := root.Find(args)
	if err != nil || strings.HasPrefix(cmd.Name(), "__") {
		return
	}
	cmd.InitDefaultHelpFlag()
	flags := cmd.Flags()
	flags.AddFlagSet(cmd.InheritedFlags())
	for i := 0; i < len(rest) && rest[i] != "--"; i++ {
		wantsValue := false
		switch arg := rest[i]; {
		case strings.HasPrefix(arg, "--"):
			wantsValue = e.longFlag(flags, arg)
		case strings.HasPrefix(arg, "-") && arg != "-":
			wantsValue = e.shortFlags(flags, arg)
		}
		if wantsValue {
			i++
		}
	}
}

// longFlag notes an unknown flag, and reports whether the next argument is the
// value of a known one.
func (e *env) longFlag(flags *pflag.FlagSet, arg string) bool {
	name, _, hasValue := strings.Cut(arg, "=")
	if name == "--" || strings.HasPrefix(name, "---") {
		return false // the flag package says so
	}
	flag := flags.Lookup(name[2:])
	if flag == nil {
		var known []string
		flags.VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		e.problem(suggest.Unknown("flag", name, known))
		return false
	}
	return !hasValue && flag.NoOptDefVal == ""
}

// shortFlags is longFlag for one-letter flags, of which several may stand
// together.
func (e *env) shortFlags(flags *pflag.FlagSet, arg string) bool {
	for i, letter := range arg[1:] {
		var flag *pflag.Flag
		if letter < 0x80 {
			flag = flags.ShorthandLookup(string(letter))
		}
		if flag == nil {
			e.problem(suggest.Unknown("flag", "-"+string(letter), nil))
			return false
		}
		if flag.NoOptDefVal == "" { // the rest is its value
			return i+2 == len(arg)
		}
	}
	return false
}

// forgive lets the parser of flags go on where it would stop at the first
// problem: unknown flags are told by unknownFlags, and values by forgiving.
func (e *env) forgive(cmd *cobra.Command) {
	cmd.FParseErrWhitelist.UnknownFlags = true
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			if _, fails := shapes[f.Value.Type()]; !fails {
				return
			}
			f.Value = forgiving{f.Value, e, f.Name}
			if f.DefValue == "0s" || f.DefValue == "[]" {
				f.DefValue = "" // which help does not show
			}
		})
	}
	for _, sub := range cmd.Commands() {
		e.forgive(sub)
	}
}

// shapes are what the types of flags ask for whose values can be wrong.
var shapes = map[string]string{
	"bool":        "true or false",
	"duration":    "a time like 30m or 1h30m",
	"stringSlice": "a list like a,b; put an item with a comma or a quote in double quotes",
}

// forgiving takes any text for a flag, and notes one that it cannot use.
type forgiving struct {
	pflag.Value
	*env
	name string
}

// Set is that of the flag, but notes what is wrong instead of failing.
func (f forgiving) Set(text string) error {
	if f.Value.Set(text) != nil {
		f.problem(misshapen(f.name, text, f.Type()))
	}
	return nil
}

func misshapen(flag, text, kind string) error {
	return fmt.Errorf("--%s: %q is not %s", flag, text, shapes[kind])
}

// flagProblem is an error of the flag package in our words.
func flagProblem(err error) error {
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("--%s: the value is missing", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		return misshapen(invalid.GetFlag().Name, invalid.GetValue(), invalid.GetFlag().Value.Type())
	}
	return err
}

// stackName is the one argument of a command, checked.
func (e *env) stackName(args []string) string {
	switch {
	case len(args) == 0:
		e.problem(errors.New("the stack's name is missing; wanted a name like metaflow"))
		return ""
	case len(args) > 1:
		e.problem(fmt.Errorf("%q is one argument too many: a command takes one stack", args[1]))
	}
	name := args[0]
	if !validStackName(name) {
		e.problem(fmt.Errorf("%q is not a stack name: a letter, then up to 127 letters, digits and hyphens, like metaflow", name))
	}
	return name
}

// validStackName follows the pattern of CloudFormation's CreateStack.
func validStackName(name string) bool {
	if len(name) > 128 {
		return false
	}
	for i, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != ""
}

// noArguments refuses what a command does not take.
func (e *env) noArguments(args []string) {
	for _, a := range args {
		e.problem(fmt.Errorf("%q is one argument too many: the command takes none", a))
	}
}
