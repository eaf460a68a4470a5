package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// network lists what EC2 holds. VPCs and subnets are called by their ranges.
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
	for _, t := range ask(i.T, i.ec2.DescribeRouteTables, &ec2.DescribeRouteTablesInput{}).RouteTables {
		i.add("%s: %s", i.users(t), routes(t))
	}
	for _, e := range ask(i.T, i.ec2.DescribeVpcEndpoints, &ec2.DescribeVpcEndpointsInput{}).VpcEndpoints {
		i.call(*e.VpcEndpointId, "the endpoint")
		i.add("%s endpoint of %s: %s", e.VpcEndpointType, *e.VpcId, *e.ServiceName)
	}
	i.securityGroups()
	i.launchTemplates()
	for _, r := range ask(i.T, i.ec2.DescribeInstances, &ec2.DescribeInstancesInput{}).Reservations {
		i.add("%d instances", len(r.Instances))
	}
}

// gateways lists the ways out of the VPCs.
func (i *inventory) gateways() {
	for _, g := range ask(i.T, i.ec2.DescribeInternetGateways, &ec2.DescribeInternetGatewaysInput{}).InternetGateways {
		i.call(*g.InternetGatewayId, "the internet gateway")
		i.add("internet gateway of %s", join(g.Attachments, func(a types.InternetGatewayAttachment) string { return *a.VpcId }))
	}
	for _, a := range ask(i.T, i.ec2.DescribeAddresses, &ec2.DescribeAddressesInput{}).Addresses {
		i.call(*a.AllocationId, "the address")
		i.add("address %s", a.Domain)
	}
	for _, g := range ask(i.T, i.ec2.DescribeNatGateways, &ec2.DescribeNatGatewaysInput{}).NatGateways {
		i.call(*g.NatGatewayId, "the NAT gateway")
		i.add("NAT gateway in %s, %s: %s", *g.SubnetId, g.ConnectivityType,
			join(g.NatGatewayAddresses, func(a types.NatGatewayAddress) string { return *a.AllocationId }))
	}
}

// users are the subnets with which a route table is associated, or the VPC of
// which it is the main one.
func (i *inventory) users(t types.RouteTable) string {
	var subnets []string
	for _, a := range t.Associations {
		if aws.ToBool(a.Main) {
			return "main routes of " + *t.VpcId
		}
		subnets = append(subnets, i.called(*a.SubnetId))
	}
	slices.Sort(subnets)
	return "routes of " + strings.Join(subnets, " ")
}

// routes are where a table leads, out of its VPC.
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

// securityGroups lists those that do not come with a VPC. moto does not take
// rules for what goes out from a template.
func (i *inventory) securityGroups() {
	for _, g := range ask(i.T, i.ec2.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{}).SecurityGroups {
		if *g.GroupName == "default" {
			continue
		}
		i.call(*g.GroupId, "the security group")
		i.add("security group of %s%s: %s", *g.VpcId, tagged(g.Tags), join(g.IpPermissions, func(p types.IpPermission) string {
			return protocol(p) + " from " + join(p.UserIdGroupPairs, func(u types.UserIdGroupPair) string { return *u.GroupId })
		}))
	}
}

func protocol(p types.IpPermission) string {
	if *p.IpProtocol == "-1" {
		return "all"
	}
	return *p.IpProtocol
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

// tagged is the Name of a thing, if it has one.
func tagged(tags []types.Tag) string {
	for _, t := range tags {
		if *t.Key == "Name" {
			return " (" + *t.Value + ")"
		}
	}
	return ""
}
