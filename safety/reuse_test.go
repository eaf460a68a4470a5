package safety

import (
	"slices"
	"strings"
)

// edits are the types whose resources change another resource, and the property
// that names it. A flow log changes nothing of its VPC.
var edits = map[string]string{
	"AWS::S3::BucketPolicy":                 "Bucket",
	"AWS::EC2::Route":                       "RouteTableId",
	"AWS::EC2::SubnetRouteTableAssociation": "SubnetId",
	"AWS::EC2::VPCGatewayAttachment":        "InternetGatewayId",
	"AWS::EC2::SecurityGroupIngress":        "GroupId",
	"AWS::EC2::SecurityGroupEgress":         "GroupId",
	"AWS::EC2::VPCEndpoint":                 "RouteTableIds",
	"AWS::IAM::InstanceProfile":             "Roles",
	"AWS::IAM::Policy":                      "Roles",
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

func reusedNotCreated(t *template) (f findings) {
	for name, ids := range t.subject.spares {
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
