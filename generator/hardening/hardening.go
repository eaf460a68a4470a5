// Package hardening is the template of additional security measures for a core stack: a log bucket,
// the flow log of the VPC, and interface endpoints.
package hardening

import (
	"errors"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// Component is the hardening template.
var Component = &generator.Component{
	Name: "hardening", File: "hardening",
	Description: "Metaflow on AWS: logs and interface endpoints beside a core stack.",
	Intro:       "A log bucket, the flow log of the VPC and interface endpoints beside a stack",
	Groups:      groups,
	Needs:       needs,
	Inherit:     []*generator.Parameter{param.computeType},
	Rules:       rules,
	Outputs: []generator.Output{{
		Name: "LogBucketName", Value: needs.Reference("LogBucket"),
		Condition: "HasLogs", Doc: "The bucket of the logs.",
	}},
	Conditions: []cfn.Condition{{ID: "HasLogs", Expr: cfn.Or(
		cfn.ConditionRef("AccessLog"), cfn.ConditionRef(needs.Condition("FlowLog")))}},
	Build:     func(b *generator.Builder) { build(builder{b}) },
	Relations: relations,
	Protected: []string{
		"AWS::S3::Bucket", "AWS::EC2::FlowLog", "AWS::EC2::VPCEndpoint",
	},
	Advice: advice,
}

// rules check the parameters that each part needs from the other stack.
var rules = []cfn.Rule{
	{ID: "FlowLogNeedsVpc", When: param.vpcFlowLog.Is("true"), Assertions: []cfn.Assertion{{
		Assert:      cfn.Not(param.existingVpcId.Empty()),
		Description: "VpcFlowLog true needs ExistingVpcId",
	}}},
	{ID: "EndpointsNeedNetwork", When: param.interfaceEndpoints.Is("true"),
		Assertions: endpointNeeds()},
}

func endpointNeeds() []cfn.Assertion {
	var out []cfn.Assertion
	for _, p := range []*generator.Parameter{
		param.existingVpcId, param.existingPrivateSubnet1Id, param.existingPrivateSubnet2Id,
		param.existingSecurityGroupId,
	} {
		out = append(out, cfn.Assertion{
			Assert:      cfn.Not(p.Empty()),
			Description: "InterfaceEndpoints true needs " + p.Name,
		})
	}
	return out
}

// relations refuses values under which nothing is created, as CloudFormation does, and one subnet
// given twice.
func relations(v generator.Values, live map[string]bool) []error {
	var errs []error
	one, two := v.Of(param.existingPrivateSubnet1Id), v.Of(param.existingPrivateSubnet2Id)
	if one != "" && one == two {
		errs = append(errs, errors.New("ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id are "+
			"both "+one+": give subnets in two Availability Zones"))
	}
	return append(errs, standard.RefuseNothing(live, "give ExistingVpcId with VpcFlowLog true, "+
		"ExistingBucketName without ExistingLogBucketName, or InterfaceEndpoints true")...)
}

// advice says what to try when a resource of the stack fails, most specific first.
var advice = append([]generator.Advice{
	{
		Name: "private names in use", Of: "EC2::VPCEndpoint",
		Says: "conflicting dns domain|private-dns-enabled",
		Try: "the VPC already has an endpoint for that service; delete it, or create no " +
			"endpoints: {InterfaceEndpoints}=false",
	},
	{
		Name: "endpoint zones", Of: "EC2::VPCEndpoint",
		Says: "duplicatesubnetsinsamezone|another vpc endpoint subnet in the availability zone|" +
			"does not support the availability zone",
		Try: "give subnets in two Availability Zones that have the service: " +
			"{ExistingPrivateSubnet1Id}, {ExistingPrivateSubnet2Id}",
	},
	{
		Name: "log destination", Of: "EC2::FlowLog", Says: "logdestination",
		Try: "the log bucket does not exist, or its policy refuses log delivery: " +
			"{ExistingLogBucketName}",
	},
	{
		Name: "network denied", Of: "EC2::", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; do not create it: " +
			"{VpcFlowLog}=false, {InterfaceEndpoints}=false",
	},
	{
		Name: "bucket denied", Of: "S3::", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; reuse an existing bucket: " +
			"{ExistingLogBucketName}",
	},
}, standard.Advice...)
