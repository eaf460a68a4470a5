// Package policy holds everything that the template can create to rules of
// safety, and the rules to account: each is there because it, and no other,
// notices some way to break the template.
package safety

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// rule is a property that every resolved template has.
type rule struct {
	name, reason string
	check        func(*template) findings
}

var rules = []rule{
	{"no-wildcards", "An Allow of every action, or on every resource, makes an administrator of whoever holds it.", noWildcards},
	{"no-escalation", "Who may pass or assume roles may become any of them; nothing here needs to.", noEscalation},
	{"trust-one-service", "A role that more than its one service assumes is a way in for others.", trustOneService},
	{"trust-this-account", "Without the source account and ARN another account can make the service act for it.", trustThisAccount},
	{"boundary", "Organizations refuse roles without their boundary, and count on it where there is one.", boundary},
	{"role-path", "Least-privilege policies name roles by their path.", rolePath},
	{"no-named-iam", "A name demands CAPABILITY_NAMED_IAM and lets two stacks collide.", noNamedIAM},
	{"managed-policies", "A policy of AWS more than needed is access that nobody reviewed.", managedPolicies},
	{"inline-policies", "Jobs run other people's code: they reach the one bucket and its key, and delete nothing.", inlinePolicies},
	{"policy-language", "The older policy language reads variables as literal text.", policyLanguage},
	{"instance-profile", "Instances that carry another role have its rights, or none.", instanceProfile},
	{"portability", "A literal partition, account or region breaks the template elsewhere.", portability},

	{"bucket-private", "One public object is a leak.", bucketPrivate},
	{"bucket-owned", "Objects that others own escape the bucket's policy.", bucketOwned},
	{"bucket-encrypted", "Data at rest is encrypted as it was asked for.", bucketEncrypted},
	{"bucket-key", "Without a bucket key each object costs a call to KMS.", bucketKey},
	{"bucket-tls", "What goes over the wire in the clear is read by others.", bucketTLS},
	{"bucket-new-tls", "TLS before 1.2 is broken.", bucketNewTLS},
	{"bucket-versioned", "What is overwritten or deleted by mistake can be got back.", bucketVersioned},
	{"bucket-lifecycle", "Data never expires by itself, and leftovers do not pile up.", bucketLifecycle},
	{"retained", "Data, and what protects it, outlives the stack.", retained},
	{"access-log", "Who read what is known where it was asked for.", accessLog},
	{"flow-log", "All traffic of the VPC is recorded where it was asked for.", flowLog},
	{"bucket-grants", "Only the log services write, only into the log bucket, each into its own folder.", bucketGrants},
	{"delivery-source", "Without the source anybody's logs can be delivered into this bucket.", deliverySource},

	{"one-vpc", "A part in another VPC is reached by nobody, or by others.", oneVPC},
	{"vpc-names", "Without DNS no endpoint and no service is found.", vpcNames},
	{"ranges", "Addresses are those that were planned.", ranges},
	{"two-zones", "Two subnets in one zone fail together.", twoZones},
	{"public-addresses", "What has a public address can be called from the internet.", publicAddresses},
	{"public-reach", "Instances in public subnets reach AWS by their own address only.", publicReach},
	{"internet-gateway", "One gateway joins the VPC to the internet, where that was asked for.", internetGateway},
	{"associations", "A subnet with the other side's table becomes public, or loses its way out.", associations},
	{"routes", "Private subnets go out through NAT only, each zone's own where asked, and nowhere where no internet was asked for.", routes},
	{"nat-gateways", "A NAT gateway works only from a public subnet and with an address, and unused it is paid for.", natGateways},
	{"s3-endpoint", "Traffic with S3 stays off the NAT gateway, which bills it, and works without one.", s3Endpoint},
	{"interface-endpoints", "Without the internet jobs start only if all that the agent calls has an endpoint.", interfaceEndpoints},
	{"ingress", "Nobody comes in but the nodes of a job and, to endpoints, the VPC.", ingress},
	{"egress", "Traffic goes out only to the ports that were given.", egress},
	{"described", "A rule that does not say what it is for is never removed.", described},
	{"ordered", "What starts before its way out exists fails, and what outlives it cannot be deleted.", ordered},

	{"compute-subnets", "Instances stand in private subnets unless public ones were asked for.", computeSubnets},
	{"compute-group", "Another security group lets others in.", computeGroup},
	{"spending", "Nothing is kept running, and no more bought, than was asked for.", spending},
	{"compute-kind", "Metaflow wants a managed environment; Spot loses jobs that did not expect it.", computeKind},
	{"strategy", "Another strategy costs more, is interrupted more, or cannot be updated.", strategy},
	{"in-place", "A compute environment that is replaced takes its queue's jobs with it.", inPlace},
	{"jobs-outlive-updates", "An update waits for jobs rather than killing them.", jobsOutliveUpdates},
	{"launched", "Instances outside the launch template have neither its volume nor its IMDS.", launched},
	{"images", "Instances run the types and the image that were asked for.", images},
	{"key-pair", "SSH is for those who asked for it.", keyPair},
	{"metadata-tokens", "IMDSv1, or a second hop, gives the role of an instance to whoever can make a job fetch a URL.", metadataTokens},
	{"volumes-encrypted", "Volumes hold what jobs hold, and are encrypted with the key that was asked for.", volumesEncrypted},
	{"root-volume", "A volume that is not the root leaves the root plain, and one that stays is paid for for ever.", rootVolume},
	{"plain-instances", "User data, interfaces or keys in the launch template get around the other rules.", plainInstances},
	{"queue", "Jobs go to the one compute environment.", queue},
	{"stuck-jobs", "Jobs wait as long as was asked for, and no job that can run is cancelled.", stuckJobs},

	{"known-kinds", "A new type of resource needs rules of its own.", knownKinds},
	{"tagged", "What has no name of the stack is nobody's when the bill comes.", tagged},
	{"tagged-instances", "Stack tags do not reach instances and volumes.", taggedInstances},
	{"references", "A template that names what does not exist is refused halfway.", references},
	{"outputs", "Metaflow is configured from the outputs: a wrong one sends data elsewhere.", outputs},
	{"no-secrets", "Outputs are readable by all who may describe the stack.", noSecrets},
	{"reasons", "A checker is told to be silent only with a reason.", reasons},
	{"reused-not-created", "Reuse that creates one all the same costs money and hides which is used.", reusedNotCreated},
	{"reused-untouched", "What is reused belongs to others: nothing of it is changed.", reusedUntouched},
}

