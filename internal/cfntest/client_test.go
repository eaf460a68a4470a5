package cfntest_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// network has a chain of three resources, two with a condition and one that is retained.
const network = `
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/16}
  WithNat: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Nat: !Equals [!Ref WithNat, "true"]
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Cidr}}
  Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Eip: {Type: "AWS::EC2::EIP", Condition: Nat, Properties: {Domain: vpc}}
  Nat:
    Type: AWS::EC2::NatGateway
    Condition: Nat
    Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt Eip.AllocationId}
  Bucket: {Type: "AWS::S3::Bucket", DeletionPolicy: Retain}
Outputs:
  Root: {Value: !Sub "s3://${Bucket}/flows"}
  NatId: {Condition: Nat, Value: !Ref Nat}
`

// fixture has a server in a synctest bubble and a client of it.
type fixture struct {
	*testing.T
	srv *cfntest.Server
	c   *cloudformation.Client
}

func bubble(t *testing.T, opts cfntest.Options, f func(w *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		srv := cfntest.New(opts)
		f(&fixture{t, srv, srv.Client()})
	})
}

func (w *fixture) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused checks an error's code and a part of its message.
func (w *fixture) refused(err error, code, message string) {
	w.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		w.Fatalf("got %v, want %s", err, code)
	}
	if api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		w.Fatalf("got %s: %s\nwant %s: %s", api.ErrorCode(), api.ErrorMessage(), code, message)
	}
}

func parameters(pairs []string) []types.Parameter {
	var list []types.Parameter
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		list = append(list, types.Parameter{ParameterKey: &key, ParameterValue: &value})
	}
	return list
}

// create creates a stack and waits for the end; the pairs are Name=value.
func (w *fixture) create(name, body string, pairs ...string) {
	w.Helper()
	w.start(name, body, pairs...)
	w.settle(name)
}

func (w *fixture) start(name, body string, pairs ...string) {
	w.Helper()
	w.must(w.tryCreate(name, body, pairs...))
}

func (w *fixture) tryCreate(name, body string, pairs ...string) error {
	_, err := w.c.CreateStack(w.Context(), &cloudformation.CreateStackInput{
		StackName: &name, TemplateBody: &body, Parameters: parameters(pairs),
		ClientRequestToken: aws.String("create-" + name),
		Capabilities:       []types.Capability{types.CapabilityCapabilityNamedIam},
	})
	return err
}

func (w *fixture) update(name, body string, pairs ...string) error {
	_, err := w.c.UpdateStack(w.Context(), &cloudformation.UpdateStackInput{StackName: &name,
		TemplateBody: &body, Parameters: parameters(pairs),
		ClientRequestToken: aws.String("update-" + name + strings.Join(pairs,
			"")), Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam}})
	return err
}

func (w *fixture) delete(name string) {
	w.Helper()
	_, err := w.c.DeleteStack(w.Context(), &cloudformation.DeleteStackInput{StackName: &name})
	w.must(err)
	w.settle(name)
}

func (w *fixture) settle(name string) { time.Sleep(w.srv.Until(name)) }

func (w *fixture) status(name, want string) {
	w.Helper()
	if got := w.srv.Status(name); got != want {
		w.Fatalf("%s is %s, want %s", name, got, want)
	}
}

// changeSet creates a change set and waits until it can be described.
func (w *fixture) changeSet(name, set string, kind types.ChangeSetType, body string,
	pairs ...string) *cloudformation.DescribeChangeSetOutput {
	w.Helper()
	_, err := w.c.CreateChangeSet(w.Context(), &cloudformation.CreateChangeSetInput{StackName: &name,
		ChangeSetName: &set, ChangeSetType: kind,
		TemplateBody: &body, Parameters: parameters(pairs),
		Capabilities: []types.Capability{types.CapabilityCapabilityIam}})
	w.must(err)
	time.Sleep(3 * time.Second)
	return w.describe(name, set)
}

func (w *fixture) describe(name, set string) *cloudformation.DescribeChangeSetOutput {
	w.Helper()
	out, err := w.c.DescribeChangeSet(w.Context(),
		&cloudformation.DescribeChangeSetInput{StackName: &name, ChangeSetName: &set,
			IncludePropertyValues: aws.Bool(true)})
	w.must(err)
	return out
}

func (w *fixture) execute(name, set, token string) error {
	_, err := w.c.ExecuteChangeSet(w.Context(), &cloudformation.ExecuteChangeSetInput{StackName: &name,
		ChangeSetName: &set, ClientRequestToken: &token})
	return err
}

// lines returns a stack's events since the nth as "Logical STATUS: reason".
func (w *fixture) lines(name string, from int) []string {
	var list []string
	for _, e := range w.srv.Events(name)[from:] {
		line := e.LogicalID + " " + e.Status
		if e.Reason != "" {
			line += ": " + e.Reason
		}
		list = append(list, strings.TrimSpace(line))
	}
	return list
}

var continued = regexp.MustCompile(`\\\n\s*`)

// expect compares lists of lines. Want has one a line, indented; a backslash continues a line.
func (w *fixture) expect(got []string, want string) {
	w.Helper()
	var lines []string
	want = continued.ReplaceAllString(want, "")
	for line := range strings.Lines(strings.TrimSpace(want)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	if !slices.Equal(got, lines) {
		w.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// paged reads all pages of a stack's events as a client does, newest first.
func (w *fixture) paged(name string, between func(page int)) []types.StackEvent {
	w.Helper()
	var all []types.StackEvent
	pages := cloudformation.NewDescribeStackEventsPaginator(w.c,
		&cloudformation.DescribeStackEventsInput{StackName: &name})
	for n := 1; pages.HasMorePages(); n++ {
		out, err := pages.NextPage(context.Background())
		w.must(err)
		all = append(all, out.StackEvents...)
		if between != nil {
			between(n)
		}
	}
	return all
}
