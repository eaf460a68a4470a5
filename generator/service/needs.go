package service

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// needs is the table of needs: the resources that the stack creates or reuses, and which of them
// need which. The subnet group stands for a new database of either kind.
var needs = generator.Needs{
	{ID: "Vpc", Noun: "VPC", Existing: param.existingVpcId, External: true, Shared: true},
	{ID: "PrivateSubnet1", Noun: "private subnet", Existing: param.existingPrivateSubnet1Id,
		External: true, Shared: true},
	{ID: "PrivateSubnet2", Noun: "private subnet", Existing: param.existingPrivateSubnet2Id,
		External: true, Shared: true},
	{ID: "SecurityGroup", Noun: "security group", Existing: param.existingSecurityGroupId,
		Attribute: "GroupId", External: true, Shared: true},

	{ID: "HasNetwork", When: cfn.And(cfn.Not(param.existingVpcId.Empty()),
		cfn.Not(param.existingPrivateSubnet1Id.Empty()),
		cfn.Not(param.existingPrivateSubnet2Id.Empty()),
		cfn.Not(param.existingSecurityGroupId.Empty()))},
	{ID: "LoadBalancer", Noun: "load balancer", NeededBy: []string{"HasNetwork"}},
	{ID: "Service", Noun: "metadata service", NeededBy: []string{"HasNetwork"}},
	{ID: "DatabaseSubnets", Noun: "database", Existing: param.existingDatabaseHost,
		NeededBy: []string{"HasNetwork"}},
	{ID: "DatabaseSecret", Noun: "database password", Existing: param.existingDatabaseSecretArn,
		NeededBy: []string{"HasNetwork"}},
	{ID: "DatabaseInstance", Noun: "database instance", NeededBy: []string{"DatabaseSubnets"},
		When: param.database.Is("instance")},
	{ID: "DatabaseCluster", Noun: "Aurora cluster", NeededBy: []string{"DatabaseSubnets"},
		When: param.database.Is("serverless")},
}
