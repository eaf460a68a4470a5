package core

import (
	"strconv"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// internetGateway adds the VPC and its internet gateway, and returns the
// attachment that everything with a public address waits for.
func (b builder) internetGateway() standard.Dependency {
	b.Create("Vpc", "The network of the jobs.", &ec2.VPC{
		CidrBlock: new(network.vpcCidr.Ref()), EnableDnsSupport: new(true),
		EnableDnsHostnames: new(true), Tags: standard.NameTags("vpc"),
	}, nil)
	b.Create("InternetGateway", "Connects the VPC with the internet.",
		&ec2.InternetGateway{Tags: standard.NameTags("internet")}, nil)
	attachment := b.Add(cfn.Resource{
		ID: "GatewayAttachment", Doc: "Attaches the internet gateway to the VPC.",
		Condition: needs.Condition("InternetGateway"),
	}, &ec2.VPCGatewayAttachment{
		VpcId: needs.Reference("Vpc"), InternetGatewayId: new(needs.Own("InternetGateway")),
	}, nil)
	return standard.Dependency{Condition: needs.Condition("InternetGateway"), Ref: attachment}
}

// network adds the subnets with their routes, and returns the dependencies of instances that must
// reach AWS.
func (b builder) network(attached standard.Dependency) (routing []standard.Dependency) {
	b.routeTable("PublicRouteTable", "Routes of the public subnets.",
		needs.Condition("PublicRouteTable"), "public")
	publicRoute := b.route("PublicRoute", "PublicRouteTable", "Leads to the internet gateway.",
		needs.Condition("PublicRouteTable"),
		ec2.Route{GatewayId: new(needs.Reference("InternetGateway"))}, attached)
	public := needs.Reference("PublicRouteTable")
	routing = append(routing, b.subnets("Public", attached,
		[]*generator.Parameter{network.publicSubnet1Cidr, network.publicSubnet2Cidr},
		[]string{public, public})...)

	tables, routes := b.privateRoutes(attached)
	routing = append(routing, routes...)
	routing = append(routing, b.subnets("Private", attached,
		[]*generator.Parameter{network.privateSubnet1Cidr, network.privateSubnet2Cidr}, tables)...)
	b.s3Endpoint()
	return append(routing, publicRoute)
}

// privateRoutes adds the route tables of the two private subnets, normally one for both, and the
// NAT gateways that they lead to.
func (b builder) privateRoutes(attached standard.Dependency) ([]string, []standard.Dependency) {
	const doc = "Leads to the NAT gateway."
	second := needs.Condition("NatGateway2")
	b.natGateway("NatGateway", "Eip", "Lets private subnets reach the internet, not the reverse.",
		"PublicSubnet1", attached)
	b.routeTable("PrivateRouteTable", "Routes of the private subnets.",
		needs.Condition("PrivateRouteTable"), "private")
	first := b.route("PrivateRoute", "PrivateRouteTable", doc, "PrivateInternet",
		ec2.Route{NatGatewayId: new(needs.Reference("NatGateway"))})

	b.natGateway("NatGateway2", "Eip2", "The NAT gateway of the second zone.",
		"PublicSubnet2", attached)
	table2 := b.routeTable("PrivateRouteTable2", "Routes of the second private subnet.",
		second, "private-2")
	other := b.route("Private2Route", "PrivateRouteTable2", doc, second,
		ec2.Route{NatGatewayId: new(needs.Own("NatGateway2"))})
	table := needs.Reference("PrivateRouteTable")
	return []string{table, cfn.If(second, table2, table)}, []standard.Dependency{first, other}
}

// routeTable adds a route table and returns its reference.
func (b builder) routeTable(id, doc, condition, name string) string {
	return b.Add(cfn.Resource{ID: id, Doc: doc, Condition: condition},
		&ec2.RouteTable{VpcId: needs.Reference("Vpc"), Tags: standard.NameTags(name)}, nil)
}

// route adds the default route of a route table of the stack.
func (b builder) route(
	id, table, doc, condition string, route ec2.Route, before ...standard.Dependency,
) standard.Dependency {
	r := cfn.Resource{ID: id, Doc: doc, Condition: condition}
	if len(before) > 0 {
		r.Metadata = standard.Suppress(standard.After(before...), "NO_UNRESTRICTED_ROUTE_TO_IGW")
	}
	route.RouteTableId = cfn.Ref(table)
	route.DestinationCidrBlock = new("0.0.0.0/0")
	return standard.Dependency{Condition: condition, Ref: b.Add(r, &route, nil)}
}

// subnets adds the two public or private subnets, each with its CIDR block and its route table, and
// returns the associations with the route tables.
func (b builder) subnets(
	side string, attached standard.Dependency, cidrs []*generator.Parameter, tables []string,
) (associations []standard.Dependency) {
	name := strings.ToLower(side)
	for i, cidr := range cidrs {
		n := strconv.Itoa(i + 1)
		id := side + "Subnet" + n
		r := cfn.Resource{
			ID: id, Doc: []string{"First", "Second"}[i] + " " + name + " subnet.",
			Condition: needs.Condition(id),
		}
		subnet := &ec2.Subnet{
			VpcId: needs.Reference("Vpc"), CidrBlock: new(cidr.Ref()),
			Tags: standard.NameTags(name + "-" + n),
			AvailabilityZone: new(cfn.If("HasZones", zones.Parameters[i].Ref(),
				cfn.Fn("Select", i, cfn.Fn("GetAZs", "")))),
		}
		var set cfn.Set
		if side == "Public" {
			r.Metadata = standard.After(attached)
			set = cfn.Set{"MapPublicIpOnLaunch": cfn.If("PublicCompute", true, false)}
		}
		ref := b.Add(r, subnet, set)
		association := b.Add(cfn.Resource{
			ID: id + "Routes", Doc: "Gives the subnet its route table.", Condition: r.Condition,
		}, &ec2.SubnetRouteTableAssociation{SubnetId: ref, RouteTableId: tables[i]}, nil)
		associations = append(associations,
			standard.Dependency{Condition: r.Condition, Ref: association})
	}
	return associations
}

// natGateway adds a NAT gateway in a public subnet, with its Elastic IP address.
func (b builder) natGateway(id, eip, doc, subnet string, attached standard.Dependency) {
	name := strings.ToLower(strings.Replace(id, "Gateway", "", 1))
	b.Add(cfn.Resource{
		ID: eip, Doc: "The address that the internet sees of private subnets.",
		Condition: needs.Condition(eip), Metadata: standard.After(attached),
	}, &ec2.EIP{Domain: new("vpc"), Tags: standard.NameTags(name + "-address")}, nil)
	b.Add(cfn.Resource{
		ID: id, Doc: doc, Condition: needs.Condition(id), Metadata: standard.After(attached),
	}, &ec2.NatGateway{
		SubnetId: needs.Reference(subnet), AllocationId: new(needs.Reference(eip)),
		Tags: standard.NameTags(name),
	}, nil)
}

// s3Endpoint adds a gateway endpoint to the route tables of the stack, so that traffic with S3 does
// not use the NAT gateway.
func (b builder) s3Endpoint() {
	public, private := needs.Own("PublicRouteTable"), needs.Own("PrivateRouteTable")
	second := cfn.Ref("PrivateRouteTable2")
	privateTables := func(before ...string) string {
		return cfn.If(needs.Condition("NatGateway2"),
			append(before, private, second), append(before, private))
	}
	b.Create("S3GatewayEndpoint", "Leads to S3 free of charge, past the NAT gateway.",
		&ec2.VPCEndpoint{
			VpcId: needs.Reference("Vpc"), VpcEndpointType: new("Gateway"),
			ServiceName: cfn.Sub("com.amazonaws.${AWS::Region}.s3", nil),
			RouteTableIds: cfn.List(cfn.If(needs.Condition("PublicRouteTable"),
				cfn.If(needs.Condition("PrivateRouteTable"), privateTables(public),
					[]string{public}), privateTables())),
		}, cfn.Set{"+Tags": standard.NameTags("s3")})
}

// securityGroup adds the group of the jobs: egress to anywhere or to given ports,
// and to and from each other for multi-node jobs.
func (b builder) securityGroup() {
	everywhere := []any{map[string]any{
		"IpProtocol": "-1", "CidrIp": "0.0.0.0/0",
		"Description": "To images, packages, data and AWS",
	}}
	var ports []any
	for _, p := range []*generator.Parameter{network.egressPort1, network.egressPort2} {
		ports = append(ports, cfn.If("Has"+p.Name, map[string]any{
			"IpProtocol": "tcp", "FromPort": p.Ref(), "ToPort": p.Ref(), "CidrIp": "0.0.0.0/0",
			"Description": "A given port",
		}, cfn.NoValue))
	}
	b.Create("SecurityGroup", "The security group of jobs.", &ec2.SecurityGroup{
		GroupDescription: "Metaflow jobs on AWS Batch", VpcId: new(needs.Reference("Vpc")),
		Tags: standard.NameTags("batch"),
	}, cfn.Set{"SecurityGroupEgress": cfn.If("LimitEgress", ports, everywhere)})
	own := needs.Own("SecurityGroup")
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelf", Doc: "Lets the nodes of a multi-node job reach each other.",
		Condition: needs.Condition("SecurityGroup"),
	}, &ec2.SecurityGroupIngress{
		GroupId: new(own), SourceSecurityGroupId: new(own), IpProtocol: "-1",
		Description: new("Nodes of the same job"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelfOut", Doc: "The same for egress, where that is limited to ports.",
		Condition: "LimitOwnEgress",
	}, &ec2.SecurityGroupEgress{
		GroupId: own, DestinationSecurityGroupId: new(own), IpProtocol: "-1",
		Description: new("Nodes of the same job"),
	}, nil)
}

