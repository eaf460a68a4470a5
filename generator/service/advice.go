package service

import (
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// protected is in RDS's messages when a database must not be deleted.
const protected = "deletion protection|cannot delete protected"

// advice says what to try when a resource of the stack fails, most specific first.
var advice = append([]generator.Advice{
	{
		Name: "instance protected", Of: "RDS::DBInstance", Says: protected,
		Try: "the database is protected from deletion; if its runs may go, leaving a snapshot: " +
			"aws rds modify-db-instance --db-instance-identifier {resource} " +
			"--no-deletion-protection; then retry",
	},
	{
		Name: "cluster protected", Of: "RDS::DBCluster", Says: protected,
		Try: "the database is protected from deletion; if its runs may go, leaving a snapshot: " +
			"aws rds modify-db-cluster --db-cluster-identifier {resource} " +
			"--no-deletion-protection; then retry",
	},
	{
		Name: "engine version", Of: "RDS::", Says: "cannot find version|engine version",
		Try: "RDS does not offer that version here; choose another: {EngineVersion}",
	},
	{
		Name: "instance class", Of: "RDS::DBInstance",
		Says: "dbinstanceclass|not supported for db instance|insufficientdbinstancecapacity",
		Try:  "RDS does not offer that class here; choose another: {InstanceClass}",
	},
	{
		Name: "two zones", Of: "RDS::DBSubnetGroup", Says: "availability zone",
		Try: "give private subnets in two Availability Zones: {ExistingPrivateSubnet1Id}, " +
			"{ExistingPrivateSubnet2Id}",
	},
	{
		Name: "database denied", Of: "RDS::", Says: "with an explicit deny",
		Try: "a policy of the organization forbids it; reuse an existing database: " +
			"{ExistingDatabaseHost}, {ExistingDatabaseSecretArn}",
	},
	{
		Name: "service not stable", Of: "ECS::Service",
		Says: "circuit breaker|did not stabilize|failed to stabilize",
		Try: "the tasks did not become healthy: read the logs in the log group of the service; " +
			"the image may not be pulled without a NAT gateway, or the database does not let the " +
			"service in: {ServiceImage}, {ExistingDatabaseHost}",
	},
	{
		Name: "log group exists", Of: "Logs::LogGroup", Says: "already exists",
		Try: "a log group of that name is left from another stack; delete it in the console of " +
			"CloudWatch Logs, or choose another name of the stack",
	},
}, standard.Advice...)
