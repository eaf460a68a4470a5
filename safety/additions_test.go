package safety

import (
	"maps"
	"slices"
	"strings"
)

// addition is a property that no resource of the type should have.
type addition struct {
	kind, path string // of keys, below Properties
	value      any
}

func allow(action, resource string) any {
	return []any{map[string]any{"PolicyName": "more",
		"PolicyDocument": map[string]any{"Version": "2012-10-17",
			"Statement": []any{map[string]any{"Effect": "Allow", "Action": action, "Resource": resource}}}}}
}

var added = []addition{
	{"AWS::IAM::Role", "RoleName", "jobs"},
	{"AWS::IAM::Role", "Policies", allow("*", "arn")},
	{"AWS::IAM::Role", "Policies", allow("ec2:RunInstances", "*")},
	{"AWS::IAM::Role", "Policies", allow("iam:PassRole", "arn")},
	{"AWS::IAM::Role", "Policies", allow("s3:GetObject", "arn")},
	{"AWS::IAM::Role", "ManagedPolicyArns",
		[]any{sub("arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess")}},
	{"AWS::IAM::Role", "PermissionsBoundary",
		sub("arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess")},
	{"AWS::IAM::Role", "Path", "/other/"},
	{"AWS::IAM::Role", "MaxSessionDuration", 43200.0},
	{"AWS::IAM::Policy", "Users", []any{"admin"}},
	{"AWS::IAM::InstanceProfile", "InstanceProfileName", "instances"},
	{"AWS::DynamoDB::Table", "TableName", "state"},
	{"AWS::DynamoDB::Table", "StreamSpecification", map[string]any{
		"StreamViewType": "NEW_AND_OLD_IMAGES"}},
	{"AWS::Logs::LogGroup", "LogGroupClass", "INFREQUENT_ACCESS"},
	{"AWS::S3::Bucket", "AccessControl", "PublicRead"},
	{"AWS::S3::Bucket", "WebsiteConfiguration", map[string]any{"IndexDocument": "index.html"}},
	{"AWS::S3::Bucket", "LoggingConfiguration", map[string]any{"DestinationBucketName": "elsewhere"}},
	{"AWS::S3::Bucket", "ReplicationConfiguration", map[string]any{"Role": "role"}},
	{"AWS::EC2::Subnet", "MapPublicIpOnLaunch", true},
	{"AWS::EC2::Subnet", "AssignIpv6AddressOnCreation", true},
	{"AWS::EC2::Subnet", "Ipv6CidrBlock", "2001:db8::/64"},
	{"AWS::EC2::Route", "DestinationIpv6CidrBlock", "::/0"},
	{"AWS::EC2::SecurityGroup", "SecurityGroupIngress", []any{map[string]any{
		"IpProtocol": "tcp", "FromPort": 22.0, "ToPort": 22.0, "CidrIp": "0.0.0.0/0",
		"Description": "SSH"}}},
	{"AWS::EC2::NatGateway", "ConnectivityType", "private"},
	{"AWS::EC2::LaunchTemplate", "LaunchTemplateData/UserData", "IyEvYmluL3NoCg=="},
	{"AWS::EC2::LaunchTemplate", "LaunchTemplateData/NetworkInterfaces",
		[]any{map[string]any{"AssociatePublicIpAddress": true}}},
	{"AWS::EC2::LaunchTemplate", "LaunchTemplateData/BlockDeviceMappings/0/Ebs/Iops", 16000.0},
	{"AWS::EC2::LaunchTemplate", "LaunchTemplateData/BlockDeviceMappings/0/Ebs/Throughput", 1000.0},
	{"AWS::Batch::ComputeEnvironment", "ServiceRole", "role"},
	{"AWS::Batch::ComputeEnvironment", "ComputeResources/PlacementGroup", "close"},
	{"AWS::Batch::ComputeEnvironment", "ComputeResources/Ec2KeyPair", "laptop"},
	{"AWS::Batch::ComputeEnvironment", "ComputeResources/DesiredvCpus", 64.0},
	{"AWS::Batch::ComputeEnvironment", "ComputeResources/BidPercentage", 100.0},
	{"AWS::Batch::ComputeEnvironment", "ComputeResources/Ec2Configuration",
		[]any{map[string]any{"ImageType": "ECS_AL2"}}},
	{"AWS::Batch::JobQueue", "JobStateTimeLimitActions", []any{map[string]any{
		"Action": "CANCEL", "MaxTimeSeconds": 600.0, "Reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
		"State": "RUNNABLE"}}},
}

