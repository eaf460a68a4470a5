package iampolicy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/scheduler"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// components are those of the program.
var components = []*generator.Component{
	core.Component, hardening.Component, scheduler.Component, service.Component,
}

// everything is a template with something of each row of permissions: two roles as
// the template has them, one for Fargate, and a second bucket. Their role path
// makes the policies longest.
func everything() *cfn.Template {
	t := &cfn.Template{}
	words := map[string]any{}
	add := func(id, resourceType string, properties map[string]any) {
		t.Resources = append(t.Resources,
			cfn.Resource{ID: id, Type: resourceType, Properties: properties})
	}
	role := func(id, service, policy string) {
		arn := "arn:${AWS::Partition}:iam::aws:policy/service-role/" + policy
		add(id, "AWS::IAM::Role", map[string]any{"Path": "/", "Trust": service,
			"ManagedPolicyArns": []any{map[string]any{"Fn::Sub": arn}}})
	}
	role("JobRole", "ecs-tasks.amazonaws.com", "AmazonECSTaskExecutionRolePolicy")
	role("ExecutionRole", "ecs-tasks.amazonaws.com", "AmazonECSTaskExecutionRolePolicy")
	role("InstanceRole", "ec2.${AWS::URLSuffix}", "AmazonEC2ContainerServiceforEC2Role")
	add("InstanceProfile", "AWS::IAM::InstanceProfile", map[string]any{"Path": "/"})
	add("Bucket", "AWS::S3::Bucket", nil)
	add("LogBucket", "AWS::S3::Bucket", nil)
	add("LogGroup", "AWS::Logs::LogGroup", map[string]any{
		"LogGroupName": map[string]any{"Fn::Sub": "/metaflow/${AWS::StackName}"}})
	for _, row := range permissions {
		switch _, name, isType := strings.Cut(row.of, "AWS::"); {
		case !isType:
			words[row.of] = true
		case !slices.ContainsFunc(t.Resources, func(r cfn.Resource) bool { return r.Type == row.of }):
			add(strings.ReplaceAll(name, "::", ""), row.of, nil)
		}
	}
	t.Resources[0].Properties["Words"] = words
	return t
}

