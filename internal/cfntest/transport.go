package cfntest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// socketLatency is the least time before an answer on a socket; see ownBody for what happens when the reply comes too soon.
const socketLatency = 5 * time.Millisecond

// Client is a CloudFormation client in memory, with the SDK's own retries. Inside a testing/synctest bubble, make it there.
func (s *Server) Client() *cloudformation.Client { return cloudformation.NewFromConfig(s.Config()) }

// Config is a configuration for clients in memory: static credentials, the server's region.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region:       s.opts.Region,
		BaseEndpoint: aws.String("http://cloudformation.test"),
		HTTPClient:   s.HTTPClient(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "secret"}, nil
		}),
	}
}

// HTTPClient reaches the server through net.Pipe whatever the address: no sockets, nothing to close. Each request has a connection of its own,
// so that no goroutine outlives it.
func (s *Server) HTTPClient() *http.Client {
	return &http.Client{Transport: ownBody{&http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			// Serve ends after the one connection; the connection's goroutine ends with the request.
			go func() { _ = (&http.Server{Handler: s}).Serve(&onePipe{conn: server}) }()
			return client, nil
		},
	}}}
}

// ownBody sends a copy of each request's body. The SDK closes the body as soon as the reply begins, and net/http, which may not have noticed yet
// that it sent all of it, then drops the connection; over a network this is rare, in memory it would be common.
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

// onePipe is a listener with one connection to give.
type onePipe struct{ conn net.Conn }

// Accept gives the pipe once, and then the end.
func (p *onePipe) Accept() (net.Conn, error) {
	if p.conn == nil {
		return nil, io.EOF
	}
	conn := p.conn
	p.conn = nil
	return conn, nil
}

// Close has nothing to close.
func (p *onePipe) Close() error { return nil }

// Addr is a name alone.
func (p *onePipe) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

// Network is pipe.
func (pipeAddr) Network() string { return "pipe" }

// String is pipe.
func (pipeAddr) String() string { return "pipe" }

// Start serves on a free port of 127.0.0.1 until the test ends and returns the URL, the value for AWS_ENDPOINT_URL.
func (s *Server) Start(t testing.TB) string {
	t.Helper()
	url, stop, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return url
}

// Listen serves on an address such as 127.0.0.1:4567 until stop is called; stop ends hanging calls too and waits for the server.
func (s *Server) Listen(addr string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("cfntest server: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, socketLatency) })}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) })
	stop = func() {
		_ = server.Close() // closes the connections, which cancels the contexts of the calls that hang
		done.Wait()
	}
	return "http://" + l.Addr().String(), stop, nil
}

// abort drops the connection without a word: with a reset on TCP, an end of file on a pipe.
func abort(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
