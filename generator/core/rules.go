package core

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// rules are the relations between parameters that CloudFormation can check. The
// same expressions and words serve the check before anything is called. Rules
// cannot compare numbers or ranges: relations does.
var rules = []cfn.Rule{
	{ID: "ReuseInVpc", When: network.existingVpcId.Empty(), Assertions: reuseInVpc()},
	{ID: "Together", Assertions: []cfn.Assertion{
		{
			Assert: cfn.Or(storage.kmsKeyArn.Empty(),
				storage.bucketEncryption.Is("aws:kms")),
			Description: "KmsKeyArn needs BucketEncryption aws:kms",
		}, {
			Assert: cfn.Or(compute.kmsKeyForVolumes.Is("false"),
				cfn.Not(storage.kmsKeyArn.Empty())),
			Description: "KmsKeyForVolumes needs KmsKeyArn",
		}, {
			Assert: cfn.Or(network.internetAccess.Is("true"),
				compute.computeSubnets.Is("private")),
			Description: "InternetAccess false needs ComputeSubnets private",
		}, {
			Assert:      cfn.Or(compute.bidPercentage.Is("0"), compute.computeType.Is("SPOT")),
			Description: "BidPercentage needs ComputeType SPOT",
		}, {
			Assert: cfn.Or(compute.computeType.Is("SPOT"), cfn.Not(cfn.Contains(
				[]string{"SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"},
				compute.allocationStrategy.Ref()))),
			Description: "AllocationStrategy SPOT_* needs ComputeType SPOT: " +
				"leave it empty, or use BEST_FIT_PROGRESSIVE",
		}, {
			Assert: zonesGoTogether(network.availabilityZone1, network.availabilityZone2),
			Description: "AvailabilityZone1 and AvailabilityZone2: " +
				"give two that differ, or neither",
		},
	}},
}

// zonesGoTogether returns the condition that neither zone is given, or two that
// differ.
func zonesGoTogether(one, two *generator.Parameter) string {
	return cfn.Or(cfn.And(one.Empty(), two.Empty()),
		cfn.Not(cfn.Or(one.Empty(), two.Empty(), cfn.Equals(one.Ref(), two.Ref()))))
}

// inVpc are the parameters that reuse something in the VPC that is reused.
var inVpc = []*generator.Parameter{
	network.existingInternetGatewayId,
	network.existingPublicSubnet1Id, network.existingPublicSubnet2Id,
	network.existingPrivateSubnet1Id, network.existingPrivateSubnet2Id,
	network.existingPublicRouteTableId, network.existingPrivateRouteTableId,
	network.existingNatGatewayId, network.existingSecurityGroupId,
}

// reuseInVpc returns one assertion for all of them, which saves half a kilobyte; the
// check before anything is called tells them apart.
func reuseInVpc() []cfn.Assertion {
	var all []string
	var parts []cfn.Assertion
	for _, p := range inVpc {
		all = append(all, p.Empty())
		parts = append(parts, cfn.Assertion{
			Assert: p.Empty(), Description: p.Name + " needs ExistingVpcId",
		})
	}
	return []cfn.Assertion{{
		Assert: cfn.And(all...), Parts: parts,
		Description: "ExistingVpcId is needed to reuse subnets, route tables, gateways or the " +
			"security group",
	}}
}
