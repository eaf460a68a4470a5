package awsconfig

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestStray(t *testing.T) {
	for _, c := range []struct {
		value  string
		spaces bool
		want   string
	}{
		{"us-east-1", false, ""},
		{"", false, ""},
		{"it's", false, ""}, // a quote inside may be meant
		{"größe", false, ""},
		{"my dev", true, ""},
		{"my dev", false, "a space inside"},
		{" my dev", true, "a space at its beginning"},
		{"dev\u00a0x", true, "the invisible character U+00A0 inside"},
		{"x\u200b", false, "the invisible character U+200B at its end"},
		{"”x", false, "a quote (”) at its beginning"},
		{"x\r", false, "a carriage return at its end, as files of Windows have"},
	} {
		if got := stray(c.value, c.spaces); got != c.want {
			t.Errorf("%q has %q, want %q", c.value, got, c.want)
		}
	}
}

// TestBrokenAnswer tells a reply of AWS that breaks off from one of something else
// (docs/field-reports.md).
func TestBrokenAnswer(t *testing.T) {
	for text, foreign := range map[string]bool{
		"<html>" + strings.Repeat("x", 300):                      true,
		"<GetCallerIdentityResponse>" + strings.Repeat("x", 300): false,
		"<ht": false, // too little to know
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write([]byte(text)) // the client shows whether it came
		}))
		t.Cleanup(server.Close)
		s := source(t, server.URL, "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
		t.Setenv("AWS_MAX_ATTEMPTS", "1")
		_, err := s.Open(t.Context())
		if got := errors.As(err, new(*answerError)); err == nil || got != foreign {
			t.Errorf("%.30s: something else answers: %v, %v", text, got, err)
		}
	}
}

// TestWord quotes profiles in the commands that are shown: their names may have spaces.
func TestWord(t *testing.T) {
	for value, want := range map[string]string{
		"dev": "dev", "my dev": "'my dev'", "a'b": `'a'\''b'`, "$x": "'$x'",
	} {
		if got := Word(value); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
}

func TestRegion(t *testing.T) {
	for _, name := range append(append(alwaysEnabled(), others()...), "us-iso-east-1",
		"eusc-de-east-1") {
		if !isRegion(name) {
			t.Errorf("%s is not a region", name)
		}
	}
	for name, question := range map[string]string{
		"us-east-1a": "us-east-1", "US-EAST-1": "us-east-1", "eu-west1": "eu-west-1",
		"us-gov-west-1b": "us-gov-west-1", "aws-global": "", "nowhere": "", "us-east": "us-east-1",
	} {
		if isRegion(name) {
			t.Errorf("%s is a region", name)
		}
		if got := meant(name); !strings.Contains(got, question) || (got == "") != (question == "") {
			t.Errorf("%s: %q, want %q", name, got, question)
		}
	}
	for name, want := range map[string]bool{
		"us-east-1": false, "af-south-1": true, "xx-new-1": true, "cn-north-1": false,
		"us-gov-west-1": false, "us-isob-east-1": false, "eusc-de-east-1": false,
	} {
		if optIn(name) != want {
			t.Errorf("%s: opt-in is %v", name, !want)
		}
	}
}

// TestUnknownRegion names the region first when the endpoint that AWS would have is not
// known.
func TestUnknownRegion(t *testing.T) {
	missing := &net.DNSError{Err: "no such host", Name: "sts.us-east-9.amazonaws.com",
		IsNotFound: true}
	for region, want := range map[string]string{
		"us-east-9": "Check the region us-east-9 (did you mean us-east-1?), the network, the proxy; ",
		"us-east-1": "Check the region us-east-1, the network, the proxy; ",
	} {
		if got := noAnswer(aws.Config{Region: region}, missing).Next; !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", region, got, want)
		}
	}
	own := aws.Config{Region: "us-east-9", BaseEndpoint: aws.String("http://localhost:1")}
	if got := noAnswer(own, missing).Next; strings.Contains(got, "region") {
		t.Errorf("an endpoint of one's own: %q", got)
	}
}

func TestProxy(t *testing.T) {
	for value, want := range map[string]bool{
		"http://proxy:8080": true, "https://a:b%25@proxy/": true, "proxy:8080": true,
		"10.0.0.1:3128": true, "socks5://localhost:1080": true,
		"http://us%er:pw@proxy": false, "ftp://proxy": false, "http//proxy:1": false, "http://": false,
	} {
		if isProxy(value) != want {
			t.Errorf("%q can be used: %v", value, !want)
		}
	}
}

