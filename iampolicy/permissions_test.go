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
)

// coming are rows of grants for what the template does not hold yet.
var coming = []string{"AWS::EC2::FlowLog", "AWS::EC2::SecurityGroupEgress", "LoggingConfiguration", "PrivateDnsEnabled"}

// everything is a template with something of each row of grants: two roles as
// the template has them, one for Fargate, and a second bucket. Their role path
// makes the policies longest.
func everything() *cfn.Template {
	t := &cfn.Template{}
	words := map[string]any{}
	add := func(id, resourceType string, properties map[string]any) {
		t.Resources = append(t.Resources, cfn.Resource{ID: id, Type: resourceType, Properties: properties})
	}
	role := func(id, service, policy string) {
		add(id, "AWS::IAM::Role", map[string]any{"Path": "/", "Trust": service,
			"ManagedPolicyArns": []any{map[string]any{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/" + policy}}})
	}
	role("JobRole", "ecs-tasks.amazonaws.com", "AmazonECSTaskExecutionRolePolicy")
	role("ExecutionRole", "ecs-tasks.amazonaws.com", "AmazonECSTaskExecutionRolePolicy")
	role("InstanceRole", "ec2.${AWS::URLSuffix}", "AmazonEC2ContainerServiceforEC2Role")
	add("InstanceProfile", "AWS::IAM::InstanceProfile", map[string]any{"Path": "/"})
	add("Bucket", "AWS::S3::Bucket", nil)
	add("LogBucket", "AWS::S3::Bucket", nil)
	for _, g := range grants {
		switch _, name, isType := strings.Cut(g.on, "AWS::"); {
		case !isType:
			words[g.on] = true
		case !slices.ContainsFunc(t.Resources, func(r cfn.Resource) bool { return r.Type == g.on }):
			add(strings.ReplaceAll(name, "::", ""), g.on, nil)
		}
	}
	t.Resources[0].Properties["Words"] = words
	return t
}

// lacking are the resource types of a template without a row.
func lacking(t *cfn.Template, rows []grant) []string {
	var types []string
	for _, r := range t.Resources {
		if !slices.ContainsFunc(rows, func(g grant) bool { return g.on == r.Type }) {
			types = append(types, r.Type)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// TestGrantsCoverTemplate demands a row for every resource type that the
// template can create, and a template that asks for every row.
func TestGrantsCoverTemplate(t *testing.T) {
	for _, missing := range lacking(core.Component.Template(), grants) {
		t.Errorf("%s is in the template and not in grants: the service role could not create it", missing)
	}
	used := granted(core.Component.Template())
	for _, g := range grants {
		isUsed := slices.ContainsFunc(used, func(u grant) bool { return u.on == g.on })
		switch isComing := slices.Contains(coming, g.on); {
		case !isUsed && !isComing:
			t.Errorf("%s is in grants and not in the template: remove the row, or name it as coming", g.on)
		case isUsed && isComing:
			t.Logf("%s has come", g.on)
		}
	}
}

// TestGrantsNoticeAGap removes each row in turn, and adds a type of its own.
func TestGrantsNoticeAGap(t *testing.T) {
	for i, g := range grants {
		if !strings.HasPrefix(g.on, "AWS::") {
			continue
		}
		if rest := slices.Delete(slices.Clone(grants), i, i+1); !slices.Equal(lacking(everything(), rest), []string{g.on}) {
			t.Errorf("nobody notices that %s has no row", g.on)
		}
	}
	more := everything()
	more.Resources = append(more.Resources, cfn.Resource{ID: "Topic", Type: "AWS::SNS::Topic"})
	if found := lacking(more, grants); !slices.Equal(found, []string{"AWS::SNS::Topic"}) {
		t.Errorf("a new type is not noticed: %v", found)
	}
}

// TestGrantRows checks the form of the table.
func TestGrantRows(t *testing.T) {
	var seen []string
	for _, g := range grants {
		if slices.Contains(seen, g.on) {
			t.Errorf("%s has two rows", g.on)
		}
		seen = append(seen, g.on)
		if !regexp.MustCompile(`^https://(github\.com/.+/blob/[0-9a-f]{12}/.+\.json|docs\.aws\.amazon\.com/.+\.html)$`).MatchString(g.source) {
			t.Errorf("%s has no source: %q", g.on, g.source)
		}
		if !slices.IsSorted(g.actions) || len(slices.Compact(slices.Clone(g.actions))) < len(g.actions) || len(g.actions) == 0 {
			t.Errorf("%s: actions are missing, unsorted or twice: %v", g.on, g.actions)
		}
		hasTags := slices.Contains(g.actions, "ec2:CreateTags")
		if hasTags != (g.tagged != "") || hasTags != slices.Contains(g.actions, "ec2:DeleteTags") {
			t.Errorf("%s: tagged %q does not go with its actions", g.on, g.tagged)
		}
	}
}

// TestActionsOfEachType lists for each resource type of the template the actions
// that the service role gets, and finds each in the document with its scope.
func TestActionsOfEachType(t *testing.T) {
	p := standing(t, "metaflow", generator.Values{"Boundary": "arn:aws:iam::123456789012:policy/boundary"})
	statements := serviceRole(p)
	var types []string
	for _, r := range p.template.Resources {
		types = append(types, r.Type)
	}
	slices.Sort(types)
	for _, name := range slices.Compact(types) {
		row := grants[slices.IndexFunc(grants, func(g grant) bool { return g.on == name })]
		var lines []string
		for _, action := range row.actions {
			i := slices.IndexFunc(statements, func(s statement) bool {
				return slices.ContainsFunc(s.Action, func(a string) bool { return a == action || matches(a, action) })
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
	bound := serviceRole(standing(t, "metaflow", generator.Values{"Boundary": arn}))
	for _, action := range []string{"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"} {
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
	for _, s := range serviceRole(standing(t, "metaflow", nil)) {
		if slices.Contains(s.Action, "iam:PutRolePermissionsBoundary") {
			t.Errorf("%s changes boundaries, though none is given", s.Sid)
		}
	}
}
