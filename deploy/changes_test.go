package deploy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func (a *account) replan(path string) *Plan {
	a.Helper()
	p, err := a.client.Plan(a.Context(), a.stack("flow"),
		Request{Template: []byte(replacing), Parameters: map[string]string{"Path": path}})
	if err != nil {
		a.Fatal(err)
	}
	return p
}

// change returns the change of a plan to a resource.
func (p *Plan) change(id string) Change {
	for _, c := range p.Changes {
		if c.LogicalID == id {
			return c
		}
	}
	return Change{}
}

func TestChangesWithValues(t *testing.T) {
	inAccount(t, "what, why, from and to", cfntest.Options{PageSize: 1}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: replacing})
		p := a.replan("/b/")
		role := p.change("Role")
		expect(a.T, "role", []string{role.Action, role.Replacement, role.Policy},
			[]string{"Modify", "True", "ReplaceAndDelete"})
		expect(a.T, "whole", strings.Contains(role.Before, `"/a/"`) &&
			strings.Contains(role.After, `"/b/"`), true)
		byParameter := Property{Path: "Path", Recreation: "Always", Source: "ParameterReference",
			Entity: "Path", Before: "/a/", After: "/b/"}
		expect(a.T, "cause", role.Properties[0], byParameter)
		bucket := p.change("Bucket")
		expect(a.T, "follower", []string{bucket.Replacement, bucket.Properties[0].Entity},
			[]string{"False", "Role.Arn"})
	})
	inAccount(t, "refused with values", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: replacing})
		a.FaultError("DescribeChangeSet", 400, "ValidationError",
			"IncludePropertyValues is not supported", cfntest.After(3), cfntest.Times(1))
		p := a.replan("/b/")
		expect(a.T, "changes", len(p.Changes), 2)
		cause := Property{Path: "Path", Recreation: "Always", Source: "ParameterReference",
			Entity: "Path"}
		expect(a.T, "cause", p.change("Role").Properties[0], cause)
	})
}

// partial is a CloudFormation that omits a resource from the list with values, and warns that it
// may.
type partial struct{ *cloudformation.Client }

func (p partial) DescribeChangeSet(
	ctx context.Context, in *cloudformation.DescribeChangeSetInput, set ...option,
) (*cloudformation.DescribeChangeSetOutput, error) {
	out, err := p.Client.DescribeChangeSet(ctx, in, set...)
	if err == nil && aws.ToBool(in.IncludePropertyValues) {
		out.Changes = out.Changes[1:]
		out.StatusReason = new("[WARN] " + incompleteValues +
			" ChangeSet data because: ChangeSet creation failed for resource [Bucket]")
	}
	return out, err
}

func TestChangesWithSomeValues(t *testing.T) {
	inAccount(t, "the rest comes without", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: replacing})
		whole := a.replan("/b/")
		a.client = New(partial{a.Client()})
		p := a.replan("/c/")
		expect(a.T, "changes", len(p.Changes), len(whole.Changes))
		without, with := p.Changes[0], p.Changes[1]
		expect(a.T, "without", without.Before+without.After, "")
		expect(a.T, "with", with.Before != "" && with.After != "", true)
	})
}

func TestAChangeSetThatSomebodyRemoves(t *testing.T) {
	inAccount(t, "while it is read", cfntest.Options{}, func(a *account) {
		a.Seed(cfntest.Stack{Name: "flow", Template: replacing})
		a.FaultError("DescribeChangeSet", 404, "ChangeSetNotFound", "ChangeSet does not exist",
			cfntest.After(2))
		begun := time.Now()
		_, err := a.client.Plan(a.Context(), a.stack("flow"),
			Request{Template: []byte(replacing), Parameters: map[string]string{"Path": "/b/"}})
		expect(a.T, "result", result(err), "refused")
		expect(a.T, "soon", time.Since(begun) < 8*time.Second, true)
		expect(a.T, "change sets", len(a.ChangeSets("flow")), 0)
	})
}

func TestDotted(t *testing.T) {
	for pointer, want := range map[string]string{
		"": "", "/Properties/Path": "Path", "/Properties/Tags/0/Value": "Tags.0.Value",
		"/Metadata/a~1b/c~0d": "Metadata.a/b.c~d",
	} {
		expect(t, pointer, dotted(pointer), want)
	}
}
