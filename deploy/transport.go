package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// clockTolerance is how wrong the local clock may be. AWS refuses signatures that are
// five minutes off, and the measure is coarse.
const clockTolerance = 4*time.Minute + 30*time.Second

// connection is what a client has learned about its connection.
type connection struct {
	mutex       sync.Mutex
	skew        time.Duration           // of the local clock against the server's, at the last reply
	credentials aws.CredentialsProvider // that take the place of the configured ones, nil for none
}

// Skew is how far the local clock is ahead of CloudFormation's, to a second or so, as
// the last reply told. It is for people to read; nothing here is decided by it.
func (c *Client) Skew() time.Duration {
	c.connection.mutex.Lock()
	defer c.connection.mutex.Unlock()
	return c.connection.skew
}

// settings are put on every call: replies are made readable before they are decoded, the
// server's clock is noticed, and credentials that were renewed are used.
func (c *Client) settings(o *cloudformation.Options) {
	c.connection.mutex.Lock()
	defer c.connection.mutex.Unlock()
	if c.connection.credentials != nil {
		o.Credentials = c.connection.credentials
	}
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("metaflow-cfn", c.receive), middleware.After)
	})
}

// receive is the first to see a reply.
func (c *Client) receive(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	reply, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok || reply == nil {
		return out, metadata, err
	}
	if date, err := http.ParseTime(reply.Header.Get("Date")); err == nil {
		c.connection.mutex.Lock()
		c.connection.skew = time.Since(date).Truncate(time.Second)
		c.connection.mutex.Unlock()
	}
	if err == nil && reply.Body != nil {
		err = scrubBody(reply)
	}
	return out, metadata, err
}

// renew makes the SDK ask for credentials again instead of using those that it keeps,
// and says whether that may bring other ones.
func (c *Client) renew(ctx context.Context) bool {
	c.connection.mutex.Lock()
	provider := c.connection.credentials
	c.connection.mutex.Unlock()
	if holder, ok := c.api.(interface{ Options() cloudformation.Options }); ok && provider == nil {
		provider = holder.Options().Credentials
	}
	cache, renewed := provider.(interface{ Invalidate() })
	if renewed {
		cache.Invalidate()
	}
	if c.Renew == nil {
		return renewed
	}
	fresh, err := c.Renew(ctx)
	if err != nil || fresh == nil {
		return renewed
	}
	c.connection.mutex.Lock()
	defer c.connection.mutex.Unlock()
	c.connection.credentials = fresh
	return true
}

// clockError is a refusal for which a wrong local clock is to blame.
type clockError struct {
	err  error
	skew time.Duration
}

// Error is that of the refusal.
func (e *clockError) Error() string { return e.err.Error() }

// Unwrap is the refusal.
func (e *clockError) Unwrap() error { return e.err }

// wrongClock is what to tell the user of a clock that is off, "" when it is right.
func wrongClock(skew time.Duration) string {
	direction := "ahead of"
	if skew < 0 {
		skew, direction = -skew, "behind"
	}
	if skew < clockTolerance {
		return ""
	}
	return fmt.Sprintf("this machine's clock is %s %s CloudFormation's", skew, direction)
}

// blameClock adds to a refusal of the credentials that the clock is wrong, if it is.
func (c *Client) blameClock(err error) error {
	var known *clockError
	if errors.As(err, &known) || classify(err) != expired || wrongClock(c.Skew()) == "" {
		return err
	}
	return &clockError{err, c.Skew()}
}

// scrubBody makes visible text of everything in a reply that is no character of XML.
// Go's decoder refuses the whole of a reply for one such character, and services quote
// whatever they find in their reasons. Nothing at all is no reply: each has at least
// the ID of its request, and a decoder would take it for a list that is empty.
func scrubBody(reply *smithyhttp.Response) error {
	raw, err := io.ReadAll(reply.Body)
	if err == nil && len(raw) == 0 && reply.StatusCode == http.StatusOK {
		return errEmptyReply
	}
	var text io.Reader = bytes.NewReader(scrub(raw))
	if err != nil {
		text = io.MultiReader(text, failing{err})
	}
	reply.Body = struct {
		io.Reader
		io.Closer
	}{text, reply.Body}
	return nil
}

type failing struct{ err error }

// Read fails.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// scrub writes control characters, raw or as a reference like &#x1B;, as \u001b, and
// U+FFFD for bytes that are no UTF-8.
func scrub(raw []byte) []byte {
	clean := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		n, length := reference(raw)
		switch {
		case length > 0 && !legal(n):
			clean, size = fmt.Appendf(clean, `\u%04x`, n), length
		case r == utf8.RuneError && size == 1:
			clean = utf8.AppendRune(clean, utf8.RuneError)
		case !legal(uint64(r)):
			clean = fmt.Appendf(clean, `\u%04x`, r)
		default:
			clean = append(clean, raw[:size]...)
		}
		raw = raw[size:]
	}
	return clean
}

// reference reads a character reference at the beginning of the text. The length is 0
// when there is none.
func reference(text []byte) (n uint64, length int) {
	const longest = len("&#1114111;")
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end < 0 || !bytes.HasPrefix(text, []byte("&#")) {
		return 0, 0
	}
	digits, base := text[2:end], 10
	if bytes.HasPrefix(digits, []byte("x")) {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil {
		return 0, 0
	}
	return n, end + 1
}

// legal says whether a character may stand in a document ("Char" in XML 1.0).
func legal(n uint64) bool {
	switch {
	case n == '\t', n == '\n', n == '\r':
		return true
	}
	return n >= 0x20 && n <= 0xD7FF || n >= 0xE000 && n <= 0xFFFD || n >= 0x10000 && n <= 0x10FFFF
}
