package core

import (
	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// securityGroup adds the group of the jobs: egress to anywhere or to given ports,
// and to and from each other for multi-node jobs.
func (b builder) securityGroup() {
	everywhere := []any{map[string]any{
		"IpProtocol": "-1", "CidrIp": "0.0.0.0/0",
		"Description": "To images, packages, data and AWS",
	}}
	var ports []any
	for _, p := range []*generator.Parameter{network.egressPort1, network.egressPort2} {
		ports = append(ports, cfn.If("Has"+p.Name, map[string]any{
			"IpProtocol": "tcp", "FromPort": p.Ref(), "ToPort": p.Ref(), "CidrIp": "0.0.0.0/0",
			"Description": "A given port",
		}, cfn.NoValue))
	}
	b.Create("SecurityGroup", "The security group of jobs.", &ec2.SecurityGroup{
		GroupDescription: "Metaflow jobs on AWS Batch", VpcId: new(needs.Reference("Vpc")),
		Tags: standard.NameTags("batch"),
	}, cfn.Set{"SecurityGroupEgress": cfn.If("LimitEgress", ports, everywhere)})
	own := needs.Own("SecurityGroup")
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelf", Doc: "Lets the nodes of a multi-node job reach each other.",
		Condition: needs.Condition("SecurityGroup"),
	}, &ec2.SecurityGroupIngress{
		GroupId: new(own), SourceSecurityGroupId: new(own), IpProtocol: "-1",
		Description: new("Nodes of the same job"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelfOut", Doc: "The same for egress, where that is limited to ports.",
		Condition: "LimitOwnEgress",
	}, &ec2.SecurityGroupEgress{
		GroupId: own, DestinationSecurityGroupId: new(own), IpProtocol: "-1",
		Description: new("Nodes of the same job"),
	}, nil)
}
