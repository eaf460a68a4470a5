package command

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// helpWidth is the width of the help of flags in columns.
const helpWidth = 80

// inputs are the parameter values and tags of a command. Flags win over files, and later
// files over earlier ones.
type inputs struct {
	component *generator.Component

	paths []string // of the parameter files
	flags generator.Values

	retired  []error           // one for each flag of a retired parameter that is given
	pairs    map[string]string // values of flags for two parameters
	wrong    []string          // parameters whose value is wrong
	previous map[string]string // parameters that keep the stack's value, and where it is said
	tags     map[string]string // of the stack; nil keeps them, empty removes them

	ofStack  bool     // the command has --tags and --no-tags
	tagWords []string // of --tags
	noTags   bool

	notes []string // on what the files say, for people
}

// parameterFlags gives a command a flag for each parameter, and --parameters.
func parameterFlags(cmd *cobra.Command, c *generator.Component) *inputs {
	in := &inputs{component: c, flags: generator.Values{}}
	cmd.Flags().StringArrayVar(&in.paths, "parameters", nil,
		"`file` with Parameters and Tags in YAML or JSON, or in the form of another tool; "+
			"- reads stdin. Several are merged, later ones win")
	for _, g := range c.Groups {
		for _, p := range g.Parameters {
			addParameterFlag(cmd.Flags(), p, in.flags)
		}
	}
	in.pairFlags(cmd)
	for name := range c.Retired {
		p := generator.Parameter{Name: name}
		err := fmt.Errorf("--%s: %w", p.Flag(), c.Unknown(name))
		cmd.Flags().Var(retiredFlag{err, &in.retired}, p.Flag(), "")
		cmd.Flags().Lookup(p.Flag()).Hidden = true
	}
	for p := range c.Parameters() {
		values := slices.DeleteFunc(slices.Clone(p.Allowed), func(v string) bool { return v == "" })
		complete := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
		if err := cmd.RegisterFlagCompletionFunc(p.Flag(), complete); err != nil {
			panic(err) // the flag was added above
		}
	}
	help := &parametersHelp{cmd: cmd}
	cmd.Flags().VarPF(help, "help-parameters", "",
		"help for the parameters, each a flag: values and defaults").NoOptDefVal = "true"
	cmd.SetUsageFunc(func(cmd *cobra.Command) error {
		if help.asked {
			return parametersUsage(cmd, c)
		}
		return ownUsage(cmd)
	})
	return in
}

// parameterFlag is the flag of one parameter. It takes any text, so that all problems are
// reported at once.
type parameterFlag struct {
	p      *generator.Parameter
	values generator.Values
}

// addParameterFlag adds the flag of a parameter. That of a switch alone means true.
func addParameterFlag(set *pflag.FlagSet, p *generator.Parameter, values generator.Values) {
	flag := set.VarPF(parameterFlag{p, values}, p.Flag(), "", p.FlagHelp())
	if p.Switch() {
		flag.NoOptDefVal = "true"
	}
}

// Set keeps the text; the check comes with that of all values.
func (f parameterFlag) Set(s string) error { f.values[f.p.Name] = s; return nil }

// String returns the given value, or the default.
func (f parameterFlag) String() string {
	if f.p == nil {
		return ""
	}
	return f.values.Of(f.p)
}

// AnyText says that Set never fails.
func (f parameterFlag) AnyText() {}

// Type returns what the help calls a value; that of a switch has no name.
func (f parameterFlag) Type() string {
	switch {
	case f.p.Switch():
		return "bool"
	case f.p.Type() == "Number":
		return "number"
	case f.p.Type() == "CommaDelimitedList":
		return "list"
	}
	return "string"
}

// retiredFlag is the hidden flag of a parameter of older versions. It takes any value,
// so that the refusal names the successor and nothing else.
type retiredFlag struct {
	err   error
	given *[]error
}

// Set notes that the flag is given.
func (f retiredFlag) Set(string) error { *f.given = append(*f.given, f.err); return nil }

// String returns nothing: the flag has no value.
func (f retiredFlag) String() string { return "" }

// Missing is the error of the flag without a value: the same.
func (f retiredFlag) Missing() error { return f.err }

// Type is that of most parameters.
func (f retiredFlag) Type() string { return "string" }

// parametersHelp is the value of --help-parameters, which asks for the help in another form.
type parametersHelp struct {
	cmd   *cobra.Command
	asked bool
}

// Set asks for the help.
func (h *parametersHelp) Set(s string) error {
	on, err := strconv.ParseBool(s)
	if err != nil {
		return fmt.Errorf("%q is not true or false", s)
	}
	h.asked = on
	h.cmd.InitDefaultHelpFlag()
	return h.cmd.Flags().Set("help", strconv.FormatBool(on))
}

// String returns the default.
func (h *parametersHelp) String() string { return "false" }

// Type is that of a switch.
func (h *parametersHelp) Type() string { return "bool" }

// parametersUsage shows the parameters by group.
func parametersUsage(cmd *cobra.Command, c *generator.Component) error {
	table, err := c.Reference("table")
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStderr(), "Usage:\n  %s\n\n%s\n%sOther flags: %s --help\n",
		cmd.UseLine(), table, pairsHelp(c), cmd.CommandPath())
	return nil
}

// ownUsage shows the flags of the command that are not parameters.
func ownUsage(cmd *cobra.Command) error {
	own := pflag.NewFlagSet("own", pflag.ContinueOnError)
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if _, isParameter := f.Value.(parameterFlag); !isParameter {
			own.AddFlag(f)
		}
	})
	fmt.Fprintf(cmd.OutOrStderr(), "Usage:\n  %s\n\nFlags:\n%s\nGlobal flags:\n%s\n"+
		"Each parameter is a flag too: %s --help-parameters\n",
		cmd.UseLine(), own.FlagUsagesWrapped(helpWidth),
		cmd.InheritedFlags().FlagUsagesWrapped(helpWidth), cmd.CommandPath())
	return nil
}

// read returns the given values; the files', with those of flags over them. All
// problems of each value alone are noted; such values are left out.
func (in *inputs) read(ctx context.Context, e *env) generator.Values {
	values := in.readFiles(ctx, e)
	for _, err := range in.retired {
		e.problems.addParameter(err)
	}
	in.readPairs(e)
	for p := range in.component.Parameters() {
		value, given := in.flags[p.Name]
		if !given {
			continue
		}
		delete(in.previous, p.Name)
		if err := p.Check(value); err != nil {
			e.problems.addParameter(fmt.Errorf("--%s: %w", p.Flag(), err))
			in.wrong = append(in.wrong, p.Name)
			continue
		}
		values[p.Name] = value
	}
	in.readTags(e)
	return values
}

// enumFlag adds a flag that takes one of a few words.
func enumFlag(cmd *cobra.Command, to *string, name, standard string, words ...string) {
	cmd.Flags().StringVar(to, name, standard, "one of "+strings.Join(words, ", "))
	complete := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic(err) // the flag was added above
	}
}
