package cfntest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// kind is what this server knows of a resource type.
type kind struct {
	takes  time.Duration // to create, before Options.Scale; updates and deletes take half
	id     string        // the form of its physical ID, which is what Ref gives
	arn    string        // the form of its Arn attribute
	name   string        // the property that names it
	fixed  string        // properties, separated by spaces, whose change replaces it
	tagged bool          // takes the stack's tags
}

// kinds has the types of a Metaflow stack; any other type is a kind with defaults. Durations are what such resources commonly take, and fixed
// properties those that the resource reference marks "Update requires: Replacement".
var kinds = map[string]kind{
	"AWS::EC2::VPC":                         {12 * time.Second, "vpc-{hex}", "", "", "CidrBlock", true},
	"AWS::EC2::InternetGateway":             {16 * time.Second, "igw-{hex}", "", "", "", true},
	"AWS::EC2::VPCGatewayAttachment":        {16 * time.Second, "IGW|{VpcId}", "", "", "VpcId", false},
	"AWS::EC2::Subnet":                      {12 * time.Second, "subnet-{hex}", "", "", "AvailabilityZone CidrBlock VpcId", true},
	"AWS::EC2::RouteTable":                  {12 * time.Second, "rtb-{hex}", "", "", "VpcId", true},
	"AWS::EC2::Route":                       {6 * time.Second, "{RouteTableId}|{DestinationCidrBlock}", "", "", "DestinationCidrBlock RouteTableId", false},
	"AWS::EC2::SubnetRouteTableAssociation": {5 * time.Second, "rtbassoc-{hex}", "", "", "SubnetId", false},
	"AWS::EC2::EIP":                         {16 * time.Second, "203.0.113.{n}", "", "", "Domain", true},
	"AWS::EC2::NatGateway":                  {90 * time.Second, "nat-{hex}", "", "", "AllocationId SubnetId", true},
	"AWS::EC2::SecurityGroup":               {8 * time.Second, "sg-{hex}", "", "", "GroupDescription GroupName VpcId", true},
	"AWS::EC2::SecurityGroupIngress":        {5 * time.Second, "sgr-{hex}", "", "", "GroupId", false},
	"AWS::EC2::SecurityGroupEgress":         {5 * time.Second, "sgr-{hex}", "", "", "GroupId", false},
	"AWS::EC2::VPCEndpoint":                 {15 * time.Second, "vpce-{hex}", "", "", "ServiceName VpcEndpointType VpcId", true},
	"AWS::EC2::LaunchTemplate":              {4 * time.Second, "lt-{hex}", "", "", "LaunchTemplateName TagSpecifications", true},
	"AWS::S3::Bucket":                       {20 * time.Second, "{lower}", "arn:{partition}:s3:::{id}", "BucketName", "BucketName", true},
	"AWS::S3::BucketPolicy":                 {4 * time.Second, "{Bucket}", "", "", "Bucket", false},
	"AWS::IAM::Role":                        {18 * time.Second, "{name}", "arn:{partition}:iam::{account}:role/{id}", "RoleName", "Path RoleName", true},
	"AWS::IAM::InstanceProfile": {120 * time.Second, "{name}", "arn:{partition}:iam::{account}:instance-profile/{id}", "InstanceProfileName",
		"InstanceProfileName Path", false},
	"AWS::IAM::ManagedPolicy": {15 * time.Second, "arn:{partition}:iam::{account}:policy/{name}", "", "ManagedPolicyName", "ManagedPolicyName Path", false},
	"AWS::Batch::ComputeEnvironment": {60 * time.Second, "arn:{partition}:batch:{region}:{account}:compute-environment/{name}", "{id}",
		"ComputeEnvironmentName", "ComputeEnvironmentName Tags Type", true},
	"AWS::Batch::JobQueue": {10 * time.Second, "arn:{partition}:batch:{region}:{account}:job-queue/{name}", "{id}", "JobQueueName", "JobQueueName Tags", true},
}

func kindOf(typ string) kind {
	if k, ok := kinds[typ]; ok {
		return k
	}
	return kind{takes: 5 * time.Second, id: "{name}", tagged: true}
}

