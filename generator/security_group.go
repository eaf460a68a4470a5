package generator

import (
	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// securityGroup lets instances out, to anywhere or to given ports, and to each
// other for multi-node jobs.
func (b builder) securityGroup(vpc string) string {
	everywhere := []any{map[string]any{
		"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Description": "To images, packages, data and AWS",
	}}
	var ports []any
	for _, p := range []*Parameter{egressPort1, egressPort2} {
		ports = append(ports, cfn.If("Has"+p.Name, map[string]any{
			"IpProtocol": "tcp", "FromPort": p.ref(), "ToPort": p.ref(), "CidrIp": "0.0.0.0/0", "Description": "A given port",
		}, cfn.NoValue))
	}
	b.add("SecurityGroup", "Traffic of the jobs.", &ec2.SecurityGroup{
		GroupDescription: "Metaflow jobs on AWS Batch", VpcId: new(vpc), Tags: named("batch"),
	}, cfn.Set{"SecurityGroupEgress": cfn.If("LimitEgress", ports, everywhere)})
	own := cfn.GetAtt("SecurityGroup", "GroupId")
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelf", Doc: "For nodes of a multi-node job.", Condition: condition("SecurityGroup"),
	}, &ec2.SecurityGroupIngress{
		GroupId: new(own), SourceSecurityGroupId: new(own), IpProtocol: "-1", Description: new("Nodes of the same job"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "SecurityGroupSelfOut", Doc: "The same, outward.", Condition: "LimitOwnEgress",
	}, &ec2.SecurityGroupEgress{
		GroupId: own, DestinationSecurityGroupId: new(own), IpProtocol: "-1", Description: new("Nodes of the same job"),
	}, nil)
	return use("SecurityGroup", own)
}
