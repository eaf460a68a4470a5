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
	{ID: "PublicSubnet1", Noun: "public subnet", Existing: param.existingPublicSubnet1Id,
		External: true, Shared: true},
	{ID: "PublicSubnet2", Noun: "public subnet", Existing: param.existingPublicSubnet2Id,
		External: true, Shared: true},
	{ID: "Bucket", Noun: "bucket", Existing: param.existingBucketName,
		External: true, Shared: true},
	{ID: "UiService", Noun: "UI", NeededBy: []string{"HasNetwork"},
		When: cfn.And(uiParam.ui.Is("true"), cfn.Not(uiParam.domain.Empty()),
			cfn.Not(uiParam.certificateArn.Empty()), cfn.Not(param.existingBucketName.Empty()))},
	{ID: "UiLogin", When: cfn.And(cfn.Not(uiParam.oidcIssuer.Empty()),
		cfn.Not(uiParam.oidcAuthorizationEndpoint.Empty()),
		cfn.Not(uiParam.oidcTokenEndpoint.Empty()),
		cfn.Not(uiParam.oidcUserInfoEndpoint.Empty()), cfn.Not(uiParam.oidcSecretArn.Empty()))},
	{ID: "UiPublic", NeededBy: []string{"UiLogin"}, When: cfn.And(
		uiParam.scheme.Is("internet-facing"), cfn.Not(param.existingPublicSubnet1Id.Empty()),
		cfn.Not(param.existingPublicSubnet2Id.Empty()))},
	{ID: "DatabaseSubnets", Noun: "database", Existing: param.existingDatabaseHost,
		NeededBy: []string{"HasNetwork"}},
	{ID: "UiDatabaseIngress", Noun: "way of the UI to the database",
		NeededBy: []string{"UiService"}, When: cfn.ConditionRef("NewDatabaseSubnets")},
	{ID: "DatabaseSecret", Noun: "database password", Existing: param.existingDatabaseSecretArn,
		NeededBy: []string{"HasNetwork"}},
	{ID: "DatabaseInstance", Noun: "database instance", NeededBy: []string{"DatabaseSubnets"},
		When: param.database.Is("instance")},
	{ID: "DatabaseCluster", Noun: "Aurora cluster", NeededBy: []string{"DatabaseSubnets"},
		When: param.database.Is("serverless")},
}
