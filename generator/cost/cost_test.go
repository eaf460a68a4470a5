package cost_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/cost"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// beside are values of a core stack.
func beside(more generator.Values) generator.Values {
	v := generator.Values{"ExistingVpcId": "vpc-0a1b2c3d", "ExistingPrivateSubnet1Id": "subnet-0a1b2c3d",
		"ExistingPrivateSubnet2Id": "subnet-0a1b2c3e", "ExistingSecurityGroupId": "sg-0a1b2c3d"}
	for name, value := range more {
		v[name] = value
	}
	return v
}

// TestAtRest compares the costs of components with sums that are written out: dollars an hour × 730.
func TestAtRest(t *testing.T) {
	for _, test := range []struct {
		name  string
		c     *generator.Component
		v     generator.Values
		parts string
		total float64
		known bool
	}{
		{"core", core.Component, nil, "Elastic IP address $3.65, NAT gateway $33", 0.050 * 730, true},
		{"a NAT gateway in each zone", core.Component, generator.Values{"NatPerZone": "true"},
			"2 × Elastic IP address $7.30, 2 × NAT gateway $66", 0.1 * 730, true},
		{"public subnets", core.Component, generator.Values{"ComputeSubnets": "public"}, "", 0, true},
		{"a NAT gateway that is reused", core.Component, generator.Values{"ExistingVpcId": "vpc-0a1b2c3d",
			"ExistingNatGatewayId": "nat-0a1b2c3d"}, "", 0, true},
		{"instances that always run", core.Component, generator.Values{"MinvCpus": "8",
			"ComputeSubnets": "public"}, "instances with 8 vCPUs that always run (price not known)", 0, false},
		{"endpoints", hardening.Component, beside(generator.Values{"InterfaceEndpoints": "true",
			"VpcFlowLog": "false"}), "6 × interface endpoint $88", 12 * 0.01 * 730, true},
		{"service", service.Component, beside(nil), "secret $0.40, database db.t4g.micro $14, load " +
			"balancer $16, task on Fargate $18", 0.4 + 0.016*730 + 20*0.115 + 0.0225*730 +
			(0.5*0.04048+0.004445)*730, true},
		{"service with a standby", service.Component, beside(generator.Values{"MultiAz": "true"}),
			"secret $0.40, database db.t4g.micro with a standby $28, load balancer $16, task on Fargate $18",
			0.4 + 2*(0.016*730+20*0.115) + 0.0225*730 + (0.5*0.04048+0.004445)*730, true},
		{"database that pauses", service.Component, beside(generator.Values{"Database": "serverless",
			"ServiceTasks": "0"}), "secret $0.40, load balancer $16", 0.4 + 0.0225*730, true},
		{"database that does not pause", service.Component, beside(generator.Values{
			"Database": "serverless", "MinCapacity": "0.5", "ServiceTasks": "0"}),
			"secret $0.40, Aurora database at its least $44, load balancer $16",
			0.4 + 0.5*0.12*730 + 0.0225*730, true},
		{"another class", service.Component, beside(generator.Values{"InstanceClass": "db.r9.large",
			"ServiceTasks": "0"}), "secret $0.40, database db.r9.large (price not known), load " +
			"balancer $16", 0.4 + 20*0.115 + 0.0225*730, false},
	} {
		resolved, err := test.c.Built().Resolve(test.v)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		items := cost.AtRest(resolved.Resources)
		var parts []string
		for _, i := range items {
			parts = append(parts, i.String())
		}
		if got := strings.Join(parts, ", "); got != test.parts {
			t.Errorf("%s: got %q, want %q", test.name, got, test.parts)
		}
		total, known := cost.Total(items)
		if fmt.Sprintf("%.3f", total) != fmt.Sprintf("%.3f", test.total) || known != test.known {
			t.Errorf("%s: $%.3f, %t, want $%.3f", test.name, total, known, test.total)
		}
	}
}

func TestDollars(t *testing.T) {
	for amount, want := range map[float64]string{0: "$0", 0.4: "$0.40", 3.65: "$3.65", 36.5: "$37"} {
		if got := cost.Dollars(amount); got != want {
			t.Errorf("%v: %s, want %s", amount, got, want)
		}
	}
}

// TestNothing: a resource costs nothing at rest has no item.
func TestNothing(t *testing.T) {
	if items := cost.AtRest([]cfn.Resource{{ID: "A", Type: "AWS::S3::Bucket"},
		{ID: "B", Type: "AWS::EC2::VPCEndpoint"}}); items != nil {
		t.Errorf("%v", items)
	}
}
