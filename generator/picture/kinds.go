package picture

import (
	"fmt"
	"regexp"
	"strings"
)

const (
	vpcType    = "AWS::EC2::VPC"
	subnetType = "AWS::EC2::Subnet"
)

// folded are types that say nothing beside the resource to which they belong.
var folded = []string{
	"AWS::EC2::VPCGatewayAttachment", "AWS::EC2::SecurityGroupIngress",
	"AWS::EC2::SecurityGroupEgress", "AWS::S3::BucketPolicy",
}

// links are types that are edges between two other resources: from the resource in one property
// to those in others, with the text of a third.
var links = map[string]struct {
	from  string
	to    []string
	label string
}{
	"AWS::EC2::SubnetRouteTableAssociation": {"SubnetId", []string{"RouteTableId"}, ""},
	"AWS::EC2::Route": {"RouteTableId",
		[]string{"GatewayId", "NatGatewayId"}, "DestinationCidrBlock"},
}

// inVpc are the types that are drawn inside the VPC.
var inVpc = []string{
	subnetType, "AWS::EC2::RouteTable", "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway",
	"AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup",
}

// details are the properties that tell a resource from others of its type.
var details = map[string]string{
	vpcType:                          "CidrBlock",
	subnetType:                       "CidrBlock",
	"AWS::Batch::ComputeEnvironment": "ComputeResources.Type",
	"AWS::S3::Bucket":                "BucketName",
}

// labels are the texts of edges, by the property that refers to the other resource.
var labels = map[string]string{
	"AllocationId":          "address",
	"ComputeEnvironment":    "runs on",
	"DestinationBucketName": "access log",
	"LogDestination":        "writes to",
	"Resource":              "may use",
	"SubnetId":              "in",
	"SubnetIds":             "in",
	"Subnets":               "in",
}

// nouns tell the type of a resource that a component only reuses.
var nouns = []struct{ noun, resource string }{
	{"VPC", vpcType},
	{"subnet", subnetType},
	{"route table", "AWS::EC2::RouteTable"},
	{"security group", "AWS::EC2::SecurityGroup"},
	{"bucket", "AWS::S3::Bucket"},
	{"role", "AWS::IAM::Role"},
}

// acronyms are the words that are not written in lower case.
var acronyms = map[string]string{
	"Api": "API", "Aws": "AWS", "Dkr": "Docker", "Ecr": "ECR", "Ecs": "ECS",
	"Eip": "Elastic IP address", "Nat": "NAT", "Vpc": "VPC",
}

// word matches a word or a number in a logical ID.
var word = regexp.MustCompile(`S3|[A-Z][a-z]*|[0-9]+`)

// words returns a logical ID as words: PrivateSubnet1 is "Private subnet 1".
func words(id string) string {
	var out []string
	for i, w := range word.FindAllString(id, -1) {
		switch acronym, is := acronyms[w]; {
		case is:
			w = acronym
		case i > 0 && w != "S3":
			w = strings.ToLower(w)
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// text returns a scalar as text. A function or nothing is empty.
func text(v any) string {
	switch v.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	return fmt.Sprint(v)
}
