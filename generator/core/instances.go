package core

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/instancetype"
)

// instances returns why AWS Batch refuses the instance types, or has no image for them. Types
// that are not known are accepted.
// https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
// https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html
func instances(v generator.Values, live map[string]bool) []error {
	if !live["LaunchTemplate"] {
		return nil
	}
	var errs []error
	types := instancetype.ParseList(v.Of(compute.instanceTypes))
	if macs := names(types, instancetype.Type.Mac); macs != "" {
		errs = append(errs, fmt.Errorf("InstanceTypes %s: macOS needs a Dedicated Host, which "+
			"AWS Batch does not have: choose other types, like m6i", macs))
	}
	arms, others := names(types, isArm), names(types, isX86)
	if arms != "" && others != "" {
		errs = append(errs, fmt.Errorf("InstanceTypes %s: arm64, and %s: x86_64: a compute "+
			"environment has one architecture: choose types of one, and make a second stack with "+
			"--from for the other", arms, others))
	}
	image, imageType := v.Of(compute.imageId), v.Of(compute.imageType)
	gpus := names(types, hasGPU)
	if image != "" && imageType == "" && gpus != "" {
		errs = append(errs, fmt.Errorf("ImageId with GPU types (InstanceTypes %s) needs ImageType "+
			"ECS_AL2023_NVIDIA: without it AWS Batch takes the image only for types without a GPU",
			gpus))
	}
	if image == "" && imageType == "ECS_AL2023_NVIDIA" && arms != "" {
		errs = append(errs, fmt.Errorf("ImageType ECS_AL2023_NVIDIA does not support arm64 "+
			"(InstanceTypes %s): omit it, or give an image: ImageId", arms))
	}
	return errs
}

func isArm(t instancetype.Type) bool  { return t.Architecture == instancetype.Arm }
func isX86(t instancetype.Type) bool  { return t.Architecture == instancetype.X86 }
func hasGPU(t instancetype.Type) bool { return t.Accelerator == instancetype.NVIDIA }

// names lists the types that a test selects.
func names(types []instancetype.Type, selected func(instancetype.Type) bool) string {
	var out []string
	for _, t := range types {
		if selected(t) {
			out = append(out, t.Name)
		}
	}
	return strings.Join(out, ", ")
}

// cautions returns what AWS accepts and what is probably wrong, about values of which one is
// given.
func cautions(v, given generator.Values, live map[string]bool) []string {
	var out []string
	if vpc := given[network.existingVpcId.Name]; vpc != "" && live["InternetGateway"] {
		out = append(out, fmt.Sprintf("a new internet gateway is attached to %s, and a VPC can "+
			"have only one: give ExistingInternetGatewayId if it already has one", vpc))
	}
	about := func(parameters ...*generator.Parameter) bool {
		return slices.ContainsFunc(parameters, func(p *generator.Parameter) bool {
			_, ok := given[p.Name]
			return ok
		})
	}
	if about(compute.instanceTypes, compute.imageType, compute.imageId) && live["LaunchTemplate"] {
		out = append(out, withoutImage(v)...)
	}
	out = append(out, doubtfulRanges(v, given, live)...)
	if about(compute.maxvCpus, compute.instanceTypes, compute.computeType, compute.computeSubnets,
		network.privateSubnet1Cidr, network.privateSubnet2Cidr, network.publicSubnet1Cidr,
		network.publicSubnet2Cidr) {
		out = append(out, fewAddresses(v, live)...)
	}
	return out
}

// withoutImage warns about instance types for which AWS Batch has no image, or none with the
// driver.
func withoutImage(v generator.Values) []string {
	if v.Of(compute.imageId) != "" {
		return nil
	}
	var out []string
	types := instancetype.ParseList(v.Of(compute.instanceTypes))
	for _, t := range types {
		if why := t.NoImage(); why != "" {
			out = append(out, fmt.Sprintf("InstanceTypes %s: AWS Batch may have no image for it "+
				"(%s), so that jobs wait: choose a newer type, or give an image: ImageId",
				t.Name, why))
		}
	}
	if gpus := names(types, hasGPU); gpus != "" && v.Of(compute.imageType) == "ECS_AL2023" {
		out = append(out, fmt.Sprintf("ImageType ECS_AL2023 is for types without a GPU, and jobs "+
			"that ask for one wait (InstanceTypes %s): omit it, or use ECS_AL2023_NVIDIA", gpus))
	}
	return out
}

// docker is the range of Docker's bridge on instances, behind which the DNS server of a VPC with
// the same addresses cannot be reached.
// https://github.com/buildkite/elastic-ci-stack-for-aws/issues/1512
var docker = netip.MustParsePrefix("172.17.0.0/16")

// private are the ranges of RFC 1918, RFC 6598 and RFC 2544, which are not in the internet.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("198.18.0.0/15"),
}

// doubtfulRanges warns about given ranges of a new network that hide others: the VPC's, or
// those of its subnets where the VPC is reused.
func doubtfulRanges(v, given generator.Values, live map[string]bool) []string {
	all := []*generator.Parameter{network.vpcCidr}
	if !live["Vpc"] {
		all = created(live, newSubnets...)
	}
	var out []string
	for _, p := range all {
		if _, ok := given[p.Name]; !ok {
			continue
		}
		cidr := netip.MustParsePrefix(v.Of(p))
		if cidr.Overlaps(docker) && live["LaunchTemplate"] {
			out = append(out, fmt.Sprintf("%s %s overlaps %s, which Docker uses on the instances: "+
				"jobs may not reach addresses in it, such as the DNS server of the VPC: "+
				"choose another range", p.Name, cidr, docker))
		}
		if !slices.ContainsFunc(private, cidr.Overlaps) {
			out = append(out, fmt.Sprintf("%s %s is in the internet: jobs cannot reach the hosts that "+
				"have these addresses: choose a range in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
				p.Name, cidr))
		}
	}
	return out
}

// reserved is the number of addresses that AWS keeps in each subnet.
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const reserved = 5

// fewAddresses warns if the new subnets of jobs have fewer addresses than MaxvCpus may need:
// one for each job of one vCPU on Fargate, and one for each instance elsewhere. The sizes of
// reused subnets are not known.
func fewAddresses(v generator.Values, live map[string]bool) []string {
	var subnets []*generator.Parameter
	where := v.Of(compute.computeSubnets)
	if where != "public" {
		subnets = append(subnets, network.privateSubnet1Cidr, network.privateSubnet2Cidr)
	}
	if where != "private" {
		subnets = append(subnets, network.publicSubnet1Cidr, network.publicSubnet2Cidr)
	}
	if n := len(subnets); len(created(live, subnets...)) < n || !live["ComputeEnvironment"] {
		return nil
	}
	have, most := 0, v.Number(compute.maxvCpus)
	for _, p := range subnets {
		have += 1<<(32-netip.MustParsePrefix(v.Of(p)).Bits()) - reserved
	}
	need, each := most, "job of 1 vCPU"
	if live["LaunchTemplate"] {
		smallest := most
		for _, t := range instancetype.ParseList(v.Of(compute.instanceTypes)) {
			smallest = min(smallest, t.VCPUs())
		}
		need, each = most/smallest, fmt.Sprintf("instance of %d vCPUs", smallest)
	}
	if need <= have {
		return nil
	}
	return []string{fmt.Sprintf("MaxvCpus %d may need %d addresses, one for each %s, and the new "+
		"subnets of jobs have %d: further jobs wait: give larger ranges, or lower MaxvCpus",
		most, need, each, have)}
}
