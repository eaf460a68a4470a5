// Package service is the template of Metaflow's metadata service beside a core stack: a database,
// the service on Fargate, and an internal load balancer.
package service

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// Component is the service template.
var Component = &generator.Component{
	Name: "service", File: "service",
	Description: "Metaflow on AWS: metadata service with its database beside a core stack.",
	Intro:       "The metadata service, in which a team records its runs, with its database",
	Groups:      groups,
	Needs:       needs,
	Inherit: []*generator.Parameter{
		param.datastorePrefix, param.kmsKeyArn,
		standard.Roles.PermissionsBoundaryArn, standard.Roles.RolePath,
	},
	Rules:      rules,
	Conditions: conditions,
	Outputs:    outputs,
	Build:      func(b *generator.Builder) { build(builder{b}) },
	Relations:  relations,
	Protected: []string{
		"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup",
		"AWS::SecretsManager::Secret", "AWS::Logs::LogGroup",
		"AWS::ElasticLoadBalancingV2::LoadBalancer",
	},
	Advice: advice,
}

// outputs is the table of outputs in order. The load balancer has one address for jobs and clients.
var outputs = []generator.Output{
	{Name: "DefaultMetadata", Key: "METAFLOW_DEFAULT_METADATA",
		Doc: "Where Metaflow records runs.", Value: "service"},
	{Name: "ServiceUrl", Key: "METAFLOW_SERVICE_URL",
		Doc: "The service for people in the VPC or connected to it.", Value: address(),
		Condition: needs.Condition("HasNetwork")},
	{Name: "ServiceInternalUrl", Key: "METAFLOW_SERVICE_INTERNAL_URL",
		Doc: "The service for jobs.", Value: address(), Condition: needs.Condition("HasNetwork")},
	{Name: "UiUrl", Key: "METAFLOW_UI_URL", Doc: "The UI.",
		Value: cfn.Sub("https://${UiDomain}", nil), Condition: needs.Condition("UiService")},
	{Name: "UiLoadBalancerName", Doc: "Name to which the name of the UI must lead.",
		Value: cfn.GetAtt("UiLoadBalancer", "DNSName"), Condition: needs.Condition("UiService")},
	{Name: "UiSecurityGroupId",
		Doc:   "Security group of the UI, which an existing database must let in.",
		Value: cfn.GetAtt("UiSecurityGroup", "GroupId"), Condition: needs.Condition("UiService")},
	{Name: "ServiceSecurityGroupId",
		Doc:   "Security group of the service, which an existing database must let in.",
		Value: cfn.GetAtt("ServiceSecurityGroup", "GroupId"), Condition: needs.Condition("HasNetwork")},
}

// address returns the URL of the service. The path is that of PATH_PREFIX.
func address() string { return cfn.Sub("http://${LoadBalancer.DNSName}/api", nil) }

// conditions are the conditions on single parameters.
var conditions = append([]cfn.Condition{
	param.kmsKeyArn.Given("HasKmsKey"),
	param.clientSecurityGroupId.Given("HasClientGroup"),
	param.clientCidr.Given("HasClientCidr"),
}, standard.RoleConditions()...)

// rules check what the stack needs from the core stack, and that an existing database is complete.
var rules = []cfn.Rule{
	{ID: "NeedsNetwork", Assertions: demand("the service needs ",
		param.existingVpcId, param.existingPrivateSubnet1Id, param.existingPrivateSubnet2Id,
		param.existingSecurityGroupId)},
	{ID: "ExistingDatabase", When: cfn.Not(param.existingDatabaseHost.Empty()),
		Assertions: []cfn.Assertion{{
			Assert:      cfn.Not(param.existingDatabaseSecretArn.Empty()),
			Description: "ExistingDatabaseHost needs ExistingDatabaseSecretArn",
		}}},
	{ID: "NewDatabase", When: param.existingDatabaseHost.Empty(),
		Assertions: []cfn.Assertion{{
			Assert:      param.existingDatabaseSecretArn.Empty(),
			Description: "ExistingDatabaseSecretArn needs ExistingDatabaseHost",
		}}},
	{ID: "Ui", When: uiParam.ui.Is("true"), Assertions: demand("Ui true needs ",
		uiParam.domain, uiParam.certificateArn, param.existingBucketName)},
	{ID: "UiOnTheInternet", When: cfn.And(uiParam.ui.Is("true"),
		uiParam.scheme.Is("internet-facing")),
		Assertions: demand("a UI on the internet needs a login and ",
			param.existingPublicSubnet1Id, param.existingPublicSubnet2Id, uiParam.oidcIssuer)},
	{ID: "Login", When: cfn.Not(uiParam.oidcIssuer.Empty()),
		Assertions: demand("OidcIssuer needs ", uiParam.oidcAuthorizationEndpoint,
			uiParam.oidcTokenEndpoint, uiParam.oidcUserInfoEndpoint, uiParam.oidcSecretArn)},
}

// demand returns an assertion for each parameter that it is given.
func demand(who string, all ...*generator.Parameter) []cfn.Assertion {
	var out []cfn.Assertion
	for _, p := range all {
		out = append(out, cfn.Assertion{
			Assert: cfn.Not(p.Empty()), Description: who + p.Name,
		})
	}
	return out
}

// fargateSizes are the MiB of memory that Fargate offers with a number of CPU units.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
var fargateSizes = map[string]struct{ least, most int }{
	"256": {512, 2048}, "512": {1024, 4096}, "1024": {2048, 8192}, "2048": {4096, 16384},
	"4096": {8192, 30720},
}

// relations refuses one subnet given twice, capacities in the wrong order, and sizes of tasks that
// Fargate does not have.
func relations(v generator.Values, _ map[string]bool) []error {
	var errs []error
	one, two := v.Of(param.existingPrivateSubnet1Id), v.Of(param.existingPrivateSubnet2Id)
	if one != "" && one == two {
		errs = append(errs, errors.New("ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id are "+
			"both "+one+": give subnets in two Availability Zones"))
	}
	least, most := v.Of(param.minCapacity), v.Of(param.maxCapacity)
	if number(least) > number(most) {
		errs = append(errs, fmt.Errorf("MinCapacity %s is greater than MaxCapacity %s", least, most))
	}
	errs = append(errs, sized(v, param.serviceCpu, param.serviceMemory)...)
	if v.Of(uiParam.ui) == "true" {
		errs = append(errs, sized(v, uiParam.cpu, uiParam.memory)...)
	}
	return errs
}

// sized refuses sizes that Fargate does not have.
func sized(v generator.Values, cpu, memory *generator.Parameter) []error {
	size := fargateSizes[v.Of(cpu)]
	if mib := number(v.Of(memory)); mib >= size.least && mib <= size.most {
		return nil
	}
	return []error{fmt.Errorf("%s %s does not go with %s %s: Fargate has %d to %d MiB there",
		memory.Name, v.Of(memory), cpu.Name, v.Of(cpu), size.least, size.most)}
}

// number returns the value of a parameter of which the check has passed.
func number(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0
	}
	return n
}
