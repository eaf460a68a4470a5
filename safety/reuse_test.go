package safety

import (
	"slices"
	"strings"
)

// edits are the types whose resources change another thing, and the property
// that names it.
var edits = map[string]string{
	"AWS::S3::BucketPolicy":                 "Bucket",
	"AWS::EC2::Route":                       "RouteTableId",
	"AWS::EC2::SubnetRouteTableAssociation": "SubnetId",
	"AWS::EC2::VPCGatewayAttachment":        "InternetGatewayId",
	"AWS::EC2::SecurityGroupIngress":        "GroupId",
	"AWS::EC2::SecurityGroupEgress":         "GroupId",
	"AWS::EC2::VPCEndpoint":                 "RouteTableIds",
	"AWS::EC2::FlowLog":                     "ResourceId",
	"AWS::IAM::InstanceProfile":             "Roles",
}

func reusedUntouched(t *template) (f findings) {
	for _, r := range t.resources {
		property := edits[r.kind]
		if property == "" {
			continue
		}
		for _, target := range texts(r.at(property)) {
			for name, value := range t.values {
				if strings.HasPrefix(name, "Existing") && value != "" && value == target {
					f.add("%s: changes %s, which %s reuses", r.id, value, name)
				}
			}
		}
	}
	return f
}

// spares are the beginnings of the IDs of what is not created where a parameter
// reuses something: the thing and its parts.
var spares = map[string][]string{
	"ExistingBucketName":            {"Bucket"},
	"ExistingVpcId":                 {"Vpc", "FlowLog"},
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
	"ExistingComputeEnvironmentArn": {"ComputeEnvironment", "LaunchTemplate", "Instance", "ExecutionRole", "SecurityGroup", "Vpc", "Private", "Public"},
	"ExistingJobQueueArn":           {"JobQueue", "ComputeEnvironment", "LaunchTemplate", "Instance", "ExecutionRole", "SecurityGroup", "Vpc", "Private", "Public"},
	"ExistingJobRoleArn":            {"JobRole"},
	"ExistingInstanceProfileArn":    {"Instance"},
	"ExistingExecutionRoleArn":      {"ExecutionRole"},
}

func reusedNotCreated(t *template) (f findings) {
	for name, ids := range spares {
		for _, r := range t.resources {
			// The second address belongs to the second gateway, which reuses none.
			if name == "ExistingEipAllocationId" && r.id == "Eip2" || t.values[name] == "" {
				continue
			}
			if slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(r.id, id) }) {
				f.add("%s: is created although %s reuses one", r.id, name)
			}
		}
	}
	return f
}
