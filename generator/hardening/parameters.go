package hardening

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// groups is the table of parameters in the order in which people read it.
var groups = []generator.Group{
	{Label: "From the core stack", Parameters: []*generator.Parameter{
		param.existingVpcId, param.existingPrivateSubnet1Id, param.existingPrivateSubnet2Id,
		param.existingSecurityGroupId, param.existingBucketName, param.computeType,
	}},
	{Label: "Logs", Parameters: []*generator.Parameter{
		param.vpcFlowLog, param.existingLogBucketName, param.logExpirationDays,
	}},
	{Label: "Endpoints", Parameters: []*generator.Parameter{param.interfaceEndpoints}},
}

// param holds the handles of the parameters.
var param = struct {
	existingVpcId, existingPrivateSubnet1Id, existingPrivateSubnet2Id, existingSecurityGroupId,
	existingBucketName, computeType, vpcFlowLog, existingLogBucketName, logExpirationDays,
	interfaceEndpoints *generator.Parameter
}{
	existingVpcId: &generator.Parameter{
		Name: "ExistingVpcId", Format: standard.VPCID, WhenEmpty: "no flow log and no endpoints",
		Doc: "VPC of the jobs.",
	},
	existingPrivateSubnet1Id: &generator.Parameter{
		Name: "ExistingPrivateSubnet1Id", Format: standard.SubnetID, WhenEmpty: "no endpoints",
		Doc: "First private subnet of the jobs, for the interface endpoints.",
	},
	existingPrivateSubnet2Id: &generator.Parameter{
		Name: "ExistingPrivateSubnet2Id", Format: standard.SubnetID, WhenEmpty: "no endpoints",
		Doc: "Second private subnet of the jobs, in another Availability Zone.",
	},
	existingSecurityGroupId: &generator.Parameter{
		Name: "ExistingSecurityGroupId", Format: standard.SecurityGroupID,
		WhenEmpty: "no endpoints",
		Doc:       "Security group of the jobs. Nothing else reaches the endpoints.",
	},
	existingBucketName: &generator.Parameter{
		Name: "ExistingBucketName", Format: standard.BucketName, WhenEmpty: "no access log",
		Doc: "Bucket whose access log the log bucket takes. " +
			"Turn the log on with AccessLogBucketName of the core stack.",
	},
	computeType: &generator.Parameter{
		Name: "ComputeType", Default: "EC2",
		Allowed: []string{"EC2", "SPOT", "FARGATE", "FARGATE_SPOT"},
		Doc:     "Where jobs run. Fargate needs no endpoints of ECS.",
	},
	vpcFlowLog: &generator.Parameter{
		Name: "VpcFlowLog", Default: "true", Allowed: generator.OnOff,
		Doc: "Record the traffic of the VPC in the log bucket.",
	},
	existingLogBucketName: &generator.Parameter{
		Name: "ExistingLogBucketName", Format: standard.BucketName,
		WhenEmpty: "a new bucket, private and encrypted",
		Doc:       "Log bucket to reuse. Its policy must let the log services write.",
	},
	logExpirationDays: &generator.Parameter{
		Name: "LogExpirationDays", Kind: generator.Number, Default: "90", Min: 1, Max: 3650,
		Doc: "Days that the new log bucket keeps logs.",
	},
	interfaceEndpoints: &generator.Parameter{
		Name: "InterfaceEndpoints", Default: "false", Allowed: generator.OnOff,
		Doc: "Interface endpoints to ECR, CloudWatch Logs and, for instances, ECS, " +
			"so that jobs need no way to the internet. They are paid for by the hour.",
	},
}

// needs is the table of needs: the resources that the stack creates or reuses, and which of them
// need which.
var needs = generator.Needs{
	{ID: "Vpc", Noun: "VPC", Existing: param.existingVpcId, External: true, Shared: true},
	{ID: "PrivateSubnet1", Noun: "private subnet", Existing: param.existingPrivateSubnet1Id,
		External: true, Shared: true},
	{ID: "PrivateSubnet2", Noun: "private subnet", Existing: param.existingPrivateSubnet2Id,
		External: true, Shared: true},
	{ID: "SecurityGroup", Noun: "security group", Existing: param.existingSecurityGroupId,
		Attribute: "GroupId", External: true, Shared: true},
	{ID: "Bucket", Noun: "bucket", Existing: param.existingBucketName, External: true,
		Shared: true},

	{ID: "AccessLog", When: cfn.Not(param.existingBucketName.Empty())},
	{ID: "FlowLog", Noun: "flow log", When: cfn.And(
		param.vpcFlowLog.Is("true"), cfn.Not(param.existingVpcId.Empty()))},
	{ID: "LogBucket", Noun: "log bucket", Existing: param.existingLogBucketName,
		NeededBy: []string{"AccessLog", "FlowLog"}},
	{ID: "EndpointSecurityGroup", Noun: "interface endpoint",
		When: cfn.And(param.interfaceEndpoints.Is("true"), cfn.Not(param.existingVpcId.Empty()),
			cfn.Not(param.existingPrivateSubnet1Id.Empty()),
			cfn.Not(param.existingPrivateSubnet2Id.Empty()),
			cfn.Not(param.existingSecurityGroupId.Empty()))},
	{ID: "InstanceEndpoints", NeededBy: []string{"EndpointSecurityGroup"},
		When: cfn.Or(param.computeType.Is("EC2"), param.computeType.Is("SPOT"))},
}
