package generator

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// rules are the relations between parameters that CloudFormation can check.
// The same expressions and words serve the check before anything is called.
// Rules cannot compare numbers or ranges: Relations does.
func rules() []cfn.Rule {
	return []cfn.Rule{
		{ID: "ReuseInVpc", When: existingVpcId.empty(), Assertions: reuseInVpc()},
		{ID: "Encryption", Assertions: []cfn.Assertion{{
			Assert:      oneOf(kmsKeyArn.empty(), bucketEncryption.is("aws:kms")),
			Description: "KmsKeyArn needs BucketEncryption aws:kms: with AES256 S3 uses keys of its own",
		}}},
		{ID: "Spot", Assertions: []cfn.Assertion{
			{
				Assert:      oneOf(bidPercentage.is("0"), computeType.is("SPOT")),
				Description: "BidPercentage needs ComputeType SPOT: On-Demand instances have a fixed price",
			},
			{
				Assert: oneOf(cfn.Not(cfn.Fn("Contains", []string{"SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}, allocationStrategy.ref())),
					computeType.is("SPOT")),
				Description: "AllocationStrategy SPOT_* needs ComputeType SPOT: use BEST_FIT_PROGRESSIVE or leave it empty",
			},
			{
				Assert: cfn.Fn("Or", cfn.Not(allocationStrategy.is("BEST_FIT")), computeType.is("EC2"),
					cfn.Not(existingSpotFleetRoleArn.empty())),
				Description: "AllocationStrategy BEST_FIT with ComputeType SPOT needs ExistingSpotFleetRoleArn: " +
					"use SPOT_PRICE_CAPACITY_OPTIMIZED, which needs none",
			},
		}},
		{ID: "Zones", Assertions: []cfn.Assertion{
			{
				Assert: oneOf(cfn.Fn("And", availabilityZone1.empty(), availabilityZone2.empty()),
					cfn.Not(oneOf(availabilityZone1.empty(), availabilityZone2.empty()))),
				Description: "AvailabilityZone1 and AvailabilityZone2 go together: give both or neither",
			},
			differ(availabilityZone1, availabilityZone2),
			differ(existingPublicSubnet1Id, existingPublicSubnet2Id),
			differ(existingPrivateSubnet1Id, existingPrivateSubnet2Id),
		}},
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
			Description: p.Name + " needs ExistingVpcId: the VPC that it belongs to",
		})
	}
	return out
}

func oneOf(a, b string) string { return cfn.Fn("Or", a, b) }

func differ(a, b *Parameter) cfn.Assertion {
	return cfn.Assertion{
		Assert:      oneOf(a.empty(), cfn.Not(cfn.Equals(a.ref(), b.ref()))),
		Description: b.Name + " must differ from " + a.Name + ": they give two Availability Zones",
	}
}
