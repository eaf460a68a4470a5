package generator

import (
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
)

// interfaceEndpoints stand in for the internet: what instances and the ECS agent
// call, reached through addresses in the private subnets.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
func (b builder) interfaceEndpoints() {
	created := condition("InterfaceEndpoints")
	group := b.Add(cfn.Resource{
		ID: "EndpointSecurityGroup", Doc: "For the interface endpoints.", Condition: created,
	}, &ec2.SecurityGroup{
		GroupDescription: "Interface endpoints of Metaflow", VpcId: new(cfn.Ref("Vpc")), Tags: named("endpoints"),
		SecurityGroupIngress: []ec2.SecurityGroup_Ingress{{
			IpProtocol: "tcp", FromPort: new(443), ToPort: new(443), CidrIp: new(vpcCidr.ref()), Description: new("From the VPC"),
		}},
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{{
			IpProtocol: "tcp", FromPort: new(443), ToPort: new(443), CidrIp: new(vpcCidr.ref()), Description: new("Within the VPC"),
		}},
	}, nil)
	for _, service := range []string{"ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs"} {
		b.Add(cfn.Resource{
			ID: endpointID(service), Doc: "To " + service + ".", Condition: created,
		}, &ec2.VPCEndpoint{
			VpcId: cfn.Ref("Vpc"), VpcEndpointType: new("Interface"), PrivateDnsEnabled: new(true),
			ServiceName:      cfn.Sub("com.amazonaws.${AWS::Region}."+service, nil),
			SecurityGroupIds: []string{group}, SubnetIds: []string{cfn.Ref("PrivateSubnet1"), cfn.Ref("PrivateSubnet2")},
		}, cfn.Set{"+Tags": named(strings.ReplaceAll(service, ".", "-"))})
	}
}

// endpointID is EcrApiEndpoint for ecr.api.
func endpointID(service string) string {
	id := ""
	for word := range strings.FieldsFuncSeq(service, func(r rune) bool { return r == '.' || r == '-' }) {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id + "Endpoint"
}
