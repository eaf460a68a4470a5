package command

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// accessCase is a way to AWS that does not work, or only just. The numbers are rows of
// the field reports on deploying and of the table of robustness.
type accessCase struct {
	name    string
	env     map[string]string // an empty value removes a variable
	files   map[string]string // of HOME, which is the working folder too
	args    string            // default: watch metaflow
	arrange func(*testing.T, *cfntest.Server, map[string]string)

	code  int
	says  []string // expressions; a line each where they have ^ and $
	never string   // expression that nothing printed matches
}

// TestAccess runs the program as a process of its own.
func TestAccess(t *testing.T) {
	t.Parallel()
	for _, c := range accessCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func accessCases() []accessCase {
	return slices.Concat(
		sessionCases(), helperCases(), profileCases(), regionCases(), characterCases(),
		endpointCases(), proxyCases(), identityCases())
}

func (c accessCase) run(t *testing.T) {
	server := cfntest.New(cfntest.Options{})
	server.Seed(cfntest.Stack{Name: "metaflow"})
	env := credentials(server.Start(t))
	env["AWS_MAX_ATTEMPTS"] = "1"
	if c.arrange != nil {
		c.arrange(t, server, env)
	}
	maps.Copy(env, c.env)
	maps.DeleteFunc(env, func(_, value string) bool { return value == "" })
	if c.files["config"] != "" {
		env["AWS_CONFIG_FILE"] = "config"
	}
	args := c.args
	if args == "" {
		args = "watch metaflow"
	}
	v := &invocation{args: strings.Split(args, " "), env: env, files: c.files}
	v.run(t)
	if v.code != c.code {
		t.Errorf("exit code %d, want %d", v.code, c.code)
	}
	for _, want := range c.says {
		if !regexp.MustCompile("(?m)" + want).MatchString(v.stderr) {
			t.Errorf("stderr does not match %q", want)
		}
	}
	never := "panic|goroutine|<html"
	if c.never != "" {
		never += "|" + c.never
	}
	if found := regexp.MustCompile(never).FindString(v.stderr + v.stdout); found != "" {
		t.Errorf("%q is printed", found)
	}
	if t.Failed() {
		t.Logf("%s\nstderr:\n%s", args, v.stderr)
	}
}

// keyless is an environment without keys, with a profile of the file "config".
func keyless(profile string) map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": profile,
	}
}