// hold reports every rule that a template breaks.
func hold(t *testing.T, doc map[string]any, values generator.Values) {
	t.Helper()
	read := read(doc, complete(values))
	for _, rule := range rules {
		for _, finding := range rule.check(read) {
			t.Errorf("%v: %s: %s (%s)", values, rule.name, finding, rule.reason)
		}
	}
}

// TestScenarios holds the template of each scenario to the rules.
func TestScenarios(t *testing.T) {
	template := core.Component.Template()
	files, err := filepath.Glob("../templates/scenarios/core/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		values := scenario(t, file)
		hold(t, parse(t, resolve(t, template, values)), values)
	}
	t.Logf("%d rules, %d scenarios", len(rules), len(files))
}

func scenario(t *testing.T, file string) generator.Values {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := core.Component.ReadFile(file, data)
	if err != nil {
		t.Fatal(err)
	}
	return read.Parameters
}

// TestDefaults keeps secrets out of what everybody can read, and the defaults
// safe.
func TestDefaults(t *testing.T) {
	for p := range core.Component.Parameters() {
		if secret.MatchString(p.Name) || secret.MatchString(p.Default) {
			t.Errorf("%s with default %q looks like a secret", p.Name, p.Default)
		}
	}
	for name, want := range map[string]string{"MinvCpus": "0", "ComputeSubnets": "private", "Ec2KeyPair": "", "BucketEncryption": "aws:kms"} {
		if p := core.Component.Lookup(name); p == nil || p.Default != want {
			t.Errorf("%s: the default is not %q", name, want)
		}
	}
}
