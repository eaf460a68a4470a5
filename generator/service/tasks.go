package service

import (
	"strconv"

	"github.com/awslabs/goformation/v7/cloudformation/ecs"
	"github.com/awslabs/goformation/v7/cloudformation/iam"
	"github.com/awslabs/goformation/v7/cloudformation/logs"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// python is the interpreter of the image for the newest schema. The image's own start chooses
// another one for databases of an older schema.
const python = "/opt/latest/bin/python3"

// task adds the task definition with what it needs: log group and execution role. The service calls
// nothing of AWS, so that its tasks have no role of their own.
func (b builder) task() {
	b.Add(cfn.Resource{
		ID: "LogGroup", Doc: "Holds the logs of the service.", DeletionPolicy: "Delete",
		Metadata: standard.Suppress(nil, "CLOUDWATCH_LOG_GROUP_ENCRYPTED"),
	}, &logs.LogGroup{
		LogGroupName: new(cfn.Sub("/metaflow/${AWS::StackName}", nil)),
		Tags:         standard.NameTags("service"),
	}, cfn.Set{"RetentionInDays": param.logDays.Ref()})
	b.executionRole()
	b.Add(cfn.Resource{
		ID: "TaskDefinition", Doc: "Brings the schema of the database up to date, then serves.",
	}, &ecs.TaskDefinition{
		ContainerDefinitions: []ecs.TaskDefinition_ContainerDefinition{migration(), server()},
		Cpu:                  new(param.serviceCpu.Ref()), Memory: new(param.serviceMemory.Ref()),
		ExecutionRoleArn: new(cfn.GetAtt("ExecutionRole", "Arn")),
		Family:           new(standard.NameOf("service")),
		NetworkMode:      new("awsvpc"), RequiresCompatibilities: []string{"FARGATE"},
		Tags: standard.NameTags("service"),
	}, nil)
}

// migration returns the container that brings the schema up to date and ends. The migration server
// of the image is not run: it answers anybody, and keeps a connection for ever.
func migration() ecs.TaskDefinition_ContainerDefinition {
	c := container("migrate")
	c.EntryPoint = []string{python, "/root/run_goose.py", "--wait", "120"}
	c.Essential = new(false)
	return c
}

// server returns the container that serves, once the schema is right. It keeps no idle connection,
// so that Aurora can pause.
func server() ecs.TaskDefinition_ContainerDefinition {
	c := container("service")
	c.Command = []string{python, "-m", "services.metadata_service.server"}
	c.Essential = new(true)
	c.DependsOnProp = []ecs.TaskDefinition_ContainerDependency{
		{ContainerName: new("migrate"), Condition: new("SUCCESS")}}
	c.Environment = append(c.Environment, variable("MF_METADATA_DB_POOL_MIN", "0"),
		variable("MF_SERVICE_CONNECTION_RETRIES", "30"), variable("PATH_PREFIX", "/api"),
		variable("DB_TRIGGER_CREATE", cfn.If(hasUI(), "1", "0")))
	c.PortMappings = []ecs.TaskDefinition_PortMapping{
		{ContainerPort: new(servicePort), Protocol: new("tcp")}}
	c.HealthCheck = &ecs.TaskDefinition_HealthCheck{
		Command: []string{"CMD", python, "-c", "import urllib.request; " +
			"urllib.request.urlopen('http://localhost:8080/api/ping', timeout=4)"},
		Interval: new(30), Retries: new(3), StartPeriod: new(120), Timeout: new(5),
	}
	return c
}

// container returns a container of the service's image with the way to the database. Password and
// user come from Secrets Manager; the connection uses TLS.
func container(name string) ecs.TaskDefinition_ContainerDefinition {
	secret := func(variable, field string) ecs.TaskDefinition_Secret {
		return ecs.TaskDefinition_Secret{Name: variable, ValueFrom: cfn.Sub("${Secret}:"+field+"::",
			map[string]string{"Secret": needs.Reference("DatabaseSecret")})}
	}
	return ecs.TaskDefinition_ContainerDefinition{
		Name: name, Image: param.serviceImage.Ref(),
		Environment: []ecs.TaskDefinition_KeyValuePair{
			variable("MF_METADATA_DB_HOST", host()),
			variable("MF_METADATA_DB_PORT", strconv.Itoa(databasePort)),
			variable("MF_METADATA_DB_SSL_MODE", "require"),
		},
		Secrets: []ecs.TaskDefinition_Secret{
			secret("MF_METADATA_DB_USER", "username"), secret("MF_METADATA_DB_PSWD", "password"),
			secret("MF_METADATA_DB_NAME", "dbname"),
		},
		LogConfiguration: &ecs.TaskDefinition_LogConfiguration{
			LogDriver: "awslogs", Options: map[string]string{
				"awslogs-group": cfn.Ref("LogGroup"), "awslogs-region": cfn.Ref("AWS::Region"),
				"awslogs-stream-prefix": name,
			},
		},
	}
}

func variable(name, value string) ecs.TaskDefinition_KeyValuePair {
	return ecs.TaskDefinition_KeyValuePair{Name: new(name), Value: new(value)}
}

// executionRole adds the role with which ECS starts tasks: it pulls the image, writes logs and
// reads the one secret.
func (b builder) executionRole() {
	b.Add(cfn.Resource{
		ID: "ExecutionRole", Doc: "The role with which ECS starts the service.",
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(standard.Trust("ecs-tasks.amazonaws.com")),
		ManagedPolicyArns: []string{cfn.Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/"+
			"AmazonECSTaskExecutionRolePolicy", nil)},
		PermissionsBoundary: new(standard.Boundary()), Path: new(standard.Path()),
		Policies: []iam.Role_Policy{{PolicyName: "password", PolicyDocument: standard.Policy(
			standard.Allow("ReadPassword", needs.Reference("DatabaseSecret"),
				"secretsmanager:GetSecretValue"),
			cfn.If("HasKmsKey", standard.Allow("UseKey", param.kmsKeyArn.Ref(), "kms:Decrypt"),
				cfn.NoValue),
		)}},
		Tags: standard.NameTags("execution"),
	}, nil)
}

