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
func (p *problems) unknownFlags(root *cobra.Command, args []string) {
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
			wantsValue = p.longFlag(flags, arg)
		case strings.HasPrefix(arg, "-") && arg != "-":
			wantsValue = p.shortFlags(flags, arg)
		}
		if wantsValue {
			i++
		}
	}
}

// longFlag notes an unknown flag, and reports whether the next argument is the
// value of a known one.
func (p *problems) longFlag(flags *pflag.FlagSet, arg string) bool {
	name, _, hasValue := strings.Cut(arg, "=")
	if name == "--" || strings.HasPrefix(name, "---") {
		return false // the flag package says so
	}
	flag := flags.Lookup(name[2:])
	if flag == nil {
		var known []string
		flags.VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		p.add(suggest.Unknown("flag", name, known))
		return false
	}
	return !hasValue && flag.NoOptDefVal == ""
}

// shortFlags is longFlag for one-letter flags, of which several may stand
// together.
func (p *problems) shortFlags(flags *pflag.FlagSet, arg string) bool {
	for i, letter := range arg[1:] {
		var flag *pflag.Flag
		if letter < 0x80 {
			flag = flags.ShorthandLookup(string(letter))
		}
		if flag == nil {
			p.add(suggest.Unknown("flag", "-"+string(letter), nil))
			return false
		}
		if flag.NoOptDefVal == "" { // the rest is its value
			return i+2 == len(arg)
		}
	}
	return false
}

// collectFlagErrors lets the parser of flags go on where it would stop at the first
// problem: unknown flags are told by unknownFlags, and values by lenientValue.
func (p *problems) collectFlagErrors(cmd *cobra.Command) {
	cmd.FParseErrWhitelist.UnknownFlags = true
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			if _, fails := valueHints[f.Value.Type()]; !fails {
				return
			}
			f.Value = lenientValue{f.Value, p, f.Name}
			if f.DefValue == "0s" || f.DefValue == "[]" {
				f.DefValue = "" // which help does not show
			}
		})
	}
	for _, sub := range cmd.Commands() {
		p.collectFlagErrors(sub)
	}
}

// valueHints are what the types of flags ask for whose values can be wrong.
var valueHints = map[string]string{
	"bool":        "true or false",
	"duration":    "a time like 30m or 1h30m",
	"stringSlice": "a list like a,b; put an item with a comma or a quote in double quotes",
}

// lenientValue takes any text for a flag, and notes one that it cannot use.
type lenientValue struct {
	pflag.Value
	*problems
	name string
}

// Set is that of the flag, but notes what is wrong instead of failing.
func (f lenientValue) Set(text string) error {
	if f.Value.Set(text) != nil {
		f.add(badValue(f.name, text, f.Type()))
	}
	return nil
}

func badValue(flag, text, kind string) error {
	return fmt.Errorf("--%s: %q is not %s", flag, text, valueHints[kind])
}

// flagProblem is an error of the flag package in our words.
func flagProblem(err error) error {
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("--%s: the value is missing", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		return badValue(invalid.GetFlag().Name, invalid.GetValue(), invalid.GetFlag().Value.Type())
	}
	return err
}
