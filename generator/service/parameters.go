package service

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// groups is the table of parameters in the order in which people read it.
var groups = []generator.Group{
	{Label: "From the core stack", Parameters: []*generator.Parameter{
		param.existingVpcId, param.existingPrivateSubnet1Id, param.existingPrivateSubnet2Id,
		param.existingSecurityGroupId, param.existingPublicSubnet1Id,
		param.existingPublicSubnet2Id, param.existingBucketName, param.datastorePrefix,
		param.kmsKeyArn,
	}},
	{Label: "Database", Parameters: []*generator.Parameter{
		param.database, param.engineVersion, param.instanceClass, param.multiAz,
		param.minCapacity, param.maxCapacity, param.backupDays, param.deletionProtection,
		param.existingDatabaseHost, param.existingDatabaseSecretArn,
	}},
	{Label: "Service", Parameters: []*generator.Parameter{
		param.serviceImage, param.serviceCpu, param.serviceMemory, param.serviceTasks,
		param.logDays,
	}},
	{Label: "Clients", Parameters: []*generator.Parameter{
		param.clientSecurityGroupId, param.clientCidr,
	}},
	{Label: "UI", Parameters: []*generator.Parameter{
		uiParam.ui, uiParam.scheme, uiParam.domain, uiParam.certificateArn, uiParam.cpu,
		uiParam.memory, uiParam.oidcIssuer, uiParam.oidcAuthorizationEndpoint,
		uiParam.oidcTokenEndpoint, uiParam.oidcUserInfoEndpoint, uiParam.oidcSecretArn,
	}},
	{Label: "Access", Parameters: []*generator.Parameter{
		standard.Roles.PermissionsBoundaryArn, standard.Roles.RolePath,
	}},
}

