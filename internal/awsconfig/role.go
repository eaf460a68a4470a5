package awsconfig

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// assumeRole makes the SDK ask for the MFA code of a role, and assume the role at the
// configured endpoint.
func (s *Source) assumeRole(o *stscreds.AssumeRoleOptions, endpoint func() *string) {
	if o.SerialNumber != nil {
		serial := *o.SerialNumber
		o.TokenProvider = func() (string, error) { return s.code(serial) }
	}
	if o.Client != nil {
		o.Client = roleClient{o.Client, endpoint}
	}
}

// roleClient assumes roles at AWS_ENDPOINT_URL. The SDK makes its own client before it
// knows that endpoint (aws-sdk-go-v2#2802), which would then call AWS itself.
type roleClient struct {
	stscreds.AssumeRoleAPIClient
	endpoint func() *string
}

// AssumeRole calls the same method of STS.
func (c roleClient) AssumeRole(
	ctx context.Context, in *sts.AssumeRoleInput, options ...func(*sts.Options),
) (*sts.AssumeRoleOutput, error) {
	return c.AssumeRoleAPIClient.AssumeRole(ctx, in, append(options, at(c.endpoint))...)
}

// webIdentityClient does the same for the token of a web identity.
type webIdentityClient struct {
	stscreds.AssumeRoleWithWebIdentityAPIClient
	endpoint func() *string
}

// AssumeRoleWithWebIdentity calls the same method of STS.
func (c webIdentityClient) AssumeRoleWithWebIdentity(
	ctx context.Context, in *sts.AssumeRoleWithWebIdentityInput, options ...func(*sts.Options),
) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	return c.AssumeRoleWithWebIdentityAPIClient.AssumeRoleWithWebIdentity(
		ctx, in, append(options, at(c.endpoint))...)
}

// at makes a call go to an endpoint, unless STS has its own (AWS_ENDPOINT_URL_STS).
func at(endpoint func() *string) func(*sts.Options) {
	return func(o *sts.Options) {
		if o.BaseEndpoint == nil {
			o.BaseEndpoint = endpoint()
		}
	}
}