func with(env map[string]string, more ...string) map[string]string {
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

// sessionCases are sessions of a person.
func sessionCases() []accessCase {
	const sso = "[sso-session team]\nsso_region = us-east-1\nsso_start_url = " +
		"https://team.example/start\n" +
		"[profile dev]\nsso_session = team\nsso_account_id = 123456789012\nsso_role_name = Dev\n" +
		"[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/d\nsource_profile = dev\n" +
		"[profile old]\nsso_start_url = https://old.example/start\nsso_region = us-east-1\n" +
		"sso_account_id = 123456789012\nsso_role_name = Dev\n" +
		"[profile login]\nlogin_session = arn:aws:iam::123456789012:user/ana\n"
	files := map[string]string{"config": sso}
	ended := func(name, profile, command string) accessCase {
		return accessCase{name: name, env: keyless(profile), files: files, code: exitUnknown,
			says: []string{
				"^metaflow-cfn: the login session of profile [a-z]+ has ended, or was never begun: ",
				"^Try: " + command + "$",
			}, never: "no AWS credentials"}
	}
	byFlag := ended("03 SSO, by --profile", "", "aws sso login --profile dev")
	byFlag.args = "watch metaflow --profile dev"
	return []accessCase{
		ended("03 SSO", "dev", "aws sso login --profile dev"),
		ended("03 SSO, in the form of old", "old", "aws sso login --profile old"),
		ended("03 SSO, below a role", "deploy", "aws sso login --profile dev"),
		byFlag,
		ended("04 aws login", "login", "aws login --profile login"),
	}
}

// helperCases are programs and files that give credentials.
func helperCases() []accessCase {
	const reply = `{"Version":1,"AccessKeyId":"AKIDTEST","SecretAccessKey":"wJalrXUtnFEMIK7MDENG"}`
	env := with(keyless("p"), "PATH", os.Getenv("PATH"))
	// The SDK warns about a metadata service without tokens, by its own logger.
	// https://github.com/aws/aws-sdk-go-v2/issues/2999
	metadata := func(t *testing.T, _ *cfntest.Server, env map[string]string) {
		env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = answering(t, 404, "text/plain", "no")
	}
	instance := with(keyless(""), "AWS_EC2_METADATA_DISABLED", "false")
	process := func(command string) map[string]string {
		return map[string]string{
			"config":     "[profile p]\ncredential_process = sh -c \"" + command + "\"\n",
			"reply.json": reply, "bad.json": strings.Replace(reply, "AKIDTEST", "AKIDTEST ", 1)}
	}
	return []accessCase{
		{name: "05 a helper that says why", env: env, code: exitUnknown,
			files: process("echo saml2aws: session expired >&2; exit 1"),
			says: []string{"^saml2aws: session expired$",
				"^metaflow-cfn: the credential_process of profile p gives no credentials: exit status 1$",
				"^Try the command alone: aws configure get credential_process --profile p$"}},
		{name: "05 a helper that takes more than 5 s", env: env,
			files: process("sleep 6; cat reply.json"),
			says: []string{"^Waiting for credentials of the credential_process of profile p$",
				"^OK metaflow CREATE_COMPLETE$"}},
		{name: "a helper that adds a space", env: env, code: exitUsage,
			files: process("cat bad.json"),
			says:  []string{"^metaflow-cfn: the access key ID of ProcessProvider has a space at its end$"}},
		{name: "B9 the SDK's logger", env: instance, arrange: metadata, code: exitUnknown,
			says: []string{"^metaflow-cfn: no AWS credentials: "}, never: "falling back|SDK 2"},
		{name: "B9 the SDK's logger, with -v", env: instance, arrange: metadata, code: exitUnknown,
			args: "watch metaflow -v", says: []string{"^SDK WARN falling back to IMDSv1"},
			never: "SDK 2"},
		{name: "06 no file of a web identity", env: with(keyless(""),
			"AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token",
			"AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/ci"), code: exitUnknown,
			says: []string{"^metaflow-cfn: the web identity token gives no credentials: " +
				".*/nonexistent/token"}},
	}
}

// profileCases are about --profile and files of AWS.
func profileCases() []accessCase {
	const keys = "aws_access_key_id = AKIDTEST\naws_secret_access_key = wJalrXUtnFEMIK7MDENG\n"
	files := map[string]string{"config": "[profile dev]\nregion = eu-west-1\n" + keys,
		"ca.pem": "no\n"}
	elsewhere := map[string]string{"AWS_REGION": "", "AWS_ACCESS_KEY_ID": "AKIDOTHER"}
	moved := "^Metaflow's profile is --metaflow-profile team now; --profile is that of AWS: "
	return []accessCase{
		{name: "36 the profile wins over keys", args: "delete nothere --yes --profile dev", files: files,
			env: elsewhere, arrange: func(_ *testing.T, s *cfntest.Server, _ map[string]string) {
				s.ExpireKey("AKIDOTHER")
			}, says: []string{"nothere does not exist"}},
		{name: "36 no such profile", args: "watch metaflow --profile team", files: files, code: exitUsage,
			says: []string{`^metaflow-cfn: there is no AWS profile "team" \(--profile\)$`,
				"list-profiles$"},
			never: "metaflow-profile"},
		{name: "36 configure", args: "configure metaflow --profile team", files: files, code: exitUsage,
			says: []string{moved}},
		{name: "36 deploy --configure", args: "deploy metaflow --yes --configure --profile team",
			files: files, code: exitUsage, says: []string{moved}},
		{name: "36 deploy", args: "deploy metaflow --yes --profile team", files: files, code: exitUsage,
			says: []string{"there is no AWS profile"}, never: "metaflow-profile"},
		{name: "the next command has the profile and the region",
			args: "configure metaflow --profile dev --region us-west-2", files: files, code: exitUnknown,
			says: []string{"metaflow-cfn deploy metaflow --profile dev --region us-west-2$"}},
		{name: "12 no certificates", env: map[string]string{"AWS_CA_BUNDLE": "ca.pem"}, files: files,
			code: exitUnknown, says: []string{"AWS_CA_BUNDLE: ca.pem does not hold certificates in PEM"}},
		{name: "12 no file of certificates", env: map[string]string{"AWS_CA_BUNDLE": "/none/ca.pem"},
			code: exitUnknown, says: []string{"/none/ca.pem"}},
	}
}

// TestNothingIsRead runs what needs no account where every file and variable of AWS
// would be refused by a verb that does.
func TestNothingIsRead(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "config", "AWS_PROFILE": "p",
		"AWS_CA_BUNDLE": "config", "HTTPS_PROXY": "http://%zz", "AWS_REGION": "us-east-1 ",
	}
	files := map[string]string{"config": "[profile p]\ncredential_process = touch read\nno sense\n"}
	for _, row := range []struct {
		line string
		code int
	}{
		{"version", exitOK}, {"generate", exitOK}, {"parameters", exitOK}, {"--help", exitOK},
		{"deploy --help", exitOK}, {"help watch", exitOK}, {"man deploy", exitOK},
		{"completion bash", exitOK}, {"policy user metaflow --account 123456789012", exitOK},
		{"deploy metaflow", exitUsage}, {"watch 1x", exitUsage},
		{"watch metaflow", exitUsage}, // the control: it is refused
	} {
		t.Run(row.line, func(t *testing.T) {
			t.Parallel()
			v := &invocation{args: strings.Split(row.line, " "), env: env, files: files}
			v.run(t)
			reads := strings.Contains(v.stderr, "AWS_REGION has a space")
			if v.code != row.code || reads != (row.line == "watch metaflow") {
				t.Errorf("exit code %d\nstderr: %s", v.code, v.stderr)
			}
			if _, err := os.Stat(v.folder + "/read"); err == nil {
				t.Error("credentials were looked for")
			}
		})
	}
}
