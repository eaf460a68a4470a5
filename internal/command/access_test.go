package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// regionCases are about the shape of regions (row 8) and where a stack may be else.
func regionCases() []accessCase {
	wrong := func(name, args string, env map[string]string, says string) accessCase {
		return accessCase{name: "08 " + name, args: args, env: env, code: exitUsage,
			says: []string{"^metaflow-cfn: " + says + "$",
				"^Set: --region REGION, AWS_REGION, or the region of the profile$"}}
	}
	env := func(pairs ...string) map[string]string { return with(map[string]string{}, pairs...) }
	inProfile := wrong("profile", "", env("AWS_REGION", "", "AWS_PROFILE", "p"),
		`the region of profile p: "useast1" is not a region like us-east-1: did you mean us-east-1\?`)
	inProfile.files = map[string]string{"config": "[profile p]\nregion = useast1\n"}
	other := map[string]string{"config": "[default]\nregion = eu-west-1\n"}
	return []accessCase{
		wrong("zone", "watch metaflow --region us-east-1a", nil,
			`--region: "us-east-1a" is not a region like us-east-1: did you mean us-east-1\?`),
		wrong("AWS_REGION", "", env("AWS_REGION", "eu-west1"),
			`AWS_REGION: "eu-west1" is not a region like us-east-1: did you mean eu-west-1\?`),
		wrong("AWS_DEFAULT_REGION", "", env("AWS_REGION", "", "AWS_DEFAULT_REGION", "Ireland"),
			`AWS_DEFAULT_REGION: "Ireland" is not a region like us-east-1`),
		inProfile,
		{name: "a stack that is elsewhere", args: "delete nothere --yes", files: other,
			says: []string{"^Stack nothere does not exist in us-east-1. eu-west-1 is configured too: --region " +
				"eu-west-1$"}},
		{name: "a region that is alone", args: "delete nothere --yes --region us-east-1",
			never: "configured too"},
	}
}

// characterCases are variables with a character that nobody means: values are not shown.
func characterCases() []accessCase {
	var cases []accessCase
	for _, row := range [][3]string{
		{"AWS_ACCESS_KEY_ID", "AKIDTEST\u00a0", "has the invisible character U\\+00A0 at its end"},
		{"AWS_ACCESS_KEY_ID", "AKID TEST", "has a space inside"},
		{"AWS_SECRET_ACCESS_KEY", "\"wJalrXUtnFEMIK7MDENG\"", "has a quote \\(\"\\) at its beginning"},
		{"AWS_SESSION_TOKEN", "wJalrXUtn\ufeffFEMIK", "has the invisible character U\\+FEFF inside"},
		{"AWS_REGION", "us-east-1\r", "has a carriage return at its end, as files of Windows have"},
		{"AWS_PROFILE", "'dev'", "has a quote \\('\\) at its beginning"},
		{"AWS_PROFILE", "dev ", "has a space at its end"},
		{"AWS_ENDPOINT_URL", " http://localhost:1", "has a space at its beginning"},
		{"AWS_ENDPOINT_URL_CLOUDFORMATION", "localhost:1", "is not a URL like https://localhost:4566"},
		{"AWS_ENDPOINT_URL_STS", "http://us%er:s3cretpw@127.0.0.1:9", "is not a URL like"}, // row 38
		{"AWS_CA_BUNDLE", "/etc/ssl/ca.pem\n", "has a line break at its end"},
		{"HTTPS_PROXY", `"http://ana:s3cretpw@proxy:1"`, "has a quote \\(\"\\) at its beginning"},
		// row 39
	} {
		cases = append(cases, accessCase{name: "stray " + row[0] + " " + row[2], code: exitUsage,
			env:   map[string]string{row[0]: row[1]},
			says:  []string{"^metaflow-cfn: " + row[0] + " " + row[2]},
			never: "AKID|wJalr|s3cret|us%er"})
	}
	return append(cases,
		accessCase{name: "stray, all at once", code: exitUsage,
			env: map[string]string{"AWS_REGION": "us-east-1 ", "AWS_ACCESS_KEY_ID": "AKID\t"},
			says: []string{"AWS_REGION has a space",
				"AWS_ACCESS_KEY_ID has the invisible character U\\+0009"}},
		accessCase{name: "a profile whose name has a space",
			env:   map[string]string{"AWS_PROFILE": "my dev"},
			files: map[string]string{"config": "[profile my dev]\nregion = us-east-1\n"}},
		accessCase{name: "stray, where it is not used", args: "watch metaflow --region us-east-1",
			env: map[string]string{"AWS_REGION": "us-east-1 ", "AWS_ENDPOINT_URL_SQS": "no"}})
}

