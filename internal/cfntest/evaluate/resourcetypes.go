package evaluate

import (
	"strings"
	"time"
)

// resourceType is what this package knows about a resource type. A form is a text with
// placeholders: see resource.fill.
type resourceType struct {
	takes      time.Duration // to create
	id         string        // form of the physical ID, which is what Ref gives
	name       string        // property that names the resource
	fixed      string        // properties, separated by spaces, whose change replaces it
	tagged     bool          // receives the stack's tags
	attributes string        // what Fn::GetAtt gives: lines of a name and a form
}

// typeOf returns what is known about a type, with defaults for types that are not in the table.
func typeOf(name string) resourceType {
	if t, ok := resourceTypes[name]; ok {
		return t
	}
	return resourceType{takes: 5 * time.Second, id: "{name}", tagged: true}
}

// CreationTime returns how long the creation of a resource of a type takes. Updates and deletes
// take half.
func CreationTime(typ string) time.Duration { return typeOf(typ).takes }

// attribute returns the form of an attribute.
func (t resourceType) attribute(name string) (form string, ok bool) {
	for line := range strings.Lines(t.attributes) {
		key, form, _ := strings.Cut(strings.TrimSpace(line), " ")
		if key == name {
			return strings.TrimSpace(form), true
		}
	}
	return "", false
}

