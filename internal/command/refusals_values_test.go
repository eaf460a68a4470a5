package command

import "strings"

// Values that are invalid alone.
var badShapes = onDeploy([]refusal{
	{line: "--existing-vpc-id vpc-123",
		want: `--existing-vpc-id: "vpc-123" is not a VPC ID like vpc-0123456789abcdef0`},
	{line: "--existing-vpc-id VPC-0123456789ABCDEF0",
		want: `--existing-vpc-id: "VPC-0123456789ABCDEF0" is not a VPC ID like vpc-0123456789abcdef0`},
	{line: "--existing-vpc-id=$(id)",
		want: `--existing-vpc-id: "$(id)" is not a VPC ID like vpc-0123456789abcdef0`},
	{line: "--existing-public-subnet1-id sub-0123456789abcdef0 --existing-private-subnet2-id vpc-0123456789abcdef0 --existing-public-route-table-id x" +
		" --existing-private-route-table-id rtb-0 --existing-internet-gateway-id igw --existing-nat-gateway-id ngw-0123456789abcdef0" +
		" --existing-eip-allocation-id 203.0.113.1 --existing-security-group-id sg-xyz --image-id ami",
		want: `--existing-internet-gateway-id: "igw" is not an internet gateway ID like igw-0123456789abcdef0
			--existing-public-subnet1-id: "sub-0123456789abcdef0" is not a subnet ID like subnet-0123456789abcdef0
			--existing-private-subnet2-id: "vpc-0123456789abcdef0" is not a subnet ID like subnet-0123456789abcdef0
			--existing-public-route-table-id: "x" is not a route table ID like rtb-0123456789abcdef0
			--existing-private-route-table-id: "rtb-0" is not a route table ID like rtb-0123456789abcdef0
			--existing-nat-gateway-id: "ngw-0123456789abcdef0" is not a NAT gateway ID like nat-0123456789abcdef0
			--existing-eip-allocation-id: "203.0.113.1" is not an allocation ID like eipalloc-0123456789abcdef0
			--existing-security-group-id: "sg-xyz" is not a security group ID like sg-0123456789abcdef0
			--image-id: "ami" is not an AMI ID like ami-0123456789abcdef0`},
	{line: "--existing-job-role-arn arn:aws:iam::12345:role/x --existing-instance-profile-arn arn:aws:iam::123456789012:role/x" +
		" --existing-compute-environment-arn metaflow --existing-job-queue-arn arn:aws:batch:us-east-1:123456789012:compute-environment/x" +
		" --kms-key-arn alias/x --job-policy-arns arn:aws:iam::aws:policy/A,B --permissions-boundary-arn boundary --role-arn admin",
		want: `--kms-key-arn: "alias/x" is not a KMS key ARN like arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
			--existing-compute-environment-arn: "metaflow" is not a compute environment ARN like arn:aws:batch:us-east-1:123456789012:compute-environment/name
			--existing-job-queue-arn: "arn:aws:batch:us-east-1:123456789012:compute-environment/x" is not a job queue ARN like arn:aws:batch:us-east-1:123456789012:job-queue/name
			--existing-job-role-arn: "arn:aws:iam::12345:role/x" is not a role ARN like arn:aws:iam::123456789012:role/name
			--existing-instance-profile-arn: "arn:aws:iam::123456789012:role/x" is not an instance profile ARN like arn:aws:iam::123456789012:instance-profile/name
			--job-policy-arns: "B" is not a policy ARN like arn:aws:iam::123456789012:policy/name
			--permissions-boundary-arn: "boundary" is not a policy ARN like arn:aws:iam::123456789012:policy/name
			--role-arn: "admin" is not a role ARN like arn:aws:iam::123456789012:role/name`},
	{line: "--volume-size 10 --maxv-cpus 1e3 --minv-cpus -1 --bid-percentage 101 --noncurrent-version-days 007 --job-queue-priority ٣",
		want: `--noncurrent-version-days: "007" is not a whole number like 30
			--bid-percentage: 101 is not from 0 to 100
			--minv-cpus: -1 is not from 0 to 100000
			--maxv-cpus: "1e3" is not a whole number like 256
			--volume-size: 10 is not from 30 to 16384
			--job-queue-priority: "٣" is not a whole number like 1`},
	{line: "--existing-vpc-id vpc --existing-nat-gateway-id nat-0123456789abcdef0 --vpc-cidr 10.0.0.0", // no consequences of an invalid value are reported
		want: `--existing-vpc-id: "vpc" is not a VPC ID like vpc-0123456789abcdef0
			--vpc-cidr: "10.0.0.0" is not an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16`},
	{line: "--bucket-encryption aes256 --compute-type spot --s3-endpoint True --runnable-timeout-minutes 5",
		want: `--bucket-encryption: "aes256" is not one of aws:kms, AES256
			--s3-endpoint: "True" is not one of true, false
			--compute-type: "spot" is not one of EC2, SPOT, FARGATE, FARGATE_SPOT
			--runnable-timeout-minutes: "5" is not one of 0, 10, 15, 30, 60, 120, 240, 480, 720, 1440`},
	{line: "--instance-types  --datastore-prefix /x --ec2-key-pair a\tb --availability-zone1 us-east-1 --job-queue-name a/b",
		want: `--datastore-prefix: "/x" is not a folder name without slashes at the ends, like flows
			--availability-zone1: "us-east-1" is not an Availability Zone like us-east-1a
			--instance-types: "" is not an instance type or family like m6i.large or m6i
			--ec2-key-pair: "a\tb" is not a key pair name of up to 255 printable characters, like laptop
			--job-queue-name: "a/b" is not a name of up to 128 letters, digits, - and _, like metaflow-jobs`},
})

