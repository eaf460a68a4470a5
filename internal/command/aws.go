package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithy "github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
)

const (
	// credentialsLimit is how long the search for credentials may take. The last place, the
	// metadata service of an instance, does not answer elsewhere.
	credentialsLimit = 5 * time.Second
	// batchLimit is how long AWS Batch may take to say what is wrong.
	batchLimit = 5 * time.Second
	// grace is how long a call that begins an operation may take after a signal.
	grace = 900 * time.Millisecond
)

// account is the account and region that the command line and the environment choose.
type account struct {
	*deploy.Client

	id, region string
	config     aws.Config
}

// String returns the account and the region, for a question.
func (a account) String() string { return "account " + a.id + ", " + a.region }

// connect finds the region and the credentials and asks AWS for their account. Nothing
// before it uses the network.
func (e *env) connect(ctx context.Context) (account, error) {
	cfg, err := e.configuration(ctx)
	if err != nil {
		return account{}, &exitError{exitUnknown,
			fmt.Errorf("the AWS configuration cannot be read: %w", err), "Try: aws configure list"}
	}
	if cfg.Region == "" {
		return account{}, &exitError{exitUsage,
			errors.New("no region is set; wanted one like us-east-1"),
			"Set: --region REGION, AWS_REGION, or the region of the profile"}
	}
	look, cancel := context.WithTimeout(ctx, credentialsLimit)
	defer cancel()
	if _, err := cfg.Credentials.Retrieve(look); err != nil {
		if ctx.Err() != nil {
			return account{}, ctx.Err()
		}
		return account{}, &exitError{exitUnknown,
			fmt.Errorf("no AWS credentials: looked in AWS_ACCESS_KEY_ID, the shared config and "+
				"credentials files (AWS_PROFILE), web identity, container and instance metadata: %w",
				err),
			"Try: aws configure, aws sso login, or set AWS_PROFILE; then aws sts get-caller-identity"}
	}
	id, err := callerAccount(ctx, sts.NewFromConfig(cfg))
	if err != nil {
		return account{}, identityError(ctx, err)
	}
	client := deploy.New(cloudformation.NewFromConfig(cfg))
	client.Renew = func(ctx context.Context) (aws.CredentialsProvider, error) {
		fresh, err := e.configuration(ctx)
		return fresh.Credentials, err
	}
	return account{client, id, cfg.Region, cfg}, nil
}

// configuration reads the environment and the shared files. Credentials that it finds
// are redacted from then on.
func (e *env) configuration(ctx context.Context) (aws.Config, error) {
	var options []func(*config.LoadOptions) error
	if e.region != "" {
		options = append(options, config.WithRegion(e.region))
	}
	if e.verbose {
		log := func(kind logging.Classification, format string, args ...any) {
			e.Printf("SDK %s "+format, append([]any{kind}, args...)...)
		}
		options = append(options, config.WithClientLogMode(aws.LogRetries),
			config.WithLogger(logging.LoggerFunc(log)))
	}
	if e.http != nil {
		options = append(options, config.WithHTTPClient(e.http))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err == nil {
		cfg.Credentials = redactingProvider{cfg.Credentials, e.Secrets}
	}
	return cfg, err
}

// callerAccount returns the ID of the account of the credentials. It asks again when the
// reply is unreadable or empty: the SDK only repeats calls without a reply.
func callerAccount(ctx context.Context, client *sts.Client) (id string, err error) {
	for try := range 3 {
		if try > 0 && pause(ctx, time.Duration(try)*time.Second/2) != nil {
			break
		}
		var identity *sts.GetCallerIdentityOutput
		identity, err = client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if unreadable := (*smithy.DeserializationError)(nil); err != nil && !errors.As(err, &unreadable) {
			break
		}
		if err == nil && identity.Account != nil {
			return *identity.Account, nil
		}
		if err == nil {
			err = errors.New("the reply names no account")
		}
	}
	return "", err
}

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func identityError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return &exitError{exitUnknown,
			fmt.Errorf("AWS does not accept the credentials: %s: %s",
				refused.ErrorCode(), refused.ErrorMessage()),
			"Try: aws sso login, or another AWS_PROFILE; then aws sts get-caller-identity"}
	}
	if unsent := (*url.Error)(nil); errors.As(err, &unsent) {
		err = unsent // it names the endpoint; what is around it says less
	}
	return &exitError{exitUnknown, fmt.Errorf("AWS does not answer: %w", err),
		"Check the network, the proxy, AWS_ENDPOINT_URL; then try: aws sts get-caller-identity"}
}

// codeOf returns the exit code of a result of deploy.
func codeOf(r deploy.Result) int {
	switch r {
	case deploy.Succeeded:
		return exitOK
	case deploy.Invalid:
		return exitUsage
	case deploy.Failed:
		return exitFailed
	case deploy.Stuck:
		return exitStuck
	case deploy.Refused:
		return exitRefused
	case deploy.Running:
		return exitTimeout
	case deploy.CredentialsLost:
		return exitCredentials
	}
	return exitUnknown
}

// failed gives an error of deploy its exit code and the next command.
func failed(err error, next string) error {
	var d *deploy.Error
	if errors.As(err, &d) {
		return &exitError{codeOf(d.Result), err, next}
	}
	return err
}
