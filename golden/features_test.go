package golden

import (
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

// features are the scenarios that turn something on, with all differences of their golden from the
// default: the resources and outputs that are added, removed and changed.
var features = map[string]struct{ added, removed, changed []string }{
	"fargate": {
		added:   []string{"ExecutionRole", "EcsFargateExecutionRole"},
		removed: []string{"InstanceRole", "InstanceProfile", "LaunchTemplate"},
		changed: []string{"ComputeEnvironment"},
	},
	"fargate-spot": {
		added:   []string{"EcsFargateExecutionRole"},
		removed: []string{"InstanceRole", "InstanceProfile", "LaunchTemplate"},
		changed: []string{"ComputeEnvironment"},
	},
	"nat-per-zone": {
		added:   []string{"Eip2", "NatGateway2", "PrivateRouteTable2", "Private2Route"},
		changed: []string{"PrivateSubnet2Routes", "S3GatewayEndpoint"},
	},
	"limited-egress": {
		added:   []string{"SecurityGroupSelfOut"},
		changed: []string{"SecurityGroup"},
	},
	"hardened": {
		added: []string{"SecurityGroupSelfOut"},
		removed: []string{"InternetGateway", "GatewayAttachment", "PublicRouteTable", "PublicRoute",
			"PublicSubnet1", "PublicSubnet1Routes",
			"PublicSubnet2", "PublicSubnet2Routes", "Eip", "NatGateway", "PrivateRoute"},
		changed: []string{"Bucket", "S3GatewayEndpoint", "SecurityGroup", "JobRole", "InstanceRole",
			"InstanceProfile", "LaunchTemplate"},
	},
}

// TestFeatures checks that each of these scenarios changes what it is meant to change, and nothing
// else.
func TestFeatures(t *testing.T) {
	base := parts(t, "default")
	for scenario, want := range features {
		got := parts(t, scenario)
		var added, removed, changed []string
		for id, part := range got {
			if before, ok := base[id]; !ok {
				added = append(added, id)
			} else if !same(before, part) {
				changed = append(changed, id)
			}
		}
		for id := range base {
			if _, ok := got[id]; !ok {
				removed = append(removed, id)
			}
		}
		for _, list := range []struct {
			what      string
			got, want []string
		}{{"adds", added, want.added}, {"removes", removed, want.removed},
			{"changes", changed, want.changed}} {
			slices.Sort(list.got)
			if want := slices.Sorted(slices.Values(list.want)); !slices.Equal(list.got, want) {
				t.Errorf("%s %s %v; wanted %v", scenario, list.what, list.got, want)
			}
		}
	}
}

// parts returns the resources and outputs of a golden.
func parts(t *testing.T, scenario string) map[string]*yaml.Node {
	t.Helper()
	text, err := os.ReadFile("core/" + scenario + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	root := parse(t, text)
	all := entries(lookUp(root, "Resources"))
	for id, output := range entries(lookUp(root, "Outputs")) {
		all[id] = output
	}
	return all
}
