package review

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
)

// needed are the values without which the service has no template to resolve.
var needed = generator.Values{
	"ExistingVpcId": "vpc-0123456789abcdef0", "ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0",
	"ExistingPrivateSubnet2Id": "subnet-0123456789abcdef1", "ExistingSecurityGroupId": "sg-0123456789abcdef0",
}

// TestCost compares totals with those of docs/production.md, and looks for what is not known.
func TestCost(t *testing.T) {
	with := func(values generator.Values) generator.Values {
		all := generator.Values{}
		for name, value := range needed {
			all[name] = value
		}
		for name, value := range values {
			all[name] = value
		}
		return all
	}
	for _, row := range []struct {
		component  *generator.Component
		values     generator.Values
		total      string
		documented bool // in docs/production.md
	}{
		{core.Component, nil, "In total $37 a month.", true},
		{core.Component, generator.Values{"ComputeSubnets": "public"}, "In total $0 a month.", false},
		{core.Component, generator.Values{"NatPerZone": "true"}, "In total $73 a month.", false},
		{core.Component, generator.Values{"MinvCpus": "4"}, "In total at least $37 a month.", false},
		{service.Component, with(nil), "In total $49 a month.", true},
		{service.Component, with(generator.Values{"MultiAz": "true"}), "In total $63 a month.", true},
		{service.Component, with(generator.Values{"ServiceTasks": "0"}), "In total $31 a month.", false},
		{service.Component, with(generator.Values{"Database": "serverless"}), "In total $35 a month.", false},
		{service.Component, with(generator.Values{"InstanceClass": "db.r6g.large"}), "In total at least $35 a month.", false},
	} {
		text, err := Page(row.component, row.values, Notes{})
		if err != nil {
			t.Errorf("%v: %v", row.values, err)
			continue
		}
		if !strings.Contains(string(text), row.total) {
			_, cost, _ := strings.Cut(string(text), "Cost at rest")
			cost, _, _ = strings.Cut(cost, "</section>")
			t.Errorf("%v: not %q in %s", row.values, row.total, cost)
		}
		price := strings.Fields(row.total)[2]
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "production.md"))
		if err != nil {
			t.Fatal(err)
		}
		if row.documented && !strings.Contains(string(page), price) {
			t.Errorf("docs/production.md does not say %s", price)
		}
	}
}

// TestAbsent lists what the values leave out.
func TestAbsent(t *testing.T) {
	text, err := Page(core.Component, generator.Values{"ExistingVpcId": "vpc-0123456789abcdef0"}, Notes{})
	if err != nil {
		t.Fatal(err)
	}
	_, absent, _ := strings.Cut(string(text), `<section id="absent"`)
	absent, _, _ = strings.Cut(absent, "</section>")
	for id, wanted := range map[string]bool{"Vpc": true, "NatGateway2": true, "NatGateway": false, "Bucket": false} {
		if strings.Contains(absent, fmt.Sprintf("<td>%s</td>", id)) != wanted {
			t.Errorf("%s is absent: wanted %t", id, wanted)
		}
	}
}

// TestCostOfEndpoints counts zones of interface endpoints; others cost nothing at rest.
func TestCostOfEndpoints(t *testing.T) {
	endpoint := func(kind string) cfn.Resource {
		return cfn.Resource{Type: "AWS::EC2::VPCEndpoint", Properties: map[string]any{
			"VpcEndpointType": kind, "SubnetIds": []any{"subnet-a", "subnet-b"},
		}}
	}
	if words, month := costOf(endpoint("Interface"), nil); words != "interface endpoint in 2 zones" || month != 14.6 {
		t.Errorf("%q, $%g", words, month)
	}
	if words, _ := costOf(endpoint("Gateway"), nil); words != "" {
		t.Errorf("a gateway endpoint costs: %q", words)
	}
}
