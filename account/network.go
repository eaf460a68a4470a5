package account

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
)

// Unread is a call that failed.
type Unread struct {
	Call string // like ec2:DescribeVpcs
	Err  error
}

// networkReads are the reads of Network. Each one fills other fields of the answer. All but the
// security groups are filtered by VPC: quotas keep the answers shorter than a page.
var networkReads = []struct {
	call string
	read func(*ec2.Client, context.Context, facts.NetworkQuery, *facts.Network) error
}{
	{"DescribeVpcs", readVPCs},
	{"DescribeSubnets", readSubnets},
	{"DescribeRouteTables", readRouteTables},
	{"DescribeInternetGateways", readInternetGateways},
	{"DescribeNatGateways", readNATGateways},
	{"DescribeVpcEndpoints", readEndpoints},
	{"DescribeSecurityGroups", readSecurityGroups},
}

// Network reads a VPC and what is in it, with all calls at once, and returns the calls that
// failed.
func (r *Reader) Network(
	ctx context.Context, q facts.NetworkQuery,
) (facts.Network, []Unread) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	n := facts.Network{Region: r.ec2.Options().Region}
	errs := make([]error, len(networkReads))
	var all sync.WaitGroup
	for i, one := range networkReads {
		all.Go(func() { errs[i] = one.read(r.ec2, ctx, q, &n) })
	}
	all.Wait()
	var unread []Unread
	for i, err := range errs {
		if err != nil {
			unread = append(unread, Unread{"ec2:" + networkReads[i].call, err})
		}
	}
	return n, unread
}

// filter returns one filter of EC2's calls.
func filter(name string, values ...string) []types.Filter {
	return []types.Filter{{Name: &name, Values: values}}
}

func readVPCs(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	out, err := c.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{Filters: filter("vpc-id", q.VPC)})
	if err != nil {
		return err
	}
	n.VPCs = map[string]facts.VPC{}
	for _, v := range out.Vpcs {
		var cidrs []netip.Prefix
		for _, a := range v.CidrBlockAssociationSet {
			p, err := netip.ParsePrefix(aws.ToString(a.CidrBlock))
			gone := a.CidrBlockState != nil && slices.Contains([]types.VpcCidrBlockStateCode{
				types.VpcCidrBlockStateCodeDisassociated, types.VpcCidrBlockStateCodeFailed,
			}, a.CidrBlockState.State)
			if err == nil && !gone {
				cidrs = append(cidrs, p)
			}
		}
		n.VPCs[aws.ToString(v.VpcId)] = facts.VPC{CIDRs: cidrs}
	}
	return nil
}

// readSubnets reads the subnets of the VPC, and those that are asked for and are not among them.
func readSubnets(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	subnets := map[string]facts.Subnet{}
	read := func(f []types.Filter) error {
		out, err := c.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: f})
		if err != nil {
			return err
		}
		for _, s := range out.Subnets {
			cidr, _ := netip.ParsePrefix(aws.ToString(s.CidrBlock)) // none: IPv6 only
			subnets[aws.ToString(s.SubnetId)] = facts.Subnet{
				VPC: aws.ToString(s.VpcId), Zone: aws.ToString(s.AvailabilityZone), CIDR: cidr,
				Free:            int(aws.ToInt32(s.AvailableIpAddressCount)),
				PublicAddresses: aws.ToBool(s.MapPublicIpOnLaunch),
			}
		}
		return nil
	}
	if err := read(filter("vpc-id", q.VPC)); err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(q.Subnets), func(id string) bool {
		_, found := subnets[id]
		return found
	})
	if len(missing) > 0 {
		if err := read(filter("subnet-id", missing...)); err != nil {
			return err
		}
	}
	n.Subnets = subnets
	return nil
}

func readRouteTables(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	out, err := c.DescribeRouteTables(ctx,
		&ec2.DescribeRouteTablesInput{Filters: filter("vpc-id", q.VPC)})
	if err != nil {
		return err
	}
	n.RouteTables = map[string]facts.RouteTable{}
	for _, t := range out.RouteTables {
		table := facts.RouteTable{Default: defaultTarget(t.Routes)}
		for _, a := range t.Associations {
			table.Main = table.Main || aws.ToBool(a.Main)
			if a.SubnetId != nil {
				table.Subnets = append(table.Subnets, *a.SubnetId)
			}
		}
		n.RouteTables[aws.ToString(t.RouteTableId)] = table
	}
	return nil
}

// defaultTarget returns where the default route leads, "" where it leads nowhere. Appliances may
// take half of the addresses with each of two routes.
func defaultTarget(routes []types.Route) string {
	for _, r := range routes {
		all := []string{"0.0.0.0/0", "0.0.0.0/1"}
		if r.State == types.RouteStateBlackhole ||
			!slices.Contains(all, aws.ToString(r.DestinationCidrBlock)) {
			continue
		}
		return cmp.Or(aws.ToString(r.GatewayId), aws.ToString(r.NatGatewayId),
			aws.ToString(r.TransitGatewayId), aws.ToString(r.NetworkInterfaceId),
			aws.ToString(r.InstanceId), aws.ToString(r.VpcPeeringConnectionId),
			aws.ToString(r.LocalGatewayId), aws.ToString(r.CarrierGatewayId),
			aws.ToString(r.CoreNetworkArn), "another target")
	}
	return ""
}

func readInternetGateways(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	out, err := c.DescribeInternetGateways(ctx,
		&ec2.DescribeInternetGatewaysInput{Filters: filter("attachment.vpc-id", q.VPC)})
	if err != nil {
		return err
	}
	n.InternetGateways = map[string]bool{}
	for _, g := range out.InternetGateways {
		n.InternetGateways[aws.ToString(g.InternetGatewayId)] = true
	}
	return nil
}

func readNATGateways(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	out, err := c.DescribeNatGateways(ctx,
		&ec2.DescribeNatGatewaysInput{Filter: filter("vpc-id", q.VPC)})
	if err != nil {
		return err
	}
	n.NATGateways = map[string]facts.NATGateway{}
	for _, g := range out.NatGateways {
		n.NATGateways[aws.ToString(g.NatGatewayId)] = facts.NATGateway{State: string(g.State)}
	}
	return nil
}

func readEndpoints(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	out, err := c.DescribeVpcEndpoints(ctx,
		&ec2.DescribeVpcEndpointsInput{Filters: filter("vpc-id", q.VPC)})
	if err != nil {
		return err
	}
	n.Endpoints = map[string]string{}
	for _, e := range out.VpcEndpoints {
		if e.VpcEndpointType == types.VpcEndpointTypeInterface {
			n.Endpoints[aws.ToString(e.VpcEndpointId)] = aws.ToString(e.ServiceName)
		}
	}
	return nil
}

func readSecurityGroups(
	c *ec2.Client, ctx context.Context, q facts.NetworkQuery, n *facts.Network,
) error {
	if len(q.SecurityGroups) == 0 {
		return nil
	}
	out, err := c.DescribeSecurityGroups(ctx,
		&ec2.DescribeSecurityGroupsInput{Filters: filter("group-id", q.SecurityGroups...)})
	if err != nil {
		return err
	}
	n.SecurityGroups = map[string]facts.SecurityGroup{}
	for _, g := range out.SecurityGroups {
		n.SecurityGroups[aws.ToString(g.GroupId)] = facts.SecurityGroup{
			VPC: aws.ToString(g.VpcId), Egress: len(g.IpPermissionsEgress) > 0,
		}
	}
	return nil
}
