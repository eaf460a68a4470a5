package deploy

import (
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	smithyhttp "github.com/aws/smithy-go/transport/http"

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

// TestUnreachable says in words that nothing could be reached, after some attempts.
func TestUnreachable(t *testing.T) {
	dials := 0
	nowhere := smithyhttp.ClientDoFunc(func(*http.Request) (*http.Response, error) {
		dials++
		return nil, &url.Error{Op: "Post", URL: "https://cloudformation.example/",
			Err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}
	})
	synctest.Test(t, func(t *testing.T) {
		c := New(cloudformation.New(cloudformation.Options{
			Region: "us-east-1", HTTPClient: nowhere, Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""),
		}))
		_, err := c.Stack(t.Context(), "flow")
		expect(t, "error", err.Error(), "stack flow: CloudFormation cannot be reached: https response "+
			"error StatusCode: 0, RequestID: , request send failed, Post "+
			"\"https://cloudformation.example/\": dial tcp: connection refused")
		expect(t, "attempts", dials, 6)
	})
}
