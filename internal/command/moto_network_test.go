package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// network lists the resources of EC2. VPCs and subnets are named by their CIDR blocks.
func (i *inventory) network() {
	for _, v := range ask(i.T, i.ec2.DescribeVpcs, &ec2.DescribeVpcsInput{}).Vpcs {
		i.call(*v.VpcId, *v.CidrBlock)
		i.add("VPC %s%s", *v.VpcId, tagged(v.Tags))
	}
	for _, s := range ask(i.T, i.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{}).Subnets {
		i.call(*s.SubnetId, *s.CidrBlock)
		i.add("subnet %s of %s in %s%s", *s.SubnetId, *s.VpcId, *s.AvailabilityZone, tagged(s.Tags))
	}
	i.gateways()
	i.routeTables()
	i.endpoints()
	i.flowLogs()
	i.securityGroups()
	i.launchTemplates()
	for _, r := range ask(i.T, i.ec2.DescribeInstances, &ec2.DescribeInstancesInput{}).Reservations {
		i.add("%d instances", len(r.Instances))
	}
}

// gateways lists the gateways of the VPCs.
func (i *inventory) gateways() {
	for _, g := range ask(i.T, i.ec2.DescribeInternetGateways, &ec2.DescribeInternetGatewaysInput{}).InternetGateways {
		i.call(*g.InternetGatewayId, "the internet gateway")
		i.add("internet gateway of %s", join(g.Attachments, func(a types.InternetGatewayAttachment) string { return *a.VpcId }))
	}
	for _, g := range ask(i.T, i.ec2.DescribeNatGateways, &ec2.DescribeNatGatewaysInput{}).NatGateways {
		name := "NAT gateway in " + i.called(*g.SubnetId)
		i.call(*g.NatGatewayId, name)
		i.add("%s, %s: %s", name, g.ConnectivityType, join(g.NatGatewayAddresses, func(a types.NatGatewayAddress) string {
			i.call(*a.AllocationId, "address of "+name)
			return *a.AllocationId
		}))
	}
	for _, a := range ask(i.T, i.ec2.DescribeAddresses, &ec2.DescribeAddressesInput{}).Addresses {
		i.add("%s: %s", *a.AllocationId, a.Domain)
	}
}

// endpoints lists the VPC endpoints.
func (i *inventory) endpoints() {
	for _, e := range ask(i.T, i.ec2.DescribeVpcEndpoints, &ec2.DescribeVpcEndpointsInput{}).VpcEndpoints {
		if e.VpcEndpointType == types.VpcEndpointTypeGateway {
			i.call(*e.VpcEndpointId, "the endpoint")
			i.add("gateway endpoint of %s: %s", *e.VpcId, *e.ServiceName)
			continue
		}
		i.add("interface endpoint of %s: %s in %s behind %s, names private %t", *e.VpcId, *e.ServiceName,
			strings.Join(e.SubnetIds, " "), join(e.Groups, func(g types.SecurityGroupIdentifier) string { return *g.GroupId }),
			aws.ToBool(e.PrivateDnsEnabled))
	}
}

func (i *inventory) flowLogs() {
	for _, l := range ask(i.T, i.ec2.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{}).FlowLogs {
		i.add("flow log of %s: %s traffic to %s", *l.ResourceId, l.TrafficType, *l.LogDestination)
	}
}

func (i *inventory) routeTables() {
	var associated map[string]string
	for _, t := range ask(i.T, i.ec2.DescribeRouteTables, &ec2.DescribeRouteTablesInput{}).RouteTables {
		if len(t.Associations) > 0 && aws.ToBool(t.Associations[0].Main) {
			i.add("main routes of %s: %s", *t.VpcId, routes(t))
			continue
		}
		if associated == nil {
			associated = i.associations()
		}
		i.add("routes of %s: %s", i.users(*t.RouteTableId, associated), routes(t))
	}
}

