// Package deploy changes a CloudFormation stack and reports accurately what happens: it plans with
// change sets, executes, follows the events, and decides the outcome from the status of the stack.
//
// It knows neither Metaflow nor templates: it takes bytes and a map of strings.
// It never prints: it returns values and yields events.
//
// The package promises:
//
//   - every request that changes something carries a token of its own, is never
//     cut off half-way, and is repeated with the same token when its reply is lost;
//   - the events of an operation are yielded each once and in order, from an
//     anchor taken before the operation began; a page that fails loses nothing;
//   - the outcome comes from the stack's status, read by ARN; a failing event log
//     or a throttled call is a note, never an outcome;
//   - no local clock is compared with the server's; one that is wrong is named;
//   - an error is never read as "the stack does not exist";
//   - every change set made here and not executed is removed, and so is the empty
//     stack that it made, if nobody else uses it; what an interrupted run left
//     behind, the next run for the same request finds;
//   - what each status of a stack means for each command is in one table
//     (internal/states);
//   - no reply is lost to a character that Go's XML decoder refuses.
//
// Each of three packages below it has one task: internal/transport calls CloudFormation
// and knows what a failed call means, internal/states knows what a status means, and
// internal/events knows what the events of an operation say. A test of the command
// reads the calls to AWS in the source of all four, as &cloudformation.…Input, and
// compares them with the deployer's policy.
package deploy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/events"
	"github.com/metaflow-cfn/metaflow-cfn/deploy/internal/transport"
)

// staleLimit is how long a read may lag behind what is known to have happened.
const staleLimit = 30 * time.Second

// option is a setting of the SDK for one call.
type option = transport.Option

type stackReader interface {
	DescribeStacks(
		context.Context, *cloudformation.DescribeStacksInput, ...option,
	) (*cloudformation.DescribeStacksOutput, error)
	GetTemplate(
		context.Context, *cloudformation.GetTemplateInput, ...option,
	) (*cloudformation.GetTemplateOutput, error)
	ListStackResources(
		context.Context, *cloudformation.ListStackResourcesInput, ...option,
	) (*cloudformation.ListStackResourcesOutput, error)
	DescribeStackEvents(
		context.Context, *cloudformation.DescribeStackEventsInput, ...option,
	) (*cloudformation.DescribeStackEventsOutput, error)
}

type stackWriter interface {
	UpdateTerminationProtection(
		context.Context, *cloudformation.UpdateTerminationProtectionInput, ...option,
	) (*cloudformation.UpdateTerminationProtectionOutput, error)
	DeleteStack(
		context.Context, *cloudformation.DeleteStackInput, ...option,
	) (*cloudformation.DeleteStackOutput, error)
}

type changeSetReader interface {
	DescribeChangeSet(
		context.Context, *cloudformation.DescribeChangeSetInput, ...option,
	) (*cloudformation.DescribeChangeSetOutput, error)
	ListChangeSets(
		context.Context, *cloudformation.ListChangeSetsInput, ...option,
	) (*cloudformation.ListChangeSetsOutput, error)
}

type changeSetWriter interface {
	CreateChangeSet(
		context.Context, *cloudformation.CreateChangeSetInput, ...option,
	) (*cloudformation.CreateChangeSetOutput, error)
	ExecuteChangeSet(
		context.Context, *cloudformation.ExecuteChangeSetInput, ...option,
	) (*cloudformation.ExecuteChangeSetOutput, error)
	DeleteChangeSet(
		context.Context, *cloudformation.DeleteChangeSetInput, ...option,
	) (*cloudformation.DeleteChangeSetOutput, error)
}

type recoverer interface {
	CancelUpdateStack(
		context.Context, *cloudformation.CancelUpdateStackInput, ...option,
	) (*cloudformation.CancelUpdateStackOutput, error)
	ContinueUpdateRollback(
		context.Context, *cloudformation.ContinueUpdateRollbackInput, ...option,
	) (*cloudformation.ContinueUpdateRollbackOutput, error)
	RollbackStack(
		context.Context, *cloudformation.RollbackStackInput, ...option,
	) (*cloudformation.RollbackStackOutput, error)
}

type diagnoser interface {
	DescribeEvents(
		context.Context, *cloudformation.DescribeEventsInput, ...option,
	) (*cloudformation.DescribeEventsOutput, error)
	GetHookResult(
		context.Context, *cloudformation.GetHookResultInput, ...option,
	) (*cloudformation.GetHookResultOutput, error)
}

type driftReader interface {
	DetectStackDrift(
		context.Context, *cloudformation.DetectStackDriftInput, ...option,
	) (*cloudformation.DetectStackDriftOutput, error)
	DescribeStackDriftDetectionStatus(
		context.Context, *cloudformation.DescribeStackDriftDetectionStatusInput, ...option,
	) (*cloudformation.DescribeStackDriftDetectionStatusOutput, error)
	DescribeStackResourceDrifts(
		context.Context, *cloudformation.DescribeStackResourceDriftsInput, ...option,
	) (*cloudformation.DescribeStackResourceDriftsOutput, error)
}

// api has the calls of CloudFormation that this package makes.
type api interface {
	stackReader
	stackWriter
	changeSetReader
	changeSetWriter
	recoverer
	diagnoser
	driftReader
}

// Client does operations on the stacks of one account and region. It may be used by
// several goroutines at once.
type Client struct {
	// Renew, if set, is called when the credentials in use are refused. It loads the
	// configuration again and returns the credentials. Set it before the first call.
	Renew func(context.Context) (aws.CredentialsProvider, error)
	// Waiting, if set, is called when a call has not succeeded after 5 s, with its name and
	// the last failure. It may be called by another goroutine. Set it before the first call.
	Waiting func(call, why string)

	api        api
	connection *transport.Connection
	logs       events.Reader
}

// New returns a client that calls CloudFormation through a *cloudformation.Client, or
// through anything with the same methods.
func New(cloud api) *Client {
	var configured aws.CredentialsProvider
	if sdk, ok := cloud.(interface{ Options() cloudformation.Options }); ok {
		configured = sdk.Options().Credentials
	}
	c := &Client{api: cloud}
	c.connection = transport.New(configured, c.reload, c.wait)
	c.logs = events.NewReader(cloud, c.connection)
	return c
}

// reload asks Renew for other credentials; it returns nil when there are none.
func (c *Client) reload(ctx context.Context) (aws.CredentialsProvider, error) {
	if c.Renew == nil {
		return nil, nil
	}
	return c.Renew(ctx)
}

// wait tells Waiting what a call waits for.
func (c *Client) wait(call, why string) {
	if c.Waiting != nil {
		c.Waiting(call, why)
	}
}

// Skew returns how far the local clock is ahead of CloudFormation's, to a second or so,
// according to the last reply. It is for people to read; no decision depends on it.
func (c *Client) Skew() time.Duration { return c.connection.Skew() }

// optional returns a pointer to a value, or nil for the empty one.
func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

// namePrefix begins the names that we give to the change sets and requests of a kind.
func namePrefix(parts ...string) string {
	return strings.ToLower(strings.Join(append([]string{"metaflow-cfn"}, parts...), "-")) + "-"
}

// uniqueName returns a name that is not in use, fit for change sets (letters, digits
// and hyphens) and request tokens (at most 128 characters).
func uniqueName(parts ...string) string {
	var random [8]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	return namePrefix(parts...) + hex.EncodeToString(random[:])
}
