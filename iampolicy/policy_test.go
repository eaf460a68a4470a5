package iampolicy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sebdah/goldie/v2"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// scopeValues returns values of PolicyParameters by name: nothing given, and everything given
// in each partition.
func scopeValues() map[string]generator.Values {
	out := map[string]generator.Values{"bare": {}}
	for partition, region := range map[string]string{"aws": "us-east-1",
		"aws-us-gov": "us-gov-west-1", "aws-cn": "cn-northwest-1"} {
		iam := "arn:" + partition + ":iam::123456789012:"
		out[partition] = generator.Values{
			"Region": region, "Account": "123456789012", "Bucket": "team-flows", "RolePath": "/metaflow/",
			"KmsKey": "arn:" + partition + ":kms:" + region +
				":123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
			"Queue":   "arn:" + partition + ":batch:" + region + ":123456789012:job-queue/jobs",
			"JobRole": iam + "role/metaflow/jobs", "ExecutionRole": iam + "role/metaflow/start",
			"RoleArn": iam + "role/cloudformation", "Boundary": iam + "policy/metaflow-boundary",
			"JobPolicies": iam + "policy/data," + iam + "policy/secrets",
			"PassRoles":   iam + "role/instances",
			"OidcSecret": "arn:" + partition + ":secretsmanager:" + region +
				":123456789012:secret:login-a1b2c3",
		}
	}
	return out
}

// documents calls a test for each policy in each scope: of each component, of a
// stack with a long name, and of a template that needs all rows of the table of
// permissions.
func documents(
	t *testing.T, test func(t *testing.T, name string, sc scope, statements []statement),
) {
	for _, i := range identities {
		for at, values := range scopeValues() {
			all := map[string]scope{
				"everything": standing(t, core.Component, "metaflow", values),
				"long":       standing(t, core.Component, strings.Repeat("long-name", 14), values),
			}
			for _, c := range components {
				all[c.Name] = standing(t, c, "metaflow", values)
			}
			for of, sc := range all {
				if of == "everything" {
					sc.template = everything()
				}
				t.Run(strings.Join([]string{i.name, at, of}, "/"), func(t *testing.T) {
					test(t, i.name, sc, i.statements(sc))
				})
			}
		}
	}
}

// standing returns the scope of a stack of the component.
func standing(
	t *testing.T, c *generator.Component, stack string, values generator.Values,
) scope {
	t.Helper()
	sc, errs := scopeOf(c, stack, values)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return sc
}

// TestPolicySizes keeps each document under IAM's limit, and says its size. No template needs all
// rows of the table.
func TestPolicySizes(t *testing.T) {
	documents(t, func(t *testing.T, name string, sc scope, statements []statement) {
		_, size, err := encode(statements)
		if err != nil {
			t.Fatal(err)
		}
		whole := strings.HasSuffix(t.Name(), "/everything") && name == "service-role"
		if t.Logf("%d characters", size); size > maxPolicy && !whole {
			t.Errorf("%d characters are over %d", size, maxPolicy)
		}
	})
}

// wildcards are the actions with an asterisk that a policy may hold.
var wildcards = map[string]string{
	"s3:GetBucket*":        "settings of a bucket, which its read handler wants",
	"s3:Get*Configuration": "the same",

	"ecs:Describe*":                  "reads, which tell no secret",
	"elasticloadbalancing:Describe*": "the same",
	"rds:Describe*":                  "the same",
	"elasticloadbalancing:Create*":   "load balancers, listeners and target groups, by their ARNs",
	"elasticloadbalancing:Delete*":   "the same",
	"elasticloadbalancing:Modify*":   "the same",
	"elasticloadbalancing:Set*":      "the same",
}

// anyResource are the writes that no resource can narrow.
var anyResource = []string{"ecs:DeregisterTaskDefinition", "logs:CreateLogDelivery", "logs:DeleteLogDelivery",
	"logs:PutResourcePolicy", "logs:UpdateLogDelivery"}

// TestPolicyStatements checks what holds for every document.
func TestPolicyStatements(t *testing.T) {
	documents(t, func(t *testing.T, name string, sc scope, statements []statement) {
		var sids []string
		for _, s := range statements {
			sids = append(sids, s.Sid)
			checkStatement(t, sc, s)
		}
		slices.Sort(sids)
		if len(slices.Compact(sids)) < len(statements) {
			t.Errorf("a Sid comes twice: %v", sids)
		}
	})
}

