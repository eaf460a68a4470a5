package generator

import (
	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// thing is something that the stack creates or reuses, with who needs it: what
// nobody needs is not created. The table of things is the whole of reuse; every
// condition of the template comes from it.
type thing struct {
	id       string     // logical ID, or the name of a mere circumstance
	noun     string     // what people call it; empty for a circumstance
	existing *Parameter // reuses it; nil where nothing can
	neededBy []string   // any of these things or circumstances; none: always needed
	only     string     // and only where this holds, if not empty
}

var things = []thing{
	{id: "Bucket", noun: "bucket", existing: existingBucketName},
	{id: "JobRole", noun: "job role", existing: existingJobRoleArn},
	{id: "JobQueue", noun: "job queue", existing: existingJobQueueArn},
	{id: "ComputeEnvironment", noun: "compute environment", existing: existingComputeEnvironmentArn, neededBy: []string{"JobQueue"}},
	{id: "InstanceCompute", neededBy: []string{"ComputeEnvironment"}, only: cfn.Or(computeType.is("EC2"), computeType.is("SPOT"))},
	{id: "InstanceProfile", noun: "instance profile", existing: existingInstanceProfileArn, neededBy: []string{"InstanceCompute"}},
	{id: "LaunchTemplate", noun: "launch template", neededBy: []string{"InstanceCompute"}},
	{id: "FargateCompute", neededBy: []string{"ComputeEnvironment"}, only: cfn.Not(cfn.ConditionRef("InstanceCompute"))},
	{id: "ExecutionRole", noun: "Fargate execution role", existing: existingExecutionRoleArn, neededBy: []string{"FargateCompute"}},
	{id: "SecurityGroup", noun: "security group", existing: existingSecurityGroupId, neededBy: []string{"ComputeEnvironment"}},
	{id: "Vpc", noun: "VPC", existing: existingVpcId, neededBy: []string{"ComputeEnvironment"}},

	{id: "PrivateCompute", neededBy: []string{"ComputeEnvironment"}, only: cfn.Not(computeSubnets.is("public"))},
	{id: "PrivateSubnet1", noun: "private subnet", existing: existingPrivateSubnet1Id, neededBy: []string{"PrivateCompute"}},
	{id: "PrivateSubnet2", noun: "private subnet", existing: existingPrivateSubnet2Id, neededBy: []string{"PrivateCompute"}},
	{id: "PrivateRouteTable", noun: "private route table", existing: existingPrivateRouteTableId,
		neededBy: []string{"PrivateSubnet1", "PrivateSubnet2"}},
	{id: "PrivateInternet", neededBy: []string{"PrivateRouteTable"}, only: internetAccess.is("true")},
	{id: "NatGateway", noun: "NAT gateway", existing: existingNatGatewayId, neededBy: []string{"PrivateInternet"}},
	{id: "NatGateway2", noun: "second NAT gateway", neededBy: []string{"NatGateway"}, only: cfn.And(natPerZone.is("true"),
		cfn.ConditionRef("CreatePrivateSubnet1"), cfn.ConditionRef("CreatePrivateSubnet2"))},
	{id: "Eip2", noun: "second Elastic IP address", neededBy: []string{"NatGateway2"}},
	{id: "Eip", noun: "Elastic IP address", existing: existingEipAllocationId, neededBy: []string{"NatGateway"}},

	{id: "PublicCompute", neededBy: []string{"ComputeEnvironment"}, only: cfn.Not(computeSubnets.is("private"))},
	{id: "PublicVpc", neededBy: []string{"Vpc"}, only: internetAccess.is("true")},
	{id: "PublicSubnet1", noun: "public subnet", existing: existingPublicSubnet1Id, neededBy: []string{"PublicCompute", "PublicVpc", "NatGateway"}},
	{id: "PublicSubnet2", noun: "public subnet", existing: existingPublicSubnet2Id, neededBy: []string{"PublicCompute", "PublicVpc", "NatGateway2"}},
	{id: "PublicRouteTable", noun: "public route table", existing: existingPublicRouteTableId,
		neededBy: []string{"PublicSubnet1", "PublicSubnet2"}},
	{id: "InternetGateway", noun: "internet gateway", existing: existingInternetGatewayId, neededBy: []string{"PublicRouteTable"}},
	{id: "S3GatewayEndpoint", noun: "S3 endpoint", neededBy: []string{"PrivateRouteTable", "PublicRouteTable"}, only: s3Endpoint.is("true")},
	{id: "InterfaceEndpoints", noun: "interface endpoint", neededBy: []string{"Vpc"}, only: cfn.And(internetAccess.is("false"),
		cfn.ConditionRef("CreatePrivateSubnet1"), cfn.ConditionRef("CreatePrivateSubnet2"))},
	{id: "BucketLog", neededBy: []string{"Bucket"}, only: auditLogs.is("true")},
	{id: "FlowLog", noun: "flow log", neededBy: []string{"Vpc"}, only: auditLogs.is("true")},
	{id: "LogBucket", noun: "log bucket", neededBy: []string{"BucketLog", "FlowLog"}},
}

// find is the thing with that ID. The IDs are literals of this package.
func find(id string) thing {
	for _, t := range things {
		if t.id == id {
			return t
		}
	}
	panic("generator: no thing is called " + id)
}

// condition is the name of the condition under which the thing is created (or
// the circumstance holds).
func condition(id string) string {
	t := find(id)
	switch {
	case t.noun == "":
		return t.id
	case t.existing != nil && len(t.neededBy) == 0:
		return "New" + t.id
	case t.existing == nil && t.only == "" && len(t.neededBy) == 1:
		return condition(t.neededBy[0])
	}
	return "Create" + t.id
}

// use is the reference by which others use the thing: ours, as given, or the
// one that is reused.
func use(id, ours string) string {
	return cfn.If("New"+id, ours, find(id).existing.ref())
}

// conditions are those of every thing: NewX where X is not reused, CreateX
// where moreover somebody needs it. References stand under NewX, resources
// under CreateX.
func conditions() []cfn.Condition {
	var out []cfn.Condition
	for _, t := range things {
		if t.existing != nil {
			out = append(out, cfn.Condition{ID: "New" + t.id, Expr: t.existing.empty()})
		}
		if name := condition(t.id); name == "Create"+t.id || name == t.id {
			out = append(out, cfn.Condition{ID: name, Expr: t.expr()})
		}
	}
	return out
}

// expr is true where the thing is needed and not reused.
func (t thing) expr() string {
	var needed, all []string
	for _, id := range t.neededBy {
		needed = append(needed, cfn.ConditionRef(condition(id)))
	}
	all = append(all, cfn.Or(needed...))
	if t.only != "" {
		all = append(all, t.only)
	}
	if t.existing != nil {
		all = append(all, cfn.ConditionRef("New"+t.id))
	}
	return cfn.And(all...)
}
