package iampolicy

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestPolicyPlace: partition, region and account are found in their parameters
// and in ARNs, and must agree.
func TestPolicyPlace(t *testing.T) {
	for name, test := range map[string]struct {
		given generator.Values
		want  string // partition region account
		wrong []string
	}{
		"nothing": {generator.Values{}, "aws * *", nil},
		"region":  {generator.Values{"Region": "cn-north-1"}, "aws-cn cn-north-1 *", nil},
		"gov":     {generator.Values{"Region": "us-gov-east-1"}, "aws-us-gov us-gov-east-1 *", nil},
		"queue": {generator.Values{
			"Queue": "arn:aws-us-gov:batch:us-gov-west-1:123456789012:job-queue/jobs"},
			"aws-us-gov us-gov-west-1 123456789012", nil},
		"queue's name": {generator.Values{"Queue": "jobs"}, "aws * *", nil},
		"a policy of AWS": {generator.Values{"JobPolicies": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
			"aws * *", nil},
		"role and account": {generator.Values{"JobRole": "arn:aws:iam::123456789012:role/a",
			"Account": "123456789012"},
			"aws * 123456789012", nil},
		"second of a list": {generator.Values{"PassRoles": "arn:aws:iam::123456789012:role/a, " +
			"arn:aws:iam::210987654321:role/b"}, "",
			[]string{"--pass-roles names the account 210987654321, and --pass-roles 123456789012: a " +
				"stack is in one"}},
		"all": {generator.Values{"Partition": "aws-cn", "Region": "us-east-1", "Account": "123456789012",
			"Queue": "arn:aws-cn:batch:us-west-2:210987654321:job-queue/jobs"}, "", []string{
			"--region names the partition aws, and --partition aws-cn: a stack is in one",
			"--queue names the region us-west-2, and --region us-east-1: a stack is in one",
			"--queue names the account 210987654321, and --account 123456789012: a stack is in one",
		}},
	} {
		sc, errs := scopeOf(core.Component, "metaflow", test.given)
		var wrong []string
		for _, err := range errs {
			wrong = append(wrong, err.Error())
		}
		if !slices.Equal(wrong, test.wrong) {
			t.Errorf("%s: %q", name, wrong)
		}
		if got := strings.Join([]string{sc.partition, sc.region, sc.account}, " "); test.wrong == nil &&
			got != test.want {
			t.Errorf("%s: %s, not %s", name, got, test.want)
		}
	}
}

// TestPolicyNotes: what is open, what has no effect, and what is taken for
// granted is said.
func TestPolicyNotes(t *testing.T) {
	here := func(more generator.Values) generator.Values {
		more["Region"], more["Account"] = "us-east-1", "123456789012"
		return more
	}
	for _, test := range []struct {
		kind  string
		given generator.Values
		want  []string // beginnings of the notes
	}{
		{"user", generator.Values{}, []string{"the policy is for any account and region: narrow it " +
			"with --account and --region"}},
		{"user", generator.Values{"Region": "us-east-1"},
			[]string{"the policy is for any account: narrow it with --account"}},
		{"user", here(generator.Values{}), nil},
		{"user", here(generator.Values{"Bucket": "flows",
			"Boundary": "arn:aws:iam::123456789012:policy/b"}),
			[]string{"--boundary has no effect on the user policy"}},
		{"boundary", here(generator.Values{"Queue": "jobs", "RolePath": "/"}),
			[]string{"--queue has no effect on the boundary policy"}},
		{"service-role", here(generator.Values{}), []string{"without --boundary the service role"}},
		{"service-role", here(generator.Values{"Boundary": "arn:aws:iam::123456789012:policy/b"}), nil},
		{"service-role", here(generator.Values{"StateMachinePrefix": "team-a",
			"Boundary": "arn:aws:iam::123456789012:policy/b"}),
			[]string{"--state-machine-prefix has no effect on the service-role policy"}},
		{"deployer", here(generator.Values{}),
			[]string{"the service role is taken to be " +
				"arn:aws:iam::123456789012:role/cloudformation-metaflow"}},
		{"deployer", here(generator.Values{"RoleArn": "arn:aws:iam::123456789012:role/cfn"}), nil},
	} {
		_, notes, err := Policy(core.Component, test.kind, "metaflow", test.given)
		if err != nil {
			t.Fatal(err)
		}
		matching := slices.EqualFunc(notes, test.want, strings.HasPrefix)
		if !matching {
			t.Errorf("%s %v: %q", test.kind, test.given, notes)
		}
	}
}

// TestPolicyErrors: an unknown policy comes with all else that is wrong, and a
// policy that IAM would refuse for its size is not printed.
func TestPolicyErrors(t *testing.T) {
	_, _, err := Policy(core.Component, "deploier", "metaflow",
		generator.Values{"Region": "us-east-1", "Partition": "aws-cn"})
	for _, want := range []string{"did you mean deployer?", "boundary, service-role, deployer, user",
		"--region names the partition aws"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	roles := strings.Repeat("arn:aws:iam::123456789012:role/a-role-of-a-long-name,", 60)
	_, _, err = Policy(core.Component, "service-role", "metaflow",
		generator.Values{"PassRoles": strings.TrimSuffix(roles, ",")})
	if err == nil || !strings.Contains(err.Error(), "IAM takes 6144") {
		t.Errorf("too large: %v", err)
	}
}

// TestPolicyNames: what CloudFormation names after a stack is matched, also
// where it cuts the stack's name, and the service role is none of it.
func TestPolicyNames(t *testing.T) {
	for stack, want := range map[string]string{
		"Flow":                         "Flow-Bucket-*",
		"a-name-of-24-letters-abc":     "a-name-of-24-letters-abc-Bucket-*",
		"a-name-of-25-letters-abcd":    "a-name-of-25-letters-abc*",
		strings.Repeat("metaflow", 16): "metaflowmetaflowmetaflow*",
		"cloudformation":               "cloudformation-Bucket-*",
	} {
		sc := standing(t, core.Component, stack, nil)
		if got := sc.generatedName("Bucket"); got != want {
			t.Errorf("%s: %s, not %s", stack, got, want)
		}
		_, role, _ := strings.Cut(sc.serviceRoleARN(), ":role/")
		if len(role) > 64 {
			t.Errorf("%s: the service role %s has %d letters", stack, role, len(role))
		}
		for _, arn := range sc.createdARNs("role", "AWS::IAM::Role", "") {
			if _, pattern, _ := strings.Cut(arn, ":role/"); matches(pattern, role) {
				t.Errorf("%s: the service role %s can change itself as %s", stack, role, pattern)
			}
		}
	}
}
