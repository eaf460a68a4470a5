package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// serviceRole is the role that --role-arn gives to CloudFormation. The stack then keeps
// it, and every later operation on the stack uses it.
type serviceRole struct{ arn string }

func (r *serviceRole) flag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.arn, "role-arn", "", "role that CloudFormation uses for the stack")
}

// check notes an ARN that cannot be that of a role.
func (r *serviceRole) check(p *problems) {
	if r.arn == "" {
		return
	}
	if err := (&generator.Parameter{Format: standard.RoleARN, Default: "-"}).Check(r.arn); err != nil {
		p.add(fmt.Errorf("--role-arn: %w", err))
	}
}

// roleGone is what CloudFormation says about a role that does not exist or does not
// trust it: "Role arn:… is invalid or cannot be assumed".
const roleGone = "is invalid or cannot be assumed"

// next returns the command after a refusal: what helps with the role, where that is the
// reason, else otherwise.
func (r *serviceRole) next(err error, s deploy.Stack, otherwise string) string {
	text := err.Error()
	switch {
	case strings.Contains(text, roleGone):
		return r.advice(s)
	case deploy.Denied(err) && strings.Contains(text, "iam:PassRole"):
		return "Allow iam:PassRole on the role: metaflow-cfn policy deployer " + s.Name +
			" --role-arn ARN prints the policy"
	}
	return otherwise
}

// advice returns what helps when CloudFormation cannot use the role.
func (r *serviceRole) advice(s deploy.Stack) string {
	switch {
	case r.arn != "":
		return "Check --role-arn: the role must exist and trust cloudformation.amazonaws.com"
	case s.RoleARN != "":
		return "The stack keeps the role " + s.RoleARN +
			". Name another: --role-arn ARN   Or create that role again"
	}
	return "Name another role: --role-arn ARN   Or create that role again"
}