// resource is a physical thing as a stack knows it.
type resource struct {
	logical, physical, typ string
	props                  map[string]any // computed
	policy, replacePolicy  string
	metadata               map[string]any
	after                  []string       // logical IDs that it was created after
	tags                   map[string]any // the stack's tags that it got
	version                int            // of a launch template
}

var placeholder = regexp.MustCompile(`\{[A-Za-z]+\}`)

// fill computes a form such as "{RouteTableId}|{DestinationCidrBlock}" for a resource.
func (r *resource) fill(form string, sc *scope, seed string) string {
	return placeholder.ReplaceAllStringFunc(form, func(field string) string {
		switch field = field[1 : len(field)-1]; field {
		case "hex":
			return hexID(seed, 17)
		case "n":
			return fmt.Sprint(1 + int(hash(seed)[0])%254)
		case "name", "lower":
			name := textOf(r.props[kindOf(r.typ).name])
			if name == "" {
				name = textOf(sc.pseudo["AWS::StackName"]) + "-" + r.logical + "-" + strings.ToUpper(hexID(seed, 12))
			}
			if field == "lower" {
				name = strings.ToLower(name)
			}
			return name
		case "id":
			return r.physical
		case "partition":
			return textOf(sc.pseudo["AWS::Partition"])
		case "account":
			return textOf(sc.pseudo["AWS::AccountId"])
		case "region":
			return textOf(sc.pseudo["AWS::Region"])
		default:
			return textOf(r.props[field])
		}
	})
}

// attribute is what Fn::GetAtt gives: the ARN or ID that such a thing has, a property of the same name, else a plausible text.
func (r *resource) attribute(name string, sc *scope) any {
	switch {
	case r.physical == knownAfterApply:
		return knownAfterApply
	case r.typ == "AWS::EC2::EIP" && name == "AllocationId":
		return "eipalloc-" + hexID(r.physical+r.logical, 17)
	case r.typ == "AWS::EC2::LaunchTemplate" && strings.HasSuffix(name, "VersionNumber"):
		return fmt.Sprint(r.version)
	case r.typ == "AWS::EC2::VPC" && name == "DefaultSecurityGroup":
		return "sg-" + hexID(r.physical, 17)
	case r.typ == "AWS::S3::Bucket" && name == "DomainName":
		return r.physical + ".s3.amazonaws.com"
	case strings.HasSuffix(name, "Arn"):
		if form := kindOf(r.typ).arn; form != "" {
			return r.fill(form, sc, "")
		}
		service := strings.ToLower(strings.Split(r.typ+"::", "::")[1])
		return r.fill("arn:{partition}:"+service+":{region}:{account}:{id}", sc, "")
	case strings.HasSuffix(name, "Id"):
		return r.physical
	}
	if v, ok := r.props[name]; ok {
		return v
	}
	return r.physical + "-" + name
}

// replaces tells whether a change of a property by path, such as ["ComputeResources", "MaxvCpus"], makes a new resource.
func (r *resource) replaces(path []string) bool {
	for fixed := range strings.FieldsSeq(kindOf(r.typ).fixed) {
		if path[0] == fixed {
			return true
		}
	}
	// A compute environment scales in place; what else changes in it replaces it, unless it says that it is to be updated.
	if r.typ == "AWS::Batch::ComputeEnvironment" && path[0] == "ComputeResources" && len(path) > 1 && textOf(r.props["ReplaceComputeEnvironment"]) != "false" {
		switch path[1] {
		case "MinvCpus", "MaxvCpus", "DesiredvCpus":
			return false
		}
		return true
	}
	return false
}

func hash(seed string) [32]byte { return sha256.Sum256([]byte(seed)) }

// hexID is n hexadecimal digits that follow from the seed, so that a run is like the one before.
func hexID(seed string, n int) string {
	sum := hash(seed)
	return hex.EncodeToString(sum[:])[:n]
}

// uuid follows from the seed too.
func uuid(seed string) string {
	h := hexID(seed, 32)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}