// endpointCases are about what answers at an endpoint: rows 10, 38 and 40, and the row of
// robustness on replies that cannot be read.
func endpointCases() []accessCase {
	role := map[string]string{"config": "[profile role]\nrole_arn = " +
		"arn:aws:iam::123456789012:role/r\n" +
		"source_profile = base\n[profile base]\naws_access_key_id = AKIDTEST\n" +
		"aws_secret_access_key = wJalrXUtnFEMIK7MDENG\n", "token": "a.b.c"}
	inFront := func(t *testing.T, _ *cfntest.Server, env map[string]string) {
		_, env["AWS_ENDPOINT_URL"] = startRoles(t, env["AWS_ENDPOINT_URL"])
	}
	answers := func(name string, status int, kind, body, says string) accessCase {
		return accessCase{name: name, code: exitUnknown,
			arrange: func(t *testing.T, _ *cfntest.Server, env map[string]string) {
				env["AWS_ENDPOINT_URL"] = answering(t, status, kind, body)
			},
			says: []string{"^metaflow-cfn: http://127.0.0.1:[0-9]+ answered, but not as AWS does: " + says,
				"^Check the network \\(a proxy or a captive portal"}}
	}
	portal := "<!DOCTYPE html><html><title>Log in</title></html>"
	ofRole := answers("40 a captive portal, before a role", 200, "text/html", portal,
		"status 200, a page")
	ofRole.env, ofRole.files = keyless("role"), role
	return []accessCase{
		{name: "10 a role at AWS_ENDPOINT_URL", env: keyless("role"), files: role, arrange: inFront},
		{name: "10 a web identity at AWS_ENDPOINT_URL", files: role, arrange: inFront,
			env: with(keyless(""), "AWS_WEB_IDENTITY_TOKEN_FILE", "token",
				"AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r")},
		{name: "38 a password that does not parse", code: exitUsage,
			env:  map[string]string{"AWS_ENDPOINT_URL": "http://us%er:s3cretpw@127.0.0.1:9"},
			says: []string{"^metaflow-cfn: AWS_ENDPOINT_URL is not a URL"}, never: "s3cretpw|us%er"},
		{name: "38 a password that parses", code: exitUnknown, never: "s3cretpw|ana",
			env:  map[string]string{"AWS_ENDPOINT_URL": "http://ana:s3cretpw@127.0.0.1:1"},
			says: []string{`AWS does not answer: Post "http://127.0.0.1:1/"`}},
		answers("40 a captive portal", 200, "text/html", portal, "status 200, a page of text/html$"),
		answers("40 a text", 200, "text/plain", "please log in",
			`status 200, text/plain, "please log in"$`),
		answers("40 JSON", 200, "application/json", `{"a":1}`, `status 200, application/json, `),
		answers("40 a proxy that forbids", 403, "text/html", portal, "status 403, a page of text/html$"),
		answers("40 a redirect", 307, "text/html", "", "status 307, which leads elsewhere$"),
		answers("40 without end", 200, "text/xml", "<a>"+strings.Repeat("x", 2<<20),
			// or its beginning: now and then the connection breaks before
			"status 200, (more than 1 MiB|a page of text/xml)$"),
		ofRole,
	}
}

// answering returns the URL of a server that gives one answer to everything.
func answering(t *testing.T, status int, kind, body string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// proxyCases are rows 13 and 39. Go uses no proxy for a loopback address.
func proxyCases() []accessCase {
	through := func(name, variable, proxy string, says ...string) accessCase {
		return accessCase{name: name, code: exitUnknown, says: says, never: "s3cretpw|us%er",
			env: map[string]string{
				"AWS_ENDPOINT_URL": "https://cloudformation.invalid", variable: proxy}}
	}
	return []accessCase{
		through("13 a proxy that is not there", "HTTPS_PROXY", "http://ana:s3cretpw@127.0.0.1:9",
			"AWS does not answer: the proxy of HTTPS_PROXY does not connect: .*connection refused$",
			`^Check the network, the proxy \(HTTPS_PROXY\)`),
		through("13 the same in small letters", "https_proxy", "127.0.0.1:9", "the proxy of https_proxy"),
		through("39 a proxy that does not parse", "HTTPS_PROXY", "http://us%er:s3cretpw@proxy:8080",
			"^metaflow-cfn: HTTPS_PROXY is not a URL like http://proxy:8080$"),
		through("39 a scheme that Go does not know", "HTTPS_PROXY", "ftp://proxy:8080",
			"HTTPS_PROXY is not a URL"),
		through("39 a colon that is missing", "HTTPS_PROXY", "http//proxy:8080",
			"HTTPS_PROXY is not a URL"),
		{name: "39 a proxy that is not used", env: map[string]string{"HTTPS_PROXY": "http://%zz",
			"NO_PROXY": "*"}},
	}
}

// identityCases are about an account that is not known: row 11.
func identityCases() []accessCase {
	denied := func(_ *testing.T, s *cfntest.Server, _ map[string]string) {
		s.FaultError("GetCallerIdentity", 403, "AccessDenied",
			"User: arn:aws:iam::123456789012:user/a is "+
				"not authorized to perform: sts:GetCallerIdentity with an explicit deny in a VPC endpoint "+
				"policy")
	}
	alone := func(_ *testing.T, _ *cfntest.Server, env map[string]string) {
		env["AWS_ENDPOINT_URL_CLOUDFORMATION"] = env["AWS_ENDPOINT_URL"]
		env["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:1"
		delete(env, "AWS_ENDPOINT_URL")
	}
	nowhere := func(_ *testing.T, _ *cfntest.Server, env map[string]string) {
		env["AWS_ENDPOINT_URL_CLOUDFORMATION"] = "http://127.0.0.1:2"
		env["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:1"
		delete(env, "AWS_ENDPOINT_URL")
	}
	unknown := "^The account is not known: "
	return []accessCase{
		{name: "11 STS denies", arrange: denied, never: "does not accept"},
		{name: "11 STS denies, for a new stack", args: "plan new", arrange: denied,
			says: []string{unknown + "sts:GetCallerIdentity is denied$"}},
		{name: "11 STS is not reached", arrange: alone},
		{name: "11 STS is not reached, for a new stack", args: "plan new", arrange: alone,
			says: []string{unknown + "AWS does not answer: .*connection refused$"}},
		{name: "11 nothing is reached", arrange: nowhere, code: exitUnknown,
			says: []string{"^metaflow-cfn: AWS does not answer: .*127.0.0.1:1.*connection refused$"}},
		{name: "11 STS has a bad day", args: "plan new",
			arrange: func(_ *testing.T, s *cfntest.Server, _ map[string]string) {
				s.FaultError("GetCallerIdentity", 400, "Throttling", "Rate exceeded")
			}, says: []string{unknown + "sts:GetCallerIdentity: Throttling: Rate exceeded$"}},
	}
}
