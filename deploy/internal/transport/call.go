// Package transport calls CloudFormation through the SDK, knows what a failed call
// means, and knows nothing else.
//
//   - Call sends one request, Retry repeats it while the failure may pass, and Mutate
//     does so for a request that changes something, which is never cut off half-way;
//   - Classify returns what a failure means, Describe its text;
//   - a Connection makes replies readable that Go's XML decoder would refuse, notices
//     a wrong local clock, and replaces credentials that have expired.
package transport

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

const (
	// ReplyLimit is the time for one call, with the SDK's own retries.
	ReplyLimit = 30 * time.Second
	// MaxPages bounds a list that does not end.
	MaxPages = 200

	silence     = 5 * time.Second  // after which waiting is reported
	maxAttempts = 6                // of Retry: 1+2+4+8+15 s between them
	maxPause    = 15 * time.Second // between two attempts
)

// errNoReply is the failure of a call that was not answered in time.
var errNoReply = errors.New("no reply within " + ReplyLimit.String())

// ErrEmptyReply is the failure of a call whose reply lacks what was asked for.
var ErrEmptyReply = errors.New("the reply is empty")

// Option is a setting of the SDK for one call.
type Option = func(*cloudformation.Options)

// Method is a method of the SDK's client.
type Method[In, Out any] = func(context.Context, *In, ...Option) (*Out, error)

// Call sends one request and waits at most ReplyLimit for the answer.
// When ctx has ended the error is its cause.
func Call[In, Out any](
	ctx context.Context, c *Connection, send Method[In, Out], in *In,
) (*Out, error) {
	limited, cancel := context.WithTimeoutCause(ctx, ReplyLimit, errNoReply)
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

// Retry repeats a call while its failure is temporary, a bounded number of times. When
// the credentials are refused it renews them once.
func Retry[In, Out any](
	ctx context.Context, c *Connection, send Method[In, Out], in *In,
) (*Out, error) {
	pause, renewed := time.Second, false
	var last atomic.Value // text of the failure before
	last.Store("no reply yet")
	report := time.AfterFunc(silence, func() { c.report(nameOf(in), last.Load().(string)) })
	defer report.Stop()
	for attempt := 1; ; attempt++ {
		out, err := Call(ctx, c, send, in)
		switch {
		case err == nil || ctx.Err() != nil || attempt == maxAttempts:
			return out, err
		case Classify(err) == Expired && !renewed && c.Renew(ctx):
			renewed = true
			continue
		case !Temporary(err):
			return out, err
		}
		last.Store(Describe(err))
		if err := Sleep(ctx, pause); err != nil {
			return nil, err
		}
		pause = min(2*pause, maxPause)
	}
}

// nameOf returns the name of a call by the type of its input.
func nameOf(in any) string {
	name := fmt.Sprintf("%T", in) // *cloudformation.DescribeStacksInput
	return strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], "Input")
}

// Mutate is Retry for a request that changes something. A request that is under way is
// not cut off when ctx ends, so that its effect is always known. The request carries a
// token, so that repeating it does nothing twice.
func Mutate[In, Out any](
	ctx context.Context, c *Connection, send Method[In, Out], in *In,
) (*Out, error) {
	shielded := func(limited context.Context, in *In, set ...Option) (*Out, error) {
		whole, cancel := context.WithTimeoutCause(
			context.WithoutCancel(limited), ReplyLimit, errNoReply)
		defer cancel()
		return send(whole, in, set...)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return Retry(ctx, c, shielded, in)
}

// Sleep waits for d or for the end of ctx, whose cause it then returns.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