// zones are the zones of the subnets.
var zones = &generator.Zones{
	Parameters: [2]*generator.Parameter{network.availabilityZone1, network.availabilityZone2},
	Subnets: [2][]string{
		{"PublicSubnet1", "PrivateSubnet1"}, {"PublicSubnet2", "PrivateSubnet2"},
	},
}

// zoneVerdicts refuses to move subnets to another zone. CloudFormation replaces a subnet that
// moves, and the new one would have the CIDR block of the old one, which still exists then.
// https://github.com/caktus/aws-web-stacks/issues/6 and convox/rack#1660 have the message: "CIDR
// Block must change if Availability Zone is changed and VPC ID is not changed".
func zoneVerdicts(old, new generator.Values) (all []generator.Verdict) {
	if old.Of(network.existingVpcId) != new.Of(network.existingVpcId) {
		return nil
	}
	cidrs := map[string]*generator.Parameter{
		"PublicSubnet1": network.publicSubnet1Cidr, "PublicSubnet2": network.publicSubnet2Cidr,
		"PrivateSubnet1": network.privateSubnet1Cidr, "PrivateSubnet2": network.privateSubnet2Cidr,
	}
	for i, p := range zones.Parameters {
		was, is := old.Of(p), new.Of(p)
		for _, id := range zones.Subnets[i] {
			if was == is || was == "" || is == "" || old.Of(cidrs[id]) != new.Of(cidrs[id]) {
				continue
			}
			all = append(all, generator.Verdict{
				Resource: id, Change: generator.Refused, Properties: []string{"AvailabilityZone"},
				Reason: "a subnet cannot move from " + was + " to " + is + ", and a new one cannot " +
					"have the CIDR block of the old one, which exists until the end of the update",
				Way: "Keep the zone: {" + p.Name + "} " + was + "; or give the new subnet another CIDR " +
					"block: {" + cidrs[id].Name + "}",
			})
		}
	}
	return all
}
