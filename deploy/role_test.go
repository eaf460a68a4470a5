package deploy

import (
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestRoleARN sends the role with every request that begins an operation, and none
// where none is given: CloudFormation then takes the stack's.
func TestRoleARN(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/other"
	for _, c := range []struct {
		action  string
		arrange func(*account)
		begin   func(*account, string) (*Operation, error)
	}{
		{"DeleteStack", func(a *account) { a.Seed(cfntest.Stack{Name: "flow", Template: template}) },
			func(a *account, role string) (*Operation, error) {
				return a.client.Delete(a.Context(), a.stack("flow"), nil, false, role)
			}},
		{"DeleteStack", func(a *account) {
			a.Seed(cfntest.Stack{Name: "flow", Status: "ROLLBACK_COMPLETE"})
		}, func(a *account, role string) (*Operation, error) {
			return a.client.DeleteEmpty(a.Context(), a.stack("flow"), role)
		}},
		{"ContinueUpdateRollback", (*account).halfWay,
			func(a *account, role string) (*Operation, error) {
				return a.client.Recover(a.Context(), a.stack("flow"), nil, false, role)
			}},
		{"RollbackStack", func(a *account) {
			a.Seed(cfntest.Stack{Name: "flow", Template: template, Status: "UPDATE_FAILED"})
		}, func(a *account, role string) (*Operation, error) {
			return a.client.Recover(a.Context(), a.stack("flow"), nil, false, role)
		}},
	} {
		for _, given := range []string{role, ""} {
			inAccount(t, c.action+" "+given, cfntest.Options{}, func(a *account) {
				c.arrange(a)
				if _, err := c.begin(a, given); err != nil {
					a.Fatal(err)
				}
				calls := a.Mutations()
				last := calls[len(calls)-1]
				sent, any := last.Params["RoleARN"]
				expect(a.T, "action", last.Action, c.action)
				expect(a.T, "role", sent, given)
				expect(a.T, "sent", any, given != "")
			})
		}
	}
}

// TestUnreachable tells a connection that cannot be made from a refusal.
func TestUnreachable(t *testing.T) {
	inAccount(t, "", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStacks", cfntest.AccessDenied)
		_, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "denied", Unreachable(err), false)
		expect(a.T, "nothing", Unreachable(nil), false)
	})
}