// associations returns the route tables of the subnets that stacks associate, by subnet.
// DescribeRouteTables does not show them: moto stores them separately, and shows them only with all
// its other data.
func (i *inventory) associations() map[string]string {
	response, err := http.Get(i.endpoint + "/moto-api/data.json")
	if err != nil {
		i.Fatal(err)
	}
	defer response.Body.Close()
	var held struct {
		EC2 struct {
			SubnetRouteTableAssociation []struct {
				Table  string `json:"route_table_id"`
				Subnet string `json:"subnet_id"`
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&held); err != nil {
		i.Fatal(err)
	}
	tables := map[string]string{}
	for _, a := range held.EC2.SubnetRouteTableAssociation {
		if tables[a.Subnet] != "" {
			i.Errorf("subnet %s has two route tables", i.called(a.Subnet))
		}
		tables[a.Subnet] = a.Table
	}
	return tables
}

// users returns the subnets that are associated with a route table.
func (i *inventory) users(id string, associated map[string]string) string {
	var subnets []string
	for subnet, table := range associated {
		if table == id {
			subnets = append(subnets, i.called(subnet))
		}
	}
	slices.Sort(subnets)
	return strings.Join(subnets, " ")
}

// routes returns the targets of a route table outside its VPC.
func routes(t types.RouteTable) string {
	var out []string
	for _, r := range t.Routes {
		target := aws.ToString(r.GatewayId) + aws.ToString(r.NatGatewayId)
		if target != "local" {
			destination := aws.ToString(r.DestinationCidrBlock)
			if destination == "" {
				destination = "S3" // the prefix list of the only endpoint
			}
			out = append(out, destination+" to "+target)
		}
	}
	if len(out) == 0 {
		return "none"
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// securityGroups lists ingress rules. moto ignores egress rules of a template: it shows the default
// rules of a security group.
func (i *inventory) securityGroups() {
	for _, g := range ask(i.T, i.ec2.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{}).SecurityGroups {
		if *g.GroupName == "default" {
			i.add("default security group of %s: %d rules for what comes in, %d for what goes out",
				*g.VpcId, len(g.IpPermissions), len(g.IpPermissionsEgress))
			continue
		}
		i.call(*g.GroupId, "the security group"+tagged(g.Tags))
		i.add("security group of %s%s: %s", *g.VpcId, tagged(g.Tags), join(g.IpPermissions, source))
	}
}

// source returns what a rule allows, and from where.
func source(p types.IpPermission) string {
	what := "all"
	if *p.IpProtocol != "-1" {
		what = fmt.Sprintf("%s %d-%d", *p.IpProtocol, *p.FromPort, *p.ToPort)
	}
	return what + " from " + join(p.UserIdGroupPairs, func(u types.UserIdGroupPair) string { return *u.GroupId }) +
		join(p.IpRanges, func(r types.IpRange) string { return *r.CidrIp })
}

func (i *inventory) launchTemplates() {
	all := ask(i.T, i.ec2.DescribeLaunchTemplates, &ec2.DescribeLaunchTemplatesInput{})
	for _, t := range all.LaunchTemplates {
		i.call(*t.LaunchTemplateId, "the launch template")
		in := &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: t.LaunchTemplateId}
		for _, v := range ask(i.T, i.ec2.DescribeLaunchTemplateVersions, in).LaunchTemplateVersions {
			disks := join(v.LaunchTemplateData.BlockDeviceMappings, func(d types.LaunchTemplateBlockDeviceMapping) string {
				return fmt.Sprintf("%s of %d GiB, %s, encrypted %t", *d.DeviceName, *d.Ebs.VolumeSize, d.Ebs.VolumeType, *d.Ebs.Encrypted)
			})
			imds := v.LaunchTemplateData.MetadataOptions
			i.add("launch template version %d%s: %s, tokens %s", *v.VersionNumber, tagged(t.Tags), disks, imds.HttpTokens)
		}
	}
}

// tagged returns the Name tag, if there is one.
func tagged(tags []types.Tag) string {
	for _, t := range tags {
		if *t.Key == "Name" {
			return " (" + *t.Value + ")"
		}
	}
	return ""
}
