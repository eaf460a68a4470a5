package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// pair is the flag for two parameters at once, whose names differ in a number only.
type pair struct {
	flag string // like existing-private-subnet-ids
	of   [2]*generator.Parameter
}

// pairsOf returns the pairs of a component's parameters: PrivateSubnet1Cidr and PrivateSubnet2Cidr
// are --private-subnet-cidrs.
func pairsOf(c *generator.Component) (all []pair) {
	for p := range c.Parameters() {
		if !strings.Contains(p.Name, "1") {
			continue
		}
		second := c.Lookup(strings.Replace(p.Name, "1", "2", 1))
		if second == nil {
			continue
		}
		both := generator.Parameter{Name: strings.Replace(p.Name, "1", "", 1)}
		all = append(all, pair{both.Flag() + "s", [2]*generator.Parameter{p, second}})
	}
	return all
}

// pairFlag takes the values of two parameters. It takes any text, so that all problems are reported
// at once.
type pairFlag struct {
	pair

	given map[string]string // by the flag's name
}

// Set keeps the text.
func (f pairFlag) Set(s string) error { f.given[f.flag] = s; return nil }

// String returns nothing: the parameters have the defaults.
func (f pairFlag) String() string { return "" }

// AnyText says that Set never fails.
func (f pairFlag) AnyText() {}

// Type is that of a list.
func (f pairFlag) Type() string { return "list" }

// pairFlags adds a flag for each pair of parameters. --help-parameters names them.
func (in *inputs) pairFlags(cmd *cobra.Command) {
	in.pairs = map[string]string{}
	for _, p := range pairsOf(in.component) {
		cmd.Flags().Var(pairFlag{p, in.pairs}, p.flag, "")
		cmd.Flags().Lookup(p.flag).Hidden = true
	}
}

// readPairs takes the values of pairs for those of their parameters.
func (in *inputs) readPairs(e *env) {
	for _, p := range pairsOf(in.component) {
		text, given := in.pairs[p.flag]
		if !given {
			continue
		}
		values := strings.Split(text, ",")
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		if len(values) != len(p.of) || slices.Contains(values, "") {
			e.problems.addParameter(fmt.Errorf("--%s: %q is not two values with a comma between, for %s and %s",
				p.flag, text, p.of[0].Name, p.of[1].Name))
			in.wrong = append(in.wrong, p.of[0].Name, p.of[1].Name)
			continue
		}
		for i, one := range p.of {
			if _, twice := in.flags[one.Name]; twice {
				e.problems.addParameter(fmt.Errorf("--%s and --%s both give %s: choose one",
					p.flag, one.Flag(), one.Name))
				continue
			}
			in.flags[one.Name] = values[i]
		}
	}
}

// pairsHelp names the flags of pairs, for --help-parameters.
func pairsHelp(c *generator.Component) string {
	var names []string
	for _, p := range pairsOf(c) {
		names = append(names, "  --"+p.flag+" A,B\n")
	}
	if names == nil {
		return ""
	}
	return "Both of a pair in one flag:\n" + strings.Join(names, "") + "\n"
}
