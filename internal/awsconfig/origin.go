package awsconfig

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// origin is what the credentials come from.
type origin struct {
	profile config.SharedConfig // in use; without a shared file it has only a name
	base    config.SharedConfig // the source profile at the end of a chain of roles
	env     bool                // the environment has an access key that wins
}

// originOf returns what the SDK takes the credentials from.
func originOf(cfg aws.Config) origin {
	var from origin
	for _, source := range cfg.ConfigSources {
		switch c := source.(type) {
		case config.SharedConfig:
			from.profile = c
		case config.EnvConfig:
			from.env = c.Credentials.HasKeys()
		case config.LoadOptions:
			from.env = from.env && c.SharedConfigProfile == ""
		}
	}
	from.base = from.profile
	for from.base.Source != nil {
		from.base = *from.base.Source
	}
	return from
}

// sso reports whether the credentials come from a session of IAM Identity Center.
func (o origin) sso() bool {
	return !o.env && (o.base.SSOSession != nil || o.base.SSOStartURL != "")
}

// login returns the command that makes new credentials, or nothing.
func (o origin) login() string {
	switch {
	case o.sso():
		return "aws sso login --profile " + Word(o.base.Profile)
	case !o.env && o.base.LoginSession != "":
		return "aws login --profile " + Word(o.base.Profile)
	}
	return ""
}

// assumed returns the profile of the chain that assumes a role with MFA, else the one
// that is used.
func (o origin) assumed() config.SharedConfig {
	for p := &o.profile; p != nil; p = p.Source {
		if p.MFASerial != "" {
			return *p
		}
	}
	return o.profile
}

// String names the source of the credentials for messages.
func (o origin) String() string {
	switch {
	case o.env:
		return "AWS_ACCESS_KEY_ID"
	case o.base.CredentialProcess != "":
		return "the credential_process of profile " + o.base.Profile
	case o.login() != "":
		return "the login session of profile " + o.base.Profile
	case o.profile.RoleARN != "":
		return "the role of profile " + o.profile.Profile
	case o.profile.WebIdentityTokenFile != "" || os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != "":
		return "the web identity token"
	case firstSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI") != "":
		return "the container's endpoint of credentials"
	case o.base.Credentials.HasKeys():
		return "profile " + o.base.Profile
	}
	return ""
}
