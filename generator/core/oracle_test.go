package core_test

import "github.com/metaflow-cfn/metaflow-cfn/generator"

// oracle derives from the table of needs in words what a set of values must do: the rules that
// refuse it, or else exactly which resources exist. It shares no code with the generator.
func oracle(of generator.Values) (exists map[string]bool, refused []string) {
	for _, inVpc := range []string{
		"SecurityGroup", "PrivateSubnet1", "PrivateSubnet2", "PublicSubnet1", "PublicSubnet2",
		"PrivateRouteTable", "PublicRouteTable", "NatGateway", "InternetGateway",
	} {
		if name := "Existing" + inVpc + "Id"; of[name] != "" && of["ExistingVpcId"] == "" {
			refused = append(refused, name+" needs ExistingVpcId")
		}
	}
	internet := of["InternetAccess"] == "true"
	if !internet && of["ComputeSubnets"] != "private" {
		refused = append(refused, "InternetAccess false needs ComputeSubnets private")
	}
	o := needs{exists: map[string]bool{}, given: of}
	o.create("Bucket", true, "BucketPolicy")
	o.create("JobRole", true)
	environment := o.create("ComputeEnvironment", o.create("JobQueue", true))
	instances := environment && (of["ComputeType"] == "EC2" || of["ComputeType"] == "SPOT")
	o.create("LaunchTemplate", instances)
	o.create("InstanceProfile", instances, "InstanceRole")
	o.create("ExecutionRole", environment && !instances)
	group := o.create("SecurityGroup", environment, "SecurityGroupSelf")
	o.create("SecurityGroupSelfOut", group &&
		(of["EgressPort1"] != "0" || of["EgressPort2"] != "0"))
	vpc := o.create("Vpc", environment)

	inPrivate := environment && of["ComputeSubnets"] != "public"
	inPublic := environment && of["ComputeSubnets"] != "private"
	private1 := o.create("PrivateSubnet1", inPrivate, "PrivateSubnet1Routes")
	private2 := o.create("PrivateSubnet2", inPrivate, "PrivateSubnet2Routes")
	privateTable := o.create("PrivateRouteTable", private1 || private2)
	o.create("PrivateRoute", privateTable && internet)
	nat := o.create("NatGateway", privateTable && internet)
	o.create("Eip", nat)
	nat2 := o.create("NatGateway2", nat && of["NatPerZone"] == "true" && private1 && private2,
		"Eip2", "PrivateRouteTable2", "Private2Route")
	public1 := o.create("PublicSubnet1", inPublic || vpc && internet || nat, "PublicSubnet1Routes")
	public2 := o.create("PublicSubnet2", inPublic || vpc && internet || nat2, "PublicSubnet2Routes")
	publicTable := o.create("PublicRouteTable", public1 || public2, "PublicRoute")
	o.create("InternetGateway", publicTable, "GatewayAttachment")
	o.create("S3GatewayEndpoint", of["S3Endpoint"] == "true" && (privateTable || publicTable))
	return o.exists, refused
}

// needs records which rows of the table are decided.
type needs struct {
	exists map[string]bool
	given  generator.Values
}

// create decides whether a resource and its parts exist: it exists if it is needed and not reused.
// The parameter that reuses it is named after it.
func (o needs) create(id string, needed bool, parts ...string) bool {
	for _, kind := range []string{"Id", "Arn", "Name", "AllocationId"} {
		needed = needed && o.given["Existing"+id+kind] == ""
	}
	for _, part := range append(parts, id) {
		o.exists[part] = needed
	}
	return needed
}
