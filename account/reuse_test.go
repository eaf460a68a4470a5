package account_test

import (
	"slices"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/account"
	"github.com/metaflow-cfn/metaflow-cfn/account/facts"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

const ofBatch = "arn:aws:batch:us-east-1:123456789012:"

// TestReusedUnread denies each read alone, and all of them: what can be read is found, and the rest is
// missing and named. What the reads find is tested on moto, in internal/command.
func TestReusedUnread(t *testing.T) {
	query := facts.ReuseQuery{Buckets: []string{"data"}, Queues: []string{ofBatch + "job-queue/q"},
		Environments: []string{ofBatch + "compute-environment/e"}}
	all := []string{"batch:DescribeComputeEnvironments", "batch:DescribeJobQueues", "s3:ListBucket"}
	for _, denied := range [][]string{nil, all[:1], all[1:2], all[2:], all} {
		server := cfntest.New(cfntest.Options{})
		for _, call := range denied {
			switch call {
			case "s3:ListBucket":
				server.Buckets.Deny("HeadBucket")
			default:
				server.Batch.Deny(call[len("batch:"):])
			}
		}
		found, unread := account.New(server.Config()).Reused(t.Context(), query)
		var calls []string
		for _, u := range unread {
			calls = append(calls, u.Call)
		}
		if slices.Sort(calls); !slices.Equal(calls, denied) {
			t.Errorf("%v are denied, and %v are unread", denied, calls)
		}
		for call, read := range map[string]bool{
			all[0]: found.Environments[query.Environments[0]].Exists,
			all[1]: found.Queues[query.Queues[0]].Exists, all[2]: found.Buckets["data"].Exists,
		} {
			if read == slices.Contains(denied, call) {
				t.Errorf("%v are denied, and of %s there is %t", denied, call, read)
			}
		}
	}
}

// TestReusedElsewhere reads nothing in another region.
func TestReusedElsewhere(t *testing.T) {
	server := cfntest.New(cfntest.Options{})
	const arn = "arn:aws:batch:eu-west-1:123456789012:job-queue/q"
	found, unread := account.New(server.Config()).Reused(t.Context(),
		facts.ReuseQuery{Queues: []string{arn}})
	if len(unread)+len(found.Queues)+len(server.Batch.Calls()) > 0 {
		t.Errorf("%+v is found, and %v unread", found, unread)
	}
}

// TestReusedRolesUnread names the reads of roles that are denied. A cfntest server denies both.
func TestReusedRolesUnread(t *testing.T) {
	const ofIAM = "arn:aws:iam::123456789012:"
	found, unread := account.New(cfntest.New(cfntest.Options{}).Config()).Reused(t.Context(),
		facts.ReuseQuery{Roles: []string{ofIAM + "role/r"},
			Profiles: []string{ofIAM + "instance-profile/p"}})
	var calls []string
	for _, u := range unread {
		calls = append(calls, u.Call)
	}
	slices.Sort(calls)
	if want := []string{"iam:GetInstanceProfile", "iam:GetRole"}; !slices.Equal(calls, want) ||
		len(found.Roles)+len(found.Profiles) > 0 {
		t.Errorf("%v are unread, and %+v is found", calls, found)
	}
}
