package core_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// doubt are values with what the check refuses and what the warnings say about them: a part of
// each message, and no further message.
type doubt struct {
	source             string
	values             string // Name=value; Name=value
	refusals, cautions []string
}

const image = "ami-0123456789abcdef0"

var aboutInstances = []doubt{
	{"the defaults", "", nil, nil},
	{"aws/aws-cdk#31510", "InstanceTypes=m6i.large,m7g.large",
		[]string{"InstanceTypes m7g.large: arm64, and m6i.large: x86_64"}, nil},
	{"aws/containers-roadmap#1853", "InstanceTypes=optimal,c6g",
		[]string{"InstanceTypes c6g: arm64, and optimal: x86_64"}, nil},
	{"aws/amazon-genomics-cli#499", "InstanceTypes=default_x86_64,default_arm64",
		[]string{"default_arm64: arm64, and default_x86_64: x86_64"}, nil},
	{"aws-samples/aws-batch-with-ffmpeg#14", "InstanceTypes=c5,g5g.xlarge",
		[]string{"g5g.xlarge: arm64, and c5: x86_64"},
		[]string{"InstanceTypes g5g.xlarge: AWS Batch may have no image"}},
	{"one architecture", "InstanceTypes=m7g.large,c7gn,t4g.small,default_arm64", nil, nil},
	{"families to come", "InstanceTypes=m99zq.large,quantum.large,m6i", nil, nil},
	{"Fargate has no types", "ComputeType=FARGATE; InstanceTypes=m6i,m7g", nil,
		[]string{"InstanceTypes has no effect"}},
	{"EC2 Mac instances", "InstanceTypes=mac2.metal,m6i",
		[]string{"InstanceTypes mac2.metal: macOS needs a Dedicated Host"}, nil},
	{"EC2 Mac instances", "InstanceTypes=mac-m4pro.metal",
		[]string{"InstanceTypes mac-m4pro.metal: macOS"}, nil},

	{"Netflix/metaflow#250", "InstanceTypes=p2.xlarge", nil,
		[]string{"InstanceTypes p2.xlarge: AWS Batch may have no image"}},
	{"botocore, Ec2Configuration.imageType", "InstanceTypes=p3,g3s.xlarge", nil,
		[]string{"InstanceTypes p3: AWS", "InstanceTypes g3s.xlarge: AWS"}},
	{"botocore, Ec2Configuration.imageType", "InstanceTypes=a1.large", nil,
		[]string{"Amazon Linux 2023 does not support A1"}},
	{"an image of one's own", "InstanceTypes=a1.large; ImageId=" + image, nil, nil},
	{"outerbounds/terraform-aws-metaflow#29", "InstanceTypes=g5.xlarge; ImageId=" + image,
		[]string{"ImageId with GPU types (InstanceTypes g5.xlarge) needs ImageType " +
			"ECS_AL2023_NVIDIA"}, nil},
	{"outerbounds/terraform-aws-metaflow#82",
		"InstanceTypes=c5.xlarge,g4dn.xlarge; ImageId=" + image,
		[]string{"(InstanceTypes g4dn.xlarge) needs ImageType"}, nil},
	{"outerbounds/terraform-aws-metaflow#30",
		"InstanceTypes=g5.xlarge; ImageType=ECS_AL2023_NVIDIA; ImageId=" + image, nil, nil},
	{"types without a GPU", "InstanceTypes=m6i; ImageId=" + image, nil, nil},
	{"a GPU of another maker", "InstanceTypes=g4ad.xlarge; ImageId=" + image, nil, nil},
	{"botocore, Ec2Configuration.imageType",
		"InstanceTypes=m7g.large; ImageType=ECS_AL2023_NVIDIA",
		[]string{"ImageType ECS_AL2023_NVIDIA does not support arm64 (InstanceTypes m7g.large)"},
		nil},
	{"an image of one's own",
		"InstanceTypes=g5g.xlarge; ImageType=ECS_AL2023_NVIDIA; ImageId=" + image, nil, nil},
	{"botocore: can be used for all non Graviton-based types",
		"InstanceTypes=m6i; ImageType=ECS_AL2023_NVIDIA", nil, nil},
	{"botocore: default for all non-GPU families", "InstanceTypes=g5,m6i; ImageType=ECS_AL2023",
		nil, []string{"ImageType ECS_AL2023 is for types without a GPU, and jobs that ask for " +
			"one wait (InstanceTypes g5)"}},
}

const (
	small = "PrivateSubnet1Cidr=10.0.1.0/28; PrivateSubnet2Cidr=10.0.3.0/28; "
	in17  = "PublicSubnet1Cidr=172.17.0.0/24; PrivateSubnet1Cidr=172.17.1.0/24; " +
		"PublicSubnet2Cidr=172.17.2.0/24; PrivateSubnet2Cidr=172.17.3.0/24; "
	in8 = "PublicSubnet1Cidr=8.8.0.0/24; PrivateSubnet1Cidr=8.8.1.0/24; " +
		"PublicSubnet2Cidr=8.8.2.0/24; PrivateSubnet2Cidr=8.8.3.0/24"
	in169 = "PublicSubnet1Cidr=169.254.0.0/24; PrivateSubnet1Cidr=169.254.1.0/24; " +
		"PublicSubnet2Cidr=169.254.2.0/24; PrivateSubnet2Cidr=169.254.3.0/24"
	in100 = "PublicSubnet1Cidr=100.64.0.0/24; PrivateSubnet1Cidr=100.64.1.0/24; " +
		"PublicSubnet2Cidr=100.64.2.0/24; PrivateSubnet2Cidr=100.64.3.0/24"
)

