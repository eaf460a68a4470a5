package core_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestDerived: values follow from given ones and from the VPC that is reused, and never replace a
// given one.
func TestDerived(t *testing.T) {
	known := sound()
	empty := sound()
	empty.Subnets, empty.InternetGateways = map[string]facts.Subnet{}, map[string]bool{}
	ten := empty
	ten.VPCs = map[string]facts.VPC{vpc: {CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}}
	full := sound()
	full.VPCs = map[string]facts.VPC{vpc: {CIDRs: []netip.Prefix{netip.MustParsePrefix("172.31.1.0/24")}}}
	for _, test := range []struct {
		name  string
		given generator.Values
		n     *facts.Network
		want  []string
	}{
		{"a new VPC", nil, nil, nil},
		{"the default VPC range", generator.Values{"VpcCidr": "10.0.0.0/16"}, nil, nil},
		{"another range", generator.Values{"VpcCidr": "192.168.0.0/16"}, nil, []string{
			"PublicSubnet1Cidr=192.168.0.0/24 (inside VpcCidr 192.168.0.0/16)",
			"PrivateSubnet1Cidr=192.168.1.0/24 (inside VpcCidr 192.168.0.0/16)",
			"PublicSubnet2Cidr=192.168.2.0/24 (inside VpcCidr 192.168.0.0/16)",
			"PrivateSubnet2Cidr=192.168.3.0/24 (inside VpcCidr 192.168.0.0/16)"}},
		{"a small range", generator.Values{"VpcCidr": "10.0.0.0/24"}, nil, []string{
			"PublicSubnet1Cidr=10.0.0.0/26 (inside VpcCidr 10.0.0.0/24)",
			"PrivateSubnet1Cidr=10.0.0.64/26 (inside VpcCidr 10.0.0.0/24)",
			"PublicSubnet2Cidr=10.0.0.128/26 (inside VpcCidr 10.0.0.0/24)",
			"PrivateSubnet2Cidr=10.0.0.192/26 (inside VpcCidr 10.0.0.0/24)"}},
		{"a range without room", generator.Values{"VpcCidr": "10.0.0.0/27"}, nil, nil},
		{"public subnets alone", generator.Values{"VpcCidr": "10.9.0.0/24",
			"ComputeSubnets": "public"}, nil, []string{
			"PublicSubnet1Cidr=10.9.0.0/25 (inside VpcCidr 10.9.0.0/24)",
			"PublicSubnet2Cidr=10.9.0.128/25 (inside VpcCidr 10.9.0.0/24)"}},
		{"some subnets are given", generator.Values{"VpcCidr": "10.9.0.0/22",
			"PrivateSubnet1Cidr": "10.9.0.0/23", "PrivateSubnet2Cidr": "10.9.2.0/24"}, nil, []string{
			"PublicSubnet1Cidr=10.9.3.0/25 (inside VpcCidr 10.9.0.0/22)",
			"PublicSubnet2Cidr=10.9.3.128/25 (inside VpcCidr 10.9.0.0/22)"}},
		{"a VPC that nobody looks at", generator.Values{"ExistingVpcId": vpc}, nil, nil},
		{"a VPC alone", generator.Values{"ExistingVpcId": vpc}, &known, []string{
			"PublicSubnet1Cidr=172.31.0.0/24 (free in " + vpc + " (172.31.0.0/16))",
			"PrivateSubnet1Cidr=172.31.5.0/24 (free in " + vpc + " (172.31.0.0/16))",
			"PrivateSubnet2Cidr=172.31.6.0/24 (free in " + vpc + " (172.31.0.0/16))",
			"ExistingInternetGatewayId=" + gatewayID + " (" + vpc + " has it, and can have one only)"}},
		{"a VPC in which the defaults are free", generator.Values{"ExistingVpcId": vpc}, &ten, nil},
		{"a VPC without room", generator.Values{"ExistingVpcId": vpc, "ExistingInternetGatewayId": ""},
			&full, nil},
		{"everything is given", fresh, &known, nil},
		{"subnets are reused", private, &known, nil},
	} {
		var got []string
		for _, d := range core.Component.Derive(test.given, test.n) {
			got = append(got, d.Parameter.Name+"="+d.Value+" ("+d.Reason+")")
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestDerivedIsFine: a VPC with derived values gives no finding.
func TestDerivedIsFine(t *testing.T) {
	n := sound()
	v := generator.Values{"ExistingVpcId": vpc}
	for _, d := range core.Component.Derive(v, &n) {
		v[d.Parameter.Name] = d.Value
	}
	if len(v) != 5 {
		t.Errorf("%v", v)
	}
	for _, f := range core.Component.Look(v, n) {
		t.Errorf("%s", f)
	}
	for _, err := range core.Component.CheckRelations(v) {
		t.Error(err)
	}
}
