package core

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// preflight looks at the network that values reuse.
var preflight = &generator.Preflight{
	Query: func(v generator.Values) (facts.NetworkQuery, bool) {
		q := facts.NetworkQuery{VPC: v.Of(network.existingVpcId)}
		for _, pair := range reusedSubnets {
			for _, p := range pair {
				if id := v.Of(p); id != "" {
					q.Subnets = append(q.Subnets, id)
				}
			}
		}
		if id := v.Of(network.existingSecurityGroupId); id != "" {
			q.SecurityGroups = []string{id}
		}
		return q, q.VPC != ""
	},
	Look: func(v generator.Values, live map[string]bool, n facts.Network) []generator.Finding {
		l := &look{v: v, live: live, Network: n, vpc: v.Of(network.existingVpcId)}
		if _, found := n.VPCs[l.vpc]; n.VPCs != nil && !found {
			l.wrong(network.existingVpcId, "give a VPC of this account and region",
				"%s does not exist in %s", l.vpc, n.Region)
			return l.found
		}
		l.subnets()
		l.ways()
		l.gateways()
		l.securityGroup()
		l.ranges()
		return l.found
	},
	Parameters: slices.Concat(reusedSubnets[0][:], reusedSubnets[1][:], newSubnets,
		[]*generator.Parameter{
			network.existingVpcId, network.existingInternetGatewayId, network.existingNatGatewayId,
			network.existingPublicRouteTableId, network.existingPrivateRouteTableId,
			network.existingSecurityGroupId,
		}),
	Reuses: reuses,
	Judge: func(v generator.Values, live map[string]bool, r facts.Reused) []generator.Finding {
		j := &outside{look: look{v: v, live: live}, Reused: r}
		j.buckets()
		j.queue()
		j.environment()
		j.roles()
		j.profile()
		return j.found
	},
}

// reusedSubnets are the public and the private subnets that can be reused.
var reusedSubnets = [2][2]*generator.Parameter{
	{network.existingPublicSubnet1Id, network.existingPublicSubnet2Id},
	{network.existingPrivateSubnet1Id, network.existingPrivateSubnet2Id},
}

// newSubnets are the CIDR blocks of the subnets that can be created.
var newSubnets = []*generator.Parameter{
	network.publicSubnet1Cidr, network.privateSubnet1Cidr,
	network.publicSubnet2Cidr, network.privateSubnet2Cidr,
}

// look is one look at the network of an account.
type look struct {
	facts.Network
	v     generator.Values
	live  map[string]bool
	vpc   string
	found []generator.Finding
}

// wrong notes what would fail or keep jobs from starting.
func (l *look) wrong(p *generator.Parameter, way, problem string, args ...any) {
	l.found = append(l.found, generator.Finding{
		Parameter: p, Problem: fmt.Sprintf(problem, args...), Way: way,
	})
}

// caution notes what may be intended.
func (l *look) caution(p *generator.Parameter, way, problem string, args ...any) {
	l.wrong(p, way, problem, args...)
	l.found[len(l.found)-1].Warning = true
}

// jobsIn reports whether jobs run in the public or the private subnets.
func (l *look) jobsIn(public bool) bool {
	other := "public"
	if public {
		other = "private"
	}
	return l.live["ComputeEnvironment"] && l.v.Of(compute.computeSubnets) != other
}

// subnets looks at the reused subnets: where they are, and what they give to jobs.
func (l *look) subnets() {
	for i, pair := range reusedSubnets {
		zones := map[string]string{}
		for _, p := range pair {
			id := l.v.Of(p)
			s, found := l.Subnets[id]
			switch {
			case id == "" || l.Subnets == nil:
				continue
			case !found:
				l.wrong(p, "give a subnet of "+l.vpc, "%s does not exist in %s", id, l.Region)
				continue
			case s.VPC != l.vpc:
				l.wrong(p, "give a subnet of "+l.vpc+", or {ExistingVpcId} "+s.VPC,
					"%s is in %s, and not in %s", id, s.VPC, l.vpc)
				continue
			}
			if other := zones[s.Zone]; other != "" {
				l.caution(p, "give a subnet of another zone", "%s is in %s, as %s is: jobs depend "+
					"on one Availability Zone", id, s.Zone, other)
			}
			zones[s.Zone] = id
			if l.jobsIn(i == 0) {
				l.forJobs(p, id, s, i == 0)
			}
		}
	}
}

// forJobs looks at a subnet in which jobs run. Instances get a public address only from their
// subnet; Metaflow asks for one itself for jobs on Fargate.
func (l *look) forJobs(p *generator.Parameter, id string, s facts.Subnet, public bool) {
	if s.Free == 0 {
		l.wrong(p, "give another subnet", "%s has no free address", id)
	}
	if target, _ := l.Default(id); public && !s.PublicAddresses && l.instances() &&
		strings.HasPrefix(target, "igw-") {
		l.wrong(p, "aws ec2 modify-subnet-attribute --map-public-ip-on-launch --subnet-id "+id+
			"; or {ComputeSubnets} private",
			"%s gives instances no public address: jobs would stay in RUNNABLE", id)
	}
}

func (l *look) instances() bool {
	return !strings.HasPrefix(l.v.Of(compute.computeType), "FARGATE")
}

