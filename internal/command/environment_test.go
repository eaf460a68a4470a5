package command

import (
	"maps"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// TestEnvironment runs valid command lines when AWS is not reachable.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	const (
		noRegion      = "metaflow-cfn: no region is set; give one, such as us-east-1\nSet: --region REGION, AWS_REGION, or the region of the profile\n"
		noCredentials = "metaflow-cfn: no AWS credentials: looked in AWS_ACCESS_KEY_ID, the shared config and credentials files (AWS_PROFILE), web identity, " +
			"container and instance metadata: …\nTry: aws configure, aws sso login, or set AWS_PROFILE; then aws sts get-caller-identity\n"
		noAnswer = "metaflow-cfn: AWS does not answer: Post \"http://127.0.0.1:1/\": dial tcp 127.0.0.1:1: connect: connection refused\n" +
			"Check the network, the proxy, AWS_ENDPOINT_URL; then try: aws sts get-caller-identity\n"
		noProfile = "metaflow-cfn: there is no AWS profile \"absent\" (AWS_PROFILE)\n" +
			"Profiles: aws configure list-profiles\n"
		expired = "metaflow-cfn: AWS does not accept the credentials: ExpiredToken: The security token included in the request is expired\n" +
			"Try: aws sso login, or another AWS_PROFILE; then aws sts get-caller-identity\n"
	)
	server := cfntest.New(cfntest.Options{})
	server.ExpireKey("AKIDTEST")
	sound := credentials(server.Start(t))
	for _, row := range []struct {
		name, without string
		with          map[string]string
		code          int
		want          string
	}{
		{"no region", "AWS_REGION", nil, exitUsage, noRegion},
		{"no credentials", "AWS_ACCESS_KEY_ID", nil, exitUnknown, noCredentials},
		{"no such profile", "", map[string]string{"AWS_PROFILE": "absent"}, exitUnknown, noProfile},
		{"no endpoint", "", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}, exitUnknown, noAnswer},
		{"old credentials", "", nil, exitUnknown, expired},
	} {
		for _, args := range [][]string{
			{"deploy", "metaflow", "--yes"}, {"watch", "metaflow"}, {"delete", "metaflow", "--yes"}, {"configure", "metaflow"},
		} {
			t.Run(row.name+"/"+args[0], func(t *testing.T) {
				t.Parallel()
				env := maps.Clone(sound)
				delete(env, row.without)
				maps.Copy(env, row.with)
				v := &invocation{args: args, env: env}
				v.run(t)
				if v.code != row.code || !matches(v.stderr, row.want) || v.stdout != "" {
					t.Errorf("exit code %d, want %d\nstderr:\n%s\nwant:\n%s\nstdout: %.100q", v.code, row.code, v.stderr, row.want, v.stdout)
				}
			})
		}
	}
	t.Cleanup(func() {
		if calls := server.Mutations(); len(calls) > 0 {
			t.Errorf("%s was called", calls[0].Action)
		}
	})
}