// service adds the service, which starts once it can be reached and the database answers. Tasks
// that do not become healthy are rolled back.
func (b builder) service(before []standard.Dependency) {
	cluster := b.Add(cfn.Resource{
		ID: "Cluster", Doc: "Runs the service.",
	}, &ecs.Cluster{Tags: standard.NameTags("service")}, nil)
	b.Add(cfn.Resource{
		ID: "Service", Doc: "Keeps the tasks running.", Metadata: standard.After(before...),
	}, &ecs.Service{
		Cluster: new(cluster), LaunchType: new("FARGATE"), PropagateTags: new("SERVICE"),
		HealthCheckGracePeriodSeconds: new(180), TaskDefinition: new(cfn.Ref("TaskDefinition")),
		DeploymentConfiguration: &ecs.Service_DeploymentConfiguration{
			DeploymentCircuitBreaker: &ecs.Service_DeploymentCircuitBreaker{
				Enable: true, Rollback: true,
			},
			MaximumPercent: new(200), MinimumHealthyPercent: new(100),
		},
		LoadBalancers: []ecs.Service_LoadBalancer{{
			ContainerName: new("service"), ContainerPort: new(servicePort),
			TargetGroupArn: new(cfn.Ref("TargetGroup")),
		}},
		NetworkConfiguration: &ecs.Service_NetworkConfiguration{
			AwsvpcConfiguration: &ecs.Service_AwsVpcConfiguration{
				AssignPublicIp: new("DISABLED"), Subnets: subnets(),
				SecurityGroups: []string{cfn.GetAtt("ServiceSecurityGroup", "GroupId")},
			},
		},
		Tags: standard.NameTags("service"),
	}, cfn.Set{"DesiredCount": param.serviceTasks.Ref()})
}
