package standard

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// Roles holds the parameters of every role that a component creates.
var Roles = struct{ PermissionsBoundaryArn, RolePath *generator.Parameter }{
	PermissionsBoundaryArn: &generator.Parameter{
		Name: "PermissionsBoundaryArn", Format: PolicyARN, WhenEmpty: "none",
		Doc: "Permissions boundary of every role that is created.",
	},
	RolePath: &generator.Parameter{
		Name: "RolePath", Format: IAMPath, WhenEmpty: "/",
		Doc: "Path of every role that is created.",
	},
}

// RoleConditions returns the conditions that Boundary and Path refer to.
func RoleConditions() []cfn.Condition {
	return []cfn.Condition{
		Roles.PermissionsBoundaryArn.Given("HasBoundary"), Roles.RolePath.Given("HasRolePath"),
	}
}

// Boundary returns the permissions boundary of a role.
func Boundary() string { return Roles.PermissionsBoundaryArn.If("HasBoundary") }

// Path returns the path of a role or an instance profile.
func Path() string { return Roles.RolePath.If("HasRolePath") }
