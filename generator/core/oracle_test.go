package core_test

// oracle says what a set of values must do, from the table of needs alone: the
// rules that refuse it, and where none does, exactly which resources exist. It
// shares no code with the generator. Reused things are named by their parameter
// without "Existing" and "Id" or "Arn"; the other parameters by their name.
func oracle(reused map[string]bool, of map[string]string) (exists map[string]bool, refused []string) {
	for _, inVpc := range []string{"SecurityGroup", "PrivateSubnet1", "PrivateSubnet2", "PublicSubnet1", "PublicSubnet2",
		"PrivateRouteTable", "PublicRouteTable", "NatGateway", "InternetGateway"} {
		if reused[inVpc] && !reused["Vpc"] {
			refused = append(refused, "Existing"+inVpc+"Id needs ExistingVpcId")
		}
	}
	internet := of["InternetAccess"] == "true"
	if !internet && of["ComputeSubnets"] != "private" {
		refused = append(refused, "InternetAccess false needs ComputeSubnets private")
	}
	o := needs{exists: map[string]bool{}, reused: reused}
	o.create("Bucket", true, "BucketPolicy")
	o.create("JobRole", true)
	environment := o.create("ComputeEnvironment", o.create("JobQueue", true))
	instances := environment && (of["ComputeType"] == "EC2" || of["ComputeType"] == "SPOT")
	o.create("LaunchTemplate", instances)
	o.create("InstanceProfile", instances, "InstanceRole")
	o.create("ExecutionRole", environment && !instances)
	group := o.create("SecurityGroup", environment, "SecurityGroupSelf")
	o.create("SecurityGroupSelfOut", group && of["EgressPort1"] != "0")
	vpc := o.create("Vpc", environment)

	inPrivate, inPublic := environment && of["ComputeSubnets"] != "public", environment && of["ComputeSubnets"] != "private"
	private1 := o.create("PrivateSubnet1", inPrivate, "PrivateSubnet1Routes")
	private2 := o.create("PrivateSubnet2", inPrivate, "PrivateSubnet2Routes")
	privateTable := o.create("PrivateRouteTable", private1 || private2)
	o.create("PrivateRoute", privateTable && internet)
	nat := o.create("NatGateway", privateTable && internet)
	o.create("Eip", nat)
	nat2 := o.create("NatGateway2", nat && of["NatPerZone"] == "true" && private1 && private2, "Eip2", "PrivateRouteTable2", "Private2Route")
	public1 := o.create("PublicSubnet1", inPublic || vpc && internet || nat, "PublicSubnet1Routes")
	public2 := o.create("PublicSubnet2", inPublic || vpc && internet || nat2, "PublicSubnet2Routes")
	publicTable := o.create("PublicRouteTable", public1 || public2, "PublicRoute")
	o.create("InternetGateway", publicTable, "GatewayAttachment")
	o.create("S3GatewayEndpoint", of["S3Endpoint"] == "true" && (privateTable || publicTable))
	return o.exists, refused
}

// needs is what of the table is decided.
type needs struct{ exists, reused map[string]bool }

// create decides a thing with its parts: it exists where it is needed and not
// reused.
func (o needs) create(thing string, needed bool, parts ...string) bool {
	needed = needed && !o.reused[thing]
	for _, id := range append(parts, thing) {
		o.exists[id] = needed
	}
	return needed
}
