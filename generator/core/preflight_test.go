package core_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const (
	privateA, privateB = "subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"
	publicA, publicB   = "subnet-0bbbbbbbbbbbbbbb1", "subnet-0bbbbbbbbbbbbbbb2"
	otherVPC           = "vpc-0fedcba9876543210"
	gatewayID          = "igw-0123456789abcdef0"
	natID              = "nat-0123456789abcdef0"
	tableID            = "rtb-0123456789abcdef0"
	groupID            = "sg-0123456789abcdef0"
)

// sound is a VPC with two private subnets behind a NAT gateway and two public ones.
func sound() facts.Network {
	subnet := func(zone, cidr string, public bool) facts.Subnet {
		return facts.Subnet{VPC: vpc, Zone: zone, CIDR: netip.MustParsePrefix(cidr), Free: 200,
			PublicAddresses: public}
	}
	return facts.Network{
		Region: "us-east-1",
		VPCs: map[string]facts.VPC{vpc: {CIDRs: []netip.Prefix{
			netip.MustParsePrefix("172.31.0.0/16")}}},
		Subnets: map[string]facts.Subnet{
			privateA: subnet("us-east-1a", "172.31.1.0/24", false),
			privateB: subnet("us-east-1b", "172.31.2.0/24", false),
			publicA:  subnet("us-east-1a", "172.31.3.0/24", true),
			publicB:  subnet("us-east-1b", "172.31.4.0/24", true),
		},
		RouteTables: map[string]facts.RouteTable{
			tableID:     {Main: true, Default: natID},
			"rtb-other": {Subnets: []string{publicA, publicB}, Default: gatewayID},
		},
		InternetGateways: map[string]bool{gatewayID: true},
		NATGateways:      map[string]facts.NATGateway{natID: {State: "available"}},
		SecurityGroups:   map[string]facts.SecurityGroup{groupID: {VPC: vpc, Egress: true}},
		Endpoints:        map[string]string{},
	}
}

// Values that reuse the network of sound.
var (
	private = generator.Values{"ExistingVpcId": vpc,
		"ExistingPrivateSubnet1Id": privateA, "ExistingPrivateSubnet2Id": privateB}
	public = generator.Values{"ExistingVpcId": vpc, "ComputeSubnets": "public",
		"ExistingPublicSubnet1Id": publicA, "ExistingPublicSubnet2Id": publicB}
	fresh = generator.Values{"ExistingVpcId": vpc, "ExistingInternetGatewayId": gatewayID,
		"PublicSubnet1Cidr": "172.31.10.0/24", "PublicSubnet2Cidr": "172.31.11.0/24",
		"PrivateSubnet1Cidr": "172.31.12.0/24", "PrivateSubnet2Cidr": "172.31.13.0/24"}
)

