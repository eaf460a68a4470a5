package command

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// motoFeatures are resources that a stack creates only on request.
var motoFeatures = []motoScenario{
	{
		name: "Fargate", given: (*moto).serviceRole, values: generator.Values{"ComputeType": "FARGATE"},
		want: []string{newBucket, networkLines, executionRoleLine,
			computeLines("10.0.0.0/16", "FARGATE, up to 256 vCPUs", "10.0.1.0/24 10.0.3.0/24")},
	},
	{
		name: "Fargate Spot with a role that exists", values: generator.Values{"ComputeType": "FARGATE_SPOT", "MaxvCpus": "8"},
		given: func(m *moto, t *testing.T) generator.Values {
			return merged(m.serviceRole(t), m.executionRole(t), m.givenSubnets(t))
		},
		want: []string{newBucket,
			computeLines("ExistingVpcId", "FARGATE_SPOT, up to 8 vCPUs", "ExistingPrivateSubnet1Id ExistingPrivateSubnet2Id")},
	},
	{
		name: "NAT gateway per zone", given: (*moto).serviceRole,
		values: merged(onDemand, generator.Values{"NatPerZone": "true"}),
		want: []string{newBucket, vpcLines, publicLines, natLines("10.0.0.0/24"), natLines("10.0.2.0/24"),
			"routes of 10.0.1.0/24: 0.0.0.0/0 to NAT gateway in 10.0.0.0/24, S3 to the endpoint",
			"routes of 10.0.3.0/24: 0.0.0.0/0 to NAT gateway in 10.0.2.0/24, S3 to the endpoint",
			environmentLines("10.0.0.0/16", "EC2 BEST_FIT_PROGRESSIVE", "10.0.1.0/24 10.0.3.0/24")},
	},
	{
		name: "no internet", given: (*moto).serviceRole,
		values: merged(onDemand, generator.Values{"InternetAccess": "false"}),
		want: []string{newBucket, vpcLines, "routes of 10.0.1.0/24 10.0.3.0/24: S3 to the endpoint",
			environmentLines("10.0.0.0/16", "EC2 BEST_FIT_PROGRESSIVE", "10.0.1.0/24 10.0.3.0/24")},
	},
}

const executionRoleLine = "role metaflow-ExecutionRole for ecs-tasks.amazonaws.com: " +
	"no policy of its own"

// motoEmptied is a stack whose VPC has an empty default security group.
var motoEmptied = motoScenario{
	given: (*moto).serviceRole, values: onDemand,
	want: []string{newBucket, "log group /aws/batch/job: 7 days",
		strings.Replace(networkLines, defaultGroup+"0 rules for what comes in, 1 for", defaultGroup+"0 rules for what comes in, 0 for", 1),
		environmentLines("10.0.0.0/16", "EC2 BEST_FIT_PROGRESSIVE", "10.0.1.0/24 10.0.3.0/24")},
}

// deployEmptying deploys twice: first with a new VPC and log group, then without changes in the
// stack but after somebody has opened the security group. Every parameter is given, because
// otherwise moto treats the second deployment as an update.
func (m *moto) deployEmptying(t *testing.T, values generator.Values) {
	values = merged(defaults(), values)
	m.run(t, m.program, deployArguments(values, "--empty-default-security-group", "--log-retention-days", "30")...)
	lines := m.inventory(t, nil)
	for _, want := range []string{defaultGroup + "0 rules for what comes in, 0 for what goes out", "log group /aws/batch/job: 30 days"} {
		if len(minus([]string{want}, lines)) > 0 {
			t.Errorf("is missing after the first deploy: %s", want)
		}
	}
	m.openDefaultGroup(t, "10.0.0.0/16")
	m.deploy(t, values, "--empty-default-security-group", "--log-retention-days", "7")
}

func defaults() generator.Values {
	out := generator.Values{}
	for p := range core.Component.Parameters() {
		out[p.Name] = p.Default
	}
	return out
}

// openDefaultGroup gives the default security group of a VPC the rule that it has on AWS from the
// beginning.
func (m *moto) openDefaultGroup(t *testing.T, cidr string) {
	vpcs := ask(t, m.ec2.DescribeVpcs, &ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("cidr"), Values: []string{cidr}}}}).Vpcs
	groups := ask(t, m.ec2.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{
		{Name: aws.String("vpc-id"), Values: []string{*vpcs[0].VpcId}}, {Name: aws.String("group-name"), Values: []string{"default"}},
	}}).SecurityGroups
	ask(t, m.ec2.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: groups[0].GroupId, IpPermissions: []types.IpPermission{{
			IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: groups[0].GroupId}},
		}},
	})
}

// motoNotEmptied is a stack in the VPC of others, whose security group keeps its rules.
// The rest is done.
var motoNotEmptied = motoScenario{
	given: besideServiceRole((*moto).givenSubnets), values: onDemand,
	want: []string{newBucket, "log group /aws/batch/job: 30 days",
		environmentLines("ExistingVpcId", "EC2 BEST_FIT_PROGRESSIVE",
			"ExistingPrivateSubnet1Id ExistingPrivateSubnet2Id")},
}

func (m *moto) deployNotEmptying(t *testing.T, values generator.Values) {
	args := deployArguments(values, "--empty-default-security-group", "--log-retention-days", "30")
	_, stderr, code := m.exit(t, m.program, args...)
	want := "the default security group keeps its rules: the stack has no VPC of its own, " +
		"and a reused one is never changed"
	if code != 1 || !strings.Contains(stderr, want) {
		t.Errorf("exit %d, want 1 and %q:\n%s", code, want, stderr)
	}
	m.tellOutputs(t)
}
