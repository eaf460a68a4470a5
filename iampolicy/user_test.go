package iampolicy

import (
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/iameval"
)

// TestUsersDefineNoPrivilegedJobs: users define jobs of Metaflow, and none whose container is
// root on the instance. Batch sends the key with containers of that kind.
func TestUsersDefineNoPrivilegedJobs(t *testing.T) {
	document := printed(t, core.Component, "user", "metaflow", roleValues()["bare"])
	for _, c := range []struct {
		name, privileged string
		allowed          bool
	}{
		{"metaflow_abc", "", true},
		{"metaflow_abc", "false", true},
		{"metaflow_abc", "true", false},
		{"other", "", false},
	} {
		r := iameval.Request{Action: "batch:RegisterJobDefinition",
			Resource: "arn:aws:batch:us-east-1:123456789012:job-definition/" + c.name}
		if c.privileged != "" {
			r.Keys = map[string][]string{"batch:Privileged": {c.privileged}}
		}
		if got := iameval.Allowed(r, document); got != c.allowed {
			t.Errorf("%s: allowed %t, want %t", r, got, c.allowed)
		}
	}
}
