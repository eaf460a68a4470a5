package safety

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/generator/hardening"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// subject is a component with what the rules must know of it.
type subject struct {
	component *generator.Component
	domain    *templatetest.Domain
	kinds     []string         // the resource types that it creates
	most      generator.Values // under which most of its resources exist

	// spares are the beginnings of the IDs of what is not created where a parameter
	// reuses something: the resource and its parts.
	spares   map[string][]string
	defaults map[string]string // of parameters whose default is a matter of safety
	bred     []specimen

	// grants are all that each role and inline policy may do, by ID: actions on resources.
	grants func(*template) map[string][]string
}

// specimen is a set of values whose template is bred from: those of the scenario
// of that name where none are given.
type specimen struct {
	name   string
	values generator.Values
}

var subjects = []*subject{coreSubject, hardeningSubject, schedulerSubject, serviceSubject}

const (
	iam      = "arn:aws:iam::123456789012:"
	givenVPC = "vpc-0123456789abcdef0"
)

var coreSubject = &subject{
	component: core.Component,
	grants:    coreGrants,
	domain:    templatetest.NewDomain(core.Component),
	kinds: []string{
		"AWS::Batch::ComputeEnvironment", "AWS::Batch::JobQueue", "AWS::EC2::EIP",
		"AWS::EC2::InternetGateway", "AWS::EC2::LaunchTemplate", "AWS::EC2::NatGateway",
		"AWS::EC2::Route", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup",
		"AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet",
		"AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPC", "AWS::EC2::VPCEndpoint",
		"AWS::EC2::VPCGatewayAttachment", "AWS::IAM::InstanceProfile", "AWS::IAM::Role",
		"AWS::S3::Bucket", "AWS::S3::BucketPolicy",
	},
	spares: map[string][]string{
		"ExistingBucketName":            {"Bucket"},
		"ExistingVpcId":                 {"Vpc"},
		"ExistingInternetGatewayId":     {"InternetGateway", "GatewayAttachment"},
		"ExistingPublicSubnet1Id":       {"PublicSubnet1"},
		"ExistingPublicSubnet2Id":       {"PublicSubnet2"},
		"ExistingPrivateSubnet1Id":      {"PrivateSubnet1"},
		"ExistingPrivateSubnet2Id":      {"PrivateSubnet2"},
		"ExistingPublicRouteTableId":    {"PublicRoute"},
		"ExistingPrivateRouteTableId":   {"PrivateRoute", "Private2Route"},
		"ExistingNatGatewayId":          {"NatGateway", "Eip"},
		"ExistingEipAllocationId":       {"Eip"},
		"ExistingSecurityGroupId":       {"SecurityGroup"},
		"ExistingComputeEnvironmentArn": append([]string{"ComputeEnvironment"}, environmentParts...),
		"ExistingJobQueueArn": append([]string{"JobQueue", "ComputeEnvironment"},
			environmentParts...),
		"ExistingJobRoleArn":         {"JobRole"},
		"ExistingInstanceProfileArn": {"Instance"},
		"ExistingExecutionRoleArn":   {"ExecutionRole"},
	},
	defaults: map[string]string{
		"MinvCpus": "0", "ComputeSubnets": "private", "Ec2KeyPair": "",
		"BucketEncryption": "aws:kms",
	},
	bred: []specimen{
		{name: "default"}, {name: "spot"}, {name: "hardened"}, {name: "fargate"},
		{name: "maintained"},
		{"warm", generator.Values{
			"ComputeSubnets": "all", "NatPerZone": "true", "MinvCpus": "4",
			"RunnableTimeoutMinutes": "30",
		}},
		{"reused", generator.Values{
			"ExistingBucketName": "team-data", "ExistingVpcId": givenVPC,
			"ExistingPublicSubnet1Id":     "subnet-0123456789abcdef0",
			"ExistingPrivateRouteTableId": "rtb-0123456789abcdef0",
			"ExistingSecurityGroupId":     "sg-0123456789abcdef0",
			"ExistingInstanceProfileArn":  iam + "instance-profile/instance",
		}},
	},
}

// environmentParts begin the IDs of what only a new compute environment needs.
var environmentParts = []string{
	"LaunchTemplate", "Instance", "ExecutionRole", "SecurityGroup", "Vpc", "Private", "Public",
}

var hardeningSubject = &subject{
	component: hardening.Component,
	domain:    templatetest.NewDomain(hardening.Component),
	kinds: []string{
		"AWS::EC2::FlowLog", "AWS::EC2::SecurityGroup", "AWS::EC2::VPCEndpoint",
		"AWS::S3::Bucket", "AWS::S3::BucketPolicy",
	},
	most: generator.Values{
		"ExistingVpcId": givenVPC, "ExistingBucketName": "team-data",
		"ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0",
		"ExistingPrivateSubnet2Id": "subnet-0123456789abcdef1",
		"ExistingSecurityGroupId":  "sg-0123456789abcdef0", "InterfaceEndpoints": "true",
	},
	spares:   map[string][]string{"ExistingLogBucketName": {"LogBucket"}},
	defaults: map[string]string{"VpcFlowLog": "true", "LogExpirationDays": "90"},
	bred: []specimen{
		{name: "default"}, {name: "no-internet"}, {name: "fargate"}, {name: "access-log"},
		{name: "existing-log-bucket"},
	},
}
