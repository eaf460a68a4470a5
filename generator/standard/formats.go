package standard

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

const arn = `arn:aws[a-z-]*:`

// resourceID returns the format of the IDs of a type in EC2: hexadecimal, with 8
// or 17 digits.
func resourceID(prefix, noun string) generator.Format {
	return generator.Format{
		Pattern:  prefix + `-[\da-f]{8,17}`,
		Expected: noun + " like " + prefix + "-0123456789abcdef0",
	}
}

// The formats of values. ARNs begin with any partition.
var (
	VPCID           = resourceID("vpc", "a VPC ID")
	SubnetID        = resourceID("subnet", "a subnet ID")
	RouteTableID    = resourceID("rtb", "a route table ID")
	GatewayID       = resourceID("igw", "an internet gateway ID")
	NatGatewayID    = resourceID("nat", "a NAT gateway ID")
	AllocationID    = resourceID("eipalloc", "an allocation ID")
	SecurityGroupID = resourceID("sg", "a security group ID")
	ImageID         = resourceID("ami", "an AMI ID")

	RoleARN = generator.Format{Pattern: arn + `iam::\d{12}:role/[\w+=,.@/-]+`,
		Expected: "a role ARN like arn:aws:iam::123456789012:role/name"}
	InstanceProfileARN = generator.Format{Pattern: arn + `iam::\d{12}:instance-profile/[\w+=,.@/-]+`,
		Expected: "an instance profile ARN like arn:aws:iam::123456789012:instance-profile/name"}
	PolicyARN = generator.Format{Pattern: arn + `iam::(\d{12}|aws):policy/[\w+=,.@/-]+`,
		Expected: "a policy ARN like arn:aws:iam::123456789012:policy/name"}
	KeyARN = generator.Format{Pattern: arn + `kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+`,
		Expected: "a KMS key ARN like arn:aws:kms:us-east-1:123456789012:" +
			"key/1234abcd-12ab-34cd-56ef-1234567890ab"}
	ComputeEnvironmentARN = generator.Format{
		Pattern: arn + `batch:[a-z0-9-]+:\d{12}:compute-environment/[\w-]{1,128}`,
		Expected: "a compute environment ARN like " +
			"arn:aws:batch:us-east-1:123456789012:compute-environment/name"}
	JobQueueARN = generator.Format{Pattern: arn + `batch:[a-z0-9-]+:\d{12}:job-queue/[\w-]{1,128}`,
		Expected: "a job queue ARN like arn:aws:batch:us-east-1:123456789012:job-queue/name"}

	RoleName = generator.Format{Pattern: `[\w+=,.@-]{1,64}`,
		Expected: "a role name like metaflow-JobRole-1A2B3C4D5E6F"}
	TableName = generator.Format{Pattern: `[\w.-]{3,255}`,
		Expected: "a table name of 3 to 255 letters, digits, _ . and -, like metaflow-state"}
	StateMachinePrefix = generator.Format{Pattern: `[A-Za-z0-9][\w-]{0,19}`,
		Expected: "a prefix of up to 20 letters, digits, - and _, like team-a"}

	SecretARN = generator.Format{
		Pattern: arn + `secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+`,
		Expected: "a secret ARN like arn:aws:secretsmanager:us-east-1:123456789012:" +
			"secret:metaflow-1a2b3c"}
	CertificateARN = generator.Format{Pattern: arn + `acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+`,
		Expected: "a certificate ARN like arn:aws:acm:us-east-1:123456789012:" +
			"certificate/1234abcd-12ab-34cd-56ef-1234567890ab"}
	HTTPSURL = generator.Format{Pattern: `https://[\w.-]+(:[0-9]+)?(/[\w./~%-]*)?`,
		Expected: "an address like https://login.example.com/oauth2"}
	HostName = generator.Format{Pattern: `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?` +
		`(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+`,
		Expected: "a host name with dots, like db.example.com"}
	DatabaseClass = generator.Format{Pattern: `db\.[a-z0-9-]+\.[a-z0-9]+`,
		Expected: "an instance class of RDS like db.m6g.large"}
	ContainerImage = generator.Format{Pattern: `[a-z0-9][\w./-]*(:[0-9]+/[\w./-]+)?` +
		`(:[\w.-]*[0-9][\w.-]*|@sha256:[0-9a-f]{64})`,
		Expected: "an image with a version, like public.ecr.aws/team/service:1.2"}
	PrivateCIDR = generator.Format{Pattern: `[0-9.]{7,15}/([89]|[12][0-9]|3[0-2])`,
		Validate: testPrivateCIDR,
		Expected: "a CIDR block of private addresses like 10.8.0.0/16"}

	IAMPath = generator.Format{Pattern: `/([\w+=,.@-]+/)*`,
		Expected: "a path that begins and ends with a slash, like /metaflow/"}
	ZoneName = generator.Format{Pattern: `[a-z]{2}(-[a-z]+)+-[0-9]+(-[a-z]+-[0-9]+)?[a-z]`,
		Expected: "an Availability Zone like us-east-1a"}
	BatchName = generator.Format{Pattern: `[A-Za-z0-9][\w-]{0,127}`,
		Expected: "a name of up to 128 letters, digits, - and _, like metaflow-jobs"}
	InstanceType = generator.Format{Pattern: `[a-z][a-z0-9_-]*(\.[a-z0-9-]+)?`,
		Expected: "an instance type or family like m6i.large or m6i"}
	KeyPairName = generator.Format{Pattern: `[ -~]{1,255}`,
		Expected: "a key pair name of up to 255 printable characters, like laptop"}
	TagValue = generator.Format{Pattern: `[\w .:/=+@-]{1,256}`,
		Expected: "a tag of up to 256 letters, digits and _.:/=+@-, like metaflow-batch"}
	// Tag is a tag whose key and value CloudFormation separates at the =.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
	Tag = generator.Format{Pattern: `[\w.:/+@-]{1,128}=[\w .:/+@-]{0,256}`, Validate: testTag,
		Expected: "KEY=VALUE of letters, digits and _.:/+@-, like team=research"}
	ObjectPrefix = generator.Format{Pattern: `[\w!.*'()-]+(/[\w!.*'()-]+)*`,
		Expected: "a folder name without slashes at the ends, like flows"}

	BucketName = generator.Format{Pattern: `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`,
		Validate: testBucketName, Caution: holdsAccountID,
		Expected: "a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, like " +
			"my-metaflow-data"}
	CIDRBlock = generator.Format{Pattern: `[0-9.]{7,15}/(1[6-9]|2[0-8])`, Validate: testCIDR,
		Expected: "an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16"}
)

