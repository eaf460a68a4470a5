package deploy

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

func TestControlCharactersInReasons(t *testing.T) {
	const reason = "a \x1b[31mred\x00 \u009b reason\t\x07"
	for name, raw := range map[string]bool{"as references": false, "as raw bytes": true} {
		inAccount(t, name, cfntest.Options{RawControls: raw}, func(a *account) {
			a.FailCreate("Role", reason)
			o, notes := a.deploy()
			expect(a.T, "result", o.Result, Failed)
			expect(a.T, "cause", o.Cause.Reason, "a \\u001b[31mred\\u0000 \u009b reason\t\\u0007")
			expect(a.T, "notes", notes, []string(nil))
		})
	}
}

func TestScrub(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"plain é 漢 \U0001f600 &amp; &#65; &#x1F600;", "plain é 漢 \U0001f600 &amp; &#65; &#x1F600;"},
		{"\t\r\n", "\t\r\n"},
		{"&#x1B;&#27;&#0;&#xD800;&#xFFFE;", `\u001b\u001b\u0000\ud800\ufffe`},
		{"&#x110000;&#1114111;", `\u110000&#1114111;`},
		{"\x1b\x00\x7f\u0085\ufffe", `\u001b\u0000` + "\x7f\u0085" + `\ufffe`},
		{"bad \xff\xc3 bytes", "bad \ufffd\ufffd bytes"},
		{"\ufffd is legal", "\ufffd is legal"},
		{"&# &#; &#x; &#zz; & &#27", "&# &#; &#x; &#zz; & &#27"},
	} {
		expect(t, c.raw, string(scrub([]byte(c.raw))), c.want)
	}
}

// What was scrubbed is accepted by the decoder, whatever it was, but for a reference
// or a tag that is malformed.
func FuzzScrub(f *testing.F) {
	for _, seed := range []string{"plain", "\x00\x1b", "&#x1B;&#0;", "\xff\ufffe", "&#xD800;"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean := scrub(raw)
		if string(scrub(clean)) != string(clean) {
			t.Errorf("%q is not clean", clean)
		}
		decoder := xml.NewDecoder(strings.NewReader("<r>" + string(clean) + "</r>"))
		decoder.Strict = false     // malformed references pass
		for range len(clean) + 3 { // it may not end where it does not care for errors
			_, err := decoder.Token()
			if err == nil {
				continue
			}
			if strings.Contains(err.Error(), "illegal character") || strings.Contains(err.Error(), "invalid UTF-8") {
				t.Errorf("%q: %v", clean, err)
			}
			return
		}
	})
}

func TestABrokenReplyStaysBroken(t *testing.T) {
	reply := &smithyhttp.Response{Response: &http.Response{StatusCode: 200,
		Body: io.NopCloser(io.MultiReader(strings.NewReader("half"), failing{io.ErrUnexpectedEOF}))}}
	expect(t, "scrubbed", scrubBody(reply), error(nil))
	text, err := io.ReadAll(reply.Body)
	expect(t, "text", string(text), "half")
	expect(t, "error", errors.Is(err, io.ErrUnexpectedEOF), true)
}

// provider hands out a key and counts how often it is asked. The SDK asks it on a
// goroutine of its own.
type provider struct {
	mutex sync.Mutex
	key   string
	asked int
}

func (p *provider) Retrieve(context.Context) (aws.Credentials, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.asked++
	return aws.Credentials{AccessKeyID: p.key, SecretAccessKey: "secret"}, nil
}

// become changes the key that is handed out from now on.
func (p *provider) become(key string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.key = key
}

// count returns how often the provider was asked.
func (p *provider) count() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.asked
}

// withKey gives the account a client with credentials that the SDK caches.
func (a *account) withKey(p *provider) {
	config := a.Config()
	config.Credentials = aws.NewCredentialsCache(p)
	a.client = New(cloudformation.NewFromConfig(config))
}

func TestExpiredCredentials(t *testing.T) {
	inAccount(t, "the source has others by now", cfntest.Options{}, func(a *account) {
		source := &provider{key: "OLD"}
		a.withKey(source)
		p, err := a.plan()
		if err != nil {
			a.Fatal(err)
		}
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		time.AfterFunc(5*time.Second, func() { a.ExpireKey("OLD"); source.become("NEW") })
		_, notes := a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
		expect(a.T, "asked", source.count(), 2)
		expect(a.T, "note", strings.HasPrefix(notes[0], "the credentials are not accepted any more"), true)
	})
	inAccount(t, "the configuration has others by now", cfntest.Options{}, func(a *account) {
		a.withKey(&provider{key: "OLD"})
		reloads := 0
		a.client.Renew = func(context.Context) (aws.CredentialsProvider, error) {
			if reloads++; reloads < 3 {
				return nil, errors.New("no login")
			}
			return aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("NEW", "secret", "")), nil
		}
		p, err := a.plan()
		if err != nil {
			a.Fatal(err)
		}
		op, err := a.client.Execute(a.Context(), p)
		if err != nil {
			a.Fatal(err)
		}
		time.AfterFunc(5*time.Second, func() { a.ExpireKey("OLD") })
		a.follow(op)
		expect(a.T, "result", op.Outcome().Result, Succeeded)
		expect(a.T, "reloads", reloads, 3)
	})
}

func TestExpiredCredentialsOutsideTheWait(t *testing.T) {
	inAccount(t, "before anything was asked for", cfntest.Options{}, func(a *account) {
		a.withKey(&provider{key: "OLD"})
		a.ExpireKey("OLD")
		_, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "reason", strings.Contains(err.Error(), "missing, expired or not valid"), true)
		expect(a.T, "calls", a.calls("DescribeStacks"), 2)
		a.client.Renew = func(context.Context) (aws.CredentialsProvider, error) {
			return credentials.NewStaticCredentialsProvider("NEW", "secret", ""), nil
		}
		expect(a.T, "exists", a.stack("flow").Exists(), false)
	})
}

func TestWrongClock(t *testing.T) {
	inAccount(t, "noticed", cfntest.Options{}, func(a *account) {
		a.SkewClock(15 * time.Minute)
		_, notes := a.deploy()
		expect(a.T, "skew", a.client.Skew().Round(time.Minute), -15*time.Minute)
		expect(a.T, "notes", len(notes) > 0 && strings.Contains(notes[0], "behind CloudFormation's"), true)
	})
	inAccount(t, "blamed for a refusal", cfntest.Options{}, func(a *account) {
		a.SkewClock(-15 * time.Minute)
		a.FaultError("DescribeStacks", 403, "SignatureDoesNotMatch", "Signature not yet current")
		_, err := a.client.Stack(a.Context(), "flow")
		expect(a.T, "error", strings.Contains(err.Error(), "clock is 15m"), true)
		expect(a.T, "error", strings.Contains(err.Error(), "ahead of CloudFormation's; set it"), true)
		a.SkewClock(0)
		_, err = a.client.Stack(a.Context(), "flow")
		expect(a.T, "error", strings.Contains(err.Error(), "clock"), false)
	})
}
