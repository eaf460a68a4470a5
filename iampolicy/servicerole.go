package iampolicy

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// serviceRole returns what CloudFormation needs to create, update and delete what
// the template can create: the actions of the rows of the table of permissions that
// the template needs, each on the resources that it belongs to. It reads and writes
// no object. It deletes what it creates, buckets too, so that a creation that fails
// can be rolled back: S3 deletes a bucket only while it is empty.
func serviceRole(sc scope) []statement {
	statements, _ := sc.assign(permissionsFor(sc.template))
	return slices.Concat(statements, sc.grownRoles(), sc.loginSecret())
}

// assign returns the statements that allow the actions of rows, and the actions
// that no statement is for.
func (sc scope) assign(rows []permission) (statements []statement, rest []string) {
	rest = actionsOf(rows)
	if len(sc.attachable()) == 0 { // a condition without a value would not narrow it
		rest = slices.DeleteFunc(rest, func(action string) bool {
			return action == "iam:AttachRolePolicy"
		})
	}
	if sc.given.Of(param.boundary) == "" {
		rest = slices.DeleteFunc(rest, func(action string) bool {
			return action == "iam:PutRolePermissionsBoundary"
		})
	}
	for _, s := range sc.patterns(rows) {
		var mine, others []string
		for _, action := range rest {
			if slices.ContainsFunc(s.Action, func(p string) bool { return matches(p, action) }) {
				mine = append(mine, action)
			} else {
				others = append(others, action)
			}
		}
		if rest = others; len(mine) > 0 {
			s.Action = mine
			statements = append(statements, s)
		}
	}
	return statements, rest
}

// checkPermissions returns an error for each resource type of the template that
// the table has no row for, and for actions that no statement is for: with the
// service role CloudFormation could not create these resources.
func checkPermissions(sc scope) []error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range sc.template.Resources {
		known := slices.ContainsFunc(permissions, func(row permission) bool { return row.of == r.Type })
		if !known && !seen[r.Type] {
			seen[r.Type] = true
			errs = append(errs, fmt.Errorf("%s of %s: the permissions that its handlers need are not "+
				"known; add a row to the table in iampolicy/permissions.go", r.Type, r.ID))
		}
	}
	if _, rest := sc.assign(permissionsFor(sc.template)); len(rest) > 0 {
		errs = append(errs, fmt.Errorf("no statement of the service role is for %s; add one to "+
			"patterns in iampolicy/servicerole.go", strings.Join(rest, ", ")))
	}
	return errs
}

// patterns returns the statements of the service role with patterns in place of
// actions: an action belongs to the first that matches. Resources of EC2 and Batch
// are narrowed by account and region, as they have IDs, or names that are not
// documented to hold the stack's; tags go to the types that the template creates.
func (sc scope) patterns(rows []permission) []statement {
	statements := []statement{
		allowStatement("Read", []string{wildcard}, "batch:Describe*", "ec2:Describe*", "ecs:Describe*",
			"elasticloadbalancing:Describe*", "logs:Describe*", "rds:Describe*",
			"secretsmanager:GetRandomPassword"),
		allowStatement("Tags", sc.tagged(rows), "ec2:*Tags"),
		allowStatement("Network", []string{sc.arn("ec2", "*/*")}, "ec2:*"),
		allowStatement("Batch", []string{sc.arn("batch", "compute-environment/*"),
			sc.arn("batch", "job-queue/*")}, "batch:*"),
		allowStatement("Buckets", sc.buckets(), "s3:*"),
		allowStatement("Tables", sc.tables(), "dynamodb:*"),
		allowStatement("DeliverLogs", []string{wildcard}, "logs:*Delivery"),
		allowStatement("LogGroups", sc.logGroups(), "logs:*"),
		allowStatement("PrivateDns", []string{"arn:" + sc.partition + ":route53:::hostedzone/*"},
			"route53:*"),
		allowStatement("InstanceProfiles",
			sc.createdARNs("instance-profile", "AWS::IAM::InstanceProfile", ""), "iam:*InstanceProfile"),
	}
	return slices.Concat(statements, sc.recordPatterns(), sc.rolePatterns())
}

