package generator

import (
	"strconv"
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// network is what the compute environment uses of the VPC.
type network struct {
	vpc             string
	private, public []string // subnets
	securityGroup   string
	attachment      string   // of the internet gateway
	routing         []wanted // what instances need to reach AWS
}

// wanted is a resource that another waits for, where it exists.
type wanted struct{ condition, ref string }

// after is the Metadata that orders a resource after others, where these exist.
func after(all ...wanted) map[string]any {
	var refs []any
	for _, w := range all {
		refs = append(refs, cfn.If(w.condition, w.ref, "none"))
	}
	return map[string]any{cfn.After: refs}
}

// attached waits for the attachment of the internet gateway.
func (n network) attached() wanted { return wanted{condition("InternetGateway"), n.attachment} }

// network adds the VPC, its subnets and their routes.
func (b builder) network() network {
	var net network
	vpc := b.add("Vpc", "The network of the instances.", &ec2.VPC{
		CidrBlock: new(vpcCidr.ref()), EnableDnsSupport: new(true), EnableDnsHostnames: new(true), Tags: named("vpc"),
	}, nil)
	net.vpc = vpc
	gateway := b.add("InternetGateway", "The way to the internet, for public subnets and the NAT gateway.",
		&ec2.InternetGateway{Tags: named("internet")}, nil)
	net.attachment = b.Add(cfn.Resource{
		ID: "GatewayAttachment", Doc: "Gives the VPC the internet gateway.", Condition: condition("InternetGateway"),
	}, &ec2.VPCGatewayAttachment{VpcId: vpc, InternetGatewayId: new(cfn.Ref("InternetGateway"))}, nil)

	publicTable := b.add("PublicRouteTable", "Routes of the public subnets.",
		&ec2.RouteTable{VpcId: vpc, Tags: named("public")}, nil)
	publicRoute := b.route("PublicRoute", "PublicRouteTable", "To the internet.", ec2.Route{GatewayId: new(gateway)}, net.attached())
	net.public = b.subnets(&net, "Public", vpc, publicTable, publicSubnet1Cidr, publicSubnet2Cidr)

	nat := b.natGateway(net)
	privateTable := b.add("PrivateRouteTable", "Routes of the private subnets.",
		&ec2.RouteTable{VpcId: vpc, Tags: named("private")}, nil)
	privateRoute := b.route("PrivateRoute", "PrivateRouteTable", "To the internet, out only.", ec2.Route{NatGatewayId: new(nat)})
	net.private = b.subnets(&net, "Private", vpc, privateTable, privateSubnet1Cidr, privateSubnet2Cidr)
	net.routing = append(net.routing, publicRoute, privateRoute)

	b.s3Endpoint(vpc)
	net.securityGroup = b.securityGroup(vpc)
	return net
}

// route adds the default route of a table of ours.
func (b builder) route(id, table, doc string, route ec2.Route, before ...wanted) wanted {
	r := cfn.Resource{ID: id, Doc: doc, Condition: condition(table)}
	if len(before) > 0 {
		r.Metadata = after(before...)
	}
	route.RouteTableId = cfn.Ref(table)
	route.DestinationCidrBlock = new("0.0.0.0/0")
	return wanted{r.Condition, b.Add(r, &route, nil)}
}

// subnets adds the two subnets of a side, Public or Private, with their
// associations.
func (b builder) subnets(net *network, side, vpc, table string, cidrs ...*Parameter) []string {
	zones := []*Parameter{availabilityZone1, availabilityZone2}
	var refs []string
	for i, cidr := range cidrs {
		n := strconv.Itoa(i + 1)
		id := side + "Subnet" + n
		r := cfn.Resource{ID: id, Doc: ordinal(i) + " " + strings.ToLower(side) + " subnet.", Condition: condition(id)}
		subnet := &ec2.Subnet{
			VpcId: vpc, CidrBlock: new(cidr.ref()), Tags: named(strings.ToLower(side) + "-" + n),
			AvailabilityZone: new(cfn.If("Has"+zones[i].Name, zones[i].ref(), cfn.Fn("Select", i, cfn.Fn("GetAZs", "")))),
		}
		var set cfn.Set
		if side == "Public" {
			r.Metadata = after(net.attached())
			set = cfn.Set{"MapPublicIpOnLaunch": cfn.If("PublicCompute", true, false)}
		}
		ref := b.Add(r, subnet, set)
		association := b.Add(cfn.Resource{
			ID: id + "Routes", Doc: "Gives it the routes of the " + strings.ToLower(side) + " subnets.", Condition: r.Condition,
		}, &ec2.SubnetRouteTableAssociation{SubnetId: ref, RouteTableId: table}, nil)
		net.routing = append(net.routing, wanted{r.Condition, association})
		refs = append(refs, use(id, ref))
	}
	return refs
}

func ordinal(i int) string { return []string{"First", "Second"}[i] }

// natGateway adds the NAT gateway with its address.
func (b builder) natGateway(net network) string {
	b.Add(cfn.Resource{
		ID: "Eip", Doc: "The address from which private subnets are seen.", Condition: condition("Eip"), Metadata: after(net.attached()),
	}, &ec2.EIP{Domain: new("vpc"), Tags: named("nat-address")}, nil)
	ref := b.Add(cfn.Resource{
		ID: "NatGateway", Doc: "Lets private subnets out to the internet.", Condition: condition("NatGateway"), Metadata: after(net.attached()),
	}, &ec2.NatGateway{
		SubnetId: net.public[0], AllocationId: new(use("Eip", cfn.GetAtt("Eip", "AllocationId"))),
		ConnectivityType: new("public"), Tags: named("nat"),
	}, nil)
	return use("NatGateway", ref)
}

// s3Endpoint keeps traffic with S3 off the NAT gateway, in tables of ours.
func (b builder) s3Endpoint(vpc string) {
	own := func(table string) string { return cfn.If(condition(table), cfn.Ref(table), cfn.NoValue) }
	b.add("S3GatewayEndpoint", "A free way to S3 around the NAT gateway.", &ec2.VPCEndpoint{
		VpcId: vpc, VpcEndpointType: new("Gateway"), ServiceName: cfn.Sub("com.amazonaws.${AWS::Region}.s3", nil),
		RouteTableIds: []string{own("PublicRouteTable"), own("PrivateRouteTable")},
	}, cfn.Set{"+Tags": named("s3")})
}

// securityGroup lets instances out, and to each other for multi-node jobs.
func (b builder) securityGroup(vpc string) string {
	b.add("SecurityGroup", "Traffic of the instances: out, and among themselves.", &ec2.SecurityGroup{
		GroupDescription: "Metaflow jobs on AWS Batch", VpcId: new(vpc), Tags: named("batch"),
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{{
			IpProtocol: "-1", CidrIp: new("0.0.0.0/0"), Description: new("To images, packages, data and AWS"),
		}},
	}, nil)
	own := cfn.GetAtt("SecurityGroup", "GroupId")
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelf", Doc: "Nodes of a multi-node job talk to each other.", Condition: condition("SecurityGroup"),
	}, &ec2.SecurityGroupIngress{
		GroupId: new(own), SourceSecurityGroupId: new(own), IpProtocol: "-1", Description: new("Nodes of the same job"),
	}, nil)
	return use("SecurityGroup", own)
}
