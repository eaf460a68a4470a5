package command

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/metaflow-cfn/metaflow-cfn/internal/terminal"
)

// redactingProvider is a provider of credentials whose values are redacted in all
// output from the moment they are read.
type redactingProvider struct {
	aws.CredentialsProvider
	secrets *terminal.Secrets
}

// Invalidate makes the next Retrieve look again, if the provider caches.
func (p redactingProvider) Invalidate() {
	if cache, ok := p.CredentialsProvider.(interface{ Invalidate() }); ok {
		cache.Invalidate()
	}
}

// Retrieve returns the provider's credentials and notes them as secrets.
func (p redactingProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := p.CredentialsProvider.Retrieve(ctx)
	p.secrets.Add(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
	return c, err
}
