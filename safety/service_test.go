package safety

import (
	"strings"

	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/service"
	"github.com/metaflow-cfn/metaflow-cfn/internal/templatetest"
)

var serviceSubject = &subject{
	component: service.Component,
	domain:    templatetest.NewDomain(service.Component),
	kinds: []string{
		"AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::ECS::Cluster",
		"AWS::ECS::Service", "AWS::ECS::TaskDefinition",
		"AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::LoadBalancer",
		"AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::IAM::Role", "AWS::Logs::LogGroup",
		"AWS::RDS::DBCluster", "AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBInstance",
		"AWS::RDS::DBSubnetGroup", "AWS::SecretsManager::Secret",
	},
	most: generator.Values{
		"ExistingVpcId":            givenVPC,
		"ExistingPrivateSubnet1Id": "subnet-0123456789abcdef0",
		"ExistingPrivateSubnet2Id": "subnet-0123456789abcdef1",
		"ExistingSecurityGroupId":  "sg-0123456789abcdef0",
	},
	spares: map[string][]string{
		"ExistingDatabaseHost":      {"Database", "ClusterInstance", "ClusterParameters"},
		"ExistingDatabaseSecretArn": {"DatabaseSecret"},
	},
	defaults: map[string]string{
		"Database": "instance", "DeletionProtection": "false", "BackupDays": "7",
		"MinCapacity": "0", "MultiAz": "false", "ServiceTasks": "1", "LogDays": "30",
		"ClientCidr": "", "ClientSecurityGroupId": "", "Ui": "false", "UiScheme": "internal",
	},
	bred: []specimen{
		{name: "default"}, {name: "serverless"}, {name: "existing-database"}, {name: "own-key"},
		{name: "all-clients"}, {name: "ui-internal"}, {name: "ui-login"}, {name: "ui-public"},
	},
	grants: serviceGrants,
}

// ofNetwork are the two subnets of the core stack.
func ofNetwork(t *template) string {
	one, two := t.values["ExistingPrivateSubnet1Id"], t.values["ExistingPrivateSubnet2Id"]
	return "[" + one + ", " + two + "]"
}

// passwordOf is the ARN of the secret with the password.
func passwordOf(t *template) string {
	return t.ours("ExistingDatabaseSecretArn", "${DatabaseSecret}")
}

// serviceGrants are what the execution role may do besides the policy of AWS: read the one secret.
func serviceGrants(t *template) map[string][]string {
	grants := []string{"secretsmanager:GetSecretValue on " + portable(passwordOf(t))}
	for _, key := range given(t.values["KmsKeyArn"]) {
		grants = append(grants, "kms:Decrypt on "+portable(key))
	}
	data := "arn:${AWS::Partition}:s3:::" + t.values["ExistingBucketName"]
	reads := append([]string{"s3:ListBucket on " + data, "s3:GetObject on " + data + "/*"},
		grants[1:]...)
	return map[string][]string{"ExecutionRole": grants, "UiRole": reads}
}

// serviceTraffic are the rules of the security groups in one direction: each group lets in the one
// before it. The addresses of the load balancer's clients are private.
func serviceTraffic(t *template, direction string) []string {
	if t.subject != serviceSubject {
		return nil
	}
	const balancer, tasks = "${LoadBalancerSecurityGroup.GroupId}", "${ServiceSecurityGroup.GroupId}"
	ui := uiTraffic(t, direction)
	if direction == "Egress" {
		out := []string{balancer + " tcp 8080 8080 " + tasks, tasks + " tcp 443 443 0.0.0.0/0",
			tasks + " tcp 5432 5432 0.0.0.0/0"}
		if t.values["ExistingDatabaseHost"] == "" {
			out = append(out, "${DatabaseSecurityGroup.GroupId} tcp 1 1 127.0.0.1/32")
		}
		return append(out, ui...)
	}
	out := append(ui, tasks+" tcp 8080 8080 "+balancer)
	for _, name := range []string{"ExistingSecurityGroupId", "ClientSecurityGroupId", "ClientCidr"} {
		for _, source := range given(t.values[name]) {
			out = append(out, balancer+" tcp 80 80 "+source)
		}
	}
	if t.values["ExistingDatabaseHost"] == "" {
		out = append(out, "${DatabaseSecurityGroup.GroupId} tcp 5432 5432 "+tasks)
	}
	return out
}