// ways looks where the default routes of the reused subnets lead.
func (l *look) ways() {
	for i, pair := range reusedSubnets {
		for j, p := range pair {
			id := l.v.Of(p)
			target, known := l.Default(id)
			if !known || l.Subnets[id].VPC != l.vpc {
				continue
			}
			gateway := []string{"NatGateway", "NatGateway2"}[j]
			switch internet := strings.HasPrefix(target, "igw-"); {
			case i == 0 && l.live[gateway] && !internet:
				l.wrong(p, "give a subnet whose default route leads to an internet gateway, or "+
					"{ExistingNatGatewayId}", "%s is not public (%s): the new NAT gateway in it "+
					"would not reach the internet", id, leads(target))
			case !l.jobsIn(i == 0):
			case target == "" && !l.ServesContainers():
				l.noWay(p, id)
			case i == 1 && internet && l.instances() && !l.Subnets[id].PublicAddresses:
				l.wrong(p, "lead its default route to a NAT gateway", "%s %s and gives instances "+
					"no public address: jobs would stay in RUNNABLE", id, leads(target))
			}
		}
	}
	p := network.existingPrivateRouteTableId
	t, found := l.RouteTables[l.v.Of(p)]
	if found && t.Default == "" && l.jobsIn(false) && !l.ServesContainers() {
		l.noWay(p, l.v.Of(p))
	}
}

// noWay notes that jobs would not reach AWS.
// https://repost.aws/knowledge-center/batch-job-stuck-runnable-status
func (l *look) noWay(p *generator.Parameter, id string) {
	l.wrong(p, "lead its default route to a NAT gateway, or add interface endpoints; "+
		"--no-preflight continues when they come later", "%s has no default route, and %s has no "+
		"interface endpoint of ECS or ECR: jobs would stay in RUNNABLE", id, l.vpc)
}

// leads says where a default route leads.
func leads(target string) string {
	if target == "" {
		return "has no default route"
	}
	return "has a default route to " + target
}

// gateways looks at the gateways and the route tables.
func (l *look) gateways() {
	has := strings.Join(slices.Sorted(maps.Keys(l.InternetGateways)), ", ")
	switch p := network.existingInternetGatewayId; {
	case l.InternetGateways == nil:
	case l.v.Of(p) == "" && l.live["InternetGateway"] && has != "":
		l.wrong(p, "{ExistingInternetGatewayId} "+has,
			"%s has %s already, and a VPC can have one internet gateway", l.vpc, has)
	case l.v.Of(p) != "" && !l.InternetGateways[l.v.Of(p)]:
		way := "attach it, or omit it for a new one"
		if has != "" {
			way = "{ExistingInternetGatewayId} " + has
		}
		l.wrong(p, way, "%s is not attached to %s", l.v.Of(p), l.vpc)
	}
	p := network.existingNatGatewayId
	g, found := l.NATGateways[l.v.Of(p)]
	switch {
	case l.v.Of(p) == "" || l.NATGateways == nil:
	case !found:
		l.wrong(p, "give a NAT gateway of the VPC, or omit it for a new one",
			"%s is not in %s", l.v.Of(p), l.vpc)
	case g.State != "available" && g.State != "pending":
		l.wrong(p, "give another NAT gateway, or omit it for a new one",
			"%s is %s", l.v.Of(p), g.State)
	}
	for _, p := range []*generator.Parameter{
		network.existingPublicRouteTableId, network.existingPrivateRouteTableId,
	} {
		_, found := l.RouteTables[l.v.Of(p)]
		if l.v.Of(p) != "" && l.RouteTables != nil && !found {
			l.wrong(p, "give a route table of the VPC, or omit it for a new one",
				"%s is not in %s", l.v.Of(p), l.vpc)
		}
	}
}

func (l *look) securityGroup() {
	p := network.existingSecurityGroupId
	g, found := l.SecurityGroups[l.v.Of(p)]
	switch {
	case l.v.Of(p) == "" || l.SecurityGroups == nil:
	case !found:
		l.wrong(p, "give another, or omit it for a new one",
			"%s does not exist in %s", l.v.Of(p), l.Region)
	case g.VPC != l.vpc:
		l.wrong(p, "give a security group of "+l.vpc+", or omit it for a new one",
			"%s is in %s, and not in %s", l.v.Of(p), g.VPC, l.vpc)
	case !g.Egress:
		l.wrong(p, "allow egress to port 443 at least, or omit it for a new one",
			"%s has no egress rule: jobs would not reach AWS", l.v.Of(p))
	}
}

// ranges looks whether the CIDR blocks of new subnets are free in the VPC.
func (l *look) ranges() {
	cidrs := l.VPCs[l.vpc].CIDRs
	for _, p := range newSubnets {
		cidr, err := netip.ParsePrefix(l.v.Of(p))
		if err != nil || !l.live[strings.TrimSuffix(p.Name, "Cidr")] {
			continue
		}
		inside := func(vpc netip.Prefix) bool { return standard.Inside(vpc, cidr) }
		if len(cidrs) > 0 && !slices.ContainsFunc(cidrs, inside) {
			l.wrong(p, "choose a free one inside, {"+p.Name+"}",
				"%s is outside the CIDR blocks of %s (%s)", cidr, l.vpc, list(cidrs))
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(l.Subnets)) {
			s := l.Subnets[id]
			if s.VPC == l.vpc && s.CIDR.IsValid() && s.CIDR.Overlaps(cidr) {
				l.wrong(p, "choose a free one, {"+p.Name+"}",
					"%s overlaps %s of %s", cidr, s.CIDR, id)
				break
			}
		}
	}
}

// list returns CIDR blocks as a text.
func list(cidrs []netip.Prefix) string {
	var all []string
	for _, c := range cidrs {
		all = append(all, c.String())
	}
	return strings.Join(all, ", ")
}
