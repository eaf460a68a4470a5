package command

import (
	"net"
	"os"
	"time"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

const (
	deployIt = "deploy metaflow --yes"
	changeIt = "deploy metaflow --yes --maxv-cpus 64"
)

// accountCases test credentials, the region and permissions.
func accountCases() []faultCase {
	fails := func(action string, status int, code, message string) func(*bench) {
		return func(b *bench) { b.server.FaultError(action, status, code, message) }
	}
	return []faultCase{
		{number: 1, name: "no credentials", args: deployIt, env: map[string]string{"AWS_ACCESS_KEY_ID": ""}, exit: exitUnknown,
			says: []string{"no AWS credentials: looked in AWS_ACCESS_KEY_ID, the shared config", "Try: aws configure"}},
		{number: 1, name: "no credentials and metadata that never answers", args: deployIt, arrange: silentMetadata, exit: exitUnknown,
			env: map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_EC2_METADATA_DISABLED": ""}, says: []string{"no AWS credentials: looked in"}},
		{number: 2, name: "unknown key", args: deployIt, exit: exitUnknown, says: []string{"InvalidClientTokenId: The security token", "Try: aws sso login"},
			arrange: fails("GetCallerIdentity", 403, "InvalidClientTokenId", "The security token included in the request is invalid.")},
		{number: 2, name: "wrong secret", args: deployIt, exit: exitUnknown, says: []string{"SignatureDoesNotMatch", "Try: aws sso login"},
			arrange: fails("GetCallerIdentity", 403, "SignatureDoesNotMatch", "The request signature we calculated does not match")},
		{number: 2, name: "no permission to ask for the account", args: deployIt,
			state: "CREATE_COMPLETE", effects: creates, says: []string{
				"^The account is not known: sts:GetCallerIdentity is denied$", "^OK metaflow"},
			arrange: fails("GetCallerIdentity", 403, "AccessDenied", "not authorized, with an explicit deny")},
		{number: 3, name: "no region", args: deployIt, env: map[string]string{"AWS_REGION": ""}, exit: exitUsage, says: []string{"no region is set; give one, such as us-east-1"}},
		{number: 3, name: "unknown region", args: deployIt + " --region xx-nowhere-1", exit: exitUnknown,
			env:  map[string]string{"AWS_ENDPOINT_URL": "http://sts.xx-nowhere-1.invalid"},
			says: []string{"AWS does not answer: .*no such host", "Check the network"}},
		{number: 3, name: "region that is not enabled", args: deployIt + " --region af-south-1",
			exit: exitUnknown, says: []string{
				"InvalidClientTokenId: .*; or the account has not enabled the region af-south-1$",
				"^Enable it: aws account enable-region --region-name af-south-1   Or try: aws sso login",
			},
			arrange: fails("GetCallerIdentity", 403, "InvalidClientTokenId", "The security token included in the request is invalid")},
		{number: 5, name: "no permission to read the stack", args: deployIt, exit: exitUnknown, says: []string{"may not call cloudformation:DescribeStacks"},
			arrange: func(b *bench) { b.server.Fault("DescribeStacks", cfntest.AccessDenied) }},
		{number: 5, name: "no permission to read an existing stack", args: "delete metaflow --yes", exit: exitUnknown, state: "CREATE_COMPLETE",
			says: []string{"may not call cloudformation:DescribeStacks"},
			arrange: func(b *bench) {
				b.seed("")
				b.server.Fault("DescribeStacks", cfntest.AccessDenied)
			}},
		{number: 6, name: "no permission to read the events", args: deployIt, state: "CREATE_COMPLETE", effects: creates,
			says:    []string{"may not call cloudformation:DescribeStackEvents; the status alone is followed", "^OK metaflow CREATE_COMPLETE$", "^BucketName="},
			arrange: func(b *bench) { b.server.Fault("DescribeStackEvents", cfntest.AccessDenied) }},
		{number: 6, name: "no permission to read the events of a failure", args: deployIt, exit: exitFailed, state: "ROLLBACK_COMPLETE", effects: updates,
			says: []string{"may not call cloudformation:DescribeStackEvents", "^FAILED metaflow ROLLBACK_COMPLETE$"},
			arrange: func(b *bench) {
				b.server.FailCreate("NatGateway", "no")
				b.server.Fault("DescribeStackEvents", cfntest.AccessDenied)
			}},
		{number: 8, name: "the clock is 15 minutes behind", args: deployIt + " -v", options: cfntest.Options{CheckClock: true}, state: "CREATE_COMPLETE",
			effects: creates, says: []string{"this machine's clock is 1[45]m[0-9]+s behind CloudFormation's", "^OK metaflow"},
			arrange: func(b *bench) { b.server.SkewClock(15 * time.Minute) }},
		{number: 8, name: "the clock is behind and the SDK cannot correct it", args: deployIt, exit: exitUnknown,
			says: []string{"this machine's clock is 1[45]m[0-9]+s behind CloudFormation's; set it"},
			arrange: func(b *bench) {
				b.server.SkewClock(15 * time.Minute)
				b.server.FaultError("DescribeStacks", 403, "SignatureDoesNotMatch", "Signature expired: 20261121T220000Z is now earlier than 20261121T221000Z")
			}},
	}
}

// lostCredentials test credentials that expire while the program waits.
func lostCredentials() []faultCase {
	return []faultCase{
		{number: 7, name: "the credentials expire for good", args: deployIt, options: cfntest.Options{Scale: 10}, exit: exitCredentials,
			state: "CREATE_IN_PROGRESS", effects: updates,
			says: []string{"waiting for new ones", "^The credentials were lost: metaflow is still CREATE_IN_PROGRESS$", "renew them, then: metaflow-cfn watch metaflow$"},
			arrange: func(b *bench) {
				b.server.OnCall("DescribeStackEvents", 5, func() { b.server.ExpireKey("AKIDTEST") })
			}},
		{number: 7, name: "new credentials appear", args: deployIt, options: cfntest.Options{Scale: 1}, state: "CREATE_COMPLETE", effects: creates,
			env:  map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SHARED_CREDENTIALS_FILE": "$HOME/credentials"},
			says: []string{"waiting for new ones", "^OK metaflow CREATE_COMPLETE$"},
			arrange: func(b *bench) {
				b.writeKey("AKIDFIRST")
				b.server.OnCall("DescribeStackEvents", 5, func() { b.server.ExpireKey("AKIDFIRST") })
				time.AfterFunc(time.Minute, func() { b.writeKey("AKIDSECOND") })
			}, writes: []string{"home/credentials"}},
	}
}

// writeKey writes an access key to the file where the SDK looks for it.
func (b *bench) writeKey(id string) {
	text := "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = wJalrXUtnFEMIK7MDENG\n"
	b.must(os.WriteFile(b.path("home", "credentials"), []byte(text), 0o600))
}

// silentMetadata is a metadata service that accepts connections and never answers.
func silentMetadata(b *bench) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	b.Cleanup(func() { socket.Close() })
	b.vars["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://" + socket.Addr().String()
}
