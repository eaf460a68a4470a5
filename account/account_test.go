package account_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	smithy "github.com/aws/smithy-go"

	"github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestZones(t *testing.T) {
	server := cfntest.New(cfntest.Options{})
	server.SetZones(
		cfntest.Zone{Name: "us-east-1b", ID: "use1-az2"},
		cfntest.Zone{Name: "us-east-1a", ID: "use1-az1", OptIn: "opted-in"},
		cfntest.Zone{Name: "us-east-1c", ID: "use1-az3", State: "unavailable"},
		cfntest.Zone{Name: "us-east-1d", ID: "use1-az4", OptIn: "not-opted-in"},
		cfntest.Zone{Name: "us-east-1-bos-1a", ID: "use1-bos1-az1", Kind: "local-zone"},
		cfntest.Zone{Name: "us-east-1-wl1-bos", ID: "use1-wl1-bos-wlz1", Kind: "wavelength-zone"},
	)
	got, err := account.New(server.Config()).Zones(t.Context())
	want := []facts.Zone{{Name: "us-east-1b", ID: "use1-az2"}, {Name: "us-east-1a", ID: "use1-az1"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestSubnetZones(t *testing.T) {
	server := cfntest.New(cfntest.Options{})
	server.Seed(cfntest.Stack{Name: "flow", Template: `{"Resources": {
 "A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "AvailabilityZone": "us-east-1c"}},
 "B": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "AvailabilityZone": "us-east-1d"}}}}`})
	want := map[string]string{}
	var ids []string
	for _, r := range server.Live("flow") {
		ids = append(ids, r.PhysicalID)
		want[r.PhysicalID] = map[string]string{"A": "us-east-1c", "B": "us-east-1d"}[r.LogicalID]
	}
	reader := account.New(server.Config())
	if got, err := reader.SubnetZones(t.Context(), ids); err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	_, err := reader.SubnetZones(t.Context(), []string{"subnet-0gone"})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "InvalidSubnetID.NotFound" {
		t.Errorf("a subnet that does not exist: %v", err)
	}
}

// TestNoAnswer gives up after some seconds, and at once where the permission is missing.
func TestNoAnswer(t *testing.T) {
	for fault, limit := range map[cfntest.Fault]time.Duration{
		cfntest.Hang: 6 * time.Second, cfntest.AccessDenied: time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			server := cfntest.New(cfntest.Options{})
			server.Fault("DescribeAvailabilityZones", fault)
			begun := time.Now()
			zones, err := account.New(server.Config()).Zones(t.Context())
			if took := time.Since(begun); err == nil || zones != nil || took > limit {
				t.Errorf("%s: %v, %v after %s", fault, zones, err, took)
			}
		})
	}
}
