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
	net.vpc = use("Vpc", b.Add(cfn.Resource{
		ID: "Vpc", Doc: "The network of the jobs.", Condition: condition("Vpc"),
		Metadata: except(nil, nil, exception{"AwsSolutions-VPC7", "AuditLogs true adds the flow log"}),
	}, &ec2.VPC{
		CidrBlock: new(vpcCidr.ref()), EnableDnsSupport: new(true), EnableDnsHostnames: new(true), Tags: named("vpc"),
	}, nil))
	gateway := b.add("InternetGateway", "The way to the internet.",
		&ec2.InternetGateway{Tags: named("internet")}, nil)
	net.attachment = b.Add(cfn.Resource{
		ID: "GatewayAttachment", Doc: "Joins the two.", Condition: condition("InternetGateway"),
	}, &ec2.VPCGatewayAttachment{VpcId: net.vpc, InternetGatewayId: new(cfn.Ref("InternetGateway"))}, nil)

	publicTable := b.add("PublicRouteTable", "Routes of the public subnets.",
		&ec2.RouteTable{VpcId: net.vpc, Tags: named("public")}, nil)
	publicRoute := b.route("Public", "PublicRouteTable", condition("PublicRouteTable"), "To the internet.",
		ec2.Route{GatewayId: new(gateway)}, net.attached())
	net.public = b.subnets(&net, "Public", publicSubnet1Cidr, publicSubnet2Cidr, publicTable, publicTable)

	table1, table2 := b.privateRoutes(&net)
	net.private = b.subnets(&net, "Private", privateSubnet1Cidr, privateSubnet2Cidr, table1, table2)
	net.routing = append(net.routing, publicRoute)

	b.s3Endpoint(net.vpc)
	b.interfaceEndpoints()
	net.securityGroup = b.securityGroup(net.vpc)
	return net
}

// privateRoutes adds the tables of the two private subnets, mostly one for both,
// and the NAT gateways that they lead to.
func (b builder) privateRoutes(net *network) (table1, table2 string) {
	const doc = "To the internet, out only."
	nat := b.natGateway("NatGateway", "Eip", "The way out for private subnets.", net, net.public[0])
	table1 = b.add("PrivateRouteTable", "Routes of the private subnets.",
		&ec2.RouteTable{VpcId: net.vpc, Tags: named("private")}, nil)
	first := b.route("Private", "PrivateRouteTable", "PrivateInternet", doc, ec2.Route{NatGatewayId: new(use("NatGateway", nat))})

	second := condition("NatGateway2")
	nat2 := b.natGateway("NatGateway2", "Eip2", "The same for the second zone.", net, net.public[1])
	ref := b.Add(cfn.Resource{ID: "PrivateRouteTable2", Doc: "Routes of the second private subnet.", Condition: second},
		&ec2.RouteTable{VpcId: net.vpc, Tags: named("private-2")}, nil)
	other := b.route("Private2", "PrivateRouteTable2", second, doc, ec2.Route{NatGatewayId: new(nat2)})
	net.routing = append(net.routing, first, other)
	return table1, cfn.If(second, ref, table1)
}

// route adds the default route of a table of ours.
func (b builder) route(name, table, condition, doc string, route ec2.Route, before ...wanted) wanted {
	r := cfn.Resource{ID: name + "Route", Doc: doc, Condition: condition}
	if len(before) > 0 {
		r.Metadata = except(after(before...), []string{"NO_UNRESTRICTED_ROUTE_TO_IGW"})
	}
	route.RouteTableId = cfn.Ref(table)
	route.DestinationCidrBlock = new("0.0.0.0/0")
	return wanted{r.Condition, b.Add(r, &route, nil)}
}

// subnets adds the two subnets of a side, Public or Private, with their
// associations, each with a table.
func (b builder) subnets(net *network, side string, cidr1, cidr2 *Parameter, table1, table2 string) []string {
	zones := []*Parameter{availabilityZone1, availabilityZone2}
	tables := []string{table1, table2}
	var refs []string
	for i, cidr := range []*Parameter{cidr1, cidr2} {
		n := strconv.Itoa(i + 1)
		id := side + "Subnet" + n
		r := cfn.Resource{ID: id, Doc: ordinal(i) + " " + strings.ToLower(side) + " subnet.", Condition: condition(id)}
		subnet := &ec2.Subnet{
			VpcId: net.vpc, CidrBlock: new(cidr.ref()), Tags: named(strings.ToLower(side) + "-" + n),
			AvailabilityZone: new(cfn.If("HasZones", zones[i].ref(), cfn.Fn("Select", i, cfn.Fn("GetAZs", "")))),
		}
		var set cfn.Set
		if side == "Public" {
			r.Metadata = after(net.attached())
			set = cfn.Set{"MapPublicIpOnLaunch": cfn.If("PublicCompute", true, false)}
		}
		ref := b.Add(r, subnet, set)
		association := b.Add(cfn.Resource{
			ID: id + "Routes", Doc: "Its routes.", Condition: r.Condition,
		}, &ec2.SubnetRouteTableAssociation{SubnetId: ref, RouteTableId: tables[i]}, nil)
		net.routing = append(net.routing, wanted{r.Condition, association})
		refs = append(refs, use(id, ref))
	}
	return refs
}

func ordinal(i int) string { return []string{"First", "Second"}[i] }

// natGateway adds a NAT gateway in a public subnet, with its address.
func (b builder) natGateway(id, eip, doc string, net *network, subnet string) string {
	name := strings.ToLower(strings.Replace(id, "Gateway", "", 1))
	b.Add(cfn.Resource{
		ID: eip, Doc: "The address of private subnets outside.", Condition: condition(eip), Metadata: after(net.attached()),
	}, &ec2.EIP{Domain: new("vpc"), Tags: named(name + "-address")}, nil)
	address := cfn.GetAtt(eip, "AllocationId")
	if find(eip).existing != nil {
		address = use(eip, address)
	}
	return b.Add(cfn.Resource{
		ID: id, Doc: doc, Condition: condition(id), Metadata: after(net.attached()),
	}, &ec2.NatGateway{
		SubnetId: subnet, AllocationId: new(address), Tags: named(name),
	}, nil)
}

// s3Endpoint keeps traffic with S3 off the NAT gateway, in tables of ours.
func (b builder) s3Endpoint(vpc string) {
	public, private, second := cfn.Ref("PublicRouteTable"), cfn.Ref("PrivateRouteTable"), cfn.Ref("PrivateRouteTable2")
	ours := func(more ...string) string {
		return cfn.If(condition("NatGateway2"), append(more, private, second), append(more, private))
	}
	b.add("S3GatewayEndpoint", "A free way to S3, around NAT.", &ec2.VPCEndpoint{
		VpcId: vpc, VpcEndpointType: new("Gateway"), ServiceName: cfn.Sub("com.amazonaws.${AWS::Region}.s3", nil),
		RouteTableIds: cfn.List(cfn.If(condition("PublicRouteTable"),
			cfn.If(condition("PrivateRouteTable"), ours(public), []string{public}), ours())),
	}, cfn.Set{"+Tags": named("s3")})
}
