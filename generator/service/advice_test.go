package service_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// TestAdvice checks that each reason from AWS leads to the flag that helps, and that every row of
// the component's own advice is used. Resource handlers do not report the error code with the
// message.
func TestAdvice(t *testing.T) {
	const denied = " with an explicit deny in a service control policy"
	var used []string
	for _, c := range []struct{ id, typ, says, flag string }{
		{"DatabaseInstance", "AWS::RDS::DBInstance", "Cannot delete protected DB Instance, please " +
			"disable deletion protection and try again.", "modify-db-instance"},
		{"DatabaseCluster", "AWS::RDS::DBCluster", "Cannot delete protected Cluster, please " +
			"disable deletion protection and try again.", "modify-db-cluster"},
		{"DatabaseInstance", "AWS::RDS::DBInstance", "Cannot create more than 100 manual snapshots " +
			"(Service: Rds, Status Code: 400, Request ID: 0b0a) (HandlerErrorCode: " +
			"ServiceLimitExceeded)", "delete old manual snapshots"},
		{"DatabaseInstance", "AWS::RDS::DBInstance", "Cannot create a snapshot because the database " +
			"instance metaflow-databaseinstance-1a2b is not currently in the available state; " +
			"Instance is currently stopped - try again later. (Error Code: " +
			"InvalidDBInstanceState)", "in the console of RDS"},
		{"DatabaseInstance", "AWS::RDS::DBInstance", "Cannot create the snapshot because a snapshot " +
			"with the identifier metaflow-snapshot-1a2b already exists.", "rename or delete it"},
		{"UiListener", "AWS::ElasticLoadBalancingV2::Listener", "Certificate ARN 'arn:aws:acm:us-" +
			"west-2:123456789012:certificate/1234' is not valid (Error Code: ValidationError)",
			"--ui-certificate-arn"},
		{"UiListener", "AWS::ElasticLoadBalancingV2::Listener", "Secrets Manager can't find the " +
			"specified secret. (Error Code: ResourceNotFoundException)", "--oidc-secret-arn"},
		{"LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "At least two subnets in two " +
			"different Availability Zones must be specified", "--existing-private-subnet2-id"},
		{"UiLoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "VPC vpc-0123456789abcdef0 " +
			"has no internet gateway (Error Code: InvalidSubnet)", "--ui-scheme=internal"},
		{"DatabaseInstance", "AWS::RDS::DBInstance", "Cannot find version 17 for postgres",
			"--engine-version"},
		{"DatabaseInstance", "AWS::RDS::DBInstance", "RDS does not support creating a DB instance " +
			"with the following combination: DBInstanceClass=db.m1.small, Engine=postgres",
			"--instance-class"},
		{"DatabaseSubnets", "AWS::RDS::DBSubnetGroup", "The DB subnet group doesn't meet " +
			"Availability Zone (AZ) coverage requirement. Current AZ coverage: us-east-1a. Add " +
			"subnets to cover at least 2 AZs.", "--existing-private-subnet2-id"},
		{"DatabaseCluster", "AWS::RDS::DBCluster",
			"User is not authorized to perform: rds:CreateDBCluster" + denied,
			"--existing-database-host"},
		{"Service", "AWS::ECS::Service", "Error occurred during operation 'ECS Deployment Circuit " +
			"Breaker was triggered'.", "--service-image"},
		{"LogGroup", "AWS::Logs::LogGroup", "Resource of type 'AWS::Logs::LogGroup' with " +
			"identifier '/metaflow/service' already exists.", "another name"},
	} {
		got := service.Component.Advise(c.typ, c.id, c.says)
		if !strings.Contains(got, c.flag) {
			t.Errorf("%s: %s\ntry %q\nwant %s", c.id, c.says, got, c.flag)
		}
		a, _ := service.Component.AdviceOn(c.typ, c.says)
		used = append(used, a.Name)
	}
	for _, a := range service.Component.Advice {
		if !slices.Contains(standard.Advice, a) && !slices.Contains(used, a.Name) {
			t.Errorf("no failure leads to %q", a.Name)
		}
	}
}
