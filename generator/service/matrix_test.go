package service_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// domain returns the values of the parameters of the template.
var domain = templatetest.NewDomain(service.Component)

// filling are the parameters that fill a property and decide about no resource.
var filling = []string{"EngineVersion", "InstanceClass", "MultiAz", "MinCapacity", "MaxCapacity",
	"BackupDays", "DeletionProtection", "ServiceImage", "ServiceCpu", "ServiceMemory",
	"ServiceTasks", "LogDays", "RolePath", "UiCpu", "UiMemory", "DatastorePrefix", "KmsKeyArn",
	"PermissionsBoundaryArn", "ClientCidr", "ClientSecurityGroupId"}

// ofUI are the parameters that decide about the UI.
var ofUI = []string{"Ui", "UiScheme", "UiDomain", "UiCertificateArn", "ExistingBucketName",
	"ExistingPublicSubnet1Id", "ExistingPublicSubnet2Id", "OidcIssuer",
	"OidcAuthorizationEndpoint", "OidcTokenEndpoint", "OidcUserInfoEndpoint", "OidcSecretArn"}

// choices are the parameters that can decide what exists.
func choices() []templatetest.Choice {
	return slices.DeleteFunc(slices.Clone(domain.Choices), func(c templatetest.Choice) bool {
		return slices.Contains(filling, c.Name)
	})
}

// TestReuseMatrix resolves every combination of the values of the parameters that decide, and
// compares the resources with the oracle.
func TestReuseMatrix(t *testing.T) {
	if n := len(domain.Choices); n != 39 {
		t.Errorf("%d parameters, want 39: does the oracle know all that decide what exists?", n)
	}
	base := slices.DeleteFunc(choices(), func(c templatetest.Choice) bool {
		return slices.Contains(ofUI, c.Name)
	})
	domain.Matrix(t, base, templatetest.All(base), oracle)
}

// TestUIMatrix resolves every combination of the parameters of the UI, of its login and of an
// existing database, in a network that is given.
func TestUIMatrix(t *testing.T) {
	some := slices.DeleteFunc(choices(), func(c templatetest.Choice) bool {
		return c.Name == "Database"
	})
	for i, c := range some {
		given := c.Format.Expected == standard.VPCID.Expected ||
			strings.HasPrefix(c.Name, "ExistingPrivate") || c.Name == "ExistingSecurityGroupId"
		if given {
			some[i].Values = c.Values[1:]
		}
	}
	domain.Matrix(t, some, templatetest.All(some), oracle)
}

// TestFilling resolves each value of the other parameters alone: the same resources exist.
func TestFilling(t *testing.T) {
	for _, c := range domain.Choices {
		if !slices.Contains(filling, c.Name) {
			continue
		}
		for _, value := range c.Values {
			values, ok := domain.Complete(generator.Values{c.Name: value})
			if !ok {
				t.Errorf("%s %s: the component refuses it", c.Name, value)
				continue
			}
			exists, refused := oracle(domain.Explicit(values))
			live, err := service.Component.Template().Live(values)
			if err != nil || len(refused) > 0 {
				t.Errorf("%v: %v %v", values, err, refused)
			}
			for id, want := range exists {
				if live[id] != want {
					t.Errorf("%v: %s exists: %t, want %t", values, id, live[id], want)
				}
			}
		}
	}
}

// TestRelations compares every line of the messages.
func TestRelations(t *testing.T) {
	network := generator.Values{
		"ExistingVpcId":            "vpc-0123456789abcdef0",
		"ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0",
		"ExistingPrivateSubnet2Id": "subnet-0123456789abcdef1",
		"ExistingSecurityGroupId":  "sg-0123456789abcdef0",
	}
	with := func(more ...string) generator.Values {
		v := generator.Values{}
		for name, value := range network {
			v[name] = value
		}
		for i := 0; i < len(more); i += 2 {
			v[more[i]] = more[i+1]
		}
		return v
	}
	const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-" +
		"56ef-1234567890ab"
	const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:metaflow-1a2b3c"
	for _, test := range []struct {
		name   string
		values generator.Values
		want   []string
	}{
		{"nothing given", nil, []string{"the service needs ExistingVpcId",
			"the service needs ExistingPrivateSubnet1Id",
			"the service needs ExistingPrivateSubnet2Id",
			"the service needs ExistingSecurityGroupId"}},
		{"a network", with(), nil},
		{"one subnet twice", with("ExistingPrivateSubnet2Id", "subnet-0123456789abcdef0"),
			[]string{"ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id are both " +
				"subnet-0123456789abcdef0: give subnets in two Availability Zones"}},
		{"a database without its secret", with("ExistingDatabaseHost", "db.example.com"),
			[]string{"ExistingDatabaseHost needs ExistingDatabaseSecretArn"}},
		{"a secret without its database", with("ExistingDatabaseSecretArn", secret),
			[]string{"ExistingDatabaseSecretArn needs ExistingDatabaseHost"}},
		{"a database", with("ExistingDatabaseHost", "db.example.com",
			"ExistingDatabaseSecretArn", secret), nil},
		{"capacities", with("MinCapacity", "4"),
			[]string{"MinCapacity 4 is greater than MaxCapacity 2"}},
		{"too much memory", with("ServiceCpu", "256", "ServiceMemory", "4096"),
			[]string{"ServiceMemory 4096 does not go with ServiceCpu 256: Fargate has 512 to " +
				"2048 MiB there"}},
		{"too little memory", with("ServiceCpu", "1024"),
			[]string{"ServiceMemory 1024 does not go with ServiceCpu 1024: Fargate has 2048 to " +
				"8192 MiB there"}},
		{"a UI on the internet without a login", with("Ui", "true", "UiScheme", "internet-facing",
			"ExistingBucketName", "my-data", "UiDomain", "ui.example.com", "UiCertificateArn",
			certificate, "ExistingPublicSubnet1Id", "subnet-0123456789abcdef2",
			"ExistingPublicSubnet2Id", "subnet-0123456789abcdef3"), []string{
			"a UI on the internet needs a login and OidcIssuer"}},
		{"a login that is not complete", with("OidcIssuer", "https://login.example.com"), []string{
			"OidcIssuer needs OidcAuthorizationEndpoint", "OidcIssuer needs OidcTokenEndpoint",
			"OidcIssuer needs OidcUserInfoEndpoint", "OidcIssuer needs OidcSecretArn"}},
		{"values that are wrong alone", with("ClientCidr", "0.0.0.0/0",
			"ServiceImage", "metadata:latest", "ExistingDatabaseHost", "localhost"), []string{
			`ClientCidr: "0.0.0.0/0" is not a CIDR block of private addresses like 10.8.0.0/16`,
			`ExistingDatabaseHost: "localhost" is not a host name with dots, like db.example.com`,
			`ServiceImage: "metadata:latest" is not an image with a version, like ` +
				`public.ecr.aws/team/service:1.2`}},
		{"addresses of the internet", with("ClientCidr", "8.0.0.0/8"), []string{
			`ClientCidr: "8.0.0.0/8" has addresses of the internet; ` +
				`wanted a CIDR block of private addresses like 10.8.0.0/16`}},
	} {
		if got := templatetest.Refusals(service.Component, test.values); !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"),
				strings.Join(test.want, "\n"))
		}
	}
}
