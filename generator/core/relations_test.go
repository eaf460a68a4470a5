package core_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
)

const vpc = "vpc-0123456789abcdef0"

// relations are values that are valid alone but not in combination, with every message of Check
// about them.
var relations = []struct {
	name   string
	values generator.Values
	want   []string
}{
	{"KMS key with AES256", generator.Values{"BucketEncryption": "AES256",
		"KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd"},
		[]string{"KmsKeyArn needs BucketEncryption aws:kms"}},
	{"KMS key for volumes, without a key", generator.Values{"KmsKeyForVolumes": "true"},
		[]string{"KmsKeyForVolumes needs KmsKeyArn"}},
	{"public compute without internet",
		generator.Values{"InternetAccess": "false", "ComputeSubnets": "all"},
		[]string{"InternetAccess false needs ComputeSubnets private"}},
	{"neither internet nor S3", generator.Values{"InternetAccess": "false", "S3Endpoint": "false"},
		[]string{"InternetAccess false needs S3Endpoint true: images in ECR and data come through it"}},
	{"egress without HTTPS", generator.Values{"EgressPort2": "5432"},
		[]string{"EgressPort1 or EgressPort2 must be 443: images, data and AWS are reached " +
			"through it"}},
	{"bid of Fargate Spot", generator.Values{"ComputeType": "FARGATE_SPOT", "BidPercentage": "60"},
		[]string{"BidPercentage needs ComputeType SPOT"}},
	{"bid without Spot", generator.Values{"BidPercentage": "60"},
		[]string{"BidPercentage needs ComputeType SPOT"}},
	{"Spot strategy without Spot", generator.Values{"AllocationStrategy": "SPOT_CAPACITY_OPTIMIZED"},
		[]string{"AllocationStrategy SPOT_* needs ComputeType SPOT: leave it empty, or use " +
			"BEST_FIT_PROGRESSIVE"}},
	{"other Spot strategy without Spot",
		generator.Values{"AllocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED"},
		[]string{"AllocationStrategy SPOT_* needs ComputeType SPOT: leave it empty, or use " +
			"BEST_FIT_PROGRESSIVE"}},
	{"BEST_FIT of Spot without its role",
		generator.Values{"AllocationStrategy": "BEST_FIT", "ComputeType": "SPOT"},
		[]string{"AllocationStrategy BEST_FIT with ComputeType SPOT needs ExistingSpotFleetRoleArn: " +
			"give it, or use SPOT_PRICE_CAPACITY_OPTIMIZED, which does not need it"}},
	{"one zone", generator.Values{"AvailabilityZone1": "us-east-1c"},
		[]string{"AvailabilityZone1 and AvailabilityZone2: give two that differ, or neither"}},
	{"the other zone", generator.Values{"AvailabilityZone2": "us-east-1c"},
		[]string{"AvailabilityZone1 and AvailabilityZone2: give two that differ, or neither"}},
	{"the same zone", generator.Values{"AvailabilityZone1": "us-east-1c",
		"AvailabilityZone2": "us-east-1c"},
		[]string{"AvailabilityZone1 and AvailabilityZone2: give two that differ, or neither"}},
	{"the same key of two tags", generator.Values{"InstanceTag1": "team=ml", "InstanceTag2": "team=web"},
		[]string{"InstanceTag1 and InstanceTag2 both have the key team: EC2 takes a key once; give " +
			"another key"}},
	{"the same public subnet", generator.Values{"ExistingVpcId": vpc,
		"ExistingPublicSubnet1Id": "subnet-01234567", "ExistingPublicSubnet2Id": "subnet-01234567"},
		[]string{"ExistingPublicSubnet1Id and ExistingPublicSubnet2Id are both subnet-01234567: give " +
			"subnets in two Availability Zones"}},
	{"the same private subnet", generator.Values{"ExistingVpcId": vpc,
		"ExistingPrivateSubnet1Id": "subnet-01234567", "ExistingPrivateSubnet2Id": "subnet-01234567"},
		[]string{"ExistingPrivateSubnet1Id and ExistingPrivateSubnet2Id are both subnet-01234567: " +
			"give subnets in two Availability Zones"}},

	{"min over max", generator.Values{"MinvCpus": "20", "MaxvCpus": "10"},
		[]string{"MinvCpus 20 is greater than MaxvCpus 10: lower it, or raise MaxvCpus"}},
	{"min over the default of max", generator.Values{"MinvCpus": "300"},
		[]string{"MinvCpus 300 is greater than MaxvCpus 256: lower it, or raise MaxvCpus"}},
	{"desired over max", generator.Values{"DesiredvCpus": "257"},
		[]string{"DesiredvCpus 257 is not between MinvCpus 0 and MaxvCpus 256: " +
			"omit it to let Batch decide"}},
	{"desired under min", generator.Values{"DesiredvCpus": "1", "MinvCpus": "2"},
		[]string{"DesiredvCpus 1 is not between MinvCpus 2 and MaxvCpus 256: " +
			"omit it to let Batch decide"}},

	{"subnet outside", generator.Values{"PrivateSubnet2Cidr": "10.1.3.0/24"},
		[]string{"PrivateSubnet2Cidr 10.1.3.0/24 is outside VpcCidr 10.0.0.0/16: " +
			"choose a range inside it"}},
	{"all subnets outside", generator.Values{"VpcCidr": "192.168.0.0/16"}, []string{
		"PublicSubnet1Cidr 10.0.0.0/24 is outside VpcCidr 192.168.0.0/16: choose a range inside it",
		"PrivateSubnet1Cidr 10.0.1.0/24 is outside VpcCidr 192.168.0.0/16: choose a range inside it",
		"PublicSubnet2Cidr 10.0.2.0/24 is outside VpcCidr 192.168.0.0/16: choose a range inside it",
		"PrivateSubnet2Cidr 10.0.3.0/24 is outside VpcCidr 192.168.0.0/16: choose a range inside it"}},
	{"subnet that is larger", generator.Values{"VpcCidr": "10.0.0.0/22",
		"PublicSubnet1Cidr": "10.0.0.0/21"}, []string{
		"PublicSubnet1Cidr 10.0.0.0/21 is outside VpcCidr 10.0.0.0/22: choose a range inside it",
		"PrivateSubnet1Cidr 10.0.1.0/24 overlaps PublicSubnet1Cidr 10.0.0.0/21: " +
			"choose ranges that do not overlap",
		"PublicSubnet2Cidr 10.0.2.0/24 overlaps PublicSubnet1Cidr 10.0.0.0/21: " +
			"choose ranges that do not overlap",
		"PrivateSubnet2Cidr 10.0.3.0/24 overlaps PublicSubnet1Cidr 10.0.0.0/21: " +
			"choose ranges that do not overlap"}},
	{"overlap", generator.Values{"PublicSubnet2Cidr": "10.0.1.128/25"},
		[]string{"PublicSubnet2Cidr 10.0.1.128/25 overlaps PrivateSubnet1Cidr 10.0.1.0/24: " +
			"choose ranges that do not overlap"}},
	{"overlap in a reused VPC", generator.Values{"ExistingVpcId": vpc,
		"PublicSubnet1Cidr": "172.31.1.0/24", "PrivateSubnet1Cidr": "172.31.1.0/24"},
		[]string{"PrivateSubnet1Cidr 172.31.1.0/24 overlaps PublicSubnet1Cidr 172.31.1.0/24: " +
			"choose ranges that do not overlap"}},

	{"VPC-scoped reuse without the VPC", generator.Values{
		"ExistingInternetGatewayId": "igw-01234567", "ExistingPublicSubnet1Id": "subnet-01234561",
		"ExistingPublicSubnet2Id":  "subnet-01234562",
		"ExistingPrivateSubnet1Id": "subnet-01234563", "ExistingPrivateSubnet2Id": "subnet-01234564",
		"ExistingPublicRouteTableId":  "rtb-01234561",
		"ExistingPrivateRouteTableId": "rtb-01234562", "ExistingNatGatewayId": "nat-01234567",
		"ExistingSecurityGroupId": "sg-01234567"},
		[]string{
			"ExistingInternetGatewayId needs ExistingVpcId",
			"ExistingPublicSubnet1Id needs ExistingVpcId",
			"ExistingPublicSubnet2Id needs ExistingVpcId",
			"ExistingPrivateSubnet1Id needs ExistingVpcId",
			"ExistingPrivateSubnet2Id needs ExistingVpcId",
			"ExistingPublicRouteTableId needs ExistingVpcId",
			"ExistingPrivateRouteTableId needs ExistingVpcId",
			"ExistingNatGatewayId needs ExistingVpcId",
			"ExistingSecurityGroupId needs ExistingVpcId"}},
}

