package command

import (
	"fmt"
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// TestNoClashes keeps flags of parameters apart from those of commands, of which pflag
// would silently keep only one, and components apart from verbs.
func TestNoClashes(t *testing.T) {
	for _, clash := range clashesOf(components) {
		t.Error(clash)
	}
}

// TestClashesAreFound plants what TestNoClashes looks for.
func TestClashesAreFound(t *testing.T) {
	planted := func(name string, parameters ...string) *generator.Component {
		c := &generator.Component{Name: name, Build: func(*generator.Builder) {}}
		var group generator.Group
		for _, p := range parameters {
			group.Parameters = append(group.Parameters, &generator.Parameter{Name: p})
		}
		c.Groups = []generator.Group{group}
		return c
	}
	first := planted("core", "VpcCidr")
	for want, c := range map[string]*generator.Component{
		"testcomp: --log-retention-days is a flag of deploy":   planted("testcomp", "LogRetentionDays"),
		"testcomp: --region is a flag of every command":        planted("testcomp", "Region"),
		"testcomp: --from is a flag of deploy":                 planted("testcomp", "From"),
		"testcomp: --exit-code is a flag of plan":              planted("testcomp", "ExitCode"),
		"testcomp: --resolve is a flag of generate":            planted("testcomp", "Resolve"),
		"testcomp: --help is a flag of every command":          planted("testcomp", "Help"),
		"testcomp: --vpc-cidr is the flag of two parameters":   planted("testcomp", "VpcCidr", "VpcCidr"),
		"the component delete has the name of a command":       planted("delete"),
		"the component generate has the name of a command":     planted("generate"),
		"the component completion has the name of a command":   planted("completion"),
		"the component core has the name of another component": planted("core"),
		"the component help has the name of a command":         planted("help"),
		"testcomp: --configure is a flag of deploy":            planted("testcomp", "Configure"),
		"testcomp: --allow-replace is a flag of deploy":        planted("testcomp", "AllowReplace"),
		"testcomp: --empty-default-security-group is a flag of deploy": planted("testcomp",
			"EmptyDefaultSecurityGroup"),
	} {
		if got := clashesOf([]*generator.Component{first, c}); !slices.Contains(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	if got := clashesOf([]*generator.Component{first, planted("testcomp", "VpcCidr")}); got != nil {
		t.Errorf("two components with the same parameter are refused: %q", got)
	}
}

// clashesOf returns what has the name of something else in the command line of
// components.
func clashesOf(all []*generator.Component) []string {
	var clashes []string
	bare := &generator.Component{ // it has every flag of the program and no parameter
		Name: "bare", PostDeploy: true, Build: func(*generator.Builder) {},
		Outputs: []generator.Output{{Name: "Queue", Key: "METAFLOW_BATCH_JOB_QUEUE"}},
	}
	e := &env{
		Printer: &terminal.Printer{}, component: bare, components: []*generator.Component{bare},
	}
	root := newRoot(e)
	taken := map[string]string{"help": "every command"}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { taken[f.Name] = "every command" })
	for _, verb := range ofComponent(e, bare) {
		if verb.Flags().Lookup("parameters") == nil { // it takes no parameters
			continue
		}
		verb.Flags().VisitAll(func(f *pflag.Flag) {
			if taken[f.Name] == "" || verb.Name() == "deploy" && taken[f.Name] != "every command" {
				taken[f.Name] = verb.Name()
			}
		})
	}
	for i, c := range all {
		seen := map[string]bool{}
		for p := range c.Parameters() {
			flag := p.Flag()
			switch {
			case taken[flag] != "":
				clashes = append(clashes, fmt.Sprintf("%s: --%s is a flag of %s", c.Name, flag, taken[flag]))
			case seen[flag]:
				clashes = append(clashes, fmt.Sprintf("%s: --%s is the flag of two parameters", c.Name, flag))
			}
			seen[flag] = true
		}
		isNamed := func(cmd *cobra.Command) bool { return cmd.Name() == c.Name || cmd.HasAlias(c.Name) }
		if slices.ContainsFunc(root.Commands(), isNamed) {
			clashes = append(clashes, "the component "+c.Name+" has the name of a command")
		}
		if slices.ContainsFunc(all[:i], func(o *generator.Component) bool { return o.Name == c.Name }) {
			clashes = append(clashes,
				"the component "+c.Name+" has the name of another component")
		}
	}
	return clashes
}
