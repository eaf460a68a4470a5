package generator

import (
	"net/netip"
	"regexp"
	"strings"
)

const (
	hex = `[\da-f]{8,17}`
	arn = `arn:aws[a-z-]*:`
)

// The shapes of values. IDs are hexadecimal with 8 or 17 digits; ARNs begin with
// any partition.
var (
	vpcID           = shape{Pattern: "vpc-" + hex, Want: "a VPC ID like vpc-0123456789abcdef0"}
	subnetID        = shape{Pattern: "subnet-" + hex, Want: "a subnet ID like subnet-0123456789abcdef0"}
	routeTableID    = shape{Pattern: "rtb-" + hex, Want: "a route table ID like rtb-0123456789abcdef0"}
	gatewayID       = shape{Pattern: "igw-" + hex, Want: "an internet gateway ID like igw-0123456789abcdef0"}
	natGatewayID    = shape{Pattern: "nat-" + hex, Want: "a NAT gateway ID like nat-0123456789abcdef0"}
	allocationID    = shape{Pattern: "eipalloc-" + hex, Want: "an allocation ID like eipalloc-0123456789abcdef0"}
	securityGroupID = shape{Pattern: "sg-" + hex, Want: "a security group ID like sg-0123456789abcdef0"}
	imageID         = shape{Pattern: "ami-" + hex, Want: "an AMI ID like ami-0123456789abcdef0"}

	roleARN = shape{Pattern: arn + `iam::\d{12}:role/[\w+=,.@/-]+`,
		Want: "a role ARN like arn:aws:iam::123456789012:role/name"}
	instanceProfileARN = shape{Pattern: arn + `iam::\d{12}:instance-profile/[\w+=,.@/-]+`,
		Want: "an instance profile ARN like arn:aws:iam::123456789012:instance-profile/name"}
	policyARN = shape{Pattern: arn + `iam::(\d{12}|aws):policy/[\w+=,.@/-]+`,
		Want: "a policy ARN like arn:aws:iam::123456789012:policy/name"}
	keyARN = shape{Pattern: arn + `kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+`,
		Want: "a KMS key ARN like arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
	computeEnvironmentARN = shape{Pattern: arn + `batch:[a-z0-9-]+:\d{12}:compute-environment/[\w-]{1,128}`,
		Want: "a compute environment ARN like arn:aws:batch:us-east-1:123456789012:compute-environment/name"}
	jobQueueARN = shape{Pattern: arn + `batch:[a-z0-9-]+:\d{12}:job-queue/[\w-]{1,128}`,
		Want: "a job queue ARN like arn:aws:batch:us-east-1:123456789012:job-queue/name"}

	iamPath  = shape{Pattern: `/([\w+=,.@-]+/)*`, Want: "a path that begins and ends with a slash, like /metaflow/"}
	zoneName = shape{Pattern: `[a-z]{2}(-[a-z]+)+-[0-9]+(-[a-z]+-[0-9]+)?[a-z]`,
		Want: "an Availability Zone like us-east-1a"}
	batchName = shape{Pattern: `[A-Za-z0-9][\w-]{0,127}`,
		Want: "a name of up to 128 letters, digits, - and _, like metaflow-jobs"}
	instanceType = shape{Pattern: `[a-z][a-z0-9_-]*(\.[a-z0-9-]+)?`,
		Want: "an instance type or family like m6i.large or m6i"}
	keyPairName  = shape{Pattern: `[ -~]{1,255}`, Want: "a key pair name of up to 255 printable characters, like laptop"}
	tagValue     = shape{Pattern: `[\w .:/=+@-]{1,256}`, Want: "a tag of up to 256 letters, digits and _.:/=+@-, like metaflow-batch"}
	objectPrefix = shape{Pattern: `[\w!.*'()-]+(/[\w!.*'()-]+)*`, Want: "a folder name without slashes at the ends, like flows"}

	bucketName = shape{Pattern: `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`, Test: testBucketName,
		Want: "a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, like my-metaflow-data"}
	cidrBlock = shape{Pattern: `[0-9.]{7,15}/(1[6-9]|2[0-8])`, Test: testCIDR,
		Want: "an IPv4 range from /16 to /28 like 10.0.0.0/16"}
)

// testBucketName applies the rules that a pattern cannot say.
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

func testCIDR(value string) string {
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil:
		return "has not four numbers from 0 to 255 without leading zeros"
	case prefix != prefix.Masked():
		return "has bits outside its own mask: it would be " + prefix.Masked().String()
	}
	return ""
}
