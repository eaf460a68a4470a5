package core_test

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestHints says how jobs get an image where Docker Hub is out of reach or limited, unless
// the configuration names one.
func TestHints(t *testing.T) {
	const hub, isolated = "100 anonymous pulls in six hours", "jobs have no internet access"
	for _, test := range []struct {
		name               string
		source             string // the report that the row answers
		parameters, config map[string]string
		want               string // in the first line; empty: no hint
	}{
		{name: "the default", source: "Netflix/metaflow#380", want: hub},
		{name: "a NAT gateway that exists", want: hub,
			parameters: map[string]string{"ExistingNatGatewayId": "nat-0123456789abcdef0"}},
		{name: "a private route table that exists, of which nothing is known",
			parameters: map[string]string{
				"ExistingPrivateRouteTableId": "rtb-0123456789abcdef0",
				"ExistingNatGatewayId":        "nat-0123456789abcdef0"}},
		{name: "an address for each instance",
			parameters: map[string]string{"ComputeSubnets": "public"}},
		{name: "a queue that exists, of which nothing is known",
			parameters: map[string]string{"ExistingJobQueueArn": queue, "InternetAccess": "false"}},
		{name: "no internet", source: "features.md, default image python:X.Y", want: isolated,
			parameters: map[string]string{"InternetAccess": "false"}},
		{name: "no internet, and a registry",
			parameters: map[string]string{"InternetAccess": "false"},
			config:     map[string]string{"METAFLOW_BATCH_CONTAINER_REGISTRY": "ecr"}},
		{name: "an image", config: map[string]string{"METAFLOW_BATCH_CONTAINER_IMAGE": "ecr/a:1"}},
		{name: "a registry for all", source: "metaflow_config.py: the default of the Batch key",
			config: map[string]string{"METAFLOW_DEFAULT_CONTAINER_REGISTRY": "ecr"}},
		{name: "an empty image", config: map[string]string{"METAFLOW_BATCH_CONTAINER_IMAGE": ""},
			want: hub},
		{name: "a parameter of another version, and a value that is not sound", want: hub,
			parameters: map[string]string{"AuditLogs": "true", "InternetAccess": "maybe"}},
	} {
		got := strings.Join(core.Component.ConfigurationHints(test.parameters, test.config), "\n")
		first, _, _ := strings.Cut(got, "\n")
		if (test.want == "") != (got == "") || !strings.Contains(first, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		if got != "" && !strings.Contains(got, "--set METAFLOW_BATCH_CONTAINER_REGISTRY=") {
			t.Errorf("%s: no registry is offered: %q", test.name, got)
		}
	}
}
