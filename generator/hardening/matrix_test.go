package hardening_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// domain returns the values of the parameters of the template.
var domain = templatetest.NewDomain(hardening.Component)

// TestMatrix resolves every combination of the values of all parameters, and compares the resources
// with the oracle.
func TestMatrix(t *testing.T) {
	if n := len(domain.Choices); n != 10 {
		t.Errorf("%d parameters, want 10: does the oracle know all that decide what exists?", n)
	}
	domain.Matrix(t, domain.Choices, templatetest.All(domain.Choices), oracle)
}

const nothing = "nothing is created: give ExistingVpcId with VpcFlowLog true, " +
	"ExistingBucketName without ExistingLogBucketName, or InterfaceEndpoints true"

// TestCheckMatrix compares the refusals of every combination with the oracle.
func TestCheckMatrix(t *testing.T) { domain.CheckMatrix(t, domain.Choices, oracle, nothing) }

// TestRelations compares every line of the messages.
func TestRelations(t *testing.T) {
	const vpc, subnet = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0"
	for _, test := range []struct {
		name   string
		values generator.Values
		want   []string
	}{
		{"nothing given", nil, []string{"VpcFlowLog true needs ExistingVpcId", nothing}},
		{"a VPC", generator.Values{"ExistingVpcId": vpc}, nil},
		{"no logs", generator.Values{"ExistingVpcId": vpc, "VpcFlowLog": "false"}, []string{nothing}},
		{"access log in a bucket that is reused", generator.Values{
			"ExistingBucketName": "my-data", "VpcFlowLog": "false",
			"ExistingLogBucketName": "my-logs"}, []string{nothing}},
		{"access log", generator.Values{
			"ExistingBucketName": "my-data", "VpcFlowLog": "false"}, nil},
		{"endpoints alone", generator.Values{
			"InterfaceEndpoints": "true", "VpcFlowLog": "false"}, []string{
			"InterfaceEndpoints true needs ExistingVpcId",
			"InterfaceEndpoints true needs ExistingPrivateSubnet1Id",
			"InterfaceEndpoints true needs ExistingPrivateSubnet2Id",
			"InterfaceEndpoints true needs ExistingSecurityGroupId", nothing}},
		{"one subnet twice", generator.Values{
			"ExistingVpcId": vpc, "InterfaceEndpoints": "true",
			"ExistingPrivateSubnet1Id": subnet, "ExistingPrivateSubnet2Id": subnet,
			"ExistingSecurityGroupId": "sg-0123456789abcdef0"}, []string{
			"ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id are both " + subnet +
				": give subnets in two Availability Zones"}},
		{"a value that is wrong alone", generator.Values{
			"ExistingVpcId": "vpc", "LogExpirationDays": "0"}, []string{
			`ExistingVpcId: "vpc" is not a VPC ID like vpc-0123456789abcdef0`,
			"LogExpirationDays: 0 is not from 1 to 3650"}},
	} {
		if got := templatetest.Refusals(hardening.Component, test.values); !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"),
				strings.Join(test.want, "\n"))
		}
	}
}