// additions gives resources properties that they have not.
func (b *breeder) additions() {
	for _, a := range added {
		for r := range b.template.of(a.kind) {
			path := strings.Split(a.path, "/")
			parent, last := r.properties, path[len(path)-1]
			for _, key := range path[:len(path)-1] {
				if items, isList := parent[key].([]any); isList && len(items) > 0 {
					parent = map[string]any{"0": items[0]} // the path continues with the first
					continue
				}
				parent, _ = parent[key].(map[string]any)
			}
			if parent == nil || parent[last] != nil {
				continue
			}
			place := "Resources/" + r.id + "/Properties/" + a.path
			b.mutants = append(b.mutants, mutant{place, "add " + text(a.value),
				func() { parent[last] = a.value }, func() { delete(parent, last) }})
		}
	}
}

// attributes adds sections to the template, and attributes to resources and outputs.
func (b *breeder) attributes() {
	put := func(m map[string]any, place, key string, v any) {
		if m != nil && m[key] == nil {
			b.mutants = append(b.mutants, mutant{strings.TrimPrefix(place+"/"+key, "/"),
				"add " + text(v), func() { m[key] = v }, func() { delete(m, key) }})
		}
	}
	put(b.template.doc, "", "Transform", "AWS::Serverless-2016-10-31")
	put(b.template.doc, "", "Hooks", map[string]any{"Guard": map[string]any{
		"Type": "AWS::CodeDeploy::BlueGreen"}})
	for _, r := range b.template.resources {
		put(r.raw, "Resources/"+r.id, "DeletionPolicy", "Retain")
		put(r.raw, "Resources/"+r.id, "UpdateReplacePolicy", "Retain")
	}
	outputs, _ := b.template.doc["Outputs"].(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(outputs)) {
		output, _ := outputs[id].(map[string]any)
		put(output, "Outputs/"+id, "Export", map[string]any{"Name": id})
	}
}

// intruders adds resources: those of extras that the document has not, some of
// types that nobody asked for, and some that change what is reused; and outputs.
func (b *breeder) intruders(extras map[string]any) {
	foreign := maps.Clone(extras)
	maps.Copy(foreign, map[string]any{
		"User": map[string]any{"Type": "AWS::IAM::User"},
		"AccessKey": map[string]any{"Type": "AWS::IAM::AccessKey",
			"Properties": map[string]any{"UserName": "jobs"}},
		"Database": map[string]any{"Type": "AWS::RDS::DBInstance"},
	})
	for _, kind := range slices.Sorted(maps.Keys(edits)) {
		for name, target := range b.template.values {
			if strings.HasPrefix(name, "Existing") && target != "" {
				foreign[kind+" of "+name] = map[string]any{
					"Type": kind, "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain",
					"Properties": map[string]any{edits[kind]: target},
				}
			}
		}
	}
	for r := range b.template.of("AWS::EC2::RouteTable") {
		foreign["Ipv6WayOutOf"+r.id] = map[string]any{
			"Type": "AWS::EC2::Route", "Properties": map[string]any{
				"RouteTableId": sub("${" + r.id + "}"), "DestinationIpv6CidrBlock": "::/0",
				"EgressOnlyInternetGatewayId": "eigw-0123456789abcdef0",
			},
		}
		foreign["WayOutOf"+r.id] = map[string]any{
			"Type": "AWS::EC2::Route", "Properties": map[string]any{
				"RouteTableId": sub("${" + r.id + "}"), "DestinationCidrBlock": "0.0.0.0/0",
				"TransitGatewayId": "tgw-0123456789abcdef0",
			},
		}
	}
	b.insert("Resources", foreign)
	b.insert("Outputs", map[string]any{
		"DatabasePassword": map[string]any{"Value": "swordfish"},
		"Access":           map[string]any{"Value": "AKIAIOSFODNN7EXAMPLE"},
	})
}

func (b *breeder) insert(section string, foreign map[string]any) {
	m, _ := b.template.doc[section].(map[string]any)
	if m == nil { // no outputs
		m = map[string]any{}
		b.template.doc[section] = m
	}
	for _, id := range slices.Sorted(maps.Keys(foreign)) {
		if m[id] == nil {
			b.mutants = append(b.mutants, mutant{section + "/" + id, "add",
				func() { m[id] = foreign[id] }, func() { delete(m, id) }})
		}
	}
}
