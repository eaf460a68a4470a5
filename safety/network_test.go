package safety

import (
	"slices"
	"strings"
)

func oneVPC(t *template) (f findings) {
	for r := range t.of("AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup",
		"AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint") {
		f.want(r, "VpcId", t.ours("ExistingVpcId", "${Vpc}"))
	}
	return f
}

func vpcNames(t *template) (f findings) {
	for r := range t.of("AWS::EC2::VPC") {
		f.want(r, "EnableDnsSupport", "true")
		f.want(r, "EnableDnsHostnames", "true")
	}
	return f
}

func ranges(t *template) (f findings) {
	for r := range t.of("AWS::EC2::VPC", "AWS::EC2::Subnet") {
		f.want(r, "CidrBlock", t.values[r.id+"Cidr"])
	}
	return f
}

func twoZones(t *template) (f findings) {
	for r := range t.of("AWS::EC2::Subnet") {
		n := r.id[len(r.id)-1:]
		first := map[string]string{"1": "0", "2": "1"}[n]
		f.want(r, "AvailabilityZone", t.ours("AvailabilityZone"+n,
			"${Fn::Select ["+first+", ${Fn::GetAZs }]}"))
	}
	return f
}

func publicAddresses(t *template) (f findings) {
	for r := range t.of("AWS::EC2::Subnet") {
		if r.properties["MapPublicIpOnLaunch"] != true {
			continue
		}
		if strings.HasPrefix(r.id, "Private") || t.values["ComputeSubnets"] == "private" {
			f.add("%s: gives instances public addresses", r.id)
		}
	}
	return f
}

// publicReach is the other side: without an address nothing in a public subnet
// reaches AWS.
func publicReach(t *template) (f findings) {
	for r := range t.of("AWS::EC2::Subnet") {
		public := t.has("ComputeEnvironment") && t.values["ComputeSubnets"] != "private"
		if public && strings.HasPrefix(r.id, "Public") {
			f.want(r, "MapPublicIpOnLaunch", "true")
		}
	}
	return f
}

func internetGateway(t *template) (f findings) {
	for r := range t.of("AWS::EC2::VPCGatewayAttachment") {
		f.want(r, "InternetGatewayId", "${InternetGateway}")
	}
	for r := range t.of("AWS::EC2::InternetGateway") {
		attached := used(t, "AWS::EC2::VPCGatewayAttachment", "InternetGatewayId", "${"+r.id+"}")
		if t.values["InternetAccess"] == "false" || !attached {
			f.add("%s: is not asked for, or attached to no VPC", r.id)
		}
	}
	return f
}

// used is whether the property of some resource of the type has that text.
func used(t *template, kind, property, text string) bool {
	for r := range t.of(kind) {
		if r.text(property) == text {
			return true
		}
	}
	return false
}

// associations gives each subnet of ours the table of its side.
func associations(t *template) (f findings) {
	second := t.ours("ExistingPrivateRouteTableId", "${PrivateRouteTable}")
	if perZone(t) {
		second = "${PrivateRouteTable2}"
	}
	tables := map[string]string{
		"PublicSubnet1":  t.ours("ExistingPublicRouteTableId", "${PublicRouteTable}"),
		"PublicSubnet2":  t.ours("ExistingPublicRouteTableId", "${PublicRouteTable}"),
		"PrivateSubnet1": t.ours("ExistingPrivateRouteTableId", "${PrivateRouteTable}"),
		"PrivateSubnet2": second,
	}
	var got, want []string
	for r := range t.of("AWS::EC2::Subnet") {
		want = append(want, "${"+r.id+"} "+tables[r.id])
	}
	for r := range t.of("AWS::EC2::SubnetRouteTableAssociation") {
		got = append(got, r.text("SubnetId")+" "+r.text("RouteTableId"))
	}
	return same("associations", got, want)
}

// isolated is whether a VPC of the stack is to have no way to the internet.
func (t *template) isolated() bool {
	return t.values["InternetAccess"] == "false" && t.values["ExistingVpcId"] == ""
}

// noWayOut wants no route at all in an isolated VPC: the tables have one to S3
// from their endpoint, and one within the VPC from AWS.
func noWayOut(t *template) (f findings) {
	for r := range t.of("AWS::EC2::Route") {
		if t.isolated() {
			f.add("%s: leads out", r.id)
		}
	}
	return f
}

