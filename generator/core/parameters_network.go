package core

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// network holds the handles of the parameters of the network.
var network = struct {
	existingVpcId, vpcCidr, existingInternetGatewayId, availabilityZone1,
	availabilityZone2, existingPublicSubnet1Id, existingPublicSubnet2Id,
	existingPrivateSubnet1Id, existingPrivateSubnet2Id, publicSubnet1Cidr,
	privateSubnet1Cidr, publicSubnet2Cidr, privateSubnet2Cidr, existingPublicRouteTableId,
	existingPrivateRouteTableId, existingNatGatewayId, existingEipAllocationId, natPerZone,
	internetAccess, s3Endpoint, existingSecurityGroupId, egressPort1,
	egressPort2 *generator.Parameter
}{
	existingVpcId: &generator.Parameter{
		Name: "ExistingVpcId", Format: standard.VPCID, WhenEmpty: "a new VPC",
		Doc: "VPC to reuse. Subnets, route tables and gateways that are not reused " +
			"are created in it.",
	},
	vpcCidr: &generator.Parameter{
		Name: "VpcCidr", Default: "10.0.0.0/16", Format: standard.CIDRBlock,
		Doc: "IPv4 CIDR block of the new VPC, from /16 to /28.",
	},
	existingInternetGatewayId: &generator.Parameter{
		Name: "ExistingInternetGatewayId", Format: standard.GatewayID,
		WhenEmpty: "a new one, attached to the VPC",
		Doc:       "Internet gateway that is attached to the VPC. A VPC can have only one.",
	},
	availabilityZone1: &generator.Parameter{
		Name: "AvailabilityZone1", Format: standard.ZoneName,
		WhenEmpty: "the region's first",
		Doc:       "Availability Zone of the first public and the first private subnet.",
	},
	availabilityZone2: &generator.Parameter{
		Name: "AvailabilityZone2", Format: standard.ZoneName,
		WhenEmpty: "the region's second",
		Doc:       "Availability Zone of the second public and the second private subnet.",
	},
	existingPublicSubnet1Id: &generator.Parameter{
		Name: "ExistingPublicSubnet1Id", Format: standard.SubnetID, WhenEmpty: "a new one",
		Doc: "First public subnet to reuse. A new NAT gateway is created in it.",
	},
	existingPublicSubnet2Id: &generator.Parameter{
		Name: "ExistingPublicSubnet2Id", Format: standard.SubnetID, WhenEmpty: "a new one",
		Doc: "Second public subnet to reuse.",
	},
	existingPrivateSubnet1Id: &generator.Parameter{
		Name: "ExistingPrivateSubnet1Id", Format: standard.SubnetID, WhenEmpty: "a new one",
		Doc: "First private subnet to reuse. It needs a route to a NAT gateway, or " +
			"endpoints.",
	},
	existingPrivateSubnet2Id: &generator.Parameter{
		Name: "ExistingPrivateSubnet2Id", Format: standard.SubnetID, WhenEmpty: "a new one",
		Doc: "Second private subnet to reuse.",
	},
	publicSubnet1Cidr: &generator.Parameter{
		Name: "PublicSubnet1Cidr", Default: "10.0.0.0/24", Format: standard.CIDRBlock,
		Doc: "IPv4 CIDR block of the first public subnet.",
	},
	privateSubnet1Cidr: &generator.Parameter{
		Name: "PrivateSubnet1Cidr", Default: "10.0.1.0/24", Format: standard.CIDRBlock,
		Doc: "IPv4 CIDR block of the first private subnet.",
	},
	publicSubnet2Cidr: &generator.Parameter{
		Name: "PublicSubnet2Cidr", Default: "10.0.2.0/24", Format: standard.CIDRBlock,
		Doc: "IPv4 CIDR block of the second public subnet.",
	},
	privateSubnet2Cidr: &generator.Parameter{
		Name: "PrivateSubnet2Cidr", Default: "10.0.3.0/24", Format: standard.CIDRBlock,
		Doc: "IPv4 CIDR block of the second private subnet.",
	},
	existingPublicRouteTableId: &generator.Parameter{
		Name: "ExistingPublicRouteTableId", Format: standard.RouteTableID,
		WhenEmpty: "a new one, with a route to the internet gateway",
		Doc:       "Route table for the new public subnets. Its routes are not changed.",
	},
	existingPrivateRouteTableId: &generator.Parameter{
		Name: "ExistingPrivateRouteTableId", Format: standard.RouteTableID,
		WhenEmpty: "a new one, with a route to the NAT gateway",
		Doc:       "Route table for the new private subnets. Its routes are not changed.",
	},
	existingNatGatewayId: &generator.Parameter{
		Name: "ExistingNatGatewayId", Format: standard.NatGatewayID,
		WhenEmpty: "a new one in the first public subnet",
		Doc:       "NAT gateway for the new private route table.",
	},
	existingEipAllocationId: &generator.Parameter{
		Name: "ExistingEipAllocationId", Format: standard.AllocationID,
		WhenEmpty: "a new one",
		Doc:       "Elastic IP address for the new NAT gateway.",
	},
	natPerZone: &generator.Parameter{
		Name: "NatPerZone", Default: "false", Allowed: generator.OnOff,
		Doc: "Create a second NAT gateway, so that each zone works when the other fails.",
	},
	internetAccess: &generator.Parameter{
		Name: "InternetAccess", Default: "true", Allowed: generator.OnOff,
		Doc: "Whether a new VPC reaches the internet. If not, jobs need the " +
			"endpoints of the hardening template.",
	},
	s3Endpoint: &generator.Parameter{
		Name: "S3Endpoint", Default: "true", Allowed: generator.OnOff,
		Doc: "Add a gateway endpoint for S3 to new route tables. It is free, and " +
			"avoids the NAT gateway.",
	},
	existingSecurityGroupId: &generator.Parameter{
		Name: "ExistingSecurityGroupId", Format: standard.SecurityGroupID,
		WhenEmpty: "a new one, with egress to anywhere",
		Doc:       "Security group of the jobs. Multi-node jobs need ingress from itself.",
	},
	egressPort1: &generator.Parameter{
		Name: "EgressPort1", Kind: generator.Number, Default: "0", Max: 65535,
		Doc: "TCP port to which egress of the new security group is limited, like " +
			"443. 0 sets no limit.",
	},
	egressPort2: &generator.Parameter{
		Name: "EgressPort2", Kind: generator.Number, Default: "0", Max: 65535,
		Doc: "A second such port, like 5432. 0 for none.",
	},
}
