// Package flagerrors reports every problem of a command line at once, where pflag stops
// at the first: it looks for unknown flags itself, and wraps the values of flags.
package flagerrors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/internal/suggest"
)

// Collector is where problems go.
type Collector struct {
	Add func(error)
	// Unknown returns the error of a flag that the command does not have, with the one that
	// may be meant. The name has its hyphens.
	Unknown func(cmd *cobra.Command, name string) error
	// Enough reports that no more problems are shown, so that none needs to be looked for. It
	// may be nil.
	Enough func() bool
}

// unknown reports a flag that is unknown.
func (c Collector) unknown(cmd *cobra.Command, name string) {
	if c.Enough != nil && c.Enough() {
		c.Add(fmt.Errorf("flag %q is unknown", name))
		return
	}
	c.Add(c.Unknown(cmd, name))
}

// Check reports every flag that the command does not have. It returns the arguments with the
// official names of flags, and with the value of a switch, which may stand after it, joined to it:
// --Switch false is --switch=false.
func (c Collector) Check(root *cobra.Command, args []string) []string {
	cmd, rest, err := root.Find(args)
	if err != nil || strings.HasPrefix(cmd.Name(), "__") {
		return args
	}
	cmd.InitDefaultHelpFlag()
	cmd.Flags().AddFlagSet(cmd.InheritedFlags())
	out := strings.Fields(cmd.CommandPath())[1:]
	for i := 0; i < len(rest); i++ {
		arg := rest[i]
		if arg == "--" {
			return append(out, rest[i:]...)
		}
		wantsValue := false
		switch {
		case strings.HasPrefix(arg, "--"):
			var flag *pflag.Flag
			flag, arg, wantsValue = c.longFlag(cmd, arg)
			if isSwitch(flag) && arg == "--"+flag.Name && i+1 < len(rest) && isOnOff(rest[i+1]) {
				arg, i = arg+"="+rest[i+1], i+1
			}
		case strings.HasPrefix(arg, "-") && arg != "-":
			wantsValue = c.shortFlags(cmd, arg)
		}
		out = append(out, arg)
		if wantsValue && i+1 < len(rest) {
			i++
			out = append(out, rest[i])
		}
	}
	return out
}

// isSwitch reports whether the flag alone means true.
func isSwitch(f *pflag.Flag) bool { return f != nil && f.NoOptDefVal == "true" }

// isOnOff reports whether the text may be the value of a switch, valid or not.
func isOnOff(text string) bool {
	return slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "0", "1"},
		strings.ToLower(text))
}

// longFlag returns the flag of an argument, the argument with the official name of the flag, and
// whether the next argument is its value. It reports a flag that is unknown.
func (c Collector) longFlag(cmd *cobra.Command, arg string) (*pflag.Flag, string, bool) {
	name, value, hasValue := strings.Cut(arg, "=")
	if name == "--" || strings.HasPrefix(name, "---") {
		return nil, arg, false // pflag refuses it
	}
	flag := lookup(cmd.Flags(), name[2:])
	if flag == nil {
		c.unknown(cmd, name)
		return nil, arg, false
	}
	if hasValue {
		return flag, "--" + flag.Name + "=" + value, false
	}
	return flag, "--" + flag.Name, flag.NoOptDefVal == ""
}

// lookup returns the flag of that name, or the one whose name has the same letters and digits.
func lookup(flags *pflag.FlagSet, name string) *pflag.Flag {
	found := flags.Lookup(name)
	if found != nil {
		return found
	}
	folded := suggest.Fold(name)
	flags.VisitAll(func(f *pflag.Flag) {
		if suggest.Fold(f.Name) == folded {
			found = f
		}
	})
	return found
}

// shortFlags reports one-letter flags that are unknown; several may be combined. It returns
// whether the next argument is a value. Terraform's long flags have one hyphen.
func (c Collector) shortFlags(cmd *cobra.Command, arg string) bool {
	for i, letter := range arg[1:] {
		var flag *pflag.Flag
		if letter < 0x80 {
			flag = cmd.Flags().ShorthandLookup(string(letter))
		}
		if flag == nil {
			name := "-" + string(letter)
			if word, _, _ := strings.Cut(arg, "="); len(word) > 3 {
				name = word
			}
			c.unknown(cmd, name)
			return false
		}
		if flag.NoOptDefVal == "" { // the rest is its value
			return i+2 == len(arg)
		}
	}
	return false
}

// Collect makes the parser continue after a problem, for the flags of a command and of
// those below it. Check reports unknown flags, and lenientValue bad values.
func (c Collector) Collect(cmd *cobra.Command) {
	cmd.FParseErrWhitelist.UnknownFlags = true
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			if _, fails := valueHints[f.Value.Type()]; !fails || takesAnyText(f.Value) {
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

// takesAnyText reports whether a value has the method AnyText: it never fails.
func takesAnyText(v pflag.Value) bool {
	_, is := v.(interface{ AnyText() })
	return is
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
