package service

import (
	"slices"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/elasticloadbalancingv2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// builder adds the resources of the template.
type builder struct{ *generator.Builder }

// The ports of the load balancer, of the service and of PostgreSQL.
const (
	balancerPort = 80
	servicePort  = 8080
	databasePort = 5432
)

// Add adds a resource that exists only with the network of the core stack, unless its condition
// says so already: without it the rules refuse the values, and a reference would be empty.
func (b builder) Add(r cfn.Resource, typed cfn.Typed, set cfn.Set) string {
	if r.Condition == "" {
		r.Condition = needs.Condition("HasNetwork")
	}
	return b.Builder.Add(r, typed, set)
}

func build(b builder) {
	b.securityGroups()
	database := b.database()
	listener := b.loadBalancer()
	b.task()
	b.service(append(slices.Clone(database), standard.Dependency{Ref: listener}))
	b.ui(database)
}

// subnets returns the private subnets of the core stack.
func subnets() []string {
	return []string{param.existingPrivateSubnet1Id.Ref(), param.existingPrivateSubnet2Id.Ref()}
}

// securityGroups adds the groups of load balancer and service.
func (b builder) securityGroups() {
	vpc := param.existingVpcId.Ref()
	b.Add(cfn.Resource{
		ID: "ServiceSecurityGroup", Doc: "Lets the load balancer, and nothing else, call the service.",
	}, &ec2.SecurityGroup{
		GroupDescription: "Metadata service of Metaflow", VpcId: new(vpc),
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{
			outward(443, "Images, password and logs"), outward(databasePort, "The database"),
		},
		Tags: standard.NameTags("service"),
	}, nil)
	service := cfn.GetAtt("ServiceSecurityGroup", "GroupId")
	b.Add(cfn.Resource{
		ID: "LoadBalancerSecurityGroup", Doc: "Lets jobs and the given clients call the load balancer.",
	}, &ec2.SecurityGroup{
		GroupDescription: "Load balancer of the metadata service of Metaflow", VpcId: new(vpc),
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{{
			IpProtocol: "tcp", FromPort: new(servicePort), ToPort: new(servicePort),
			DestinationSecurityGroupId: new(service), Description: new("To the service"),
		}},
		Tags: standard.NameTags("load-balancer"),
	}, cfn.Set{"SecurityGroupIngress": callers()})
	b.Add(cfn.Resource{
		ID: "ServiceIngress", Doc: "Is a resource of its own, because two groups name each other.",
	}, &ec2.SecurityGroupIngress{
		GroupId: new(service), IpProtocol: "tcp", FromPort: new(servicePort),
		ToPort:                new(servicePort),
		SourceSecurityGroupId: new(cfn.GetAtt("LoadBalancerSecurityGroup", "GroupId")),
		Description:           new("From the load balancer"),
	}, nil)
}

func outward(port int, purpose string) ec2.SecurityGroup_Egress {
	return ec2.SecurityGroup_Egress{
		IpProtocol: "tcp", FromPort: new(port), ToPort: new(port), CidrIp: new("0.0.0.0/0"),
		Description: new(purpose),
	}
}

// callers returns the rules for who may call the load balancer.
func callers() []any {
	from := func(key, source, purpose string) map[string]any {
		return map[string]any{
			"IpProtocol": "tcp", "FromPort": balancerPort, "ToPort": balancerPort,
			key: source, "Description": purpose,
		}
	}
	return []any{
		from("SourceSecurityGroupId", param.existingSecurityGroupId.Ref(), "From the jobs"),
		cfn.If("HasClientGroup", from("SourceSecurityGroupId", param.clientSecurityGroupId.Ref(),
			"From notebooks and the like"), cfn.NoValue),
		cfn.If("HasClientCidr", from("CidrIp", param.clientCidr.Ref(), "From people"), cfn.NoValue),
	}
}

// loadBalancer adds the internal load balancer, and returns its listener.
func (b builder) loadBalancer() string {
	balancer := b.Add(cfn.Resource{
		ID: "LoadBalancer", Doc: "Leads to the service. It has no public address.",
	}, &elasticloadbalancingv2.LoadBalancer{
		Scheme: new("internal"), Type: new("application"), Subnets: subnets(),
		SecurityGroups: []string{cfn.GetAtt("LoadBalancerSecurityGroup", "GroupId")},
		LoadBalancerAttributes: []elasticloadbalancingv2.LoadBalancer_LoadBalancerAttribute{{
			Key: new("routing.http.drop_invalid_header_fields.enabled"), Value: new("true"),
		}},
		Tags: standard.NameTags("load-balancer"),
	}, nil)
	targets := b.Add(cfn.Resource{
		ID: "TargetGroup", Doc: "Holds the tasks that answer. The path does not ask the database.",
	}, &elasticloadbalancingv2.TargetGroup{
		HealthCheckIntervalSeconds: new(15), HealthCheckPath: new("/api/ping"),
		Port: new(servicePort), Protocol: new("HTTP"), TargetType: new("ip"),
		VpcId: new(param.existingVpcId.Ref()),
		TargetGroupAttributes: []elasticloadbalancingv2.TargetGroup_TargetGroupAttribute{{
			Key: new("deregistration_delay.timeout_seconds"), Value: new("15"),
		}},
		Tags: standard.NameTags("service"),
	}, nil)
	return b.Add(cfn.Resource{
		ID: "Listener", Doc: "Takes requests inside the VPC, without TLS.",
	}, &elasticloadbalancingv2.Listener{
		LoadBalancerArn: balancer, Port: new(balancerPort), Protocol: new("HTTP"),
		DefaultActions: []elasticloadbalancingv2.Listener_Action{{
			Type: "forward", TargetGroupArn: new(targets),
		}},
	}, nil)
}
