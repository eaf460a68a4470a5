package awsconfig

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	smithy "github.com/aws/smithy-go"
)

const (
	// searchLimit is how long the search for credentials may take. It is longer than the
	// minute that the SDK gives to a credential_process, whose message says more. The SDK
	// itself ends a call to the metadata service of an instance after 5 s.
	searchLimit = 75 * time.Second
	// silence is how long the search continues before a message says what it waits for.
	silence = 5 * time.Second
)

var (
	errLongSearch = errors.New("nothing came within " + searchLimit.String())
	errNoTerminal = errors.New("an MFA code is needed, and there is no terminal to ask on")
	errLateCode   = errors.New("its session has ended, and an MFA code is asked for only at the " +
		"beginning")
)

// search is a search for credentials that is under way. A question stops its clock.
type search struct {
	ctx          context.Context
	limit, notes *time.Timer
	profile      string

	asking chan struct{} // has room while no question is open
}

// retrieve returns the credentials. When a person has to be asked, this is the time.
func (s *Source) retrieve(
	ctx context.Context, cfg aws.Config, from origin,
) (aws.Credentials, error) {
	looking, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	now := &search{
		ctx:     looking,
		limit:   time.AfterFunc(searchLimit, func() { cancel(errLongSearch) }),
		notes:   time.AfterFunc(silence, func() { s.Note("Waiting for credentials of %s", from) }),
		profile: from.assumed().Profile,
		asking:  make(chan struct{}, 1),
	}
	if from.String() == "" {
		now.notes.Stop()
	}
	s.search.Store(now)
	defer s.search.Store(nil)
	found, err := cfg.Credentials.Retrieve(looking)
	now.limit.Stop()
	now.notes.Stop()
	if looking.Err() != nil {
		now.asking <- struct{}{} // once the terminal is as it was
	}
	switch {
	case ctx.Err() != nil:
		return found, context.Cause(ctx)
	case err != nil && looking.Err() != nil:
		err = context.Cause(looking)
	}
	if err != nil {
		return found, s.explainCredentials(cfg, from, err)
	}
	if p := strayCredentials(found.Source, map[string]string{
		"access key ID": found.AccessKeyID, "secret access key": found.SecretAccessKey,
		"session token": found.SessionToken,
	}); p != nil {
		return found, p
	}
	return found, nil
}

// code asks for an MFA code.
func (s *Source) code(serial string) (string, error) {
	now := s.search.Load()
	switch {
	case now == nil:
		return "", errLateCode
	case s.Ask == nil:
		return "", errNoTerminal
	}
	select {
	case now.asking <- struct{}{}:
	case <-now.ctx.Done():
		return "", context.Cause(now.ctx)
	}
	defer func() { <-now.asking }()
	now.limit.Stop()
	now.notes.Stop()
	code, err := s.Ask(now.ctx, fmt.Sprintf("MFA code for %s (profile %s):", serial, now.profile))
	now.limit.Reset(searchLimit)
	return code, err
}

// explainCredentials returns why there are no credentials.
func (s *Source) explainCredentials(cfg aws.Config, from origin, err error) *Problem {
	var service smithy.APIError
	var unsent *url.Error
	var odd *answerError
	var helper *processcreds.ProviderError
	profile := from.assumed().Profile
	switch {
	case errors.Is(err, errNoTerminal):
		return &Problem{false, fmt.Errorf("profile %s: %w", profile, errNoTerminal),
			s.export(profile)}
	case errors.As(err, &odd):
		return odd.problem()
	case from.login() != "" && ended(err):
		return &Problem{false, fmt.Errorf("%s has ended, or was never begun: %w",
			from, unwrapped(err)), "Try: " + from.login()}
	case errors.As(err, &helper):
		return &Problem{false, fmt.Errorf("%s gives no credentials: %w", from, unwrapped(err)),
			"Try the command alone: aws configure get credential_process --profile " +
				Word(from.base.Profile)}
	case errors.As(err, &service) && from.profile.RoleARN != "":
		return explainRole(cfg, from, service)
	case from.String() != "" && errors.As(err, &unsent):
		return noAnswer(cfg, unsent)
	case from.String() != "":
		return &Problem{false, fmt.Errorf("%s gives no credentials: %w", from, unwrapped(err)),
			"Try: aws sts get-caller-identity"}
	}
	return &Problem{false,
		fmt.Errorf("no AWS credentials: looked in AWS_ACCESS_KEY_ID, the shared config and "+
			"credentials files (AWS_PROFILE), web identity, container and instance metadata: %w", err),
		"Try: aws configure, aws sso login, or set AWS_PROFILE; then aws sts get-caller-identity"}
}

// export returns the way to use a profile with MFA without a terminal. The variables
// would not win over a profile of the command line.
func (s *Source) export(profile string) string {
	next := `First, where there is one: eval "$(aws configure export-credentials ` +
		"--profile " + Word(profile) + ` --format env)"`
	if s.Profile != "" {
		next += "   Then: the same command without --profile"
	}
	return next
}

// ended reports whether a session of a person is over: its token is missing, expired or
// not valid. Everything else, like a role that is denied, a login does not change.
func ended(err error) bool {
	var service smithy.APIError
	if errors.As(err, &service) {
		switch service.ErrorCode() {
		case "UnauthorizedException", "InvalidGrantException", "ExpiredTokenException",
			"InvalidClientException", "UnauthorizedClientException":
			return true
		}
		return strings.Contains(err.Error(), "reauthenticate")
	}
	for _, text := range []string{"SSO token", "SSO session", "load login token",
		"validate login token", "reauthenticate"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// explainRole returns why the role of a profile cannot be assumed.
func explainRole(cfg aws.Config, from origin, refused smithy.APIError) *Problem {
	if rejected(refused.ErrorCode()) {
		return refusedCredentials(cfg, from, refused)
	}
	next := "Check that the role exists, trusts these credentials, and that they may sts:AssumeRole"
	if strings.Contains(refused.ErrorMessage(), "MultiFactorAuthentication") {
		next = "Check the MFA code and mfa_serial, then: the same command"
	}
	return &Problem{false, fmt.Errorf("role %s of profile %s cannot be assumed: %s: %s",
		from.profile.RoleARN, from.profile.Profile, refused.ErrorCode(), refused.ErrorMessage()), next}
}

// unwrapped returns an error without what the SDK's cache puts before it.
func unwrapped(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit
	}
	return errors.New(strings.TrimPrefix(err.Error(), "failed to refresh cached credentials, "))
}

// secretProvider is a provider of credentials whose values are secrets from the moment
// they are read.
type secretProvider struct {
	aws.CredentialsProvider
	secret func(...string)
}

// Invalidate makes the next Retrieve look again, if the provider caches.
func (p secretProvider) Invalidate() {
	if cache, ok := p.CredentialsProvider.(interface{ Invalidate() }); ok {
		cache.Invalidate()
	}
}

// Retrieve returns the provider's credentials and notes them as secrets.
func (p secretProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := p.CredentialsProvider.Retrieve(ctx)
	p.secret(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
	return c, err
}
