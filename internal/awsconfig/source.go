// Package awsconfig finds the region and the credentials that the command line, the
// environment and the shared files choose, and says in plain words what is wrong with
// them. It looks for nothing before Open.
package awsconfig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	smithy "github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

// Source is where the region and the credentials come from, and how people and logs hear of them.
type Source struct {
	Region, Profile string         // of the command line; "" is what the environment says
	HTTP            aws.HTTPClient // nil: the SDK's own
	// Log takes what the SDK reports, like calls that are repeated. Nil drops it.
	Log func(format string, args ...any)
	// Note takes what people should know.
	Note func(format string, args ...any)
	// Ask asks a person a question whose answer is not shown. It is nil where there is no
	// terminal.
	Ask func(ctx context.Context, question string) (string, error)
	// Secret takes values that no output may show.
	Secret func(values ...string)

	search atomic.Pointer[search] // nil when no search for credentials is under way
}

// Access is the way to AWS.
type Access struct {
	Config  aws.Config
	Account string // ID, "" when it is not known
	// Unknown is why STS does not say whose the credentials are, nil when it does.
	// Unreached says that it was not reached at all: Unknown then explains why the rest
	// of AWS is not reached either.
	Unknown   *Problem
	Unreached bool
	Login     string   // command that makes new credentials, "" when there is none
	Other     []string // regions that the environment or the profile names, but are not used
}

// Problem is what keeps the program from AWS.
type Problem struct {
	Input bool // something that was given is wrong, and nothing was called
	Err   error
	Next  string // command or advice that helps
}

// Error returns the text of the problem, without the advice.
func (p *Problem) Error() string { return p.Err.Error() }

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// NoProfileError is a profile that no shared file has.
type NoProfileError struct {
	Profile string
	From    string // what names it, like --profile
}

// Error names the profile.
func (e *NoProfileError) Error() string {
	return fmt.Sprintf("there is no AWS profile %q (%s)", e.Profile, e.From)
}

// Open finds the region and the credentials, and asks AWS whose they are. Every error is
// a Problem or the context's.
func (s *Source) Open(ctx context.Context) (*Access, error) {
	s.Secret(os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN"),
		os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
	if p := s.checkEnvironment(); p != nil {
		return nil, p
	}
	if p := checkProxies(); p != nil {
		return nil, p
	}
	if p := checkFiles(); p != nil {
		return nil, p
	}
	cfg, err := s.load(ctx)
	if err != nil {
		return nil, s.explainLoad(err)
	}
	from := originOf(cfg)
	if p := s.checkRegion(cfg, from); p != nil {
		return nil, p
	}
	found, err := s.retrieve(ctx, cfg, from)
	if err != nil {
		return nil, err
	}
	access := &Access{
		Config: cfg, Account: found.AccountID, Login: from.login(), Other: s.otherRegions(cfg, from),
	}
	waiting := time.AfterFunc(silence, func() {
		s.Note("Waiting for AWS STS to say whose the credentials are")
	})
	account, err := identify(ctx, cfg)
	waiting.Stop()
	switch {
	case err == nil:
		access.Account = account
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !mayGoOn(cfg, err):
		return nil, explainIdentity(cfg, from, err)
	default:
		access.Unknown = explainIdentity(cfg, from, err)
		access.Unreached = !errors.As(err, new(smithy.APIError))
	}
	return access, nil
}

// Reload reads the configuration again, for credentials that are new by now.
func (s *Source) Reload(ctx context.Context) (aws.CredentialsProvider, error) {
	cfg, err := s.load(ctx)
	return cfg.Credentials, err
}

// load reads the environment and the shared files. Credentials that it finds are
// secrets from then on.
func (s *Source) load(ctx context.Context) (aws.Config, error) {
	var cfg aws.Config
	endpoint := func() *string { return cfg.BaseEndpoint } // known when everything is loaded
	options := []func(*config.LoadOptions) error{
		config.WithLogger(logging.LoggerFunc(s.log)),
		config.WithAPIOptions([]func(*middleware.Stack) error{checkAnswers, limitReplies}),
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) {
			s.assumeRole(o, endpoint)
		}),
		config.WithWebIdentityRoleCredentialOptions(func(o *stscreds.WebIdentityRoleOptions) {
			if o.Client != nil {
				o.Client = webIdentityClient{o.Client, endpoint}
			}
		}),
	}
	if s.Region != "" {
		options = append(options, config.WithRegion(s.Region))
	}
	if s.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(s.Profile))
	}
	if s.Log != nil {
		options = append(options, config.WithClientLogMode(aws.LogRetries))
	}
	if s.HTTP != nil {
		options = append(options, config.WithHTTPClient(s.HTTP))
	}
	var err error
	if cfg, err = config.LoadDefaultConfig(ctx, options...); err != nil {
		return cfg, err
	}
	cfg.Credentials = secretProvider{cfg.Credentials, s.Secret}
	return cfg, nil
}

// log passes on what the SDK reports. Its own logger would write to stderr.
func (s *Source) log(kind logging.Classification, format string, args ...any) {
	if s.Log != nil {
		s.Log("SDK %s "+format, append([]any{kind}, args...)...)
	}
}

// explainLoad returns why the configuration cannot be read.
func (s *Source) explainLoad(err error) *Problem {
	var missing config.SharedConfigProfileNotExistError
	var source config.SharedConfigAssumeRoleError
	switch {
	case errors.As(err, &missing) && !errors.As(err, &source):
		from := "--profile"
		if s.Profile == "" {
			from = firstSet("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
		}
		return &Problem{s.Profile != "", &NoProfileError{missing.Profile, from},
			"Profiles: aws configure list-profiles"}
	case strings.Contains(err.Error(), "CA bundle"):
		return &Problem{false, fmt.Errorf("AWS_CA_BUNDLE: %s does not hold certificates in PEM: %w",
			os.Getenv("AWS_CA_BUNDLE"), err), "Set AWS_CA_BUNDLE to a file of certificates, or unset it"}
	}
	return &Problem{false, fmt.Errorf("the AWS configuration cannot be read: %w", err),
		"Try: aws configure list"}
}

// firstSet returns the first of the variables that has a value, or nothing.
func firstSet(names ...string) string {
	for _, name := range names {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

// Word returns a value as one word of a POSIX shell: names of profiles may have spaces.
func Word(value string) string {
	if regexp.MustCompile(`^[\w@%+=:,./-]+$`).MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
