package generator

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// Values are parameter values by name, as strings: so are CloudFormation's.
type Values map[string]string

// Of is the value of a parameter: the given one, or the default.
func (v Values) Of(p *Parameter) string {
	if value, ok := v[p.Name]; ok {
		return value
	}
	return p.Default
}

// Check returns every problem of the values, of each alone and of those that do
// not go together.
func (v Values) Check() error {
	var errs []error
	var broken []string
	sound := maps.Clone(v)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		p := Lookup(name)
		if p == nil {
			errs = append(errs, Unknown("parameter", name, names()))
			delete(sound, name)
		} else if err := p.Check(v[name]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			broken = append(broken, name)
			delete(sound, name)
		}
	}
	return errors.Join(append(errs, sound.Relations(broken...)...)...)
}

// Relations returns the problems of values that do not go together: the rules
// of the template, and what CloudFormation's rules cannot compare. Each value
// alone must be sound; what is said of those that are broken, and therefore left
// out, would mislead and is not said. The defaults go together, as a test shows.
func (v Values) Relations(broken ...string) []error {
	if len(v) == 0 {
		return nil
	}
	t := Template()
	errs := slices.Concat(t.Assert(v), v.sizes(), v.pairs(), v.reach(), v.ranges(t))
	return slices.DeleteFunc(errs, func(err error) bool {
		return slices.ContainsFunc(strings.Fields(err.Error()), func(word string) bool {
			return slices.Contains(broken, strings.TrimRight(word, ":,"))
		})
	})
}

// sizes compares the numbers of vCPUs.
func (v Values) sizes() []error {
	var errs []error
	least, desired, most := v.number(minvCpus), v.number(desiredvCpus), v.number(maxvCpus)
	if least > most {
		errs = append(errs, fmt.Errorf("MinvCpus %d is over MaxvCpus %d: lower it, or raise MaxvCpus", least, most))
	}
	if desired != 0 && (desired < least || desired > most) {
		errs = append(errs, fmt.Errorf("DesiredvCpus %d is not from MinvCpus %d to MaxvCpus %d: leave it out, and Batch decides", desired, least, most))
	}
	return errs
}

// pairs finds one subnet given as both of a pair, and a strategy without the
// role that it needs.
func (v Values) pairs() []error {
	var errs []error
	if v.Of(allocationStrategy) == "BEST_FIT" && v.Of(computeType) == "SPOT" && v.Of(existingSpotFleetRoleArn) == "" {
		errs = append(errs, errors.New("AllocationStrategy BEST_FIT with ComputeType SPOT needs ExistingSpotFleetRoleArn: "+
			"use SPOT_PRICE_CAPACITY_OPTIMIZED, which needs none"))
	}
	for _, pair := range [][2]*Parameter{
		{existingPublicSubnet1Id, existingPublicSubnet2Id}, {existingPrivateSubnet1Id, existingPrivateSubnet2Id},
	} {
		if id := v.Of(pair[0]); id != "" && id == v.Of(pair[1]) {
			errs = append(errs, fmt.Errorf("%s and %s are both %s: give subnets in two Availability Zones", pair[0].Name, pair[1].Name, id))
		}
	}
	return errs
}

// reach finds values that leave jobs without their image, data and AWS, so that
// they would wait for ever.
func (v Values) reach() []error {
	var errs []error
	if v.Of(internetAccess) == "false" && v.Of(s3Endpoint) == "false" && v.Of(existingVpcId) == "" {
		errs = append(errs, errors.New("InternetAccess false needs S3Endpoint true: images in ECR and data come through it"))
	}
	ports := v.Of(egressPort1) + " " + v.Of(egressPort2)
	if v.Of(existingSecurityGroupId) == "" && ports != "0 0" && !slices.Contains(strings.Fields(ports), "443") {
		errs = append(errs, errors.New("EgressPort1 and EgressPort2 need 443 among them: images, data and AWS are reached through it"))
	}
	return errs
}

func (v Values) number(p *Parameter) int {
	n, err := strconv.Atoi(v.Of(p))
	if err != nil {
		return 0 // refused by the check of the value alone
	}
	return n
}

// ranges checks that the subnets that are created lie in the VPC, where that is
// created too, and apart from each other.
func (v Values) ranges(t *cfn.Template) []error {
	live, err := t.Live(v)
	if err != nil {
		return []error{err}
	}
	var errs []error
	vpc := netip.MustParsePrefix(v.Of(vpcCidr))
	subnets := []*Parameter{publicSubnet1Cidr, privateSubnet1Cidr, publicSubnet2Cidr, privateSubnet2Cidr}
	subnets = slices.DeleteFunc(subnets, func(p *Parameter) bool { return !live[strings.TrimSuffix(p.Name, "Cidr")] })
	for i, p := range subnets {
		a := netip.MustParsePrefix(v.Of(p))
		if live["Vpc"] && (a.Bits() < vpc.Bits() || !vpc.Contains(a.Addr())) {
			errs = append(errs, fmt.Errorf("%s %s lies outside VpcCidr %s: choose a range in it", p.Name, a, vpc))
		}
		for _, q := range subnets[:i] {
			if b := netip.MustParsePrefix(v.Of(q)); a.Overlaps(b) {
				errs = append(errs, fmt.Errorf("%s %s overlaps %s %s: choose ranges that lie apart", p.Name, a, q.Name, b))
			}
		}
	}
	return errs
}