// source is a source of a home of its own, with a config file.
func source(t *testing.T, endpoint, file string) *Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_CA_BUNDLE": "",
		"AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true", "HTTPS_PROXY": "",
		"https_proxy": "", "HTTP_PROXY": "", "http_proxy": "",
	} {
		t.Setenv(name, value)
	}
	return &Source{Note: func(string, ...any) {}, Secret: func(...string) {}}
}

const mfaProfile = `[default]
role_arn = arn:aws:iam::123456789012:role/flows
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/ana
[profile base]
aws_access_key_id = AKIDTEST
aws_secret_access_key = wJalrXUtnFEMIK7MDENG
`

// stsReplies answers AssumeRole with a session that has nearly ended, and
// GetCallerIdentity.
func stsReplies(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		result := "<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>"
		action := r.FormValue("Action")
		if action == "AssumeRole" {
			result = "<AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s" +
				"</SecretAccessKey><SessionToken>t</SessionToken><Expiration>" +
				time.Now().Add(time.Second).UTC().Format(time.RFC3339) +
				"</Expiration></Credentials></AssumeRoleResult>"
		}
		reply := "<" + action + "Response>" + result + "</" + action + "Response>"
		if _, err := w.Write([]byte(reply)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestOneCode asks for one MFA code, at the beginning: later, when the session has ended,
// the credentials are lost and nothing waits for a person.
func TestOneCode(t *testing.T) {
	s := source(t, stsReplies(t), mfaProfile)
	asked := 0
	s.Ask = func(_ context.Context, question string) (string, error) {
		asked++
		if want := "MFA code for arn:aws:iam::123456789012:mfa/ana (profile default):"; question != want {
			t.Errorf("asked %q, want %q", question, want)
		}
		return "987654", nil
	}
	access, err := s.Open(t.Context())
	if err != nil || access.Account != "123456789012" {
		t.Fatalf("%+v, %v", access, err)
	}
	time.Sleep(1100 * time.Millisecond)
	fresh, err := s.Reload(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, provider := range []aws.CredentialsProvider{access.Config.Credentials, fresh} {
		if _, err := provider.Retrieve(t.Context()); !errors.Is(err, errLateCode) {
			t.Errorf("the error is %v", err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestInterruptedQuestion ends with the question, once the terminal is as it was.
func TestInterruptedQuestion(t *testing.T) {
	s := source(t, "http://127.0.0.1:1", mfaProfile)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stop, restored := errors.New("stop"), false
		s.Ask = func(ctx context.Context, _ string) (string, error) {
			cancel(stop)
			<-ctx.Done()
			time.Sleep(time.Second)
			restored = true
			return "", ctx.Err()
		}
		if _, err := s.Open(ctx); !errors.Is(err, stop) || !restored {
			t.Errorf("the error is %v; the terminal is as it was: %v", err, restored)
		}
	})
}

// TestPatience gives a person all the time that it takes, a helper a minute, and a search
// that does not end 75 s.
func TestPatience(t *testing.T) {
	s := source(t, "http://127.0.0.1:1", "")
	var notes atomic.Int64 // counted by a timer
	s.Note = func(string, ...any) { notes.Add(1) }
	from := origin{env: true}
	for name, c := range map[string]struct {
		retrieve func(context.Context) (aws.Credentials, error)
		took     time.Duration
		fails    bool
		notes    int64
	}{
		"a helper of a minute": {func(context.Context) (aws.Credentials, error) {
			time.Sleep(time.Minute)
			return aws.Credentials{}, nil
		}, time.Minute, false, 1},
		"a person": {func(context.Context) (aws.Credentials, error) {
			_, err := s.code("serial")
			return aws.Credentials{}, err
		}, time.Hour, false, 0},
		"no end": {func(ctx context.Context) (aws.Credentials, error) {
			<-ctx.Done()
			return aws.Credentials{}, ctx.Err()
		}, searchLimit, true, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			notes.Store(0)
			s.Ask = func(context.Context, string) (string, error) { time.Sleep(time.Hour); return "1", nil }
			begun := time.Now()
			cfg := aws.Config{Credentials: aws.CredentialsProviderFunc(c.retrieve)}
			_, err := s.retrieve(t.Context(), cfg, from)
			if (err != nil) != c.fails || time.Since(begun) != c.took || notes.Load() != c.notes {
				t.Errorf("%s: %v after %s, %d notes", name, err, time.Since(begun), notes.Load())
			}
		})
	}
}
