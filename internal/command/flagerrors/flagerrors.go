// Package flagerrors reports every problem of a command line at once, where pflag stops
// at the first: it looks for unknown flags itself, and wraps the values of flags.
package flagerrors

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Collector is where problems go.
type Collector struct {
	Add func(error)
	// Unknown returns the error of an unknown flag, with the one that may be meant.
	Unknown func(kind, name string, known []string) error
}

// UnknownFlags reports every flag that the command does not have.
func (c Collector) UnknownFlags(root *cobra.Command, args []string) {
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
			wantsValue = c.longFlag(flags, arg)
		case strings.HasPrefix(arg, "-") && arg != "-":
			wantsValue = c.shortFlags(flags, arg)
		}
		if wantsValue {
			i++
		}
	}
}

// longFlag reports an unknown flag. It returns whether the next argument is the value
// of a known one.
func (c Collector) longFlag(flags *pflag.FlagSet, arg string) bool {
	name, _, hasValue := strings.Cut(arg, "=")
	if name == "--" || strings.HasPrefix(name, "---") {
		return false // pflag refuses it
	}
	flag := flags.Lookup(name[2:])
	if flag == nil {
		var known []string
		flags.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, "--"+f.Name)
			}
		})
		c.Add(c.Unknown("flag", name, known))
		return false
	}
	return !hasValue && flag.NoOptDefVal == ""
}

// shortFlags does the same for one-letter flags, several of which may be combined.
func (c Collector) shortFlags(flags *pflag.FlagSet, arg string) bool {
	for i, letter := range arg[1:] {
		var flag *pflag.Flag
		if letter < 0x80 {
			flag = flags.ShorthandLookup(string(letter))
		}
		if flag == nil {
			c.Add(c.Unknown("flag", "-"+string(letter), nil))
			return false
		}
		if flag.NoOptDefVal == "" { // the rest is its value
			return i+2 == len(arg)
		}
	}
	return false
}

// Collect makes the parser continue after a problem, for the flags of a command and of
// those below it. UnknownFlags reports unknown flags, and lenientValue bad values.
func (c Collector) Collect(cmd *cobra.Command) {
	cmd.FParseErrWhitelist.UnknownFlags = true
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			if _, fails := valueHints[f.Value.Type()]; !fails {
				return
			}
			f.Value = lenientValue{f.Value, c, f.Name}
			if f.DefValue == "0s" || f.DefValue == "[]" {
				f.DefValue = "" // which help does not show
			}
		})
	}
	for _, sub := range cmd.Commands() {
		c.Collect(sub)
	}
}

// valueHints say what a value must be, by the type of the flag. Other types take any.
var valueHints = map[string]string{
	"bool":        "true or false",
	"duration":    "a time like 30m or 1h30m",
	"stringSlice": "a list like a,b; put an item with a comma or a quote in double quotes",
}

// lenientValue takes any text for a flag, and reports one that is not valid.
type lenientValue struct {
	pflag.Value
	Collector
	flag string
}

// Set sets the flag, and reports an error instead of returning it.
func (f lenientValue) Set(text string) error {
	if f.Value.Set(text) != nil {
		f.Add(badValue(f.flag, text, f.Type()))
	}
	return nil
}

func badValue(flag, text, kind string) error {
	return fmt.Errorf("--%s: %q is not %s", flag, text, valueHints[kind])
}

// Translate returns an error of pflag in the words of this program. A value with the method
// Missing has words of its own for a flag without a value.
func Translate(err error) error {
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		if own, is := missing.GetFlag().Value.(interface{ Missing() error }); is {
			return own.Missing()
		}
		return fmt.Errorf("--%s: the value is missing", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		return badValue(invalid.GetFlag().Name, invalid.GetValue(), invalid.GetFlag().Value.Type())
	}
	return err
}
