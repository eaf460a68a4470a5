package core_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/core"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

// resolve returns the resources that exist under the values, by logical ID.
func resolve(t *testing.T, values generator.Values) map[string]cfn.Resource {
	t.Helper()
	if err := core.Component.Check(values); err != nil {
		t.Fatal(err)
	}
	return templatetest.Resolve(t, core.Component, values)
}

// TestProperties checks properties that must not change by accident.
func TestProperties(t *testing.T) {
	boundary := "arn:aws:iam::123456789012:policy/boundary"
	const rule = "BucketEncryption.ServerSideEncryptionConfiguration.0."
	const data = "LaunchTemplateData."
	for _, test := range []struct {
		name   string
		values generator.Values
		want   map[string]any // by resource and path
	}{
		{"default", nil, map[string]any{
			"Bucket BucketName":                                             nil,
			"Bucket " + rule + "BucketKeyEnabled":                           true,
			"Bucket " + rule + "ServerSideEncryptionByDefault.SSEAlgorithm": "aws:kms",
			"Bucket PublicAccessBlockConfiguration": map[string]any{
				"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true,
				"RestrictPublicBuckets": true},
			"Bucket OwnershipControls.Rules.0.ObjectOwnership": "BucketOwnerEnforced",
			"Bucket VersioningConfiguration.Status":            "Enabled",
			"PublicSubnet1 MapPublicIpOnLaunch":                false,
			"PublicSubnet2 MapPublicIpOnLaunch":                false,
			"PrivateSubnet1 MapPublicIpOnLaunch":               nil,
			"SecurityGroup SecurityGroupIngress":               nil,
			"LaunchTemplate LaunchTemplateName":                nil,
			"LaunchTemplate " + data + "MetadataOptions": map[string]any{"HttpTokens": "required",
				"HttpPutResponseHopLimit": 1},
			"LaunchTemplate " + data + "BlockDeviceMappings.0.Ebs": map[string]any{
				"VolumeType": "gp3", "VolumeSize": 100, "Encrypted": true, "KmsKeyId": "alias/aws/ebs",
				"DeleteOnTermination": true},
			"ComputeEnvironment Type":                                "MANAGED",
			"ComputeEnvironment ServiceRole":                         nil,
			"ComputeEnvironment ComputeEnvironmentName":              nil,
			"ComputeEnvironment ReplaceComputeEnvironment":           false,
			"ComputeEnvironment ComputeResources.AllocationStrategy": "BEST_FIT_PROGRESSIVE",
			"ComputeEnvironment ComputeResources.MinvCpus":           0,
			"ComputeEnvironment ComputeResources.DesiredvCpus":       nil,
			"ComputeEnvironment ComputeResources.BidPercentage":      nil,
			"ComputeEnvironment ComputeResources.SpotIamFleetRole":   nil,
			"ComputeEnvironment ComputeResources.Subnets": "[map[Ref:PrivateSubnet1] " +
				"map[Ref:PrivateSubnet2]]",
			"ComputeEnvironment ComputeResources.SecurityGroupIds":       "[map[Fn::GetAtt:[SecurityGroup GroupId]]]",
			"ComputeEnvironment ComputeResources.LaunchTemplate.Version": "map[Fn::GetAtt:[LaunchTemplate LatestVersionNumber]]",
			"JobQueue JobQueueName":                                      nil,
			"JobRole PermissionsBoundary":                                nil,
			"JobRole RoleName":                                           nil,
		}},
		{"public compute", generator.Values{"ComputeSubnets": "public"}, map[string]any{
			"PublicSubnet1 MapPublicIpOnLaunch":           true,
			"PublicSubnet2 MapPublicIpOnLaunch":           true,
			"ComputeEnvironment ComputeResources.Subnets": "[map[Ref:PublicSubnet1] map[Ref:PublicSubnet2]]",
		}},
		{"Spot", generator.Values{"ComputeType": "SPOT", "BidPercentage": "60"}, map[string]any{
			"ComputeEnvironment ComputeResources.AllocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED",
			"ComputeEnvironment ComputeResources.BidPercentage":      60,
			"ComputeEnvironment ComputeResources.SpotIamFleetRole":   nil,
		}},
		{"boundary", generator.Values{"PermissionsBoundaryArn": boundary}, map[string]any{
			"JobRole PermissionsBoundary":      boundary,
			"InstanceRole PermissionsBoundary": boundary,
		}},
		{"own service role", generator.Values{"ExistingBatchServiceRoleArn": role}, map[string]any{
			"ComputeEnvironment ServiceRole":               role,
			"ComputeEnvironment ReplaceComputeEnvironment": true,
		}},
		{"AES256", generator.Values{"BucketEncryption": "AES256"}, map[string]any{
			"Bucket " + rule + "BucketKeyEnabled": nil,
		}},
	} {
		templatetest.Properties(t, test.name, resolve(t, test.values), test.want)
	}
}