// privateOnly wants the load balancer as a whole: without public address, in its own security
// group, whose rules those of traffic judge, and in front of nothing but the service.
func privateOnly(t *template) (f findings) {
	for r := range t.only("LoadBalancer") {
		f.wantAll(r, map[string]string{
			"Scheme": "internal", "Type": "application", "Subnets": ofNetwork(t),
			"SecurityGroups": "[${LoadBalancerSecurityGroup.GroupId}]",
			"LoadBalancerAttributes": "[{Key: routing.http.drop_invalid_header_fields.enabled, " +
				"Value: true}]",
		})
	}
	for r := range t.only("Listener") {
		f.wantAll(r, map[string]string{
			"DefaultActions":  "[{TargetGroupArn: ${TargetGroup}, Type: forward}]",
			"LoadBalancerArn": "${LoadBalancer}", "Port": "80", "Protocol": "HTTP",
		})
	}
	for r := range t.only("TargetGroup") {
		f.wantAll(r, map[string]string{
			"HealthCheckIntervalSeconds": "15", "HealthCheckPath": "/api/ping", "Port": "8080",
			"Protocol": "HTTP", "TargetType": "ip", "VpcId": t.values["ExistingVpcId"],
			"TargetGroupAttributes": "[{Key: deregistration_delay.timeout_seconds, Value: 15}]",
		})
	}
	return f
}

const passwordReference = "{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}"

// databaseKept wants the databases as a whole: private, encrypted, with backups, and with a last
// snapshot when they go.
func databaseKept(t *template) (f findings) {
	both := map[string]string{
		"BackupRetentionPeriod": t.values["BackupDays"], "CopyTagsToSnapshot": "true",
		"DBSubnetGroupName": "${DatabaseSubnets}", "EngineVersion": t.values["EngineVersion"],
		"DeletionProtection": t.values["DeletionProtection"], "MasterUsername": "metaflow",
		"MasterUserPassword": passwordReference, "StorageEncrypted": "true",
		"KmsKeyId": t.values["KmsKeyArn"],
	}
	with := func(more map[string]string) map[string]string {
		for key, value := range both {
			more[key] = value
		}
		return more
	}
	for r := range t.only("DatabaseInstance") {
		f.wantAll(r, with(map[string]string{
			"AllocatedStorage": "20", "AutoMinorVersionUpgrade": "true", "DBName": "metaflow",
			"DBInstanceClass": t.values["InstanceClass"], "Engine": "postgres",
			"MaxAllocatedStorage": "200", "MultiAZ": t.values["MultiAz"],
			"PubliclyAccessible": "false", "StorageType": "gp3",
			"VPCSecurityGroups": "[${DatabaseSecurityGroup.GroupId}]",
		}))
	}
	for r := range t.only("DatabaseCluster") {
		f.wantAll(r, with(map[string]string{
			"DatabaseName": "metaflow", "DBClusterParameterGroupName": "${ClusterParameters}",
			"Engine": "aurora-postgresql", "ServerlessV2ScalingConfiguration": "{MaxCapacity: " +
				t.values["MaxCapacity"] + ", MinCapacity: " + t.values["MinCapacity"] + "}",
			"VpcSecurityGroupIds": "[${DatabaseSecurityGroup.GroupId}]",
		}))
	}
	for id, kind := range map[string]string{
		"DatabaseInstance": "instance", "DatabaseCluster": "serverless",
	} {
		r, exists := t.find(id)
		wanted := t.values["ExistingDatabaseHost"] == "" && t.values["Database"] == kind
		if exists != wanted {
			f.add("%s: exists: %t; wanted %t", id, exists, wanted)
		}
		if !exists {
			continue
		}
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			if v := r.raw[policy]; v != "Snapshot" {
				f.add("%s: has the %s %v; wanted Snapshot", r.id, policy, v)
			}
		}
	}
	return f
}

// databaseParts wants what the databases stand on as a whole.
func databaseParts(t *template) (f findings) {
	for r := range t.only("ClusterInstance") {
		f.wantAll(r, map[string]string{
			"AutoMinorVersionUpgrade": "true", "DBClusterIdentifier": "${DatabaseCluster}",
			"DBInstanceClass": "db.serverless", "Engine": "aurora-postgresql",
			"PubliclyAccessible": "false",
		})
	}
	for r := range t.of("AWS::RDS::DBClusterParameterGroup") {
		f.wantAll(r, map[string]string{
			"Description": "Metadata service of Metaflow",
			"Family":      "aurora-postgresql" + t.values["EngineVersion"],
			"Parameters":  "{idle_session_timeout: 60000, rds.force_ssl: 1}",
		})
	}
	for r := range t.of("AWS::RDS::DBSubnetGroup") {
		f.wantAll(r, map[string]string{"DBSubnetGroupDescription": "Private subnets of Metaflow",
			"SubnetIds": ofNetwork(t)})
	}
	for r := range t.of("AWS::SecretsManager::Secret") {
		f.wantAll(r, map[string]string{
			"Description": "Database of ${AWS::StackName}", "KmsKeyId": t.values["KmsKeyArn"],
			"GenerateSecretString": "{ExcludePunctuation: true, GenerateStringKey: password, " +
				"PasswordLength: 40, SecretStringTemplate: " +
				`{"username": "metaflow", "dbname": "metaflow"}}`,
		})
	}
	return f
}

// hostOf is the host of the database.
func hostOf(t *template) string {
	own := "${DatabaseInstance.Endpoint.Address}"
	if t.values["Database"] == "serverless" {
		own = "${DatabaseCluster.Endpoint.Address}"
	}
	return t.ours("ExistingDatabaseHost", own)
}

