package account

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// memberReads are the calls that tell in which VPC something is, by the beginning of its ID. Each
// one adds the VPCs of some IDs.
var memberReads = map[string]struct {
	call string
	read func(*ec2.Client, context.Context, []string, map[string]string) error
}{
	"subnet": {"DescribeSubnets", subnetVPCs},
	"sg":     {"DescribeSecurityGroups", groupVPCs},
	"igw":    {"DescribeInternetGateways", internetGatewayVPCs},
	"nat":    {"DescribeNatGateways", natGatewayVPCs},
	"rtb":    {"DescribeRouteTables", routeTableVPCs},
}

// VPCsOf returns the VPCs of subnets, security groups, gateways and route tables by their IDs, and
// the calls that failed. IDs that do not exist are missing.
func (r *Reader) VPCsOf(ctx context.Context, ids ...string) (map[string]string, []Unread) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	kinds := map[string][]string{}
	for _, id := range ids {
		kind, _, _ := strings.Cut(id, "-")
		if _, known := memberReads[kind]; known {
			kinds[kind] = append(kinds[kind], id)
		}
	}
	vpcs := map[string]string{}
	var unread []Unread
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		all.Go(func() {
			found := map[string]string{}
			err := memberReads[kind].read(r.ec2, ctx, kinds[kind], found)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(vpcs, found)
			if err != nil {
				unread = append(unread, Unread{"ec2:" + memberReads[kind].call, err})
			}
		})
	}
	all.Wait()
	return vpcs, unread
}

func subnetVPCs(c *ec2.Client, ctx context.Context, ids []string, vpcs map[string]string) error {
	out, err := c.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: filter("subnet-id", ids...)})
	if err != nil {
		return err
	}
	for _, s := range out.Subnets {
		vpcs[aws.ToString(s.SubnetId)] = aws.ToString(s.VpcId)
	}
	return nil
}

func groupVPCs(c *ec2.Client, ctx context.Context, ids []string, vpcs map[string]string) error {
	out, err := c.DescribeSecurityGroups(ctx,
		&ec2.DescribeSecurityGroupsInput{Filters: filter("group-id", ids...)})
	if err != nil {
		return err
	}
	for _, g := range out.SecurityGroups {
		vpcs[aws.ToString(g.GroupId)] = aws.ToString(g.VpcId)
	}
	return nil
}

func internetGatewayVPCs(
	c *ec2.Client, ctx context.Context, ids []string, vpcs map[string]string,
) error {
	out, err := c.DescribeInternetGateways(ctx,
		&ec2.DescribeInternetGatewaysInput{Filters: filter("internet-gateway-id", ids...)})
	if err != nil {
		return err
	}
	for _, g := range out.InternetGateways {
		for _, a := range g.Attachments { // at most one
			vpcs[aws.ToString(g.InternetGatewayId)] = aws.ToString(a.VpcId)
		}
	}
	return nil
}

func natGatewayVPCs(
	c *ec2.Client, ctx context.Context, ids []string, vpcs map[string]string,
) error {
	out, err := c.DescribeNatGateways(ctx,
		&ec2.DescribeNatGatewaysInput{Filter: filter("nat-gateway-id", ids...)})
	if err != nil {
		return err
	}
	for _, g := range out.NatGateways {
		vpcs[aws.ToString(g.NatGatewayId)] = aws.ToString(g.VpcId)
	}
	return nil
}

func routeTableVPCs(
	c *ec2.Client, ctx context.Context, ids []string, vpcs map[string]string,
) error {
	out, err := c.DescribeRouteTables(ctx,
		&ec2.DescribeRouteTablesInput{Filters: filter("route-table-id", ids...)})
	if err != nil {
		return err
	}
	for _, t := range out.RouteTables {
		vpcs[aws.ToString(t.RouteTableId)] = aws.ToString(t.VpcId)
	}
	return nil
}