func TestRelations(t *testing.T) {
	for _, test := range relations {
		t.Run(test.name, func(t *testing.T) {
			err := core.Component.Check(test.values)
			if err == nil || err.Error() != strings.Join(test.want, "\n") {
				t.Errorf("got\n%v\nwant\n%s", err, strings.Join(test.want, "\n"))
			}
		})
	}
}

// TestEveryScopedReuseNeedsItsVpc gives each of the nine parameters alone.
func TestEveryScopedReuseNeedsItsVpc(t *testing.T) {
	for _, test := range relations {
		if test.name != "VPC-scoped reuse without the VPC" {
			continue
		}
		if len(test.values) != 9 {
			t.Errorf("%d are tested, want nine", len(test.values))
		}
		for name, value := range test.values {
			alone := generator.Values{name: value}
			if err := core.Component.Check(alone); err == nil || err.Error() != name+" needs ExistingVpcId" {
				t.Errorf("%s: %v", name, err)
			}
			alone["ExistingVpcId"] = vpc
			if err := core.Component.Check(alone); err != nil {
				t.Errorf("%s with its VPC: %v", name, err)
			}
		}
	}
}

// TestRulesShareTheirTexts checks that each rule's text is a message of Check, and that Resolve
// refuses with the same text.
func TestRulesShareTheirTexts(t *testing.T) {
	template := core.Component.Template()
	said := map[string]bool{}
	for _, test := range relations {
		for _, line := range test.want {
			said[line] = true
		}
	}
	for _, rule := range template.Rules {
		for _, a := range rule.Assertions {
			parts := a.Parts
			if len(parts) == 0 {
				parts = []cfn.Assertion{a}
			}
			for _, part := range parts {
				if !said[part.Description] {
					t.Errorf("no test breaks the rule %s: %s", rule.ID, part.Description)
				}
				delete(said, part.Description)
			}
		}
	}
	for _, test := range relations {
		_, err := template.Resolve(test.values)
		rest := slices.DeleteFunc(slices.Clone(test.want), func(line string) bool { return said[line] })
		if want := strings.Join(rest, "\n"); err == nil && want != "" || err != nil &&
			err.Error() != want {
			t.Errorf("%s: Resolve says %v, want %s", test.name, err, want)
		}
	}
}

