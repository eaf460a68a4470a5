package cfntest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/metaflow-cfn/metaflow-cfn/internal/cfntest"
)

// identifiers has the types whose IDs or attributes have a form of their own. Most names are given,
// so that few are invented.
const identifiers = `
Resources:
  Table: {Type: "AWS::DynamoDB::Table", Properties: {TableName: state}}
  Logs: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: /ecs/api}}
  FlowLog: {Type: "AWS::EC2::FlowLog"}
  Endpoint: {Type: "AWS::EC2::VPCEndpoint"}
  Policy: {Type: "AWS::S3::BucketPolicy", Properties: {Bucket: data}}
  Machine: {Type: "AWS::StepFunctions::StateMachine", Properties: {StateMachineName: flow}}
  Rule: {Type: "AWS::Events::Rule", Properties: {Name: daily}}
  Group: {Type: "AWS::RDS::DBSubnetGroup", Properties: {DBSubnetGroupName: Private}}
  Aurora:
    Type: AWS::RDS::DBCluster
    Properties: {DBClusterIdentifier: main, Engine: aurora-postgresql}
  Database: {Type: "AWS::RDS::DBInstance", Properties: {DBInstanceIdentifier: meta, Port: "5433"}}
  Cluster: {Type: "AWS::ECS::Cluster", Properties: {ClusterName: apps}}
  Service: {Type: "AWS::ECS::Service", Properties: {ServiceName: api, Cluster: !GetAtt Cluster.Arn}}
  Task: {Type: "AWS::ECS::TaskDefinition", Properties: {Family: api, Cpu: "256"}}
  Balancer: {Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Properties: {Name: web}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer}
  Targets: {Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: {Name: api}}
  Secret: {Type: "AWS::SecretsManager::Secret", Properties: {Name: password}}
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret}
  Role: {Type: "AWS::IAM::Role", Properties: {RoleName: job, Path: /team/}}
  Profile: {Type: "AWS::IAM::InstanceProfile", Properties: {InstanceProfileName: job, Path: /team/}}
  Boundary: {Type: "AWS::IAM::ManagedPolicy", Properties: {ManagedPolicyName: limit}}
Outputs:
`

// shapes lists the values of Ref and of Fn::GetAtt; x stands for a hexadecimal digit.
const shapes = `
Table state
Table.Arn {dynamodb}:table/state
Table.StreamArn {dynamodb}:table/state/stream/2026-01-01T00:00:00.000
Logs /ecs/api
Logs.Arn {logs}:log-group:/ecs/api:*
FlowLog fl-xxxxxxxxxxxxxxxxx
FlowLog.Id fl-xxxxxxxxxxxxxxxxx
Endpoint vpce-xxxxxxxxxxxxxxxxx
Policy data
Machine {states}:stateMachine:flow
Machine.Arn {states}:stateMachine:flow
Machine.Name flow
Rule daily
Rule.Arn {events}:rule/daily
Group private
Aurora main
Aurora.DBClusterArn {rds}:cluster:main
Aurora.Endpoint.Address main.cluster-xxxxxxxxxxxx.eu-west-1.rds.amazonaws.com
Aurora.Endpoint.Port 5432
Aurora.ReadEndpoint.Address main.cluster-ro-xxxxxxxxxxxx.eu-west-1.rds.amazonaws.com
Database meta
Database.DBInstanceArn {rds}:db:meta
Database.Endpoint.Address meta.xxxxxxxxxxxx.eu-west-1.rds.amazonaws.com
Database.Endpoint.Port 5433
Cluster apps
Cluster.Arn {ecs}:cluster/apps
Service {ecs}:service/apps/api
Service.ServiceArn {ecs}:service/apps/api
Service.Name api
Task {ecs}:task-definition/api:1
Task.TaskDefinitionArn {ecs}:task-definition/api:1
Balancer {elasticloadbalancing}:loadbalancer/app/web/xxxxxxxxxxxxxxxx
Balancer.LoadBalancerFullName app/web/xxxxxxxxxxxxxxxx
Balancer.LoadBalancerName web
Listener {elasticloadbalancing}:listener/app/web/xxxxxxxxxxxxxxxx/xxxxxxxxxxxxxxxx
Targets {elasticloadbalancing}:targetgroup/api/xxxxxxxxxxxxxxxx
Targets.TargetGroupFullName targetgroup/api/xxxxxxxxxxxxxxxx
Secret {secretsmanager}:secret:password-xxxxxx
Secret.Id {secretsmanager}:secret:password-xxxxxx
Attachment {secretsmanager}:secret:password-xxxxxx
Role job
Role.Arn arn:aws:iam::123456789012:role/team/job
Profile.Arn arn:aws:iam::123456789012:instance-profile/team/job
Boundary arn:aws:iam::123456789012:policy/limit
`

// fits tells whether a text has a shape.
func fits(got, shape string) bool {
	if open, rest, ok := strings.Cut(shape, "{"); ok {
		service, rest, _ := strings.Cut(rest, "}")
		shape = open + "arn:aws:" + service + ":eu-west-1:123456789012" + rest
	}
	if len(got) != len(shape) {
		return false
	}
	for i := range shape {
		isDigit := strings.Contains("0123456789abcdefABCDEF", got[i:i+1])
		if got[i] != shape[i] && !(strings.ContainsAny(shape[i:i+1], "xX") && isDigit) {
			return false
		}
	}
	return true
}

func TestIdentifiersAndAttributes(t *testing.T) {
	want := map[string]string{}
	body := identifiers
	for line := range strings.Lines(strings.TrimSpace(shapes)) {
		name, shape, _ := strings.Cut(strings.TrimSpace(line), " ")
		key := strings.ReplaceAll(name, ".", "")
		if want[key] = shape; strings.Contains(name, ".") {
			body += "  " + key + ": {Value: !GetAtt " + name + "}\n"
		} else {
			body += "  " + key + ": {Value: !Ref " + name + "}\n"
		}
	}
	bubble(t, cfntest.Options{Region: "eu-west-1"}, func(w *fixture) {
		w.must(w.tryCreate("demo", body))
		w.settle("demo")
		outputs := w.srv.Outputs("demo")
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if !fits(outputs[key], want[key]) {
				t.Errorf("%s is %s, want %s", key, outputs[key], want[key])
			}
		}
		if outputs["Balancer"] == "" || !strings.HasSuffix(outputs["Balancer"],
			outputs["BalancerLoadBalancerFullName"]) {
			t.Errorf("the full name of %s is %s", outputs["Balancer"],
				outputs["BalancerLoadBalancerFullName"])
		}
		// Each revision of a task definition is a resource of its own.
		w.must(w.update("demo", strings.Replace(body, `Cpu: "256"`, `Cpu: "512"`, 1)))
		w.settle("demo")
		if got := w.srv.Outputs("demo")["Task"]; !strings.HasSuffix(got, "task-definition/api:2") {
			t.Errorf("the next task definition is %s", got)
		}
	})
}

func TestUnknownAttributeIsRefused(t *testing.T) {
	bubble(t, cfntest.Options{}, func(w *fixture) {
		err := w.tryCreate("demo", `{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}, `+
			`"Outputs": {"O": {"Value": {"Fn::GetAtt": ["A", "Size"]}}}}`)
		w.refused(err, "ValidationError", "resource A does not support attribute type Size in Fn::GetAtt")
	})
}
