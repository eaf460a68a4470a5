package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// Client returns a CloudFormation client in memory, with the SDK's own retries. Inside a
// testing/synctest bubble, make it there.
func (e *Endpoint) Client() *cloudformation.Client {
	return cloudformation.NewFromConfig(e.Config())
}

// Config returns a configuration for clients in memory: static credentials, the server's region.
func (e *Endpoint) Config() aws.Config {
	return aws.Config{
		Region:       e.opts.Region,
		BaseEndpoint: aws.String("http://cloudformation.test"),
		HTTPClient:   e.HTTPClient(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "secret"}, nil
		}),
	}
}

// HTTPClient returns a client that reaches the server through net.Pipe whatever the address: no
// sockets, nothing to close. Each request has a connection of its own, so that no goroutine
// outlives it.
func (e *Endpoint) HTTPClient() *http.Client {
	return &http.Client{Transport: ownBody{&http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			// Serve ends after the one connection, whose goroutine ends with the request.
			go func() { _ = (&http.Server{Handler: e}).Serve(&onePipe{conn: server}) }()
			return client, nil
		},
	}}}
}

// ownBody sends a copy of each request's body. The SDK closes the body as soon as the reply begins,
// and net/http, which may not have noticed yet that it sent all of it, then drops the connection.
// Over a network this is rare, in memory it would be common.
type ownBody struct{ next http.RoundTripper }

// RoundTrip sends the request with a copy of its body.
func (o ownBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return o.next.RoundTrip(r)
}

// onePipe is a listener that accepts one connection.
type onePipe struct{ conn net.Conn }

// Accept returns the pipe once, then io.EOF.
func (p *onePipe) Accept() (net.Conn, error) {
	if p.conn == nil {
		return nil, io.EOF
	}
	conn := p.conn
	p.conn = nil
	return conn, nil
}

// Close does nothing: the connection closes itself.
func (p *onePipe) Close() error { return nil }

// Addr returns a name.
func (p *onePipe) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

// Network returns pipe.
func (pipeAddr) Network() string { return "pipe" }

// String returns pipe.
func (pipeAddr) String() string { return "pipe" }