// wantedContainer is the text of a container, with what it has of its own.
func wantedContainer(t *template, name, own, environment string) string {
	secrets := strings.ReplaceAll("[{Name: MF_METADATA_DB_USER, ValueFrom: $:username::}, "+
		"{Name: MF_METADATA_DB_PSWD, ValueFrom: $:password::}, "+
		"{Name: MF_METADATA_DB_NAME, ValueFrom: $:dbname::}]", "$", passwordOf(t))
	own = strings.ReplaceAll(own, "ENVIRONMENT", "Environment: [{Name: MF_METADATA_DB_HOST, Value: "+
		hostOf(t)+"}, {Name: MF_METADATA_DB_PORT, Value: 5432}, "+
		"{Name: MF_METADATA_DB_SSL_MODE, Value: require}"+environment+"]")
	own = strings.ReplaceAll(own, "IMAGE", "Image: "+t.values["ServiceImage"]+
		", LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: ${LogGroup}, "+
		"awslogs-region: ${AWS::Region}, awslogs-stream-prefix: "+name+"}}, Name: "+name)
	return "{" + own + ", Secrets: " + secrets + "}"
}

// serviceTask wants the tasks as a whole: the schema comes first and its container ends, no other
// port is open, the password comes from the secret, and the connection to the database uses TLS.
func serviceTask(t *template) (f findings) {
	migrate := wantedContainer(t, "migrate", "EntryPoint: [/opt/latest/bin/python3, "+
		"/root/run_goose.py, --wait, 120], ENVIRONMENT, Essential: false, IMAGE", "")
	serve := wantedContainer(t, "service", "Command: [/opt/latest/bin/python3, -m, "+
		"services.metadata_service.server], DependsOn: [{Condition: SUCCESS, ContainerName: "+
		"migrate}], ENVIRONMENT, Essential: true, HealthCheck: {Command: [CMD, "+
		"/opt/latest/bin/python3, -c, import urllib.request; urllib.request.urlopen("+
		"'http://localhost:8080/api/ping', timeout=4)], Interval: 30, Retries: 3, StartPeriod: "+
		"120, Timeout: 5}, IMAGE, PortMappings: [{ContainerPort: 8080, Protocol: tcp}]",
		", {Name: MF_METADATA_DB_POOL_MIN, Value: 0}, {Name: MF_SERVICE_CONNECTION_RETRIES, "+
			"Value: 30}, {Name: PATH_PREFIX, Value: /api}, {Name: DB_TRIGGER_CREATE, Value: "+
			map[bool]string{true: "1", false: "0"}[t.values["Ui"] == "true"]+"}")
	for r := range t.only("TaskDefinition") {
		f.wantAll(r, map[string]string{
			"ContainerDefinitions": "[" + migrate + ", " + serve + "]",
			"Cpu":                  t.values["ServiceCpu"], "Memory": t.values["ServiceMemory"],
			"ExecutionRoleArn": "${ExecutionRole.Arn}", "Family": "${AWS::StackName}-service",
			"NetworkMode": "awsvpc", "RequiresCompatibilities": "[FARGATE]",
		})
	}
	return f
}

// serviceRuns wants the service as a whole, after what it needs to become healthy.
func serviceRuns(t *template) (f findings) {
	for r := range t.of("AWS::ECS::Cluster") {
		f.wantAll(r, nil)
	}
	if !t.has("Service") {
		f.add("Service: does not exist")
	}
	for r := range t.only("Service") {
		f.wantAll(r, map[string]string{
			"Cluster": "${Cluster}", "DesiredCount": t.values["ServiceTasks"],
			"DeploymentConfiguration": "{DeploymentCircuitBreaker: {Enable: true, Rollback: true}, " +
				"MaximumPercent: 200, MinimumHealthyPercent: 100}",
			"HealthCheckGracePeriodSeconds": "180", "LaunchType": "FARGATE",
			"LoadBalancers": "[{ContainerName: service, ContainerPort: 8080, TargetGroupArn: " +
				"${TargetGroup}}]",
			"NetworkConfiguration": "{AwsvpcConfiguration: {AssignPublicIp: DISABLED, " +
				"SecurityGroups: [${ServiceSecurityGroup.GroupId}], Subnets: " + ofNetwork(t) + "}}",
			"PropagateTags": "SERVICE", "TaskDefinition": "${TaskDefinition}",
		})
		want := "[Listener]"
		if t.has("DatabaseCluster") {
			want = "[ClusterInstance, Listener]"
		}
		if got := text(r.raw["DependsOn"]); got != want {
			f.add("%s: waits for %s; wanted %s", r.id, got, want)
		}
	}
	for r := range t.of("AWS::Logs::LogGroup") {
		f.wantAll(r, map[string]string{"LogGroupName": "/metaflow/${AWS::StackName}",
			"RetentionInDays": t.values["LogDays"]})
	}
	return f
}