// param holds the handles of the parameters.
var param = struct {
	existingVpcId, existingPrivateSubnet1Id, existingPrivateSubnet2Id, existingSecurityGroupId,
	existingPublicSubnet1Id, existingPublicSubnet2Id, existingBucketName, datastorePrefix,
	kmsKeyArn, database, engineVersion, instanceClass, multiAz, minCapacity, maxCapacity,
	backupDays, deletionProtection, existingDatabaseHost, existingDatabaseSecretArn, serviceImage,
	serviceCpu, serviceMemory, serviceTasks, logDays, clientSecurityGroupId,
	clientCidr *generator.Parameter
}{
	existingVpcId: &generator.Parameter{
		Name: "ExistingVpcId", Format: standard.VPCID, WhenEmpty: "refused",
		Doc: "VPC of the jobs.",
	},
	existingPrivateSubnet1Id: &generator.Parameter{
		Name: "ExistingPrivateSubnet1Id", Format: standard.SubnetID, WhenEmpty: "refused",
		Doc: "First private subnet of the jobs, for service, database and load balancer. The " +
			"service pulls its image and reads its password through its NAT gateway or endpoints.",
	},
	existingPrivateSubnet2Id: &generator.Parameter{
		Name: "ExistingPrivateSubnet2Id", Format: standard.SubnetID, WhenEmpty: "refused",
		Doc: "Second private subnet of the jobs, in another Availability Zone.",
	},
	existingSecurityGroupId: &generator.Parameter{
		Name: "ExistingSecurityGroupId", Format: standard.SecurityGroupID, WhenEmpty: "refused",
		Doc: "Security group of the jobs, which may call the service.",
	},
	existingPublicSubnet1Id: &generator.Parameter{
		Name: "ExistingPublicSubnet1Id", Format: standard.SubnetID,
		WhenEmpty: "allowed only without a UI on the internet",
		Doc:       "First public subnet, for a UI on the internet.",
	},
	existingPublicSubnet2Id: &generator.Parameter{
		Name: "ExistingPublicSubnet2Id", Format: standard.SubnetID,
		WhenEmpty: "allowed only without a UI on the internet",
		Doc:       "Second public subnet, in another Availability Zone.",
	},
	existingBucketName: &generator.Parameter{
		Name: "ExistingBucketName", Format: standard.BucketName,
		WhenEmpty: "allowed only without a UI",
		Doc:       "Bucket of the flows' data, which the UI reads.",
	},
	datastorePrefix: &generator.Parameter{
		Name: "DatastorePrefix", Default: "flows", Format: standard.ObjectPrefix,
		Doc: "Prefix in the bucket for artifacts, which the UI reads.",
	},
	kmsKeyArn: &generator.Parameter{
		Name: "KmsKeyArn", Format: standard.KeyARN, WhenEmpty: "keys of AWS",
		Doc: "KMS key of bucket, database and password.",
	},
	database: &generator.Parameter{
		Name: "Database", Default: "instance", Allowed: []string{"instance", "serverless"},
		Doc: "A PostgreSQL instance of RDS, or Aurora Serverless v2, which pauses while nobody " +
			"uses it: the first request afterwards takes some 15 seconds longer.",
	},
	engineVersion: &generator.Parameter{
		Name: "EngineVersion", Default: "16", Allowed: []string{"15", "16", "17"},
		Doc: "Major version of PostgreSQL. RDS chooses the minor version and keeps it current.",
	},
	instanceClass: &generator.Parameter{
		Name: "InstanceClass", Default: "db.t4g.micro", Format: standard.DatabaseClass,
		Doc: "Class of the instance.",
	},
	multiAz: &generator.Parameter{
		Name: "MultiAz", Default: "false", Allowed: generator.OnOff,
		Doc: "Keep a standby of the instance in the other Availability Zone, at twice the cost.",
	},
	minCapacity: &generator.Parameter{
		Name: "MinCapacity", Kind: generator.Number, Default: "0", Min: 0, Max: 128,
		Doc: "Fewest capacity units of Aurora. 0 lets it pause.",
	},
	maxCapacity: &generator.Parameter{
		Name: "MaxCapacity", Kind: generator.Number, Default: "2", Min: 1, Max: 128,
		Doc: "Most capacity units of Aurora.",
	},
	backupDays: &generator.Parameter{
		Name: "BackupDays", Kind: generator.Number, Default: "7", Min: 1, Max: 35,
		Doc: "Days for which the database can be restored to any point in time.",
	},
	deletionProtection: &generator.Parameter{
		Name: "DeletionProtection", Default: "false", Allowed: generator.OnOff,
		Doc: "Refuse to delete the database, and with it the stack. Turn it on after the creation, " +
			"which it keeps from being rolled back. Without it, deletion leaves a last snapshot.",
	},
	existingDatabaseHost: &generator.Parameter{
		Name: "ExistingDatabaseHost", Format: standard.HostName, WhenEmpty: "a new database",
		Doc: "Host of a PostgreSQL database to reuse, on port 5432 with TLS. It must let in the " +
			"security group of the service (output ServiceSecurityGroupId).",
	},
	existingDatabaseSecretArn: &generator.Parameter{
		Name: "ExistingDatabaseSecretArn", Format: standard.SecretARN, WhenEmpty: "a new password",
		Doc: "Its secret in Secrets Manager, with the fields username, password and dbname.",
	},
	serviceImage: &generator.Parameter{
		Name: "ServiceImage", Format: standard.ContainerImage, Default: serviceImage,
		Doc: "Image of the service, with its version.",
	},
	serviceCpu: &generator.Parameter{
		Name: "ServiceCpu", Kind: generator.Number, Default: "512",
		Allowed: []string{"256", "512", "1024", "2048"},
		Doc:     "CPU units of a task: 1024 are one vCPU.",
	},
	serviceMemory: &generator.Parameter{
		Name: "ServiceMemory", Kind: generator.Number, Default: "1024",
		Allowed: []string{"512", "1024", "2048", "4096"},
		Doc:     "Memory of a task in MiB.",
	},
	serviceTasks: &generator.Parameter{
		Name: "ServiceTasks", Kind: generator.Number, Default: "1", Min: 0, Max: 10,
		Doc: "Tasks of the service. 0 stops it.",
	},
	logDays: &generator.Parameter{
		Name: "LogDays", Kind: generator.Number, Default: "30",
		Allowed: []string{"1", "3", "5", "7", "14", "30", "60", "90", "180", "365"},
		Doc:     "Days that the log group of the service keeps logs.",
	},
	clientSecurityGroupId: &generator.Parameter{
		Name: "ClientSecurityGroupId", Format: standard.SecurityGroupID, WhenEmpty: "none",
		Doc: "Security group of notebooks and the like that may call the service.",
	},
	clientCidr: &generator.Parameter{
		Name: "ClientCidr", Format: standard.PrivateCIDR, WhenEmpty: "none",
		Doc: "Private addresses of people that may call the service, as of a VPN or a peered VPC.",
	},
}

// serviceImage is the image that is deployed unless another one is given.
const serviceImage = "netflixoss/metaflow_metadata_service:v2.5.0"
