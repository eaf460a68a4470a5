package command

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// roleServer assumes every role, and hands all other calls to the server behind it.
type roleServer struct {
	mu      sync.Mutex
	assumed []url.Values // requests to assume a role, in order
	expires time.Duration
	behind  http.Handler
}

// startRoles starts the server before another one, and returns it with its URL.
func startRoles(t testing.TB, behind string) (*roleServer, string) {
	to, err := url.Parse(behind)
	if err != nil {
		t.Fatal(err)
	}
	s := &roleServer{behind: httputil.NewSingleHostReverseProxy(to), expires: time.Hour}
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	return s, front.URL
}

// ServeHTTP answers as STS does.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func (s *roleServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a broken request is answered with an error
	form, err := url.ParseQuery(string(body))
	action := form.Get("Action")
	if err != nil || !strings.HasPrefix(action, "AssumeRole") {
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.behind.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	s.assumed = append(s.assumed, form)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/xml")
	if form.Get("TokenCode") == "000000" {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>`+
			`Sender</Type><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with `+
			`invalid MFA one time pass code.</Message></Error><RequestId>r</RequestId></ErrorResponse>`)
		return
	}
	fmt.Fprintf(w, `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult>`+
		`<Credentials><AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>secretOfTheAssumedRole`+
		`</SecretAccessKey><SessionToken>tokenOfTheAssumedRole</SessionToken><Expiration>%[2]s`+
		`</Expiration></Credentials></%[1]sResult></%[1]sResponse>`,
		action, time.Now().Add(s.expires).UTC().Format(time.RFC3339))
}

// roles puts the server that assumes roles before that of a script. Its sessions last
// that long.
func roles(s *script, ts *testscript.TestScript, args []string) {
	var address string
	s.roles, address = startRoles(s.env.T().(testing.TB), ts.Getenv("AWS_ENDPOINT_URL"))
	expires, err := time.ParseDuration(args[0])
	ts.Check(err)
	s.roles.expires = expires
	ts.Setenv("AWS_ENDPOINT_URL", address)
}

// assumed checks the last request to assume a role.
func assumed(s *script, ts *testscript.TestScript, args []string) {
	s.roles.mu.Lock()
	defer s.roles.mu.Unlock()
	if got, want := len(s.roles.assumed), number(ts, args[0]); got != want {
		ts.Fatalf("roles were assumed %d times, want %d", got, want)
	}
	for _, arg := range args[1:] {
		name, want, _ := strings.Cut(arg, "=")
		if got := s.roles.assumed[len(s.roles.assumed)-1].Get(name); got != want {
			ts.Fatalf("%s is %q, want %q", name, got, want)
		}
	}
}