// resourceTypes has the types that the templates of this project create. Durations are what such
// resources commonly take. IDs, attributes and fixed properties ("Update requires: Replacement")
// are those of the Template Reference and of the registry's schemas.
var resourceTypes = map[string]resourceType{
	"AWS::EC2::VPC": {takes: 12 * time.Second, id: "vpc-{hex17}", fixed: "CidrBlock", tagged: true,
		attributes: `
		VpcId {id}
		DefaultSecurityGroup sg-{hex17}
		DefaultNetworkAcl acl-{hex17}
		CidrBlockAssociations []vpc-cidr-assoc-{hex17}`},
	"AWS::EC2::InternetGateway": {takes: 16 * time.Second, id: "igw-{hex17}", tagged: true,
		attributes: `InternetGatewayId {id}`},
	"AWS::EC2::VPCGatewayAttachment": {takes: 16 * time.Second, id: "IGW|{VpcId}", fixed: "VpcId"},
	"AWS::EC2::Subnet": {takes: 12 * time.Second, id: "subnet-{hex17}",
		fixed: "AvailabilityZone CidrBlock VpcId", tagged: true, attributes: `
		SubnetId {id}
		NetworkAclAssociationId aclassoc-{hex17}`},
	"AWS::EC2::RouteTable": {takes: 12 * time.Second, id: "rtb-{hex17}", fixed: "VpcId", tagged: true,
		attributes: `RouteTableId {id}`},
	"AWS::EC2::Route": {takes: 6 * time.Second, id: "{RouteTableId}|{DestinationCidrBlock}",
		fixed: "DestinationCidrBlock RouteTableId"},
	"AWS::EC2::SubnetRouteTableAssociation": {takes: 5 * time.Second, id: "rtbassoc-{hex17}",
		fixed: "SubnetId", attributes: `Id {id}`},
	"AWS::EC2::EIP": {takes: 16 * time.Second, id: "203.0.113.{n}", fixed: "Domain", tagged: true,
		attributes: `
		AllocationId eipalloc-{hex17}
		PublicIp {id}`},
	"AWS::EC2::NatGateway": {takes: 90 * time.Second, id: "nat-{hex17}",
		fixed: "AllocationId SubnetId", tagged: true, attributes: `NatGatewayId {id}`},
	"AWS::EC2::SecurityGroup": {takes: 8 * time.Second, id: "sg-{hex17}",
		fixed: "GroupDescription GroupName VpcId", tagged: true, attributes: `
		GroupId {id}
		Id {id}`},
	"AWS::EC2::SecurityGroupIngress": {takes: 5 * time.Second, id: "sgr-{hex17}", fixed: "GroupId",
		attributes: `Id {id}`},
	"AWS::EC2::SecurityGroupEgress": {takes: 5 * time.Second, id: "sgr-{hex17}", fixed: "GroupId",
		attributes: `Id {id}`},
	"AWS::EC2::VPCEndpoint": {takes: 15 * time.Second, id: "vpce-{hex17}",
		fixed: "ServiceName VpcEndpointType VpcId", tagged: true, attributes: `
		Id {id}
		CreationTimestamp 2026-01-01T00:00:00Z
		DnsEntries []Z{HEX12}:{id}-{hex8}.vpce.{region}.{suffix}
		NetworkInterfaceIds []eni-{hex17}`},
	"AWS::EC2::FlowLog": {takes: 5 * time.Second, id: "fl-{hex17}", tagged: true,
		attributes: `Id {id}`,
		fixed: "DeliverCrossAccountRole DeliverLogsPermissionArn DestinationOptions LogDestination " +
			"LogDestinationType LogFormat LogGroupName MaxAggregationInterval ResourceId " +
			"ResourceType TrafficType"},
	"AWS::EC2::LaunchTemplate": {takes: 4 * time.Second, id: "lt-{hex17}",
		fixed: "LaunchTemplateName TagSpecifications", tagged: true, attributes: `
		LaunchTemplateId {id}
		DefaultVersionNumber {version}
		LatestVersionNumber {version}`},

	"AWS::S3::Bucket": {takes: 20 * time.Second, id: "{lower}", name: "BucketName",
		fixed: "BucketName", tagged: true, attributes: `
		Arn arn:{partition}:s3:::{id}
		DomainName {id}.s3.amazonaws.com
		RegionalDomainName {id}.s3.{region}.{suffix}
		DualStackDomainName {id}.s3.dualstack.{region}.{suffix}
		WebsiteURL http://{id}.s3-website-{region}.{suffix}`},
	"AWS::S3::BucketPolicy": {takes: 4 * time.Second, id: "{Bucket}", fixed: "Bucket"},

	"AWS::IAM::Role": {takes: 18 * time.Second, id: "{name}", name: "RoleName", fixed: "Path RoleName",
		tagged: true, attributes: `
		Arn arn:{partition}:iam::{account}:role{path}{id}
		RoleId AROA{HEX17}`},
	"AWS::IAM::InstanceProfile": {takes: 120 * time.Second, id: "{name}", name: "InstanceProfileName",
		fixed:      "InstanceProfileName Path",
		attributes: `Arn arn:{partition}:iam::{account}:instance-profile{path}{id}`},
	"AWS::IAM::ManagedPolicy": {takes: 15 * time.Second, name: "ManagedPolicyName",
		id: "arn:{partition}:iam::{account}:policy{path}{name}", fixed: "ManagedPolicyName Path",
		attributes: `
		PolicyArn {id}
		PolicyId ANPA{HEX17}`},

	"AWS::Batch::ComputeEnvironment": {takes: 60 * time.Second, name: "ComputeEnvironmentName",
		id:    "{arn batch}:compute-environment/{name}",
		fixed: "ComputeEnvironmentName ComputeResources.SpotIamFleetRole Tags Type", tagged: true,
		attributes: `ComputeEnvironmentArn {id}`},
	"AWS::Batch::JobQueue": {takes: 10 * time.Second, name: "JobQueueName",
		id:    "{arn batch}:job-queue/{name}",
		fixed: "JobQueueName Tags", tagged: true, attributes: `JobQueueArn {id}`},

	"AWS::DynamoDB::Table": {takes: 30 * time.Second, id: "{name}", name: "TableName",
		fixed: "ImportSourceSpecification TableName", tagged: true, attributes: `
		Arn {arn dynamodb}:table/{id}
		StreamArn {arn dynamodb}:table/{id}/stream/2026-01-01T00:00:00.000`},
	"AWS::Logs::LogGroup": {takes: 5 * time.Second, id: "{name}", name: "LogGroupName",
		fixed: "LogGroupName", tagged: true,
		attributes: `Arn {arn logs}:log-group:{id}:*`},
	"AWS::StepFunctions::StateMachine": {takes: 5 * time.Second, name: "StateMachineName",
		id:    "{arn states}:stateMachine:{name}",
		fixed: "StateMachineName StateMachineType", tagged: true, attributes: `
		Arn {id}
		Name {id:stateMachine:}
		StateMachineRevisionId {hex32}`},
	"AWS::Events::Rule": {takes: 60 * time.Second, id: "{name}", name: "Name", fixed: "Name",
		tagged: true, attributes: `Arn {arn events}:rule/{id}`},

	"AWS::RDS::DBInstance": {takes: 6 * time.Minute, id: "{lower}", name: "DBInstanceIdentifier",
		tagged: true, fixed: "BackupTarget CharacterSetName CustomIAMInstanceProfile " +
			"DBClusterIdentifier DBInstanceIdentifier DBName DBSubnetGroupName KmsKeyId MasterUsername " +
			"NcharCharacterSetName SourceRegion StorageEncrypted Timezone", attributes: `
		DBInstanceArn {arn rds}:db:{id}
		DbiResourceId db-{HEX26}
		Endpoint.Address {id}.{hex12}.{region}.rds.{suffix}
		Endpoint.Port {port}
		Endpoint.HostedZoneId Z{HEX12}
		MasterUserSecret.SecretArn {arn secretsmanager}:secret:rds!db-{hex32}-{hex6}`},
	"AWS::RDS::DBCluster": {takes: 2 * time.Minute, id: "{lower}", name: "DBClusterIdentifier",
		tagged: true, fixed: "AvailabilityZones DBClusterIdentifier DBSubnetGroupName DatabaseName " +
			"EngineMode KmsKeyId PubliclyAccessible RestoreToTime RestoreType SnapshotIdentifier " +
			"SourceDBClusterIdentifier SourceRegion StorageEncrypted UseLatestRestorableTime", attributes: `
		DBClusterArn {arn rds}:cluster:{id}
		DBClusterResourceId cluster-{HEX26}
		Endpoint.Address {id}.cluster-{hex12}.{region}.rds.{suffix}
		Endpoint.Port {port}
		ReadEndpoint.Address {id}.cluster-ro-{hex12}.{region}.rds.{suffix}
		MasterUserSecret.SecretArn {arn secretsmanager}:secret:rds!cluster-{hex32}-{hex6}`},
	"AWS::RDS::DBSubnetGroup": {takes: 5 * time.Second, id: "{lower}", name: "DBSubnetGroupName",
		fixed: "DBSubnetGroupName", tagged: true},

	"AWS::ECS::Cluster": {takes: 8 * time.Second, id: "{name}", name: "ClusterName",
		fixed: "ClusterName", tagged: true, attributes: `Arn {arn ecs}:cluster/{id}`},
	"AWS::ECS::Service": {takes: 90 * time.Second, name: "ServiceName",
		id:    "{arn ecs}:service/{Cluster:/}/{name}",
		fixed: "Cluster LaunchType Role SchedulingStrategy ServiceName", tagged: true, attributes: `
		Name {id:/}
		ServiceArn {id}`},
	"AWS::ECS::TaskDefinition": {takes: 3 * time.Second, name: "Family", tagged: true,
		id: "{arn ecs}:task-definition/{name}:{version}",
		fixed: "ContainerDefinitions Cpu EphemeralStorage ExecutionRoleArn Family IpcMode Memory " +
			"NetworkMode PidMode PlacementConstraints ProxyConfiguration RequiresCompatibilities " +
			"RuntimePlatform TaskRoleArn Volumes", attributes: `TaskDefinitionArn {id}`},

	"AWS::ElasticLoadBalancingV2::LoadBalancer": {takes: 2 * time.Minute, name: "Name", tagged: true,
		id:    "{arn elasticloadbalancing}:loadbalancer/{kind}/{name32}/{hex16}",
		fixed: "Name Scheme Type", attributes: `
		LoadBalancerArn {id}
		LoadBalancerName {name32}
		LoadBalancerFullName {id:loadbalancer/}
		DNSName {name32}-{n}.{region}.elb.{suffix}
		CanonicalHostedZoneID Z{HEX12}`},
	"AWS::ElasticLoadBalancingV2::Listener": {takes: 4 * time.Second,
		id: "{arn elasticloadbalancing}:listener/" +
			"{LoadBalancerArn:loadbalancer/}/{hex16}",
		fixed: "LoadBalancerArn", attributes: `ListenerArn {id}`},
	"AWS::ElasticLoadBalancingV2::TargetGroup": {takes: 16 * time.Second, name: "Name", tagged: true,
		id:    "{arn elasticloadbalancing}:targetgroup/{name32}/{hex16}",
		fixed: "IpAddressType Name Port Protocol ProtocolVersion TargetType VpcId", attributes: `
		TargetGroupArn {id}
		TargetGroupFullName targetgroup/{id:targetgroup/}
		TargetGroupName {name32}
		LoadBalancerArns []`},

	"AWS::SecretsManager::Secret": {takes: 5 * time.Second, name: "Name", fixed: "Name", tagged: true,
		id:         "{arn secretsmanager}:secret:{name}-{hex6}",
		attributes: `Id {id}`},
	"AWS::SecretsManager::SecretTargetAttachment": {takes: 4 * time.Second, id: "{SecretId}",
		fixed: "SecretId", attributes: `Id {id}`},
}
