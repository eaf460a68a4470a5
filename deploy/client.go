package deploy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

const (
	replyLimit = 30 * time.Second // for one call with the SDK's own retries
	attempts   = 6                // of a call outside the wait: 1+2+4+8+15 s between them
	staleLimit = 30 * time.Second // how long a read may lag behind what is known to have happened
)

// options is how the SDK takes settings for one call.
type options = func(*cloudformation.Options)

type stacks interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...options) (*cloudformation.DescribeStacksOutput, error)
	ListStackResources(context.Context, *cloudformation.ListStackResourcesInput, ...options) (*cloudformation.ListStackResourcesOutput, error)
	UpdateTerminationProtection(context.Context, *cloudformation.UpdateTerminationProtectionInput, ...options) (*cloudformation.UpdateTerminationProtectionOutput, error)
	DeleteStack(context.Context, *cloudformation.DeleteStackInput, ...options) (*cloudformation.DeleteStackOutput, error)
}

type changeSets interface {
	CreateChangeSet(context.Context, *cloudformation.CreateChangeSetInput, ...options) (*cloudformation.CreateChangeSetOutput, error)
	DescribeChangeSet(context.Context, *cloudformation.DescribeChangeSetInput, ...options) (*cloudformation.DescribeChangeSetOutput, error)
	ExecuteChangeSet(context.Context, *cloudformation.ExecuteChangeSetInput, ...options) (*cloudformation.ExecuteChangeSetOutput, error)
	DeleteChangeSet(context.Context, *cloudformation.DeleteChangeSetInput, ...options) (*cloudformation.DeleteChangeSetOutput, error)
}

type logs interface {
	GetTemplate(context.Context, *cloudformation.GetTemplateInput, ...options) (*cloudformation.GetTemplateOutput, error)
	DescribeStackEvents(context.Context, *cloudformation.DescribeStackEventsInput, ...options) (*cloudformation.DescribeStackEventsOutput, error)
	ListChangeSets(context.Context, *cloudformation.ListChangeSetsInput, ...options) (*cloudformation.ListChangeSetsOutput, error)
}

type repairs interface {
	CancelUpdateStack(context.Context, *cloudformation.CancelUpdateStackInput, ...options) (*cloudformation.CancelUpdateStackOutput, error)
	ContinueUpdateRollback(context.Context, *cloudformation.ContinueUpdateRollbackInput, ...options) (*cloudformation.ContinueUpdateRollbackOutput, error)
	RollbackStack(context.Context, *cloudformation.RollbackStackInput, ...options) (*cloudformation.RollbackStackOutput, error)
}

type diagnosis interface {
	DescribeEvents(context.Context, *cloudformation.DescribeEventsInput, ...options) (*cloudformation.DescribeEventsOutput, error)
	GetHookResult(context.Context, *cloudformation.GetHookResultInput, ...options) (*cloudformation.GetHookResultOutput, error)
}

// api is the part of CloudFormation that this package calls.
type api interface {
	stacks
	changeSets
	logs
	repairs
	diagnosis
}

// Client does operations on the stacks of one account and region. It may be used by
// several goroutines at once.
type Client struct {
	// Renew, when it is set, is asked for other credentials when those in use are
	// refused: it loads the configuration anew. It is set before the first call.
	Renew func(context.Context) (aws.CredentialsProvider, error)

	api        api
	connection connection
}

// New makes a client of a *cloudformation.Client, or of anything with those methods of
// it that are called here.
func New(cloud api) *Client {
	return &Client{api: cloud}
}

// method is a call of the API.
type method[In, Out any] = func(context.Context, *In, ...options) (*Out, error)

// call sends one request and waits at most replyLimit for the answer.
// When ctx has ended the error is its cause.
func call[In, Out any](ctx context.Context, c *Client, send method[In, Out], in *In) (*Out, error) {
	limited, cancel := context.WithTimeoutCause(ctx, replyLimit, errNoReply)
	defer cancel()
	out, err := send(limited, in, c.settings)
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case limited.Err() != nil:
		return nil, errNoReply
	}
	return nil, c.blameClock(err)
}

// insist repeats a call while its failure may pass, a bounded number of times, and
// once with credentials asked for anew when they are refused.
func insist[In, Out any](ctx context.Context, c *Client, send method[In, Out], in *In) (*Out, error) {
	pause, renewed := time.Second, false
	for attempt := 1; ; attempt++ {
		out, err := call(ctx, c, send, in)
		switch {
		case err == nil || ctx.Err() != nil || attempt == attempts:
			return out, err
		case classify(err) == expired && !renewed && c.renew(ctx):
			renewed = true
			continue
		case !passing(err):
			return out, err
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause = min(2*pause, 15*time.Second)
	}
}

// mutate is insist for a request that changes something: one that is under way is
// not cut off when ctx ends, so that nobody has to guess whether it took effect.
// The request carries a token, so that repeating it does nothing twice.
func mutate[In, Out any](ctx context.Context, c *Client, send method[In, Out], in *In) (*Out, error) {
	shielded := func(limited context.Context, in *In, set ...options) (*Out, error) {
		whole, cancel := context.WithTimeoutCause(context.WithoutCancel(limited), replyLimit, errNoReply)
		defer cancel()
		return send(whole, in, set...)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return insist(ctx, c, shielded, in)
}

// sleep waits for the time or for the end of ctx, whose cause it then returns.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// ourName is how the names begin that we give to change sets and requests of a kind.
func ourName(parts ...string) string {
	return strings.ToLower(strings.Join(append([]string{"metaflow-cfn"}, parts...), "-")) + "-"
}

// unique is a name that nobody else has, fit for change sets (letters, digits and
// hyphens) and request tokens (at most 128 characters).
func unique(parts ...string) string {
	var random [8]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	return ourName(parts...) + hex.EncodeToString(random[:])
}
