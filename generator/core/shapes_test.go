package core_test

import (
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

// TestCheckAccepts gives each kind of value in unusual but valid forms.
func TestCheckAccepts(t *testing.T) {
	for name, values := range map[string][]string{
		"ExistingVpcId": {"", "vpc-01234567", "vpc-0123456789abcdef0"},
		"ExistingBucketName": {"abc", "my.bucket-1", strings.Repeat("a", 63),
			"123456789012-data"},
		"VpcCidr": {"10.0.0.0/16", "192.168.1.0/24", "172.31.255.240/28",
			"100.64.0.0/16"},
		"AvailabilityZone1": {"us-east-1a", "us-gov-west-1b", "us-west-2-lax-1a",
			"cn-north-1a"},
		"KmsKeyArn":                     {"arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"},
		"ExistingJobRoleArn":            {"arn:aws-us-gov:iam::123456789012:role/path/to/role+=,.@-_"},
		"ExistingInstanceProfileArn":    {"arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"},
		"ExistingComputeEnvironmentArn": {"arn:aws:batch:eu-west-1:123456789012:compute-environment/a_b-c"},
		"ExistingJobQueueArn": {"arn:aws:batch:eu-west-1:123456789012:job-queue/" +
			strings.Repeat("q", 128)},
		"JobPolicyArns": {"",
			"arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::123456789012:policy/x"},
		"PermissionsBoundaryArn": {"arn:aws:iam::123456789012:policy/boundary"},
		"InstanceTypes": {"optimal", "default_x86_64", "m6i,c6i.large, r6id.metal",
			"u-6tb1.56xlarge", "hpc7g"},
		"Ec2KeyPair":             {"my key (laptop)"},
		"JobQueueName":           {"a", "Jobs_1-x", strings.Repeat("a", 128)},
		"InstanceName":           {"metaflow batch: a/b=c+d@e"},
		"InstanceTag1":           {"", "team=ml", "a.b:c/d@e-f=", "cost-center=two words"},
		"InstancePolicyArns":     {"", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
		"DatastorePrefix":        {"flows", "team/flows", "a.b_c-d"},
		"MaxvCpus":               {"1", "100000"},
		"NoncurrentVersionDays":  {"1", "3650"},
		"BidPercentage":          {"0", "100"},
		"VolumeSize":             {"30", "16384"},
		"JobQueuePriority":       {"0", "1000"},
		"AllocationStrategy":     {"", "BEST_FIT", "SPOT_CAPACITY_OPTIMIZED"},
		"RunnableTimeoutMinutes": {"0", "1440"},
	} {
		for _, value := range values {
			if err := core.Component.Lookup(name).Check(value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestCheckRefuses gives values that are invalid alone, and compares the messages.
func TestCheckRefuses(t *testing.T) {
	const bucket = " is not a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, " +
		"like my-metaflow-data"
	const reserved = ", which S3 reserves; wanted a bucket name of 3 to 63 lower-case letters, " +
		"digits, dots and hyphens, like my-metaflow-data"
	const block = " is not an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16"
	const role = " is not a role ARN like arn:aws:iam::123456789012:role/name"
	for _, test := range []struct{ name, value, want string }{
		{"ExistingVpcId", "vpc-1234567", ` is not a VPC ID like vpc-0123456789abcdef0`},
		{"ExistingVpcId", "subnet-0123456789abcdef0", ` is not a VPC ID like vpc-0123456789abcdef0`},
		{"ExistingVpcId", "vpc-0123456789ABCDEF0", ` is not a VPC ID like vpc-0123456789abcdef0`},
		{"ExistingVpcId", "vpc-0123456789abcdef00", ` is not a VPC ID like vpc-0123456789abcdef0`},
		{"ExistingVpcId", "vpc-0123456789abcdef0\n", ` is not a VPC ID like vpc-0123456789abcdef0`},
		{"ExistingPublicSubnet1Id", "subnet-x", ` is not a subnet ID like subnet-0123456789abcdef0`},
		{"ExistingPublicRouteTableId", "rt-01234567",
			` is not a route table ID like rtb-0123456789abcdef0`},
		{"ExistingInternetGatewayId", "igw", ` is not an internet gateway ID like igw-0123456789abcdef0`},
		{"ExistingNatGatewayId", "nat-", ` is not a NAT gateway ID like nat-0123456789abcdef0`},
		{"ExistingEipAllocationId", "1.2.3.4",
			` is not an allocation ID like eipalloc-0123456789abcdef0`},
		{"ExistingSecurityGroupId", "default", ` is not a security group ID like sg-0123456789abcdef0`},
		{"ImageId", "ami", ` is not an AMI ID like ami-0123456789abcdef0`},

		{"ExistingBucketName", "ab", bucket},
		{"ExistingBucketName", strings.Repeat("a", 64), bucket},
		{"ExistingBucketName", "My-bucket", bucket},
		{"ExistingBucketName", "my_bucket", bucket},
		{"ExistingBucketName", "-bucket", bucket},
		{"ExistingBucketName", "bucket.", bucket},
		{"NewBucketName", "s3://bucket", bucket},
		{"NewBucketName", "a..b", " has two dots in a row; wanted a bucket name of 3 to 63 lower-case " +
			"letters, digits, dots and hyphens, like my-metaflow-data"},
		{"NewBucketName", "192.168.0.1",
			" looks like an IP address; wanted a bucket name of 3 to 63 lower-case letters, digits, dots " +
				"and hyphens, like my-metaflow-data"},
		{"NewBucketName", "xn--bucket", " begins with xn--" + reserved},
		{"NewBucketName", "sthree-bucket", " begins with sthree-" + reserved},
		{"NewBucketName", "amzn-s3-demo-bucket", " begins with amzn-s3-demo-" + reserved},
		{"NewBucketName", "bucket-s3alias", " ends with -s3alias" + reserved},
		{"NewBucketName", "bucket--ol-s3", " ends with --ol-s3" + reserved},
		{"NewBucketName", "bucket.mrap", " ends with .mrap" + reserved},
		{"NewBucketName", "bucket--x-s3", " ends with --x-s3" + reserved},
		{"NewBucketName", "bucket--table-s3", " ends with --table-s3" + reserved},

		{"VpcCidr", "", block},
		{"VpcCidr", "10.0.0.0", block},
		{"VpcCidr", "10.0.0.0/8", block},
		{"VpcCidr", "10.0.0.0/29", block},
		{"VpcCidr", "fd00::/64", block},
		{"VpcCidr", "10.0.0.256/24", " does not have four numbers from 0 to 255 without leading " +
			"zeros; wanted an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16"},
		{"VpcCidr", "10.00.0.0/24", " does not have four numbers from 0 to 255 without leading zeros; " +
			"wanted an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16"},
		{"PublicSubnet1Cidr", "10.0.0.1/24",
			" has bits outside its own mask: it would be 10.0.0.0/24; wanted an IPv4 CIDR block from /16 " +
				"to /28 like 10.0.0.0/16"},

		{"ExistingJobRoleArn", "my-role", role},
		{"ExistingJobRoleArn", "arn:aws:iam::12345678901:role/x", role},
		{"ExistingJobRoleArn", "arn:aws:iam::123456789012:user/x", role},
		{"ExistingJobRoleArn", "arn:aws:iam::123456789012:role/", role},
		{"ExistingInstanceProfileArn", "arn:aws:iam::123456789012:role/x",
			" is not an instance profile ARN like arn:aws:iam::123456789012:instance-profile/name"},
		{"KmsKeyArn", "arn:aws:kms:us-east-1:123456789012:alias/x",
			" is not a KMS key ARN like arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
		{"ExistingJobQueueArn", "jobs",
			" is not a job queue ARN like arn:aws:batch:us-east-1:123456789012:job-queue/name"},
		{"ExistingComputeEnvironmentArn", "arn:aws:batch:us-east-1:123456789012:job-queue/x",
			" is not a compute environment ARN like " +
				"arn:aws:batch:us-east-1:123456789012:compute-environment/name"},

		{"AvailabilityZone1", "us-east-1", " is not an Availability Zone like us-east-1a"},
		{"AvailabilityZone1", "use1-az1", " is not an Availability Zone like us-east-1a"},
		{"Ec2KeyPair", "schlüssel", " is not a key pair name of up to 255 printable characters, like " +
			"laptop"},
		{"JobQueueName", "-jobs", " is not a name of up to 128 letters, digits, - and _, like " +
			"metaflow-jobs"},
		{"RolePath", "metaflow", " is not a path that begins and ends with a slash, like /metaflow/"},
		{"RolePath", "/metaflow", " is not a path that begins and ends with a slash, like /metaflow/"},
		{"RolePath", "//", " is not a path that begins and ends with a slash, like /metaflow/"},
		{"EgressPort1", "65536", "65536 is not from 0 to 65535"},
		{"InstanceName", "a;b", " is not a tag of up to 256 letters, digits and _.:/=+@-, like " +
			"metaflow-batch"},
		{"DatastorePrefix", "/flows", " is not a folder name without slashes at the ends, like flows"},
		{"DatatoolsPrefix", "a//b", " is not a folder name without slashes at the ends, like flows"},

		{"MaxvCpus", "0", "0 is not from 1 to 100000"},
		{"MaxvCpus", "", `"" is not a whole number like 256`},
		{"MaxvCpus", "many", `"many" is not a whole number like 256`},
		{"MaxvCpus", "1.0", `"1.0" is not a whole number like 256`},
		{"MaxvCpus", "+1", `"+1" is not a whole number like 256`},
		{"MaxvCpus", "99999999999999999999", `"99999999999999999999" is not a whole number like 256`},
		{"MinvCpus", "-1", "-1 is not from 0 to 100000"},
		{"RunnableTimeoutMinutes", "11",
			`"11" is not one of 0, 10, 15, 30, 60, 120, 240, 480, 720, 1440`},
		{"ComputeType", "spot", `"spot" is not one of EC2, SPOT, FARGATE, FARGATE_SPOT`},
		{"ComputeType", "", `"" is not one of EC2, SPOT, FARGATE, FARGATE_SPOT`},
		{"ImageType", "ECS_AL2", `"ECS_AL2" is not one of "", ECS_AL2023, ECS_AL2023_NVIDIA`},
		{"S3Endpoint", "yes", `"yes" is not one of true, false`},
		{"InstanceTypes", "", `"" is not an instance type or family like m6i.large or m6i`},
		{"InstanceTypes", "m6i.large,,c6i", `"" is not an instance type or family like m6i.large or m6i`},
		{"InstanceTypes", "m6i.large;c6i",
			`"m6i.large;c6i" is not an instance type or family like m6i.large or m6i`},
		{"InstanceTag1", "team", " is not KEY=VALUE of letters, digits and _.:/+@-, like team=research"},
		{"InstanceTag1", "a=b=c", " is not KEY=VALUE of letters, digits and _.:/+@-, like team=research"},
		{"InstanceTag2", "AWS:team=ml", `"AWS:team=ml" begins with aws:, which AWS reserves; wanted KEY=VALUE ` +
			"of letters, digits and _.:/+@-, like team=research"},
		{"InstanceTag2", "Name=ml", `"Name=ml" has the key Name, which the template uses; wanted KEY=VALUE ` +
			"of letters, digits and _.:/+@-, like team=research"},
		{"JobPolicyArns", "arn:aws:iam::aws:policy/x,y",
			`"y" is not a policy ARN like arn:aws:iam::123456789012:policy/name`},
	} {
		want := test.want
		if strings.HasPrefix(want, " ") {
			want = `"` + strings.ReplaceAll(test.value, "\n", `\n`) + `"` + want
		}
		if err := core.Component.Lookup(test.name).Check(test.value); err == nil || err.Error() != want {
			t.Errorf("%s %q: got  %v\nwant %s", test.name, test.value, err, want)
		}
	}
}