// routes compares all the routes with those that are wanted: whatever else leads
// somewhere is refused.
func routes(t *template) findings {
	if t.isolated() {
		return nil // noWayOut
	}
	var want []string
	if t.has("PublicRouteTable") {
		want = append(want, "${PublicRouteTable} 0.0.0.0/0 GatewayId "+
			t.ours("ExistingInternetGatewayId", "${InternetGateway}"))
	}
	if t.has("PrivateRouteTable") && t.values["InternetAccess"] == "true" {
		want = append(want, "${PrivateRouteTable} 0.0.0.0/0 NatGatewayId "+
			t.ours("ExistingNatGatewayId", "${NatGateway}"))
	}
	if perZone(t) {
		want = append(want, "${PrivateRouteTable2} 0.0.0.0/0 NatGatewayId ${NatGateway2}")
	}
	var got []string
	for r := range t.of("AWS::EC2::Route") {
		route := r.text("RouteTableId") + " " + r.text("DestinationCidrBlock")
		for _, target := range []string{"GatewayId", "NatGatewayId", "VpcEndpointId",
			"VpcPeeringConnectionId", "TransitGatewayId", "NetworkInterfaceId"} {
			if to := r.text(target); to != "" {
				route += " " + target + " " + to
			}
		}
		got = append(got, route)
	}
	return same("routes", got, want)
}

// same compares two sets.
func same(what string, got, want []string) (f findings) {
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		f.add("%s: %q; wanted %q", what, got, want)
	}
	return f
}

func natGateways(t *template) (f findings) {
	for r := range t.of("AWS::EC2::NatGateway") {
		n := strings.TrimPrefix(r.id, "NatGateway")
		subnet, address := "1", t.ours("ExistingEipAllocationId", "${Eip.AllocationId}")
		if n == "2" {
			subnet, address = "2", "${Eip2.AllocationId}"
		}
		f.want(r, "SubnetId", t.ours("ExistingPublicSubnet"+subnet+"Id", "${PublicSubnet"+subnet+"}"))
		f.want(r, "AllocationId", address)
		f.want(r, "ConnectivityType", "")
		if !used(t, "AWS::EC2::Route", "NatGatewayId", "${"+r.id+"}") {
			f.add("%s: is paid for and not used", r.id)
		}
	}
	for r := range t.of("AWS::EC2::EIP") {
		f.want(r, "Domain", "vpc")
		if !used(t, "AWS::EC2::NatGateway", "AllocationId", "${"+r.id+".AllocationId}") {
			f.add("%s: is paid for and not used", r.id)
		}
	}
	return f
}

// perZone is whether each zone has a NAT gateway of its own.
func perZone(t *template) bool {
	return t.values["NatPerZone"] == "true" && t.has("NatGateway") &&
		t.has("PrivateSubnet1") && t.has("PrivateSubnet2")
}

// s3Endpoint wants every route table of ours to lead to S3.
func s3Endpoint(t *template) (f findings) {
	var tables []string
	for _, id := range []string{"PublicRouteTable", "PrivateRouteTable", "PrivateRouteTable2"} {
		if t.has(id) {
			tables = append(tables, "${"+id+"}")
		}
	}
	want := t.values["S3Endpoint"] == "true" && len(tables) > 0
	if want != t.has("S3GatewayEndpoint") {
		f.add("S3GatewayEndpoint: exists: %t; wanted %t", !want, want)
	}
	for r := range t.of("AWS::EC2::VPCEndpoint") {
		if r.id != "S3GatewayEndpoint" {
			f.add("%s: is another endpoint", r.id)
			continue
		}
		f.want(r, "VpcEndpointType", "Gateway")
		f.want(r, "ServiceName", "com.amazonaws.${AWS::Region}.s3")
		f.want(r, "RouteTableIds", "["+strings.Join(tables, ", ")+"]")
	}
	return f
}

// interfaceEndpoints wants one for all that Fargate or the agent on instances
// calls, where that was asked for: reached by its public name from both subnets,
// behind the security group of the endpoints.
func interfaceEndpoints(t *template) findings {
	var services, got, want []string
	if t.values["InterfaceEndpoints"] == "true" {
		services = []string{"ecr.api", "ecr.dkr", "logs"}
		if !t.fargate() {
			services = append(services, "ecs", "ecs-agent", "ecs-telemetry")
		}
	}
	subnets := "[" + t.values["ExistingPrivateSubnet1Id"] + ", " +
		t.values["ExistingPrivateSubnet2Id"] + "]"
	for _, service := range services {
		want = append(want, "Interface com.amazonaws.${AWS::Region}."+service+
			" true [${EndpointSecurityGroup.GroupId}] "+subnets)
	}
	for r := range t.of("AWS::EC2::VPCEndpoint") {
		got = append(got, strings.Join([]string{
			r.text("VpcEndpointType"), r.text("ServiceName"), r.text("PrivateDnsEnabled"),
			r.text("SecurityGroupIds"), r.text("SubnetIds")}, " "))
	}
	return same("interface endpoints", got, want)
}
