package safety

import (
	"fmt"
	"slices"
	"strings"
)

const (
	ecsTasks = "ecs-tasks.amazonaws.com"
	ec2      = "ec2.${AWS::URLSuffix}"
)

// roles are the roles that may exist: whom each serves, and the one policy of
// AWS that it carries, if any.
var roles = map[string]struct{ service, managed string }{
	"JobRole":       {ecsTasks, ""},
	"InstanceRole":  {ec2, "AmazonEC2ContainerServiceforEC2Role"},
	"ExecutionRole": {ecsTasks, "AmazonECSTaskExecutionRolePolicy"},

	"StepFunctionsRole": {"states.amazonaws.com", ""},
	"EventBridgeRole":   {"events.amazonaws.com", ""},

	"UiRole": {ecsTasks, ""},
}

// sources are the ARNs on whose behalf a service may assume a role, for the services of which
// AWS documents the condition.
var sources = map[string]string{
	"JobRole":           local("ecs", "*"),
	"StepFunctionsRole": local("states", "stateMachine:*"),
	"EventBridgeRole":   local("events", "rule/*"),
	"UiRole":            local("ecs", "*"),
}

// statements are those of a policy document.
func statements(document any) []map[string]any {
	var out []map[string]any
	for _, s := range list(at(document, "Statement")) {
		statement, _ := s.(map[string]any)
		out = append(out, statement)
	}
	return out
}

// granted yields each Allow of the template with the resource that it stands in.
// Whatever is not plainly a Deny counts as one.
func granted(t *template, yield func(r resource, statement map[string]any)) {
	for _, r := range t.resources {
		for v := range nodes(r.properties) {
			s, _ := v.(map[string]any)
			if effect, ok := s["Effect"]; ok && effect != "Deny" {
				yield(r, s)
			}
		}
	}
}

func noWildcards(t *template) (f findings) {
	granted(t, func(r resource, s map[string]any) {
		for _, action := range texts(s["Action"]) {
			if strings.Contains(action, "*") {
				f.add("%s: allows %s", r.id, action)
			}
		}
		scoped := slices.ContainsFunc(texts(s["Action"]), func(action string) bool {
			return !slices.Contains(anyResource, action)
		})
		if scoped && slices.Contains(texts(s["Resource"]), "*") {
			f.add("%s: allows %s on everything", r.id, text(s["Action"]))
		}
		for _, inverse := range []string{"NotAction", "NotResource", "NotPrincipal"} {
			if s[inverse] != nil {
				f.add("%s: allows by %s", r.id, inverse)
			}
		}
	})
	return f
}

func noEscalation(t *template) (f findings) {
	granted(t, func(r resource, s map[string]any) {
		for _, action := range texts(s["Action"]) {
			if s["Principal"] == nil && escalates(action) {
				f.add("%s: allows %s", r.id, action)
			}
		}
	})
	return f
}

func escalates(action string) bool {
	return strings.HasPrefix(action, "iam:") || strings.HasPrefix(action, "sts:")
}

func trustOneService(t *template) (f findings) {
	for r := range t.of("AWS::IAM::Role") {
		trusts := statements(r.at("AssumeRolePolicyDocument"))
		if len(trusts) != 1 {
			f.add("%s: is assumed by %d statements; wanted one", r.id, len(trusts))
			continue
		}
		want := fmt.Sprintf("Allow [sts:AssumeRole] {Service: %s}", roles[r.id].service)
		if got := says(trusts[0], "Effect", "Action", "Principal"); got != want {
			f.add("%s: trusts %s; wanted %s", r.id, got, want)
		}
	}
	return f
}

// trustThisAccount: AWS documents the conditions for roles of tasks, not for
// execution roles or instances.
func trustThisAccount(t *template) (f findings) {
	for r := range t.of("AWS::IAM::Role") {
		want := ""
		if source := sources[r.id]; source != "" {
			want = "{ArnLike: {aws:SourceArn: " + source + "}, " +
				"StringEquals: {aws:SourceAccount: ${AWS::AccountId}}}"
		}
		for _, trust := range statements(r.at("AssumeRolePolicyDocument")) {
			if got := portable(text(trust["Condition"])); got != want {
				f.add("%s: trusts under %q; wanted %q", r.id, got, want)
			}
		}
	}
	return f
}

func boundary(t *template) (f findings) {
	for r := range t.of("AWS::IAM::Role") {
		f.want(r, "PermissionsBoundary", t.values["PermissionsBoundaryArn"])
	}
	return f
}

func rolePath(t *template) (f findings) {
	for r := range t.of("AWS::IAM::Role", "AWS::IAM::InstanceProfile") {
		f.want(r, "Path", t.values["RolePath"])
	}
	return f
}