func checkStatement(t *testing.T, sc scope, s statement) {
	t.Helper()
	if !regexp.MustCompile(`^[A-Za-z0-9]+$`).MatchString(s.Sid) || s.Effect != "Allow" {
		t.Errorf("Sid %q with Effect %q", s.Sid, s.Effect)
	}
	if len(s.Action) == 0 || !slices.IsSorted(s.Action) ||
		len(slices.Compact(slices.Clone(s.Action))) < len(s.Action) {
		t.Errorf("%s: actions are empty, unsorted or twice: %v", s.Sid, s.Action)
	}
	if len(s.Resource) == 0 {
		t.Errorf("%s has no resource", s.Sid)
	}
	for _, a := range s.Action {
		if !regexp.MustCompile(`^[a-z0-9]+:[A-Z]\w+$`).MatchString(a) && wildcards[a] == "" {
			t.Errorf("%s: %s is not an action, or is an unjustified wildcard", s.Sid, a)
		}
		reads := regexp.MustCompile(`:(Describe|BatchDescribe|Get|List|Discover)`).MatchString(a)
		if slices.Contains(s.Resource, wildcard) && !reads && !slices.Contains(anyResource, a) {
			t.Errorf("%s: %s on any resource", s.Sid, a)
		}
		if a == "iam:PassRole" && len(s.Condition["StringEquals"]["iam:PassedToService"]) == 0 {
			t.Errorf("%s passes roles to any service", s.Sid)
		}
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			if len(values) == 0 {
				t.Errorf("%s: %s of %s without a value", s.Sid, operator, key)
			}
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, arn := range regexp.MustCompile(`arn:[^:"]*:[^"]*`).FindAllString(string(text), -1) {
		if !strings.HasPrefix(arn, "arn:"+sc.partition+":") {
			t.Errorf("%s: %s is not of the partition %s", s.Sid, arn, sc.partition)
		}
	}
}

// TestPolicyRefuses lists what the identities must not do.
func TestPolicyRefuses(t *testing.T) {
	never := map[string]string{
		"deployer": `^(ec2:[^D]|s3:|iam:(Add|Attach|Create|Delete|Detach|Put|Remove|Tag|Untag|Update)|` +
			`batch:(Create|Delete|Submit|UpdateComputeEnvironment))`,
		"service-role": `^(s3:(Get|Put|Delete)Object|iam:DeleteRolePermissionsBoundary|` +
			`iam:\w*(User|Group|AccessKey)|iam:CreatePolicy|ec2:RunInstances|batch:SubmitJob)`,
		"boundary": `^(iam:|s3:Delete|ec2:[^D]|batch:(Create|Delete|Register|Update)|sts:|` +
			`states:(Create|Delete|Update)|dynamodb:\w*Table|cloudformation:)`,
		"user": `^(iam:[^P]|s3:Delete|ec2:|batch:(Create|Delete|Update)|dynamodb:|` +
			`cloudformation:[^D])`,
		"verify": `^(iam:[^PG]|s3:DeleteBucket|ec2:[^D]|batch:(Create|Delete|Update)|dynamodb:|` +
			`cloudformation:[^D]|autoscaling:[^D]|ecs:[^L]|logs:[^G])`,
	}
	documents(t, func(t *testing.T, name string, sc scope, statements []statement) {
		for _, s := range statements {
			for _, a := range s.Action {
				if regexp.MustCompile(never[name]).MatchString(a) {
					t.Errorf("%s: %s", s.Sid, a)
				}
			}
			if name == "deployer" && slices.Contains(s.Action, "batch:UpdateJobQueue") &&
				!slices.Equal(s.Resource, []string{sc.given["Queue"]}) {
				t.Errorf("%s: the deployer may disable %v", s.Sid, s.Resource)
			}
		}
	})
}

// TestPolicyGoldens shows each document as it is printed. That of the service
// role is for everything that the table of permissions knows, so that it changes with
// the table only.
func TestPolicyGoldens(t *testing.T) {
	dir := filepath.Join("testdata", "policy")
	values := generator.Values{"Region": "us-east-1", "Account": "123456789012",
		"Boundary": "arn:aws:iam::123456789012:policy/metaflow-boundary"}
	var files []string
	for _, i := range identities {
		sc := standing(t, core.Component, "metaflow", values)
		sc.template = everything()
		text, _, err := encode(i.statements(sc))
		if err != nil {
			t.Fatal(err)
		}
		goldie.New(t, goldie.WithFixtureDir(dir), goldie.WithNameSuffix("")).Assert(t, i.name+".json",
			text)
		files = append(files, i.name+".json")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(files, e.Name()) {
			t.Errorf("%s is the golden of no policy", e.Name())
		}
	}
}

// TestPolicyIsJSON reads each document as IAM does: two keys, and statements of
// the known keys only.
func TestPolicyIsJSON(t *testing.T) {
	for _, c := range components {
		for _, kind := range Policies() {
			t.Run(c.Name+"/"+kind, func(t *testing.T) { testPolicyIsJSON(t, c, kind) })
		}
	}
}

func testPolicyIsJSON(t *testing.T, c *generator.Component, kind string) {
	t.Helper()
	text, _, err := Policy(c, kind, "metaflow", generator.Values{})
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Version   string
		Statement []statement
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&document); err != nil {
		t.Fatal(err)
	}
	least := 3
	if (kind == "user" || kind == "verify") && c == service.Component {
		least = 1 // its users read the outputs
	}
	if document.Version != "2012-10-17" || len(document.Statement) < least {
		t.Errorf("%s: %+v", kind, document)
	}
}

func ExamplePolicies() {
	fmt.Println(Policies())
	// Output: [boundary service-role deployer user verify]
}
