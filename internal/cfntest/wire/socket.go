package wire

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// socketLatency is the least time before an answer on a socket: ownBody tells what happens when a
// reply comes too soon, and clients on a socket are not ours.
const socketLatency = 5 * time.Millisecond

// Start serves on a free port of 127.0.0.1 until the test ends and returns the URL, the value for
// AWS_ENDPOINT_URL.
func (e *Endpoint) Start(t testing.TB) string {
	t.Helper()
	url, stop, err := e.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return url
}

// Listen serves on an address such as 127.0.0.1:4567 until stop is called; stop ends hanging calls
// too and waits for the server.
func (e *Endpoint) Listen(addr string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("cfntest server: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.serve(w, r, socketLatency)
	})}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) })
	stop = func() {
		_ = server.Close() // closes the connections, which cancels the contexts of hanging calls
		done.Wait()
	}
	return "http://" + l.Addr().String(), stop, nil
}

// abort drops the connection without an answer: a reset on TCP, an end of file on a pipe.
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
