// Package evaluate computes what a CloudFormation template with its parameters amounts to: which
// resources there are, in which order, with which properties, and how they differ from those that a
// stack has. It is pure: no clock, no state, no network.
//
// It does not use package cfn, which does the same for the program, and must not: tests that deploy
// a template on package cfntest compare two independent readings of CloudFormation's rules.
//
// A [Template] comes from [Parse]; with parameters and tags it is a [Deployment]. A [Scope]
// evaluates its expressions against the resources that exist, and [Deployment.Steps] compares it
// with them. The table of resource types is in resourcetypes.go.
package evaluate
