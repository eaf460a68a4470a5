package iampolicy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// TestLoginSecret decides, like IAM, that the service role reads the given secret of the login and
// no other one, and changes none. The template resolves no other secret from outside the stack.
func TestLoginSecret(t *testing.T) {
	const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-a1b2c3"
	given := generator.Values{"Region": "us-east-1", "Account": "123456789012"}
	allows := func(v generator.Values, action, on string) bool {
		text, _, err := Policy(service.Component, "service-role", "metaflow", v)
		if err != nil {
			t.Fatal(err)
		}
		document, err := iameval.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return iameval.Allowed(iameval.Request{Action: action, Resource: on}, document)
	}
	const read = "secretsmanager:GetSecretValue"
	if allows(given, read, secret) {
		t.Error("the secret is read without being given")
	}
	_, notes, err := Policy(service.Component, "service-role", "metaflow", given)
	if err != nil || !strings.Contains(strings.Join(notes, "\n"), "--oidc-secret") {
		t.Errorf("no note on the secret: %v, %q", err, notes)
	}
	given["OidcSecret"] = secret
	if !allows(given, read, secret) {
		t.Error("the given secret is not read")
	}
	if allows(given, read, strings.Replace(secret, "login", "other", 1)) {
		t.Error("another secret is read")
	}
	for _, action := range []string{"DeleteSecret", "UpdateSecret", "PutSecretValue", "TagResource"} {
		if allows(given, "secretsmanager:"+action, secret) {
			t.Errorf("%s on the given secret", action)
		}
	}
	var resolved []string
	for _, r := range service.Component.Built().Resources {
		text, err := json.Marshal(r.Properties)
		if err != nil {
			t.Fatal(err)
		}
		for _, rest := range strings.Split(string(text), "{{resolve:secretsmanager:${")[1:] {
			name, _, _ := strings.Cut(rest, "}")
			resolved = append(resolved, name)
		}
	}
	slices.Sort(resolved)
	want := []string{"DatabaseSecret", "OidcSecretArn"}
	if got := slices.Compact(resolved); !slices.Equal(got, want) {
		t.Errorf("the template resolves %v, want %v", got, want)
	}
}

// TestVerifyWithoutQueue checks that where no job can be run, verify has no statement for jobs.
func TestVerifyWithoutQueue(t *testing.T) {
	for _, c := range components {
		sc := standing(t, c, "metaflow", generator.Values{})
		if !sc.schedules() && !sc.records() {
			continue
		}
		for _, s := range verify(sc) {
			for _, a := range s.Action {
				if strings.HasPrefix(a, "batch:") || strings.HasPrefix(a, "s3:") ||
					strings.HasPrefix(a, "ec2:") {
					t.Errorf("%s: %s allows %s", c.Name, s.Sid, a)
				}
			}
		}
	}
}
