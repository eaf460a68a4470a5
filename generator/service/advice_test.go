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
