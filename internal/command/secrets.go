package command

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// redacted stands for a secret.
const redacted = "[redacted]"

// shortestSecret is how long a value must be, in bytes, to be searched for: a
// shorter one would be found in innocent words.
const shortestSecret = 16

// secrets are the values that no output may show. The zero value knows what
// secrets look like and no value yet.
type secrets struct {
	mu     sync.Mutex
	values []string
}

// add takes note of values. Those of all credentials that were ever used stay.
func (s *secrets) add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		if len(v) >= shortestSecret && !slices.Contains(s.values, v) {
			s.values = append(s.values, v)
		}
	}
}

// forms are what secrets look like: the IDs of access keys, session tokens, and
// what signs a URL. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var forms = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b` +
		`|\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=_%-]{40,}` +
		`|(?i:\b(?:X-Amz-(?:Security-Token|Signature|Credential)|aws_secret_access_key|aws_session_token|SecretAccessKey|SessionToken)\b\\?["']?\s*[=:]\s*\\?["']?)[^\s&"'\\,;]+`)
})

// hide is the text without secrets. A text that is JSON stays so: quotes around a
// secret, escaped or not, are kept at its end.
func (s *secrets) hide(text string) string {
	s.mu.Lock()
	for _, v := range s.values {
		text = strings.ReplaceAll(text, v, redacted)
	}
	s.mu.Unlock()
	return forms().ReplaceAllString(text, redacted)
}

// watched are credentials whose values become known as secrets when they are read.
type watched struct {
	aws.CredentialsProvider
	secrets *secrets
}

// Invalidate lets the next Retrieve look anew, where the provider keeps what it found.
func (w watched) Invalidate() {
	if cache, ok := w.CredentialsProvider.(interface{ Invalidate() }); ok {
		cache.Invalidate()
	}
}

// Retrieve is that of the provider; what it gives becomes known as secret.
func (w watched) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := w.CredentialsProvider.Retrieve(ctx)
	w.secrets.add(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
	return c, err
}