const bucketWanted = "a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, like my-metaflow-data"

var badBucketNames = onDeploy([]refusal{
	{line: "--new-bucket-name ab", want: `--new-bucket-name: "ab" is not ` + bucketWanted},
	{line: "--new-bucket-name Data", want: `--new-bucket-name: "Data" is not ` + bucketWanted},
	{line: "--new-bucket-name data_lake", want: `--new-bucket-name: "data_lake" is not ` + bucketWanted},
	{line: "--new-bucket-name -data", want: `--new-bucket-name: "-data" is not ` + bucketWanted},
	{line: "--new-bucket-name dätä", want: `--new-bucket-name: "dätä" is not ` + bucketWanted},
	{line: "--existing-bucket-name s3://data", want: `--existing-bucket-name: "s3://data" is not ` + bucketWanted},
	{line: "--existing-bucket-name ../data", want: `--existing-bucket-name: "../data" is not ` + bucketWanted},
	{line: "--new-bucket-name " + strings.Repeat("a", 64), want: `--new-bucket-name: "` + strings.Repeat("a", 64) + `" is not ` + bucketWanted},
	{line: "--new-bucket-name 10.0.0.1", want: `--new-bucket-name: "10.0.0.1" looks like an IP address; wanted ` + bucketWanted},
	{line: "--new-bucket-name a..b", want: `--new-bucket-name: "a..b" has two dots in a row; wanted ` + bucketWanted},
	{line: "--new-bucket-name xn--data", want: `--new-bucket-name: "xn--data" begins with xn--, which S3 reserves; wanted ` + bucketWanted},
	{line: "--new-bucket-name data-s3alias", want: `--new-bucket-name: "data-s3alias" ends with -s3alias, which S3 reserves; wanted ` + bucketWanted},
})

const rangeWanted = "an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16"

var badRanges = onDeploy([]refusal{
	{line: "--vpc-cidr 10.0.0.0", want: `--vpc-cidr: "10.0.0.0" is not ` + rangeWanted},
	{line: "--vpc-cidr=", want: `--vpc-cidr: "" is not ` + rangeWanted},
	{line: "--vpc-cidr 10.0.0.0/8", want: `--vpc-cidr: "10.0.0.0/8" is not ` + rangeWanted},
	{line: "--public-subnet1-cidr 10.0.0.0/29", want: `--public-subnet1-cidr: "10.0.0.0/29" is not ` + rangeWanted},
	{line: "--public-subnet1-cidr fd00::/64", want: `--public-subnet1-cidr: "fd00::/64" is not ` + rangeWanted},
	{line: "--private-subnet1-cidr 10.0.300.0/24", want: `--private-subnet1-cidr: "10.0.300.0/24" does not have four numbers from 0 to 255 without leading zeros; wanted ` + rangeWanted},
	{line: "--private-subnet2-cidr 10.0.3.7/24", want: `--private-subnet2-cidr: "10.0.3.7/24" has bits outside its own mask: it would be 10.0.3.0/24; wanted ` + rangeWanted},
})

