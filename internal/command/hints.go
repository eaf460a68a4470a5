package command

import (
	"regexp"
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/deploy"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
)

// advice is what to try when a resource fails. {Name} stands for the flag of a
// parameter, {id} for the logical ID of the resource.
type advice struct {
	of   string // end of the resource's type, or a service with ::; "" for any
	says string // what its reason contains, in lower case: any of these, between |
	try  string
}

// hints are in the order in which they are tried; the first that fits is given.
var hints = []advice{
	{"IAM::Role", "with an explicit deny in", "a policy of the organization forbids it; if it demands a permissions boundary, give it: {PermissionsBoundaryArn}; else reuse what exists: {ExistingJobRoleArn}, {ExistingInstanceProfileArn}"},
	{"EC2::", "with an explicit deny in", "a policy of the organization forbids it; reuse a network that exists: {ExistingVpcId}, with its subnets"},
	{"S3::", "with an explicit deny in", "a policy of the organization forbids it; reuse a bucket that exists: {ExistingBucketName}"},
	{"", "with an explicit deny in", "a policy of the organization forbids it; who manages the account can tell what it allows"},

	{"", "iam:passrole", "allow who deploys iam:PassRole on that role, deploy with a role that may (--role-arn), or reuse one that may be passed: {ExistingInstanceProfileArn}, {ExistingBatchServiceRoleArn}"},
	{"", "awsserviceroleforec2spot|awsserviceroleforspot|spot.amazonaws.com|spotfleet.amazonaws.com", "make the service-linked role: aws iam create-service-linked-role --aws-service-name spot.amazonaws.com; or use {ComputeType} EC2"},
	{"", "awsserviceroleforbatch|awsserviceroleforecs|service-linked role|service linked role|createservicelinkedrole", "make the service-linked role: aws iam create-service-linked-role --aws-service-name batch.amazonaws.com; or name a role: {ExistingBatchServiceRoleArn}"},

	{"EC2::EIP", "addresslimitexceeded|maximum number of addresses", "release an Elastic IP address or raise the quota, reuse one: {ExistingEipAllocationId}, or do without: {ComputeSubnets} public"},
	{"EC2::VPC", "vpclimitexceeded|maximum number of vpcs", "delete a VPC or raise the quota, or reuse one: {ExistingVpcId}"},
	{"EC2::InternetGateway", "internetgatewaylimitexceeded|maximum number of internet gateways", "delete an internet gateway or raise the quota, or reuse a VPC with its gateway: {ExistingVpcId}, {ExistingInternetGatewayId}"},
	{"EC2::NatGateway", "natgatewaylimitexceeded|limit", "delete a NAT gateway or raise the quota, reuse one: {ExistingNatGatewayId} with {ExistingVpcId}, or do without: {ComputeSubnets} public"},
	{"EC2::Subnet", "invalidsubnet.conflict|conflicts with another subnet", "the VPC has a subnet in that range; give a free one: {{id}Cidr}, or reuse the subnet: {Existing{id}Id}"},
	{"EC2::Subnet", "invalidsubnet.range|invalid cidr|cidr", "give a range inside the VPC's: {{id}Cidr}"},
	{"EC2::Subnet", "availabilityzone|availability zone", "choose zones that the account has: {AvailabilityZone1}, {AvailabilityZone2}"},
	{"EC2::VPC", "invalidvpc.range|cidr", "give a range of /16 to /28: {VpcCidr}"},
	{"VPCGatewayAttachment", "already|resource.alreadyassociated", "the VPC has an internet gateway; name it: {ExistingInternetGatewayId}"},
	{"EC2::Route", "already exists|routealreadyexists", "the table has that route; name the table, which is then left as it is: {ExistingPublicRouteTableId}, {ExistingPrivateRouteTableId}"},
	{"EC2::VPCEndpoint", "already", "the table has an S3 endpoint; do without: {S3Endpoint}=false"},

	{"S3::Bucket", "bucketalreadyownedbyyou|already owned by you", "the account has that bucket; reuse it: {ExistingBucketName}, or choose another name: {NewBucketName}"},
	{"S3::Bucket", "bucketalreadyexists|already exists|not available", "somebody has that name; choose another, or none: {NewBucketName}; if the bucket is yours: {ExistingBucketName}"},
	{"S3::Bucket", "kms", "check the key and who may use it: {KmsKeyArn}"},

	{"IAM::", "limitexceeded|quota", "delete roles or raise the quota, or reuse them: {ExistingJobRoleArn}, {ExistingInstanceProfileArn}"},
	{"IAM::Role", "not attachable|policy", "check the policies of jobs: {JobPolicyArns}"},
	{"Batch::", "object already exists|already exists", "choose another name, or none: {ComputeEnvironmentName}, {JobQueueName}"},
	{"Batch::ComputeEnvironment", "instance type|instancetype", "choose instance types that the region has: {InstanceTypes} optimal"},
	{"Batch::ComputeEnvironment", "key pair|keypair", "name a key pair of this region, or none: {Ec2KeyPair}"},
	{"Batch::ComputeEnvironment", "imageid|image id|ami", "check the image: {ImageId}"},
	{"Batch::ComputeEnvironment", "limit|quota", "delete a compute environment or raise the quota, or reuse one: {ExistingComputeEnvironmentArn}"},
	{"Batch::JobQueue", "limit|quota", "delete a job queue or raise the quota, or reuse one: {ExistingJobQueueArn}"},

	{"", "not authorized to perform|accessdenied|access denied|unauthorizedoperation", "allow it to who deploys, or deploy with a role that may: --role-arn"},
	{"", "limitexceeded|quota", "raise the quota (Service Quotas), or reuse what exists"},
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// hint is what to try about a failure, "" when nothing is known. also is further
// text about it, from the service itself.
func hint(e deploy.Event, also string) string {
	if e.Type == "" { // a validation before anything exists
		e.Type = typeOf(e.LogicalID)
	}
	reason := strings.ToLower(e.Reason + " " + also)
	for _, a := range hints {
		if !a.about(e.Type) {
			continue
		}
		for says := range strings.SplitSeq(a.says, "|") {
			if strings.Contains(reason, says) {
				return a.text(e.LogicalID)
			}
		}
	}
	return ""
}

// typeOf is the type of a resource of the template, "" when it has none of that name.
func typeOf(id string) string {
	for _, r := range generator.Template().Resources {
		if r.ID == id {
			return r.Type
		}
	}
	return ""
}

// about says whether the advice is for a type of resource: that one, or with ::
// at its end every one of the service.
func (a advice) about(typ string) bool {
	if strings.HasSuffix(a.of, "::") {
		return strings.Contains(typ, a.of)
	}
	return strings.HasSuffix(typ, a.of)
}

// text is the advice with the names of flags.
func (a advice) text(id string) string {
	text := strings.ReplaceAll(a.try, "{id}", id)
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if p := generator.Lookup(name[1 : len(name)-1]); p != nil {
			return "--" + p.Flag()
		}
		return name[1 : len(name)-1]
	})
}
