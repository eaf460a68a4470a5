package iampolicy

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// serviceRole is what CloudFormation needs to create, update and delete what the
// template can create: the actions of the rows of grants that the template asks
// for, each in the scope that it belongs to. It reads and writes no object. It
// deletes what it creates, buckets too, so that a creation that fails can be rolled
// back: S3 deletes a bucket only while it is empty.
func serviceRole(p place) []statement {
	rows := granted(p.template)
	actions := actionsOf(rows)
	if p.given.Of(policyBoundary) == "" {
		actions = slices.DeleteFunc(actions, func(a string) bool { return a == "iam:PutRolePermissionsBoundary" })
	}
	var statements []statement
	for _, s := range p.scopes(rows) {
		var in []string
		for _, action := range actions {
			if slices.ContainsFunc(s.Action, func(pattern string) bool { return matches(pattern, action) }) {
				in = append(in, action)
			}
		}
		actions = slices.DeleteFunc(actions, func(a string) bool { return slices.Contains(in, a) })
		if s.Action = in; len(in) > 0 {
			statements = append(statements, s)
		}
	}
	if len(actions) > 0 {
		panic(fmt.Sprintf("iampolicy: no scope for %v", actions))
	}
	return statements
}

// scopes are the statements of the service role with patterns in place of
// actions: an action belongs to the first that matches. EC2 and Batch are scoped
// by account and region, as what they make has IDs, and names that are not
// documented to hold the stack's; tags go to the types that the template makes.
func (p place) scopes(rows []grant) []statement {
	statements := []statement{
		may("Read", []string{anywhere}, "batch:Describe*", "ec2:Describe*"),
		may("Tags", p.tagged(rows), "ec2:*Tags"),
		may("Network", []string{p.arn("ec2", "*/*")}, "ec2:*"),
		may("Batch", []string{p.arn("batch", "compute-environment/*"), p.arn("batch", "job-queue/*")}, "batch:*"),
		may("Buckets", p.buckets(), "s3:*"),
		may("DeliverLogs", []string{anywhere}, "logs:*"),
		may("PrivateDns", []string{"arn:" + p.partition + ":route53:::hostedzone/*"}, "route53:*"),
		may("InstanceProfiles", p.made("instance-profile", "AWS::IAM::InstanceProfile", ""), "iam:*InstanceProfile"),
		may("BatchRole", []string{p.iam("role/aws-service-role/batch.amazonaws.com/*")}, "iam:CreateServiceLinkedRole").
			where("StringEquals", "iam:AWSServiceName", "batch.amazonaws.com"),
	}
	return append(statements, p.roleScopes()...)
}

// roleScopes let roles be changed in every way but to leave their boundary,
// where one is given: IAM checks it where a role is made and where it gets
// policies, and not where its trust policy is changed. IAM knows the PolicyARN
// of what is attached only; IfExists lets the others share the statement.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func (p place) roleScopes() []statement {
	roles := p.made("role", "AWS::IAM::Role", "")
	grow := may("GrowRoles", roles, "iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy").
		where("ArnEqualsIfExists", "iam:PolicyARN", p.attachable()...)
	if arn := p.given.Of(policyBoundary); arn != "" {
		grow = grow.where("StringEquals", "iam:PermissionsBoundary", arn)
	}
	reused := p.list(policyPassRoles)
	return []statement{
		may("PassRoles", append(p.made("role", "AWS::IAM::Role", `"ec2.`), reused...), "iam:PassRole").
			where("StringEquals", "iam:PassedToService", p.passedTo(len(reused) > 0)...),
		grow,
		may("Roles", roles, "iam:*"),
	}
}

// matches reports whether an action is one of a pattern's.
func matches(pattern, action string) bool {
	ok, err := path.Match(pattern, action)
	return ok && err == nil
}

// buckets are the buckets that the template can create.
func (p place) buckets() []string {
	var arns []string
	for _, r := range p.template.Resources {
		if r.Type == "AWS::S3::Bucket" {
			arns = append(arns, p.bucketARN(r.ID))
		}
	}
	return slices.Compact(arns)
}

// tagged are the resources of EC2 that the template can create and that have
// tags.
func (p place) tagged(rows []grant) []string {
	var arns []string
	for _, g := range rows {
		if g.tagged != "" {
			arns = append(arns, p.arn("ec2", g.tagged+"/*"))
		}
	}
	return arns
}

// passedTo are the services to which Batch passes the roles of a compute
// environment: that of the instances, and where roles are reused its own and
// Spot Fleet's. In China instances have a principal of their own.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_batch.html
func (p place) passedTo(reused bool) []string {
	services := []string{"ec2.amazonaws.com"}
	if p.partition == "aws-cn" {
		services = append(services, "ec2.amazonaws.com.cn")
	}
	if reused {
		services = append(services, "batch.amazonaws.com", "spotfleet.amazonaws.com")
	}
	return services
}

// managed is a policy of AWS's as the template names it.
var managed = regexp.MustCompile(`arn:\$\{AWS::Partition\}(:iam::aws:policy/[\w+=,.@/-]+)`)

// attachable are the managed policies that a role of the template may get: those
// that it names, and those that are given.
func (p place) attachable() []string {
	var arns []string
	for _, r := range p.template.Resources {
		for _, found := range managed.FindAllStringSubmatch(textOf(r), -1) {
			arns = append(arns, "arn:"+p.partition+found[1])
		}
	}
	slices.Sort(arns)
	return append(slices.Compact(arns), p.list(policyJobPolicies)...)
}

// unbounded warns of a service role that can make any role.
func unbounded(p place) string {
	if p.given.Of(policyBoundary) != "" {
		return ""
	}
	return "without --boundary the service role can give its roles every permission: make the boundary policy first, and give its ARN"
}

// granted are the rows of grants for what a template can create: those whose
// resource type, function or property it holds.
func granted(t *cfn.Template) []grant {
	words := map[string]bool{}
	for _, r := range t.Resources {
		words[r.Type] = true
		for _, word := range quoted.FindAllString(textOf(r), -1) {
			words[strings.Trim(word, `"`)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(grants), func(g grant) bool { return !words[g.on] })
}

// unknownTypes returns an error for each resource type of a template that the
// table has no row for: CloudFormation could not create it with the service role.
func unknownTypes(t *cfn.Template) []error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range t.Resources {
		known := slices.ContainsFunc(grants, func(g grant) bool { return g.on == r.Type })
		if !known && !seen[r.Type] {
			seen[r.Type] = true
			errs = append(errs, fmt.Errorf("%s of %s: the permissions that its handlers need are not "+
				"known; add a row to the table in iampolicy/permissions.go", r.Type, r.ID))
		}
	}
	return errs
}

// quoted is a string of JSON without escapes.
var quoted = regexp.MustCompile(`"[^"\\]*"`)

// actionsOf are the actions of rows, each once and in order, without those that
// a wildcard among them holds.
func actionsOf(rows []grant) []string {
	var actions []string
	for _, g := range rows {
		actions = append(actions, g.actions...)
	}
	slices.Sort(actions)
	actions = slices.Compact(actions)
	all := slices.Clone(actions)
	return slices.DeleteFunc(actions, func(a string) bool {
		return slices.ContainsFunc(all, func(wildcard string) bool { return wildcard != a && matches(wildcard, a) })
	})
}
