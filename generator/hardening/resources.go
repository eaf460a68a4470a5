package hardening

import (
	"strings"

	"github.com/awslabs/goformation/v7/cloudformation/ec2"
	"github.com/awslabs/goformation/v7/cloudformation/s3"

	"github.com/metaflow-cfn/metaflow-cfn/cfn"
	"github.com/metaflow-cfn/metaflow-cfn/generator"
	"github.com/metaflow-cfn/metaflow-cfn/generator/standard"
)

// builder adds the resources of the template.
type builder struct{ *generator.Builder }

// build adds the flow log last: once it delivers, the log bucket is not empty, and a creation that
// fails afterwards leaves the bucket behind.
func build(b builder) {
	before := b.logBucket()
	b.flowLog(append(before, b.endpoints()...))
}

// logBucket adds the bucket of the logs with its policy, and returns the policy.
func (b builder) logBucket() []standard.Dependency {
	created := needs.Condition("LogBucket")
	b.Add(cfn.Resource{
		ID: "LogBucket", Doc: "Holds access and flow logs. It is kept when the stack is deleted.",
		Condition: created, DeletionPolicy: "RetainExceptOnCreate",
		Metadata: standard.Suppress(nil, "S3_BUCKET_LOGGING_ENABLED", "S3_DEFAULT_ENCRYPTION_KMS",
			"S3_BUCKET_VERSIONING_ENABLED", "S3_BUCKET_REPLICATION_ENABLED",
			"S3_BUCKET_DEFAULT_LOCK_ENABLED"),
	}, &s3.Bucket{
		BucketEncryption: &s3.Bucket_BucketEncryption{
			ServerSideEncryptionConfiguration: []s3.Bucket_ServerSideEncryptionRule{{
				// S3 delivers access logs only to a bucket with this encryption.
				// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
				ServerSideEncryptionByDefault: &s3.Bucket_ServerSideEncryptionByDefault{
					SSEAlgorithm: "AES256",
				},
			}},
		},
		OwnershipControls:              standard.BucketOwnerEnforced(),
		PublicAccessBlockConfiguration: standard.BlockPublicAccess(),
		LifecycleConfiguration: &s3.Bucket_LifecycleConfiguration{Rules: []s3.Bucket_Rule{{
			Id: new("expire-logs"), Status: "Enabled",
		}}},
		Tags: standard.NameTags("logs"),
	}, cfn.Set{
		"LifecycleConfiguration.Rules[0].ExpirationInDays": param.logExpirationDays.Ref(),
	})
	policy := b.Add(cfn.Resource{
		ID: "LogBucketPolicy", Doc: "Lets the log services write for this account alone.",
		Condition: created, DeletionPolicy: "RetainExceptOnCreate",
	}, &s3.BucketPolicy{
		Bucket: needs.Own("LogBucket"), PolicyDocument: standard.Policy(deliveries()...),
	}, nil)
	return []standard.Dependency{{Condition: created, Ref: policy}}
}

// deliveries returns the statements that let the log services write, for this account and from the
// given sources.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
func deliveries() []any {
	access := delivery("AccessLog", "logging.s3.amazonaws.com",
		standard.BucketARN(param.existingBucketName.Ref(), ""),
		[]string{"s3:PutObject"}, cfn.Sub("${LogBucket.Arn}/s3/*", nil))
	flow := delivery("FlowLog", "delivery.logs.amazonaws.com",
		cfn.Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*", nil),
		[]string{"s3:PutObject", "s3:GetBucketAcl", "s3:ListBucket"},
		cfn.Sub("${LogBucket.Arn}/vpc/*", nil), cfn.GetAtt("LogBucket", "Arn"))
	return []any{
		standard.DenyInsecureTransport("LogBucket"),
		cfn.If("AccessLog", access, cfn.NoValue),
		cfn.If(needs.Condition("FlowLog"), flow, cfn.NoValue),
	}
}

func delivery(
	sid, service, source string, actions []string, resources ...string,
) map[string]any {
	return standard.FromAccount(map[string]any{
		"Sid": sid, "Effect": "Allow", "Principal": map[string]any{"Service": service},
		"Action": actions, "Resource": resources,
	}, source)
}

// flowLog adds the flow log of the VPC after the resources that can fail.
func (b builder) flowLog(before []standard.Dependency) {
	b.Add(cfn.Resource{
		ID: "FlowLog", Doc: "Records the traffic of the VPC.",
		Condition: needs.Condition("FlowLog"), Metadata: standard.After(before...),
	}, &ec2.FlowLog{
		ResourceId: param.existingVpcId.Ref(), ResourceType: "VPC", TrafficType: new("ALL"),
		LogDestinationType: new("s3"),
		LogDestination:     new(standard.BucketARN(needs.Reference("LogBucket"), "/vpc")),
		Tags:               standard.NameTags("traffic"),
	}, nil)
}

// endpoints adds the interface endpoints that instances, Fargate and the ECS agent call, in the
// private subnets. Fargate needs none of the three endpoints of ECS.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
func (b builder) endpoints() []standard.Dependency {
	created, forInstances := needs.Condition("EndpointSecurityGroup"), "InstanceEndpoints"
	b.Add(cfn.Resource{
		ID: "EndpointSecurityGroup", Doc: "Lets the jobs, and nothing else, reach the endpoints.",
		Condition: created,
	}, &ec2.SecurityGroup{
		GroupDescription: "Interface endpoints of Metaflow",
		VpcId:            new(param.existingVpcId.Ref()), Tags: standard.NameTags("endpoints"),
		SecurityGroupIngress: []ec2.SecurityGroup_Ingress{{
			IpProtocol: "tcp", FromPort: new(443), ToPort: new(443),
			SourceSecurityGroupId: new(param.existingSecurityGroupId.Ref()),
			Description:           new("From the jobs"),
		}},
		SecurityGroupEgress: []ec2.SecurityGroup_Egress{{
			IpProtocol: "tcp", FromPort: new(443), ToPort: new(443),
			DestinationSecurityGroupId: new(param.existingSecurityGroupId.Ref()),
			Description:                new("To the jobs"),
		}},
	}, nil)
	var all []standard.Dependency
	for _, e := range []struct{ service, condition string }{
		{"ecr.api", created}, {"ecr.dkr", created}, {"logs", created},
		{"ecs", forInstances}, {"ecs-agent", forInstances}, {"ecs-telemetry", forInstances},
	} {
		ref := b.Add(cfn.Resource{
			ID: endpointID(e.service), Doc: "Leads to " + e.service + ".", Condition: e.condition,
		}, &ec2.VPCEndpoint{
			VpcId: param.existingVpcId.Ref(), VpcEndpointType: new("Interface"),
			PrivateDnsEnabled: new(true),
			ServiceName:       cfn.Sub("com.amazonaws.${AWS::Region}."+e.service, nil),
			SecurityGroupIds:  []string{cfn.GetAtt("EndpointSecurityGroup", "GroupId")},
			SubnetIds: []string{
				param.existingPrivateSubnet1Id.Ref(), param.existingPrivateSubnet2Id.Ref(),
			},
		}, cfn.Set{"+Tags": standard.NameTags(strings.ReplaceAll(e.service, ".", "-"))})
		all = append(all, standard.Dependency{Condition: e.condition, Ref: ref})
	}
	return all
}

// endpointID returns EcrApiEndpoint for ecr.api.
func endpointID(service string) string {
	id := ""
	words := strings.FieldsFuncSeq(service, func(r rune) bool { return r == '.' || r == '-' })
	for word := range words {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id + "Endpoint"
}