// TestCompatibleValues gives values that are almost refused.
func TestCompatibleValues(t *testing.T) {
	var defaults = generator.Values{}
	for p := range core.Component.Parameters() {
		defaults[p.Name] = p.Default
	}
	for name, values := range map[string]generator.Values{
		"nothing": {}, "all defaults": defaults,
		"min is max":  {"MinvCpus": "8", "DesiredvCpus": "8", "MaxvCpus": "8"},
		"bid of Spot": {"ComputeType": "SPOT", "BidPercentage": "100"},
		"BEST_FIT":    {"AllocationStrategy": "BEST_FIT"},
		"BEST_FIT of Spot": {"AllocationStrategy": "BEST_FIT", "ComputeType": "SPOT",
			"ExistingSpotFleetRoleArn": "arn:aws:iam::123456789012:role/fleet"},
		"AES256": {"BucketEncryption": "AES256"},
		"subnets of any size": {"VpcCidr": "10.0.0.0/26", "PublicSubnet1Cidr": "10.0.0.0/28",
			"PrivateSubnet1Cidr": "10.0.0.16/28", "PublicSubnet2Cidr": "10.0.0.32/28",
			"PrivateSubnet2Cidr": "10.0.0.48/28"},
		"ranges of a VPC": {"ExistingVpcId": vpc, "PublicSubnet1Cidr": "172.31.0.0/24",
			"PrivateSubnet1Cidr": "172.31.1.0/24", "PrivateSubnet2Cidr": "172.31.2.0/24"},
		"overlap of the unused": {"ExistingVpcId": vpc, "PublicSubnet2Cidr": "10.0.0.0/24"},
		"range of no network":   {"ExistingJobQueueArn": "arn:aws:batch:us-east-1:123456789012:job-queue/q", "VpcCidr": "172.16.0.0/16"},
		"key for volumes": {"KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
			"KmsKeyForVolumes": "true"},
		"no internet": {"InternetAccess": "false", "ComputeSubnets": "private",
			"EgressPort1": "443"},
		"ways of its own to S3": {"InternetAccess": "false", "S3Endpoint": "false", "ExistingVpcId": vpc},
		"HTTPS second":          {"EgressPort1": "5432", "EgressPort2": "443"},
		"ports of others": {"EgressPort1": "5432", "ExistingVpcId": vpc,
			"ExistingSecurityGroupId": "sg-01234567"},
		"Fargate":       {"ComputeType": "FARGATE"},
		"twelve digits": {"NewBucketName": "data-123456789012"},
	} {
		if err := core.Component.Check(values); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCheckReportsAll checks that every problem is returned, those of single values first.
func TestCheckReportsAll(t *testing.T) {
	err := core.Component.Check(generator.Values{
		"ExistingVpcId": "vpc", "VpcCidr": "10.0.0.0", "MaxvCpu": "1", "Nonsense": "x",
		"ComputeType": "ON_DEMAND",
		"MinvCpus":    "300", "BucketEncryption": "AES256",
		"KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
	})
	want := `ComputeType: "ON_DEMAND" is not one of EC2, SPOT, FARGATE, FARGATE_SPOT
ExistingVpcId: "vpc" is not a VPC ID like vpc-0123456789abcdef0
parameter "MaxvCpu" is unknown: did you mean MaxvCpus?
parameter "Nonsense" is unknown
VpcCidr: "10.0.0.0" is not an IPv4 CIDR block from /16 to /28 like 10.0.0.0/16
KmsKeyArn needs BucketEncryption aws:kms
MinvCpus 300 is greater than MaxvCpus 256: lower it, or raise MaxvCpus`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
