package core

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// derivation finds the CIDR blocks of new subnets, and the internet gateway of a VPC.
var derivation = &generator.Derivation{
	Parameters: append(slices.Clone(newSubnets), network.existingVpcId,
		network.existingInternetGatewayId),
	VPC: network.existingVpcId, Members: inVpc,
	Asks: func(v generator.Values, live map[string]bool) bool {
		return live["InternetGateway"] && !has(v, network.existingInternetGatewayId) ||
			slices.ContainsFunc(created(live, newSubnets...), func(p *generator.Parameter) bool {
				return !has(v, p)
			})
	},
	From: func(
		v generator.Values, live map[string]bool, n *facts.Network,
	) (all []generator.Derived) {
		vpc := v.Of(network.existingVpcId)
		switch {
		case vpc == "" && has(v, network.vpcCidr):
			cidr, err := netip.ParsePrefix(v.Of(network.vpcCidr))
			if err != nil { // the check of the values reports it
				return nil
			}
			return subnetsInside(v, live, []netip.Prefix{cidr}, nil, "inside VpcCidr "+cidr.String())
		case vpc == "" || n == nil:
			return nil
		}
		if cidrs := n.VPCs[vpc].CIDRs; len(cidrs) > 0 && n.Subnets != nil {
			var taken []netip.Prefix
			for _, s := range n.Subnets {
				if s.VPC == vpc && s.CIDR.IsValid() {
					taken = append(taken, s.CIDR)
				}
			}
			all = subnetsInside(v, live, cidrs, taken, fmt.Sprintf("free in %s (%s)", vpc, list(cidrs)))
		}
		p := network.existingInternetGatewayId
		if live["InternetGateway"] && !has(v, p) && len(n.InternetGateways) == 1 {
			for id := range maps.Keys(n.InternetGateways) {
				all = append(all, generator.Derived{
					Parameter: p, Value: id, Reason: vpc + " has it, and can have one only",
				})
			}
		}
		return all
	},
}

// has reports whether a value is given, if only an empty one.
func has(v generator.Values, p *generator.Parameter) bool {
	_, given := v[p.Name]
	return given
}

// subnetsInside returns CIDR blocks for the new subnets that have none, in the ranges of a VPC and
// beside what is taken. The defaults stay where all of them fit.
func subnetsInside(
	v generator.Values, live map[string]bool, ranges, taken []netip.Prefix, reason string,
) (all []generator.Derived) {
	var missing []*generator.Parameter
	taken = slices.Clone(taken)
	for _, p := range created(live, newSubnets...) {
		if !has(v, p) {
			missing = append(missing, p)
		} else if cidr, err := netip.ParsePrefix(v.Of(p)); err == nil {
			taken = append(taken, cidr)
		}
	}
	if defaultsFit(missing, ranges, taken) {
		return nil
	}
	free := facts.FreeBlocks(ranges, taken, len(missing))
	for i, cidr := range free {
		if p := missing[i]; cidr.String() != p.Default {
			all = append(all, generator.Derived{Parameter: p, Value: cidr.String(), Reason: reason})
		}
	}
	return all
}

// defaultsFit reports whether the default CIDR blocks of subnets are inside of some ranges and not
// taken.
func defaultsFit(subnets []*generator.Parameter, ranges, taken []netip.Prefix) bool {
	return !slices.ContainsFunc(subnets, func(p *generator.Parameter) bool {
		cidr := netip.MustParsePrefix(p.Default)
		return slices.ContainsFunc(taken, cidr.Overlaps) || !slices.ContainsFunc(ranges,
			func(r netip.Prefix) bool { return standard.Inside(r, cidr) })
	})
}
