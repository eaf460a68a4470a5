package service

import (
	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/ecs"
	"github.com/awslabs/goformation/v7/cloudformation/elasticloadbalancingv2"
	"github.com/awslabs/goformation/v7/cloudformation/iam"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// The ports of the UI's load balancer and of its backend, which serves the pages too.
const (
	uiBalancerPort = 443
	uiPort         = 8083
)

// hasUI returns the condition under which the UI exists.
func hasUI() string { return needs.Condition("UiService") }

// ui adds the UI with its own load balancer, security groups, tasks and role.
func (b builder) ui(database []standard.Dependency) {
	b.uiSecurityGroups()
	listener := b.uiLoadBalancer()
	b.uiTask()
	b.Add(cfn.Resource{
		ID: "UiService", Doc: "Keeps the UI running.", Condition: hasUI(),
		Metadata: standard.After(append(database, standard.Dependency{Ref: listener},
			standard.Dependency{Ref: cfn.Ref("Service")})...),
	}, &ecs.Service{
		Cluster: new(cfn.Ref("Cluster")), LaunchType: new("FARGATE"),
		PropagateTags: new("SERVICE"), DesiredCount: new(1),
		HealthCheckGracePeriodSeconds: new(180), TaskDefinition: new(cfn.Ref("UiTaskDefinition")),
		DeploymentConfiguration: &ecs.Service_DeploymentConfiguration{
			DeploymentCircuitBreaker: &ecs.Service_DeploymentCircuitBreaker{
				Enable: true, Rollback: true,
			},
			MaximumPercent: new(200), MinimumHealthyPercent: new(100),
		},
		LoadBalancers: []ecs.Service_LoadBalancer{{
			ContainerName: new("ui"), ContainerPort: new(uiPort),
			TargetGroupArn: new(cfn.Ref("UiTargetGroup")),
		}},
		NetworkConfiguration: &ecs.Service_NetworkConfiguration{
			AwsvpcConfiguration: &ecs.Service_AwsVpcConfiguration{
				AssignPublicIp: new("DISABLED"), Subnets: subnets(),
				SecurityGroups: []string{cfn.GetAtt("UiSecurityGroup", "GroupId")},
			},
		},
		Tags: standard.NameTags("ui"),
	}, nil)
}

// uiSecurityGroups adds the groups of the UI and of its load balancer. The load balancer asks the
// provider of the login for tokens.
func (b builder) uiSecurityGroups() {
	vpc := param.existingVpcId.Ref()
	b.Add(cfn.Resource{
		ID: "UiSecurityGroup", Doc: "Lets the load balancer, and nothing else, call the UI.",
		Condition: hasUI(),
	}, &ec2.SecurityGroup{
		GroupDescription: "UI of Metaflow", VpcId: new(vpc),
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{
			outward(443, "Images, password, logs and S3"), outward(databasePort, "The database"),
		},
		Tags: standard.NameTags("ui"),
	}, nil)
	ui := cfn.GetAtt("UiSecurityGroup", "GroupId")
	b.Add(cfn.Resource{
		ID: "UiLoadBalancerSecurityGroup", Doc: "Lets browsers call the load balancer of the UI.",
		Condition: hasUI(),
	}, &ec2.SecurityGroup{
		GroupDescription: "Load balancer of the UI of Metaflow", VpcId: new(vpc),
		Tags: standard.NameTags("ui-load-balancer"),
	}, cfn.Set{
		"SecurityGroupIngress": browsers(),
		"SecurityGroupEgress": []any{
			map[string]any{"IpProtocol": "tcp", "FromPort": uiPort, "ToPort": uiPort,
				"DestinationSecurityGroupId": ui, "Description": "To the UI"},
			cfn.If("UiLogin", outward(443, "Tokens of the login"), cfn.NoValue),
		},
	})
	b.Add(cfn.Resource{
		ID: "UiIngress", Doc: "Is a resource of its own, because two groups name each other.",
		Condition: hasUI(),
	}, &ec2.SecurityGroupIngress{
		GroupId: new(ui), IpProtocol: "tcp", FromPort: new(uiPort), ToPort: new(uiPort),
		SourceSecurityGroupId: new(cfn.GetAtt("UiLoadBalancerSecurityGroup", "GroupId")),
		Description:           new("From the load balancer"),
	}, nil)
}

// browsers returns the rules for who may open the UI: the clients of the service, or on the
// internet everybody, who then has to log in.
func browsers() []any {
	from := func(key, source, purpose string) map[string]any {
		return map[string]any{
			"IpProtocol": "tcp", "FromPort": uiBalancerPort, "ToPort": uiBalancerPort,
			key: source, "Description": purpose,
		}
	}
	return []any{
		cfn.If("HasClientGroup", from("SourceSecurityGroupId", param.clientSecurityGroupId.Ref(),
			"From notebooks and the like"), cfn.NoValue),
		cfn.If("HasClientCidr", from("CidrIp", param.clientCidr.Ref(), "From people"), cfn.NoValue),
		cfn.If("UiPublic", from("CidrIp", "0.0.0.0/0", "From people who log in"), cfn.NoValue),
	}
}

// uiLoadBalancer adds the load balancer of the UI, and returns its listener.
func (b builder) uiLoadBalancer() string {
	public := []string{param.existingPublicSubnet1Id.Ref(), param.existingPublicSubnet2Id.Ref()}
	balancer := b.Add(cfn.Resource{
		ID: "UiLoadBalancer", Doc: "Leads to the UI.", Condition: hasUI(),
	}, &elasticloadbalancingv2.LoadBalancer{
		Scheme: new(cfn.If("UiPublic", "internet-facing", "internal")), Type: new("application"),
		SecurityGroups: []string{cfn.GetAtt("UiLoadBalancerSecurityGroup", "GroupId")},
		LoadBalancerAttributes: []elasticloadbalancingv2.LoadBalancer_LoadBalancerAttribute{{
			Key: new("routing.http.drop_invalid_header_fields.enabled"), Value: new("true"),
		}},
		Tags: standard.NameTags("ui"),
	}, cfn.Set{"Subnets": cfn.If("UiPublic", public, subnets())})
	targets := b.Add(cfn.Resource{
		ID: "UiTargetGroup", Doc: "Holds the task of the UI that answers.", Condition: hasUI(),
	}, &elasticloadbalancingv2.TargetGroup{
		HealthCheckIntervalSeconds: new(15), HealthCheckPath: new("/ping"),
		Port: new(uiPort), Protocol: new("HTTP"), TargetType: new("ip"),
		VpcId: new(param.existingVpcId.Ref()), Tags: standard.NameTags("ui"),
	}, nil)
	return b.Add(cfn.Resource{
		ID: "UiListener", Doc: "Takes requests with TLS, and asks for the login where there is one.",
		Condition: hasUI(),
	}, &elasticloadbalancingv2.Listener{
		LoadBalancerArn: balancer, Port: new(uiBalancerPort), Protocol: new("HTTPS"),
		SslPolicy: new("ELBSecurityPolicy-TLS13-1-2-2021-06"),
		Certificates: []elasticloadbalancingv2.Listener_Certificate{{
			CertificateArn: new(uiParam.certificateArn.Ref()),
		}},
	}, cfn.Set{"DefaultActions": []any{
		cfn.If("UiLogin", login(), cfn.NoValue),
		map[string]any{"Type": "forward", "Order": 2, "TargetGroupArn": targets},
	}})
}

// login returns the action that sends people without a session to the provider of OpenID Connect.
// ID and secret of the client come from Secrets Manager by dynamic references.
func login() map[string]any {
	secret := func(field string) string {
		return cfn.Sub("{{resolve:secretsmanager:${OidcSecretArn}:SecretString:"+field+"}}", nil)
	}
	return map[string]any{
		"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": map[string]any{
			"Issuer":                   uiParam.oidcIssuer.Ref(),
			"AuthorizationEndpoint":    uiParam.oidcAuthorizationEndpoint.Ref(),
			"TokenEndpoint":            uiParam.oidcTokenEndpoint.Ref(),
			"UserInfoEndpoint":         uiParam.oidcUserInfoEndpoint.Ref(),
			"ClientId":                 secret("client_id"),
			"ClientSecret":             secret("client_secret"),
			"OnUnauthenticatedRequest": "authenticate", "Scope": "openid",
		},
	}
}

// uiTask adds the task definition of the UI with its role, which reads artifacts, cards and logs.
func (b builder) uiTask() {
	b.Add(cfn.Resource{
		ID: "UiRole", Doc: "The role of the UI: it reads the bucket.", Condition: hasUI(),
	}, &iam.Role{
		AssumeRolePolicyDocument: standard.Policy(standard.FromAccount(
			standard.Trust("ecs-tasks.amazonaws.com"),
			cfn.Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*", nil))),
		PermissionsBoundary: new(standard.Boundary()), Path: new(standard.Path()),
		Policies: []iam.Role_Policy{{PolicyName: "read", PolicyDocument: standard.Policy(
			standard.Allow("ListBucket", standard.BucketARN(param.existingBucketName.Ref(), ""),
				"s3:ListBucket"),
			standard.Allow("ReadObjects", standard.BucketARN(param.existingBucketName.Ref(), "/*"),
				"s3:GetObject"),
			cfn.If("HasKmsKey", standard.Allow("UseKey", param.kmsKeyArn.Ref(), "kms:Decrypt"),
				cfn.NoValue),
		)}},
		Tags: standard.NameTags("ui"),
	}, nil)
	b.Add(cfn.Resource{
		ID: "UiTaskDefinition", Doc: "Serves the UI.", Condition: hasUI(),
	}, &ecs.TaskDefinition{
		ContainerDefinitions: []ecs.TaskDefinition_ContainerDefinition{uiServer()},
		Cpu:                  new(uiParam.cpu.Ref()), Memory: new(uiParam.memory.Ref()),
		EphemeralStorage: &ecs.TaskDefinition_EphemeralStorage{SizeInGiB: new(50)},
		ExecutionRoleArn: new(cfn.GetAtt("ExecutionRole", "Arn")),
		TaskRoleArn:      new(cfn.GetAtt("UiRole", "Arn")),
		Family:           new(standard.NameOf("ui")),
		NetworkMode:      new("awsvpc"), RequiresCompatibilities: []string{"FARGATE"},
		Tags: standard.NameTags("ui"),
	}, nil)
}

// uiServer returns the container of the UI. It reads artifacts with Metaflow's client, which asks
// the backend's own metadata.
func uiServer() ecs.TaskDefinition_ContainerDefinition {
	c := container("ui")
	c.Command = []string{python, "-m", "services.ui_backend_service.ui_server"}
	c.Essential = new(true)
	root := cfn.Sub("s3://${ExistingBucketName}/${DatastorePrefix}", nil)
	c.Environment = append(c.Environment,
		variable("MF_DATASTORE_ROOT", root), variable("METAFLOW_DATASTORE_SYSROOT_S3", root),
		variable("METAFLOW_DEFAULT_DATASTORE", "s3"),
		variable("METAFLOW_DEFAULT_METADATA", "service"),
		variable("METAFLOW_SERVICE_URL", "http://localhost:8083/metadata"),
		variable("UI_ENABLED", "1"), variable("AWS_DEFAULT_REGION", cfn.Ref("AWS::Region")))
	c.PortMappings = []ecs.TaskDefinition_PortMapping{
		{ContainerPort: new(uiPort), Protocol: new("tcp")}}
	return c
}
