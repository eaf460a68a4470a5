package account_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestNetworkUnread names every call that is denied or not answered, and waits for all of them
// no longer than for one. What is read is tested on moto, in internal/command.
func TestNetworkUnread(t *testing.T) {
	query := facts.NetworkQuery{VPC: "vpc-1", Subnets: []string{"subnet-1"},
		SecurityGroups: []string{"sg-1"}}
	for fault, limit := range map[cfntest.Fault]time.Duration{
		cfntest.Hang: 6 * time.Second, cfntest.AccessDenied: time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			server := cfntest.New(cfntest.Options{})
			server.Fault("*", fault)
			begun := time.Now()
			n, unread := account.New(server.Config()).Network(t.Context(), query)
			if took := time.Since(begun); took > limit {
				t.Errorf("%s: took %s", fault, took)
			}
			if len(unread) != 7 || n.VPCs != nil || n.Subnets != nil || n.RouteTables != nil ||
				n.InternetGateways != nil || n.NATGateways != nil || n.SecurityGroups != nil ||
				n.Endpoints != nil {
				t.Errorf("%s: %+v is known, and %v not", fault, n, unread)
			}
			for _, u := range unread {
				if u.Err == nil || u.Call == "" {
					t.Errorf("%s: %+v", fault, u)
				}
			}
		})
	}
}
