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
		Name: "snapshots full", Of: "RDS::", Says: "snapshotquota|manual db snapshots|" +
			"manual snapshots|cluster snapshots",
		Try: "the account has no room for the last snapshot: delete old manual snapshots, or " +
			"raise the quota (Service Quotas), then retry",
	},
	{
		Name: "database busy", Of: "RDS::",
		Says: "is not in available state|not in the available state|is currently being|" +
			"instance is currently|invaliddbinstancestate|invaliddbclusterstate",
		Try: "the database is in the middle of a change, or stopped; a last snapshot needs it " +
			"available: wait, or start it in the console of RDS, then retry",
	},
	{
		Name: "snapshot exists", Of: "RDS::", Says: "cannot create the snapshot because a snapshot|" +
			"dbsnapshotalreadyexists",
		Try: "a snapshot of that name is left from another deletion: rename or delete it in the " +
			"console of RDS, then retry",
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
		Name: "certificate", Of: "ElasticLoadBalancingV2::Listener",
		Says: "certificate",
		Try:  "the certificate must be issued, and in the region of the stack: {UiCertificateArn}",
	},
	{
		Name: "login", Of: "ElasticLoadBalancingV2::Listener",
		Says: "oidc|secrets manager|resourcenotfoundexception",
		Try: "the secret must exist in the region of the stack, with the fields client_id and " +
			"client_secret, and the addresses be those of its provider: {OidcSecretArn}, " +
			"{OidcIssuer}, {OidcTokenEndpoint}",
	},
	{
		Name: "load balancer zones", Of: "ElasticLoadBalancingV2::LoadBalancer",
		Says: "availability zone|attached to multiple subnets in the same",
		Try: "give subnets in two Availability Zones: {ExistingPrivateSubnet1Id}, " +
			"{ExistingPrivateSubnet2Id}, for a UI on the internet {ExistingPublicSubnet1Id}, " +
			"{ExistingPublicSubnet2Id}",
	},
	{
		Name: "load balancer not public", Of: "ElasticLoadBalancingV2::LoadBalancer",
		Says: "no internet gateway",
		Try: "the public subnets have no internet gateway; keep the UI inside the network: " +
			"{UiScheme}=internal",
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
