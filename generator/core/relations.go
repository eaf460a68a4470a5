package core

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// relations returns what is wrong with values that are valid alone and that
// CloudFormation's rules cannot compare.
func relations(v generator.Values, live map[string]bool) []error {
	return slices.Concat(sizes(v), pairs(v), reach(v), ranges(v, live))
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

// pairs finds one subnet given as both of a pair, and a strategy without the
// role that it needs.
func pairs(v generator.Values) []error {
	var errs []error
	if v.Of(compute.allocationStrategy) == "BEST_FIT" && v.Of(compute.computeType) == "SPOT" &&
		v.Of(compute.existingSpotFleetRoleArn) == "" {
		errs = append(errs, errors.New("AllocationStrategy BEST_FIT with ComputeType SPOT needs "+
			"ExistingSpotFleetRoleArn: give it, or use SPOT_PRICE_CAPACITY_OPTIMIZED, "+
			"which does not need it"))
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

// ranges checks that the subnets that are created lie in the VPC, where that is
// created too, and apart from each other.
func ranges(v generator.Values, live map[string]bool) []error {
	var errs []error
	vpc := netip.MustParsePrefix(v.Of(network.vpcCidr))
	subnets := slices.DeleteFunc(slices.Clone(newSubnets), func(p *generator.Parameter) bool {
		return !live[strings.TrimSuffix(p.Name, "Cidr")]
	})
	for i, p := range subnets {
		a := netip.MustParsePrefix(v.Of(p))
		if live["Vpc"] && (a.Bits() < vpc.Bits() || !vpc.Contains(a.Addr())) {
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

// cautions returns what deserves a second look about the given values.
func cautions(given generator.Values, live map[string]bool) []string {
	if vpc := given[network.existingVpcId.Name]; vpc != "" && live["InternetGateway"] {
		return []string{fmt.Sprintf("a new internet gateway is attached to %s, and a VPC can have "+
			"only one: give ExistingInternetGatewayId if it already has one", vpc)}
	}
	return nil
}