var aboutRanges = []doubt{
	{"buildkite/elastic-ci-stack-for-aws#1512", "VpcCidr=172.17.0.0/16; " + in17, nil,
		[]string{"VpcCidr 172.17.0.0/16 overlaps 172.17.0.0/16, which Docker uses"}},
	{"docker-archive/for-aws#117", "VpcCidr=172.17.0.0/16; ComputeType=FARGATE; " + in17, nil, nil},
	{"awslabs/amazon-eks-ami#109",
		"ExistingVpcId=vpc-01234567; ExistingNatGatewayId=nat-01234567; " +
			"PrivateSubnet1Cidr=172.17.1.0/24", nil,
		[]string{"PrivateSubnet1Cidr 172.17.1.0/24 overlaps 172.17.0.0/16"}},
	{"field report K5", "VpcCidr=8.8.0.0/16; " + in8, nil,
		[]string{"VpcCidr 8.8.0.0/16 is in the internet"}},
	{"RFC 6598", "VpcCidr=100.64.0.0/16; " + in100, nil, nil},
	{"VPC CIDR blocks", "VpcCidr=169.254.0.0/16; " + in169,
		[]string{"VpcCidr 169.254.0.0/16 is a range that VPCs cannot have"},
		[]string{"VpcCidr 169.254.0.0/16 is in the internet"}},

	{"nebari-dev/nebari#644", small + "ComputeType=FARGATE; MaxvCpus=4096", nil,
		[]string{"MaxvCpus 4096 may need 4096 addresses, one for each job of 1 vCPU, and the new " +
			"subnets of jobs have 22"}},
	{"paradisec-archive/nabu#1259", small + "MaxvCpus=64", nil,
		[]string{"MaxvCpus 64 may need 32 addresses, one for each instance of 2 vCPUs, and the new " +
			"subnets of jobs have 22"}},
	{"large instances need few", small + "MaxvCpus=64; InstanceTypes=m6i.xlarge,m6i.4xlarge", nil,
		nil},
	{"as many as there are", small + "MaxvCpus=22; ComputeType=FARGATE", nil, nil},
	{"one more", small + "MaxvCpus=23; ComputeType=FARGATE", nil, []string{"23 addresses"}},
	{"public subnets count where jobs are", small + "MaxvCpus=256; ComputeSubnets=all", nil, nil},
	{"a reused subnet has an unknown size", small + "MaxvCpus=4096; ExistingVpcId=vpc-01234567; " +
		"ExistingInternetGatewayId=igw-01234567; ExistingPrivateSubnet1Id=subnet-01234567", nil,
		[]string{"PrivateSubnet1Cidr has no effect"}},
	{"the default of Fargate", "ComputeType=FARGATE", nil, nil},
}

// TestDoubtfulInstances checks instance types and images.
func TestDoubtfulInstances(t *testing.T) { checkAll(t, aboutInstances) }

// TestDoubtfulRanges checks ranges that EC2 accepts or refuses.
func TestDoubtfulRanges(t *testing.T) { checkAll(t, aboutRanges) }

func checkAll(t *testing.T, all []doubt) {
	t.Helper()
	for _, d := range all {
		v := generator.Values{}
		for pair := range strings.SplitSeq(d.values, "; ") {
			if name, value, ok := strings.Cut(pair, "="); ok {
				v[name] = value
			}
		}
		compare(t, d, "refused", templatetest.Refusals(core.Component, v), d.refusals)
		compare(t, d, "warned", core.Component.Warnings(v, v), d.cautions)
	}
}

func compare(t *testing.T, d doubt, what string, got, want []string) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = strings.Contains(got[i], want[i])
	}
	if !same {
		t.Errorf("%s: %s: %s\n%s\nwant\n%s", d.source, d.values, what,
			strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestDoubtsOfGivenValues: there is no warning about values that the stack keeps unless a given
// value concerns them.
func TestDoubtsOfGivenValues(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"JobQueuePriority", "2", ""},
		{"ImageType", "ECS_AL2023_NVIDIA", "InstanceTypes p2.xlarge"},
		{"ComputeSubnets", "all", "MaxvCpus 9000 may need 2250 addresses"},
	} {
		given := generator.Values{test.name: test.value}
		v := generator.Values{"InstanceTypes": "p2.xlarge", "MaxvCpus": "9000"}
		maps.Copy(v, given)
		got := core.Component.Warnings(v, given)
		if !strings.Contains(strings.Join(got, "\n"), test.want) || len(got) != min(len(test.want), 1) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