// TestOrderOfCreation checks which resources wait for others beyond references. Deletion has the
// reverse order: a gateway is not detached while addresses use it.
func TestOrderOfCreation(t *testing.T) {
	routes := []string{"PublicRoute", "PrivateRoute", "PublicSubnet1Routes", "PublicSubnet2Routes",
		"PrivateSubnet1Routes", "PrivateSubnet2Routes"}
	attached := []string{"GatewayAttachment"}
	for name, test := range map[string]struct {
		values generator.Values
		want   map[string][]string
	}{
		"default": {nil, map[string][]string{
			"PublicRoute": attached, "PublicSubnet1": attached, "PublicSubnet2": attached, "Eip": attached,
			"NatGateway":   attached,
			"PrivateRoute": nil, "PrivateSubnet1": nil, "ComputeEnvironment": nil, "JobQueue": nil,
			"S3GatewayEndpoint": nil}},
		"instances from the start": {generator.Values{"MinvCpus": "1"},
			map[string][]string{"ComputeEnvironment": routes}},
		"public instances": {generator.Values{"ComputeSubnets": "public"},
			map[string][]string{"ComputeEnvironment": attached}},
		"reused gateway": {generator.Values{"ExistingVpcId": vpc,
			"ExistingInternetGatewayId": "igw-01234567", "ComputeSubnets": "all"},
			map[string][]string{"ComputeEnvironment": nil, "PublicRoute": nil, "Eip": nil,
				"NatGateway": nil}},
	} {
		resources := resolve(t, test.values)
		for id, want := range test.want {
			r, exists := resources[id]
			got := slices.Sorted(slices.Values(r.DependsOn))
			if slices.Sort(want); !exists || !slices.Equal(got, want) {
				t.Errorf("%s: %s waits for %v, want %v", name, id, got, want)
			}
		}
	}
}

// TestStatefulResourcesStay checks that the data and its protection outlive the stack, but not
// the rollback of the creation that makes them, so that every tool can retry.
func TestStatefulResourcesStay(t *testing.T) {
	for id, r := range resolve(t, nil) {
		retained := r.DeletionPolicy == "RetainExceptOnCreate"
		if retained != strings.HasPrefix(r.Type, "AWS::S3::") {
			t.Errorf("the DeletionPolicy of %s is %q", id, r.DeletionPolicy)
		}
	}
}

// TestNames checks that every resource that can have tags has a Name tag with the stack's name, and
// no other name: so CAPABILITY_IAM suffices.
func TestNames(t *testing.T) {
	untagged := []string{"AWS::S3::BucketPolicy", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::Route",
		"AWS::EC2::SubnetRouteTableAssociation",
		"AWS::EC2::SecurityGroupIngress", "AWS::IAM::InstanceProfile"}
	const name = `map\[Fn::Sub:\$\{AWS::StackName\}-[a-z0-9-]+\]`
	named := regexp.MustCompile(`^map\[Name:` + name + `|^\[map\[Key:Name Value:` + name)
	own := regexp.MustCompile(`^(Bucket|Role|Group|LaunchTemplate|InstanceProfile|ComputeEnvironment|JobQueue)Name$`)
	for id, r := range resolve(t, nil) {
		tags := r.Properties["Tags"]
		if r.Type == "AWS::EC2::LaunchTemplate" {
			tags = templatetest.At(r, "TagSpecifications.0.Tags")
		}
		if !slices.Contains(untagged, r.Type) && !named.MatchString(fmt.Sprint(tags)) {
			t.Errorf("the tags of %s are %v", id, tags)
		}
		for key := range r.Properties {
			if own.MatchString(key) {
				t.Errorf("%s has the name %s", id, key)
			}
		}
	}
}
