package facts

import (
	"slices"
	"strings"
	"testing"
)

func TestChooseZones(t *testing.T) {
	for _, test := range []struct {
		name, zones, taken, want string
	}{
		{"the first two by name", "c=x1-az1 a=x1-az2 b=x1-az3", "", "a b"},
		// sysdiglabs/terraform-aws-secure-for-cloud#52: no NAT gateway in ap-northeast-1a
		{"one without NAT gateways", "a=apne1-az3 c=apne1-az1 d=apne1-az2", "", "c d"},
		// AWS_Fargate-Regions: us-west-1 has Fargate in usw1-az1 and usw1-az3 only
		{"one without Fargate, and no third", "a=usw1-az2 c=usw1-az1", "", "c a"},
		{"beside a subnet", "a=x1-az1 b=x1-az2 c=x1-az3", "a", "b c"},
		{"a single zone", "a=x1-az1", "", "a"},
		{"none left", "a=x1-az1", "a", ""},
		{"none", "", "", ""},
	} {
		var zones []Zone
		for _, pair := range strings.Fields(test.zones) {
			name, id, _ := strings.Cut(pair, "=")
			zones = append(zones, Zone{name, id})
		}
		var got []string
		for _, z := range ChooseZones(zones, 2, strings.Fields(test.taken)...) {
			got = append(got, z.Name)
		}
		if !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%s: got %v, want %s", test.name, got, test.want)
		}
	}
}
