package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/iampolicy"
)

// newPolicy prints the least-privilege policy of somebody around a stack.
func newPolicy(e *env, c *generator.Component) *cobra.Command {
	kinds := strings.Join(iampolicy.Policies(), "|")
	cmd := &cobra.Command{
		Use:   "policy " + kinds + " STACK",
		Short: "Print a least-privilege IAM policy: boundary, service-role, deployer, user or verify",
		Long: "policy prints a least-privilege IAM policy document for one identity:\n" +
			"\n" +
			"  boundary      permissions boundary: the maximum for the roles of the stack\n" +
			"  service-role  CloudFormation, for the resources of the template\n" +
			"  deployer      deployers with --role-arn: only the stack, by the service role\n" +
			"  user          people who run flows on the stack's queue\n" +
			"  verify        people who run verify: a user, with clean-up and diagnosis\n" +
			"\n" +
			"Nothing is called, and no configuration of AWS is read: what no flag names is\n" +
			"any (*), as stderr says.",
		Example: "  metaflow-cfn policy boundary metaflow --account 123456789012 --region us-east-1 > boundary.json\n" +
			"  metaflow-cfn policy user metaflow --queue arn:aws:batch:us-east-1:123456789012:job-queue/jobs",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return iampolicy.Policies(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	given := generator.Values{}
	policyFlags(cmd, given)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			e.problems.add(errors.New("the kind of policy is missing; wanted one of " + strings.Join(iampolicy.Policies(), ", ")))
			args = []string{iampolicy.Policies()[0]}
		}
		stack := e.stackName(args[1:])
		text, notes, err := iampolicy.Policy(c, args[0], stack, e.policyValues(given))
		e.problems.add(err)
		if err := e.problems.err(helpOf(cmd)); err != nil {
			return err
		}
		for _, note := range notes {
			e.Printf("%s", note)
		}
		_, err = e.Out.Write(text)
		return err
	}
	return cmd
}

// policyFlags gives the command a flag for each parameter of policies but
// --region, which every command has.
func policyFlags(cmd *cobra.Command, given generator.Values) {
	for _, p := range iampolicy.PolicyParameters {
		if p.Flag() == "region" {
			continue
		}
		addParameterFlag(cmd.Flags(), p, given)
	}
	partitions := cobra.FixedCompletions([]string{"aws", "aws-us-gov", "aws-cn"}, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc("partition", partitions); err != nil {
		panic(err) // the flag was added above
	}
}

// policyValues are the values that are sound alone. Problems of the others are
// noted.
func (e *env) policyValues(given generator.Values) generator.Values {
	sound := generator.Values{}
	for _, p := range iampolicy.PolicyParameters {
		value := given[p.Name]
		if p.Flag() == "region" {
			value = e.region
		}
		if value == "" {
			continue
		}
		if err := p.Check(value); err != nil {
			e.problems.add(fmt.Errorf("--%s: %w", p.Flag(), err))
			continue
		}
		sound[p.Name] = value
	}
	return sound
}