// preflights are values on an account that is sound but for one change, with a part of each
// finding. Warnings begin with "warning ".
var preflights = []struct {
	name   string
	values generator.Values
	more   string // Name=value
	change func(n *facts.Network)
	want   []string
}{
	// terraform-aws-metaflow#82, #91: each sound case is silent
	{name: "private subnets", values: private},
	{name: "public subnets", values: public},
	{name: "new subnets in the VPC", values: fresh},
	{name: "security group", values: private, more: "ExistingSecurityGroupId=" + groupID},
	{name: "nothing is reused", values: generator.Values{}},
	{name: "nothing could be read", values: fresh,
		change: func(n *facts.Network) { *n = facts.Network{Region: "us-east-1"} }},
	// Netflix/metaflow#347: isolated subnets with endpoints of their own work
	{name: "endpoints instead of a route", values: private, change: func(n *facts.Network) {
		route(n, tableID, "")
		n.Endpoints = map[string]string{"vpce-1": "com.amazonaws.us-east-1.ecs"}
	}},
	{name: "transit gateway", values: private,
		change: func(n *facts.Network) { route(n, tableID, "tgw-1") }},
	// Metaflow asks for public addresses itself: assignPublicIp in batch_client.py
	{name: "Fargate in public subnets without addresses", values: public,
		more: "ComputeType=FARGATE", change: closed(publicA)},
	{name: "public subnets that no job uses", values: fresh,
		more: "ExistingPublicSubnet1Id=" + publicA, change: closed(publicA)},

	{name: "VPC of another region", values: private,
		change: func(n *facts.Network) { n.VPCs = map[string]facts.VPC{} },
		want:   []string{"ExistingVpcId: " + vpc + " does not exist in us-east-1"}},
	{name: "subnet that does not exist", values: private,
		change: func(n *facts.Network) { delete(n.Subnets, privateB) },
		want:   []string{"ExistingPrivateSubnet2Id: " + privateB + " does not exist"}},
	{name: "subnet of another VPC", values: private,
		change: func(n *facts.Network) {
			set(n, privateA, func(s *facts.Subnet) { s.VPC = otherVPC })
		},
		want: []string{"ExistingPrivateSubnet1Id: " + privateA + " is in " + otherVPC +
			", and not in " + vpc + ": give a subnet of " + vpc + ", or --existing-vpc-id " + otherVPC}},
	// user-experience of subnets[0..1]: two IDs, one zone
	{name: "one zone", values: private,
		change: func(n *facts.Network) {
			set(n, privateB, func(s *facts.Subnet) { s.Zone = "us-east-1a" })
		},
		want: []string{"warning ExistingPrivateSubnet2Id: " + privateB + " is in us-east-1a, as " +
			privateA}},
	{name: "full subnet", values: private,
		change: func(n *facts.Network) { set(n, privateA, func(s *facts.Subnet) { s.Free = 0 }) },
		want:   []string{"ExistingPrivateSubnet1Id: " + privateA + " has no free address"}},
	// aws-batch-genomics#3, terraform-aws-metaflow#82
	{name: "public subnet without addresses", values: public, change: closed(publicB),
		want: []string{"ExistingPublicSubnet2Id: " + publicB + " gives instances no public address: " +
			"jobs would stay in RUNNABLE: aws ec2 modify-subnet-attribute --map-public-ip-on-launch " +
			"--subnet-id " + publicB + "; or --compute-subnets private"}},
	// Netflix/metaflow#347, #1524
	{name: "private subnets without a way out", values: private,
		change: func(n *facts.Network) { route(n, tableID, "") },
		want: []string{"ExistingPrivateSubnet1Id: " + privateA + " has no default route",
			"ExistingPrivateSubnet2Id: " + privateB + " has no default route"}},
	{name: "private subnets with public routes", values: private,
		change: func(n *facts.Network) { route(n, tableID, gatewayID) },
		want: []string{
			"ExistingPrivateSubnet1Id: " + privateA + " has a default route to " + gatewayID +
				" and gives instances no public address",
			"ExistingPrivateSubnet2Id: " + privateB + " has a default route"}},
	{name: "private route table without a way out", values: fresh,
		more:   "ExistingPrivateRouteTableId=" + tableID,
		change: func(n *facts.Network) { route(n, tableID, "") },
		want:   []string{"ExistingPrivateRouteTableId: " + tableID + " has no default route"}},
	{name: "NAT gateway in a subnet that is not public", values: fresh,
		more:   "ExistingPublicSubnet1Id=" + publicA,
		change: func(n *facts.Network) { route(n, "rtb-other", "") },
		want: []string{"ExistingPublicSubnet1Id: " + publicA + " is not public (has no default " +
			"route): the new NAT gateway in it would not reach the internet"}},
	// user-experience, six tries and five failed stacks: the VPC's own gateway
	{name: "second internet gateway", values: fresh, more: "ExistingInternetGatewayId=",
		want: []string{"ExistingInternetGatewayId: " + vpc + " has " + gatewayID +
			" already, and a VPC can have one internet gateway: --existing-internet-gateway-id " +
			gatewayID}},
	{name: "internet gateway of another VPC", values: fresh,
		more: "ExistingInternetGatewayId=igw-0fedcba9876543210",
		want: []string{"ExistingInternetGatewayId: igw-0fedcba9876543210 is not attached to " + vpc +
			": --existing-internet-gateway-id " + gatewayID}},
	{name: "internet gateway that is not attached", values: fresh,
		change: func(n *facts.Network) { n.InternetGateways = map[string]bool{} },
		want: []string{"ExistingInternetGatewayId: " + gatewayID + " is not attached to " + vpc +
			": attach it"}},
	{name: "NAT gateway of another VPC", values: fresh, more: "ExistingNatGatewayId=" + natID,
		change: func(n *facts.Network) { n.NATGateways = map[string]facts.NATGateway{} },
		want:   []string{"ExistingNatGatewayId: " + natID + " is not in " + vpc}},
	{name: "deleted NAT gateway", values: fresh, more: "ExistingNatGatewayId=" + natID,
		change: func(n *facts.Network) { n.NATGateways[natID] = facts.NATGateway{State: "deleted"} },
		want:   []string{"ExistingNatGatewayId: " + natID + " is deleted"}},
	{name: "route table of another VPC", values: fresh,
		more: "ExistingPublicRouteTableId=rtb-0fedcba9876543210",
		want: []string{"ExistingPublicRouteTableId: rtb-0fedcba9876543210 is not in " + vpc}},
	{name: "security group that does not exist", values: private,
		more: "ExistingSecurityGroupId=sg-0fedcba9876543210",
		want: []string{"ExistingSecurityGroupId: sg-0fedcba9876543210 does not exist in us-east-1"}},
	{name: "security group of another VPC", values: private,
		more: "ExistingSecurityGroupId=" + groupID, change: func(n *facts.Network) {
			n.SecurityGroups[groupID] = facts.SecurityGroup{VPC: otherVPC, Egress: true}
		},
		want: []string{"ExistingSecurityGroupId: " + groupID + " is in " + otherVPC}},
	{name: "security group without egress", values: private,
		more: "ExistingSecurityGroupId=" + groupID, change: func(n *facts.Network) {
			n.SecurityGroups[groupID] = facts.SecurityGroup{VPC: vpc}
		},
		want: []string{"ExistingSecurityGroupId: " + groupID + " has no egress rule"}},
	{name: "CIDR block of another network", values: fresh, more: "PrivateSubnet1Cidr=10.0.1.0/24",
		want: []string{"PrivateSubnet1Cidr: 10.0.1.0/24 is outside the CIDR blocks of " + vpc +
			" (172.31.0.0/16): choose a free one inside, --private-subnet1-cidr"}},
	{name: "CIDR block wider than the VPC's", values: fresh, more: "PrivateSubnet1Cidr=172.0.0.0/8",
		want: []string{"PrivateSubnet1Cidr: 172.0.0.0/8 is outside"}},
	{name: "CIDR block of another subnet", values: fresh, more: "PrivateSubnet2Cidr=172.31.2.128/25",
		want: []string{"PrivateSubnet2Cidr: 172.31.2.128/25 overlaps 172.31.2.0/24 of " + privateB}},
	{name: "second CIDR block of the VPC", values: fresh, more: "PrivateSubnet1Cidr=100.64.1.0/24",
		change: func(n *facts.Network) {
			n.VPCs[vpc] = facts.VPC{CIDRs: append(n.VPCs[vpc].CIDRs,
				netip.MustParsePrefix("100.64.0.0/16"))}
		}},
}

