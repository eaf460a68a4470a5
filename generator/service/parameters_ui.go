package service

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// uiParam holds the handles of the parameters of the UI.
var uiParam = struct {
	ui, scheme, domain, certificateArn, cpu, memory, oidcIssuer, oidcAuthorizationEndpoint,
	oidcTokenEndpoint, oidcUserInfoEndpoint, oidcSecretArn *generator.Parameter
}{
	ui: &generator.Parameter{
		Name: "Ui", Default: "false", Allowed: generator.OnOff,
		Doc: "The web UI, in a task of its own. It keeps a connection to the database, so that " +
			"Aurora does not pause.",
	},
	scheme: &generator.Parameter{
		Name: "UiScheme", Default: "internal", Allowed: []string{"internal", "internet-facing"},
		Doc: "Where the UI listens: for the clients of the service, or on the internet, behind a " +
			"login.",
	},
	domain: &generator.Parameter{
		Name: "UiDomain", Format: standard.HostName, WhenEmpty: "allowed only without a UI",
		Doc: "Name of the UI. It must lead to the load balancer (output UiLoadBalancerName).",
	},
	certificateArn: &generator.Parameter{
		Name: "UiCertificateArn", Format: standard.CertificateARN,
		WhenEmpty: "allowed only without a UI",
		Doc:       "Certificate of that name in ACM, in the region of the stack.",
	},
	cpu: &generator.Parameter{
		Name: "UiCpu", Kind: generator.Number, Default: "1024",
		Allowed: []string{"512", "1024", "2048", "4096"},
		Doc:     "CPU units of the UI: 1024 are one vCPU.",
	},
	memory: &generator.Parameter{
		Name: "UiMemory", Kind: generator.Number, Default: "4096",
		Allowed: []string{"2048", "4096", "8192", "16384"},
		Doc:     "Memory of the UI in MiB.",
	},
	oidcIssuer: &generator.Parameter{
		Name: "OidcIssuer", Format: standard.HTTPSURL,
		WhenEmpty: "no login, which a UI on the internet needs",
		Doc:       "Issuer of the login with OpenID Connect, as its provider names it.",
	},
	oidcAuthorizationEndpoint: &generator.Parameter{
		Name: "OidcAuthorizationEndpoint", Format: standard.HTTPSURL, WhenEmpty: "no login",
		Doc: "Address of the provider at which people log in.",
	},
	oidcTokenEndpoint: &generator.Parameter{
		Name: "OidcTokenEndpoint", Format: standard.HTTPSURL, WhenEmpty: "no login",
		Doc: "Address of the provider for tokens.",
	},
	oidcUserInfoEndpoint: &generator.Parameter{
		Name: "OidcUserInfoEndpoint", Format: standard.HTTPSURL, WhenEmpty: "no login",
		Doc: "Address of the provider for the names of people.",
	},
	oidcSecretArn: &generator.Parameter{
		Name: "OidcSecretArn", Format: standard.SecretARN, WhenEmpty: "no login",
		Doc: "Secret in Secrets Manager with the fields client_id and client_secret, which the " +
			"provider gave for https://UiDomain/oauth2/idpresponse.",
	},
}