// Values that are valid alone but not in combination.
var badRelations = []refusal{
	{line: "--public-subnet1-cidr 10.1.0.0/24", want: "PublicSubnet1Cidr 10.1.0.0/24 is outside VpcCidr 10.0.0.0/16: choose a range inside it"},
	{line: "--vpc-cidr 10.0.0.0/27", want: `PublicSubnet1Cidr 10.0.0.0/24 is outside VpcCidr 10.0.0.0/27: choose a range inside it
		PrivateSubnet1Cidr 10.0.1.0/24 is outside VpcCidr 10.0.0.0/27: choose a range inside it
		PublicSubnet2Cidr 10.0.2.0/24 is outside VpcCidr 10.0.0.0/27: choose a range inside it
		PrivateSubnet2Cidr 10.0.3.0/24 is outside VpcCidr 10.0.0.0/27: choose a range inside it`},
	{line: "--existing-private-subnet-ids subnet-0123456789abcdef0 --availability-zones a, --private-subnet-cidrs 10.0.1.0/24,10.0.3.0/24 --private-subnet2-cidr 10.0.4.0/24",
		want: `--existing-private-subnet-ids: "subnet-0123456789abcdef0" is not two values with a comma between, for ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id
		--availability-zones: "a," is not two values with a comma between, for AvailabilityZone1 and AvailabilityZone2
		--private-subnet-cidrs and --private-subnet2-cidr both give PrivateSubnet2Cidr: choose one`},
	{line: "--private-subnet2-cidr 10.0.2.128/25", want: "PrivateSubnet2Cidr 10.0.2.128/25 overlaps PublicSubnet2Cidr 10.0.2.0/24: choose ranges that do not overlap"},
	{line: "--existing-vpc-id vpc-0123456789abcdef0 --private-subnet1-cidr 10.0.0.0/16",
		want: `PrivateSubnet1Cidr 10.0.0.0/16 overlaps PublicSubnet1Cidr 10.0.0.0/24: choose ranges that do not overlap
			…`},
	{line: "--existing-internet-gateway-id igw-0123456789abcdef0", want: "ExistingInternetGatewayId needs ExistingVpcId"},
	{line: "--existing-public-subnet1-id subnet-0123456789abcdef0", want: "ExistingPublicSubnet1Id needs ExistingVpcId"},
	{line: "--existing-public-subnet2-id subnet-0123456789abcdef0", want: "ExistingPublicSubnet2Id needs ExistingVpcId"},
	{line: "--existing-private-subnet1-id subnet-0123456789abcdef0", want: "ExistingPrivateSubnet1Id needs ExistingVpcId"},
	{line: "--existing-private-subnet2-id subnet-0123456789abcdef0", want: "ExistingPrivateSubnet2Id needs ExistingVpcId"},
	{line: "--existing-public-route-table-id rtb-0123456789abcdef0", want: "ExistingPublicRouteTableId needs ExistingVpcId"},
	{line: "--existing-private-route-table-id rtb-0123456789abcdef0", want: "ExistingPrivateRouteTableId needs ExistingVpcId"},
	{line: "--existing-nat-gateway-id nat-0123456789abcdef0", want: "ExistingNatGatewayId needs ExistingVpcId"},
	{line: "--existing-security-group-id sg-0123456789abcdef0", want: "ExistingSecurityGroupId needs ExistingVpcId"},
	{line: "--existing-vpc-id vpc-0123456789abcdef0 --existing-private-subnet1-id subnet-0123456789abcdef0 --existing-private-subnet2-id subnet-0123456789abcdef0",
		want: "ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id are both subnet-0123456789abcdef0: give subnets in two Availability Zones"},
	{line: "--availability-zone1 us-east-1a --availability-zone2 us-east-1a",
		want: "AvailabilityZone1 and AvailabilityZone2: give two that differ, or neither"},
	{line: "--minv-cpus 300", want: "MinvCpus 300 is greater than MaxvCpus 256: lower it, or raise MaxvCpus"},
	{line: "--maxv-cpus 4 --desiredv-cpus 8", want: "DesiredvCpus 8 is not between MinvCpus 0 and MaxvCpus 4: omit it to let Batch decide"},
	{line: "--bid-percentage 60", want: "BidPercentage needs ComputeType SPOT"},
	{line: "--allocation-strategy SPOT_CAPACITY_OPTIMIZED",
		want: "AllocationStrategy SPOT_* needs ComputeType SPOT: leave it empty, or use BEST_FIT_PROGRESSIVE"},
	{line: "--allocation-strategy BEST_FIT --compute-type SPOT",
		want: "AllocationStrategy BEST_FIT with ComputeType SPOT needs ExistingSpotFleetRoleArn: give it, or use SPOT_PRICE_CAPACITY_OPTIMIZED, which does not need it"},
	{line: "--bucket-encryption AES256 --kms-key-arn arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
		want: "KmsKeyArn needs BucketEncryption aws:kms"},
	{line: "--bid-percentage 60 --minv-cpus 300 --existing-nat-gateway-id nat-0123456789abcdef0 --private-subnet2-cidr 10.0.2.0/24",
		want: `ExistingNatGatewayId needs ExistingVpcId
			BidPercentage needs ComputeType SPOT
			MinvCpus 300 is greater than MaxvCpus 256: lower it, or raise MaxvCpus
			PrivateSubnet2Cidr 10.0.2.0/24 overlaps PublicSubnet2Cidr 10.0.2.0/24: choose ranges that do not overlap`},
}
