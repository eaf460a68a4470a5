package awsconfig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithy "github.com/aws/smithy-go"
)

// identityLimit is how long STS may take to say whose the credentials are. The account is
// only shown, so a network without a way to STS must not hold up the rest.
const identityLimit = 10 * time.Second

// identify returns the ID of the account of the credentials. It asks again when the reply
// is unreadable or empty: the SDK repeats only calls without a reply.
func identify(ctx context.Context, cfg aws.Config) (account string, err error) {
	ctx, cancel := context.WithTimeout(ctx, identityLimit)
	defer cancel()
	client := sts.NewFromConfig(cfg)
	for try := range 3 {
		if try > 0 && pause(ctx, time.Duration(try)*time.Second/2) != nil {
			break
		}
		var unreadable *smithy.DeserializationError
		var refused smithy.APIError
		var odd *answerError
		before := err
		var identity *sts.GetCallerIdentityOutput
		identity, err = client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil && errors.As(before, &odd) && !errors.As(err, &refused) {
			err = before // it says more than a connection that breaks the second time
		}
		if err != nil && !errors.As(err, &unreadable) && !errors.As(err, &odd) {
			break
		}
		if err == nil && identity.Account != nil {
			return *identity.Account, nil
		}
		if err == nil {
			err = &answerError{what: "a reply that names no account"}
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

// mayGoOn reports whether CloudFormation may answer though STS does not say whose the
// credentials are: only that is not allowed, or there is a way to CloudFormation alone.
func mayGoOn(cfg aws.Config, err error) bool {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return !rejected(refused.ErrorCode())
	}
	here := aws.ToString(sts.NewFromConfig(cfg).Options().BaseEndpoint)
	there := aws.ToString(cloudformation.NewFromConfig(cfg).Options().BaseEndpoint)
	if here == there && here != "" { // the one endpoint for everything
		return false
	}
	var name *net.DNSError
	var socket *net.OpError
	return errors.As(err, &name) || errors.As(err, &socket) && socket.Op == "dial" ||
		errors.Is(err, context.DeadlineExceeded)
}

// rejected reports whether an error code says that the credentials are not valid, or not
// in this region.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
func rejected(code string) bool {
	return slices.Contains([]string{
		"AuthFailure", "ExpiredToken", "IncompleteSignature", "InvalidAccessKeyId",
		"InvalidClientTokenId", "InvalidIdentityToken", "InvalidToken",
		"MissingAuthenticationToken", "OptInRequired", "RegionDisabled", "RequestExpired",
		"RequestTimeTooSkewed", "SignatureDoesNotMatch", "UnrecognizedClient",
	}, strings.TrimSuffix(code, "Exception"))
}

// explainIdentity returns why it is not known whose the credentials are.
func explainIdentity(cfg aws.Config, from origin, err error) *Problem {
	var refused smithy.APIError
	var odd *answerError
	var unreadable *smithy.DeserializationError
	var unsent *url.Error
	switch {
	case errors.As(err, &refused) && rejected(refused.ErrorCode()):
		return refusedCredentials(cfg, from, refused)
	case errors.As(err, &refused) && strings.HasPrefix(refused.ErrorCode(), "AccessDenied"):
		return &Problem{false, errors.New("sts:GetCallerIdentity is denied"), ""}
	case errors.As(err, &refused):
		return &Problem{false, fmt.Errorf("sts:GetCallerIdentity: %s: %s",
			refused.ErrorCode(), refused.ErrorMessage()), "Try: aws sts get-caller-identity"}
	case errors.As(err, &odd):
		return odd.problem()
	case errors.As(err, &unreadable):
		return (&answerError{what: "a reply that cannot be read"}).problem()
	case errors.As(err, &unsent):
		err = unsent // it names the endpoint; what is around it says less
	}
	return noAnswer(cfg, err)
}

// refusedCredentials returns the problem of credentials that AWS does not accept. A
// region that the account has not enabled does not know them either.
func refusedCredentials(cfg aws.Config, from origin, refused smithy.APIError) *Problem {
	text := refused.ErrorCode() + ": " + refused.ErrorMessage()
	next := "Try: aws sso login, or another AWS_PROFILE; then aws sts get-caller-identity"
	if from.login() != "" {
		next = "Try: " + from.login()
	}
	unknown := []string{"InvalidClientTokenId", "UnrecognizedClientException", "OptInRequired",
		"RegionDisabledException", "AuthFailure"}
	if optIn(cfg.Region) && slices.Contains(unknown, refused.ErrorCode()) {
		text += "; or the account has not enabled the region " + cfg.Region
		next = "Enable it: aws account enable-region --region-name " + cfg.Region + "   Or " +
			strings.ToLower(next[:1]) + next[1:]
	}
	return &Problem{false, errors.New("AWS does not accept the credentials: " + text), next}
}

// noAnswer returns the problem of a call that reached nobody.
func noAnswer(cfg aws.Config, err error) *Problem {
	var name *net.DNSError
	check := "the network, the proxy, AWS_ENDPOINT_URL"
	switch proxy := proxyOf(err); {
	case proxy != "":
		err = fmt.Errorf("the proxy of %s does not connect: %w", proxy, err)
		check = "the network, the proxy (" + proxy + "), AWS_ENDPOINT_URL"
	case errors.As(err, &name) && cfg.BaseEndpoint == nil:
		check = "the region " + cfg.Region + meantOther(cfg.Region) + ", the network, the proxy"
	}
	return &Problem{false, fmt.Errorf("AWS does not answer: %w", err),
		"Check " + check + "; then try: aws sts get-caller-identity"}
}

// meantOther returns which region was meant where there is none of the name.
func meantOther(region string) string {
	if question, found := strings.CutPrefix(meant(region), ": "); found &&
		!slices.Contains(alwaysEnabled(), region) && !slices.Contains(others(), region) {
		return " (" + question + ")"
	}
	return ""
}