// route changes the default route of a table.
func route(n *facts.Network, table, target string) {
	t := n.RouteTables[table]
	t.Default = target
	n.RouteTables[table] = t
}

// set changes a subnet.
func set(n *facts.Network, id string, change func(*facts.Subnet)) {
	s := n.Subnets[id]
	change(&s)
	n.Subnets[id] = s
}

// closed lets a subnet give no public addresses.
func closed(id string) func(*facts.Network) {
	return func(n *facts.Network) {
		set(n, id, func(s *facts.Subnet) { s.PublicAddresses = false })
	}
}

func TestPreflight(t *testing.T) {
	for _, test := range preflights {
		t.Run(test.name, func(t *testing.T) {
			values := generator.Values{}
			for name, value := range test.values {
				values[name] = value
			}
			if name, value, ok := strings.Cut(test.more, "="); ok {
				values[name] = value
			}
			network := sound()
			if test.change != nil {
				test.change(&network)
			}
			var got []string
			for _, f := range core.Component.Look(values, network) {
				line := f.String()
				if f.Warning {
					line = "warning " + line
				}
				got = append(got, line)
				if !slices.Contains(core.Component.Preflight.Parameters, f.Parameter) {
					t.Errorf("%s is not among the parameters of the preflight", f.Parameter.Name)
				}
			}
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// TestLookAgain: on a deployed stack the findings about what it reuses stay, and those about what it
// has created do not come up.
func TestLookAgain(t *testing.T) {
	n := sound()
	route(&n, tableID, "")
	found := core.Component.LookAgain(private, n)
	if len(found) == 0 || found[0].Parameter.Name != "ExistingPrivateSubnet1Id" {
		t.Errorf("a subnet without a way out gives %v", found)
	}
	n = sound()
	for i, cidr := range []string{"172.31.10.0/24", "172.31.11.0/24", "172.31.12.0/24", "172.31.13.0/24"} {
		n.Subnets["subnet-0ccccccccccccccc"+string(rune('0'+i))] = facts.Subnet{VPC: vpc,
			Zone: "us-east-1a", CIDR: netip.MustParsePrefix(cidr), Free: 200}
	}
	if before := core.Component.Look(fresh, n); len(before) == 0 {
		t.Error("before the deployment the ranges are free")
	}
	if found := core.Component.LookAgain(fresh, n); len(found) > 0 {
		t.Errorf("the stack's own subnets give %v", found)
	}
}
