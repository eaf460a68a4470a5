package deploy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestStacks(t *testing.T) {
	inAccount(t, "all pages, without what is deleted", cfntest.Options{PageSize: 2}, func(a *account) {
		for i := range 5 {
			a.Seed(cfntest.Stack{Name: fmt.Sprint("flow", i), Template: template})
		}
		a.Seed(cfntest.Stack{Name: "planned", Status: "REVIEW_IN_PROGRESS"})
		a.ForeignDelete("flow3")
		time.Sleep(time.Hour)
		a.Fault("DescribeStacks", cfntest.Throttle, cfntest.Times(4))
		found, err := a.client.Stacks(a.Context())
		expect(a.T, "error", err, error(nil))
		var names []string
		for _, s := range found {
			names = append(names, s.Name)
			if s.Name == "flow0" {
				expect(a.T, "parameters", s.Parameters["Size"], "1")
			}
		}
		slices.Sort(names)
		expect(a.T, "stacks", names, []string{"flow0", "flow1", "flow2", "flow4", "planned"})
	})
	inAccount(t, "none", cfntest.Options{}, func(a *account) {
		found, err := a.client.Stacks(a.Context())
		expect(a.T, "stacks", len(found), 0)
		expect(a.T, "error", err, error(nil))
	})
	inAccount(t, "a list that does not end", cfntest.Options{PageSize: 1}, func(a *account) {
		for i := range transport.MaxPages + 1 {
			a.Seed(cfntest.Stack{Name: fmt.Sprint("flow", i), Template: template})
		}
		_, err := a.client.Stacks(a.Context())
		expect(a.T, "error", err.Error(), "stacks: the list of stacks does not end")
		expect(a.T, "calls", a.calls("DescribeStacks"), transport.MaxPages)
	})
	inAccount(t, "denied", cfntest.Options{}, func(a *account) {
		a.Fault("DescribeStacks", cfntest.AccessDenied)
		_, err := a.client.Stacks(a.Context())
		expect(a.T, "denied", Denied(err), true)
		want := "stacks: these credentials may not call cloudformation:DescribeStacks: AccessDenied: "
		expect(a.T, "error", strings.HasPrefix(err.Error(), want), true)
	})
	inAccount(t, "an empty reply is not an empty list", cfntest.Options{}, func(a *account) {
		a.FaultReply("DescribeStacks", 200, "")
		_, err := a.client.Stacks(a.Context())
		expect(a.T, "error", err != nil, true)
	})
}

func TestNestedAndDescribed(t *testing.T) {
	nested := stackOf(types.Stack{ParentId: new(arn), Description: new("what it is for")})
	expect(t, "nested", nested.Nested, true)
	expect(t, "description", nested.Description, "what it is for")
	expect(t, "on its own", stackOf(types.Stack{}).Nested, false)
}

func TestTemplate(t *testing.T) {
	inAccount(t, "as it was submitted", cfntest.Options{}, func(a *account) {
		a.deploy()
		a.Fault("GetTemplate", cfntest.ResetAfter, cfntest.Times(4))
		body, err := a.client.Template(a.Context(), a.stack("flow"))
		expect(a.T, "template", body, template)
		expect(a.T, "error", err, error(nil))
		last := a.Calls()[len(a.Calls())-1]
		expect(a.T, "stage", last.Params["TemplateStage"], "Original")
	})
	inAccount(t, "of a deleted stack", cfntest.Options{}, func(a *account) {
		a.deploy()
		s := a.stack("flow")
		a.ForeignDelete("flow")
		time.Sleep(time.Hour)
		body, err := a.client.Template(a.Context(), s)
		expect(a.T, "template", body, template)
		expect(a.T, "error", err, error(nil))
	})
	inAccount(t, "of a stack that was never deployed", cfntest.Options{}, func(a *account) {
		if _, err := a.plan(); err != nil {
			a.Fatal(err)
		}
		_, err := a.client.Template(a.Context(), a.stack("flow"))
		expect(a.T, "error", err.Error(),
			"stack flow is REVIEW_IN_PROGRESS: it was never deployed and has no template")
		expect(a.T, "calls", a.calls("GetTemplate"), 0)
	})
	inAccount(t, "denied", cfntest.Options{}, func(a *account) {
		a.deploy()
		a.Fault("GetTemplate", cfntest.AccessDenied)
		_, err := a.client.Template(a.Context(), a.stack("flow"))
		expect(a.T, "denied", Denied(err), true)
	})
}

func TestDenied(t *testing.T) {
	expect(t, "no error", Denied(nil), false)
	expect(t, "another error", Denied(errors.New("no")), false)
	expect(t, "throttled", Denied(fault400("Throttling", "Rate exceeded")), false)
	expect(t, "refused", Denied(fmt.Errorf("reading: %w", fault400("AccessDenied", "no"))), true)
}