// rolePatterns returns the statements for roles, which may be changed in every way
// except to leave a given boundary: IAM checks it where a role is created and where
// it gets policies, and not where its trust policy is changed. Only requests that
// attach a policy have a PolicyARN; IfExists lets the others share the statement.
// service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
func (sc scope) rolePatterns() []statement {
	roles := sc.createdARNs("role", "AWS::IAM::Role", "")
	grow := allowStatement("GrowRoles", roles, "iam:AttachRolePolicy", "iam:CreateRole",
		"iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
	if attachable := sc.attachable(); len(attachable) > 0 {
		grow = grow.where("ArnEqualsIfExists", "iam:PolicyARN", attachable...)
	}
	if arn := sc.given.Of(param.boundary); arn != "" {
		grow = grow.where("StringEquals", "iam:PermissionsBoundary", arn)
	}
	reused := sc.list(param.passRoles)
	passed, services := sc.createdARNs("role", "AWS::IAM::Role", `"ec2.`), sc.passedTo(len(reused) > 0)
	if sc.records() {
		passed, services = sc.createdARNs("role", "AWS::IAM::Role", `"ecs-tasks.`), []string{ecsTasks}
	}
	return []statement{
		allowStatement("PassRoles", append(passed, reused...), "iam:PassRole").
			where("StringEquals", "iam:PassedToService", services...),
		grow,
		allowStatement("Roles", roles, "iam:*"),
	}
}

// grownRoles returns the statements for policies that the template puts on the job role, which
// belongs to another stack and is not changed in any other way: the given role, or any that a core
// stack created.
func (sc scope) grownRoles() []statement {
	if !slices.ContainsFunc(sc.template.Resources, func(r cfn.Resource) bool {
		return r.Type == "AWS::IAM::Policy"
	}) {
		return nil
	}
	roles := sc.list(param.jobRole)
	if len(roles) == 0 {
		roles = []string{sc.iam("role" + sc.given.Of(param.rolePath) + "*-JobRole-*")}
	}
	grow := allowStatement("GrowJobRole", roles, "iam:PutRolePolicy")
	if arn := sc.given.Of(param.boundary); arn != "" {
		grow = grow.where("StringEquals", "iam:PermissionsBoundary", arn)
	}
	return []statement{grow,
		allowStatement("JobRole", roles, "iam:DeleteRolePolicy", "iam:GetRolePolicy")}
}

// tables returns the ARNs of the tables that the template can create.
func (sc scope) tables() []string {
	var arns []string
	for _, r := range sc.template.Resources {
		if r.Type == "AWS::DynamoDB::Table" {
			arns = append(arns, sc.arn("dynamodb", "table/"+sc.generatedName(r.ID)))
		}
	}
	return arns
}

// logGroups returns the ARNs of the log groups of the template, which some actions take with the
// suffix of their streams.
func (sc scope) logGroups() []string {
	var arns []string
	for _, r := range sc.template.Resources {
		name, _ := r.Properties["LogGroupName"].(map[string]any)
		if text, ok := name["Fn::Sub"].(string); ok {
			group := sc.arn("logs", "log-group:"+strings.ReplaceAll(text, "${AWS::StackName}", sc.stack))
			arns = append(arns, group, group+":*")
		}
	}
	return arns
}

// matches reports whether an action is one of a pattern's.
func matches(pattern, action string) bool {
	ok, err := path.Match(pattern, action)
	return ok && err == nil
}

// buckets returns the ARNs of the buckets that the template can create.
func (sc scope) buckets() []string {
	var arns []string
	for _, r := range sc.template.Resources {
		if r.Type == "AWS::S3::Bucket" {
			arns = append(arns, sc.bucketARN(r.ID))
		}
	}
	return slices.Compact(arns)
}

// tagged returns the ARNs of the EC2 resources with tags that the template can
// create.
func (sc scope) tagged(rows []permission) []string {
	var arns []string
	for _, row := range rows {
		if row.tagged != "" {
			arns = append(arns, sc.arn("ec2", row.tagged+"/*"))
		}
	}
	return arns
}

// passedTo returns the services to which Batch passes the roles of a compute
// environment: EC2, and where roles are reused Batch and Spot Fleet too. In China
// instances have a principal of their own.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_batch.html
func (sc scope) passedTo(reused bool) []string {
	services := []string{"ec2.amazonaws.com"}
	if sc.partition == "aws-cn" {
		services = append(services, "ec2.amazonaws.com.cn")
	}
	if reused {
		services = append(services, "batch.amazonaws.com", "spotfleet.amazonaws.com")
	}
	return services
}

// managed matches a policy of AWS as the template names it.
var managed = regexp.MustCompile(`arn:\$\{AWS::Partition\}(:iam::aws:policy/[\w+=,.@/-]+)`)

// attachable returns the managed policies that a role of the template may get:
// those that the template names, and those that are given.
func (sc scope) attachable() []string {
	var arns []string
	for _, r := range sc.template.Resources {
		for _, found := range managed.FindAllStringSubmatch(textOf(r), -1) {
			arns = append(arns, "arn:"+sc.partition+found[1])
		}
	}
	slices.Sort(arns)
	return append(slices.Compact(arns), sc.list(param.jobPolicies)...)
}

// open notes that the service role can create a role with any permissions, which role of another
// stack it can change, and that it cannot read the secret of a login.
func open(sc scope) (notes []string) {
	if sc.given.Of(param.boundary) == "" {
		notes = append(notes, "without --boundary the service role can give its roles every "+
			"permission: make the boundary policy first, and give its ARN")
	}
	if len(sc.grownRoles()) > 0 && sc.given.Of(param.jobRole) == "" {
		notes = append(notes, "the stack puts a policy on the job role, which is taken to be any "+
			"that a core stack created (*-JobRole-*): give --job-role")
	}
	if sc.hasLogin() && sc.given.Of(param.oidcSecret) == "" {
		notes = append(notes, "without --oidc-secret the service role cannot read the secret of a "+
			"login: give its ARN for a UI with --oidc-secret-arn")
	}
	return notes
}

// permissionsFor returns the rows of the table of permissions that a template
// needs: those whose resource type, function or property it holds.
func permissionsFor(t *cfn.Template) []permission {
	words := map[string]bool{}
	for _, r := range t.Resources {
		words[r.Type] = true
		for _, word := range quoted.FindAllString(textOf(r), -1) {
			words[strings.Trim(word, `"`)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(permissions),
		func(row permission) bool { return !words[row.of] })
}

// quoted matches a string of JSON without escapes.
var quoted = regexp.MustCompile(`"[^"\\]*"`)

// actionsOf returns the actions of rows, each once and in order, without those that
// a wildcard among them covers.
func actionsOf(rows []permission) []string {
	var actions []string
	for _, row := range rows {
		actions = append(actions, row.actions...)
	}
	slices.Sort(actions)
	actions = slices.Compact(actions)
	all := slices.Clone(actions)
	return slices.DeleteFunc(actions, func(a string) bool {
		return slices.ContainsFunc(all,
			func(wildcard string) bool { return wildcard != a && matches(wildcard, a) })
	})
}
