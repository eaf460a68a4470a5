package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// clockTolerance is how wrong the local clock may be. AWS refuses signatures that are
// five minutes off, and the Date header is exact to a second only.
const clockTolerance = 4*time.Minute + 30*time.Second

// Connection is the state that the calls of one client share. It may be used by several
// goroutines at once.
type Connection struct {
	reload  func(context.Context) (aws.CredentialsProvider, error)
	waiting func(call, why string)

	mutex       sync.Mutex
	skew        time.Duration           // of the local clock against the server's, at the last reply
	credentials aws.CredentialsProvider // that the calls use; nil for those of the SDK's client
	configured  aws.CredentialsProvider // those of the SDK's client, nil when they are not known
}

// New returns a connection of an SDK client with the configured credentials, which may
// be nil. reload loads other credentials; it may return nil when it has none. waiting is
// called when Retry or Mutate has waited for silence, with the name of the call and why; it
// may be nil too.
func New(
	configured aws.CredentialsProvider,
	reload func(context.Context) (aws.CredentialsProvider, error),
	waiting func(call, why string),
) *Connection {
	return &Connection{configured: configured, reload: reload, waiting: waiting}
}

// report says what a call waits for, where somebody listens.
func (c *Connection) report(call, why string) {
	if c.waiting != nil {
		c.waiting(call, why)
	}
}

// Skew returns how far the local clock is ahead of the server's, to a second or so,
// according to the last reply. It is for people to read; no decision depends on it.
func (c *Connection) Skew() time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.skew
}

// settings makes a call use renewed credentials and pass its reply through receive.
func (c *Connection) settings(o *cloudformation.Options) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.credentials != nil {
		o.Credentials = c.credentials
	}
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(
			middleware.DeserializeMiddlewareFunc("metaflow-cfn", c.receive), middleware.After)
	})
}

// receive sees a reply before it is decoded: it notices the server's clock and makes
// the body readable.
func (c *Connection) receive(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	reply, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok || reply == nil {
		return out, metadata, err
	}
	if date, err := http.ParseTime(reply.Header.Get("Date")); err == nil {
		c.mutex.Lock()
		c.skew = time.Since(date).Truncate(time.Second)
		c.mutex.Unlock()
	}
	if err == nil && reply.Body != nil {
		err = scrubBody(reply)
	}
	return out, metadata, err
}

// Renew makes the SDK ask for credentials again instead of using those that it caches,
// and reports whether that may bring other ones.
func (c *Connection) Renew(ctx context.Context) bool {
	c.mutex.Lock()
	provider := c.credentials
	if provider == nil {
		provider = c.configured
	}
	c.mutex.Unlock()
	cache, renewed := provider.(interface{ Invalidate() })
	if renewed {
		cache.Invalidate()
	}
	if c.reload == nil {
		return renewed
	}
	fresh, err := c.reload(ctx)
	if err != nil || fresh == nil {
		return renewed
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.credentials = fresh
	return true
}

// ClockError is a refusal of the credentials that a wrong local clock explains.
type ClockError struct {
	Warning string // for the user, about the clock
	err     error
}

// Error returns the text of the refusal.
func (e *ClockError) Error() string { return e.err.Error() }

// Unwrap returns the refusal.
func (e *ClockError) Unwrap() error { return e.err }

// ClockWarning returns a warning for the user when the clock is wrong, else "".
func (c *Connection) ClockWarning() string {
	skew, direction := c.Skew(), "ahead of"
	if skew < 0 {
		skew, direction = -skew, "behind"
	}
	if skew < clockTolerance {
		return ""
	}
	return fmt.Sprintf("this machine's clock is %s %s CloudFormation's", skew, direction)
}

// blameClock adds to a refusal of the credentials that the clock is wrong, if it is.
func (c *Connection) blameClock(err error) error {
	var known *ClockError
	warning := c.ClockWarning()
	if errors.As(err, &known) || Classify(err) != Expired || warning == "" {
		return err
	}
	return &ClockError{warning, err}
}
