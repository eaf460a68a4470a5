package service

import (
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/rds"
	"github.com/awslabs/goformation/v7/cloudformation/secretsmanager"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// databaseUser is the name of the user and of the database.
const databaseUser = "metaflow"

// database adds a new database with its password, and returns what the service waits for.
func (b builder) database() []standard.Dependency {
	created := needs.Condition("DatabaseSubnets")
	b.password()
	b.Add(cfn.Resource{
		ID: "DatabaseSubnets", Doc: "The subnets of the database.", Condition: created,
	}, &rds.DBSubnetGroup{
		DBSubnetGroupDescription: "Private subnets of Metaflow", SubnetIds: subnets(),
		Tags: standard.NameTags("database"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "DatabaseSecurityGroup", Doc: "Lets the service, and nothing else, reach the database.",
		Condition: created,
	}, &ec2.SecurityGroup{
		GroupDescription: "Database of Metaflow", VpcId: new(param.existingVpcId.Ref()),
		SecurityGroupIngress: []ec2.SecurityGroup_Ingress{{
			IpProtocol: "tcp", FromPort: new(databasePort), ToPort: new(databasePort),
			SourceSecurityGroupId: new(cfn.GetAtt("ServiceSecurityGroup", "GroupId")),
			Description:           new("From the service"),
		}},
		// Without a rule EC2 would add one for all traffic.
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{{
			IpProtocol: "tcp", FromPort: new(1), ToPort: new(1), CidrIp: new("127.0.0.1/32"),
			Description: new("No traffic"),
		}},
		Tags: standard.NameTags("database"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "UiDatabaseIngress", Doc: "Lets the UI reach a new database.",
		Condition: needs.Condition("UiDatabaseIngress"),
	}, &ec2.SecurityGroupIngress{
		GroupId:    new(cfn.GetAtt("DatabaseSecurityGroup", "GroupId")),
		IpProtocol: "tcp", FromPort: new(databasePort), ToPort: new(databasePort),
		SourceSecurityGroupId: new(cfn.GetAtt("UiSecurityGroup", "GroupId")),
		Description:           new("From the UI"),
	}, nil)
	b.instance()
	return []standard.Dependency{{
		Condition: needs.Condition("DatabaseCluster"), Ref: b.cluster(),
	}}
}

// password adds the password of the database. It is not rotated: tasks read it when they start.
func (b builder) password() {
	b.Add(cfn.Resource{
		ID: "DatabaseSecret", Doc: "User, password and name of the database.",
		Condition: needs.Condition("DatabaseSecret"), DeletionPolicy: "Delete",
	}, &secretsmanager.Secret{
		Description: new(cfn.Sub("Database of ${AWS::StackName}", nil)),
		GenerateSecretString: &secretsmanager.Secret_GenerateSecretString{
			SecretStringTemplate: new(`{"username": "` + databaseUser + `", "dbname": "` +
				databaseUser + `"}`),
			GenerateStringKey: new("password"), PasswordLength: new(40),
			ExcludePunctuation: new(true),
		},
		KmsKeyId: new(param.kmsKeyArn.If("HasKmsKey")), Tags: standard.NameTags("database"),
	}, nil)
}

// passwordReference returns the dynamic reference with which RDS gets the password. No template,
// parameter or event contains the password itself.
func passwordReference() string {
	return cfn.Sub("{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}", nil)
}

// instance adds a PostgreSQL instance of RDS.
func (b builder) instance() {
	b.Add(cfn.Resource{
		ID: "DatabaseInstance", Doc: "Holds the runs. A last snapshot is kept when it is deleted.",
		Condition: needs.Condition("DatabaseInstance"), DeletionPolicy: "Snapshot",
	}, &rds.DBInstance{
		AllocatedStorage: new("20"), MaxAllocatedStorage: new(200), StorageType: new("gp3"),
		AutoMinorVersionUpgrade: new(true), CopyTagsToSnapshot: new(true),
		DBInstanceClass: new(param.instanceClass.Ref()), DBName: new(databaseUser),
		DBSubnetGroupName: new(cfn.Ref("DatabaseSubnets")), Engine: new("postgres"),
		EngineVersion: new(param.engineVersion.Ref()), MasterUsername: new(databaseUser),
		MasterUserPassword: new(passwordReference()), PubliclyAccessible: new(false),
		StorageEncrypted: new(true), KmsKeyId: new(param.kmsKeyArn.If("HasKmsKey")),
		VPCSecurityGroups: []string{cfn.GetAtt("DatabaseSecurityGroup", "GroupId")},
		Tags:              standard.NameTags("database"),
	}, cfn.Set{
		"BackupRetentionPeriod": param.backupDays.Ref(), "MultiAZ": param.multiAz.Ref(),
		"DeletionProtection": param.deletionProtection.Ref(),
	})
}

// cluster adds Aurora Serverless v2 with its one instance, and returns the instance. Idle sessions
// end after a minute, because Aurora pauses only without connections.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
func (b builder) cluster() string {
	created := needs.Condition("DatabaseCluster")
	parameters := b.Add(cfn.Resource{
		ID: "ClusterParameters", Doc: "Ends idle sessions, so that Aurora can pause.",
		Condition: created,
	}, &rds.DBClusterParameterGroup{
		Description: "Metadata service of Metaflow",
		Family:      cfn.Sub("aurora-postgresql${EngineVersion}", nil),
		Parameters:  map[string]any{"idle_session_timeout": "60000", "rds.force_ssl": "1"},
		Tags:        standard.NameTags("database"),
	}, nil)
	cluster := b.Add(cfn.Resource{
		ID: "DatabaseCluster", Doc: "Holds the runs. A last snapshot is kept when it is deleted.",
		Condition: created, DeletionPolicy: "Snapshot",
	}, &rds.DBCluster{
		CopyTagsToSnapshot: new(true), DatabaseName: new(databaseUser),
		DBClusterParameterGroupName: new(parameters),
		DBSubnetGroupName:           new(cfn.Ref("DatabaseSubnets")), Engine: new("aurora-postgresql"),
		EngineVersion: new(param.engineVersion.Ref()), MasterUsername: new(databaseUser),
		MasterUserPassword: new(passwordReference()), StorageEncrypted: new(true),
		KmsKeyId:            new(param.kmsKeyArn.If("HasKmsKey")),
		VpcSecurityGroupIds: []string{cfn.GetAtt("DatabaseSecurityGroup", "GroupId")},
		Tags:                standard.NameTags("database"),
	}, cfn.Set{
		"BackupRetentionPeriod":                        param.backupDays.Ref(),
		"DeletionProtection":                           param.deletionProtection.Ref(),
		"ServerlessV2ScalingConfiguration.MinCapacity": param.minCapacity.Ref(),
		"ServerlessV2ScalingConfiguration.MaxCapacity": param.maxCapacity.Ref(),
	})
	return b.Add(cfn.Resource{
		ID: "ClusterInstance", Doc: "Serves the cluster.", Condition: created,
		DeletionPolicy: "Delete",
	}, &rds.DBInstance{
		AutoMinorVersionUpgrade: new(true), DBClusterIdentifier: new(cluster),
		DBInstanceClass: new("db.serverless"), Engine: new("aurora-postgresql"),
		PubliclyAccessible: new(false), Tags: standard.NameTags("database"),
	}, nil)
}

// host returns the host of the database, new or reused.
func host() string {
	return cfn.If(needs.Condition("DatabaseInstance"),
		cfn.GetAtt("DatabaseInstance", "Endpoint.Address"),
		cfn.If(needs.Condition("DatabaseCluster"), cfn.GetAtt("DatabaseCluster", "Endpoint.Address"),
			param.existingDatabaseHost.Ref()))
}