// lacking returns the resource types of a template without a row.
func lacking(t *cfn.Template, rows []permission) []string {
	var types []string
	for _, r := range t.Resources {
		if !slices.ContainsFunc(rows, func(row permission) bool { return row.of == r.Type }) {
			types = append(types, r.Type)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// TestPermissionsCoverTemplates demands a row for every resource type that a
// component can create, and a component that needs every row.
func TestPermissionsCoverTemplates(t *testing.T) {
	used := map[string]bool{}
	for _, c := range components {
		for _, missing := range lacking(c.Template(), permissions) {
			t.Errorf("%s is in the %s template and not in permissions: the service role could not "+
				"create it", missing, c.Name)
		}
		for _, row := range permissionsFor(c.Template()) {
			used[row.of] = true
		}
	}
	for _, row := range permissions {
		if !used[row.of] {
			t.Errorf("%s is in permissions and in no template: remove the row", row.of)
		}
	}
}

// TestPermissionsNoticeAGap removes each row in turn, and adds a type of its own.
func TestPermissionsNoticeAGap(t *testing.T) {
	for i, row := range permissions {
		if !strings.HasPrefix(row.of, "AWS::") {
			continue
		}
		rest := slices.Delete(slices.Clone(permissions), i, i+1)
		if !slices.Equal(lacking(everything(), rest), []string{row.of}) {
			t.Errorf("nobody notices that %s has no row", row.of)
		}
	}
	sc := standing(t, core.Component, "metaflow", nil)
	sc.template = everything()
	if errs := checkPermissions(sc); len(errs) > 0 {
		t.Errorf("everything: %v", errs)
	}
	sc.template.Resources = append(sc.template.Resources,
		cfn.Resource{ID: "Topic", Type: "AWS::SNS::Topic"},
		cfn.Resource{ID: "Other", Type: "AWS::SNS::Topic"})
	const want = "[AWS::SNS::Topic of Topic: the permissions that its handlers need are not known; " +
		"add a row to the table in iampolicy/permissions.go]"
	if errs := checkPermissions(sc); fmt.Sprint(errs) != want {
		t.Errorf("got %v, want %s", errs, want)
	}
}

// TestActionsWithoutStatement: an action that no statement is for is left over.
func TestActionsWithoutStatement(t *testing.T) {
	sc := standing(t, core.Component, "metaflow", nil)
	statements, rest := sc.assign([]permission{
		{of: "AWS::SNS::Topic", actions: []string{"s3:ListBucket", "sns:CreateTopic"}}})
	if len(statements) != 1 || !slices.Equal(rest, []string{"sns:CreateTopic"}) {
		t.Errorf("got %v, and %v is left", statements, rest)
	}
}

// TestServiceRoleOfHardening lists all that the service role of a hardening stack
// may do: what its five resource types need, and nothing of roles or Batch.
func TestServiceRoleOfHardening(t *testing.T) {
	var got []string
	values := generator.Values{"Region": "us-east-1", "Account": "123456789012"}
	for _, s := range serviceRole(standing(t, hardening.Component, "logs", values)) {
		got = append(got, fmt.Sprint(s.Sid, s.Action, " on ", s.Resource))
	}
	const ec2 = "arn:aws:ec2:us-east-1:123456789012:"
	want := []string{
		"Read[ec2:DescribeFlowLogs ec2:DescribeInstances ec2:DescribeSecurityGroups " +
			"ec2:DescribeSubnets ec2:DescribeVpcEndpoints ec2:DescribeVpcs] on [*]",
		"Tags[ec2:CreateTags ec2:DeleteTags] on [" + ec2 + "vpc-flow-log/* " + ec2 +
			"security-group/* " + ec2 + "vpc-endpoint/*]",
		"Network[ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress " +
			"ec2:CreateFlowLogs ec2:CreateSecurityGroup ec2:CreateVpcEndpoint ec2:DeleteFlowLogs " +
			"ec2:DeleteSecurityGroup ec2:DeleteVpcEndpoints ec2:ModifyVpcEndpoint " +
			"ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress " +
			"ec2:UpdateSecurityGroupRuleDescriptionsEgress " +
			"ec2:UpdateSecurityGroupRuleDescriptionsIngress] on [" + ec2 + "*/*]",
		"Buckets[s3:CreateBucket s3:DeleteBucket s3:DeleteBucketPolicy s3:Get*Configuration " +
			"s3:GetBucket* s3:ListBucket s3:ListTagsForResource " +
			"s3:PutBucketOwnershipControls s3:PutBucketPolicy s3:PutBucketPublicAccessBlock " +
			"s3:PutBucketTagging s3:PutBucketVersioning s3:PutEncryptionConfiguration " +
			"s3:PutLifecycleConfiguration s3:TagResource s3:UntagResource] on [arn:aws:s3:::logs-logbucket-*]",
		"DeliverLogs[logs:CreateLogDelivery logs:DeleteLogDelivery] on [*]",
		"PrivateDns[route53:AssociateVPCWithHostedZone] on [arn:aws:route53:::hostedzone/*]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPermissionRows checks the form of the table.
func TestPermissionRows(t *testing.T) {
	source := regexp.MustCompile(`^https://(github\.com/.+/blob/[0-9a-f]{12}/.+\.json|` +
		`docs\.aws\.amazon\.com/.+\.html)$`)
	var seen []string
	for _, row := range permissions {
		if slices.Contains(seen, row.of) {
			t.Errorf("%s has two rows", row.of)
		}
		seen = append(seen, row.of)
		if !source.MatchString(row.source) {
			t.Errorf("%s has no source: %q", row.of, row.source)
		}
		if !slices.IsSorted(row.actions) ||
			len(slices.Compact(slices.Clone(row.actions))) < len(row.actions) || len(row.actions) == 0 {
			t.Errorf("%s: actions are missing, unsorted or twice: %v", row.of, row.actions)
		}
		hasTags := slices.Contains(row.actions, "ec2:CreateTags")
		if hasTags != (row.tagged != "") || hasTags != slices.Contains(row.actions, "ec2:DeleteTags") {
			t.Errorf("%s: tagged %q does not go with its actions", row.of, row.tagged)
		}
	}
}

// TestActionsOfEachType lists for each resource type of a component the actions
// that the service role gets, and finds each in the document.
func TestActionsOfEachType(t *testing.T) {
	for _, c := range components {
		t.Run(c.Name, func(t *testing.T) { testActionsOfEachType(t, c) })
	}
}

func testActionsOfEachType(t *testing.T, c *generator.Component) {
	t.Helper()
	sc := standing(t, c, "metaflow", generator.Values{
		"Boundary":    "arn:aws:iam::123456789012:policy/boundary",
		"JobPolicies": "arn:aws:iam::123456789012:policy/data"})
	statements := serviceRole(sc)
	var types []string
	for _, r := range sc.template.Resources {
		types = append(types, r.Type)
	}
	slices.Sort(types)
	for _, name := range slices.Compact(types) {
		row := permissions[slices.IndexFunc(permissions,
			func(row permission) bool { return row.of == name })]
		var lines []string
		for _, action := range row.actions {
			i := slices.IndexFunc(statements, func(s statement) bool {
				return slices.ContainsFunc(s.Action,
					func(a string) bool { return a == action || matches(a, action) })
			})
			if i < 0 {
				t.Errorf("%s: no statement allows %s", name, action)
				continue
			}
			lines = append(lines, fmt.Sprintf("  %s (%s)", action, statements[i].Sid))
		}
		t.Logf("%s\n%s", name, strings.Join(lines, "\n"))
	}
}

// TestBoundaryOfRoles: with a boundary no role is made and gets no policy
// without it; without one the warning says so, and nobody can put one.
func TestBoundaryOfRoles(t *testing.T) {
	const arn = "arn:aws:iam::123456789012:policy/boundary"
	bound := serviceRole(standing(t, core.Component, "metaflow", generator.Values{"Boundary": arn}))
	for _, action := range []string{"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy",
		"iam:PutRolePermissionsBoundary"} {
		var found int
		for _, s := range bound {
			if slices.Contains(s.Action, action) {
				found++
				if !slices.Equal(s.Condition["StringEquals"]["iam:PermissionsBoundary"], []string{arn}) {
					t.Errorf("%s allows %s without the boundary", s.Sid, action)
				}
			}
		}
		if found != 1 {
			t.Errorf("%d statements allow %s", found, action)
		}
	}
	for _, s := range serviceRole(standing(t, core.Component, "metaflow", nil)) {
		if slices.Contains(s.Action, "iam:PutRolePermissionsBoundary") {
			t.Errorf("%s changes boundaries, though none is given", s.Sid)
		}
	}
}
