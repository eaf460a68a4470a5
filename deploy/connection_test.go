package deploy

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

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

// provider returns a key and counts how often it is asked. The SDK asks it on its own goroutine.
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

// become changes the key that is returned from now on.
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
		expect(a.T, "note", strings.HasPrefix(notes[0], "the credentials are no longer accepted"),
			true)
	})
	inAccount(t, "the configuration has others by now", cfntest.Options{}, func(a *account) {
		a.withKey(&provider{key: "OLD"})
		reloads := 0
		a.client.Renew = func(context.Context) (aws.CredentialsProvider, error) {
			if reloads++; reloads < 3 {
				return nil, errors.New("no login")
			}
			return aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("NEW", "secret",
				"")), nil
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
		expect(a.T, "notes", len(notes) > 0 && strings.Contains(notes[0], "behind CloudFormation's"),
			true)
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
