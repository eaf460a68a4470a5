package generator_test

// oracle says what a set of values must do, from the table of needs alone: which
// things the rules refuse to reuse, and where there are none, exactly which
// resources exist. It shares no code with the generator. Reused things are named
// by their parameter without "Existing" and "Id" or "Arn".
func oracle(reused map[string]bool, subnets string, s3Endpoint bool) (exists map[string]bool, refused []string) {
	for _, inVpc := range []string{"SecurityGroup", "PrivateSubnet1", "PrivateSubnet2", "PublicSubnet1", "PublicSubnet2",
		"PrivateRouteTable", "PublicRouteTable", "NatGateway", "InternetGateway"} {
		if reused[inVpc] && !reused["Vpc"] {
			refused = append(refused, inVpc)
		}
	}
	exists = map[string]bool{}
	create := func(thing string, needed bool, parts ...string) bool {
		needed = needed && !reused[thing]
		for _, id := range append(parts, thing) {
			exists[id] = needed
		}
		return needed
	}
	create("Bucket", true, "BucketPolicy")
	create("JobRole", true)
	environment := create("ComputeEnvironment", create("JobQueue", true), "LaunchTemplate")
	create("InstanceProfile", environment, "InstanceRole")
	create("SecurityGroup", environment, "SecurityGroupSelf")
	vpc := create("Vpc", environment)
	inPrivate, inPublic := environment && subnets != "public", environment && subnets != "private" || vpc
	private1 := create("PrivateSubnet1", inPrivate, "PrivateSubnet1Routes")
	private2 := create("PrivateSubnet2", inPrivate, "PrivateSubnet2Routes")
	privateTable := create("PrivateRouteTable", private1 || private2, "PrivateRoute")
	nat := create("NatGateway", privateTable)
	create("Eip", nat)
	public1 := create("PublicSubnet1", inPublic || nat, "PublicSubnet1Routes")
	public2 := create("PublicSubnet2", inPublic, "PublicSubnet2Routes")
	publicTable := create("PublicRouteTable", public1 || public2, "PublicRoute")
	create("InternetGateway", publicTable, "GatewayAttachment")
	exists["S3GatewayEndpoint"] = s3Endpoint && (privateTable || publicTable)
	return exists, refused
}