// testTag refuses keys that AWS reserves, and those that the template itself uses.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
func testTag(tag string) string {
	key, _, _ := strings.Cut(tag, "=")
	switch {
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return "begins with aws:, which AWS reserves"
	case key == "Name" || key == "ImageRefresh":
		return "has the key " + key + ", which the template uses"
	}
	return ""
}

// testBucketName applies the rules that a pattern cannot express.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func testBucketName(name string) string {
	switch {
	case strings.Contains(name, ".."):
		return "has two dots in a row"
	case regexp.MustCompile(`^([0-9]+\.){3}[0-9]+$`).MatchString(name):
		return "looks like an IP address"
	}
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		if strings.HasPrefix(name, prefix) {
			return "begins with " + prefix + ", which S3 reserves"
		}
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"} {
		if strings.HasSuffix(name, suffix) {
			return "ends with " + suffix + ", which S3 reserves"
		}
	}
	return ""
}

// holdsAccountID warns about names that reveal an account ID: bucket names are public.
func holdsAccountID(name string) string {
	if regexp.MustCompile(`[0-9]{12}`).MatchString(name) {
		return "contains 12 digits, like an account ID, and bucket names are public"
	}
	return ""
}

// testPrivateCIDR refuses addresses of the internet. RFC 1918 and RFC 6598 name those that are not.
func testPrivateCIDR(value string) string {
	if wrong := testCIDR(value); wrong != "" {
		return wrong
	}
	prefix := netip.MustParsePrefix(value)
	for _, private := range []string{
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
	} {
		if Inside(netip.MustParsePrefix(private), prefix) {
			return ""
		}
	}
	return "has addresses of the internet"
}

// Inside reports whether a CIDR block lies in another one.
func Inside(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

func testCIDR(value string) string {
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil:
		return "does not have four numbers from 0 to 255 without leading zeros"
	case prefix != prefix.Masked():
		return "has bits outside its own mask: it would be " + prefix.Masked().String()
	}
	return ""
}
