package iampolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// printed returns a policy as it is printed.
func printed(
	t *testing.T, c *generator.Component, kind, stack string, v generator.Values,
) iameval.Document {
	t.Helper()
	text, _, err := Policy(c, kind, stack, v)
	if err != nil {
		t.Fatal(err)
	}
	d, err := iameval.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// roleValues are values of policies in which stacks differ: in partition, name and what is given.
func roleValues() map[string]generator.Values {
	all := map[string]generator.Values{"bare": {"Region": "us-east-1", "Account": "123456789012"}}
	for name, values := range scopeValues() {
		if name != "bare" {
			all[name] = values
		}
	}
	return all
}

// TestServiceRoleMayDoAll: whatever a component creates under any values, the service role may
// create, read, tag, update and delete, with the actions of the registry's handlers; and on what
// carries the name of another stack nothing of it.
func TestServiceRoleMayDoAll(t *testing.T) {
	const other = "others"
	for _, c := range components {
		for at, values := range roleValues() {
			for _, stack := range []string{"metaflow", "Flow", strings.Repeat("long-name", 14)} {
				t.Run(fmt.Sprint(c.Name, "/", at, "/", stack[:4]), func(t *testing.T) {
					own := printed(t, c, "service-role", stack, values)
					foreign := printed(t, c, "service-role", other, values)
					needed := map[string]bool{}
					for _, r := range c.Built().Resources {
						checkHandlers(t, calls{t, stack, values, r}, own, foreign, needed)
					}
					for _, sid := range own.Statements() {
						if !needed[sid] {
							t.Errorf("no handler needs %s", sid)
						}
					}
				})
			}
		}
	}
}

// checkHandlers judges the actions of a resource's handlers, and notes which statements they need.
func checkHandlers(
	t *testing.T, c calls, own, foreign iameval.Document, needed map[string]bool,
) {
	t.Helper()
	for _, r := range c.resolved() {
		if !iameval.Allowed(r, own) {
			t.Errorf("%s: the service role may not %v", c.resource.ID, r)
		}
		needed["ReadLogin"] = needed["ReadLogin"] || !iameval.Allowed(r, own.Without("ReadLogin"))
	}
	one := &cfn.Template{Resources: []cfn.Resource{c.resource}}
	for _, row := range permissionsFor(one) {
		for _, action := range slices.Concat(row.actions, deletions[row.of]) {
			action = strings.Replace(action, "*", "Encryption", 1) // reads of a bucket
			requests, named := c.of(action, row.tagged)
			for _, r := range requests {
				if !iameval.Allowed(r, own) {
					t.Errorf("%s: the service role may not %v", c.resource.ID, r)
				}
				if named && iameval.Allowed(r, foreign) {
					t.Errorf("%s: the service role of another stack may %v", c.resource.ID, r)
				}
				for _, sid := range own.Statements() {
					if !needed[sid] {
						needed[sid] = !iameval.Allowed(r, own.Without(sid))
					}
				}
			}
		}
	}
}

// TestServiceRoleKeepsItsBounds lists requests near those of the handlers that must be refused.
func TestServiceRoleKeepsItsBounds(t *testing.T) {
	const account = "arn:aws:iam::123456789012:"
	values := generator.Values{"Region": "us-east-1", "Account": "123456789012",
		"Boundary": account + "policy/bound"}
	own := printed(t, components[0], "service-role", "metaflow", values)
	role := account + "role/metaflow-JobRole-1A2B"
	bound := map[string][]string{"iam:PermissionsBoundary": {account + "policy/bound"}}
	for _, r := range []iameval.Request{
		{Action: "iam:CreateRole", Resource: role},
		{Action: "iam:CreateRole", Resource: role,
			Keys: map[string][]string{"iam:PermissionsBoundary": {account + "policy/other"}}},
		{Action: "iam:CreateRole", Resource: account + "role/admin", Keys: bound},
		{Action: "iam:AttachRolePolicy", Resource: role, Keys: map[string][]string{
			"iam:PermissionsBoundary": bound["iam:PermissionsBoundary"],
			"iam:PolicyARN":           {"arn:aws:iam::aws:policy/AdministratorAccess"}}},
		{Action: "iam:PassRole", Resource: account + "role/metaflow-InstanceRole-1A2B",
			Keys: map[string][]string{"iam:PassedToService": {"lambda.amazonaws.com"}}},
		{Action: "iam:PassRole", Resource: role,
			Keys: map[string][]string{"iam:PassedToService": {"ec2.amazonaws.com"}}},
		{Action: "iam:CreateServiceLinkedRole",
			Resource: account + "role/aws-service-role/batch.amazonaws.com/X",
			Keys:     map[string][]string{"iam:AWSServiceName": {"spot.amazonaws.com"}}},
		{Action: "iam:DeleteRolePermissionsBoundary", Resource: role, Keys: bound},
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::metaflow-bucket-1a2b/flow"},
		{Action: "s3:DeleteBucket", Resource: "arn:aws:s3:::data"},
		{Action: "ec2:CreateTags", Resource: "arn:aws:ec2:us-east-1:123456789012:instance/i-0a1b"},
		{Action: "ec2:DeleteVpc", Resource: "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1b"},
		{Action: "ec2:DeleteVpc", Resource: "arn:aws:ec2:us-east-1:210987654321:vpc/vpc-0a1b"},
		{Action: "batch:SubmitJob", Resource: "arn:aws:batch:us-east-1:123456789012:job-queue/jobs"},
	} {
		if iameval.Allowed(r, own) {
			t.Errorf("the service role may %v", r)
		}
	}
}
