package core

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
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

// relations returns what is wrong with values that are valid alone and that
// CloudFormation's rules cannot compare.
func relations(v generator.Values, live map[string]bool) []error {
	return slices.Concat(sizes(v), pairs(v), reach(v), ranges(v, live), instances(v, live))
}

// sizes compares the numbers of vCPUs.
func sizes(v generator.Values) []error {
	var errs []error
	least, most := v.Number(compute.minvCpus), v.Number(compute.maxvCpus)
	desired := v.Number(compute.desiredvCpus)
	if least > most {
		errs = append(errs, fmt.Errorf(
			"MinvCpus %d is greater than MaxvCpus %d: lower it, or raise MaxvCpus", least, most))
	}
	if desired != 0 && (desired < least || desired > most) {
		errs = append(errs, fmt.Errorf("DesiredvCpus %d is not between MinvCpus %d and "+
			"MaxvCpus %d: omit it to let Batch decide", desired, least, most))
	}
	return errs
}

// pairs finds one subnet or tag given as both of a pair, and a strategy without the
// role that it needs.
func pairs(v generator.Values) []error {
	var errs []error
	if v.Of(compute.allocationStrategy) == "BEST_FIT" && v.Of(compute.computeType) == "SPOT" &&
		v.Of(compute.existingSpotFleetRoleArn) == "" {
		errs = append(errs, errors.New("AllocationStrategy BEST_FIT with ComputeType SPOT needs "+
			"ExistingSpotFleetRoleArn: give it, or use SPOT_PRICE_CAPACITY_OPTIMIZED, "+
			"which does not need it"))
	}
	first, _, _ := strings.Cut(v.Of(compute.instanceTag1), "=")
	second, _, _ := strings.Cut(v.Of(compute.instanceTag2), "=")
	if first != "" && first == second {
		errs = append(errs, fmt.Errorf("InstanceTag1 and InstanceTag2 both have the key %s: "+
			"EC2 takes a key once; give another key", first))
	}
	for _, pair := range reusedSubnets {
		if id := v.Of(pair[0]); id != "" && id == v.Of(pair[1]) {
			errs = append(errs, fmt.Errorf("%s and %s are both %s: "+
				"give subnets in two Availability Zones", pair[0].Name, pair[1].Name, id))
		}
	}
	return errs
}

// reach finds values that leave jobs without their image, data and AWS, so that
// they would wait for ever.
func reach(v generator.Values) []error {
	var errs []error
	if v.Of(network.internetAccess) == "false" && v.Of(network.s3Endpoint) == "false" &&
		v.Of(network.existingVpcId) == "" {
		errs = append(errs, errors.New("InternetAccess false needs S3Endpoint true: "+
			"images in ECR and data come through it"))
	}
	ports := v.Of(network.egressPort1) + " " + v.Of(network.egressPort2)
	if v.Of(network.existingSecurityGroupId) == "" && ports != "0 0" &&
		!slices.Contains(strings.Fields(ports), "443") {
		errs = append(errs, errors.New("EgressPort1 or EgressPort2 must be 443: "+
			"images, data and AWS are reached through it"))
	}
	return errs
}

// unusable are loopback, link-local, multicast and other addresses that EC2 refuses for a VPC.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
var unusable = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/4"),
}

// created returns the parameters of the ranges of those subnets that are created.
func created(live map[string]bool, subnets ...*generator.Parameter) []*generator.Parameter {
	return slices.DeleteFunc(slices.Clone(subnets), func(p *generator.Parameter) bool {
		return !live[strings.TrimSuffix(p.Name, "Cidr")]
	})
}

// ranges checks that the subnets that are created lie in the VPC, where that is
// created too, and apart from each other.
func ranges(v generator.Values, live map[string]bool) []error {
	var errs []error
	vpc := netip.MustParsePrefix(v.Of(network.vpcCidr))
	if live["Vpc"] && slices.ContainsFunc(unusable, vpc.Overlaps) {
		errs = append(errs, fmt.Errorf("VpcCidr %s is a range that VPCs cannot have: choose one "+
			"like 10.0.0.0/16", vpc))
	}
	subnets := created(live, newSubnets...)
	for i, p := range subnets {
		a := netip.MustParsePrefix(v.Of(p))
		if live["Vpc"] && !standard.Inside(vpc, a) {
			errs = append(errs, fmt.Errorf("%s %s is outside VpcCidr %s: choose a range inside it",
				p.Name, a, vpc))
		}
		for _, q := range subnets[:i] {
			if b := netip.MustParsePrefix(v.Of(q)); a.Overlaps(b) {
				errs = append(errs, fmt.Errorf("%s %s overlaps %s %s: "+
					"choose ranges that do not overlap", p.Name, a, q.Name, b))
			}
		}
	}
	return errs
}
