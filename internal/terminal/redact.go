package terminal

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// redacted replaces a secret.
const redacted = "[redacted]"

// minSecret is how long a value must be, in bytes, to be searched for: a shorter
// one would be found in ordinary words.
const minSecret = 16

// Secrets are the values that no output may show. The zero value knows the
// patterns of secrets and no value yet.
type Secrets struct {
	mu     sync.Mutex
	values []string
}

// Add notes values to redact. Those of all credentials that were ever used stay.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		if len(v) >= minSecret && !slices.Contains(s.values, v) {
			s.values = append(s.values, v)
		}
	}
}

// secretPatterns returns the expression that finds access key IDs, session tokens, the
// parameters that sign a URL, and what stands before the last @ of a URL's host: name
// and password, which may themselves hold an @ or a %.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
var secretPatterns = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b` +
		`|\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=_%-]{40,}` +
		`|(?i:(?:X-Amz-(?:Security-Token|Signature|Credential)` +
		`|\baws_secret_access_key|\baws_session_token|\bSecretAccessKey|\bSessionToken)\b` +
		`\\?["']?\s*(?:[=:]|%3D)\s*\\?["']?)[^\s&"'\\,;]+` +
		`|(://)[^\s"'<>\\]*(@)`)
})

// Redact returns the text without secrets. JSON stays valid: quotes around a
// secret, escaped or not, are kept at its end.
func (s *Secrets) Redact(text string) string {
	s.mu.Lock()
	for _, v := range s.values {
		text = strings.ReplaceAll(text, v, redacted)
	}
	s.mu.Unlock()
	return secretPatterns().ReplaceAllString(text, "${1}"+redacted+"${2}")
}
