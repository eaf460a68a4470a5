package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

// deployedTemplate reads the template that a stack was last deployed with. Its deletion policies
// decide, not those of the templates of this program: the stack may be of another version or another
// tool. It returns nil, and prints the reason, if the template cannot be read.
func (e *env) deployedTemplate(ctx context.Context, s *session) (*cfn.Deployed, error) {
	text, err := s.Template(ctx, s.stack)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case deploy.Denied(err):
		e.Printf("These credentials may not read the stack's template " +
			"(cloudformation:GetTemplate): cannot tell what stays")
		return nil, nil
	case err != nil:
		return nil, failed(err, "")
	}
	read, err := cfn.ReadDeployed([]byte(text))
	if err != nil {
		e.Printf("The stack's template cannot be read (%v): cannot tell what stays", err)
		return nil, nil
	}
	return &read, nil
}

// dispositions returns what becomes of each resource when the stack is deleted, by
// logical ID. A resource that the template does not list is unknown.
func dispositions(t *cfn.Deployed, resources []deploy.Event) map[string]cfn.Disposition {
	out := map[string]cfn.Disposition{}
	if t == nil {
		return out
	}
	if t.Transformed { // by what this program does not evaluate
		return out
	}
	for _, r := range t.Resources {
		out[r.LogicalID] = r.WhenStackDeleted()
	}
	for _, r := range resources {
		if r.Type == "AWS::CloudFormation::Stack" { // its resources have policies of their own
			out[r.LogicalID] = cfn.Unknown
		}
	}
	return out
}

// checkUnknown refuses --yes where it is not known what becomes of a resource.
func checkUnknown(
	resources []deploy.Event, fate map[string]cfn.Disposition, yes, force bool,
) error {
	if !yes || force {
		return nil
	}
	var lines []error
	for _, r := range resources {
		if fate[r.LogicalID] == cfn.Unknown {
			lines = append(lines, fmt.Errorf("  %s (%s)", r.LogicalID, r.Type))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	head := errors.New("it is not known whether these stay or are deleted; nothing was deleted")
	return &exitError{exitRefused, errors.Join(append([]error{head}, lines...)...),
		"Delete without knowing: the same command with --force-unknown"}
}
