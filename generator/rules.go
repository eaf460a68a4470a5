package generator

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// rules are the relations between parameters that CloudFormation can check.
// The same expressions and words serve the check before anything is called.
// Rules cannot compare numbers or ranges: Values.Relations does.
func rules() []cfn.Rule {
	return []cfn.Rule{
		{ID: "ReuseInVpc", When: existingVpcId.empty(), Assertions: reuseInVpc()},
		{ID: "Together", Assertions: together()},
	}
}

// together are the values that need or exclude each other.
func together() []cfn.Assertion {
	spot := computeType.is("SPOT")
	spotStrategies := []string{"SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
	noZone1, noZone2 := availabilityZone1.empty(), availabilityZone2.empty()
	return []cfn.Assertion{
		{
			Assert:      oneOf(kmsKeyArn.empty(), bucketEncryption.is("aws:kms")),
			Description: "KmsKeyArn needs BucketEncryption aws:kms",
		}, {
			Assert:      oneOf(kmsKeyForVolumes.is("false"), cfn.Not(kmsKeyArn.empty())),
			Description: "KmsKeyForVolumes needs KmsKeyArn",
		}, {
			Assert:      oneOf(internetAccess.is("true"), computeSubnets.is("private")),
			Description: "InternetAccess false needs ComputeSubnets private",
		}, {
			Assert:      oneOf(bidPercentage.is("0"), spot),
			Description: "BidPercentage needs ComputeType SPOT",
		}, {
			Assert:      oneOf(cfn.Not(cfn.Contains(spotStrategies, allocationStrategy.ref())), spot),
			Description: "AllocationStrategy SPOT_* needs ComputeType SPOT: leave it empty, or use BEST_FIT_PROGRESSIVE",
		}, {
			Assert: oneOf(cfn.And(noZone1, noZone2),
				cfn.Not(cfn.Or(noZone1, noZone2, cfn.Equals(availabilityZone1.ref(), availabilityZone2.ref())))),
			Description: "AvailabilityZone1 and AvailabilityZone2: give two that differ, or neither",
		},
	}
}

// scoped are the parameters whose things live in the VPC that is reused.
var scoped = []*Parameter{
	existingInternetGatewayId, existingPublicSubnet1Id, existingPublicSubnet2Id, existingPrivateSubnet1Id, existingPrivateSubnet2Id,
	existingPublicRouteTableId, existingPrivateRouteTableId, existingNatGatewayId, existingSecurityGroupId,
}

func reuseInVpc() []cfn.Assertion {
	var out []cfn.Assertion
	for _, p := range scoped {
		out = append(out, cfn.Assertion{
			Assert:      p.empty(),
			Description: p.Name + " needs ExistingVpcId",
		})
	}
	return out
}

func oneOf(a, b string) string { return cfn.Or(a, b) }