func noNamedIAM(t *template) (f findings) {
	for _, r := range t.resources {
		for _, name := range []string{"RoleName", "InstanceProfileName", "ManagedPolicyName", "UserName",
			"GroupName"} {
			if r.properties[name] != nil {
				f.add("%s: is named by %s", r.id, name)
			}
		}
	}
	return f
}

func managedPolicies(t *template) (f findings) {
	for r := range t.of("AWS::IAM::Role") {
		var want []string
		if name := roles[r.id].managed; name != "" {
			want = append(want, "arn:${AWS::Partition}:iam::aws:policy/service-role/"+name)
			if given := t.values["InstancePolicyArns"]; given != "" && r.id == "InstanceRole" {
				want = append(want, strings.Split(given, ",")...)
			}
		} else if given := t.values["JobPolicyArns"]; given != "" {
			want = strings.Split(given, ",")
		}
		got := texts(r.at("ManagedPolicyArns"))
		for i := range got {
			if !slices.Contains(want, got[i]) {
				got[i] = portable(got[i])
			}
		}
		if !slices.Equal(got, want) {
			f.add("%s: carries the policies %v; wanted %v", r.id, got, want)
		}
	}
	return f
}

// coreGrants are the few actions that jobs are wanted to have.
func coreGrants(t *template) map[string][]string {
	bucket := "arn:${AWS::Partition}:s3:::" + t.ours("ExistingBucketName", "${Bucket}")
	job := []string{
		"s3:AbortMultipartUpload on " + bucket + "/*", "s3:GetObject on " + bucket + "/*",
		"s3:ListBucket on " + bucket, "s3:PutObject on " + bucket + "/*",
	}
	for _, key := range given(t.values["KmsKeyArn"]) {
		job = append(job, "kms:Decrypt on "+portable(key), "kms:GenerateDataKey on "+portable(key))
	}
	return map[string][]string{"JobRole": job}
}

// given are the items of a list parameter.
func given(value string) []string {
	if value == "" {
		return nil
	}
	return strings.Split(value, ",")
}

// inlinePolicies compares every action on every resource with the few that are wanted: what is
// not listed is not allowed.
func inlinePolicies(t *template) (f findings) {
	var all map[string][]string
	if t.subject.grants != nil {
		all = t.subject.grants(t)
	}
	for r := range t.of("AWS::IAM::Policy", "AWS::IAM::Role") {
		got, want := []string{}, slices.Sorted(slices.Values(all[r.id]))
		documents := []any{r.at("PolicyDocument")}
		for _, policy := range list(r.at("Policies")) {
			if text(at(policy, "PolicyName")) == "" {
				f.add("%s: a policy has no name", r.id)
			}
			documents = append(documents, at(policy, "PolicyDocument"))
		}
		for _, document := range documents {
			for _, s := range statements(document) {
				got = append(got, grants(s)...)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			f.add("%s: may %v; wanted %v", r.id, got, want)
		}
	}
	return f
}

// grants are the actions of a statement, each on each of its resources, less
// those that no role may have at all, which is the matter of other rules.
func grants(statement map[string]any) []string {
	var out []string
	for _, action := range texts(statement["Action"]) {
		for _, on := range texts(statement["Resource"]) {
			anything := on == "*" && !slices.Contains(anyResource, action)
			if strings.Contains(action, "*") || anything || escalates(action) {
				continue
			}
			out = append(out, action+" on "+portable(on))
		}
	}
	if effect := text(statement["Effect"]); effect != "Allow" {
		out = append(out, "effect "+effect)
	}
	return out
}

func policyLanguage(t *template) (f findings) {
	for _, r := range t.resources {
		for v := range nodes(r.properties) {
			m, _ := v.(map[string]any)
			if m["Statement"] == nil {
				continue
			}
			if m["Version"] != "2012-10-17" {
				f.add("%s: a policy has version %q", r.id, text(m["Version"]))
			}
			for _, s := range statements(m) {
				if s["Effect"] != "Allow" && s["Effect"] != "Deny" {
					f.add("%s: a statement has the effect %q", r.id, text(s["Effect"]))
				}
			}
		}
	}
	return f
}

func instanceProfile(t *template) (f findings) {
	for r := range t.of("AWS::IAM::InstanceProfile") {
		f.want(r, "Roles", "[${InstanceRole}]")
	}
	for r := range t.only("ComputeEnvironment") {
		want := t.ours("ExistingInstanceProfileArn", "${InstanceProfile.Arn}")
		if t.fargate() {
			want = ""
		}
		f.want(r, "ComputeResources.InstanceRole", want)
	}
	return f
}

// portable is a text whose partition is the stack's: whether a literal one may
// stand there is the matter of one rule alone.
func portable(s string) string {
	return strings.ReplaceAll(s, "arn:aws:", "arn:${AWS::Partition}:")
}
