package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// section returns a section of the page of the core template.
func section(t *testing.T, id string, values generator.Values) string {
	t.Helper()
	text, err := Page(core.Component, values, Notes{})
	if err != nil {
		t.Fatal(err)
	}
	_, found, _ := strings.Cut(string(text), `<section id="`+id+`"`)
	found, _, _ = strings.Cut(found, "</section>")
	return found
}

// TestCost shows each part with its price, and a total that may have unknown parts.
func TestCost(t *testing.T) {
	for _, row := range []struct {
		values generator.Values
		want   string
	}{
		{nil, "<td>NAT gateway</td><td>1</td><td>$33</td>"},
		{nil, "<p>In total $37 a month: us-east-1 list prices"},
		{generator.Values{"ComputeSubnets": "public"}, "<p>In total $0 a month: "},
		{generator.Values{"NatPerZone": "true"}, "<td>NAT gateway</td><td>2</td><td>$66</td>"},
		{generator.Values{"MinvCpus": "4"}, "<td>instances with 4 vCPUs that always run</td><td>1</td><td>price not known</td>"},
		{generator.Values{"MinvCpus": "4"}, "<p>In total at least $37 a month: "},
	} {
		if found := section(t, "cost", row.values); !strings.Contains(found, row.want) {
			t.Errorf("%v: not %q in %s", row.values, row.want, found)
		}
	}
}

// TestAbsent lists what the values leave out.
func TestAbsent(t *testing.T) {
	found := section(t, "absent", generator.Values{"ExistingVpcId": "vpc-0123456789abcdef0"})
	for id, wanted := range map[string]bool{"Vpc": true, "NatGateway2": true, "NatGateway": false, "Bucket": false} {
		if strings.Contains(found, fmt.Sprintf("<td>%s</td>", id)) != wanted {
			t.Errorf("%s is absent: wanted %t", id, wanted)
		}
	}
}
