package generator

import (
	"fmt"
	"regexp"
)

// dynamicReference is a reference to another service, with the service and the name.
// CloudFormation resolves it in a property, after it has held the parameter's value
// against its AllowedPattern, which no reference fits.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var dynamicReference = regexp.MustCompile(
	`^\{\{resolve:(ssm|ssm-secure|secretsmanager):([a-zA-Z0-9_.\-/]+)[^}]*\}\}$`)

// unresolved is the error of a reference, with the command that resolves it.
func (p *Parameter) unresolved(value, service, name string) error {
	command := "aws ssm get-parameter --name " + name + " --query Parameter.Value --output text"
	switch service {
	case "ssm-secure":
		command = "aws ssm get-parameter --with-decryption --name " + name +
			" --query Parameter.Value --output text"
	case "secretsmanager":
		command = "aws secretsmanager get-secret-value --secret-id " + name +
			" --query SecretString --output text"
	}
	return fmt.Errorf("%q is a dynamic reference, which is not resolved here; give the value itself: "+
		`--%s "$(%s)"`, value, p.Flag(), command)
}
